"""Campaigns, their channels, and whom they reached."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.awareness.models.choices import ChannelType, LinkType, ReachUnit
from floreo.awareness.models.published import PublishedQuerySet
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.evidence.models import Evidence
from floreo.initiatives.models import Initiative
from floreo.organisations.models import Organisation
from floreo.strategy.models import Objective


class Campaign(Record, Translated, Sourced):
    """Work of some weeks or months to make people aware of something."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim")

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address, for example safe-shopping-2026."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    aim = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Aim"), help_text=_("Who should do what after it.")
    )
    audiences = models.JSONField(default=list, blank=True, verbose_name=_("Audiences"))  # values of Audience
    starts_on = models.DateField(verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"))
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaigns",
        verbose_name=_("What it serves in the strategy"),
    )
    lead = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("Lead organisation"),
    )
    is_public = models.BooleanField(default=False, verbose_name=_("Published"))

    objects = PublishedQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after"),
        ]
        indexes = [models.Index(fields=["is_public", "starts_on"], name="campaign_public")]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.lead_id} if self.lead_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:campaign", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:campaign", self.code)

    def search_entry(self) -> Entry:
        words = [self.aim, *(str(text) for each in self.translations.values() for text in each.values())]
        here = self.get_absolute_url()
        return Entry("campaign", self.title, " ".join(words), here, self.workspace_url(), self.is_public)


class OfCampaignQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfCampaignQuerySet:
        """Seen by whoever sees the campaign."""
        return self.filter(campaign__in=Campaign.objects.visible_to(viewer))


class OfCampaign(Record):
    """The base of what hangs on a campaign."""

    campaign: models.ForeignKey[Campaign, Campaign]

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.campaign

    def owner_ids(self) -> set[int]:
        return self.campaign.owner_ids()


class CampaignLink(OfCampaign, Sourced):
    """A partner of a campaign, a site of others that says more, or what others do already and the campaign builds on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(
        max_length=10, choices=LinkType.choices, default=LinkType.PARTNER, verbose_name=_("Kind of link")
    )
    name = models.CharField(
        max_length=200, blank=True, verbose_name=_("Name"), help_text=_("Not needed for an initiative.")
    )
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_links",
        verbose_name=_("Organisation in the register"),
    )
    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_links",
        verbose_name=_("Initiative of others"),
        help_text=_("What somebody does already, on which the campaign builds. Its name is taken over."),
    )

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "kind", "name"]
        constraints = [models.UniqueConstraint(fields=["campaign", "name"], name="campaign_link_once")]

    def __str__(self) -> str:
        return self.name


class CampaignChannel(OfCampaign, Translated):
    """Where a campaign is placed: when that is planned, and when it happened."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=ChannelType.choices, verbose_name=_("Kind of channel"))
    title = models.CharField(
        max_length=200,
        verbose_name=_("What is placed where"),
        help_text=_("For example: spot of 30 seconds, two stations."),
    )
    planned_on = models.DateField(verbose_name=_("Planned for"))
    placed_on = models.DateField(null=True, blank=True, verbose_name=_("Placed on"))

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "planned_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Reach(OfCampaign, Sourced):
    """How many a campaign reached in a stretch of days, counted by somebody who is named. Its source is required."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reach", verbose_name=_("Campaign"))
    channel = models.ForeignKey(
        CampaignChannel,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reach",
        verbose_name=_("Channel"),
    )
    unit = models.CharField(max_length=9, choices=ReachUnit.choices, verbose_name=_("What the number counts"))
    number = models.PositiveBigIntegerField(verbose_name=_("Number"))
    from_on = models.DateField(verbose_name=_("From"))
    to_on = models.DateField(verbose_name=_("To"))
    document = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_reach",
        verbose_name=_("Document"),
        help_text=_("The report of the station, the screen of the network, the invoice: as evidence."),
    )

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "from_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="reach_has_a_source"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="reach_ends_after"),
        ]

    def __str__(self) -> str:
        return f"{self.get_unit_display()} {self.number}"
