"""Cascades that were computed: what fails when something fails, and single points of failure."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated, named
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.infrastructure.models.choices import HOURS
from floreo.infrastructure.models.dependencies import Dependency
from floreo.infrastructure.models.essential_services import Service
from floreo.organisations.models import Place


class WhatIfQuerySet(models.QuerySet["WhatIf"]):
    def visible_to(self, viewer: object) -> WhatIfQuerySet:
        """For who may see every dependency: a result shows all of them."""
        return self if can(viewer, Permission.CASCADE_RUN) else self.none()


class WhatIf(Record, Translated, Sourced):
    """What would follow if services failed: which, from which hour, with which changes, over how many hours. Computed from the register
    as it is when it is looked at."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "note")

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("What fails"))
    note = models.TextField(max_length=4000, blank=True, verbose_name=_("Note"))
    hours = models.PositiveSmallIntegerField(
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        verbose_name=_("Hours to look ahead"),
    )
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="what_ifs",
        verbose_name=_("A place is hit"),
        help_text=_(
            "Every service that is delivered from or to this place alone, and every one with an asset there, fails."
        ),
    )
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    like = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="variants",
        verbose_name=_("Compare with"),
    )

    objects = WhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def workspace_url(self) -> str:
        return path_to("workspace:what_if", self.code)


class OfWhatIfQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfWhatIfQuerySet:
        return self.filter(what_if__in=WhatIf.objects.visible_to(viewer))


class WhatIfFailure(Record):
    """A service that fails, from which hour and how much of it."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="failures")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="what_if_failures", verbose_name=_("Service")
    )
    from_hour = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(240)], verbose_name=_("From hour")
    )
    share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is lost, in per cent"),
    )

    objects = OfWhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["from_hour", "pk"]
        constraints = [models.UniqueConstraint(fields=["what_if", "service"], name="what_if_failure_once")]

    def __str__(self) -> str:
        return str(self.service)

    def audit_subject(self) -> models.Model:
        return self.what_if


class WhatIfChange(Record):
    """What is otherwise than in the register: the hours of a fallback, or the share that is lost."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="changes")
    dependency = models.ForeignKey(
        Dependency, on_delete=models.CASCADE, related_name="what_if_changes", verbose_name=_("Dependency")
    )
    fallback_hours = models.PositiveIntegerField(
        null=True, blank=True, validators=HOURS, verbose_name=_("Hours that the fallback lasts")
    )
    share = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is then lost, in per cent"),
    )

    objects = OfWhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["what_if", "dependency"], name="what_if_change_once"),
            models.CheckConstraint(
                condition=Q(fallback_hours__isnull=False) | Q(share__isnull=False),
                name="what_if_change_says_something",
                violation_error_message=_("Change the hours or the share."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.dependency)

    def named(self) -> str:
        return named(self.dependency)

    def audit_subject(self) -> models.Model:
        return self.what_if


class SinglePointsQuerySet(models.QuerySet["SinglePointsResult"]):
    def visible_to(self, viewer: object) -> SinglePointsQuerySet:
        """For who may see every dependency, as of what-ifs."""
        return self if can(viewer, Permission.CASCADE_RUN) else self.none()


class SinglePointsResult(Record):
    """What followed when each service failed alone, on the register as it was from that day on until the next result. `points` are the
    single points of failure, the most first, as `queries.as_rows` writes them. `least` and `most` are the people without at least one
    service at the end, when the first of them fails; None where nobody knows the users of any service that stops then. A public value is
    made of the numbers alone: which services they are is never public, nor in the trail."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"points", "least", "most"})

    on = models.DateField(unique=True, verbose_name=_("Day"))
    hours = models.PositiveSmallIntegerField()
    register_sha256 = models.CharField(max_length=64)
    services = models.PositiveIntegerField(verbose_name=_("Services"))
    dependencies = models.PositiveIntegerField(verbose_name=_("Dependencies"))
    unknown = models.PositiveIntegerField(
        default=0, verbose_name=_("Unknown")
    )  # services of which nobody knows how many use them
    number = models.PositiveIntegerField(default=0)  # of single points of failure
    least = models.PositiveBigIntegerField(null=True, blank=True)
    most = models.PositiveBigIntegerField(null=True, blank=True)
    points = models.JSONField(default=list, blank=True)

    objects = SinglePointsQuerySet.as_manager()

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on}"
