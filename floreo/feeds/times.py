"""How long findings take to be fixed, by what scans show (core/durations.py). A finding counts from the day after the last look that did
not see it, to the first look of those that show that it is gone; one that nothing shows to be fixed lasts until the day that is
asked about, whatever anybody says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Max, Min, Q

from floreo.core.durations import Span, Survival, survival_of
from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import silence_of
from floreo.feeds.logic import Times
from floreo.feeds.models import Feed, Finding, OpenPeriod, Run
from floreo.feeds.spans import span_of

YEAR = timedelta(days=365)
_AT_ONCE = 5000
Source = tuple[int, str]  # feed and type


@dataclass(frozen=True)
class Case:
    """One time that a finding of a scan was open: which, since when, and what is known of its end."""

    pk: int
    kind: str
    since: date
    span: Span

    @property
    def may_be_older(self) -> bool:
        """Whether it was there when its source first looked: nobody knows since when."""
        return self.span.may_be_older

    @property
    def is_fixed(self) -> bool:
        return self.span.by is not None


@dataclass(frozen=True)
class Cohort:
    """The findings of scans first seen within a year before a day, as that day knew them. `others`: those of sightings and
    lists and of machines that change their address, whose silence shows no fix, and which are not counted. Of the cases, `switched_off` are of a feed that is not in use any more, and
    `no_scan` were last seen by a source that is no scan now."""

    cases: tuple[Case, ...]
    others: int
    switched_off: int = 0
    no_scan: int = 0

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
    rows = OpenPeriod.objects.filter(opened_on__gt=until - YEAR, opened_on__lte=until).order_by("opened_on", "pk")
    scans, first, latest = _Scans(), dict[Source, date](), dict[Source, date]()
    looks = Run.objects.counting().filter(day__lte=until).order_by().values_list("feed_id", "report_type")
    for feed, report_type, begin, end in looks.annotate(begin=Min("day"), end=Max("day")):
        first[feed, report_type], latest[feed, report_type] = begin, end
    columns = (
        "finding_id",
        "finding__kind",
        "finding__ip",
        "finding__feed_id",
        "finding__report_type",
        "finding__last_day",
    )
    found = rows.values_list(*columns, "opened_on", "starts_on", "last_day", "ended_on", "shown_on", "ending")
    scans.learn((row[3], row[4]) for row in found if row[-1] == logic.State.FIXED)
    kinds = {row[1] for row in found if (row[3], row[4]) in scans}
    also = scans.also_saw({row[0] for row in found if row[1] in kinds and (row[3], row[4]) not in scans})
    cases, others, switched_off, no_scan = [], 0, 0, 0
    for pk, kind, ip, feed, report_type, last_day, *days, ending in found:
        if ((feed, report_type) not in scans and pk not in also) or logic.wanders(ip):
            others += 1
            continue
        opened_on, starts_on, ended_last, ended_on, shown_on = days
        state = logic.State(ending) if ending else None
        period = Times(opened_on, ended_last or last_day, ended_on, state, shown_on, starts_on)
        last_look = latest.get((feed, report_type), last_day)
        was_there = opened_on <= first.get((feed, report_type), date.min)
        span = span_of(period, last_day=last_day, until=until, last_look=last_look, may_be_older=was_there)
        cases.append(Case(pk, kind, opened_on, span))
        switched_off += not scans.feeds[feed].is_active
        no_scan += not scans.is_now((feed, report_type))
    return Cohort(tuple(cases), others, switched_off, no_scan)


class _Scans:
    """The sources whose findings are in time to fix: a scan, and what was one once. Whoever declares a scan to be a list or a sighting
    takes none of its findings out: they stay, and nothing more of them counts as fixed."""

    def __init__(self) -> None:
        self.feeds = Feed.objects.in_bulk()
        self._now: dict[Source, bool] = {}
        compared = Run.objects.filter(Q(again__gt=0) | Q(missed__gt=0)).order_by()  # scans alone are
        self._once: set[Source] = set(compared.values_list("feed_id", "report_type").distinct())

    def learn(self, fixing: Iterable[Source]) -> None:
        """These have shown something to be fixed, which scans alone do."""
        self._once.update(fixing)

    def __contains__(self, source: Source) -> bool:
        return source in self._once or self.is_now(source)

    def is_now(self, source: Source) -> bool:
        """Whether its silence shows a fix today."""
        if source not in self._now:
            feed, report_type = source
            self._now[source] = silence_of(self.feeds[feed], report_type)[0] is logic.Evidence.SCAN
        return self._now[source]

    def also_saw(self, findings: set[int]) -> set[int]:
        """Those of the findings that a scan saw too, though another source saw them last."""
        by_code, ids = {feed.code: feed.pk for feed in self.feeds.values()}, sorted(findings)
        found: set[int] = set()
        for at in range(0, len(ids), _AT_ONCE):
            rows = Finding.objects.filter(pk__in=ids[at : at + _AT_ONCE]).order_by()
            for pk, seen in rows.values_list("pk", "seen"):
                parts = (source.partition("/") for source in seen)
                if any(code in by_code and (by_code[code], name) in self for code, _slash, name in parts):
                    found.add(pk)
        return found
