"""Many people at one moment, on both databases: no seat is given twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from floreo.core.errors import Refused
from floreo.training.access import Participant
from floreo.training.actions import enrolling
from floreo.training.models import Cohort, Enrolment
from tests.training.making import asked, cohort, signed_up


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    barrier, said = threading.Barrier(len(acts)), list[str]()

    def press(do: Callable[[], object]) -> None:
        barrier.wait()
        try:
            do()
            said.append("done")
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[each]) for each in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def states(of: Cohort) -> list[str]:
    return sorted(of.enrolments.values_list("state", flat=True))


@pytest.mark.guards("no seat is given twice")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(2))
def test_twelve_confirm_at_once_and_five_seats_are_given(turn: int) -> None:
    made = cohort(capacity=5)
    rows = [asked(made, f"Person {n}") for n in range(12)]
    said = at_once([lambda e=e: enrolling.confirm(Enrolment.objects.get(pk=e.pk), by=Participant(e)) for e in rows])  # type: ignore[misc]
    assert said == ["done"] * 12
    assert states(made) == ["confirmed"] * 5 + ["waiting"] * 7


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(2))
def test_one_cancels_while_others_come_and_every_seat_is_taken_once(turn: int) -> None:
    made = cohort(capacity=3)
    seated = [signed_up(made, f"Person {n}") for n in range(3)]
    more = [asked(made, f"Other {n}") for n in range(4)]
    acts: list[Callable[[], object]] = [
        lambda e=e: enrolling.cancel(Enrolment.objects.get(pk=e.pk), by=Participant(e))  # type: ignore[misc]
        for e in seated[:2]
    ]
    acts += [
        lambda e=e: enrolling.confirm(Enrolment.objects.get(pk=e.pk), by=Participant(e))  # type: ignore[misc]
        for e in more
    ]
    assert at_once(acts) == ["done"] * 6
    assert states(made) == ["cancelled"] * 2 + ["confirmed"] * 3 + ["waiting"] * 2


@pytest.mark.django_db(transaction=True)
def test_one_address_that_signs_up_eight_times_at_once_is_there_once() -> None:
    made = cohort()
    at_once([lambda: asked(made, "Ana Abalone") for _n in range(8)])
    assert states(made) == ["asked"]
