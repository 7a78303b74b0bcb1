"""Essential services, where they are given, and the assets that they depend on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.infrastructure.logic import ServiceState
from floreo.infrastructure.models.choices import HOURS, READ, AssetKind, ServiceStateChoice
from floreo.organisations.models import NationalSector, Organisation, Place


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, viewer: object) -> ServiceQuerySet:
        """What is published, and those of one's own organisation; the team sees all."""
        own = reach(viewer, READ)
        if own is None:
            return self
        return self.filter(Q(is_public=True, state=ServiceState.CURRENT) | Q(operator__in=own))

    def current(self) -> ServiceQuerySet:
        return self.filter(state=ServiceState.CURRENT)


class Service(Record, Translated, Sourced):
    """An essential service: what people would be without. One that lies abroad or has no operator in the register has none."""

    translated_fields: ClassVar[tuple[str, ...]] = ("name", "summary")
    internal_fields: ClassVar[frozenset[str]] = frozenset(
        {"internal_notes", "rto_hours", "mtpd_hours", "stops_at", "users", "users_basis"}
    )

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=200, verbose_name=_("Name of the service"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("What it does"), help_text=_("In plain words.")
    )
    operator = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="services",
        verbose_name=_("Operator"),
        help_text=_("Empty for a service abroad, or one that nobody in the register runs."),
    )
    sector = models.ForeignKey(
        NationalSector, on_delete=models.PROTECT, related_name="services", verbose_name=_("Sector")
    )
    users = models.PositiveIntegerField(
        null=True,
        blank=True,
        verbose_name=_("People who use it"),
        help_text=_("In the whole country. Empty where it is not known."),
    )
    users_basis = models.CharField(
        max_length=300, blank=True, verbose_name=_("How that was counted"), help_text=_("Source and year.")
    )
    rto_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=HOURS,
        verbose_name=_("Recovery time objective, in hours"),
        help_text=_("RTO: within how many hours it is to work again."),
    )
    mtpd_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=HOURS,
        verbose_name=_("Longest tolerable outage, in hours"),
        help_text=_("MTPD: after how many hours the harm can no longer be borne."),
    )
    stops_at = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Counts as stopped from a loss of, in per cent"),
    )
    internal_notes = models.TextField(
        max_length=4000, blank=True, verbose_name=_("Internal notes"), help_text=_("Not published.")
    )
    is_public = models.BooleanField(
        default=False,
        verbose_name=_("Public"),
        help_text=_(
            "Everybody sees its name, its operator and its sector, and whether it is designated. Nothing else."
        ),
    )
    state = models.CharField(
        max_length=9,
        choices=ServiceStateChoice.choices,
        default=ServiceStateChoice.CURRENT,
        editable=False,
        verbose_name=_("State"),
    )
    reviewed_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Last reviewed on"))
    withdrawn_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Withdrawn on"))
    reason = models.CharField(max_length=300, blank=True, editable=False, verbose_name=_("Reason"))

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rto_hours=None) | Q(mtpd_hours=None) | Q(rto_hours__lte=F("mtpd_hours")),
                name="service_recovers_before_harm",
                violation_error_message=_("The recovery time objective is longer than the longest tolerable outage."),
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_on=None)),
                name="service_withdrawn_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "name"], name="service_listed")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_current(self) -> bool:
        return self.state == ServiceState.CURRENT

    def shows_internal_to(self, viewer: object) -> bool:
        return can(viewer, READ, self)

    def owner_ids(self) -> set[int]:
        return {self.operator_id} if self.operator_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:essential_service", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:service", self.code)

    def search_entry(self) -> Entry:
        words = " ".join([*spoken(self)[1:], self.summary])
        shown = self.is_public and self.is_current
        return Entry("service", self.name, words, self.get_absolute_url(), self.workspace_url(), shown)


class OfServiceQuerySet(models.QuerySet[Any]):
    """Rows that are seen by the team, and by the operator of the service that they hang on; of a published service too nobody else
    sees them."""

    def visible_to(self, viewer: object) -> OfServiceQuerySet:
        own = reach(viewer, READ)
        return self if own is None else self.filter(service__operator__in=own)


class ServicePlace(Record):
    """Where a service is delivered, and to how many people there."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="served")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="served_by", verbose_name=_("Place"))
    users = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("People who use it there"), help_text=_("Empty where it is not known.")
    )

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["place__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["service", "place"], name="service_place_once")]

    def __str__(self) -> str:
        return str(self.place)

    def audit_subject(self) -> models.Model:
        return self.service

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()


class Asset(Record, Sourced):
    """What a service depends on: a site, a system, a line. With the product that runs there, by which advisories find it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="assets", verbose_name=_("Service"))
    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    kind = models.CharField(max_length=8, choices=AssetKind.choices, verbose_name=_("Kind"))
    owner = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_assets",
        verbose_name=_("Owner"),
        help_text=_("Empty: the operator of the service."),
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="assets", verbose_name=_("Place")
    )
    vendor = models.CharField(max_length=120, blank=True, verbose_name=_("Manufacturer"))
    product = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Product"),
        help_text=_("Advisories on this product are then shown to the operator."),
    )
    product_version = models.CharField(max_length=60, blank=True, verbose_name=_("Version"))
    note = models.TextField(max_length=2000, blank=True, verbose_name=_("Note"))

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.service

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()
