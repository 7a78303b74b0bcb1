"""Injects, what is expected after each, and what came of them while the exercise ran."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record, Translated
from floreo.tabletops.logic import (
    InjectState,
)
from floreo.tabletops.models.choices import MINUTES, InjectStateChoice, VerdictChoice
from floreo.tabletops.models.exercises import OfTabletop, Tabletop, TabletopObjective
from floreo.tabletops.models.participants import Participant


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
    state = models.CharField(
        max_length=7, choices=InjectStateChoice.choices, default=InjectState.WAITING, verbose_name=_("State")
    )
    sent_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Sent"))
    sent_minute = models.PositiveIntegerField(null=True, blank=True)
    sent_by = models.CharField(max_length=200, blank=True, verbose_name=_("Sent by"))  # empty: by the clock
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


class TabletopDeliveryQuerySet(OfTabletop["Delivery"]):
    pass


class Delivery(Record):
    """That one inject reached one participant: once, by e-mail and on their page, or on the page alone."""

    inject = models.ForeignKey(Inject, on_delete=models.CASCADE, related_name="deliveries")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="deliveries")
    by_mail = models.BooleanField(default=False, verbose_name=_("By e-mail"))

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
    text = models.TextField(max_length=4000, verbose_name=_("Text"))
    is_afterwards = models.BooleanField(default=False)
    written_at = models.DateTimeField(verbose_name=_("Written"))

    objects = TabletopResponseQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"{self.participant}: {self.text[:60]}"

    def audit_subject(self) -> models.Model:
        return self.participant.tabletop
