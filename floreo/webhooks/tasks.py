"""What waits for the owner of a webhook: one that was disabled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.webhooks.models import Webhook

MANAGE = Permission.ACCOUNT_MANAGE


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One for each that was disabled: for the person of its account, else for whoever manages accounts."""
    rows = Webhook.objects.filter(ended_at=None, user__is_active=True).exclude(disabled_at=None)
    if not recipient.everybody:
        theirs = Q(user__person__in=recipient.people)
        rows = rows.filter(theirs | Q(user__person=None) if MANAGE in recipient.permissions else theirs)
    if viewer is not None:
        rows = rows.visible_to(viewer)
    for webhook in rows.select_related("user").order_by("pk"):
        yield Task(
            key=key(webhook),
            kind="token",
            title=webhook.name,
            why=_(
                "This webhook was disabled, because nothing could be delivered. Correct the receiver, and enable it."
            ),
            href=webhook.workspace_url(),
            since=webhook.disabled_at.date() if webhook.disabled_at else None,
            person=webhook.user.person_id,
            needs=MANAGE,
        )
