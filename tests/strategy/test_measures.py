"""The plan's measures: what each counts on a day, that its working adds up, and that it knows the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo import offers
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period, Reading
from floreo.strategy import measures
from floreo.strategy.actions.milestones import add_milestone, reach_milestone
from floreo.strategy.actions.objectives import add_objective
from floreo.strategy.actions.pillars import add_pillar
from floreo.strategy.actions.statuses import status_result_of, with_facts
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone, Update
from floreo.strategy.plan_facts import plan_facts
from tests.factories.strategy import (
    TODAY,
    make_action,
    make_country,
    make_edition,
    make_organisation,
    make_person,
)

pytestmark = pytest.mark.two_databases

QUARTER = Period(date(2026, 10, 1), TODAY)


@pytest.fixture
def edition(db: None) -> Iterator[Edition]:
    """Two pillars; on 24 November 2026 action 1.1.1 is on schedule, 1.1.2 is late, 1.1.3 has a late milestone."""
    make_country()
    with clock.pinned_day(day=TODAY):
        edition = make_edition()
        Edition.objects.filter(pk=edition.pk).update(is_public=True)
        pillar = add_pillar(edition, by=SYSTEM, code="2", title="People")
        add_objective(pillar, by=SYSTEM, code="2.1", title="Skills")
        lead = make_organisation("csirt")
        make_action(edition, "1.1.1", lead=lead)
        make_action(edition, "1.1.2", lead=lead, due_on=date(2026, 11, 4))
        late = make_action(edition, "1.1.3")
        add_milestone(late, by=SYSTEM, title="Draft", due_on=date(2026, 11, 14))
        met = add_milestone(late, by=SYSTEM, title="Team", due_on=date(2026, 10, 1))
        reach_milestone(met, by=SYSTEM, on=date(2026, 10, 20))
        Action.objects.filter(code="1.1.1").update(person=make_person("ana", lead))
        BudgetLine.objects.create(
            action=late, amount=5, currency="PRD", fiscal_year=2026, confirmed=True, source="Budget"
        )
        yield Edition.objects.get(pk=edition.pk)


def plain(reading: Reading) -> tuple[object, ...]:
    return (reading.value, reading.numerator, reading.denominator)


def everything(edition: Edition) -> Filters:
    return Filters(edition_id=edition.pk)


def test_actions_that_hold_their_dates(edition: Edition) -> None:
    reading = measures.share_actions_on_track(QUARTER, everything(edition))
    assert plain(reading) == (Decimal("33.33"), 1, 3)
    assert [(r.label, r.counted) for r in reading.records] == [
        ("1.1.2 Action 1.1.2", False),
        ("1.1.3 Action 1.1.3", False),
        ("1.1.1 Action 1.1.1", True),
    ]
    assert reading.records[0].address == "/strategy/2025-2028/actions/1.1.2/"
    assert [(g.name, g.numerator, g.denominator) for g in reading.groups] == [("1 Law", 1, 3)]


@pytest.mark.long
def test_the_past_is_measured_as_it_was(edition: Edition) -> None:
    """On 31 October nothing was late yet; the milestone reached on the 20th was late on the 10th."""
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    assert plain(measures.share_actions_on_track(october, everything(edition)))[0] == 100
    early = Period(date(2026, 10, 1), date(2026, 10, 10))
    assert plain(measures.milestones_late(early, everything(edition))) == (1, 1, 1)


@pytest.mark.long
def test_actions_of_an_edition_that_had_not_begun_are_left_out_and_counted_as_such(edition: Edition) -> None:
    before = measures.share_actions_on_track(Period(date(2024, 1, 1), date(2024, 12, 31)), everything(edition))
    assert (plain(before), before.left_out) == ((None, 0, 0), ((measures.NOT_BEGUN, 3),))


@pytest.mark.long
def test_a_status_set_by_hand_counts_from_its_day(edition: Edition) -> None:
    Action.objects.filter(code="1.1.2").update(
        override="on_track", override_reason="Agreed", override_by="Ana", override_on=date(2026, 11, 10)
    )
    assert plain(measures.share_actions_on_track(QUARTER, everything(edition)))[1:] == (2, 3)
    week_before = Period(date(2026, 10, 1), date(2026, 11, 9))
    assert plain(measures.share_actions_on_track(week_before, everything(edition)))[1:] == (2, 3)


def test_the_measure_and_the_page_give_every_action_the_same_standing(edition: Edition) -> None:
    with plan_facts() as shared:
        rows = {row.pk: row for row in shared.plan(everything(edition)).actions(everything(edition))}
    for day in (date(2026, 9, 1), date(2026, 10, 31), TODAY, date(2027, 8, 1)):
        for act in with_facts(Action.objects.all()):
            assert rows[act.pk].status_on(day) == status_result_of(act, day), (act.code, day)


@pytest.mark.long
def test_words_heard_after_the_day_do_not_hide_those_heard_before(edition: Edition) -> None:
    act = Action.objects.get(code="1.1.1")
    Action.objects.filter(pk=act.pk).update(starts_on=date(2026, 1, 1))
    for on in (date(2026, 6, 1), date(2026, 11, 20)):
        Update.objects.create(action=act, on=on, reported_by="Ana", done="Something")
    july = Period(date(2026, 7, 1), date(2026, 9, 30))
    reading = measures.share_actions_on_track(july, everything(edition))
    assert ("1.1.1 Action 1.1.1", True) in [(r.label, r.counted) for r in reading.records]


@pytest.mark.long
def test_actions_with_a_lead_and_a_person(edition: Edition) -> None:
    reading = measures.share_actions_with_owner(QUARTER, everything(edition))
    assert plain(reading) == (Decimal("33.33"), 1, 3)
    Action.objects.get(code="1.1.1").participations.update(ends_on=date(2026, 11, 1))
    assert plain(measures.share_actions_with_owner(QUARTER, everything(edition)))[1] == 0


@pytest.mark.long
def test_actions_with_money(edition: Edition) -> None:
    assert plain(measures.share_actions_with_money(QUARTER, everything(edition)))[1:] == (1, 3)


@pytest.mark.long
def test_milestones_late(edition: Edition) -> None:
    reading = measures.milestones_late(QUARTER, everything(edition))
    assert plain(reading) == (1, 1, 2)
    assert [(r.label, r.counted) for r in reading.records] == [("1.1.3: Team", False), ("1.1.3: Draft", True)]


@pytest.mark.long
def test_what_a_closed_action_left_open_is_not_late(edition: Edition) -> None:
    Action.objects.filter(code="1.1.3").update(closed_on=date(2026, 11, 20), closed_by="Ana")
    reading = measures.milestones_late(QUARTER, everything(edition))
    assert (plain(reading), reading.left_out) == ((0, 0, 1), ((measures.OF_CLOSED, 1),))


def test_median_days_late(edition: Edition) -> None:
    reading = measures.median_days_late(QUARTER, everything(edition))
    assert plain(reading) == (15, None, 2)  # 20 days and 10 days
    assert reading.left_out == ((measures.NOT_LATE, 1),)


def test_when_nothing_is_late_there_is_no_median(edition: Edition) -> None:
    reading = measures.median_days_late(Period(date(2026, 9, 1), date(2026, 9, 30)), everything(edition))
    assert plain(reading) == (None, None, 0)


@pytest.mark.long
def test_rows_confirmed(edition: Edition) -> None:
    reading = measures.share_rows_confirmed(QUARTER, everything(edition))
    assert [(g.name, g.numerator, g.denominator) for g in reading.groups] == [
        ("pillars", 0, 2),
        ("objectives", 0, 2),
        ("actions", 0, 3),
        ("milestones", 0, 2),
        ("participations", 2, 2),
        ("budget_lines", 1, 1),
    ]
    assert plain(reading)[1:] == (3, 12)


# Each over every measure there is, on one plan: making it takes longer than reading all of them.
@pytest.mark.long
def test_every_working_adds_up(edition: Edition) -> None:
    """Groups sum to the whole, and every record of the denominator is named once."""
    for name, measure in offers.measures().items():
        reading = measure.function(QUARTER, everything(edition))
        of = reading.denominator or 0  # None where nothing is known
        assert sum(g.denominator for g in reading.groups) == of, name
        if name.startswith("money_"):  # it adds amounts, of one record each
            total = sum(g.numerator for g in reading.groups)
            assert (total, len(reading.records)) == (reading.numerator, 1), name
            continue
        assert of == len(reading.records), name
        if reading.numerator is not None:
            counted = sum(r.counted for r in reading.records)
            assert sum(g.numerator for g in reading.groups) == reading.numerator == counted, name


@pytest.mark.long
def test_a_pillar_and_the_rest_are_the_whole(edition: Edition) -> None:
    for name, measure in offers.measures().items():
        if name.startswith("median_") or name == "share_rows_confirmed":
            continue
        whole = measure.function(QUARTER, everything(edition))
        each = [measure.function(QUARTER, Filters(pillar_id=p.pk)) for p in edition.pillars.all()]
        assert (whole.numerator or 0, whole.denominator or 0) == (
            sum(r.numerator or 0 for r in each),
            sum(r.denominator or 0 for r in each),
        ), name


def test_what_is_not_public_is_not_counted(edition: Edition) -> None:
    Action.objects.update(is_public=False)
    for name, measure in offers.measures().items():
        reading = measure.function(QUARTER, everything(edition))
        assert not any("Action" in r.label or "Draft" in r.label for r in reading.records), name


def test_many_figures_read_the_plan_once(edition: Edition) -> None:
    def queries(figures: int) -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as seen,
            plan_facts(),
        ):
            for _figure in range(figures):
                for day in (31, 30, 29):
                    measures.share_actions_on_track(Period(date(2026, 10, 1), date(2026, 10, day)), everything(edition))
                    measures.milestones_late(Period(date(2026, 10, 1), date(2026, 10, day)), everything(edition))
        return len(seen)

    assert (queries(1), queries(20)) == (7, 7)


def test_milestones_of_one_objective(edition: Edition) -> None:
    objective = edition.pillars.get(code="1").objectives.get()
    assert Milestone.objects.count() == 2
    assert plain(measures.milestones_late(QUARTER, Filters(objective_id=objective.pk))) == (1, 1, 2)
