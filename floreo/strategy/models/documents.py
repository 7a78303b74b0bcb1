"""Documents that a pack quotes, and where each passage is in them. The text itself comes in when a person adds the document."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.composed import composed
from floreo.core.models import Record


class SourceDocument(Record):
    """A document as its publisher published it, known by the SHA-256 of its file. Its text is kept for slices of it alone: the
    document may be nobody's to hand out."""

    read_with = Permission.PLAN_READ
    secret_fields: ClassVar[frozenset[str]] = frozenset({"text"})

    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    file_sha256 = models.CharField(max_length=64, unique=True)
    text_sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20, blank=True)  # of a file that is text; "" is read as a document
    source = models.CharField(max_length=500, verbose_name=_("Where it can be found"))
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address"))
    text = models.TextField(blank=True)
    added_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Added on"))
    added_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Added by"))

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_held(self) -> bool:
        return self.text != ""


class Quotation(Record):
    """Where the words of a thing are in a document: characters from the beginning of its text, how many, and their SHA-256."""

    read_with = Permission.PLAN_READ

    document = models.ForeignKey(SourceDocument, on_delete=models.PROTECT, related_name="quotations")
    thing = models.CharField(max_length=120, db_index=True)  # core.keys: "strategy.action:17"
    field = models.CharField(max_length=40, blank=True)  # "vision" of an edition; "" is its wording
    start = models.PositiveIntegerField()
    length = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["thing", "field", "document", "start"], name="quotation_once"),
            models.CheckConstraint(condition=models.Q(length__gt=0), name="quotation_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.document.code} {self.start}"

    def audit_subject(self) -> models.Model:
        return self.document

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def words(self) -> str:
        """The slice of the document, where the installation holds it; "" otherwise."""
        return self.document.text[self.start : self.end]

    @property
    def is_found(self) -> bool:
        """Whether the slice is what those who made the pack read."""
        return hashlib.sha256(self.words.encode()).hexdigest() == self.sha256


def quotations_of(thing: models.Model) -> list[Quotation]:
    """The passages of a thing, with their documents. One query."""
    return _quotations_of(key(thing))


@composed
def _quotations_of(name: str) -> models.QuerySet[Quotation]:
    return Quotation.objects.filter(thing=name).select_related("document").order_by("pk")
