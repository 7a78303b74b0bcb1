"""Who gets a seat that is free: part of every action by which one becomes free. The cohort is locked by whoever calls."""

from __future__ import annotations

from floreo.core import clock, outbox
from floreo.core.writing import save
from floreo.training.logic import EnrolmentState, seats_left
from floreo.training.mails import state_mail
from floreo.training.models import Cohort, Enrolment
from floreo.training.queries import taken


def has_begun(cohort: Cohort) -> bool:
    """From then on nobody is moved up without being asked: who runs the cohort does it."""
    return cohort.starts_on is not None and cohort.starts_on <= clock.today()


def give_free_seats(cohort: Cohort, *, by_hand: bool = False) -> list[Enrolment]:
    """The first of the waiting list get what is free, and a mail. By itself only until the cohort begins."""
    if not cohort.is_running or (has_begun(cohort) and not by_hand):
        return []
    left = seats_left(cohort.capacity, taken(cohort))
    queue = Enrolment.objects.filter(cohort=cohort).waiting()
    moved = []
    for each in list(queue if left is None else queue[:left]):
        each.cohort = cohort
        each.state = EnrolmentState.CONFIRMED
        moved.append(save(each))
    outbox.post_all([state_mail(each, moved_up=True) for each in moved if each.mail])
    return moved
