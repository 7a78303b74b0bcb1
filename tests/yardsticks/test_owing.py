"""Ratings that wait for a review are owed by whoever reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.core.owing import Owed, Whose
from floreo.organisations.models import User
from floreo.yardsticks import actions as acts
from floreo.yardsticks.owing import owed
from tests.yardsticks.making import TODAY, make_assessment

pytestmark = pytest.mark.usefixtures("today")
REVIEWERS = Whose(permissions=frozenset({"yardstick.review"}))


def owed_by(whose: Whose) -> list[Owed]:
    return list(owed(whose, viewer=SYSTEM, today=TODAY))


def test_a_rating_waits_for_a_review_until_it_has_one(user_with: Any, secretariat: User) -> None:
    assessment = make_assessment(as_of=date(2026, 12, 15))
    assert owed_by(REVIEWERS) == []
    lead, analyst = user_with("lead"), user_with("analyst")
    for answer in list(assessment.answers.all())[:2]:
        acts.rate(answer, by=lead, level=1, reason="Yes.")
    acts.rate(assessment.answers.all()[0], by=analyst, level=1, reason="Yes.")
    item = owed_by(REVIEWERS)[0]
    assert (item.title, item.why, item.due, item.since) == (
        "OWN 2026",
        "2 rated items wait for a review.",
        date(2026, 12, 15),
        TODAY,
    )
    for answer in list(assessment.answers.all())[:2]:
        acts.review_answer(answer, by=secretariat, level=1)
    assert owed_by(Whose(everybody=True)) == []


def test_nobody_else_owes_it(user_with: Any) -> None:
    assessment = make_assessment()
    acts.rate(assessment.answers.all()[0], by=user_with("lead"), level=1, reason="Yes.")
    assert owed_by(Whose(permissions=frozenset({"yardstick.assess"}))) == []
    assert len(owed_by(REVIEWERS)) == 1
