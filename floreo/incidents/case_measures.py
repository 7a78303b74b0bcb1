"""Figures about reports and cases: how many, how long they took, which clocks were met. Exercises never count, nor cases merged into
another.

Durations count what is still open (core/durations.py): an estimate for those received in the period, as it was known on its last day. Times of
answering and of triage are counted from reports, since one that nobody looked at has no case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db.models import Q

from floreo.core import clock
from floreo.core.deadlines import State
from floreo.core.durations import MEDIAN, P90, Duration, duration, estimate
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.incidents import moments
from floreo.incidents.models import Case, CaseState, Channel, Clock, ClockRule, Report
from floreo.strategy.plan_facts import address

# Why something was not counted; indicators/working.py says each in a sentence.
WITHOUT_REPORTER = "reports_without_reporter"
NOT_KNOWN = "cases_not_known"
CLOCKS_NOT_KNOWN = "clocks_not_known"
NOT_CLASSIFIED = "cases_not_classified"  # a group
# Groups are named by a code behind one of these; indicators/working.py says each in words.
CHANNEL, RSIT = "channel:", "rsit:"

NO_REPORTER = (Channel.FEED, Channel.IMPORT)  # came from no person
OLD_AFTER = timedelta(days=30)
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Timed:
    """One report or case: from when to when, or until now; `group` for the working. A case that was closed before (`over`), as when it
    never was contained, was seen until then."""

    reference: str
    address: str
    group: str
    start: datetime
    end: datetime | None
    over: datetime | None = None


def midnight(day: date) -> datetime:
    """When that day begins in the country."""
    return datetime.combine(day, time(), tzinfo=clock.zone())


def end_of(period: Period) -> datetime:
    """The end of the period, or now while it runs."""
    return min(midnight(period.end + timedelta(days=1)), moments.now())


def received_in(period: Period) -> Q:
    return Q(received_at__gte=midnight(period.start), received_at__lt=midnight(period.end + timedelta(days=1)))


def counted_cases() -> Q:
    """Which cases count, in every figure."""
    return Q(is_exercise=False) & ~Q(state=CaseState.MERGED) & ~Q(rsit_class="test")


def counted_reports() -> Q:
    return Q(is_exercise=False) & ~Q(rsit__startswith="test")


def can_be_answered() -> Q:
    """Reports whose reporter left an address or a telephone number, or can follow the report by its link."""
    left = ~Q(reporter_mail="") | ~Q(reporter_phone="") | ~Q(link_hash="")
    return ~Q(channel__in=NO_REPORTER) & left


def _class_group(rsit_class: str) -> str:
    return f"{RSIT}{rsit_class}" if rsit_class else NOT_CLASSIFIED


def _reports(period: Period, column: str, *, answered: bool) -> Iterator[Timed]:
    rows = Report.objects.filter(received_in(period), counted_reports()).order_by("received_at", "pk")
    if answered:
        rows = rows.filter(can_be_answered())
    for reference, channel, start, end in rows.values_list("reference", "channel", "received_at", column):
        yield Timed(reference, address("workspace:incident_report", reference), f"{CHANNEL}{channel}", start, end)


def _cases(period: Period, column: str) -> Iterator[Timed]:
    rows = Case.objects.filter(received_in(period), counted_cases()).order_by("received_at", "pk")
    columns = ("reference", "rsit_class", "received_at", column, "closed_at")
    for reference, kind, start, end, closed in rows.values_list(*columns):
        yield Timed(reference, address("workspace:case", reference), _class_group(kind), start, end, closed)


def seen_until(until: datetime, over: datetime | None) -> datetime:
    return until if over is None else min(until, over)


def _hours(
    period: Period, rows: Iterable[Timed], quantile: Fraction, left: tuple[tuple[str, int], ...] = ()
) -> Reading:
    """Hours within which that share is over. None where fewer are, or there are none: it is longer than anybody has seen."""
    until = end_of(period)
    found: list[tuple[Timed, Duration]] = []
    for row in rows:
        if (lasted := duration(row.start, row.end, seen_until(until, row.over))) is not None:
            found.append((row, lasted))
    estimated = estimate(lasted for _row, lasted in found)
    value = estimated.quantile(quantile).value
    groups, over = Counter(row.group for row, _lasted in found), Counter(row.group for row, d in found if d.is_over)
    return Reading(
        None if value is None else hours_of(value),
        Decimal(estimated.ended),
        Decimal(estimated.count),
        tuple(RecordRef(row.reference, row.address, lasted.is_over) for row, lasted in found),
        tuple(Group(name, over[name], groups[name]) for name in sorted(groups)),
        left,
    )


def hours_of(length: timedelta) -> Decimal:
    return (Decimal(int(length.total_seconds())) / 3600).quantize(_TENTH, rounding=ROUND_HALF_UP)


def _to_acknowledge(period: Period, quantile: Fraction) -> Reading:
    without = Report.objects.filter(received_in(period), counted_reports(), ~can_be_answered()).count()
    left = ((WITHOUT_REPORTER, without),) if without else ()
    return _hours(period, _reports(period, "acknowledged_at", answered=True), quantile, left)


def median_hours_to_acknowledge(period: Period, filters: Filters) -> Reading:
    """Hours until a person had answered the reporter of half of the reports received in the period."""
    return _to_acknowledge(period, MEDIAN)


def p90_hours_to_acknowledge(period: Period, filters: Filters) -> Reading:
    """Hours until a person had answered the reporter of nine of ten reports received in the period."""
    return _to_acknowledge(period, P90)


def median_hours_to_triage(period: Period, filters: Filters) -> Reading:
    """Hours until a person had decided on half of the reports received in the period."""
    return _hours(period, _reports(period, "decided_at", answered=False), MEDIAN)


def p90_hours_to_triage(period: Period, filters: Filters) -> Reading:
    """Hours until a person had decided on nine of ten reports received in the period."""
    return _hours(period, _reports(period, "decided_at", answered=False), P90)


def median_hours_to_contain(period: Period, filters: Filters) -> Reading:
    """Hours until half of the cases received in the period were contained."""
    return _hours(period, _cases(period, "contained_at"), MEDIAN)


def p90_hours_to_contain(period: Period, filters: Filters) -> Reading:
    """Hours until nine of ten cases received in the period were contained."""
    return _hours(period, _cases(period, "contained_at"), P90)


def median_hours_to_close(period: Period, filters: Filters) -> Reading:
    """Hours until half of the cases received in the period were closed."""
    return _hours(period, _cases(period, "closed_at"), MEDIAN)


def p90_hours_to_close(period: Period, filters: Filters) -> Reading:
    """Hours until nine of ten cases received in the period were closed."""
    return _hours(period, _cases(period, "closed_at"), P90)


def reports_received(period: Period, filters: Filters) -> Reading:
    """Reports received in the period by each channel, those of what was reported before included."""
    rows = list(_reports(period, "decided_at", answered=False))
    return _count(rows)


def cases_received(period: Period, filters: Filters) -> Reading:
    """Cases first reported in the period, by class."""
    return _count(list(_cases(period, "closed_at")))


def _count(rows: Sequence[Timed]) -> Reading:
    groups = Counter(row.group for row in rows)
    return Reading(
        Decimal(len(rows)),
        None,
        Decimal(len(rows)),
        tuple(RecordRef(row.reference, row.address, counted=True) for row in rows),
        tuple(Group(name, groups[name], groups[name]) for name in sorted(groups)),
    )


def cases_open_over_30_days(period: Period, filters: Filters) -> Reading:
    """Cases that had been open for more than 30 days on the period's last day, by class, of all that were open then."""
    until = end_of(period)
    rows = Case.objects.filter(counted_cases(), Q(closed_at=None) | Q(closed_at__gt=until), received_at__lte=until)
    found = []
    for reference, kind, start in rows.order_by("received_at", "pk").values_list(
        "reference", "rsit_class", "received_at"
    ):
        found.append((reference, _class_group(kind), until - start > OLD_AFTER))
    return _of_cases(found, lambda old, _all: Decimal(old))


def share_cases_with_lessons(period: Period, filters: Filters) -> Reading:
    """Per cent of the cases closed in the period of which lessons are recorded. When they were recorded is in the audit chain, not
    on the case, so this knows today only."""
    closed = Q(closed_at__gte=midnight(period.start), closed_at__lt=midnight(period.end + timedelta(days=1)))
    rows = Case.objects.filter(counted_cases(), closed, state=CaseState.CLOSED).order_by("closed_at", "pk")
    found = []
    for reference, kind, lessons in rows.values_list("reference", "rsit_class", "lessons"):
        found.append((reference, _class_group(kind), bool(lessons.strip())))
    return _of_cases(found, share)


def share_cases_cross_border(period: Period, filters: Filters) -> Reading:
    """Per cent of the cases first reported in the period that cross the border, of those of which that is recorded."""
    rows = Case.objects.filter(received_in(period), counted_cases()).order_by("received_at", "pk")
    found, unknown = [], 0
    for reference, kind, crosses in rows.values_list("reference", "rsit_class", "is_cross_border"):
        if crosses is None:
            unknown += 1
        else:
            found.append((reference, _class_group(kind), crosses))
    return _of_cases(found, share, ((NOT_KNOWN, unknown),) if unknown else ())


def _of_cases(
    found: Sequence[tuple[str, str, bool]],
    value: Callable[[int, int], Decimal | None],
    left: tuple[tuple[str, int], ...] = (),
) -> Reading:
    counted, groups = Counter(kind for _reference, kind, yes in found if yes), Counter(kind for _r, kind, _yes in found)
    return Reading(
        value(counted.total(), len(found)),
        Decimal(counted.total()),
        Decimal(len(found)),
        tuple(RecordRef(reference, address("workspace:case", reference), yes) for reference, _kind, yes in found),
        tuple(Group(kind, counted[kind], groups[kind]) for kind in sorted(groups)),
        left,
    )


def share_legal_clocks_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of what laws asked of organisations by a time within the period that was done in time, by rule."""
    return _clocks(period, is_ours=False)


def share_own_clocks_in_time(period: Period, filters: Filters) -> Reading:
    """Per cent of what the team committed to by a time within the period that was done in time, by rule."""
    return _clocks(period, is_ours=True)


def _clocks(period: Period, *, is_ours: bool) -> Reading:
    titles = dict(ClockRule.objects.filter(is_ours=is_ours).order_by("holds_from").values_list("code", "title"))
    rows = Clock.objects.filter(
        rule__in=titles, due_at__gte=midnight(period.start), due_at__lt=end_of(period), case__is_exercise=False
    ).exclude(case__state=CaseState.MERGED)
    columns = ("case__reference", "rule", "state", "due_at", "met_at")
    groups, records, unknown = defaultdict[str, list[int]](lambda: [0, 0]), [], 0
    for reference, rule, state, due, met in rows.order_by("due_at", "pk").values_list(*columns):
        if state == State.NOT_KNOWN_YET:
            unknown += 1
        elif state != State.DOES_NOT_APPLY:
            in_time = met is not None and met <= due
            groups[titles[rule]][0] += in_time
            groups[titles[rule]][1] += 1
            label = f"{reference}: {titles[rule]}"
            records.append(RecordRef(label, address("workspace:case", reference), in_time))
    done = sum(record.counted for record in records)
    return Reading(
        share(done, len(records)),
        Decimal(done),
        Decimal(len(records)),
        tuple(records),
        tuple(Group(title, *groups[title]) for title in sorted(groups)),
        ((CLOCKS_NOT_KNOWN, unknown),) if unknown else (),
    )
