"""Rows of the app, made behind its actions, to count with. Times are hours from 1 July 2026, 0:00 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from floreo.incidents.models import Case, Clock, ClockRule, Report

START = datetime(2026, 7, 1, tzinfo=UTC)
_numbers = count(1)


def hours(number: float | None) -> datetime | None:
    return None if number is None else START + timedelta(hours=number)


def case(at: float = 0, *, contained: float | None = None, closed: float | None = None, **facts: object) -> Case:
    """Open unless it says when it was closed."""
    received = START + timedelta(hours=at)
    given: dict[str, object] = {
        "reference": f"INC-2026-{next(_numbers):04d}",
        "title": "A case",
        "state": "open" if closed is None else "closed",
        "received_at": received,
        "touched_at": received,
        "contained_at": hours(contained),
        "closed_at": hours(closed),
    }
    return Case.objects.create(**given | facts)


def report(at: float = 0, *, answered: float | None = None, decided: float | None = None, **facts: object) -> Report:
    number = next(_numbers)
    given: dict[str, object] = {
        "reference": f"REP-2026-{number:06d}",
        "source_key": f"made:{number}",
        "channel": "form",
        "subject": "A report",
        "reporter_mail": "somebody@example.org",
        "received_at": START + timedelta(hours=at),
        "acknowledged_at": hours(answered),
        "decided_at": hours(decided),
    }
    return Report.objects.create(**given | facts)


def law(code: str, *, is_ours: bool = False) -> ClockRule:
    return ClockRule.objects.create(code=code, title=code.title(), holds_from=START.date(), is_ours=is_ours)


def due(of: Case, rule: str, at: float, *, met: float | None = None, state: str = "met") -> Clock:
    return Clock.objects.create(case=of, rule=rule, state=state, due_at=hours(at), met_at=hours(met))
