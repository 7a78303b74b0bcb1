"""The procedure by which a service is designated: criteria, scores, steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.evidence.models import Evidence
from floreo.infrastructure.logic import OPEN_STAGES, Stage
from floreo.infrastructure.models.choices import READ, StageChoice, StepKind
from floreo.infrastructure.models.essential_services import Service


class CriteriaSet(Record, Translated, Sourced):
    """By which criteria a service is designated, from which act, and from how many points."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=2000, blank=True, verbose_name=_("How it is used"))
    threshold = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Threshold, in per cent of the points"),
        help_text=_("A service that reaches it is proposed. It is designated only by a decision."),
    )
    is_current = models.BooleanField(default=True, verbose_name=_("In use"))
    is_example = models.BooleanField(
        default=False, verbose_name=_("Example")
    )  # shipped or invented: nothing of a real state hangs on it

    read_with = READ

    class Meta:
        ordering = ["-is_current", "title", "pk"]

    def __str__(self) -> str:
        return self.title


class Criterion(Record, Translated):
    """One criterion with the levels that can be given: [{"points": 0, "word": "None", "es": "Ninguno"}], fewest points first."""

    read_with = READ

    criteria = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    levels = models.JSONField(default=list)
    weight = models.PositiveSmallIntegerField(default=1, verbose_name=_("Weight"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["criteria", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["criteria", "code"], name="service_criterion_once")]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.criteria

    @property
    def most(self) -> int:
        return max((int(level["points"]) for level in self.levels), default=0)


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, viewer: object) -> DesignationQuerySet:
        """The team sees all; an operator those of its own services. That a published service is designated is public by the service."""
        own = reach(viewer, READ)
        return self if own is None else self.filter(service__operator__in=own)


class Designation(Record):
    """One procedure about one service: proposal, hearing, decision, reviews, withdrawal."""

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="designations", verbose_name=_("Service")
    )
    criteria = models.ForeignKey(
        CriteriaSet, on_delete=models.PROTECT, related_name="designations", verbose_name=_("Criteria")
    )
    code = models.SlugField(max_length=40, unique=True, verbose_name=_("Number"))
    stage = models.CharField(
        max_length=10, choices=StageChoice.choices, default=StageChoice.PROPOSED, verbose_name=_("Stage")
    )
    proposed_by = models.CharField(max_length=200, verbose_name=_("Proposed by"))
    proposed_code = models.CharField(max_length=120)  # the account: who proposed does not decide
    review_due_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("To be reviewed by"),
        help_text=_("By when the decision is to be looked at again."),
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(stage__in=["proposed", "hearing", "designated"]),
                name="designation_one_at_a_time",
                violation_error_message=_("A designation of this service is open or in force."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.service}"

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def is_in_force(self) -> bool:
        return self.stage == Stage.DESIGNATED

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()

    def workspace_url(self) -> str:
        return path_to("workspace:designation", self.code)


class OfDesignationQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfDesignationQuerySet:
        return self.filter(designation__in=Designation.objects.visible_to(viewer))


class DesignationScore(Record):
    """Points for one criterion, with the reason."""

    designation = models.ForeignKey(Designation, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="scores", verbose_name=_("Criterion")
    )
    points = models.PositiveSmallIntegerField(verbose_name=_("Points"))
    reason = models.CharField(max_length=500, verbose_name=_("Reason"))

    objects = OfDesignationQuerySet.as_manager()

    class Meta:
        ordering = ["criterion__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["designation", "criterion"], name="designation_scored_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"

    def audit_subject(self) -> models.Model:
        return self.designation

    def owner_ids(self) -> set[int]:
        return self.designation.owner_ids()


class DesignationStep(Record):
    """One step of the procedure: its day, its reasons, and the document that shows it."""

    designation = models.ForeignKey(Designation, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind.choices, verbose_name=_("Step"))
    on = models.DateField(verbose_name=_("Day"))
    text = models.TextField(max_length=4000, verbose_name=_("Reasons"))
    document = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="designation_steps",
        verbose_name=_("Document"),
        help_text=_("Code of the evidence that holds it."),
    )
    by = models.CharField(max_length=200, verbose_name=_("Who"))

    objects = OfDesignationQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    def audit_subject(self) -> models.Model:
        return self.designation

    def owner_ids(self) -> set[int]:
        return self.designation.owner_ids()
