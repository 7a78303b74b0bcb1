"""Notices that begin for some organisations earlier than for others, in random order, so that what they change can be measured."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.core.models import Record
from floreo.organisations.models import Organisation


class SteppedState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("stepped start", "Waits for agreement")
    AGREED = "agreed", pgettext_lazy("stepped start", "Agreed")
    STOPPED = "stopped", pgettext_lazy("stepped start", "Stopped")
    DISCARDED = "discarded", pgettext_lazy("stepped start", "Not carried out")


class SteppedStart(Record):
    """Notices of one kind of finding begin for a part of the organisations at each step. Drafted by one person, agreed by another."""

    read_with = Permission.FEED_READ

    kind = models.CharField(
        max_length=80,
        verbose_name=_("Kind of finding"),
        help_text=_("For example open-ntp. Only one that is not urgent."),
    )
    begins_on = models.DateField(
        verbose_name=_("First step"), help_text=_("The day on which the first organisations may be notified.")
    )
    days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(7), MaxValueValidator(60)],
        verbose_name=_("Days from one step to the next"),
        help_text=_("From 7 to 60. Long enough for a notice to arrive, a fix, and the scans that show it."),
    )
    steps = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(6)],
        verbose_name=_("Steps"),
        help_text=_(
            "From 2 to 6. At each the same number of organisations, as near as can be, is notified for the first time."
        ),
    )
    reason = models.CharField(
        max_length=500, verbose_name=_("Reason"), help_text=_("Why it is justified that some are notified later.")
    )
    state = models.CharField(
        max_length=10, choices=SteppedState.choices, default=SteppedState.DRAFT, verbose_name=_("State")
    )
    made_by = models.CharField(max_length=200, verbose_name=_("Made by"))
    made_on = models.DateField(verbose_name=_("Made on"))
    agreed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Agreed by"))
    agreed_on = models.DateField(null=True, blank=True, verbose_name=_("Agreed on"))
    # Drawn when it was agreed: with it and the codes of the organisations anybody can make the order again.
    seed = models.CharField(max_length=32, blank=True)
    stopped_by = models.CharField(max_length=200, blank=True, verbose_name=_("Stopped by"))
    stopped_on = models.DateField(null=True, blank=True, verbose_name=_("Stopped"))
    stop_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for the stop"))

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(state="draft"), name="one_draft_of_a_start_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.begins_on}"

    def get_absolute_url(self) -> str:
        return reverse("workspace:stepped_start", args=[self.pk])

    def begins(self, step: int) -> date:
        """The day on which that step begins, counted from 1."""
        return self.begins_on + timedelta(days=self.days * (step - 1))

    @property
    def all_begun_on(self) -> date:
        """From then on nobody waits, so nobody is left to compare with."""
        return self.begins(self.steps)

    @property
    def compared_until(self) -> date:
        """The day on which the comparison ends: when nobody waits any more, or it was stopped."""
        return min(self.all_begun_on, self.stopped_on or self.all_begun_on)


class SteppedPlace(models.Model):
    """At which step one organisation is notified for the first time."""

    not_chained = "Made when the start is agreed; the entry of the trail holds the seed and the order."

    start = models.ForeignKey(SteppedStart, on_delete=models.CASCADE, related_name="places")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()  # from 1
    begins_on = models.DateField()

    class Meta:
        ordering = ["step", "organisation__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["start", "organisation"], name="one_place_a_start")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.step}"
