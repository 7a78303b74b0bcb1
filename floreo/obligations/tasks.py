"""What waits for whom: what is due under laws, what was submitted, and notifications that wait for somebody. No detail of an incident is in
a task: it is also a mail and a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.obligations import moments
from floreo.obligations.logic import WAITS_FOR_OPERATOR, DueState, NotificationState, WaitingFor
from floreo.obligations.models import EDIT, N_HANDLE, N_WRITE, Notification, NotificationClock, ObligationDue
from floreo.obligations.presenters import due_state_text, law_text

MOST = 500
DECIDE_WITHIN = timedelta(days=14)
AHEAD = timedelta(days=7)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    yield from _due(recipient, viewer, today)
    yield from _to_decide(recipient, viewer)
    yield from _of_team(recipient, viewer)
    yield from _of_operators(recipient, viewer)


def _works_with(recipient: Recipient, viewer: object, needs: Permission) -> bool:
    return (recipient.everybody or needs in recipient.permissions) and (viewer is None or can(viewer, needs))


def _due(recipient: Recipient, viewer: object, today: date) -> Iterator[Task]:
    rows = ObligationDue.objects.filter(state__in=WAITS_FOR_OPERATOR, due_on__lte=today + timedelta(days=365))
    if not recipient.everybody:
        rows = rows.filter(organisation__in=recipient.organisations)
    if viewer is not None:
        rows = rows.filter(pk__in=ObligationDue.objects.visible_to(viewer).values("pk"))
    for due in rows.select_related("obligation", "organisation").order_by("due_on", "pk")[:MOST]:
        if due.due_on - timedelta(days=due.obligation.lead_days) > today:
            continue
        item = Task(
            key=key(due),
            kind="obligation_due",
            title=due.obligation.in_language("title"),
            why=f"{law_text(due.obligation)}. {due_state_text(due, today)}",
            href=due.workspace_url(),
            due=due.due_on,
            since=due.due_on - timedelta(days=due.obligation.lead_days),
            organisation=due.organisation_id,
            needs=Permission.OBLIGATION_ANSWER,
        )
        if recipient.holds(item):
            yield item


def _to_decide(recipient: Recipient, viewer: object) -> Iterator[Task]:
    if not _works_with(recipient, viewer, EDIT):
        return
    rows = ObligationDue.objects.filter(state=DueState.SUBMITTED).select_related("obligation", "organisation")
    for due in rows.order_by("submitted_at", "pk")[:MOST]:
        assert due.submitted_at is not None
        since = clock.calendar_day(due.submitted_at)
        yield Task(
            key=f"{key(due)}/decide",
            kind="obligation_submitted",
            title=due.obligation.in_language("title"),
            why=_("%(name)s submitted it: to be accepted or returned.")
            % {"name": due.organisation.in_language("name")},
            href=due.workspace_url(),
            due=since + DECIDE_WITHIN,
            since=since,
            needs=EDIT,
        )


def _of_team(recipient: Recipient, viewer: object) -> Iterator[Task]:
    """The clock of the team's own answer is the due day, where one runs."""
    if not _works_with(recipient, viewer, N_HANDLE):
        return
    ours = Min("clocks__due_at", filter=Q(clocks__is_open=True, clocks__is_ours=True))
    rows = Notification.objects.filter(state=NotificationState.OPEN, waiting_for=WaitingFor.REGULATOR).annotate(
        due_at=ours
    )
    for each in rows.order_by("waiting_since", "pk")[:MOST]:
        why = _("Held: to be attached to an organisation, or rejected.") if each.is_held else _("Waits for the team.")
        yield _notification(each, why, due=_due_at(each), needs=N_HANDLE)


def _of_operators(recipient: Recipient, viewer: object) -> Iterator[Task]:
    if not recipient.organisations and not recipient.everybody:
        return
    theirs = Min("clocks__due_at", filter=Q(clocks__is_open=True, clocks__is_ours=False))
    # A deadline that is near is shown while the team reads the stage before, too.
    soon = NotificationClock.objects.filter(is_open=True, is_ours=False, due_at__lte=moments.now() + AHEAD)
    waits = Q(waiting_for=WaitingFor.OPERATOR) | Q(pk__in=soon.values("notification"))
    rows = Notification.objects.filter(waits, state__in=[NotificationState.DRAFT, NotificationState.OPEN])
    rows = rows.exclude(organisation=None)
    if not recipient.everybody:
        rows = rows.filter(organisation__in=recipient.organisations)
    if viewer is not None:
        if not can(viewer, N_WRITE):
            return
        rows = rows.filter(pk__in=Notification.objects.visible_to(viewer).values("pk"))
    for each in rows.annotate(due_at=theirs).order_by("waiting_since", "pk")[:MOST]:
        is_draft = each.state == NotificationState.DRAFT
        why = _("Begun and not submitted.") if is_draft else _("The next stage waits for you.")
        item = _notification(each, why, due=_due_at(each), needs=N_WRITE, organisation=each.organisation_id)
        if recipient.holds(item):
            yield item


def _due_at(each: Any) -> datetime | None:
    """The soonest deadline, which the query noted."""
    found: datetime | None = each.due_at
    return found


def _notification(
    each: Notification, why: str, *, due: datetime | None, needs: Permission, organisation: int | None = None
) -> Task:
    return Task(
        key=f"{key(each)}/{needs}",
        kind="incident_notification",
        title=each.reference,
        why=why,
        href=each.workspace_url(),
        due=clock.calendar_day(due) if due else None,
        since=clock.calendar_day(each.waiting_since),
        organisation=organisation,
        needs=needs,
    )
