"""Figures of reports and cases: what is still open counts, exercises and merged cases never do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from floreo.core.figures import Filters, Group, MeasureFunction, Period, Reading
from floreo.incidents import case_measures as figures
from floreo.incidents.models import Case
from tests.incidents.made import START, case, due, hours, law, report

pytestmark = [pytest.mark.django_db, pytest.mark.two_databases]

Q3 = Period(date(2026, 7, 1), date(2026, 9, 30))


@pytest.fixture(autouse=True)
def hundred_hours_later() -> Iterator[None]:
    at = hours(100)
    assert at is not None
    with time_machine.travel(at, tick=False):
        yield


def read(measure: MeasureFunction) -> Reading:
    return measure(Q3, Filters())


def value(measure: MeasureFunction) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    found = read(measure)
    return found.value, found.numerator, found.denominator


def test_a_median_counts_cases_that_are_still_open() -> None:
    """Closed after 2 and 6 hours; two more are open since 100. Of the closed ones alone the median would be 4 hours."""
    case(closed=2, contained=1)
    case(closed=6, contained=1.5)
    case()
    case(contained=50)
    case(closed=1, is_exercise=True)
    case(closed=1, received_at=START.replace(month=6))
    case(closed=1, state="merged", merged_into=Case.objects.all()[0])
    assert value(figures.median_hours_to_close) == (Decimal("6.0"), 2, 4)
    assert value(figures.p90_hours_to_close) == (None, 2, 4)  # more than the 100 hours that anybody has seen
    assert value(figures.median_hours_to_contain) == (Decimal("1.5"), 3, 4)
    assert value(figures.p90_hours_to_contain) == (None, 3, 4)


def test_a_report_that_nobody_looked_at_counts_as_waiting() -> None:
    report(answered=4, decided=2, state="rejected")
    report(answered=3, decided=10, state="rejected")
    report()
    report(channel="feed", decided=1, state="rejected")
    report(reporter_mail="", decided=1, state="rejected")
    report(decided=1, state="rejected", rsit="test/test")
    assert value(figures.median_hours_to_triage) == (Decimal("2.0"), 4, 5)
    assert value(figures.p90_hours_to_triage) == (None, 4, 5)
    answered = read(figures.median_hours_to_acknowledge)
    assert (answered.value, answered.left_out) == (Decimal("4.0"), (("reports_without_reporter", 2),))
    assert value(figures.p90_hours_to_acknowledge) == (None, 2, 3)
    received = read(figures.reports_received)
    assert (received.value, received.groups) == (5, (Group("channel:feed", 1, 1), Group("channel:form", 4, 4)))


def test_cases_are_counted_by_class_and_by_how_long_they_are_open() -> None:
    case(rsit_class="fraud")
    case(rsit_class="fraud", received_at=START.replace(month=5), is_cross_border=True)
    case(90, is_cross_border=True)
    case(91, is_cross_border=False, closed=95, lessons="Call back before paying.")
    case(closed=96, lessons=" ")
    assert read(figures.cases_received).groups == (Group("cases_not_classified", 3, 3), Group("rsit:fraud", 1, 1))
    assert value(figures.cases_open_over_30_days) == (1, 1, 3)
    assert value(figures.share_cases_with_lessons) == (50, 1, 2)
    crossing = read(figures.share_cases_cross_border)
    assert (crossing.value, crossing.left_out) == (50, (("cases_not_known", 2),))


def test_each_deadline_that_fell_in_the_period_was_met_in_time_or_not() -> None:
    law("early-warning")
    law("answer", is_ours=True)
    one, exercise = case(), case(is_exercise=True)
    due(one, "early-warning", 24, met=20)
    due(case(), "early-warning", 24, met=30, state="met_late")
    due(case(), "early-warning", 30, state="overdue")
    due(case(), "early-warning", 30, state="not_known_yet")
    due(case(), "early-warning", 30, state="does_not_apply")
    due(case(), "early-warning", 200, state="running")  # not due yet
    due(exercise, "early-warning", 24, met=20)
    due(one, "answer", 24, met=20)
    legal = read(figures.share_legal_clocks_in_time)
    assert (legal.value, legal.groups, legal.left_out) == (
        Decimal("33.33"),
        (Group("Early-Warning", 1, 3),),
        (("clocks_not_known", 1),),
    )
    assert value(figures.share_own_clocks_in_time) == (100, 1, 1)


def test_where_nothing_was_recorded_there_is_no_figure() -> None:
    shares = (figures.share_cases_with_lessons, figures.share_legal_clocks_in_time, figures.median_hours_to_close)
    assert [value(each) for each in shares] == [(None, 0, 0)] * 3
