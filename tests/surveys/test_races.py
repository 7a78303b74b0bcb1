"""The same answers arrive twice at one moment."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.surveys.access import ANYBODY
from floreo.surveys.actions import answering, preparing
from floreo.surveys.actions.answering import Given, Interview
from floreo.surveys.models import Interviewer, Response
from tests.surveys.making import answers, fresh, opened, sent


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: "done", or the code of its refusal."""
    barrier, outcome = threading.Barrier(len(acts)), list[str]()

    def press(do: Callable[[], object]) -> None:
        barrier.wait()
        try:
            do()
            outcome.append("done")
        except Refused as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[each]) for each in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(outcome)


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_counts_once() -> None:
    wave, key = opened(), str(uuid.uuid4())
    assert at_once(*[lambda: sent(fresh(wave), key)] * 2) == ["done", "done"]
    assert Response.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_personal_link_pressed_twice_at_once_answers_once() -> None:
    wave = opened(mode="sample")
    (secret,) = preparing.make_links(wave, by=SYSTEM, number=1)

    def press() -> None:
        answering.send_by_link(fresh(wave), by=ANYBODY, given=Given(answers()), secret=secret)

    assert at_once(press, press) == ["done", "link_used"]
    assert Response.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_interview_that_arrives_twice_at_once_is_one() -> None:
    interviewer, _secret = preparing.add_interviewer(opened(mode="interviewer"), by=SYSTEM, name="A. Paso")
    item = Interview(str(uuid.uuid4()), answers(), "en", None)

    def press() -> None:
        answering.take(Interviewer.objects.get(pk=interviewer.pk), by=SYSTEM, interview=item)

    assert at_once(press, press) == ["done", "done"]
    assert Response.objects.count() == 1
