"""Scenarios of the library, and exercises with their objectives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import can
from floreo.core.language_codes import texts_in
from floreo.core.models import Record, Sourced, Translated, text_in
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.infrastructure.models import WhatIf
from floreo.organisations.models import Organisation
from floreo.tabletops.logic import (
    IS_ON,
    IS_OPEN,
    LONGEST,
    SHORTEST,
    WAS_HELD,
    State,
    minutes_run,
)
from floreo.tabletops.models.choices import READ, StateChoice


class Scenario(Record, Translated, Sourced):
    """What can be exercised: data that come with the product or with a country pack. A scenario is copied into an exercise, which then is
    adapted; the scenario stays. Its parts are plain data, each with its other languages by their codes:

    objectives: [{"code", "title"}]
    injects: [{"code", "minute", "title", "text", "expected": [{"text", "objective": code of one}]}]
    evaluation: [{"text"}]"""

    read_with = READ
    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim", "audience")

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    aim = models.TextField(max_length=2000, verbose_name=_("Aim"))
    audience = models.CharField(max_length=500, verbose_name=_("For whom"))
    duration = models.PositiveSmallIntegerField(
        default=120,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
        verbose_name=_("Duration, in minutes"),
    )
    objectives = models.JSONField(default=list, blank=True)
    injects = models.JSONField(default=list, blank=True)
    evaluation = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "title", "pk"]

    def __str__(self) -> str:
        return self.title

    def workspace_url(self) -> str:
        return path_to("workspace:tabletop_scenario", self.code)

    def search_entry(self) -> Entry:
        here = self.workspace_url()
        return Entry("tabletop_scenario", self.title, " ".join([*spoken(self), self.aim]), here, here)


def part_text(part: dict[str, Any], field: str, language: str | None = None) -> str:
    """The text of a part of a scenario in the reader's language."""
    return text_in(texts_in(part), field, str(part.get(field, "")), language)


class TabletopQuerySet(models.QuerySet["Tabletop"]):
    def visible_to(self, viewer: object) -> TabletopQuerySet:
        """For those who run exercises. What the public reads of one that was held is in `published`, and nothing else of it."""
        return self if can(viewer, READ) else self.none()

    def published(self) -> TabletopQuerySet:
        return self.filter(is_public=True, state__in=WAS_HELD)


class Tabletop(Record, Translated, Sourced):
    """One exercise: planned, started, paused, ended, evaluated. Its clock runs from the start and is stopped while it is paused."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim")

    code = models.SlugField(
        max_length=20, unique=True, verbose_name=_("Code")
    )  # ex-2026-01: the public table distinguishes exercises by it
    scenario = models.ForeignKey(
        Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="tabletops", verbose_name=_("Scenario")
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    aim = models.TextField(max_length=2000, blank=True, verbose_name=_("Aim"))
    planned_at = models.DateTimeField(verbose_name=_("Starts"))
    duration = models.PositiveSmallIntegerField(
        default=120,
        validators=[MinValueValidator(SHORTEST), MaxValueValidator(LONGEST)],
        verbose_name=_("Duration, in minutes"),
    )
    place = models.CharField(max_length=200, blank=True, verbose_name=_("Where"))
    run_by = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tabletops_run",
        verbose_name=_("Run by"),
    )
    what_if = models.ForeignKey(
        WhatIf,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="tabletops",
        verbose_name=_("What-if of a cascade"),
        help_text=_("For those who run the exercise. Participants do not see it."),
    )
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    state = models.CharField(max_length=9, choices=StateChoice.choices, default=State.PLANNED, verbose_name=_("State"))
    started_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Started"))
    paused_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Paused"))
    paused_seconds = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Ended"))
    ended_by_itself = models.BooleanField(default=False)  # nobody closed it
    evaluation_due_on = models.DateField(null=True, blank=True, verbose_name=_("Evaluation due"))
    evaluated_on = models.DateField(null=True, blank=True, verbose_name=_("Evaluated on"))
    hot_wash = models.TextField(
        max_length=20000,
        blank=True,
        verbose_name=_("Notes of the hot wash"),
        help_text=_("What was said in the first talk right after the end: what went well, what did not."),
    )
    conclusion = models.TextField(max_length=4000, blank=True, verbose_name=_("Conclusion"))
    reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))
    is_public = models.BooleanField(
        default=False,
        verbose_name=_("Public"),
        help_text=_("The public sees that it was held, when, the scenario and the number of organisations."),
    )

    objects = TabletopQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"]) | Q(started_at__isnull=False),
                name="tabletop_started_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="paused") | Q(paused_at__isnull=False), name="tabletop_paused_at_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ended", "evaluated"]) | Q(ended_at__isnull=False),
                name="tabletop_ended_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["state", "planned_at"], name="tabletop_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in IS_OPEN

    @property
    def is_on(self) -> bool:
        """Running or paused."""
        return self.state in IS_ON

    @property
    def was_held(self) -> bool:
        return self.state in WAS_HELD

    @property
    def minute(self) -> int:
        """How many minutes it has run, or ran."""
        last = self.ended_at or clock.now()
        return minutes_run(self.started_at, last, paused_at=self.paused_at, paused_seconds=self.paused_seconds)

    @property
    def planned_end(self) -> datetime:
        return self.planned_at + timedelta(minutes=self.duration)

    @property
    def held_on(self) -> Any:
        return clock.calendar_day(self.started_at) if self.started_at else None

    def workspace_url(self) -> str:
        return path_to("workspace:tabletop", self.code)

    def search_entry(self) -> Entry:
        here = self.workspace_url()
        return Entry("tabletop", self.title, " ".join([self.code, *spoken(self), self.aim]), here, here)


Row = TypeVar("Row", bound=models.Model)


class OfTabletop(models.QuerySet[Row]):
    """Rows of parts of an exercise: read by who reads the exercise."""

    def visible_to(self, viewer: object) -> Self:
        return self if can(viewer, READ) else self.none()


class ObjectiveQuerySet(OfTabletop["TabletopObjective"]):
    pass


class TabletopObjective(Record, Translated):
    """What the exercise is to show or to train: the score is given by objective."""

    tabletop = models.ForeignKey(Tabletop, on_delete=models.CASCADE, related_name="objectives")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=300, verbose_name=_("Objective"))

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.tabletop
