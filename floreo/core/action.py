"""`@action`: the only way anything is written. Permission, transaction and audit entry are one thing.

    @action("action.updated", needs=Permission.PLAN_EDIT)
    def update_action(act: Action, *, by: Actor, title: str) -> Action:
        act.title = title
        keep(act)
        return act

Order: the permission is asked (against the first argument, where it has owners), the transaction opens, the function
runs, `keep` and `drop` note what changed, the entry is chained, the transaction closes. Anything raised undoes it all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import models, router, transaction
from django.db.models.deletion import Collector

from floreo.core import audit, search
from floreo.core.access import Actor, Permission, must
from floreo.core.models import Record

Args = ParamSpec("Args")
Result = TypeVar("Result")
Kept = TypeVar("Kept", bound=models.Model)

VERBS: dict[str, Callable[..., Any]] = {}  # every action by its verb; a contract test walks it
NEEDS: dict[str, Permission | None] = {}  # and what it needs


class Trail:
    """What one action has changed so far."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.extra: dict[str, Any] = {}
        self.subject: models.Model | None = None
        self.touched: dict[type[models.Model], set[Any]] = {}

    def touch(self, things: Iterable[models.Model]) -> None:
        """Those rows are written by this action: its entry will hold what they say when it ends."""
        for thing in things:
            self.touched.setdefault(type(thing), set()).add(thing.pk)

    def note(self, thing: models.Model, what: str, fields: dict[str, Any]) -> None:
        self.subject = self.subject or _subject_of(thing)
        self.changes.append({"what": what, "thing": audit.key(thing), "name": str(thing)[:300], "fields": fields})


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def _subject_of(thing: models.Model) -> models.Model:
    return thing.audit_subject() if isinstance(thing, Record) else thing


def trail() -> Trail:
    """The trail of the action that runs now. Writing outside an action is a mistake in the program."""
    current = _trail.get()
    if current is None:
        raise RuntimeError("Nothing is written outside an @action.")
    return current


@contextmanager
def _recording() -> Iterator[Trail]:
    token = _trail.set(Trail())
    try:
        current = _trail.get()
        assert current is not None
        yield current
    finally:
        _trail.reset(token)


def action(
    verb: str, *, needs: Permission | None, quiet: bool = False
) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Marks a function as a write. `needs=None` is for what a stranger may do (accept an invitation) and says so
    where it stands. `quiet` writes no entry when nothing changed (the daily refresh)."""

    def decorate(function: Callable[Args, Result]) -> Callable[Args, Result]:
        @functools.wraps(function)
        def run(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            by: Actor = kwargs["by"]  # type: ignore[assignment]  # keyword-only in every action; checked by a contract
            if needs is not None:
                must(by, needs, args[0] if args else None)
            with transaction.atomic(), _recording() as current:
                result = function(*args, **kwargs)
                subject = current.subject or next((a for a in args if isinstance(a, models.Model)), None)
                if current.changes or current.extra or current.touched or not quiet:
                    detail = {"changes": current.changes, **current.extra}
                    audit.append(by=by, verb=verb, subject=subject, detail=detail, touched=current.touched)
            return result

        VERBS[verb], NEEDS[verb] = run, needs
        return run

    return decorate


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)


def _value(thing: models.Model, field: models.Field[Any, Any]) -> Any:
    return _plain(getattr(thing, field.attname))


_BOOKKEEPING = {"id", "created_at", "changed_at", "version"}


def _facts(thing: models.Model) -> Iterable[models.Field[Any, Any]]:
    hidden = getattr(thing, "secret_fields", frozenset()) | _BOOKKEEPING
    return [f for f in thing._meta.concrete_fields if f.name not in hidden]


def _same(a: Any, b: Any) -> bool:
    return a == b or str(a) == str(b)


def _as_held(thing: models.Model) -> dict[str, Any] | None:
    """What the database holds of it, held until the transaction ends; None where it holds none. Not what was once loaded:
    somebody may have saved since, or only some columns were read."""
    if thing._state.adding:
        return None
    names = [f.attname for f in thing._meta.concrete_fields]
    return type(thing)._base_manager.select_for_update().filter(pk=thing.pk).values(*names).first()


def _first_fields(thing: models.Model) -> dict[str, Any]:
    """What a new row says, where it says anything."""
    return {f.name: _value(thing, f) for f in _facts(thing) if _value(thing, f) not in ("", None, {}, [])}


def _changed_fields(thing: models.Model, held: dict[str, Any]) -> dict[str, Any]:
    """Old and new of each field that says something else than the database. Deferred fields are not saved, so not read."""
    return {
        f.name: [_plain(held[f.attname]), _value(thing, f)]
        for f in _facts(thing)
        if f.attname in thing.__dict__ and not _same(held[f.attname], getattr(thing, f.attname))
    }


def _secrets_changed(thing: models.Model, held: dict[str, Any]) -> bool:
    secret = getattr(thing, "secret_fields", ())
    fields = [f for f in thing._meta.concrete_fields if f.name in secret and f.attname in thing.__dict__]
    return any(not _same(held[f.attname], getattr(thing, f.attname)) for f in fields)


def save(thing: Kept, *, full_clean: bool = True) -> Kept:
    """Saves `thing` and notes what changed, field by field. Saves nothing when nothing did."""
    current = trail()
    held = _as_held(thing)
    what = "made" if held is None else "changed"
    fields = _first_fields(thing) if held is None else _changed_fields(thing, held)
    if held is not None and not fields and not _secrets_changed(thing, held):
        return thing
    if full_clean:
        thing.full_clean(validate_unique=False, validate_constraints=False)
    if isinstance(thing, Record) and what == "changed":
        thing.version += 1
    thing.save()
    if isinstance(thing, Record):
        thing._as_loaded = {f.attname: getattr(thing, f.attname) for f in thing._meta.concrete_fields}
    current.note(thing, what, fields)
    current.touch([thing])
    search.refresh(thing)
    return thing


def _gone_with(thing: models.Model) -> tuple[list[models.Model], list[models.Model]]:
    """The rows that go when `thing` goes, itself among them, and those that only lose their link to it."""
    collector = Collector(using=router.db_for_write(type(thing), instance=thing), origin=thing)
    collector.collect([thing])
    gone = [row for rows in [*collector.data.values(), *collector.fast_deletes] for row in rows]
    updates: Iterable[Iterable[Iterable[models.Model]]] = collector.field_updates.values()  # type: ignore[assignment]  # lists of rows, not rows
    lose = [row for groups in updates for rows in groups for row in rows]
    return gone, lose


def delete(thing: models.Model) -> None:
    """Deletes `thing`, noting all that it said."""
    current = trail()
    subject = _subject_of(thing)
    current.subject = current.subject or subject
    fields = {f.name: _value(thing, f) for f in _facts(thing)}
    current.changes.append({"what": "removed", "thing": audit.key(thing), "name": str(thing)[:300], "fields": fields})
    gone, lose = _gone_with(thing)
    current.touch([*gone, *lose])
    search.forget(thing)
    thing.delete()


def save_many(things: Iterable[models.Model], *, model: type[models.Model]) -> int:
    """Adds many new rows at once and notes how many: for packs and imports, whose files are named in the entry."""
    rows = list(things)
    model._default_manager.bulk_create(rows, batch_size=500)
    added = trail().extra.setdefault("added", {})
    added[model._meta.label_lower] = added.get(model._meta.label_lower, 0) + len(rows)
    trail().touch(rows)
    search.refresh_many(rows)
    return len(rows)


def touch(things: Iterable[models.Model]) -> None:
    """Says that those rows were written otherwise than by `keep`, `drop` and `save_many`: many updated at once."""
    trail().touch(things)


def note(**facts: Any) -> None:
    """Adds plain facts to the entry: a reason, a file's hash, a count."""
    trail().extra.update(facts)
