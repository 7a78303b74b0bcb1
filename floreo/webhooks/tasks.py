"""What waits for the owner of a webhook: one that was disabled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.webhooks.models import MessageState, Webhook

MANAGE = Permission.ACCOUNT_MANAGE


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One for each that was disabled, and for each that gave messages up: for the person of its account, else for whoever manages
    accounts."""
    given_up = Q(messages__state=MessageState.FAILED)
    rows = Webhook.objects.filter(ended_at=None, user__is_active=True).annotate(
        given_up=Count("messages", filter=given_up), since=Min("messages__made_at", filter=given_up)
    )
    rows = rows.filter(Q(disabled_at__isnull=False) | Q(given_up__gt=0))
    if not recipient.everybody:
        theirs = Q(user__person__in=recipient.people)
        rows = rows.filter(theirs | Q(user__person=None) if MANAGE in recipient.permissions else theirs)
    if viewer is not None:
        rows = rows.visible_to(viewer)
    for webhook in rows.select_related("user").order_by("pk"):
        if webhook.disabled_at:
            since = webhook.disabled_at
            why = _(
                "This webhook was disabled, because nothing could be delivered. Correct the receiver, and enable it."
            )
        else:
            since, n = webhook.since, webhook.given_up  # type: ignore[attr-defined]  # as annotated above
            why = ngettext(
                "%(n)d message was given up. Correct the receiver, and send it again.",
                "%(n)d messages were given up. Correct the receiver, and send them again.",
                n,
            ) % {"n": n}
        yield Task(
            key=key(webhook),
            kind="token",
            title=webhook.name,
            why=why,
            href=webhook.workspace_url(),
            since=since.date(),
            person=webhook.user.person_id,
            needs=MANAGE,
        )
