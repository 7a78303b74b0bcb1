"""Stages of a notification: drafts, files, and each version that was submitted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import reach
from floreo.core.models import Record
from floreo.obligations import logic
from floreo.obligations.models.choices import N_READ, StageChoice, StageStateChoice
from floreo.obligations.models.notifications import Notification, OfNotificationQuerySet


class NotificationStage(Record):
    """One stage of a notification. `first_at` is the first submission, from which and at which clocks count, whatever is sent later."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="stages")
    kind = models.CharField(max_length=13, choices=StageChoice.choices, verbose_name=_("Kind"))
    number = models.PositiveSmallIntegerField(default=1)  # of progress reports
    state = models.CharField(
        max_length=9, choices=StageStateChoice.choices, default=StageStateChoice.DRAFT, verbose_name=_("State")
    )
    asked_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Requested"))  # by the team
    asked_for = models.TextField(max_length=2000, blank=True, verbose_name=_("What the team wants to know"))
    asked_by_day = models.DateField(null=True, blank=True, verbose_name=_("To be answered by"))
    first_at = models.DateTimeField(null=True, blank=True, verbose_name=_("First sent"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))

    objects = OfNotificationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "kind", "number"], name="notification_stage_once"),
            models.CheckConstraint(condition=Q(state="draft") | Q(first_at__isnull=False), name="stage_submitted_when"),
        ]

    def __str__(self) -> str:
        return f"{self.notification.reference}, {self.get_kind_display()} {self.number}"

    @property
    def is_writable(self) -> bool:
        return self.state in {logic.StageState.DRAFT, logic.StageState.RETURNED}

    def audit_subject(self) -> models.Model:
        return self.notification

    def owner_ids(self) -> set[int]:
        return self.notification.owner_ids()


class StageDraft(models.Model):
    """What is being written in a stage. `version` distinguishes two who write at once. Nobody but its own organisation reads it."""

    not_chained = "A draft saves itself every few seconds; what is submitted is in the trail."

    stage = models.OneToOneField(NotificationStage, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.stage_id} {self.version}"


class StageFileQuerySet(models.QuerySet["StageFile"]):
    def visible_to(self, viewer: object) -> StageFileQuerySet:
        """With the notification; what was not submitted yet, to its organisation alone."""
        rows = self.filter(stage__notification__in=Notification.objects.visible_to(viewer))
        return rows.submitted() if reach(viewer, N_READ) is None else rows

    def submitted(self) -> StageFileQuerySet:
        return self.exclude(version_number=None)


class StageFile(Record):
    """A file that an operator attached to a stage: kept under a random name, described by its content, handed out as a download alone."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"name"})  # how somebody calls a file may name people

    stage = models.ForeignKey(NotificationStage, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)  # as it came, tidied, with the ending of its content
    media_type = models.CharField(max_length=100, verbose_name=_("Media type"))  # as its content says
    size = models.PositiveBigIntegerField(verbose_name=_("Size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="notifications/", max_length=300)
    at = models.DateTimeField(verbose_name=_("Received"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    # The version of the stage with which it was submitted; none while it is being written.
    version_number = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = StageFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "sha256"], name="stage_file_once")]

    def __str__(self) -> str:
        return f"SHA-256 {self.sha256[:12]}"

    @property
    def is_submitted(self) -> bool:
        return self.version_number is not None

    def audit_subject(self) -> models.Model:
        return self.stage.notification

    def owner_ids(self) -> set[int]:
        return self.stage.notification.owner_ids()


class StageVersion(Record):
    """What was submitted, as it was. Nobody changes one."""

    stage = models.ForeignKey(NotificationStage, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(verbose_name=_("Version"))
    at = models.DateTimeField(verbose_name=_("Received"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    answers = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["stage", "number"], name="stage_version_once")]

    def __str__(self) -> str:
        return f"{self.stage}, {self.number}"

    def audit_subject(self) -> models.Model:
        return self.stage.notification

    def owner_ids(self) -> set[int]:
        return self.stage.notification.owner_ids()
