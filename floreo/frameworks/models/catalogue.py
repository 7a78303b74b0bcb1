"""Frameworks, their versions and items, the publisher's wording, and what else counts for an item."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.keys import thing_of
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.frameworks.logic import Rule, Scale, is_held


class RuleChoice(models.TextChoices):
    SUM = Rule.SUM, _("Levels are added")
    ALL_BELOW = Rule.ALL_BELOW, _("A stage counts only if all earlier stages are met")
    SHARE = Rule.SHARE, _("Share of items in place")
    STATUS = Rule.STATUS, _("Status of each article")


class Relation(models.TextChoices):
    SAME = "same", _("same requirement")
    PARTLY = "partly", _("part of the requirement")
    SUCCESSOR = "successor", _("replaces it")  # of an item in an older version


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, viewer: object) -> FrameworkQuerySet:
        """Frameworks are public: everybody sees them."""
        return self


class Framework(Record, Translated, Sourced):
    """A framework that states are measured against, whatever its version."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "about")

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    short_title = models.CharField(max_length=40, verbose_name=_("Short title"))
    publisher = models.CharField(max_length=200, verbose_name=_("Publisher"))
    about = models.TextField(blank=True, verbose_name=_("What it is about"))
    position = models.PositiveIntegerField(default=0)

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("portal:framework", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:framework", self.code)

    def search_entry(self) -> Entry:
        return Entry(
            "framework",
            self.title,
            f"{self.short_title} {self.publisher} {self.about}",
            self.get_absolute_url(),
            self.workspace_url(),
            is_public=True,
        )


class VersionQuerySet(models.QuerySet["Version"]):
    def counted(self) -> VersionQuerySet:
        """With `counted_here`, which `items_here` takes: how many of the items that its publisher counts have at least a title here."""
        counts = Q(items__kind=F("items_kind")) & ~Q(items__title="")
        return self.annotate(counted_here=Count("items", filter=counts, distinct=True))

    def held(self) -> VersionQuerySet:
        """Those that are held: the rule of logic.is_held."""
        ten, nine = F("counted_here") * 10, F("items_stated") * 9
        return self.counted().alias(ten=ten, nine=nine).filter(items_stated__gt=0, ten__gte=F("nine"))


class Version(Record, Translated, Sourced):
    """One edition of a framework: its scale, its rule, its items, and how much of it we do not hold. What holds less than
    nine tenths of what its publisher counts is known, not held: it is listed, and nothing is rated against it."""

    read_with = Permission.AUDIT_READ

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "missing", "rule_text")

    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, related_name="versions", verbose_name=_("Framework")
    )
    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    released = models.CharField(
        max_length=40, blank=True, verbose_name=_("Released")
    )  # as the publisher says it: "2021", "22 April 2026"
    is_current = models.BooleanField(default=True, verbose_name=_("In use"))
    rule = models.CharField(max_length=9, choices=RuleChoice.choices, verbose_name=_("Rule"))
    rule_text = models.TextField(blank=True, verbose_name=_("Rule"))  # the rule in a sentence, where it needs one
    # Lowest first: [{"value": "0", "word": "None", "es": "Ninguno"}]
    levels = models.JSONField(default=list, verbose_name=_("Levels"))
    unit = models.CharField(max_length=40, blank=True, verbose_name=_("Unit"))
    licence = models.CharField(max_length=300, blank=True, verbose_name=_("Licence"))
    needs_evidence = models.BooleanField(
        default=False, verbose_name=_("Evidence required")
    )  # its publisher asks for documents with the answers
    items_stated = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("Items stated")
    )  # how many items the publisher counts
    items_kind = models.CharField(
        max_length=40, blank=True, verbose_name=_("Kind counted")
    )  # which of them it counts: "indicator", "article"
    items_source = models.CharField(
        max_length=300, blank=True, verbose_name=_("Source of the count")
    )  # where that count was read
    publisher_url = models.URLField(max_length=500, blank=True, verbose_name=_("Where to get it"))  # where to get it
    # The licence of its text lets everybody read it here. Without, a loaded wording is for those who work here.
    wording_is_public = models.BooleanField(default=False, verbose_name=_("Public wording"))
    missing = models.TextField(blank=True, verbose_name=_("Not included"))  # what of it we do not hold, and why

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["framework", "-is_current", "-pk"]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def scale(self) -> Scale:
        return Scale(tuple(Decimal(level["value"]) for level in self.levels))

    @cached_property
    def items_here(self) -> int:
        """How many of the items that its publisher counts have at least a title here. A query, unless `counted` did it."""
        counted: int | None = getattr(self, "counted_here", None)
        return self.items.filter(kind=self.items_kind).exclude(title="").count() if counted is None else counted

    @property
    def is_held(self) -> bool:
        return is_held(self.items_here, self.items_stated)

    def word_of(self, value: Decimal | None) -> str:
        """A level in the reader's language."""
        language = (get_language() or "").split("-")[0]
        for level in self.levels:
            if value is not None and Decimal(level["value"]) == value:
                return str(level.get(language) or level["word"])
        return ""

    def get_absolute_url(self) -> str:
        return f"{self.framework.get_absolute_url()}?version={self.code}"

    def workspace_url(self) -> str:
        return self.framework.workspace_url()


class Item(Record, Translated, Sourced):
    """One item of a version: a pillar, an indicator, an article. Its title is our own short one; the publisher's wording
    comes from the publisher's own file (Wording). Where even the title is not known it is empty."""

    read_with = Permission.AUDIT_READ

    in_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="items")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("Part of")
    )
    code = models.CharField(max_length=40, verbose_name=_("Code"))
    title = models.CharField(max_length=200, blank=True, verbose_name=_("Title"))
    kind = models.CharField(max_length=40, verbose_name=_("Kind"))  # "pillar", "article": words in presenters.py
    position = models.PositiveIntegerField(default=0)
    maximum = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True, verbose_name=_("Points"))
    weight = models.DecimalField(max_digits=7, decimal_places=3, default=1, verbose_name=_("Weight"))
    is_rated = models.BooleanField(default=True, verbose_name=_("Rated"))

    class Meta:
        ordering = ["in_version", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["in_version", "code"], name="item_code_once_a_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def named(self) -> str:
        return f"{self.code} {self.in_language('title')}".strip()

    @property
    def worded(self) -> Wording | None:
        """The publisher's wording, where its file was loaded."""
        return getattr(self, "wording", None)

    @property
    def wording_lines(self) -> tuple[str, str]:
        """The publisher's heading and text, each empty where the title says the same already."""
        found, title = self.worded, self.in_language("title")
        if found is None:
            return "", ""
        return ("" if found.heading == title else found.heading), ("" if found.text == title else found.text)

    @property
    def anchor(self) -> str:
        return f"item-{self.code}"

    def get_absolute_url(self) -> str:
        return f"{self.in_version.get_absolute_url()}#{self.anchor}"

    def workspace_url(self) -> str:
        return f"{self.in_version.workspace_url()}?version={self.in_version.code}#{self.anchor}"

    def audit_subject(self) -> models.Model:
        return self.in_version


class PublisherFile(Record):
    """A file of the publisher that was loaded: what the wording of a version's items comes from. The file itself is not
    kept."""

    read_with = Permission.AUDIT_READ

    in_version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    title = models.CharField(
        max_length=500, blank=True, verbose_name=_("Title")
    )  # as the file calls itself, with its version
    sha256 = models.CharField(max_length=64)
    loaded_on = models.DateField(verbose_name=_("Loaded on"))
    loaded_by = models.CharField(max_length=200, verbose_name=_("Loaded by"))

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["in_version", "sha256"], name="file_loaded_once")]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.in_version


class Wording(Record):
    """What the publisher's file says of an item, word by word."""

    read_with = Permission.AUDIT_READ

    file = models.ForeignKey(PublisherFile, on_delete=models.PROTECT, related_name="wordings")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="wording", verbose_name=_("Item"))
    heading = models.CharField(max_length=500, blank=True, verbose_name=_("Heading"))
    text = models.TextField(blank=True, verbose_name=_("Text"))
    position = models.PositiveIntegerField(default=0)  # in the publisher's order

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.heading or self.text

    def audit_subject(self) -> models.Model:
        return self.item.in_version


class Mapping(Record, Sourced):
    """An item of one version beside an item of another, of the same framework or not."""

    read_with = Permission.AUDIT_READ

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="mappings", verbose_name=_("Item"))
    other = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="mapped_by", verbose_name=_("Mapped to"))
    relation = models.CharField(max_length=9, choices=Relation.choices, verbose_name=_("Relation"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "other"], name="mapped_once"),
            models.CheckConstraint(condition=~Q(item=models.F("other")), name="not_mapped_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.item.code} – {self.other.code}"


class Contribution(Record):
    """What is done here serves an item: an objective, an action."""

    read_with = Permission.PLAN_INTERNAL

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="contributions", verbose_name=_("Item"))
    thing = models.CharField(max_length=120, db_index=True)  # core.keys: "strategy.action:17"
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"), help_text=_("How it contributes."))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "thing"], name="serves_once")]

    def __str__(self) -> str:
        return f"{self.thing} serves {self.item.code}"

    def audit_subject(self) -> models.Model:
        return thing_of(self.thing) or self.item
