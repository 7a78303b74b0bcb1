"""Which pack is loaded, what its files were, and what each of its rows said then."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record


class LoadedPack(models.Model):
    """The pack this installation runs on. `digest` is over all its files: the same hash means nothing to do."""

    read_with = Permission.AUDIT_READ

    not_chained = "What was loaded last, to find what changed since; the loading is in the trail."

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    pack_version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    manifest = models.JSONField(default=dict)  # sources and licences, file by file
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class PackRow(models.Model):
    """What one row of the pack said when it was last loaded, and which object it became. Comparing the three (then, the
    file now, the object now) distinguishes a change in the pack from a change made in the workspace."""

    not_chained = "The last content of a pack's row, to find what changed since."

    pack = models.ForeignKey(LoadedPack, on_delete=models.CASCADE, related_name="rows")
    word = models.CharField(max_length=30)  # "organisation"
    key = models.CharField(max_length=400)  # unique among rows of its word
    object_id = models.PositiveBigIntegerField()
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "word", "key"], name="pack_row_once")]

    def __str__(self) -> str:
        return f"{self.word} {self.key}"


class TranslationImport(Record):
    """A file of translations that was imported, with what each text said before, so that it can be undone."""

    read_with = Permission.AUDIT_READ
    secret_fields = frozenset({"changed"})  # texts of records, each with its own readers

    at = models.DateTimeField(verbose_name=_("When"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    name = models.CharField(max_length=200, verbose_name=_("File name"))
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5, verbose_name=_("Language"))
    texts = models.PositiveIntegerField(verbose_name=_("Texts"))
    changed = models.JSONField(default=list)  # [[name of the record, field, before, after]]
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Undone"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import of translations")

    def __str__(self) -> str:
        return self.name
