"""Who may read and run exercises, how long one lasts at most, and states and verdicts."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.tabletops.logic import (
    LONGEST,
    InjectState,
    ParticipantKind,
    ParticipantState,
    State,
    Verdict,
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
    PLAYER = ParticipantKind.PLAYER, pgettext_lazy("in an exercise", "Participant")
    OBSERVER = ParticipantKind.OBSERVER, pgettext_lazy("in an exercise", "Observer")
