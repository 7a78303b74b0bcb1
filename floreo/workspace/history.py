"""The trail of one thing in words: who did what, and which fields went from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo import offers
from floreo.core import audit
from floreo.core.fields import Words, has_words, label_of
from floreo.core.models import AuditEntry, Record
from floreo.core.policy import look, model_of, ruled, shows_internal
from floreo.core.wording import day_text, who_text
from floreo.organisations.models import Organisation, Person
from floreo.strategy.models import LeadRole, Objective, StatusChoice
from floreo.strategy.own_fields import own_text

# What an act is called in the history of one thing, where the trail of all acts says it otherwise.
OF_ONE_THING: Mapping[str, Promise] = {
    "draft.finished": _l("copied it from an imported text"),
}
# What a reader of the history does not look for: places in lists, links, and what is worked out.
_LEFT_OUT = {"position", "action", "edition", "pillar", "status", "status_rule", "status_since", "code", "carried_from"}
_POINTS_TO: Mapping[str, type[Model]] = {
    "organisation": Organisation,
    "funder": Organisation,
    "person": Person,
    "objective": Objective,
}


@dataclass(frozen=True)
class FieldChange:
    """One field: its words, what it said before ("" when new) and what it says since."""

    field: Promise | str
    old: str
    new: str


@dataclass(frozen=True)
class Happening:
    """One entry of the trail in words."""

    at: datetime
    who: str
    did: Promise | str
    about: str  # the child it concerns, or ""
    changes: tuple[FieldChange, ...]
    reason: str
    number: int


@dataclass(frozen=True)
class Saved:
    """Who saved a field, and when."""

    who: str
    at: datetime


def saved_since(thing: Record, opened: Any, now: Any) -> dict[str, Saved]:
    """Which fields of `thing` others saved between two of its versions."""
    left = (now - opened) if isinstance(opened, int) and isinstance(now, int) else 0
    found: dict[str, Saved] = {}
    if left <= 0:
        return found
    for entry in audit.history(thing.audit_subject())[:50]:
        for change in reversed(entry.detail.get("changes", [])):
            if change["thing"] == audit.key(thing) and change["what"] == "changed" and left:
                left -= 1
                for field in change["fields"]:
                    found.setdefault(field, Saved(who_text(entry.actor_name), entry.at))
    return found


def _names(entries: Iterable[AuditEntry], viewer: object) -> dict[tuple[str, int], str]:
    """The names of what fields point to, one query a kind; of a person only the post, for who may not see people."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for change in entry.detail.get("changes", []):
            for field, value in change["fields"].items():
                if field in _POINTS_TO:
                    pair = value if isinstance(value, list) else [value]
                    wanted.setdefault(field, set()).update(int(v) for v in pair if str(v or "").isdecimal())
    found = {}
    for field, ids in wanted.items():
        rows = _POINTS_TO[field]._default_manager.filter(pk__in=ids)
        seen = look([audit.key(row) for row in rows], viewer)
        for row in rows:
            found[field, row.pk] = str(row) if seen.opens(audit.key(row)) else _unnamed(row)
    return found


def _unnamed(row: Model) -> str:
    return row.public_label if isinstance(row, Person) else _("not public")


def _day(value: str) -> str:
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value


def _value_text(field: str, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    text = str(value)
    if value in (None, "", "None", {}, []):
        text = ""
    elif isinstance(value, bool):
        text = _("Yes") if value else _("No")
    elif field in _POINTS_TO and text.isdecimal():
        text = names.get((field, int(text)), text)
    elif field in {"own", "own_internal"} and isinstance(value, dict):
        text = own_text(value)
    elif field == "override" and text in StatusChoice.values:
        text = str(StatusChoice(text).label)
    elif field == "part" and text in LeadRole.values:
        text = str(LeadRole(text).label)
    elif field == "translations" and isinstance(value, dict):
        text = "; ".join(f"{code}: {t}" for code, texts in value.items() for t in texts.values())
    elif field.endswith("_on") or field in {"on", "starts_on", "ends_on", "on_hold_since"}:
        text = _day(text)
    elif field == "by" or field.endswith("_by"):
        text = who_text(text)
    return text


def _label(thing: str, field: str) -> Words:
    """What the model calls its field; a field or an app that is gone keeps its bare name."""
    model = model_of(thing)
    return label_of(model, field) if model is not None and has_words(model, field) else field


def _changes(change: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> Iterable[FieldChange]:
    for field, value in change["fields"].items():
        if field in _LEFT_OUT:
            continue
        old, new = value if change["what"] == "changed" else ("", value)
        if change["what"] == "removed":
            old, new = value, ""
        text = FieldChange(
            _label(change["thing"], field), _value_text(field, old, names), _value_text(field, new, names)
        )
        if text.old or text.new:
            yield text


def _has_rule(thing: Model) -> bool:
    """Kinds without one are shown whole to who may open their page."""
    return ruled(thing) is not None


def history_of(thing: Model, *, viewer: object, limit: int = 30) -> list[Happening]:
    """What was done to `thing` and to what hangs on it, newest first, as `viewer` may read it."""
    entries = list(audit.history(thing)[:limit])
    names, key = _names(entries, viewer), audit.key(thing)
    seen = look([key, *(c["thing"] for entry in entries for c in entry.detail.get("changes", []))], viewer)
    inside = shows_internal(thing, viewer)
    words: dict[str, Promise | str] = {**offers.verbs(), **OF_ONE_THING}
    found = []
    for entry in entries:
        known = entry.detail.get("changes", [])
        changes = seen.changes(known, gone_too=inside) if _has_rule(thing) else known
        if known and not any(c["fields"] or c["what"] == "removed" for c in changes):
            continue  # it changed only what this reader does not know of
        about = next((c["name"] for c in changes if c["thing"] != key), "")
        text = tuple(f for c in changes for f in _changes(c, names))
        did = words.get(entry.verb, entry.verb)
        reason = str(entry.detail.get("reason", "")) if inside else ""
        found.append(Happening(entry.at, who_text(entry.actor_name), did, about, text, reason, entry.number))
    return found
