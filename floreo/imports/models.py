"""Imports of spreadsheets: the file, how it is read, what became of its rows, and what undoing them needs; and the profiles of sources."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import reach
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.imports.targets import targets_for

KEPT_DAYS = 14  # sheets of a file that nobody imports


class OfTargetQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfTargetQuerySet:
        """Whoever may write rows of the target one by one: everywhere, all of them; for their own organisation, what they brought
        themselves."""
        targets = targets_for(viewer)
        everywhere = [name for name, target in targets.items() if reach(viewer, target.needs) is None]
        own = models.Q(target__in=list(targets), by_code=getattr(viewer, "actor_code", ""))
        return self.filter(models.Q(target__in=everywhere) | own)


class ImportProfile(Record):
    """How files of one source are read: "Tracker of the ministry". `columns`: by the plain header {"field", "format"}; `values`: by field
    what each plain text means (the key of an option, + a new record, - nothing)."""

    target = models.CharField(max_length=40)
    name = models.CharField(max_length=120, verbose_name=_("Source"))
    columns = models.JSONField(default=dict)
    values = models.JSONField(default=dict, blank=True)
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    by_code = models.CharField(max_length=60)  # the actor's, "user:7"
    used_at = models.DateTimeField(verbose_name=_("Last used"))

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        ordering = ["-used_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["target", "name"], name="import_profile_once")]

    def __str__(self) -> str:
        return self.name


class SheetImport(Record):
    """One file. `parts`: its tables that are taken together; `columns`: what each column is [{"header", "field", "format", "certainty"}],
    "" for one that is left out; `values`: by field what each text means."""

    target = models.CharField(max_length=40, verbose_name=_("What the rows are"))
    scope = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200, verbose_name=_("File"))
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=200, verbose_name=_("By"))
    by_code = models.CharField(max_length=60)  # the actor's, "user:7"
    at = models.DateTimeField(verbose_name=pgettext_lazy("a file", "Uploaded"))
    parts = models.JSONField(default=list, blank=True)
    columns = models.JSONField(default=list, blank=True)
    values = models.JSONField(default=dict, blank=True)
    as_of = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Day of the file"),
        help_text=_("The day on which it was up to date. Updates are entered for that day."),
    )
    profile = models.ForeignKey(ImportProfile, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports")
    source_name = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Source"),
        help_text=_("Under this name, columns and values are remembered for the next file."),
    )
    imported_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Imported"))
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Undone"))
    undone_by = models.CharField(max_length=200, blank=True, verbose_name=_("Undone by"))
    counts = models.JSONField(
        default=dict, blank=True
    )  # new, changed, same, refused, skipped; after an undo: undone, stays
    remarks = models.JSONField(default=list, blank=True)  # [["Sheet", row, "name", [sentence, words, labels]], ...]

    objects = OfTargetQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.imported_at is None

    @property
    def is_held(self) -> bool:
        """Whether its sheets are still kept."""
        return UploadedSheets.objects.filter(run=self).exists()

    def workspace_url(self) -> str:
        return path_to("workspace:spreadsheet", self.pk)


class OfImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfImportQuerySet:
        return self.filter(run__in=SheetImport.objects.visible_to(viewer))


class UploadedSheets(models.Model):
    """What the file holds, until it is imported or two weeks have passed: [{"title": ..., "rows": [[text]], "across": [[row, columns]]}]."""

    not_chained = "A copy of a file whose hash is in the trail; removed when it is imported, or after two weeks."

    run = models.OneToOneField(SheetImport, on_delete=models.CASCADE, related_name="uploaded")
    sheets = models.JSONField()

    objects = OfImportQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.run)


class ImportedRecord(models.Model):
    """A record that an import made or changed, in the order of writing. `before`: by column what a changed one held; `left_at`: its version
    afterwards, by which it shows that somebody changed it since."""

    not_chained = "What undoing an import needs. The records themselves are in the trail."

    run = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="records")
    thing = models.CharField(max_length=120)  # core.keys: "strategy.action:17"
    name = models.CharField(max_length=300)
    is_new = models.BooleanField()
    before = models.JSONField(default=dict, blank=True)
    left_at = models.PositiveIntegerField(default=0)  # 0: the kind has no versions

    objects = OfImportQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
