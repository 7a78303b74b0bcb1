"""Exercises in spotting a phish, and what groups of people did in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.awareness.models.choices import SpotPart, Verdict
from floreo.awareness.models.published import Published
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.organisations.models import Organisation


class Exercise(Published):
    """Messages to look at in the browser: which are a phish, and why. No e-mail is sent."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    class Meta:
        ordering = ["audience", "title", "pk"]

    def get_absolute_url(self) -> str:
        return path_to("portal:exercise", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:exercise", self.code)

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        return Entry("exercise", self.title, self.search_words(), here, self.workspace_url(), self.is_public)


class OfExerciseQuerySet(models.QuerySet["Message"]):
    def visible_to(self, viewer: object) -> OfExerciseQuerySet:
        """Seen by whoever sees the exercise."""
        return self.filter(exercise__in=Exercise.objects.visible_to(viewer))


class Message(Record, Translated):
    """One message as it would lie in an inbox, and what it is."""

    translated_fields: ClassVar[tuple[str, ...]] = (
        "sender_name",
        "subject",
        "body",
        "link_text",
        "explanation",
    )

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    sender_name = models.CharField(max_length=100, verbose_name=_("Name of the sender"))
    sender_address = models.CharField(
        max_length=200,
        verbose_name=_("Address of the sender"),
        help_text=_("Under example.org or another reserved name."),
    )
    subject = models.CharField(max_length=200, verbose_name=pgettext_lazy("of a message", "Subject"))
    body = models.TextField(max_length=4000, verbose_name=_("Text"))
    link_text = models.CharField(max_length=200, blank=True, verbose_name=_("Words of the link"))
    link_address = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Where the link leads"),
        help_text=_("Shown as text; it opens nothing."),
    )
    attachment = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the attachment"))
    verdict = models.CharField(max_length=5, choices=Verdict.choices, verbose_name=_("What it is"))
    explanation = models.TextField(
        max_length=1500, verbose_name=_("Explanation"), help_text=_("Shown after the decision.")
    )

    objects = OfExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["exercise", "number"]
        constraints = [models.UniqueConstraint(fields=["exercise", "number"], name="exercise_message_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.subject}"

    def audit_subject(self) -> models.Model:
        return self.exercise

    def owner_ids(self) -> set[int]:
        return set()

    @property
    def is_phish(self) -> bool:
        return self.verdict == Verdict.PHISH


class OfMessageQuerySet(models.QuerySet["Spot"]):
    def visible_to(self, viewer: object) -> OfMessageQuerySet:
        """Seen by whoever sees the exercise."""
        return self.filter(message__exercise__in=Exercise.objects.visible_to(viewer))


class Spot(Record, Translated):
    """A place in a message that can be marked: a sign of a phish, or one that only looks like it."""

    translated_fields: ClassVar[tuple[str, ...]] = ("quote", "explanation")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="spots")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    part = models.CharField(max_length=10, choices=SpotPart.choices, verbose_name=_("Part of the message"))
    quote = models.CharField(
        max_length=300, blank=True, verbose_name=_("Words"), help_text=_("For the text: exactly as they are in it.")
    )
    is_sign = models.BooleanField(default=True, verbose_name=_("A sign of a phish"))
    explanation = models.CharField(max_length=500, verbose_name=_("Explanation"))

    objects = OfMessageQuerySet.as_manager()

    class Meta:
        ordering = ["message", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="message_spot_once"),
            models.CheckConstraint(condition=~Q(part="body") | ~Q(quote=""), name="message_spot_has_words"),
        ]

    def __str__(self) -> str:
        return self.quote or str(self.get_part_display())

    def audit_subject(self) -> models.Model:
        return self.message.exercise

    def owner_ids(self) -> set[int]:
        return set()


class ExerciseCount(models.Model):
    """What those decided who took an exercise in no group, by day. Message 0 counts takers in `number`."""

    not_chained = "Counted by the worker from what anybody sends; says nothing of a person."
    read_with = Permission.AWARENESS_READ

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    message = models.PositiveIntegerField()
    number = models.PositiveBigIntegerField(default=0)
    right = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "day", "message"], name="exercise_count_once")]

    def __str__(self) -> str:
        return f"{self.exercise_id} {self.day} {self.message}"


_COUNTED = "Added up by the worker from what takers send."


class ExerciseGroup(Record):
    """A class, an office, a ministry that takes an exercise together. It has sums alone: neither who nor when nor which message. They show
    once the group is closed, and only from a smallest number of takers (logic.py).

    The join code is on a blackboard: it opens nothing but being counted in the group, and ends on a day."""

    read_with = Permission.AWARENESS_READ
    secret_fields: ClassVar[frozenset[str]] = frozenset({"join_code"})
    not_chained: ClassVar[dict[str, str]] = dict.fromkeys(
        ("takers", "phish_seen", "phish_recognised", "real_seen", "real_recognised"), _COUNTED
    )

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="groups")
    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(
        max_length=200, verbose_name=_("Group"), help_text=_("An office, a class, a firm. Never the name of a person.")
    )
    sector = models.CharField(max_length=10, choices=Sector.choices, verbose_name=_("Sector"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exercise_groups",
        verbose_name=_("Organisation"),
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("Part of"),
        help_text=_("Its results are added to this group."),
    )
    join_code = models.CharField(max_length=12, unique=True, verbose_name=_("Join code"))
    ends_on = models.DateField(verbose_name=_("Last day"), help_text=_("From the day after, nobody can join."))
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed on"))
    takers = models.PositiveIntegerField(default=0, verbose_name=_("Participants"))
    phish_seen = models.PositiveIntegerField(default=0)  # decisions on messages that are a phish
    phish_recognised = models.PositiveIntegerField(default=0)
    real_seen = models.PositiveIntegerField(default=0)
    real_recognised = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["exercise", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["exercise", "name"], name="exercise_group_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nobody can join any more. It does not begin again: results have shown since."""
        return self.closed_on is not None or self.ends_on < clock.today()

    def audit_subject(self) -> models.Model:
        return self.exercise

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()


class SimulationResult(Record, Sourced):
    """What the simulation tool of an organisation counted for a group on a day: how many were sent a message, and what they did."""

    read_with = Permission.AWARENESS_READ

    group = models.ForeignKey(ExerciseGroup, on_delete=models.PROTECT, related_name="simulations")
    held_on = models.DateField(verbose_name=_("Date"))
    sent = models.PositiveIntegerField(verbose_name=_("Sent"))
    opened = models.PositiveIntegerField(verbose_name=_("Opened"))
    clicked = models.PositiveIntegerField(verbose_name=_("Clicked"))
    reported = models.PositiveIntegerField(verbose_name=_("Reported"))

    class Meta:
        ordering = ["-held_on", "group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "held_on"], name="simulation_once"),
            models.CheckConstraint(
                condition=Q(opened__lte=F("sent"), clicked__lte=F("sent"), reported__lte=F("sent")),
                name="simulation_within_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.held_on}"

    def audit_subject(self) -> models.Model:
        return self.group.exercise

    def owner_ids(self) -> set[int]:
        return self.group.owner_ids()
