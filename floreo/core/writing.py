"""How rows are written, and what every write asks first: the latest row, a free code, a day that has been, an order.

Actions write with `save`, `delete` and `save_many`; what they changed goes into the entry of the action that runs
(core/action.py). The entry says what the database held before, whatever was loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, router
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import audit, clock, search
from floreo.core.action import subject_of, trail
from floreo.core.errors import Changed, Missing, Refused, Taken
from floreo.core.models import Record, Sourced
from floreo.core.wording import day_text, unsound_time_text

Row = TypeVar("Row", bound=models.Model)
Versioned = TypeVar("Versioned", bound=Record)

_AT_ONCE = 500  # rows of one statement
# What the entry of a write leaves out: every save changes it.
_BOOKKEEPING = {"id", "created_at", "changed_at", "version"}


# --- Writing ------------------------------------------------------------------------------------------------------


def save(thing: Row, *, full_clean: bool = True, at: Mapping[str, str] | None = None) -> Row:
    """Saves `thing` and notes what changed, field by field. Saves nothing when nothing did.

    What a field of the model will not take is refused at that field; `at` says under which name the form asked for it
    ({"on_hold_reason": "reason"}). What another row has already, where it may be there once, is refused as Taken."""
    if thing.get_deferred_fields():
        raise ValueError(f"{thing!r} was loaded in part: load the whole row before it is saved.")
    current = trail()
    if isinstance(thing, Sourced):
        thing.mark_confirmed(current.by.actor_name, clock.today())
    held = _as_held(thing)
    what = "made" if held is None else "changed"
    fields = _first_fields(thing) if held is None else _changed_fields(thing, held)
    if held is not None and not fields and not _secrets_changed(thing, held):
        return thing
    if full_clean:
        _require_sound(thing, at or {}, fields)
    if isinstance(thing, Record) and what == "changed":
        thing.version += 1
    try:
        thing.save()
    except IntegrityError as error:
        raise _taken(thing, error, at or {}) from error
    if isinstance(thing, Record):
        thing._as_loaded = {f.attname: getattr(thing, f.attname) for f in thing._meta.concrete_fields}
    current.note(thing, what, fields)
    current.touch([thing])
    search.refresh(thing)
    return thing


def delete(thing: models.Model) -> None:
    """Deletes `thing`, noting all that it said."""
    current = trail()
    current.subject = current.subject or subject_of(thing)
    fields = {f.name: _value(thing, f) for f in _facts(thing)}
    current.changes.append({"what": "removed", "thing": audit.key(thing), "name": str(thing)[:300], "fields": fields})
    gone, lose = _rows_gone(_gone_with([thing]))
    current.touch([*gone, *lose])
    search.forget(thing)
    thing.delete()
    search.refresh_others(thing)


def delete_unless_used(thing: models.Model, sentence: str) -> None:
    """Removes `thing`; refuses with `sentence` while something still needs it."""
    try:
        delete(thing)
    except ProtectedError as error:
        raise Refused(sentence, code="in_use") from error


def save_many(things: Iterable[models.Model], *, model: type[models.Model]) -> int:
    """Adds many new rows at once and notes how many: for packs and imports, whose files are named in the entry."""
    rows = list(things)
    model._default_manager.bulk_create(rows, batch_size=500)
    added = trail().extra.setdefault("added", {})
    added[model._meta.label_lower] = added.get(model._meta.label_lower, 0) + len(rows)
    trail().touch(rows)
    search.refresh_many(rows)
    return len(rows)


def delete_all(things: Sequence[models.Model]) -> int:
    """Removes many rows of one kind with all that goes with them, and notes how many: for an import that is undone, whose file its entry
    names. Their states go into the entry."""
    current, removed = trail(), Counter[str]()
    for at in range(0, len(things), _AT_ONCE):
        some = list(things[at : at + _AT_ONCE])
        others = [thing.found_with() for thing in some if isinstance(thing, search.FoundWith)]
        collector = _gone_with(some)
        gone, lose = _rows_gone(collector)
        current.touch([*gone, *lose])
        removed.update(row._meta.label_lower for row in gone)
        search.forget_many(gone)
        collector.delete()
        search.refresh_many({other.pk: other for other in others}.values())
    noted = current.extra.setdefault("removed", {})
    noted |= {label: noted.get(label, 0) + count for label, count in removed.items()}
    return len(things)


def delete_many(rows: models.QuerySet[Any]) -> int:
    """Removes many rows at once on which nothing hangs, and which search does not know; their states go into the entry."""
    gone = list(rows)
    trail().touch(gone)
    rows.model._base_manager.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)


def touch(things: Iterable[models.Model]) -> None:
    """Says that those rows were written otherwise than by `save`, `delete` and `save_many`: many updated at once."""
    trail().touch(things)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)


def _value(thing: models.Model, field: models.Field[Any, Any]) -> Any:
    return _plain(getattr(thing, field.attname))


def _facts(thing: models.Model) -> Iterable[models.Field[Any, Any]]:
    hidden = getattr(thing, "secret_fields", frozenset()) | _BOOKKEEPING
    return [f for f in thing._meta.concrete_fields if f.name not in hidden]


def _same(a: Any, b: Any) -> bool:
    return a == b or str(a) == str(b)


def _as_held(thing: models.Model) -> dict[str, Any] | None:
    """What the database holds of it, locked until the transaction ends; None where it holds none. Not what was once
    loaded: somebody may have saved since."""
    if thing._state.adding:
        return None
    names = [f.attname for f in thing._meta.concrete_fields]
    return type(thing)._base_manager.select_for_update().filter(pk=thing.pk).values(*names).first()


def _first_fields(thing: models.Model) -> dict[str, Any]:
    """What a new row says, where it says anything."""
    return {f.name: _value(thing, f) for f in _facts(thing) if _value(thing, f) not in ("", None, {}, [])}


def _changed_fields(thing: models.Model, held: dict[str, Any]) -> dict[str, Any]:
    """Old and new of each field that says something else than the database."""
    return {
        f.name: [_plain(held[f.attname]), _value(thing, f)]
        for f in _facts(thing)
        if not _same(held[f.attname], getattr(thing, f.attname))
    }


def _secrets_changed(thing: models.Model, held: dict[str, Any]) -> bool:
    secret = getattr(thing, "secret_fields", ())
    fields = [f for f in thing._meta.concrete_fields if f.name in secret]
    return any(not _same(held[f.attname], getattr(thing, f.attname)) for f in fields)


def _require_sound(thing: models.Model, at: Mapping[str, str], written: Iterable[str]) -> None:
    """Refuses what a field of the model itself will not take, with its sentence at the field it was asked in; and a moment or a day
    that nobody can mean, among what is `written` now."""
    try:
        thing.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        fields = {at.get(name, name): " ".join(given) for name, given in error.message_dict.items()}
        raise Refused(_("Some entries cannot be accepted yet."), code="bad_fields", fields=fields) from error
    for name in written:
        if isinstance(thing._meta.get_field(name), models.DateField):
            require_sound_time(getattr(thing, name), field=at.get(name, name))


# The two databases say in words of their own which columns must be unique together.
_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<sqlite>.+)|Key \((?P<postgres>.+?)\)=")
_IS_UNIQUE = re.compile(r"UNIQUE constraint failed|duplicate key value violates unique constraint")


def _taken(thing: models.Model, error: IntegrityError, at: Mapping[str, str]) -> Exception:
    """The refusal for a value that another row has already; any other fault of the row stays what it is."""
    if not _IS_UNIQUE.search(str(error)):
        return error
    found = _UNIQUE.search(str(error))
    columns = re.split(r",\s*", (found["sqlite"] or found["postgres"]) if found else "")
    names = {f.column: f for f in thing._meta.concrete_fields}
    fields = [names[c.rpartition(".")[2]] for c in columns if c.rpartition(".")[2] in names]
    own = [f.name for f in fields if not f.is_relation] or [f.name for f in fields]
    sentence = _("Another has this already. Choose another.")
    return Taken(sentence, fields={at.get(own[-1], own[-1]): sentence} if own else {})


def _gone_with(things: Sequence[models.Model]) -> Collector:
    """What goes when `things`, which are of one kind, go."""
    collector = Collector(using=router.db_for_write(type(things[0]), instance=things[0]), origin=things[0])
    collector.collect(things)
    return collector


def _rows_gone(collector: Collector) -> tuple[list[models.Model], list[models.Model]]:
    """The rows that go, and those that only lose their link to one of them."""
    gone = [row for rows in [*collector.data.values(), *collector.fast_deletes] for row in rows]
    updates: Iterable[Iterable[Iterable[models.Model]]] = collector.field_updates.values()  # type: ignore[assignment]  # lists of rows, not rows
    lose = [row for groups in updates for rows in groups for row in rows]
    return gone, lose


# --- Before writing -----------------------------------------------------------------------------------------------


def lock_latest(thing: Versioned, version: int | None = None) -> Versioned:
    """The row as it is now, held until the transaction ends. With `version` (what the form was opened at) raises
    Changed when somebody saved in between; `theirs` then holds what every field says now."""
    fresh = type(thing)._base_manager.select_for_update().filter(pk=thing.pk).first()
    if fresh is None:
        raise Missing(_("This was removed while you worked. Go back and reload the page."))
    if version is not None and fresh.version != version:
        theirs = {f.name: getattr(fresh, f.name) for f in fresh._meta.concrete_fields}
        raise Changed(
            _("Somebody else saved this at the same time. Your changes are not lost: compare, and save again."),
            theirs=theirs,
        )
    return fresh


def assign(thing: models.Model, facts: Mapping[str, Any]) -> None:
    """Writes each given fact onto `thing`; what is not named stays as it is."""
    for name, value in facts.items():
        setattr(thing, name, value.strip() if isinstance(value, str) else value)


def refuse(field: str, sentence: str, *, code: str = "bad_value") -> Refused:
    """A refusal about one field."""
    return Refused(sentence, code=code, fields={field: sentence})


def require_text(text: str, *, field: str, sentence: str) -> str:
    """`text` without spaces around it; refuses an empty one with `sentence`."""
    given = text.strip()
    if not given:
        raise refuse(field, sentence, code="missing")
    return given


def require_name(thing: Any, field: str = "name") -> None:
    if not getattr(thing, field).strip():
        raise refuse(field, _("Enter a name."), code="missing")


def require_order(first: date | None, last: date | None, *, field: str, named: tuple[str, str]) -> None:
    """`named` holds the words for both dates: ("The start", "the due date")."""
    if first and last and first > last:
        sentence = _("%(first)s (%(from)s) is after %(last)s (%(to)s). Change one of them.") % {
            "first": named[0],
            "last": named[1],
            "from": day_text(first),
            "to": day_text(last),
        }
        raise refuse(field, sentence, code="dates_in_order")


def require_period(starts_on: date | None, ends_on: date | None) -> None:
    """For what has a first and a last day, in fields of these names."""
    if starts_on and ends_on and starts_on > ends_on:
        raise refuse("ends_on", _("The end date is before the start date. Change one of them."), code="dates_in_order")


def require_past(day: date, *, field: str) -> None:
    if day > clock.today():
        sentence = _("%(day)s is in the future. Enter today or an earlier day.") % {"day": day_text(day)}
        raise refuse(field, sentence, code="date_to_come")


def require_sound_time(given: Any, *, field: str) -> None:
    """Refuses a moment or a day that nobody can mean (core/clock.py). Anything else passes."""
    if (wrong := unsound_time_text(given)) is not None:
        raise refuse(field, wrong, code="unsound_time")


def require_free_code(rows: models.QuerySet[Any], code: str, *, field: str = "code") -> str:
    """`code`, when no row of `rows` has it yet."""
    given = require_text(code, field=field, sentence=_("Enter a code, for example 2.1."))
    if "/" in given or any(c.isspace() for c in given):
        raise refuse(field, _("A code is part of an address. Remove spaces and slashes."), code="bad_code")
    if rows.filter(code=given).exists():
        raise refuse(
            field, _("The code %(code)s is already in use. Choose another.") % {"code": given}, code="code_taken"
        )
    return given


def free_code(model: type[models.Model], name: str, *, wanted: str = "") -> str:
    """`wanted` when nobody has it, or one made from `name`: small letters, figures and hyphens."""
    codes = model._default_manager
    if wanted:
        if slugify(wanted) != wanted:
            raise refuse("code", _("A code can contain only small letters, digits and hyphens."), code="bad_code")
        if codes.filter(code=wanted).exists():
            raise refuse(
                "code", _("The code %(code)s is already in use. Choose another.") % {"code": wanted}, code="code_taken"
            )
        return wanted
    base = slugify(name)[:50].strip("-") or "x"
    taken = set(codes.filter(code__startswith=base).values_list("code", flat=True))
    return next(c for c in _numbered(base) if c not in taken)


def free_codes(model: type[models.Model]) -> Callable[[str], str]:
    """As `free_code`, for many rows of which none is saved yet: what was given once is not given again."""
    taken = set(model._default_manager.values_list("code", flat=True))

    def free(name: str) -> str:
        code = next(c for c in _numbered(slugify(name)[:50].strip("-") or "x") if c not in taken)
        taken.add(code)
        return code

    return free


def _numbered(base: str) -> Iterable[str]:
    yield base
    yield from (f"{base}-{n}" for n in range(2, 100_000))


# --- Places in a list ---------------------------------------------------------------------------------------------


def last_position(rows: models.QuerySet[Any]) -> int:
    """The position after the last of `rows`."""
    return int(rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


def move_among(thing: Any, siblings: models.QuerySet[Any], *, up: bool) -> bool:
    """Moves `thing` one place among `siblings`. False when it is at the end already."""
    rows = list(siblings)
    here = next(i for i, row in enumerate(rows) if row.pk == thing.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rows):
        return False
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            save(row)
    thing.position = there + 1
    return True
