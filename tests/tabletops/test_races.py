"""Two at one moment, on both databases: an inject is sent once."""

from __future__ import annotations

import pytest

from floreo.core.access import SYSTEM
from floreo.tabletops.access import Guest
from floreo.tabletops.actions import joining, running
from floreo.tabletops.models import Delivery, Participant, Tabletop
from floreo.tabletops.recipients import INJECT, OWN
from tests.tabletops.making import inject, invited, mails, started, tabletop
from tests.training.test_races import at_once


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_two_facilitators_who_send_one_inject_at_once_send_it_once(turn: int) -> None:
    made = started()
    number = made.injects.get(number=2).pk
    said = at_once([lambda: running.send_inject(inject(made, 2), by=SYSTEM) for _n in range(4)])
    assert (sorted(said), Delivery.objects.filter(inject=number).count()) == (["done", "sent", "sent", "sent"], 2)
    assert len(mails(INJECT)) == 2  # of minute 0, and this one


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(2))
def test_the_clock_and_a_facilitator_at_once_send_it_once(turn: int) -> None:
    made = started()
    made.injects.filter(number=2).update(minute=0)
    at_once(
        [
            lambda: running.run_clock(by=SYSTEM),
            lambda: running.send_inject(inject(made, 2), by=SYSTEM),
            lambda: running.run_clock_of(Tabletop.objects.get(pk=made.pk), by=SYSTEM),
        ]
    )
    assert (Delivery.objects.filter(inject__number=2).count(), len(mails(INJECT))) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_one_link_pressed_four_times_at_once_accepts_once() -> None:
    found = invited(tabletop())
    at_once(
        [
            lambda: joining.accept(
                Participant.objects.get(pk=found.pk), by=Guest(found), name="Ana", mail="ana@example.org"
            )
            for _n in range(4)
        ]
    )
    assert (Participant.objects.get(pk=found.pk).state, len(mails(OWN))) == ("accepted", 1)
