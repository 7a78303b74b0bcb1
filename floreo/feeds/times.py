"""How long findings take to be fixed, by what scans show (core/durations.py). A finding counts from the day after the last look that did
not see it, to the first look of those that show that it is gone; one that nothing shows to be fixed lasts until the day that is
asked about, whatever anybody says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Max

from floreo.core.durations import Span, Survival, survival_of
from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import silence_of
from floreo.feeds.logic import Times
from floreo.feeds.models import Feed, OpenPeriod, Run
from floreo.feeds.spans import span_of

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Case:
    """One time that a finding of a scan was open: which, since when, and what is known of its end."""

    pk: int
    kind: str
    since: date
    span: Span

    @property
    def is_fixed(self) -> bool:
        return self.span.by is not None


@dataclass(frozen=True)
class Cohort:
    """The findings of scans first seen within a year before a day, as that day knew them. `others`: those of sightings and
    lists and of machines that change their address, whose silence shows no fix, and which are not counted."""

    cases: tuple[Case, ...]
    others: int

    @cached_property
    def survival(self) -> Survival:
        return survival_of(case.span for case in self.cases)

    def kinds(self) -> Iterator[tuple[str, Survival]]:
        """Of each kind, the most frequent first."""
        spans: dict[str, list[Span]] = {}
        for case in self.cases:
            spans.setdefault(case.kind, []).append(case.span)
        for kind in sorted(spans, key=lambda each: (-len(spans[each]), each)):
            yield kind, survival_of(spans[kind])


def cohort_of(until: date) -> Cohort:
    """As it was known on that day, whenever it is asked: a fix counts from the look that shows it, not from the day that it is dated."""
    feeds, known = Feed.objects.in_bulk(), dict[tuple[int, str], bool]()
    rows = OpenPeriod.objects.filter(opened_on__gt=until - YEAR, opened_on__lte=until).order_by("opened_on", "pk")
    looks = Run.objects.counting().filter(day__lte=until).order_by().values_list("feed_id", "report_type")
    latest = {(feed, report_type): day for feed, report_type, day in looks.annotate(day=Max("day"))}
    columns = (
        "finding_id",
        "finding__kind",
        "finding__ip",
        "finding__feed_id",
        "finding__report_type",
        "finding__last_day",
    )
    cases, others = [], 0
    for pk, kind, ip, feed, report_type, last_day, *days, ending in rows.values_list(
        *columns, "opened_on", "starts_on", "last_day", "ended_on", "shown_on", "ending"
    ):
        if (feed, report_type) not in known:
            known[feed, report_type] = silence_of(feeds[feed], report_type)[0] is logic.Evidence.SCAN
        if not known[feed, report_type] or logic.wanders(ip):
            others += 1
            continue
        opened_on, starts_on, ended_last, ended_on, shown_on = days
        state = logic.State(ending) if ending else None
        period = Times(opened_on, ended_last or last_day, ended_on, state, shown_on, starts_on)
        last_look = latest.get((feed, report_type), last_day)
        span = span_of(period, last_day=last_day, until=until, last_look=last_look)
        cases.append(Case(pk, kind, opened_on, span))
    return Cohort(tuple(cases), others)
