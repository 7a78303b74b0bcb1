"""What the public may know of all cases of a year: how many, by month, class, district, sector and channel, and how long they took. Nothing of
a single case: small numbers are withheld (core/suppression.py), exercises and merged cases never count.

Each list of a year has the same sum and nothing is crossed, so that lists cannot be subtracted from each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from babel.dates import format_date
from django.db.models import BooleanField, Exists, ExpressionWrapper
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from floreo.core import clock
from floreo.core.durations import MEDIAN, P90, Estimate, Quantile
from floreo.core.figures import SMALL, Period
from floreo.core.sectors import Sector
from floreo.core.suppression import suppressed_list
from floreo.core.ui import locale as ui
from floreo.core.wording import quarter_text
from floreo.incidents import taxonomy
from floreo.incidents.case_measures import (
    can_be_answered,
    counted_cases,
    counted_reports,
    end_of,
    midnight,
    received_in,
)
from floreo.incidents.models import Case, Channel, Report
from floreo.incidents.seconds import Lengths, Months, Seconds
from floreo.organisations.models import Country, Place, PlaceSort

_UNKNOWN = ""  # code of what is not recorded
AT_ONCE = 5000  # rows of the database


@dataclass(frozen=True)
class PublishedCount:
    code: str
    label: str
    count: int | None  # None: withheld


@dataclass(frozen=True)
class Breakdown:
    code: str  # "month" or "quarter", "class", "district", "sector", "channel"
    title: str
    lines: tuple[PublishedCount, ...]
    is_withheld: bool  # as a whole


@dataclass(frozen=True)
class Times:
    """How long one thing took, of `counted` of all reports or cases. None: it is small, or it would reveal a small rest of what
    is beside it. `is_withheld`: it is of so few that the times are not shown either."""

    code: str  # "answer", "triage", "contain", "close"
    title: str
    counted: int | None
    is_withheld: bool
    median: Quantile
    p90: Quantile


@dataclass(frozen=True)
class Year:
    """`cases` and `reports` None: from 1 to SMALL - 1."""

    year: int
    until: datetime
    cases: int | None
    reports: int | None
    breakdowns: tuple[Breakdown, ...]
    times: tuple[Times, ...]

    @property
    def is_empty(self) -> bool:
        return self.cases == 0 and self.reports == 0


def years() -> list[int]:
    """Those in which a case or report was received, and this one, newest first; none where there never was one. None that is still
    to come, nor one that no moment here can have (core/clock.py)."""
    kinds = (Case.objects.filter(counted_cases()), Report.objects.filter(counted_reports()))
    begins, this = midnight(date(clock.FIRST_YEAR, 1, 1)), clock.today().year
    first = [
        rows.filter(received_at__gte=begins).order_by("received_at").values_list("received_at", flat=True).first()
        for rows in kinds
    ]
    if not (known := [clock.calendar_day(each).year for each in first if each is not None]):
        return []
    # One question whether each year has any, by the index: an aggregate would pass over all rows.
    asked = {
        f"y{year}": Exists(kinds[0].filter(received_in(_whole(year))))
        | Exists(kinds[1].filter(received_in(_whole(year))))
        for year in range(min(known), this)
    }
    wrapped = {name: ExpressionWrapper(each, output_field=BooleanField()) for name, each in asked.items()}
    has = Country.objects.annotate(**wrapped).values(*wrapped).first() if wrapped else None
    return [this, *(year for year in range(this - 1, min(known) - 1, -1) if has and has[f"y{year}"])]


def _whole(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def of_year(year: int) -> Year:
    """The observatory's figures of that year in the country's days, in three queries. Times are counted by whole seconds."""
    period = _whole(year)
    until = end_of(period)
    counts, contain, close = _pass_over_cases(period, until)
    reports, answer, triage = _pass_over_reports(period, until)
    total = sum(counts["month"].values())
    return Year(
        year=year,
        until=until,
        cases=_shown(total),
        reports=_shown(reports),
        breakdowns=tuple(
            _breakdown(code, title, labels, counts[code])
            for code, title, labels in (
                _rhythm(year, total, counts),
                ("class", _("Class (RSIT)"), _classes()),
                ("district", _("District"), _districts(counts["district"])),
                ("sector", _("Sector"), _sectors()),
                ("channel", _("Channel"), _channels()),
            )
        ),
        times=_all_times(reports, (answer, triage), total, (contain, close)),
    )


def times_of(period: Period) -> tuple[Times, ...]:
    """How long things took of what was received in the period, in two queries."""
    until = end_of(period)
    counts, contain, close = _pass_over_cases(period, until)
    reports, answer, triage = _pass_over_reports(period, until)
    return _all_times(reports, (answer, triage), counts["month"].total(), (contain, close))


def class_labels() -> Mapping[str, str]:
    """Classes by code, with "" for what is not classified, in the order of their list."""
    return _classes()


def _all_times(
    reports: int, of_reports: tuple[Estimate, Estimate], cases: int, of_cases: tuple[Estimate, Estimate]
) -> tuple[Times, ...]:
    answer, triage, contain, close = *of_reports, *of_cases
    return (
        _times("answer", _("Until the reporter is answered"), answer, reports),
        _times("triage", _("Until a report is triaged"), triage, reports),
        _times("contain", _("Until a case is contained"), contain, cases),
        _times("close", _("Until a case is closed"), close, cases),
    )


_Counts = dict[str, Counter[str]]


def _pass_over_cases(period: Period, until: datetime) -> tuple[_Counts, Estimate, Estimate]:
    last, months = int(until.timestamp()), Months(period.start.year)
    by_month: Counter[int] = Counter()
    by_facts: Counter[tuple[str, int | None, str, str]] = Counter()
    contained, closed = Lengths(), Lengths()
    rows = Case.objects.filter(received_in(period), counted_cases(), received_at__lte=until).order_by()
    moments = [Seconds(name) for name in ("received_at", "contained_at", "closed_at")]
    facts = ("rsit_class", "place_id", "sector", "channel")
    for received, contained_at, closed_at, *known in rows.values_list(*moments, *facts).iterator(chunk_size=AT_ONCE):
        by_month[months.of(received)] += 1
        by_facts[tuple(known)] += 1
        contained.add(received, contained_at, last if closed_at is None else min(last, closed_at))
        closed.add(received, closed_at, last)
    return _counts(by_month, by_facts), contained.estimate(), closed.estimate()


def _counts(by_month: Counter[int], by_facts: Counter[tuple[str, int | None, str, str]]) -> _Counts:
    counts: _Counts = {name: Counter() for name in ("quarter", "class", "district", "sector", "channel")}
    counts["month"] = Counter({f"{month:02d}": number for month, number in by_month.items()})
    for (kind, place, sector, channel), number in by_facts.items():
        counts["class"][kind if taxonomy.is_known(kind) else _UNKNOWN] += number
        counts["district"][str(place or _UNKNOWN)] += number
        counts["sector"][sector if sector in Sector.values else _UNKNOWN] += number
        counts["channel"][channel if channel in Channel.values else _UNKNOWN] += number
    return counts


def _pass_over_reports(period: Period, until: datetime) -> tuple[int, Estimate, Estimate]:
    last, number = int(until.timestamp()), 0
    answered, triaged = Lengths(), Lengths()
    rows = Report.objects.filter(received_in(period), counted_reports(), received_at__lte=until).order_by()
    rows = rows.annotate(waits=ExpressionWrapper(can_be_answered(), output_field=BooleanField()))
    moments = [Seconds(name) for name in ("received_at", "acknowledged_at", "decided_at")]
    for received, acknowledged, decided, waits in rows.values_list(*moments, "waits").iterator(chunk_size=AT_ONCE):
        number += 1
        triaged.add(received, decided, last)
        if waits:
            answered.add(received, acknowledged, last)
    return number, answered.estimate(), triaged.estimate()


def _shown(number: int) -> int | None:
    return None if 0 < number < SMALL else number


def _times(code: str, title: str, found: Estimate, total: int) -> Times:
    """The number that was counted and the rest are a list whose sum everybody sees."""
    unknown = Quantile(None, None)
    counted = suppressed_list([found.count, total - found.count]).cells[0]
    few = found.count < SMALL
    median, p90 = (unknown, unknown) if few else (found.quantile(MEDIAN), found.quantile(P90))
    return Times(code, title, counted, few and found.count > 0, median, p90)


def _breakdown(code: str, title: str, labels: Mapping[str, str], counts: Mapping[str, int]) -> Breakdown:
    shown = suppressed_list([counts.get(each, 0) for each in labels])
    lines = tuple(
        PublishedCount(each, label, cell) for (each, label), cell in zip(labels.items(), shown.cells, strict=True)
    )
    return Breakdown(code, title, lines, shown.is_withheld)


def _rhythm(year: int, total: int, counts: dict[str, Counter[str]]) -> tuple[str, str, Mapping[str, str]]:
    """By month where there are enough cases that most months can be shown, else by quarter. Decided by the sum alone, which
    everybody sees."""
    months = _months(year)
    if total >= len(months) * 2 * SMALL:
        return "month", _("Month"), months
    quarters = {month: str((int(month) + 2) // 3) for month in months}
    for month, count in counts["month"].items():
        counts["quarter"][quarters[month]] += count
    first = {code: date(year, 3 * int(code) - 2, 1) for code in dict.fromkeys(quarters.values())}
    return "quarter", _("Quarter"), {code: quarter_text(day) for code, day in first.items()}


def _months(year: int) -> Mapping[str, str]:
    """Those that have begun."""
    last = clock.today().month if year == clock.today().year else 12
    name = partial(format_date, format="LLLL", locale=ui.locale())
    return {f"{month:02d}": name(date(year, month, 1)).capitalize() for month in range(1, last + 1)}


def _classes() -> Mapping[str, str]:
    named = {each.code: each.title for each in taxonomy.classes(ui.language()) if each.code != "test"}
    return named | {_UNKNOWN: _("Not classified")}


def _districts(counts: Counter[str]) -> Mapping[str, str]:
    """Districts in their order. Counts of towns and villages go to the district that holds them."""
    places = {place.pk: place for place in Place.objects.all()}
    for code in list(counts):
        place = places.get(int(code)) if code else None
        while place is not None and place.kind != PlaceSort.DISTRICT:
            place = places.get(place.parent_id) if place.parent_id else None
        home = str(place.pk) if place else _UNKNOWN
        if home != code:
            counts[home] += counts.pop(code)
    districts = [place for place in places.values() if place.kind == PlaceSort.DISTRICT]
    return {str(place.pk): place.in_language("name") for place in districts} | {_UNKNOWN: _not_recorded()}


def _sectors() -> Mapping[str, str]:
    return {value: str(Sector(value).label) for value in Sector.values} | {_UNKNOWN: _not_recorded()}


def _channels() -> Mapping[str, str]:
    return {value: str(Channel(value).label) for value in Channel.values} | {_UNKNOWN: _not_recorded()}


def _not_recorded() -> str:
    return pgettext("value of a case", "Not recorded")
