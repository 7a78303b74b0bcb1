"""Clocks of notifications that are due soon or overdue: the operator is reminded once of each."""

from __future__ import annotations

from floreo.core import outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.deadlines import State
from floreo.obligations import clocks, mails
from floreo.obligations.logic import NotificationState
from floreo.obligations.models import NotificationClock

_REMINDED = (State.DUE_SOON, State.OVERDUE)


def round_of_clocks(*, by: Actor) -> int:
    """The worker's round: clocks are computed again where time changes them, then whoever must be reminded is reminded."""
    clocks.refresh_all()
    return remind_clocks(by=by)


@action("notification.reminded", needs=None, quiet=True)
def remind_clocks(*, by: Actor, most: int = 500) -> int:
    """One mail for each clock of an operator that has become due soon, and one when it is overdue."""
    rows = NotificationClock.objects.filter(
        is_open=True, is_ours=False, state__in=_REMINDED, notification__state=NotificationState.OPEN
    )
    sent = 0
    for clock in rows.select_related("notification__organisation", "notification__user").order_by("due_at", "pk")[
        :most
    ]:
        if clock.reminded_of == clock.state:
            continue
        NotificationClock.objects.filter(pk=clock.pk).update(reminded_of=clock.state)
        mail = mails.clock_mail(clock)
        if mail is not None:
            outbox.post(mail)
            sent += 1
    if sent:
        note(reminders=sent)
    return sent
