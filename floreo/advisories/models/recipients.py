"""Who subscribes, who was sent an advisory, and what they answered."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.advisories.models.advisories import Advisory
from floreo.advisories.models.choices import ReplyKind
from floreo.core.access import Permission, reach
from floreo.core.models import Record
from floreo.infrastructure.models import Asset
from floreo.organisations.models import Organisation


class Subscriber(Record):
    """Somebody who asked for advisories by e-mail, and, once the link in the first mail was used, receives them. Neither
    the trail nor a list names the address: without a rule nobody sees a row (core/policy.py)."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"email"})

    email = models.EmailField(unique=True, verbose_name=_("E-mail"))
    sectors = models.JSONField(default=list, blank=True, verbose_name=_("Sectors"))
    products = models.JSONField(default=list, blank=True, verbose_name=_("Products"))  # names or parts of names
    language = models.CharField(max_length=5, verbose_name=_("Language"))
    link_version = models.PositiveIntegerField()  # a random number: links of somebody who left open nothing later
    asked_at = models.DateTimeField(verbose_name=_("Requested"))
    confirmed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Confirmed"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class OfRegisterQuerySet(models.QuerySet[Any]):
    """Rows that say what an organisation runs: for who may see its services, and the advisory."""

    body = ""  # how a row leads to the organisation

    def visible_to(self, viewer: object) -> OfRegisterQuerySet:
        own = reach(viewer, Permission.SERVICE_READ)
        rows = self.filter(advisory__in=Advisory.objects.visible_to(viewer))
        return rows if own is None else rows.filter(**{f"{self.body}__in": own})


class RecipientQuerySet(OfRegisterQuerySet):
    body = "organisation"


class AdvisoryReplyQuerySet(OfRegisterQuerySet):
    body = "asset__service__operator"


class AdvisoryRecipient(Record):
    """An organisation that runs a product of an advisory, and to whose contacts each version of it is sent."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="recipients")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="advisories_sent", verbose_name=_("Organisation")
    )
    mailed_issue = models.PositiveIntegerField(default=0)  # which version it was sent last

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["advisory", "organisation"], name="advisory_recipient_once")]

    def __str__(self) -> str:
        return f"{self.advisory}: {self.organisation}"

    def audit_subject(self) -> models.Model:
        return self.advisory


class AdvisoryReply(Record):
    """What the operator says of an advisory on one of its assets: the last word, which replaces the one before."""

    advisory = models.ForeignKey(Advisory, on_delete=models.CASCADE, related_name="replies")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="advisory_replies", verbose_name=_("Asset"))
    kind = models.CharField(max_length=12, choices=ReplyKind.choices, verbose_name=_("Reply"))
    note = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Note"), help_text=_("The national team reads it.")
    )
    issue = models.PositiveIntegerField(verbose_name=_("Version"))  # the version of the advisory that was read
    replied_at = models.DateTimeField(verbose_name=_("Replied on"))
    replied_by = models.CharField(max_length=200, verbose_name=_("Replied by"))

    objects = AdvisoryReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-replied_at", "-pk"]
        verbose_name_plural = "advisory replies"
        constraints = [models.UniqueConstraint(fields=["advisory", "asset"], name="advisory_reply_once")]

    def __str__(self) -> str:
        return f"{self.advisory}: {self.asset}"

    def audit_subject(self) -> models.Model:
        return self.advisory

    def owner_ids(self) -> set[int]:
        return self.asset.owner_ids()
