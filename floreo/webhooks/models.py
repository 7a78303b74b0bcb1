"""Webhooks, the messages that are sent to them, and each try."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.organisations.models import User


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, viewer: object) -> WebhookQuerySet:
        """One's own; all to whoever manages accounts."""
        if can(viewer, Permission.ACCOUNT_MANAGE):
            return self
        return self.filter(user=viewer) if isinstance(viewer, User) else self.none()

    def sending(self) -> WebhookQuerySet:
        """Those that are notified of what happens."""
        return self.filter(ended_at=None, disabled_at=None, user__is_active=True)


class Webhook(Record):
    """An address that is notified of some kinds of things that happen, as far as its account may know of them."""

    not_chained: ClassVar[Mapping[str, str]] = {
        "after": "How far the chain was read for it.",
        "failing_since": "Since when nothing could be delivered.",
        "delivered_at": "When something was last delivered.",
    }
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"secret", "previous_secret", "previous_until", "after", "failing_since", "delivered_at"}
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks", verbose_name=_("Account")
    )
    name = models.CharField(max_length=120, verbose_name=_("Program"))
    url = models.URLField(
        max_length=500, verbose_name=_("Address"), help_text=_("It begins with https://. Messages are posted to it.")
    )
    kinds = models.JSONField(default=list, verbose_name=_("What is sent"))  # names of webhooks/kinds.py
    secret = models.CharField(max_length=300)  # sealed: core/seal.py
    previous_secret = models.CharField(max_length=300, blank=True)  # sealed; signs beside the new one until that moment
    previous_until = models.DateTimeField(null=True, blank=True)
    after = models.PositiveBigIntegerField(default=0)  # number of an entry of the chain
    failing_since = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Switched off"))  # after days of failures
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ended"))

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def workspace_url(self) -> str:
        return path_to("workspace:webhook", self.pk)


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")
    CANCELLED = "cancelled", _("Not sent")  # its account may not know of it any more


class WebhookMessage(models.Model):
    """One message to one webhook. Its words are made once; each try signs them with its own moment."""

    not_chained = "Messages of the machine about entries of the trail; kept for a month."

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    number = models.CharField(max_length=80, unique=True)  # the header webhook-id: the same at every try
    kind = models.CharField(max_length=40)
    thing = models.CharField(max_length=120, blank=True)  # what it is about: core/keys.py
    body = models.TextField()
    made_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="webhook_due")]

    def __str__(self) -> str:
        return self.number


class Problem(models.TextChoices):
    """Why a try did not succeed."""

    NONE = "", _("Delivered")
    STATUS = "status", _("The receiver answered with an error")
    REDIRECT = "redirect", _("The receiver leads to another address, which is not followed")
    TIMEOUT = "timeout", _("The receiver did not answer within 5 seconds")
    CLOSED = "closed", _("The address lies in a closed network")
    UNREACHED = "unreached", _("No server answered")
    ADDRESS = "address", _("The address cannot be used")


class WebhookAttempt(models.Model):
    """One try to deliver a message: when, how long it took, and the status of the answer. What the answer said is kept nowhere."""

    not_chained = "A log of the machine; it goes with its message."

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(default=0)  # of HTTP; 0: none
    problem = models.CharField(max_length=10, choices=Problem.choices, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.status} {self.problem}"


class SeenState(models.Model):
    """The state that was last notified of a thing whose state is in no trail: an action's status, that a finding is open; and up to which
    change findings were compared."""

    not_chained = "What was seen last, to find what changed; made again when it is missing."

    thing = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.thing}: {self.state}"
