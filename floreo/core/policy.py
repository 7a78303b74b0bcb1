"""Who may know of a thing: by the rule of its own kind, and of evidence by its marking. Every exit asks here or by the same
rules. Closed by default: a kind without a rule, and a thing that is gone, is seen by nobody.

The rule of a kind is `visible_to(viewer)` of its rows, or `read_with`, the permission with which all of its rows are read, or
that of the thing that it hangs on (`audit_subject`). `internal_fields` are read by those alone to whom `shows_internal_to`
says so. What each role reads at each exit is the table in docs/guide/who-sees-what.md, which tests/contracts compares with
what leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from floreo.core.access import Permission, people_of, reach
from floreo.core.keys import key, things_of
from floreo.core.models import Record


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST, 2022), from what anybody may have to what stays with few."""

    CLEAR = "CLEAR", "TLP:CLEAR"
    GREEN = "GREEN", "TLP:GREEN"
    AMBER = "AMBER", "TLP:AMBER"
    AMBER_STRICT = "AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "RED", "TLP:RED"


# Which permission opens what other organisations gave, by its marking. AMBER is for who needs it, AMBER+STRICT
# and RED for its own organisation and the secretariat alone.
MARKING_NEEDS: Mapping[Tlp, Permission] = {
    Tlp.CLEAR: Permission.EVIDENCE_READ,
    Tlp.GREEN: Permission.EVIDENCE_READ,
    Tlp.AMBER: Permission.EVIDENCE_AMBER,
    Tlp.AMBER_STRICT: Permission.EVIDENCE_STRICT,
    Tlp.RED: Permission.EVIDENCE_RED,
}


def markings_open_to(viewer: object) -> list[str]:
    """Markings of which the viewer sees everything, whosever it is."""
    return [marking for marking, needs in MARKING_NEEDS.items() if reach(viewer, needs) is None]


def own_whatever_its_marking(viewer: object) -> frozenset[int]:
    """The organisations of which the viewer sees everything, whatever its marking: their own."""
    return people_of(viewer, Permission.EVIDENCE_KEEP)


def ruled(thing: models.Model) -> models.Model | None:
    """The thing whose rule (`visible_to` of its kind) says who sees it: itself, what it hangs on, or the edition it is
    in."""
    if has_rule(type(thing)):
        return thing
    whole = thing.audit_subject() if isinstance(thing, Record) else thing
    if whole != thing:
        return ruled(whole)
    edition = getattr(thing, "edition", None)
    return ruled(edition) if isinstance(edition, models.Model) else None


def has_rule(model: type[models.Model]) -> bool:
    return hasattr(model._default_manager, "visible_to") or getattr(model, "read_with", None) is not None


def rows_seen(model: type[models.Model], viewer: object) -> models.QuerySet[Any]:
    """Those rows of a kind with a rule of its own that the viewer may know of."""
    rows: Any = model._default_manager.get_queryset()
    if hasattr(rows, "visible_to"):
        seen: models.QuerySet[Any] = rows.visible_to(viewer)
        return seen
    return rows if reach(viewer, model.read_with) is None else rows.none()  # type: ignore[attr-defined, no-any-return]


def things_seen(keys: Iterable[str], viewer: object) -> Mapping[str, models.Model]:
    """The things of those names that the viewer may know of: as their own kind says, else the thing they hang on."""
    return _open(things_of(keys), viewer)


def rows_open(rows: Iterable[models.Model], viewer: object) -> list[models.Model]:
    """Those of rows that are loaded already, with what they hang on, that the viewer may know of."""
    by_name = {key(row): row for row in rows}
    found = _open(by_name, viewer)
    return [row for name, row in by_name.items() if name in found]


def _open(things: Mapping[str, models.Model], viewer: object) -> Mapping[str, models.Model]:
    subjects = {name: found for name, thing in things.items() if (found := ruled(thing)) is not None}
    allowed: dict[type[models.Model], set[Any]] = {}
    for subject in subjects.values():
        allowed.setdefault(type(subject), set()).add(subject.pk)
    for model, pks in allowed.items():
        allowed[model] = set(rows_seen(model, viewer).filter(pk__in=pks).values_list("pk", flat=True))
    return {name: things[name] for name, subject in subjects.items() if subject.pk in allowed[type(subject)]}


def sees_whole_kind(model: type[models.Model], viewer: object) -> bool:
    """Whether the rule of that kind leaves nothing out for the viewer, so that what is gone may be shown too."""
    if not has_rule(model):
        return False
    seen = rows_seen(model, viewer)
    return not seen.query.where and not seen.query.is_empty()


@dataclass(frozen=True)
class Look:
    """What of those names is there, and what of it the viewer may know of: asked once for a whole page."""

    viewer: object
    there: frozenset[str]
    seen: Mapping[str, models.Model]

    def opens(self, name: str) -> bool:
        """Whether the thing of that name may be shown. What is gone: only to who sees its whole kind."""
        return name in self.seen or (name not in self.there and self._sees_kind(name))

    def _sees_kind(self, name: str) -> bool:
        model = model_of(name)
        return model is not None and sees_whole_kind(model, self.viewer)

    def inside(self, name: str) -> bool:
        """Whether what is internal of it may be shown too."""
        thing = self.seen.get(name)
        return shows_internal(thing, self.viewer) if thing is not None else self.opens(name)

    def changes(self, changes: Iterable[Mapping[str, Any]], *, gone_too: bool = False) -> list[Mapping[str, Any]]:
        """The changes of an entry that may be shown, without fields that are internal to others. `gone_too` shows what a
        thing said that is gone and whose kind has no rule of its own: what hung on something that the viewer sees into."""
        found: list[Mapping[str, Any]] = []
        for change in changes:
            name, model = change["thing"], model_of(change["thing"])
            is_loose = gone_too and name not in self.there and model is not None and not has_rule(model)
            if not is_loose and not self.opens(name):
                continue
            is_inside = is_loose or self.inside(name)
            hidden: frozenset[str] = frozenset() if is_inside else getattr(model, "internal_fields", frozenset())
            found.append({**change, "fields": {f: v for f, v in change["fields"].items() if f not in hidden}})
        return found


def look(names: Iterable[str], viewer: object) -> Look:
    wanted = {name for name in names if name}
    return Look(viewer, frozenset(things_of(wanted)), things_seen(wanted, viewer))


def model_of(name: str) -> type[models.Model] | None:
    label = name.partition(":")[0]
    try:
        return apps.get_model(label) if label.count(".") == 1 else None
    except LookupError:
        return None


def shows_internal(thing: models.Model, viewer: object) -> bool:
    """Whether the viewer may read the fields of `thing` that its kind names in `internal_fields`."""
    return not getattr(thing, "internal_fields", ()) or bool(thing.shows_internal_to(viewer))  # type: ignore[attr-defined]
