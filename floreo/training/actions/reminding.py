"""Reminders before a session: what comes round by itself."""

from __future__ import annotations

from floreo.core import outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import lock_latest
from floreo.training import moments
from floreo.training.logic import REMIND_BEFORE, CohortState
from floreo.training.mails import reminder_mail
from floreo.training.models import Session
from floreo.training.queries import expected


@action("session.reminded", needs=Permission.TRAINING_RUN, quiet=True)
def remind(session: Session, *, by: Actor) -> int:
    """Everybody who has a seat and left an address is reminded, once."""
    fresh = lock_latest(session)
    if fresh.reminded_at is not None or not fresh.cohort.is_running:
        return 0
    mails = []
    for each in expected(fresh).exclude(mail=""):
        each.cohort = fresh.cohort
        mails.append(reminder_mail(each, fresh))
    Session.objects.filter(pk=fresh.pk).update(reminded_at=moments.now())
    return outbox.post_all(mails)


def remind_due(*, by: Actor) -> int:
    """Of every session that begins soon. Returns how many mails were posted."""
    now = moments.now()
    due = Session.objects.filter(
        reminded_at=None, starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE, cohort__state=CohortState.PLANNED
    ).select_related("cohort__course__programme")
    return sum(remind(each, by=by) for each in due)
