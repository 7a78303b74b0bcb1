"""What reviews put on people's desks: answering, deciding, closing."""

from __future__ import annotations

from datetime import date, timedelta

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.owing import Whose
from floreo.organisations.models import Organisation, Person
from floreo.reviews import actions as acts
from floreo.reviews.access import token_of
from floreo.reviews.models import Ask, Review
from floreo.reviews.owing import owed
from floreo.strategy.models import Action
from tests.factories.strategy import TODAY

DECIDES = Whose(permissions=frozenset({"review.decide", "review.run"}))


def titles(whose: Whose, today: date = TODAY) -> list[tuple[str, date | None]]:
    with clock.standing(day=today):
        return [(item.title, item.due) for item in owed(whose, viewer=SYSTEM, today=today)]


def test_whoever_is_asked_owes_an_answer_until_it_is_sent(
    ask: Ask, act: Action, tomas: Person, csirt: Organisation
) -> None:
    mine = Whose(people=frozenset({tomas.pk}))
    [item] = owed(mine, viewer=SYSTEM, today=TODAY)
    assert (item.key, item.kind, item.due, item.person, item.answer) == (
        f"reviews.ask:{ask.pk}",
        "update",
        date(2026, 12, 4),
        tomas.pk,
        f"/answer/{token_of(ask)}/",
    )
    assert titles(Whose(organisations=frozenset({csirt.pk}))) == [("Say how 1 action stands", date(2026, 12, 4))]
    assert titles(Whose(people=frozenset({0}))) == []
    acts.say_nothing_changed(ask, by=SYSTEM, said_by="Tomas")
    assert titles(mine) == []


def test_the_deputy_owes_it_too_once_asked(ask: Ask, tomas: Person) -> None:
    assert tomas.deputy is not None
    deputy = Whose(people=frozenset({tomas.deputy.pk}))
    assert titles(deputy) == []
    acts.escalate_now(ask, by=SYSTEM)
    assert [item.person for item in owed(deputy, viewer=SYSTEM, today=TODAY)] == [tomas.deputy.pk]
    assert len(owed(Whose(everybody=True), viewer=SYSTEM, today=TODAY)) == 2


def test_what_was_sent_waits_for_whoever_decides(ask: Ask, act: Action) -> None:
    acts.say_nothing_changed(ask, by=SYSTEM, said_by="Tomas")
    assert titles(DECIDES) == [("Approve the update: 1.1.1 Action 1.1.1", date(2026, 12, 15))]
    assert titles(Whose()) == []


def test_a_review_waits_to_be_closed_when_all_is_approved_or_its_day_has_come(ask: Ask, review: Review) -> None:
    assert titles(DECIDES) == []
    last = review.closes_on
    assert titles(DECIDES, last - timedelta(days=1)) == []
    assert titles(DECIDES, last) == [("Close the review: Review 1 Oct 2026 to 15 Nov 2026", last)]
    [sent] = acts.say_nothing_changed(ask, by=SYSTEM, said_by="Tomas")
    acts.approve_answer(sent, by=SYSTEM)
    assert titles(DECIDES) == [("Close the review: Review 1 Oct 2026 to 15 Nov 2026", last)]
    acts.mark_closed(review, by=SYSTEM)
    assert titles(DECIDES) == []


def test_three_queries_whatever_there_is(ask: Ask, django_assert_num_queries: object) -> None:
    everybody = Whose(everybody=True)
    with django_assert_num_queries(3):  # type: ignore[operator]  # pytest-django's
        list(owed(everybody, viewer=SYSTEM, today=TODAY))
