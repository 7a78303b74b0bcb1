"""Drafts read from a text, waiting for a person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record
from floreo.strategy.models.editions import Edition


class DraftState(models.TextChoices):
    READING = "reading", _("Reading in progress")
    OPEN = "open", _("Waiting for review")
    FAILED = "failed", _("Could not be read")
    FINISHED = "finished", _("Finished")
    DROPPED = "dropped", _("Discarded")


class ImportDraft(Record):
    """What the rules read out of one text, waiting for a person. Nothing of it is in the plan until it is accepted."""

    read_with = Permission.IMPORT_REVIEW

    code = models.SlugField(max_length=60, unique=True)
    file_name = models.CharField(max_length=200, verbose_name=_("File name"))
    file = models.FileField(upload_to="imports/", blank=True)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, blank=True, verbose_name=_("Kind"))  # text, word, pdf ...
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
    text = models.TextField(blank=True)  # the whole text, fixed
    repaired = models.JSONField(default=list, blank=True)  # [[start, end], ...]
    blocks = models.JSONField(default=list, blank=True)  # [{"kind", "level", "number", "start", "end", ...}, ...]
    drafted = models.JSONField(default=list, blank=True)  # the plan as the rules drafted it: outline/stored.py
    marks = models.JSONField(default=list, blank=True)  # what a person marked and changed: outline/profiles.py
    state = models.CharField(
        max_length=10, choices=DraftState.choices, default=DraftState.READING, verbose_name=_("State")
    )
    failure = models.CharField(max_length=500, blank=True, verbose_name=_("Problem"))  # a sentence for the reader
    edition = models.ForeignKey(
        Edition, null=True, blank=True, on_delete=models.SET_NULL, related_name="drafts", verbose_name=_("Edition")
    )
    started_by = models.CharField(max_length=200, verbose_name=_("Started by"))
    claimed_until = models.DateTimeField(null=True, blank=True)  # the lease of whoever reads it: core/leases.py
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class RowState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("unchecked")
    ACCEPTED = "accepted", _("Accepted")
    EDITED = "edited", _("Accepted with a change")
    REJECTED = "rejected", _("Rejected")


class DraftRow(Record):
    """One drafted row and the exact passage it came from. Without a passage it cannot exist: the database refuses it."""

    read_with = Permission.IMPORT_REVIEW

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, verbose_name=_("Kind"))  # drafting.rows.Kind
    title = models.CharField(max_length=500, verbose_name=_("Title"))
    fields = models.JSONField(default=dict, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    passage = models.TextField()
    parent_number = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=RowState.choices, default=RowState.UNCONFIRMED, verbose_name=_("State")
    )
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    became = models.CharField(
        max_length=120, blank=True, verbose_name=_("Became")
    )  # audit key of what it became in the plan
    is_offer = models.BooleanField(default=False)  # not certain enough to be a row, until a person takes it

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_row_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")) & ~Q(passage=""), name="draft_row_has_passage"),
            models.CheckConstraint(
                condition=Q(state="unconfirmed", decided_by="", decided_at=None)
                | (~Q(state="unconfirmed") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="draft_row_decided_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def audit_subject(self) -> models.Model:
        return self.draft
