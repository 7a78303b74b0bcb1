"""What was observed, how each point was judged, and the findings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import can, reach
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.organisations.models import Organisation
from floreo.tabletops.logic import (
    State,
)
from floreo.tabletops.models.choices import FINDING, READ, VerdictChoice
from floreo.tabletops.models.exercises import OfTabletop, Tabletop
from floreo.tabletops.models.injects import ExpectedAction


class TabletopObservationQuerySet(OfTabletop["Observation"]):
    pass


class Observation(Record):
    """What one observer noted of one expected action: whether it was met, and at which minute."""

    expected = models.ForeignKey(ExpectedAction, on_delete=models.CASCADE, related_name="observations")
    verdict = models.CharField(max_length=7, choices=VerdictChoice.choices, verbose_name=_("Verdict"))
    minute = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Minute"))
    note = models.CharField(max_length=1000, blank=True, verbose_name=_("Note"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    by_code = models.CharField(max_length=120)

    objects = TabletopObservationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["expected", "by_code"], name="observation_once_by_each")]

    def __str__(self) -> str:
        return f"{self.by}: {self.get_verdict_display()}"

    def audit_subject(self) -> models.Model:
        return self.expected.inject.tabletop


class EvaluationPointQuerySet(OfTabletop["EvaluationPoint"]):
    pass


class EvaluationPoint(Record, Translated):
    """What the evaluation asks, and what those who run the exercise answer to it."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text",)

    tabletop = models.ForeignKey(Tabletop, on_delete=models.CASCADE, related_name="evaluation_points")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=500, verbose_name=_("Question"))
    answer = models.TextField(max_length=4000, blank=True, verbose_name=_("Answer"))

    objects = EvaluationPointQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text

    def audit_subject(self) -> models.Model:
        return self.tabletop


class TabletopFindingQuerySet(models.QuerySet["TabletopFinding"]):
    def visible_to(self, viewer: object) -> TabletopFindingQuerySet:
        """Those who run exercises see all; an organisation the recommendations that are addressed to it, once the exercise is evaluated."""
        if can(viewer, READ):
            return self
        own = reach(viewer, FINDING)
        if own is None:
            return self
        return self.filter(organisation__in=own, due_on__isnull=False, tabletop__state=State.EVALUATED)


class TabletopFinding(Record):
    """What the exercise showed, and what follows: a recommendation with who carries it out and by when, or an action of the plan."""

    tabletop = models.ForeignKey(Tabletop, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField(verbose_name=_("Number"))
    title = models.CharField(max_length=200, verbose_name=_("Finding"), help_text=_("In a few words."))
    text = models.TextField(max_length=4000, blank=True, verbose_name=_("What was seen, and what is recommended"))
    expected = models.ForeignKey(
        ExpectedAction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="findings",
        verbose_name=_("Expected action"),
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tabletop_findings",
        verbose_name=_("Carried out by"),
    )
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    became = models.CharField(max_length=120, blank=True)  # key of the action of the plan
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed on"))
    closing_note = models.TextField(max_length=2000, blank=True, verbose_name=_("What was done"))

    objects = TabletopFindingQuerySet.as_manager()

    class Meta:
        ordering = ["tabletop", "number"]
        constraints = [models.UniqueConstraint(fields=["tabletop", "number"], name="tabletop_finding_number_once")]
        indexes = [models.Index(fields=["closed_on", "due_on"], name="tabletop_finding_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def is_followed(self) -> bool:
        """Whether it is decided who does what about it by when."""
        return bool(self.became) or (self.organisation_id is not None and self.due_on is not None)

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def workspace_url(self) -> str:
        return path_to("workspace:tabletop_finding", self.tabletop.code, self.number)
