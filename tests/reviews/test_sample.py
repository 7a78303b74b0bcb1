"""The sample country's reviews: four closed quarters, and one that runs with an ask in every state."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Period
from floreo.indicators.models import Reading
from floreo.reviews import measures
from floreo.reviews.actions import run_rhythm
from floreo.reviews.models import Answer, Review, UpdateRequest

pytestmark = pytest.mark.usefixtures("isla")


def test_four_quarters_are_closed_and_one_review_runs() -> None:
    assert [(r.code, r.state, r.requests.count()) for r in Review.objects.order_by("opened_on")] == [
        ("2025-q4", "closed", 9),
        ("2026-q1", "closed", 10),
        ("2026-q2", "closed", 12),
        ("2026-q3", "closed", 12),
        ("2026-10", "open", 12),
    ]


def test_the_running_review_has_an_ask_in_every_state() -> None:
    requests = UpdateRequest.objects.filter(review__code="2026-10")
    assert {a.state for a in requests} == {"waiting", "opened", "draft", "submitted", "returned", "approved"}
    assert [a.deputy.name for a in requests if a.deputy] == ["Olga Borrador"]


def test_every_approved_answer_is_what_the_plan_says() -> None:
    for answer in Answer.objects.filter(state="approved").select_related("update"):
        assert answer.update is not None
        text = (answer.done, answer.next, answer.risks, answer.nothing_changed, answer.reported_on)
        update = answer.update
        assert text == (update.done, update.next, update.risks, update.nothing_changed, update.on)


def test_the_worker_finds_nothing_left_to_do() -> None:
    assert run_rhythm(by=SYSTEM) == 0


def test_the_figures_of_the_newest_closed_quarter() -> None:
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    given = [
        measure(october, Filters())
        for measure in (
            measures.share_updates_in_time,
            measures.median_days_update_late,
            measures.share_actions_updated,
        )
    ]
    assert [(str(r.value), str(r.denominator)) for r in given] == [("83.33", "18"), ("0", "15"), ("83.33", "18")]
    assert given[1].left_out == (("updates_not_answered", 3),)


def test_the_worker_has_taken_readings_of_them() -> None:
    found = Reading.objects.filter(indicator__code="updates-in-time").order_by("ends_on")
    assert [r.period.label for r in found] == ["Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"]
