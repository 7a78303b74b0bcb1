"""What reviews put into people's workspace: answering, deciding, closing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.tasks import Recipient
from floreo.organisations.models import Organisation, Person
from floreo.reviews import actions as acts
from floreo.reviews.access import token_of
from floreo.reviews.models import Review, UpdateRequest
from floreo.reviews.tasks import waiting_tasks
from floreo.strategy.models import Action
from tests.factories.strategy import TODAY

DECIDES = Recipient(permissions=frozenset({"review.decide", "review.run"}))


def titles(recipient: Recipient, today: date = TODAY) -> list[tuple[str, date | None]]:
    with clock.pinned_day(day=today):
        return [(item.title, item.due) for item in waiting_tasks(recipient, viewer=SYSTEM, today=today)]


@pytest.mark.long
def test_whoever_is_asked_has_a_task_until_it_is_sent(
    update_request: UpdateRequest, act: Action, tomas: Person, csirt: Organisation
) -> None:
    mine = Recipient(people=frozenset({tomas.pk}))
    [item] = waiting_tasks(mine, viewer=SYSTEM, today=TODAY)
    assert (item.key, item.kind, item.due, item.person, item.answer) == (
        f"reviews.updaterequest:{update_request.pk}",
        "update",
        date(2026, 12, 4),
        tomas.pk,
        f"/answer/{token_of(update_request)}/",
    )
    assert titles(Recipient(organisations=frozenset({csirt.pk}))) == [("Give an update on 1 action", date(2026, 12, 4))]
    assert titles(Recipient(people=frozenset({0}))) == []
    acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    assert titles(mine) == []


@pytest.mark.long
def test_the_deputy_has_the_task_too_once_asked(update_request: UpdateRequest, tomas: Person) -> None:
    assert tomas.deputy is not None
    deputy = Recipient(people=frozenset({tomas.deputy.pk}))
    assert titles(deputy) == []
    acts.escalate_now(update_request, by=SYSTEM)
    assert [item.person for item in waiting_tasks(deputy, viewer=SYSTEM, today=TODAY)] == [tomas.deputy.pk]
    assert len(waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=TODAY)) == 2


@pytest.mark.long
def test_what_was_sent_waits_for_whoever_decides(update_request: UpdateRequest, act: Action) -> None:
    acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    # Five working days after it was sent, on Tuesday, 24 November.
    assert titles(DECIDES) == [("Approve the update: 1.1.1 Action 1.1.1", date(2026, 12, 1))]
    assert titles(Recipient()) == []


def test_a_review_waits_to_be_closed_when_all_is_approved_or_its_day_has_come(
    update_request: UpdateRequest, review: Review
) -> None:
    assert titles(DECIDES) == []
    last = review.closes_on
    assert titles(DECIDES, last - timedelta(days=1)) == []
    assert titles(DECIDES, last) == [("Close the review: Review 1 Oct 2026 to 15 Nov 2026", last)]
    [sent] = acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    acts.approve_answer(sent, by=SYSTEM)
    assert titles(DECIDES) == [("Close the review: Review 1 Oct 2026 to 15 Nov 2026", last)]
    acts.mark_closed(review, by=SYSTEM)
    assert titles(DECIDES) == []


@pytest.mark.long
def test_four_queries_whatever_there_is(update_request: UpdateRequest, django_assert_num_queries: object) -> None:
    everybody = Recipient(everybody=True)
    with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django's; one is for the holidays
        list(waiting_tasks(everybody, viewer=SYSTEM, today=TODAY))
