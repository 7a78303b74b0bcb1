"""Who may see which webhook. A view gets its objects here and nowhere else."""

from __future__ import annotations

from floreo.core.errors import Missing
from floreo.webhooks.models import Webhook


def get_webhook_for(viewer: object, pk: int) -> Webhook:
    found = Webhook.objects.visible_to(viewer).select_related("user").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
