"""`@action`: the only way anything is written. Permission, transaction and audit entry are one thing.

    @action("action.updated", needs=Permission.PLAN_EDIT)
    def update_action(act: Action, *, by: Actor, title: str) -> Action:
        act.title = title
        save(act)
        return act

Order: the permission is asked (against the first argument, where it has owners), the transaction opens, the function
runs, `save` and `delete` (core/writing.py) note what changed, the entry is chained, the transaction closes. Anything raised undoes it all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction

from floreo.core import audit, decisions, once
from floreo.core.access import Actor, Permission, must
from floreo.core.models import Record

Args = ParamSpec("Args")
Result = TypeVar("Result")

VERBS: dict[str, Callable[..., Any]] = {}  # every action by its verb; a contract test walks it
NEEDS: dict[str, Permission | None] = {}  # and what it needs
_DECIDING: set[Callable[..., Any]] = set()


class Trail:
    """What one action has changed so far."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.changes: list[dict[str, Any]] = []
        self.extra: dict[str, Any] = {}
        self.subject: models.Model | None = None
        self.touched: dict[type[models.Model], set[Any]] = {}

    def touch(self, things: Iterable[models.Model]) -> None:
        """Those rows are written by this action: its entry will hold what they say when it ends."""
        for thing in things:
            self.touched.setdefault(type(thing), set()).add(thing.pk)

    def note(self, thing: models.Model, what: str, fields: dict[str, Any]) -> None:
        self.subject = self.subject or subject_of(thing)
        self.changes.append({"what": what, "thing": audit.key(thing), "name": str(thing)[:300], "fields": fields})


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def subject_of(thing: models.Model) -> models.Model:
    """Under which thing's history it shows."""
    return thing.audit_subject() if isinstance(thing, Record) else thing


def trail() -> Trail:
    """The trail of the action that runs now. Writing outside an action is a mistake in the program."""
    current = _trail.get()
    if current is None:
        raise RuntimeError("Nothing is written outside an @action.")
    return current


def is_running() -> bool:
    """Whether an action runs now. What takes seconds is done before: on SQLite nobody else writes meanwhile."""
    return _trail.get() is not None


@contextmanager
def _recording(by: Actor) -> Iterator[Trail]:
    token = _trail.set(Trail(by))
    try:
        current = _trail.get()
        assert current is not None
        yield current
    finally:
        _trail.reset(token)


def action(
    verb: str,
    *,
    needs: Permission | None,
    quiet: bool = False,
    decides: decisions.Rows | None = None,
    notes_maker: bool = False,
) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Marks a function as a write. `needs=None` is for what people without an account may do (accept an invitation) and says so
    where it is used. `quiet` writes no entry when nothing changed (the daily refresh). A decision `decides` about
    rows: it takes the head that its page carried, as `shown`, and refuses when they were changed since. With
    `notes_maker` its entry notes, as `by_maker`, when who decides wrote the thing."""

    def decorate(function: Callable[Args, Result]) -> Callable[Args, Result]:
        @functools.wraps(function)
        def run(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            by: Actor = kwargs["by"]  # type: ignore[assignment]  # keyword-only in every action; checked by a contract
            if needs is not None:
                must(by, needs, args[0] if args else None)
            with transaction.atomic(), once.writing(), _recording(by) as current:
                refusal = None
                if decides is not None:  # looked at before anything is written
                    shown: Any = kwargs.get("shown")
                    refusal = decisions.why_not(decides(args[0]), shown)
                    _note_decision(current, args[0], by=by, shown=shown, notes_maker=notes_maker)
                result = function(*args, **kwargs)
                if refusal is not None:  # what the function itself refuses says more: by whom it was decided already
                    raise refusal
                subject = current.subject or next((a for a in args if isinstance(a, models.Model)), None)
                if current.changes or current.extra or current.touched or not quiet:
                    detail = {"changes": current.changes, **current.extra}
                    audit.append(by=by, verb=verb, subject=subject, detail=detail, touched=current.touched)
            return result

        VERBS[verb], NEEDS[verb] = run, needs
        if decides is not None:
            decisions.DECISIONS[verb] = decides
            _DECIDING.add(run)
        return run

    return decorate


def is_decision(function: Callable[..., object]) -> bool:
    """Whether it is an action that is bound to what was shown."""
    return function in _DECIDING


def _note_decision(current: Trail, thing: Any, *, by: Actor, shown: str | None, notes_maker: bool) -> None:
    if shown is not None:
        current.extra["shown"] = shown
    if notes_maker and decisions.is_maker(thing, by):
        current.extra["by_maker"] = True


def note(**facts: Any) -> None:
    """Adds plain facts to the entry: a reason, a file's hash, a count."""
    trail().extra.update(facts)


def about(thing: models.Model) -> None:
    """The entry shows in the history of this thing, whatever else is written."""
    trail().subject = subject_of(thing)
