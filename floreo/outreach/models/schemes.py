"""Schemes of ambassadors, places where sessions are held, and what is given away there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.organisations.models import Organisation, Place
from floreo.outreach.models.choices import VenueKind


def may_read(viewer: object) -> bool:
    """Whether the viewer sees ambassadors, sessions before review, requests and kit."""
    return can(viewer, Permission.OUTREACH_READ)


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def visible_to(self, viewer: object) -> SchemeQuerySet:
        return self


class Scheme(Record, Translated, Sourced):
    """A programme that trains people to raise awareness where they live: who runs it, since when, and what it aims at. Public."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=1000, blank=True, verbose_name=_("Summary"))
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="schemes", verbose_name=_("Run by")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    target = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("Target"), help_text=_("Ambassadors certified and active.")
    )
    target_rate = models.DecimalField(
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        verbose_name=_("Target per 10,000 inhabitants"),
        help_text=_("In each district."),
    )
    target_due = models.DateField(null=True, blank=True, verbose_name=_("Target due"))
    coordinator = models.CharField(
        max_length=100,
        blank=True,
        verbose_name=_("Coordinator's telephone"),
        help_text=_("Shown to ambassadors, and beside the public form."),
    )

    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="scheme_in_order"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()


class VenueQuerySet(models.QuerySet["Venue"]):
    def visible_to(self, viewer: object) -> VenueQuerySet:
        return self


class Venue(Record, Sourced):
    """A place where sessions are held again and again: a school, a hall. Schools that are known here are those of which the share that was
    visited is shown."""

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=120, verbose_name=_("Name"))
    kind = models.CharField(max_length=9, choices=VenueKind.choices, verbose_name=_("Setting"))
    district = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="venues", verbose_name=_("District"))
    community = models.CharField(max_length=120, blank=True, verbose_name=_("Community"))
    is_open = models.BooleanField(default=True, verbose_name=_("In use"))

    objects = VenueQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["kind", "district"], name="venue_kind")]

    def __str__(self) -> str:
        return f"{self.name}, {self.community}" if self.community else self.name


class KitItemQuerySet(models.QuerySet["KitItem"]):
    def visible_to(self, viewer: object) -> KitItemQuerySet:
        return self if may_read(viewer) else self.none()


class KitItem(Record, Translated):
    """Something that ambassadors carry and leave: leaflets, posters, a roll-up. How many there are follows from the moves."""

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    minimum = models.PositiveIntegerField(default=0, verbose_name=_("Order again below"), help_text=_("In the store."))
    is_active = models.BooleanField(default=True, verbose_name=_("In use"))

    objects = KitItemQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title
