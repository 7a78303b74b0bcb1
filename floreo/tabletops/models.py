"""Scenarios of the library; exercises with their objectives, injects and expected actions; who takes part, what they write, what was
observed; and what follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.access import Permission, can, reach
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
    InjectState,
    Part,
    ParticipantState,
    State,
    Verdict,
    minutes_run,
)

READ, RUN, FINDING = Permission.TABLETOP_READ, Permission.TABLETOP_RUN, Permission.TABLETOP_FINDING
MINUTES = [MaxValueValidator(LONGEST)]


class StateChoice(models.TextChoices):
    PLANNED = State.PLANNED, pgettext_lazy("an exercise", "Planned")
    RUNNING = State.RUNNING, pgettext_lazy("an exercise", "Running")
    PAUSED = State.PAUSED, pgettext_lazy("an exercise", "Paused")
    ENDED = State.ENDED, pgettext_lazy("an exercise", "Held, to be evaluated")
    EVALUATED = State.EVALUATED, pgettext_lazy("an exercise", "Evaluated")
    CANCELLED = State.CANCELLED, pgettext_lazy("an exercise", "Cancelled")


class InjectStateChoice(models.TextChoices):
    WAITING = InjectState.WAITING, pgettext_lazy("an inject", "Not sent yet")
    SENT = InjectState.SENT, pgettext_lazy("an inject", "Sent")
    SKIPPED = InjectState.SKIPPED, pgettext_lazy("an inject", "Skipped")


class VerdictChoice(models.TextChoices):
    MET = Verdict.MET, pgettext_lazy("an expected action", "Met")
    PARTLY = Verdict.PARTLY, pgettext_lazy("an expected action", "Partly met")
    NOT_MET = Verdict.NOT_MET, pgettext_lazy("an expected action", "Not met")


class ParticipantStateChoice(models.TextChoices):
    INVITED = ParticipantState.INVITED, pgettext_lazy("a participant", "Invited, not accepted")
    ACCEPTED = ParticipantState.ACCEPTED, pgettext_lazy("a participant", "Accepted")
    DECLINED = ParticipantState.DECLINED, pgettext_lazy("a participant", "Declined")
    LEFT = ParticipantState.LEFT, pgettext_lazy("a participant", "Left")
    REMOVED = ParticipantState.REMOVED, pgettext_lazy("a participant", "Removed")


class PartChoice(models.TextChoices):
    PLAYER = Part.PLAYER, pgettext_lazy("in an exercise", "Participant")
    OBSERVER = Part.OBSERVER, pgettext_lazy("in an exercise", "Observer")


# --- The library --------------------------------------------------------------------------------------------------


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


# --- Exercises ----------------------------------------------------------------------------------------------------


class TabletopQuerySet(models.QuerySet["Tabletop"]):
    def visible_to(self, viewer: object) -> TabletopQuerySet:
        """For those who run exercises. What the public reads of one that was held is in `published`, and nothing else of it."""
        return self if can(viewer, READ) else self.none()

    def published(self) -> TabletopQuerySet:
        return self.filter(is_public=True, state__in=WAS_HELD)


class Tabletop(Record, Translated, Sourced):
    """One exercise: planned, started, paused, ended, evaluated. Its clock runs from the start and stands while it is paused."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim")

    code = models.SlugField(max_length=20, unique=True)  # ex-2026-01: the public table tells exercises apart by it
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
    state = models.CharField(max_length=9, choices=StateChoice.choices, default=State.PLANNED)
    started_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_itself = models.BooleanField(default=False)  # nobody closed it
    evaluation_due_on = models.DateField(null=True, blank=True, verbose_name=_("Evaluation due"))
    evaluated_on = models.DateField(null=True, blank=True)
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


class InjectQuerySet(OfTabletop["Inject"]):
    pass


class Inject(Record, Translated):
    """A message that participants get at a minute of the exercise. It is sent once."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "text")

    tabletop = models.ForeignKey(Tabletop, on_delete=models.CASCADE, related_name="injects")
    number = models.PositiveSmallIntegerField()
    minute = models.PositiveSmallIntegerField(
        validators=MINUTES,
        verbose_name=_("Minute"),
        help_text=_("Minutes from the start. Pauses are not counted."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    text = models.TextField(max_length=8000, verbose_name=_("Text for participants"))
    state = models.CharField(max_length=7, choices=InjectStateChoice.choices, default=InjectState.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_minute = models.PositiveIntegerField(null=True, blank=True)
    sent_by = models.CharField(max_length=200, blank=True)  # empty: by the clock
    reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))

    objects = InjectQuerySet.as_manager()

    class Meta:
        ordering = ["minute", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tabletop", "number"], name="inject_number_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="inject_sent_at_a_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        return self.state == InjectState.WAITING

    @property
    def is_sent(self) -> bool:
        return self.state == InjectState.SENT

    def audit_subject(self) -> models.Model:
        return self.tabletop

    def workspace_url(self) -> str:
        return f"{self.tabletop.workspace_url()}#inject-{self.number}"


class ExpectedActionQuerySet(OfTabletop["ExpectedAction"]):
    pass


class ExpectedAction(Record, Translated):
    """What participants should do upon an inject. Its verdict is settled in the evaluation."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text",)

    inject = models.ForeignKey(Inject, on_delete=models.CASCADE, related_name="expected")
    objective = models.ForeignKey(
        TabletopObjective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="expected",
        verbose_name=_("Objective"),
    )
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=500, verbose_name=_("Expected action"))
    verdict = models.CharField(max_length=7, choices=VerdictChoice.choices, blank=True, verbose_name=_("Verdict"))
    note = models.CharField(max_length=1000, blank=True, verbose_name=_("Note"))

    objects = ExpectedActionQuerySet.as_manager()

    class Meta:
        ordering = ["inject__minute", "inject__number", "position", "pk"]

    def __str__(self) -> str:
        return self.text

    def audit_subject(self) -> models.Model:
        return self.inject.tabletop

    def workspace_url(self) -> str:
        return self.inject.workspace_url()


class TabletopParticipantQuerySet(OfTabletop["Participant"]):
    pass


class Participant(Record):
    """Somebody who was invited to one exercise, and what they gave when they accepted by their own link. It points to no person of the
    register: what changes there changes nothing here.

    `mail` is the only address to which anything of the exercise is sent, and only while `consent` seals it: both are written by the
    press of its owner, and by nothing else (actions/joining.py, recipients.py)."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"consent"})

    tabletop = models.ForeignKey(Tabletop, on_delete=models.CASCADE, related_name="participants")
    number = models.PositiveSmallIntegerField()
    part = models.CharField(
        max_length=8, choices=PartChoice.choices, default=Part.PLAYER, verbose_name=_("Takes part as")
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tabletop_participants",
        verbose_name=_("Organisation"),
    )
    organisation_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the organisation"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    post = models.CharField(max_length=200, blank=True, verbose_name=_("Post"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    invited_mail = models.EmailField(
        blank=True,
        verbose_name=_("E-mail for the invitation"),
        help_text=_(
            "Only the invitation goes there. Injects go to the address that the person gives when they accept. Empty: you hand over the link."
        ),
    )
    pending_mail = models.EmailField(blank=True)  # given, and not confirmed by whoever has it
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    consent = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=ParticipantStateChoice.choices, default=ParticipantState.INVITED)
    accepted_at = models.DateTimeField(null=True, blank=True)
    link_version = models.PositiveIntegerField(default=1)

    objects = TabletopParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tabletop", "number"], name="tabletop_participant_number_once")]

    def __str__(self) -> str:
        return self.name or str(_("Participant %(number)d") % {"number": self.number})

    @property
    def is_in(self) -> bool:
        return self.state == ParticipantState.ACCEPTED

    @property
    def is_observer(self) -> bool:
        return self.part == Part.OBSERVER

    @property
    def organisation_words(self) -> str:
        return self.organisation.in_language("name") if self.organisation else self.organisation_name

    def audit_subject(self) -> models.Model:
        return self.tabletop

    def workspace_url(self) -> str:
        return f"{self.tabletop.workspace_url()}#participants"


class TabletopDeliveryQuerySet(OfTabletop["Delivery"]):
    pass


class Delivery(Record):
    """That one inject reached one participant: once, by e-mail and on their page, or on the page alone."""

    inject = models.ForeignKey(Inject, on_delete=models.CASCADE, related_name="deliveries")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="deliveries")
    by_mail = models.BooleanField(default=False)

    objects = TabletopDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["inject", "participant"], name="inject_delivered_once")]

    def __str__(self) -> str:
        return f"{self.inject} → {self.participant}"

    def audit_subject(self) -> models.Model:
        return self.inject.tabletop


class TabletopResponseQuerySet(OfTabletop["Response"]):
    pass


class Response(Record):
    """What a participant wrote that they do, or after the end in the first talk. TLP:AMBER: for those who run the exercise."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="responses")
    inject = models.ForeignKey(Inject, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses")
    minute = models.PositiveIntegerField(default=0)
    text = models.TextField(max_length=4000)
    is_afterwards = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    objects = TabletopResponseQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.participant}: {self.text[:60]}"

    def audit_subject(self) -> models.Model:
        return self.participant.tabletop


class TabletopObservationQuerySet(OfTabletop["Observation"]):
    pass


class Observation(Record):
    """What one observer noted of one expected action: whether it was met, and at which minute."""

    expected = models.ForeignKey(ExpectedAction, on_delete=models.CASCADE, related_name="observations")
    verdict = models.CharField(max_length=7, choices=VerdictChoice.choices, verbose_name=_("Verdict"))
    minute = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Minute"))
    note = models.CharField(max_length=1000, blank=True, verbose_name=_("Note"))
    by = models.CharField(max_length=200)
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
    number = models.PositiveSmallIntegerField()
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
