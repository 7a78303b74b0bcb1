"""Assessments against a framework, ratings, and published scores."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.frameworks.models.catalogue import Framework, Item, Version
from floreo.organisations.models import Organisation


class AssessmentState(models.TextChoices):
    OPEN = "open", _("Open")
    REVIEWED = "reviewed", _("All reviewed")
    CLOSED = "closed", pgettext_lazy("an assessment", "Closed")


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
    in_version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("Framework")
    )
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
    opened_on = models.DateField(verbose_name=_("Opened"))
    opened_by = models.CharField(max_length=200, verbose_name=_("Opened by"))
    state = models.CharField(
        max_length=8, choices=AssessmentState.choices, default=AssessmentState.OPEN, verbose_name=_("State")
    )
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed"))
    is_public = models.BooleanField(default=False, verbose_name=_("Public"))
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

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="answers", verbose_name=_("Assessment")
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="answers", verbose_name=_("Item"))
    level = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Level")
    )  # as reviewed
    held = models.JSONField(default=list, blank=True)  # stages said to hold, where the rule asks for each
    reason = models.TextField(blank=True, verbose_name=_("Reason"))
    reviewed_by = models.CharField(max_length=200, blank=True, verbose_name=_("Reviewer"))
    reviewed_on = models.DateField(null=True, blank=True, verbose_name=_("Reviewed"))

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
    rater_name = models.CharField(max_length=200, verbose_name=_("Rated by"))
    level = models.DecimalField(max_digits=5, decimal_places=2, verbose_name=_("Level"))
    held = models.JSONField(default=list, blank=True)
    reason = models.TextField(verbose_name=_("Reason"))
    rated_on = models.DateField(verbose_name=_("Rated on"))

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

    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, related_name="scores", verbose_name=_("Framework")
    )
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
    indicator = models.SlugField(
        max_length=80, blank=True, verbose_name=_("Indicator")
    )  # the indicator that holds the same figure as readings

    class Meta:
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "year", "subject", "part"], name="published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.framework.short_title} {self.year} {self.subject} {self.part}".strip()
