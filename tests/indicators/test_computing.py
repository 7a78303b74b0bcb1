"""Readings that measures compute: when, again, and never once frozen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.indicators.actions import (
    correct_reading,
    freeze_reading,
    recompute_all,
    take_due_readings,
    take_reading,
)
from floreo.indicators.logic import Frequency, Period, period_of
from floreo.indicators.models import Reading, RecordList
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import make_action
from tests.indicators.making import make_indicator

pytestmark = pytest.mark.two_databases

Q3_2026 = period_of(date(2026, 9, 1), Frequency.QUARTER)


def rows() -> list[tuple[Any, ...]]:
    return [(r.period.label, r.value, r.is_frozen) for r in Reading.objects.order_by("ends_on", "pk")]


@pytest.fixture
def plan(edition: Edition) -> Edition:
    make_action(edition, "1.1.1")
    make_action(edition, "1.1.2", due_on=date(2026, 11, 4))
    return edition


def test_the_first_round_measures_the_past_and_freezes_it(plan: Edition) -> None:
    make_indicator(measure="milestones_late", edition=plan, unit="milestones")
    Edition.objects.update(starts_on=date(2026, 4, 1))
    assert take_due_readings(by=SYSTEM) == 3
    assert rows() == [("Q2 2026", 0, True), ("Q3 2026", 0, True), ("Q4 2026", 0, False)]
    assert set(Reading.objects.exclude(frozen_at=None).values_list("frozen_by", flat=True)) == {"Floreo"}
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.detail["readings"]) == ("readings.taken", {"made": 3, "changed": 0, "frozen": 2})


def test_a_reading_says_how_it_came_about(plan: Edition) -> None:
    indicator = make_indicator(measure="share_actions_on_track", edition=plan)
    reading = take_reading(indicator, by=SYSTEM)
    assert (reading.numerator, reading.denominator) == (Decimal(1), Decimal(2))
    assert (reading.value, reading.on) == (Decimal(50), date(2026, 11, 24))
    assert reading.working == {
        "as_of": "2026-11-24",
        "groups": [{"name": "1 Law", "numerator": 1, "denominator": 2}],
        "left_out": [],
    }
    assert reading.records is not None
    assert reading.records.rows == [
        ["1.1.2 Action 1.1.2", "/strategy/2025-2028/actions/1.1.2/", False],
        ["1.1.1 Action 1.1.1", "/strategy/2025-2028/actions/1.1.1/", True],
    ]
    assert (reading.measure, reading.measure_version) == ("share_actions_on_track", 1)


def test_computed_twice_it_is_the_same_and_nothing_is_written(plan: Edition) -> None:
    make_indicator(measure="share_actions_on_track", edition=plan)
    recompute_all(by=SYSTEM)
    first, entries = list(Reading.objects.values()), AuditEntry.objects.count()
    assert recompute_all(by=SYSTEM) == 1
    assert (list(Reading.objects.values()), AuditEntry.objects.count()) == (first, entries)


def test_what_is_not_frozen_is_replaced_and_what_is_frozen_stays(plan: Edition) -> None:
    make_indicator(measure="share_actions_on_track", edition=plan)
    Edition.objects.update(starts_on=date(2026, 7, 1))
    recompute_all(by=SYSTEM)
    assert rows() == [("Q3 2026", 100, True), ("Q4 2026", 50, False)]
    Action.objects.filter(code="1.1.1").update(on_hold_since=date(2026, 9, 1), on_hold_reason="No money")
    recompute_all(by=SYSTEM)
    assert rows() == [("Q3 2026", 100, True), ("Q4 2026", 0, False)]


def test_no_past_is_made_up_where_the_records_do_not_know_it(plan: Edition) -> None:
    indicator = make_indicator(measure="share_actions_with_money", edition=plan)
    take_due_readings(by=SYSTEM)
    assert rows() == [("Q4 2026", 0, False)]
    with pytest.raises(Refused, match="do not show") as refused:
        take_reading(indicator, by=SYSTEM, period=Q3_2026)
    assert refused.value.code == "past_unknown"


def test_when_a_quarter_ends_its_last_word_is_taken_and_waits_to_be_frozen(plan: Edition) -> None:
    make_indicator(measure="share_actions_on_track", edition=plan)
    Edition.objects.update(starts_on=date(2026, 10, 1))
    take_due_readings(by=SYSTEM)
    with clock.pinned_day(day=date(2027, 1, 3)):
        take_due_readings(by=SYSTEM)
    assert [(r.period.label, r.on, r.is_frozen) for r in Reading.objects.order_by("ends_on")] == [
        ("Q4 2026", date(2026, 12, 31), False),
        ("Q1 2027", date(2027, 1, 3), False),
    ]


def test_an_edition_takes_its_figures_with_it(plan: Edition) -> None:
    make_indicator(measure="milestones_late", edition=plan, unit="milestones")
    Edition.objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    take_due_readings(by=SYSTEM)
    assert [label for label, _value, _frozen in rows()] == ["Q1 2026", "Q2 2026"]


def test_a_share_of_nothing_is_not_kept(edition: Edition) -> None:
    make_indicator(measure="share_actions_on_track", edition=edition)
    take_due_readings(by=SYSTEM)
    assert rows() == []


def test_a_frozen_reading_is_not_computed_again_but_may_be_corrected(plan: Edition) -> None:
    indicator = make_indicator(measure="share_actions_on_track", edition=plan)
    reading = freeze_reading(take_reading(indicator, by=SYSTEM, period=Q3_2026), by=SYSTEM)
    with pytest.raises(Refused, match="correct it"):
        take_reading(indicator, by=SYSTEM, period=Q3_2026)
    with pytest.raises(Refused, match="is the same"):
        correct_reading(reading, by=SYSTEM, reason="To be sure")
    Action.objects.filter(code="1.1.1").update(on_hold_since=date(2026, 9, 1), on_hold_reason="No money")
    new = correct_reading(reading, by=SYSTEM, reason="The hold was entered late")
    assert [r.value for r in Reading.objects.order_by("pk")] == [100, 50]
    assert new.corrects == reading
    assert new.working["groups"] == [{"name": "1 Law", "numerator": 1, "denominator": 2}]


def test_figures_that_count_the_same_records_keep_them_once(plan: Edition) -> None:
    for number in range(3):
        make_indicator(f"figure-{number}", measure="share_actions_with_money", edition=plan)
    take_due_readings(by=SYSTEM)
    assert (Reading.objects.count(), RecordList.objects.count()) == (3, 1)
    Action.objects.filter(code="1.1.1").update(title="Another title")
    take_due_readings(by=SYSTEM)
    assert (Reading.objects.count(), RecordList.objects.count()) == (3, 1)


@pytest.mark.long
def test_queries_do_not_grow_with_the_figures(plan: Edition) -> None:
    def queries(upto: int) -> int:
        for number in range(upto - 10, upto):
            make_indicator(f"figure-{number}", measure="milestones_late", edition=plan, unit="milestones")
        with CaptureQueriesContext(connection) as seen:
            recompute_all(by=SYSTEM)
        return len(seen)

    queries(10)  # fills what a process keeps
    assert queries(20) == queries(30)


def test_a_period_to_come_is_refused(plan: Edition) -> None:
    indicator = make_indicator(measure="milestones_late", edition=plan, unit="milestones")
    with pytest.raises(Refused, match="has not begun"):
        take_reading(indicator, by=SYSTEM, period=Period(date(2027, 1, 1), date(2027, 3, 31)))
