"""Obligations and what is due under them; forms, notifications with their stages, and what was submitted."""

from floreo.obligations.models.choices import (
    ANSWER,
    EDIT,
    N_HANDLE,
    N_READ,
    N_WRITE,
    READ,
    Binds,
    DueStateChoice,
    ImpactChoice,
    KindChoice,
    RhythmChoice,
    StageChoice,
    StageStateChoice,
    StateChoice,
    WaitingForChoice,
)
from floreo.obligations.models.forms import NotificationForm
from floreo.obligations.models.notifications import Forwarding, Notification, NotificationClock
from floreo.obligations.models.obligations import Obligation, ObligationDue, ObligationSector
from floreo.obligations.models.stages import NotificationStage, StageDraft, StageFile, StageVersion

__all__ = [
    "ANSWER",
    "EDIT",
    "N_HANDLE",
    "N_READ",
    "N_WRITE",
    "READ",
    "Binds",
    "DueStateChoice",
    "Forwarding",
    "ImpactChoice",
    "KindChoice",
    "Notification",
    "NotificationClock",
    "NotificationForm",
    "NotificationStage",
    "Obligation",
    "ObligationDue",
    "ObligationSector",
    "RhythmChoice",
    "StageChoice",
    "StageDraft",
    "StageFile",
    "StageStateChoice",
    "StageVersion",
    "StateChoice",
    "WaitingForChoice",
]
