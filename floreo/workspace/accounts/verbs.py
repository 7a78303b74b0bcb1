"""The audit chain in words: what each act is called, one entry's changes, and the history of one thing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _l

from floreo import offers
from floreo.core.models import AuditEntry
from floreo.workspace import history

WHAT = {"made": _l("Made"), "changed": _l("Changed"), "removed": _l("Removed")}


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


def changes_of(entry: AuditEntry) -> list[ChangeShown]:
    """Field by field, as the chain holds it: an auditor reads the record itself, not our words for it."""
    found = []
    for change in entry.detail.get("changes", []):
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
