"""Two at the same instant, each on a connection of its own: one wins, nobody's words are doubled or lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.models import User
from floreo.reviews import actions as acts
from floreo.reviews.access import Answerer
from floreo.reviews.models import Answer, UpdateRequest
from floreo.strategy.models import Action, Update
from tests.factories.strategy import TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[str]:
    """Runs them side by side; the sentences of those that were refused."""
    gate, refused = threading.Barrier(len(works)), list[str]()

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            with clock.pinned_day(day=TODAY):
                work()
        except Refused as refusal:
            refused.append(str(refusal.sentence))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_the_same_form_sent_twice_makes_one_answer(update_request: UpdateRequest, act: Action) -> None:
    def send() -> object:
        return acts.submit_answer(
            update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Once", version=0
        )

    assert at_once(send, send) == []
    assert [(a.number, a.done) for a in Answer.objects.all()] == [(1, "Once")]


def test_two_reviewers_decide_and_one_is_told(
    update_request: UpdateRequest, act: Action, marlo: User, ines: User
) -> None:
    answer = acts.submit_answer(
        update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Form opened."
    )
    refused = at_once(
        lambda: acts.approve_answer(answer, by=marlo),
        lambda: acts.return_answer(answer, by=ines, note="How many?"),
    )
    assert len(refused) == 1
    assert refused[0].startswith("Already decided:")
    state = Answer.objects.get().state
    assert Update.objects.count() == (state == "approved")


def test_an_answer_and_the_close_at_once_leave_no_answer_behind_the_close(
    update_request: UpdateRequest, act: Action
) -> None:
    at_once(
        lambda: acts.submit_answer(
            update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Last minute"
        ),
        lambda: acts.mark_closed(update_request.review, by=SYSTEM),
    )
    update_request.review.refresh_from_db()
    # Either it came in and the close was refused, or the close came first and it was.
    assert (update_request.review.is_closed, Answer.objects.count()) in {(True, 0), (False, 1)}


def test_two_workers_open_a_period_once(act: Action) -> None:
    acts.set_rhythm(act.edition, by=SYSTEM, is_on=True)
    Action.objects.update(starts_on=date(2026, 1, 1))

    def look() -> object:
        with clock.pinned_day(day=date(2026, 10, 1)):
            return acts.run_rhythm(by=SYSTEM)

    at_once(look, look)
    assert [r.code for r in act.edition.reviews.all()] == ["2026-q3"]
