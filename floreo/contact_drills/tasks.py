"""What waits for the team: contacts that did not confirm, that cannot be asked by e-mail, or that said they are the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.contact_drills.models import RUN, ConfirmationRequest
from floreo.contact_drills.queries import policy
from floreo.core.access import can
from floreo.core.audit import key
from floreo.core.tasks import Recipient, Task
from floreo.core.wording import colon


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """Two queries, whatever waits."""
    if not recipient.everybody and RUN not in recipient.permissions:
        return
    if viewer is not None and not can(viewer, RUN):
        return
    wait = timedelta(days=policy().wait_days)
    rows = ConfirmationRequest.objects.filter(confirmed_at=None, closed_on=None)
    rows = rows.filter(Q(asked_on__lte=today - wait) | Q(is_wrong=True)).select_related("contact__organisation")
    for asked in rows.order_by("asked_on", "pk"):
        if asked.is_wrong:
            why = _("Somebody said by the link that this contact is not right. Call the organisation.")
        else:
            why = _("Nobody confirmed this contact. Call it, or find another.")
        contact = asked.contact
        yield Task(
            key=key(asked),
            kind="contact",
            title=f"{contact.organisation.named()}{colon()} {contact.purpose}",
            why=why,
            href=f"{reverse('workspace:contacts')}#confirmation-{asked.pk}",
            since=asked.asked_on,
            needs=RUN,
        )
