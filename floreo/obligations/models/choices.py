"""Who may read and answer obligations and notifications, and their states."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.obligations import logic

READ, EDIT, ANSWER = Permission.OBLIGATION_READ, Permission.OBLIGATION_EDIT, Permission.OBLIGATION_ANSWER
N_READ, N_WRITE, N_HANDLE = Permission.NOTIFICATION_READ, Permission.NOTIFICATION_WRITE, Permission.NOTIFICATION_HANDLE


class RhythmChoice(models.TextChoices):
    MONTHS = logic.Rhythm.MONTHS, _("Every few months")
    ONCE = logic.Rhythm.ONCE, pgettext_lazy("an obligation", "Once")
    EVENT = logic.Rhythm.EVENT, _("After an event")


class Binds(models.TextChoices):
    """Whom an obligation binds, within its sectors."""

    DESIGNATED = "designated", _("Operators of a designated service")
    OPERATORS = "operators", _("Operators of any essential service")
    ALL = "all", _("Every organisation of the sector")


class DueStateChoice(models.TextChoices):
    OPEN = logic.DueState.OPEN, pgettext_lazy("an obligation", "To be done")
    SUBMITTED = logic.DueState.SUBMITTED, pgettext_lazy("an obligation", "Submitted")
    RETURNED = logic.DueState.RETURNED, pgettext_lazy("an obligation", "Returned")
    ACCEPTED = logic.DueState.ACCEPTED, pgettext_lazy("an obligation", "Accepted")
    LAPSED = logic.DueState.LAPSED, pgettext_lazy("an obligation", "No longer due")


class WaitingForChoice(models.TextChoices):
    OPERATOR = logic.WaitingFor.OPERATOR, _("The operator")
    REGULATOR = logic.WaitingFor.REGULATOR, _("The national team")
    NOBODY = logic.WaitingFor.NOBODY, pgettext_lazy("waiting for", "Nobody")


class KindChoice(models.TextChoices):
    INCIDENT = logic.NoticeKind.INCIDENT, _("Incident")
    NEAR_MISS = logic.NoticeKind.NEAR_MISS, _("Near miss")
    THREAT = logic.NoticeKind.THREAT, _("Cyber threat")
    VOLUNTARY = logic.NoticeKind.VOLUNTARY, _("Voluntary notification")


class StageChoice(models.TextChoices):
    EARLY_WARNING = logic.Stage.EARLY_WARNING, _("Early warning")
    NOTIFICATION = logic.Stage.NOTIFICATION, _("Incident notification")
    PROGRESS = logic.Stage.PROGRESS, _("Progress report")
    FINAL = logic.Stage.FINAL, _("Final report")


class StageStateChoice(models.TextChoices):
    DRAFT = logic.StageState.DRAFT, pgettext_lazy("a stage", "Being written")
    SUBMITTED = logic.StageState.SUBMITTED, pgettext_lazy("a stage", "Submitted")
    RETURNED = logic.StageState.RETURNED, pgettext_lazy("a stage", "Returned")
    ACCEPTED = logic.StageState.ACCEPTED, pgettext_lazy("a stage", "Accepted")


class StateChoice(models.TextChoices):
    DRAFT = logic.NotificationState.DRAFT, pgettext_lazy("a notification", "Nothing submitted")
    OPEN = logic.NotificationState.OPEN, pgettext_lazy("a notification", "Open")
    CLOSED = logic.NotificationState.CLOSED, pgettext_lazy("a notification", "Closed")
    WITHDRAWN = logic.NotificationState.WITHDRAWN, _("Withdrawn as a false alarm")
    REJECTED = logic.NotificationState.REJECTED, pgettext_lazy("a notification", "Rejected")


class ImpactChoice(models.TextChoices):
    NONE = "none", pgettext_lazy("impact", "None")
    DEGRADED = "degraded", _("The service is degraded")
    STOPPED = "stopped", _("The service has stopped")
