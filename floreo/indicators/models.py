"""Figures: what is measured, its targets, and its readings, which are never changed once frozen."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.indicators.logic import Direction, Frequency, Period
from floreo.organisations.models import Organisation
from floreo.strategy.models import Action, Edition, Objective, Pillar, StatedTarget

FROZEN = _("This value is frozen and never changes. Correct it: the new value is shown beside the old one.")


class FrequencyChoice(models.TextChoices):
    MONTH = Frequency.MONTH, _("Monthly")
    QUARTER = Frequency.QUARTER, _("Quarterly")
    YEAR = Frequency.YEAR, _("Yearly")
    ONCE = Frequency.ONCE, _("When published")


class DirectionChoice(models.TextChoices):
    UP = Direction.UP, _("higher is better")
    DOWN = Direction.DOWN, _("lower is better")


class IndicatorKind(models.TextChoices):
    INPUT = "input", _("Input")
    OUTPUT = "output", _("Output")
    OUTCOME = "outcome", _("Outcome")
    CONTEXT = "context", _("Context")  # the state of the world, published by others


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, viewer: object) -> IndicatorQuerySet:
        return self if can(viewer, Permission.INDICATOR_READ) else self.filter(is_public=True)


class Indicator(Record, Translated, Sourced):
    """A figure with its meaning: what it counts, in what unit, from where to where, who answers for it."""

    translated_fields: ClassVar[tuple[str, ...]] = (
        "title",
        "definition",
        "unit",
        "unit_one",
        "method",
        "numerator_text",
        "denominator_text",
        "short_title",
        "target_source",
        "answers_post",
    )

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Part of its address, for example reports-on-time. It cannot change."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    short_title = models.CharField(max_length=80, blank=True, verbose_name=_("Short title"))
    definition = models.TextField(
        verbose_name=_("Definition"), help_text=_("Precise enough for two people to get the same result.")
    )
    unit = models.CharField(
        max_length=60,
        verbose_name=_("Unit"),
        help_text=_("For example % or people. If empty, the unit of the formula is used."),
    )  # "%", "people", "of 100 points"
    unit_one = models.CharField(
        max_length=60,
        blank=True,
        verbose_name=_("Unit after 1"),
        help_text=_("For example person, where the unit is people. Leave empty if it is the same."),
    )
    decimals = models.PositiveSmallIntegerField(default=0, verbose_name=_("Decimals shown"))
    kind = models.CharField(
        max_length=8, choices=IndicatorKind.choices, default=IndicatorKind.OUTPUT, verbose_name=_("Kind")
    )
    direction = models.CharField(
        max_length=4, choices=DirectionChoice.choices, default=DirectionChoice.UP, verbose_name=_("Better when")
    )
    frequency = models.CharField(
        max_length=8, choices=FrequencyChoice.choices, default=FrequencyChoice.QUARTER, verbose_name=_("How often")
    )
    method = models.TextField(blank=True, verbose_name=_("Method"))
    numerator_text = models.CharField(
        max_length=200, blank=True, verbose_name=_("What is counted")
    )  # "actions on track or done"
    denominator_text = models.CharField(max_length=200, blank=True, verbose_name=_("Out of"))
    about_people = models.BooleanField(
        default=False, verbose_name=_("Counts people: numbers under 5 are hidden")
    )  # small numbers are then not shown to the public

    baseline = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        verbose_name=_("Baseline"),
        help_text=_("Starting value."),
    )
    baseline_on = models.DateField(null=True, blank=True, verbose_name=_("Date of the baseline"))
    target = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Target"))
    target_due = models.DateField(null=True, blank=True, verbose_name=_("Due date"))
    target_source = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Who set it, and when"),
        help_text=_("For example: steering committee, 12 January 2025."),
    )  # who set it, when
    stated_target = models.ForeignKey(
        StatedTarget,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="indicators",
        verbose_name=_("Stated target"),
    )

    edition = models.ForeignKey(
        Edition, null=True, blank=True, on_delete=models.SET_NULL, related_name="indicators", verbose_name=_("Edition")
    )
    pillar = models.ForeignKey(
        Pillar,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="indicators",
        verbose_name=_("Top level of the plan"),
    )
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="indicators",
        verbose_name=_("Level between"),
    )
    actions = models.ManyToManyField(Action, blank=True, related_name="indicators")
    answers_for = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=_("Responsible organisation"),
    )
    answers_post = models.CharField(max_length=200, blank=True, verbose_name=_("Person responsible, by post"))

    measure = models.CharField(
        max_length=80,
        blank=True,
        verbose_name=_("Values"),
        help_text=_("Calculated from records if there is a formula; otherwise entered by people."),
    )  # a name in indicators/catalogue.py; blank = entered by hand
    measure_of = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Which result"),
        help_text=_("Where the formula gives many, for example one for each question of a survey."),
    )  # one of the measure's choices
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))
    on_home = models.BooleanField(default=False, verbose_name=_("On the home page"))
    position = models.PositiveIntegerField(default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["position", "id"], name="indicator_order")]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.answers_for.successor().pk} if self.answers_for else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:indicator", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:indicator", self.code)

    def search_entry(self) -> Entry:
        words = in_each_language(self, "title", "definition")
        return Entry("indicator", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_public)


class RecordList(models.Model):
    """The records that a reading counted, with their names as they then were. Kept once, however many readings counted
    the same, and distinguished by its content."""

    read_with = Permission.INDICATOR_READ

    sha256 = models.CharField(max_length=64, unique=True)
    rows = models.JSONField()  # [[label, address, counted], ...], those not counted first
    total = models.PositiveIntegerField()  # how many there were; `rows` keeps the first of a very long list

    def __str__(self) -> str:
        return f"{self.total} {self.sha256[:12]}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    def current(self) -> ReadingQuerySet:
        """Without those that were corrected: what holds today."""
        return self.filter(corrected_by=None)

    def of_the_country(self) -> ReadingQuerySet:
        """The whole country's own: no part of an index, no other state."""
        return self.filter(part="", subject="")

    def visible_to(self, viewer: object) -> ReadingQuerySet:
        return self if can(viewer, Permission.INDICATOR_READ) else self.filter(indicator__is_public=True)


class Reading(Record, Translated, Sourced):
    """A value for a period: computed by a measure, or entered with a source. Frozen once approved; a correction is a
    new reading that points to the one it corrects, and both stay."""

    translated_fields: ClassVar[tuple[str, ...]] = ("note", "part", "subject")

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="readings", verbose_name=_("Indicator")
    )
    starts_on = models.DateField(verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"))
    part = models.CharField(
        max_length=80, blank=True, verbose_name=_("Part")
    )  # "legal": a part of the whole (pillar of an index); blank = the whole
    subject = models.CharField(
        max_length=80, blank=True, verbose_name=_("Subject")
    )  # another state, for comparison; blank = the country
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Value"))
    qualifier = models.CharField(
        max_length=12, blank=True, verbose_name=_("Qualifier")
    )  # "over", "about": as the source says
    numerator = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Numerator"))
    denominator = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, verbose_name=_("Denominator")
    )
    working = models.JSONField(default=dict, blank=True)  # groups, left-out and the day, as the measure gave them
    records = models.ForeignKey(
        RecordList, null=True, blank=True, on_delete=models.PROTECT, related_name="readings", editable=False
    )
    measure = models.CharField(max_length=80, blank=True, verbose_name=_("Measure"))
    measure_version = models.PositiveSmallIntegerField(default=0, verbose_name=_("Version"))
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))
    not_comparable = models.BooleanField(
        default=False, verbose_name=_("Not comparable")
    )  # with the reading before: another method
    taken_at = models.DateTimeField(verbose_name=_("Taken"))
    taken_by = models.CharField(max_length=200, verbose_name=_("Entered by"))
    frozen_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Frozen"))
    frozen_by = models.CharField(max_length=200, blank=True, verbose_name=_("Frozen by"))
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by", verbose_name=_("Corrects")
    )

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["ends_on", "pk"]
        indexes = [models.Index(fields=["indicator", "ends_on"], name="reading_when")]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "ends_on", "part", "subject"],
                condition=Q(corrects=None),
                name="reading_once_a_period",
            ),
            models.CheckConstraint(condition=Q(starts_on__lte=models.F("ends_on")), name="reading_dates_in_order"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, frozen_by="") | (Q(frozen_at__isnull=False) & ~Q(frozen_by="")),
                name="frozen_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.period.label}"

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def on(self) -> date:
        """The day for which it holds: its period's last, or the day it was taken when the period still ran."""
        as_of = self.working.get("as_of")
        return date.fromisoformat(as_of) if as_of else self.ends_on

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def is_doubtful(self) -> bool:
        """What is computed from records has no source that somebody could check: its working shows it."""
        return not self.measure and super().is_doubtful

    def mark_computed(self) -> None:
        """It is computed from the records themselves: what was entered in its place before, and checked, is gone."""
        self.confirmed, self.confirmed_by, self.confirmed_on, self.read_on, self.read_in = False, "", None, None, ""

    def owner_ids(self) -> set[int]:
        return self.indicator.owner_ids()

    def workspace_url(self) -> str:
        return path_to("workspace:reading", self.indicator.code, self.pk)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuses to change what is frozen; so does the database itself (migration 0002)."""
        if not self._state.adding and getattr(self, "_as_loaded", {}).get("frozen_at") is not None:
            raise Refused(FROZEN, code="frozen")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen:
            raise Refused(FROZEN, code="frozen")
        return super().delete(*args, **kwargs)

    def audit_subject(self) -> models.Model:
        return self.indicator


class ChartNote(Record, Translated, Sourced):
    """Something that happened and belongs on the chart: "duty rota began, Apr 2026"."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="chart_notes")
    on = models.DateField(verbose_name=_("Day"))
    title = models.CharField(max_length=120, verbose_name=_("What happened"))

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.indicator
