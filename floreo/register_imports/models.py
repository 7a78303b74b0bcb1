"""Spreadsheets by which rows come into the register: the file, what its columns mean, and what became of it."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, can
from floreo.core.models import Record
from floreo.core.routes import path_to

KEPT_DAYS = 14  # cells of a file that nobody imports
MOST_HEADER_ROWS = 3


class RowKind(models.TextChoices):
    """What one row of the file is."""

    ORGANISATION = "organisation", _("Organisations")
    SERVICE = "service", _("Essential services")
    ASSET = "asset", _("Assets")
    DEPENDENCY = "dependency", _("Dependencies")


# Who may bring in rows of a kind is who may write them one by one.
NEEDS = {
    RowKind.ORGANISATION: Permission.REGISTER_EDIT,
    RowKind.SERVICE: Permission.SERVICE_EDIT,
    RowKind.ASSET: Permission.SERVICE_EDIT,
    RowKind.DEPENDENCY: Permission.DEPENDENCY_EDIT,
}


class RegisterImportQuerySet(models.QuerySet["RegisterImport"]):
    def visible_to(self, viewer: object) -> RegisterImportQuerySet:
        return self.filter(kind__in=[kind for kind, needs in NEEDS.items() if can(viewer, needs)])


class RegisterImport(Record):
    """One file. `columns` says what each column of the sheet is: [{"header": "Nombre", "field": "name"}], in their order; "" for one
    that is left out. It is remembered for the next file."""

    kind = models.CharField(
        max_length=12,
        choices=RowKind.choices,
        verbose_name=_("What the rows are"),
        help_text=_("Organisations first, then services, then assets and dependencies: each names the one before."),
    )
    name = models.CharField(max_length=200, verbose_name=_("File"))
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=200, verbose_name=_("By"))
    at = models.DateTimeField(verbose_name=pgettext_lazy("a file", "Uploaded"))
    sheet = models.PositiveSmallIntegerField(default=0, verbose_name=_("Sheet"))
    header_row = models.PositiveIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        verbose_name=_("Row of the header"),
        help_text=_("As the spreadsheet numbers its rows. What is above it is left out."),
    )
    header_rows = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HEADER_ROWS)],
        verbose_name=_("Rows that the header takes"),
    )
    columns = models.JSONField(default=list, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)  # added, changed, same, left_out

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.imported_at is None

    @property
    def is_held(self) -> bool:
        """Whether its cells are still kept."""
        return UploadedCells.objects.filter(run=self).exists()

    def workspace_url(self) -> str:
        return path_to("workspace:register_import", self.pk)


class OfImportQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfImportQuerySet:
        return self.filter(run__in=RegisterImport.objects.visible_to(viewer))


class UploadedCells(models.Model):
    """What the file holds, until it is imported or two weeks have passed: [{"title": ..., "rows": [[text]], "across": [[row, columns]]}]."""

    not_chained = "A copy of a file whose hash is in the trail; removed when it is imported, or after two weeks."

    run = models.OneToOneField(RegisterImport, on_delete=models.CASCADE, related_name="cells")
    sheets = models.JSONField()

    objects = OfImportQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.run)
