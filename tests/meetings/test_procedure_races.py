"""A written procedure closes while a member votes, two workers close it, one member presses twice: each is decided by the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.meetings.access import answering
from floreo.meetings.actions.procedures import close_early, vote, withdraw_procedure
from floreo.meetings.models import Ballot, Decision, WrittenProcedure
from tests.factories.strategy import make_country, make_edition
from tests.meetings.making import make_committee
from tests.meetings.procedures import OPENED, member_of, opened, votes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def procedure() -> Iterator[WrittenProcedure]:
    make_country()
    with clock.at(OPENED):
        yield opened(make_committee(make_edition()))


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What each answers, all let go at one moment, at the hour of the test."""
    barrier, answers = threading.Barrier(len(acts)), [""] * len(acts)

    def press(number: int) -> None:
        try:
            with clock.at(OPENED + timedelta(hours=1)):
                barrier.wait()
                acts[number]()
                answers[number] = "done"
        except Refused as refusal:
            answers[number] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[number]) for number in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


@pytest.mark.long
@pytest.mark.parametrize("turn", range(4))
def test_a_changed_vote_counts_or_is_refused_when_it_closes_in_between(turn: int, procedure: WrittenProcedure) -> None:
    """All have answered, so that it may close; one of them changes the answer at the same moment."""
    votes(procedure, police="for", justice="against", csirt="for")
    member = member_of(procedure, "csirt")
    changed, closed = at_once(
        lambda: vote(member, by=answering(member), choice="against"),
        lambda: close_early(WrittenProcedure.objects.get(pk=procedure.pk), by=SYSTEM),
    )
    found = WrittenProcedure.objects.get(pk=procedure.pk)
    kept = Ballot.objects.get(member=member).choice
    assert closed == "done"
    expected = {
        "done": ("against", {"for": 1, "against": 2}, "not_adopted"),
        "closed": ("for", {"for": 2, "against": 1}, "adopted"),
    }
    assert (kept, found.counts["votes"], found.result) == expected[changed]
    assert Decision.objects.count() == (1 if changed == "closed" else 0)


def test_two_who_close_at_once_record_one_decision(procedure: WrittenProcedure) -> None:
    votes(procedure, police="for", justice="for", csirt="for")
    answers = at_once(*[lambda: close_early(WrittenProcedure.objects.get(pk=procedure.pk), by=SYSTEM)] * 2)
    assert (sorted(answers), Decision.objects.count()) == (["done", "not_open"], 1)


def test_who_presses_twice_at_once_has_one_vote(procedure: WrittenProcedure) -> None:
    member = member_of(procedure, "police")
    answers = at_once(*[lambda: vote(member, by=answering(member), choice="for")] * 2)
    assert (answers, Ballot.objects.filter(choice="for").count()) == (["done", "done"], 1)


def test_a_vote_at_the_moment_of_withdrawal_leaves_no_ballot(procedure: WrittenProcedure) -> None:
    member = member_of(procedure, "police")
    answers = at_once(
        lambda: vote(member, by=answering(member), choice="for"),
        lambda: withdraw_procedure(WrittenProcedure.objects.get(pk=procedure.pk), by=SYSTEM, reason="Not now."),
    )
    assert (answers[0] in {"done", "closed"}, answers[1], Ballot.objects.count()) == (True, "done", 0)
