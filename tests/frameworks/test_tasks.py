"""Ratings that wait for a review are the tasks of whoever reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from floreo.core.access import SYSTEM
from floreo.core.tasks import Recipient, Task
from floreo.frameworks import actions as acts
from floreo.frameworks.tasks import waiting_tasks
from floreo.organisations.models import User
from tests.frameworks.making import TODAY, make_assessment

pytestmark = pytest.mark.usefixtures("today")
REVIEWERS = Recipient(permissions=frozenset({"framework.review"}))


def tasks_of(recipient: Recipient) -> list[Task]:
    return list(waiting_tasks(recipient, viewer=SYSTEM, today=TODAY))


def test_a_rating_waits_for_a_review_until_it_has_one(user_with: Any, secretariat: User) -> None:
    assessment = make_assessment(as_of=date(2026, 12, 15))
    assert tasks_of(REVIEWERS) == []
    lead, analyst = user_with("lead"), user_with("analyst")
    for answer in list(assessment.answers.all())[:2]:
        acts.rate(answer, by=lead, level=1, reason="Yes.")
    acts.rate(assessment.answers.all()[0], by=analyst, level=1, reason="Yes.")
    item = tasks_of(REVIEWERS)[0]
    assert (item.title, item.why, item.due, item.since) == (
        "OWN 2026",
        "2 rated items are waiting for a review.",
        date(2026, 12, 15),
        TODAY,
    )
    for answer in list(assessment.answers.all())[:2]:
        acts.review_answer(answer, by=secretariat, level=1)
    assert tasks_of(Recipient(everybody=True)) == []


def test_nobody_else_has_the_task(user_with: Any) -> None:
    assessment = make_assessment()
    acts.rate(assessment.answers.all()[0], by=user_with("lead"), level=1, reason="Yes.")
    assert tasks_of(Recipient(permissions=frozenset({"framework.assess"}))) == []
    assert len(tasks_of(REVIEWERS)) == 1
