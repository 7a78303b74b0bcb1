"""Frameworks and their items, self-assessments against them, what serves an item, and scores that others published."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, reach
from floreo.core.keys import thing_of
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.frameworks.logic import Rule, Scale, is_held
from floreo.organisations.models import Organisation


class RuleChoice(models.TextChoices):
    SUM = Rule.SUM, _("Levels are added")
    ALL_BELOW = Rule.ALL_BELOW, _("A stage counts only if all earlier stages are met")
    SHARE = Rule.SHARE, _("Share of items in place")
    STATUS = Rule.STATUS, _("Status of each article")


class Relation(models.TextChoices):
    SAME = "same", _("same requirement")
    PARTLY = "partly", _("part of the requirement")
    SUCCESSOR = "successor", _("replaces it")  # of an item in an older version


class AssessmentState(models.TextChoices):
    OPEN = "open", _("Open")
    REVIEWED = "reviewed", _("All reviewed")
    CLOSED = "closed", pgettext_lazy("an assessment", "Closed")


class FrameworkQuerySet(models.QuerySet["Framework"]):
    def visible_to(self, viewer: object) -> FrameworkQuerySet:
        """Frameworks are public: everybody sees them."""
        return self


class Framework(Record, Translated, Sourced):
    """A framework that states are measured against, whatever its version."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "about")

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=40)
    publisher = models.CharField(max_length=200)
    about = models.TextField(blank=True)
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

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="versions")
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    released = models.CharField(max_length=40, blank=True)  # as the publisher says it: "2021", "22 April 2026"
    is_current = models.BooleanField(default=True)
    rule = models.CharField(max_length=9, choices=RuleChoice.choices)
    rule_text = models.TextField(blank=True)  # the rule in a sentence, where it needs one
    # Lowest first: [{"value": "0", "word": "None", "es": "Ninguno"}]
    levels = models.JSONField(default=list)
    unit = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    needs_evidence = models.BooleanField(default=False)  # its publisher asks for documents with the answers
    items_stated = models.PositiveIntegerField(null=True, blank=True)  # how many items the publisher counts
    items_kind = models.CharField(max_length=40, blank=True)  # which of them it counts: "indicator", "article"
    items_source = models.CharField(max_length=300, blank=True)  # where that count was read
    publisher_url = models.URLField(max_length=500, blank=True)  # where to get it
    # The licence of its text lets everybody read it here. Without, a loaded wording is for those who work here.
    wording_is_public = models.BooleanField(default=False)
    missing = models.TextField(blank=True)  # what of it we do not hold, and why

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
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)  # "pillar", "article": words in presenters.py
    position = models.PositiveIntegerField(default=0)
    maximum = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    weight = models.DecimalField(max_digits=7, decimal_places=3, default=1)
    is_rated = models.BooleanField(default=True)

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
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=500, blank=True)  # as the file calls itself, with its version
    sha256 = models.CharField(max_length=64)
    loaded_on = models.DateField()
    loaded_by = models.CharField(max_length=200)

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
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="wording")
    heading = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
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

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="mappings")
    other = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="mapped_by")
    relation = models.CharField(max_length=9, choices=Relation.choices)

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

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="contributions")
    thing = models.CharField(max_length=120, db_index=True)  # core.keys: "strategy.action:17"
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"), help_text=_("How it contributes."))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "thing"], name="serves_once")]

    def __str__(self) -> str:
        return f"{self.thing} serves {self.item.code}"

    def audit_subject(self) -> models.Model:
        return thing_of(self.thing) or self.item


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, viewer: object) -> AssessmentQuerySet:
        """Of the nation: who works here; everybody else what is published, of frameworks that are held. What an organisation answers is
        for itself, for the body that reviews it, and for who runs assessments."""
        own = reach(viewer, Permission.ASSESSMENT_READ)
        works_here = can(viewer, Permission.FRAMEWORK_ASSESS) or can(viewer, Permission.EVIDENCE_READ)
        if own is None and works_here:
            return self
        seen = Q(pk__in=Assessment.objects.filter(is_public=True).held().values("pk"))
        if works_here:
            seen |= Q(organisation=None)
        if own is None:
            seen |= Q(organisation__isnull=False)
        elif own:
            reviews = reach(viewer, Permission.ASSESSMENT_REVIEW)
            seen |= Q(organisation__in=own) | Q(reviewer__in=reviews if reviews is not None else [])
        return self.filter(seen)

    def of_the_nation(self) -> AssessmentQuerySet:
        return self.filter(organisation=None)

    def outside_campaigns(self) -> AssessmentQuerySet:
        """Those that are rated on the pages of frameworks; the others on those of their campaign."""
        return self.filter(in_campaign=False)

    def held(self) -> AssessmentQuerySet:
        """Those whose framework is held: nothing is counted of the others."""
        return self.filter(in_version__in=Version.objects.held().values("pk"))


class Assessment(Record, Translated):
    """A rating of the nation, or of an organisation, against one version, as of a day, by several people."""

    translated_fields: ClassVar[tuple[str, ...]] = ("note",)

    code = models.SlugField(max_length=80, unique=True)
    in_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="assessments")
    organisation = models.ForeignKey(  # none: the nation
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessments",
        verbose_name=_("Subject of the assessment"),
        help_text=_("If empty: the country."),
    )
    reviewer = models.ForeignKey(  # who else reads and reviews what an organisation answers
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessments_reviewed",
        verbose_name=_("Who reviews it"),
    )
    in_campaign = models.BooleanField(default=False)  # it is answered and reviewed on the pages of a campaign
    year = models.PositiveSmallIntegerField(verbose_name=_("Year assessed"))
    as_of = models.DateField(
        verbose_name=_("As of"), help_text=_("Date that the assessment refers to. If empty: today.")
    )
    opened_on = models.DateField()
    opened_by = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=AssessmentState.choices, default=AssessmentState.OPEN)
    closed_on = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(default=False)
    note = models.TextField(blank=True, verbose_name=_("Note"))  # for readers: who took part, how
    before = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="after",
        verbose_name=_("Start from"),
        help_text=_("Valid evidence is copied across. Ratings are not: review each item again."),
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_on__isnull=False))
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="closed_has_a_day",
            ),
            models.CheckConstraint(condition=Q(is_public=False) | Q(state="closed"), name="public_is_closed"),
            models.CheckConstraint(
                condition=Q(in_campaign=False) | Q(organisation__isnull=False, is_public=False),
                name="in_campaign_is_an_organisations",
            ),
        ]

    def __str__(self) -> str:
        of = f", {self.organisation.in_language('name')}" if self.organisation is not None else ""
        return f"{self.in_version.framework.short_title} {self.year}{of}"

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    @property
    def is_closed(self) -> bool:
        return self.state == AssessmentState.CLOSED

    def workspace_url(self) -> str:
        return path_to("workspace:campaign_assessment" if self.in_campaign else "workspace:assessment", self.code)

    def get_absolute_url(self) -> str:
        return f"{self.in_version.get_absolute_url()}&assessment={self.code}"


class Answer(Record, Translated):
    """One item in one assessment: what its raters say hangs on it, what the reviewer says counts. Evidence is attached to
    it ("frameworks.answer:17")."""

    translated_fields: ClassVar[tuple[str, ...]] = ("reason",)

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="answers")
    level = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # as reviewed
    held = models.JSONField(default=list, blank=True)  # stages said to hold, where the rule asks for each
    reason = models.TextField(blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["assessment", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="answered_once"),
            models.CheckConstraint(
                condition=Q(level__isnull=True, reviewed_on__isnull=True)
                | Q(level__isnull=False, reviewed_on__isnull=False),
                name="a_level_was_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.item.code}"

    def audit_subject(self) -> models.Model:
        return self.assessment

    def evidence_closed(self) -> str:
        """Why its evidence no longer changes, while it does not."""
        return gettext("This assessment is closed, so its evidence cannot change.") if self.assessment.is_closed else ""

    def owner_ids(self) -> set[int]:
        return self.assessment.owner_ids()

    def workspace_url(self) -> str:
        if self.assessment.in_campaign:
            return f"{self.assessment.workspace_url()}#{self.item.anchor}"
        return path_to("workspace:answer", self.assessment.code, self.item.code)


class Rating(Record):
    """What one person says of one item."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="ratings")
    rater = models.CharField(max_length=120)  # actor code
    rater_name = models.CharField(max_length=200)
    level = models.DecimalField(max_digits=5, decimal_places=2)
    held = models.JSONField(default=list, blank=True)
    reason = models.TextField()
    rated_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["answer", "rater"], name="rated_once_each")]

    def __str__(self) -> str:
        return f"{self.answer}, {self.rater_name}"

    def audit_subject(self) -> models.Model:
        return self.answer.assessment


class PublishedScore(Record, Translated, Sourced):
    """A score that the publisher of a framework gave to the country, or to another state, in a year."""

    read_with = Permission.AUDIT_READ
    translated_fields: ClassVar[tuple[str, ...]] = ("subject", "tier", "note")

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="scores")
    in_version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="scores")
    year = models.PositiveSmallIntegerField(verbose_name=_("Year"))
    subject = models.CharField(
        max_length=120, blank=True, verbose_name=_("State"), help_text=_("If empty: this country.")
    )  # empty: the country
    part = models.CharField(max_length=40, blank=True, verbose_name=_("Part"))  # code of an item; empty: the whole
    score = models.DecimalField(max_digits=8, decimal_places=2, verbose_name=_("Score"))
    maximum = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, verbose_name=_("Maximum"))
    rank = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Rank"))
    tier = models.CharField(max_length=80, blank=True, verbose_name=_("Tier"))
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))
    indicator = models.SlugField(max_length=80, blank=True)  # the indicator that holds the same figure as readings

    class Meta:
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "year", "subject", "part"], name="published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.framework.short_title} {self.year} {self.subject} {self.part}".strip()
