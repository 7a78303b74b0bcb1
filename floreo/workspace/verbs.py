"""The audit chain in words: what each act is called, one entry's changes, and the history of one thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _l

from floreo import offers
from floreo.core.models import AuditEntry
from floreo.core.policy import look, model_of, shows_internal
from floreo.workspace import history

WHAT = {"made": _l("Created"), "changed": _l("Changed"), "removed": _l("Removed")}


def verb_text(verb: str) -> str:
    """What was done, in words; an act without words of its own is called by its name."""
    return str(offers.verbs().get(verb) or verb)


def history_of(thing: Model, *, viewer: object = None, limit: int = 30) -> list[history.Happening]:
    """What was done to one thing, newest first; people are named to a `viewer` who may see them."""
    found = history.history_of(thing, viewer=viewer, limit=limit)
    return [replace(one, did=verb_text(str(one.did))) for one in found]


@dataclass(frozen=True)
class FieldShown:
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangeShown:
    """One thing that an entry changed."""

    what: str
    thing: str
    name: str
    fields: tuple[FieldShown, ...]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# Acts about no one thing, whose facts are counts.
ABOUT_NOTHING = frozenset(
    {
        "answers.approved",
        "assessments.completed",
        "backup.made",
        "backup.restored",
        "events.let_go",
        "installation.moved",
        "readings.taken",
        "readings.recomputed",
        "sample.night_told",
        "statuses.refreshed",
    }
)


class Reader:
    """What of some entries one reader may see: the trail is an exit like any other, so it asks the rule of the thing that
    an entry is about. Closed by default: of the rest only number, time, verb, kind and hash are shown."""

    def __init__(self, entries: Iterable[AuditEntry], viewer: object, *, with_changes: bool = False) -> None:
        names = [entry.subject for entry in entries]
        if with_changes:
            names += [c["thing"] for entry in entries for c in entry.detail.get("changes", [])]
        self.viewer, self.look = viewer, look(names, viewer)

    def opens(self, entry: AuditEntry) -> bool:
        if not entry.subject:
            return entry.verb in ABOUT_NOTHING
        return self.look.opens(entry.subject)

    def changes(self, entry: AuditEntry) -> list[Mapping[str, Any]]:
        return self.look.changes(entry.detail.get("changes", []), gone_too=self.sees_inside(entry))

    def sees_inside(self, entry: AuditEntry) -> bool:
        """Whether the facts noted beside the changes may be shown: reasons include what is internal too."""
        if not self.opens(entry):
            return False
        thing = self.look.seen.get(entry.subject)
        return thing is None or shows_internal(thing, self.viewer)


def kind_of(entry: AuditEntry) -> str:
    """The kind of thing that an entry is about, for who may not know which."""
    model = model_of(entry.subject)
    return str(model._meta.verbose_name) if model is not None else ""


def changes_of(changes: Iterable[Mapping[str, Any]]) -> list[ChangeShown]:
    """Field by field, as the chain holds it: an auditor reads the record itself, not our words for it."""
    found = []
    for change in changes:
        fields = []
        for name, value in change.get("fields", {}).items():
            old, new = value if change["what"] == "changed" else ("", value)
            if change["what"] == "removed":
                old, new = value, ""
            fields.append(FieldShown(name, _plain(old), _plain(new)))
        what = str(WHAT.get(change["what"], change["what"]))
        found.append(ChangeShown(what, change["thing"], change["name"], tuple(fields)))
    return found


def facts_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """What was noted beside the changes."""
    return [(name, _plain(value)) for name, value in entry.detail.items() if name != "changes"]
