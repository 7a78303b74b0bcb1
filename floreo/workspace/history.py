"""The trail of one thing in words: who did what, and which fields went from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo import offers
from floreo.core import audit
from floreo.core.fields import field_named, has_words
from floreo.core.keys import things_of
from floreo.core.models import AuditEntry, Record, named
from floreo.core.policy import look, model_of, rows_open, ruled, shows_internal
from floreo.core.ui.locale import moment
from floreo.core.wording import day_text, who_text
from floreo.organisations.models import Person
from floreo.strategy.own_fields import own_text

# What an act is called in the history of one thing, where the trail of all acts says it otherwise.
OF_ONE_THING: Mapping[str, Promise] = {
    "draft.finished": _l("copied it from an imported text"),
}
# What a reader of the history does not look for, though it has words: places in lists, links, and what is worked out.
_LEFT_OUT = {"position", "action", "edition", "pillar", "status", "status_rule", "status_since", "code", "carried_from"}


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


def _shown(change: Mapping[str, Any]) -> Iterable[tuple[Field[Any, Any], Any]]:
    """The fields of a change that are shown, with what the entry holds of each: those that their model names for readers. What
    nobody named is bookkeeping: hashes, counters, places of files; so is what a field or an app held that is gone."""
    model = model_of(change["thing"])
    for name, value in change["fields"].items():
        if model is not None and name not in _LEFT_OUT and has_words(model, name):
            yield field_named(model, name), value


def _points_to(field: Field[Any, Any], value: Any) -> str:
    """The name in the trail of the row that a foreign key with that value names, or ""."""
    if not isinstance(field, ForeignKey) or not field.target_field.primary_key or not str(value).isdecimal():
        return ""
    related: type[Model] = field.related_model
    return f"{related._meta.label_lower}:{value}"


def _names(entries: Iterable[AuditEntry], viewer: object) -> dict[str, str]:
    """What the rows are called that fields point to, one query a kind; only of those that the viewer may know of."""
    wanted: set[str] = set()
    for entry in entries:
        for change in entry.detail.get("changes", []):
            for field, value in _shown(change):
                pair = value if change["what"] == "changed" else [value]
                wanted.update(_points_to(field, one) for one in pair)
    rows = things_of(wanted - {""})
    seen = {audit.key(row) for row in rows_open(rows.values(), viewer)}
    return {name: named(row) if name in seen else _unnamed(row) for name, row in rows.items()}


def _unnamed(row: Model) -> str:
    """Of a person the post, of anything else that it is there: for who may not know which."""
    return row.public_label if isinstance(row, Person) else _("not public")


def _time_text(field: Field[Any, Any], value: str) -> str:
    try:
        if not isinstance(field, DateTimeField):
            return day_text(date.fromisoformat(value))
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def _value_text(field: Field[Any, Any], value: Any, names: Mapping[str, str]) -> str:
    """A value as its reader says it: the words of a choice, the name of a record, a day, a moment."""
    text = str(value)
    if value in (None, "", "None", {}, []):
        text = ""
    elif isinstance(value, bool):
        text = _("Yes") if value else _("No")
    elif isinstance(value, str | int) and field.choices:
        text = str(dict(field.flatchoices).get(value, value))
    elif pointed := _points_to(field, value):
        text = names.get(pointed, text)
    elif field.name in {"own", "own_internal"} and isinstance(value, dict):
        text = own_text(value)
    elif field.name == "translations" and isinstance(value, dict):
        text = "; ".join(f"{code}: {t}" for code, texts in value.items() for t in texts.values())
    elif isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        text = "; ".join(str(one) for one in value)
    elif isinstance(field, DateField):
        text = _time_text(field, text)
    elif field.name == "by" or field.name.endswith("_by"):
        text = who_text(text)
    return text


def _changes(change: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[FieldChange]:
    for field, value in _shown(change):
        old, new = value if change["what"] == "changed" else ("", value)
        if change["what"] == "removed":
            old, new = value, ""
        text = FieldChange(field.verbose_name, _value_text(field, old, names), _value_text(field, new, names))
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
