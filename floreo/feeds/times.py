"""How long findings take to be fixed, by what scans show (core/survival.py). A finding counts from the day after the last look that did
not see it, to the first look of those that show that it is gone; one that nothing shows to be fixed lasts until the day that is
asked about, whatever anybody says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from floreo.core.survival import Span, Survival, survival_of
from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import silence_of
from floreo.feeds.models import Feed, FindingState, OpenPeriod

YEAR = timedelta(days=365)
WITHIN = (7, 30, 90)  # days


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
    """The findings of scans first seen within a year before a day, as that day knew them. `others`: those of sightings and lists, whose
    silence shows no fix, and which are not counted."""

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


def span_of(*, since: date, last_day: date | None, ended_on: date | None, is_shown: bool, until: date) -> Span:
    """What was known at the end of the day `until`."""
    if is_shown and ended_on is not None and last_day is not None:
        return Span((last_day - since).days, (ended_on - since).days)
    return Span((until - since).days, None)


def cohort_of(until: date) -> Cohort:
    """As it was known on that day, whenever it is asked: a fix counts from the look that shows it, not from the day that it is dated."""
    feeds, known = Feed.objects.in_bulk(), dict[tuple[int, str], bool]()
    rows = OpenPeriod.objects.filter(opened_on__gt=until - YEAR, opened_on__lte=until).order_by("opened_on", "pk")
    columns = ("finding_id", "finding__kind", "finding__feed_id", "finding__report_type", "since", "opened_on")
    cases, others = [], 0
    for pk, kind, feed, report_type, since, opened_on, last_day, ended_on, shown_on, ending in rows.values_list(
        *columns, "last_day", "ended_on", "shown_on", "ending"
    ):
        if (feed, report_type) not in known:
            known[feed, report_type] = silence_of(feeds[feed], report_type)[0] is logic.Evidence.SCAN
        if not known[feed, report_type]:
            others += 1
            continue
        is_shown = ending == FindingState.FIXED and shown_on is not None and shown_on <= until
        span = span_of(since=since, last_day=last_day, ended_on=ended_on, is_shown=is_shown, until=until)
        cases.append(Case(pk, kind, opened_on, span))
    return Cohort(tuple(cases), others)
