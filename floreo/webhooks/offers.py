"""What webhooks offer to the rest of the product."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from floreo.core.offers import Job, Offers
from floreo.webhooks.delivering import deliver_due
from floreo.webhooks.events import compare_states, make_messages
from floreo.webhooks.tasks import waiting_tasks

OFFERS = Offers(
    tasks=waiting_tasks,
    verbs={
        "webhook.disabled": _("disabled a webhook that could not be delivered to"),
        "webhook.enabled": _("enabled a webhook again"),
        "webhook.ended": _("ended a webhook"),
        "webhook.made": _("created a webhook"),
        "webhook.redelivered": _("sent a message of a webhook again"),
        "webhook.redelivered_all": _("sent the given up messages of a webhook again"),
        "webhook.secret_renewed": _("renewed the secret of a webhook"),
        "webhook.tested": _("sent a test message to a webhook"),
        "webhook.updated": _("changed a webhook"),
    },
    jobs=(
        Job("webhook messages", make_messages, every=timedelta(seconds=10), lane="webhooks"),
        Job("webhook states", compare_states, every=timedelta(minutes=2), lane="webhooks"),
        Job("webhook deliveries", deliver_due, every=timedelta(seconds=5), lane="webhooks"),
    ),
)
