"""The figures that exercises offer: (period, filters) -> Reading. Nothing of an exercise counts in any figure about incidents."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from floreo.core import clock
from floreo.core.figures import Filters, Period, Reading, RecordRef, share
from floreo.tabletops.logic import WAS_HELD, State
from floreo.tabletops.models import Tabletop, TabletopFinding
from floreo.tabletops.queries import counted_expected, total_score

NOTHING = Reading(None, Decimal(0), Decimal(0))


def _held_in(period: Period) -> list[Tabletop]:
    """Exercises that began in the period and are over, by the days of the country."""
    zone = clock.zone()
    first = datetime.combine(period.start, time.min, tzinfo=zone)
    last = datetime.combine(period.end, time.max, tzinfo=zone)
    rows = Tabletop.objects.filter(state__in=WAS_HELD, started_at__gte=first, started_at__lte=last)
    return list(rows.order_by("started_at", "pk"))


def _reference(tabletop: Tabletop, *, counted: bool = True) -> RecordRef:
    return RecordRef(f"{tabletop.code} {tabletop.title}", tabletop.workspace_url(), counted)


def exercises_held(period: Period, filters: Filters) -> Reading:
    """Exercises that began in the period and are over; cancelled ones and those that still run are none. Unknown while the country has
    recorded no exercise at all, not even a planned one."""
    if not Tabletop.objects.exists():
        return NOTHING
    found = _held_in(period)
    number = Decimal(len(found))
    return Reading(number, number, number, tuple(_reference(each) for each in found))


def share_expected_actions_met(period: Period, filters: Filters) -> Reading:
    """Per cent of the expected actions that were met, of all exercises that began in the period and are evaluated. Partly met, and not
    observed, is not met; what belongs to an inject that was not sent does not count."""
    met = total = 0
    records = []
    for each in _held_in(period):
        if each.state != State.EVALUATED:
            continue
        score = total_score(counted_expected(each))
        met, total = met + score.met, total + score.total
        records.append(_reference(each, counted=score.met == score.total))
    if not total:
        return NOTHING
    return Reading(share(met, total), Decimal(met), Decimal(total), tuple(records))


def share_exercise_findings_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of the findings of evaluated exercises due in the period that were closed by their day, those among them that became an
    action of the plan."""
    rows = TabletopFinding.objects.filter(
        tabletop__state=State.EVALUATED, due_on__gte=period.start, due_on__lte=period.end
    )
    records = tuple(
        RecordRef(
            f"{each.tabletop.code} {each.number}. {each.title}",
            each.workspace_url(),
            each.closed_on is not None and each.due_on is not None and each.closed_on <= each.due_on,
        )
        for each in rows.select_related("tabletop").order_by("due_on", "pk")
    )
    counted, total = sum(each.counted for each in records), len(records)
    if not total:
        return NOTHING
    return Reading(share(counted, total), Decimal(counted), Decimal(total), records)
