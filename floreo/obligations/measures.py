"""The values that this app offers: (period, filters) -> Reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from floreo.core import clock
from floreo.core.deadlines import State
from floreo.core.durations import MEDIAN, duration, estimate
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.incidents.case_measures import end_of, hours_of, midnight
from floreo.obligations.logic import DueState, NotificationState, Stage
from floreo.obligations.models import Notification, NotificationClock, ObligationDue
from floreo.strategy.plan_facts import address

_NOT_COUNTED = (State.DOES_NOT_APPLY, State.NOT_KNOWN_YET)


def _clocks_due(period: Period) -> list[NotificationClock]:
    """Clocks of operators whose time fell in the period, as far as it has passed. One that is open and in time is not among them; one
    that is open and overdue is. Notifications that were withdrawn have no clocks."""
    rows = NotificationClock.objects.filter(
        is_ours=False,
        due_at__gte=midnight(period.start),
        due_at__lt=min(midnight(period.end + timedelta(days=1)), end_of(period)),
        notification__state__in=[NotificationState.OPEN, NotificationState.CLOSED],
    ).exclude(state__in=_NOT_COUNTED)
    return list(rows.select_related("notification").order_by("due_at", "pk"))


def share_stages_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of the stages of notifications whose deadline fell in the period that were first submitted by then. A stage that was
    returned counts by its first submission."""
    found = _clocks_due(period)
    records = tuple(
        RecordRef(
            f"{each.notification.reference} {each.rule}",
            address("workspace:notification", each.notification.reference),
            bool(each.met_in_time()),
        )
        for each in found
    )
    counted, total = sum(each.counted for each in records), len(records)
    return Reading(share(counted, total), Decimal(counted), Decimal(total), records)


def _warned(period: Period) -> Iterator[tuple[Notification, datetime, datetime | None]]:
    """Notifications of incidents of which the operator became aware in the period: since when, and when the first stage came."""
    rows = Notification.objects.filter(
        kind="incident",
        aware_at__gte=midnight(period.start),
        aware_at__lt=midnight(period.end + timedelta(days=1)),
        state__in=[NotificationState.OPEN, NotificationState.CLOSED],
    )
    for each in rows.prefetch_related("stages").order_by("aware_at", "pk"):
        final = next((s.first_at for s in each.stages.all() if s.kind == Stage.FINAL), None)
        assert each.aware_at is not None
        yield each, each.aware_at, final


def median_hours_to_final_report(period: Period, filters: Filters) -> Reading:
    """Hours from when the operator became aware until the final report of half of the incidents was in, by the product-limit estimate:
    those without one count for as long as they have lasted."""
    until = end_of(period)
    found = [(each, d) for each, at, end in _warned(period) if (d := duration(at, end, until)) is not None]
    estimated = estimate(lasted for _each, lasted in found)
    value = estimated.quantile(MEDIAN).value
    records = tuple(
        RecordRef(each.reference, address("workspace:notification", each.reference), lasted.is_over)
        for each, lasted in found
    )
    return Reading(
        None if value is None else hours_of(value), Decimal(estimated.ended), Decimal(estimated.count), records
    )


def share_obligations_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of what was due in the period, as far as it has passed, that was accepted and had been submitted by its day. What was
    submitted and not decided yet is not fulfilled; what is no longer due does not count."""
    last = min(period.end, clock.today() - timedelta(days=1))
    rows = ObligationDue.objects.filter(due_on__gte=period.start, due_on__lte=last).exclude(state=DueState.LAPSED)
    found = list(rows.select_related("obligation", "organisation").order_by("due_on", "pk"))
    records = tuple(RecordRef(str(each), each.workspace_url(), _is_in_time(each)) for each in found)
    groups: dict[str, list[int]] = {}
    for each in found:
        line = groups.setdefault(each.obligation.in_language("title"), [0, 0])
        line[0] += _is_in_time(each)
        line[1] += 1
    counted, total = sum(each.counted for each in records), len(records)
    return Reading(
        share(counted, total),
        Decimal(counted),
        Decimal(total),
        records,
        tuple(Group(name, *line) for name, line in sorted(groups.items())),
    )


def _is_in_time(due: ObligationDue) -> bool:
    if due.state != DueState.ACCEPTED or due.submitted_at is None:
        return False
    return clock.calendar_day(due.submitted_at) <= due.due_on
