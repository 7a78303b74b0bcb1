"""For whom it waits, and the e-mail to who must act next: within the actions of writing and handling."""

from __future__ import annotations

from floreo.core import outbox
from floreo.core.writing import save
from floreo.obligations import clocks, mails, moments
from floreo.obligations.logic import NotificationState, Stage, StageState, WaitingFor, waiting_for_whom
from floreo.obligations.models import Notification


def settle(notification: Notification, *, what: str = "") -> Notification:
    """Saves the notification with for whom it waits, computes its clocks again, and writes to who must act next. `what` is sent to the
    operator's side in any case."""
    stages = [(Stage(each.kind), StageState(each.state)) for each in notification.stages.all()]
    is_asked = notification.stages.filter(asked_at__isnull=False, state__in=[StageState.DRAFT, StageState.RETURNED])
    before = notification.waiting_for
    waits = waiting_for_whom(
        NotificationState(notification.state), stages, is_held=notification.is_held, is_asked=is_asked.exists()
    )
    notification.waiting_for = waits
    if before != waits:
        notification.waiting_since = moments.now()
    saved = save(notification)
    clocks.refresh(saved)
    if waits is WaitingFor.REGULATOR:
        outbox.post(mails.team_mail(saved))
    if what or (waits is WaitingFor.OPERATOR and before != waits):
        mail = mails.waiting_mail(saved, what=what)
        if mail is not None:
            outbox.post(mail)
    return saved
