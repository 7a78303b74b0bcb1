"""What a service needs."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record, Sourced
from floreo.infrastructure.logic import ServiceState
from floreo.infrastructure.models.choices import HOURS, DependencyKind
from floreo.infrastructure.models.essential_services import Service


class DependencyQuerySet(models.QuerySet["Dependency"]):
    def visible_to(self, viewer: object) -> DependencyQuerySet:
        """The team sees who hangs on whom. An operator sees what its own services need, and never who needs them."""
        own = reach(viewer, Permission.DEPENDENCY_READ)
        return self if own is None else self.filter(service__operator__in=own)

    def current(self) -> DependencyQuerySet:
        """Between services that are in the register, and not withdrawn."""
        return self.filter(withdrawn_on=None, service__state=ServiceState.CURRENT, needs__state=ServiceState.CURRENT)


class Dependency(Record, Sourced):
    """That a service needs another: how long until it is felt, how much is lost, and what bridges it."""

    named_with: ClassVar[tuple[str, ...]] = ("service", "needs")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="needs", verbose_name=_("Service"))
    needs = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="needed_by", verbose_name=_("Needs"))
    kind = models.CharField(max_length=9, choices=DependencyKind.choices, verbose_name=_("What it needs of it"))
    hours = models.PositiveIntegerField(
        default=0,
        validators=HOURS,
        verbose_name=_("Hours until it is felt"),
        help_text=_("0: at once. The hours of a fallback come on top."),
    )
    share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is then lost, in per cent"),
        help_text=_("100: it stops."),
    )
    fallback = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Fallback"),
        help_text=_("For example: a diesel generator. Empty: none."),
    )
    fallback_hours = models.PositiveIntegerField(
        default=0, validators=HOURS, verbose_name=_("Hours that the fallback lasts")
    )
    group = models.SlugField(
        max_length=40,
        blank=True,
        verbose_name=_("Alternatives"),
        help_text=_(
            "The same word at several dependencies of one service: any one of them is enough. Empty: it is needed in any case."
        ),
    )
    checked_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Checked on"))
    checked_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Checked by"))
    withdrawn_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Withdrawn on"))

    objects = DependencyQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "kind", "pk"]
        verbose_name_plural = "dependencies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(service=F("needs")),
                name="dependency_not_on_itself",
                violation_error_message=_("A service cannot depend on itself."),
            ),
            models.UniqueConstraint(
                fields=["service", "needs", "kind"],
                condition=Q(withdrawn_on=None),
                name="dependency_once",
                violation_error_message=_("This dependency is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(fallback_hours=0) | ~Q(fallback=""),
                name="dependency_fallback_named",
                violation_error_message=_("Say what the fallback is."),
            ),
        ]
        indexes = [models.Index(fields=["needs", "withdrawn_on"], name="dependency_of")]

    def __str__(self) -> str:
        return f"{self.service} → {self.needs}"

    def audit_subject(self) -> models.Model:
        return self

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()

    def workspace_url(self) -> str:
        return self.service.workspace_url()
