"""The yearly report and the quarterly briefing: the observatory's figures as documents, for those who read paper.

A quarter is published beside its year, so a number of a quarter is shown only where neither the other quarters nor the year's own
lists give a small one away (core/suppression.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from floreo.core import clock
from floreo.core.figures import SMALL, Filters, Period, Reading
from floreo.core.suppression import TOTAL, gives_away, suppressed_list, suppressed_table
from floreo.incidents import case_measures, observatory
from floreo.incidents.case_measures import counted_cases, counted_reports, end_of, received_in
from floreo.incidents.models import Case, CaseEvidence, Report
from floreo.incidents.seconds import Months, Seconds

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Share:
    """A share of cases or clocks: `value` None where it is withheld or there is nothing to count; `of` 0 says the latter."""

    code: str
    value: Decimal | None
    of: int


@dataclass(frozen=True)
class Quarter:
    """`cases` and `reports` None: withheld. `classes`: (code, label, cases or None), those with none left out."""

    year: int
    number: int
    period: Period
    cases: int | None
    reports: int | None
    classes: tuple[tuple[str, str, int | None], ...]
    times: tuple[observatory.Times, ...]
    asked_about_police: int  # reports whose reporter given yes or no; 0: nobody was asked, so nothing is known
    wanted_police: int | None  # of these; None: withheld
    with_evidence: int | None
    pieces: int | None  # of evidence; None where the number of cases that have any is withheld


def period_of(year: int, quarter: int) -> Period:
    start = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * (quarter % 4) + 1, 1)
    return Period(start, after - timedelta(days=1))


def begun(year: int) -> tuple[int, ...]:
    """Quarters of the year that have begun."""
    return tuple(q for q in QUARTERS if period_of(year, q).start <= clock.today())


def shares(period: Period) -> tuple[Share, ...]:
    """In-time shares, lessons, cases that cross the border: a share whose numerator or rest is small is withheld, and one from
    which so few were left out that what it is of would reveal them, beside the number of all."""
    made = {
        "legal_clocks": case_measures.share_legal_clocks_in_time,
        "own_clocks": case_measures.share_own_clocks_in_time,
        "lessons": case_measures.share_cases_with_lessons,
        "cross_border": case_measures.share_cases_cross_border,
    }
    return tuple(_share(code, measure(period, Filters())) for code, measure in made.items())


def _share(code: str, reading: Reading) -> Share:
    total, counted = int(reading.denominator or 0), int(reading.numerator or 0)
    left = [count for _why, count in reading.left_out]
    is_safe = all(n == 0 or n >= SMALL for n in (counted, total - counted, *left))
    return Share(code, reading.value if total and is_safe else None, total if total == 0 or total >= SMALL else -1)


def of_quarter(year: int, quarter: int) -> Quarter:
    """In about ten queries."""
    period = period_of(year, quarter)
    whole = observatory.of_year(year)
    labels, counts = _by_class_and_quarter(year)
    cells = _shown_classes(whole, list(labels), counts)
    here = quarter - 1
    cases = _shown_sums([sum(row[q] for row in counts) for q in range(len(QUARTERS))])[here]
    reports = _shown_sums(_reports(year))[here]
    evidence = CaseEvidence.objects.filter(case__in=Case.objects.filter(received_in(period), counted_cases()))
    held = evidence.values("case").distinct().count()
    with_evidence = held if cases is not None and _both_large(held, cases - held) else None
    answers = Report.objects.filter(received_in(period), counted_reports(), wants_police__isnull=False)
    given = Counter(answers.values_list("wants_police", flat=True))
    return Quarter(
        year,
        quarter,
        period,
        cases,
        reports,
        tuple((code, labels[code], cells[row][here]) for row, code in enumerate(labels) if cells[row][here] != 0),
        observatory.times_of(period),
        given.total(),
        given[True] if reports is not None and _both_large(given[True], given[False]) else None,
        with_evidence,
        evidence.count() if with_evidence is not None else None,
    )


def _both_large(part: int, rest: int) -> bool:
    return all(n == 0 or n >= SMALL for n in (part, rest))


def _shown_sums(sums: list[int]) -> list[int | None]:
    """Those of the quarters, whose year is public: as a list whose sum is known."""
    return list(suppressed_list(sums).cells)


def _reports(year: int) -> list[int]:
    """Of each quarter."""
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    rows = Report.objects.filter(received_in(whole), counted_reports(), received_at__lte=end_of(whole)).order_by()
    months = Months(year)
    received = rows.values_list(Seconds("received_at"), flat=True).iterator(chunk_size=observatory.AT_ONCE)
    found = Counter((months.of(at) + 2) // 3 for at in received)
    return [found[quarter] for quarter in QUARTERS]


def _by_class_and_quarter(year: int) -> tuple[dict[str, str], list[list[int]]]:
    """Labels by code, and of each class its cases by quarter."""
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    labels = dict(observatory.class_labels())
    found: Counter[tuple[str, int]] = Counter()
    rows = Case.objects.filter(received_in(whole), counted_cases(), received_at__lte=end_of(whole)).order_by()
    months = Months(year)
    pairs = rows.values_list(Seconds("received_at"), "rsit_class").iterator(chunk_size=observatory.AT_ONCE)
    for received, kind in pairs:
        found[kind if kind in labels else "", (months.of(received) + 2) // 3] += 1
    return labels, [[found[code, quarter] for quarter in QUARTERS] for code in labels]


def _hidden_cells(counts: list[list[int]], rows_not_public: Collection[int]) -> set[tuple[int, int]]:
    """Those that are too small to be shown or let one be computed, and all that count something of a class that the year withholds."""
    joint = suppressed_table(counts)
    return {
        (row, q)
        for row in range(len(counts))
        for q in range(len(QUARTERS))
        if joint.cells[row][q] is None or (row in rows_not_public and counts[row][q])
    }


def _shown_classes(whole: observatory.Year, codes: list[str], counts: list[list[int]]) -> list[list[int | None]]:
    """The cells that may be shown. What the year's list of classes and the sums of the quarters show is known to everybody: where
    that would give a withheld cell away, none is shown."""
    nothing: list[list[int | None]] = [[None if n else 0 for n in row] for row in counts]
    by_year = next(b for b in whole.breakdowns if b.code == "class")
    public = {line.code for line in by_year.lines if line.count is not None}
    rows_not_public = {row for row, code in enumerate(codes) if code not in public}
    hidden = _hidden_cells(counts, rows_not_public)
    sums = _shown_sums([sum(row[q] for row in counts) for q in range(len(QUARTERS))])
    secret_sums = {(row, TOTAL) for row in rows_not_public}
    secret_sums |= {(TOTAL, q) for q, count in enumerate(sums) if count is None}
    if whole.cases is None or gives_away(counts, hidden | secret_sums):
        return nothing
    return [[None if (row, q) in hidden else n for q, n in enumerate(found)] for row, found in enumerate(counts)]
