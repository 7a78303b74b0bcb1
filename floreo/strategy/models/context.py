"""What is around a plan: its status on a day, what happened, who took part, where it is published, what it is committed to."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record, Sourced, Translated
from floreo.core.search import Entry, spoken
from floreo.organisations.models import DatePrecision, Organisation
from floreo.strategy.models.editions import Edition, Pillar, may_read_internal
from floreo.strategy.models.work import Action


class StatusCount(models.Model):
    """How many actions of an edition had which status on a day: today's, and one per quarter's end, so that pages can compare."""

    not_chained = "Counted from the actions, again with each change."

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="status_counts")
    on = models.DateField()
    counts = models.JSONField()  # {"done": 5, ...}

    class Meta:
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["edition", "on"], name="status_count_once_a_day")]

    def __str__(self) -> str:
        return f"{self.edition} {self.on}"


class EventKind(models.TextChoices):
    WORK = "work", _("Work done")
    LAW = "law", _("Law")
    TRAINING = "training", _("Training or awareness")
    MEETING = "meeting", _("Meeting")
    PUBLICATION = "publication", _("Publication")
    MEASURE = "measure", _("Measure under way")  # from an imported text


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: object) -> EventQuerySet:
        """Public ones of editions that the viewer sees; all to who reads what is internal of the plan."""
        if may_read_internal(viewer):
            return self
        return self.filter(is_public=True, edition__in=Edition.objects.visible_to(viewer))


class Event(Record, Translated, Sourced):
    """A dated thing that happened, or will, and that a source or a person ties to pillars or an action. Evidence of work,
    never an official action."""

    code = models.SlugField(max_length=80, verbose_name=_("Code"))
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="events", verbose_name=_("Edition"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    on = models.DateField(
        null=True, blank=True, verbose_name=_("Day")
    )  # first day of the period when precision is coarser than a day
    precision = models.CharField(
        max_length=10, choices=DatePrecision.choices, default=DatePrecision.DAY, verbose_name=_("Precision")
    )
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("Until"))
    kind = models.CharField(max_length=12, choices=EventKind.choices, default=EventKind.WORK, verbose_name=_("Kind"))
    pillars = models.ManyToManyField(Pillar, blank=True, related_name="events")
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="events", verbose_name=_("Action")
    )
    is_public = models.BooleanField(default=True, verbose_name=_("Public"))

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="event_code_once")]
        indexes = [models.Index(fields=["edition", "on"], name="event_when")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """On the page of its edition with all its events: without asking, it shows the latest."""
        return f"{self.edition.get_absolute_url()}?events=all#events"

    def search_entry(self) -> Entry:
        workspace = reverse("workspace:plan", args=[self.edition.code])
        is_public = self.is_public and self.edition.is_public
        return Entry("event", self.title, " ".join(spoken(self)[1:]), self.get_absolute_url(), workspace, is_public)


class EditionPart(models.TextChoices):
    LAUNCHED = "launched", _("Launched it")
    GUIDED = "guided", _("Guided it")
    COORDINATED = "coordinated", _("Coordinated it")
    COLLABORATED = "collaborated", _("Worked on it")
    LED = "led", _("Leads it")
    SUPPORTED = "supported", _("Supported it")
    FUNDED = "funded", _("Funded it")
    MEMBER = "member", _("Member of its task force")


class EditionBody(Record, Translated, Sourced):
    """An organisation's part in an edition as a whole."""

    translated_fields = ("purpose",)

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="bodies", verbose_name=_("Edition"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="edition_parts", verbose_name=_("Organisation")
    )
    part = models.CharField(max_length=14, choices=EditionPart.choices, verbose_name=_("Part"))
    purpose = models.CharField(
        max_length=300, blank=True, verbose_name=_("Purpose")
    )  # of a funder: what the money was for

    class Meta:
        ordering = ["part", "pk"]
        verbose_name_plural = "edition bodies"
        constraints = [models.UniqueConstraint(fields=["edition", "organisation", "part"], name="body_part_once")]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_part_display()})"

    def audit_subject(self) -> models.Model:
        return self.edition


class Outlet(Record, Sourced):
    """Where an edition is published."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="outlets", verbose_name=_("Edition"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    url = models.URLField(blank=True, verbose_name=_("Address"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.edition


class StatedTarget(Record, Translated, Sourced):
    """A number that a document states as a target: "training for 30 people". An indicator may take it up."""

    translated_fields = ("title", "unit", "unit_one")

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="stated_targets", verbose_name=_("Edition")
    )
    pillar = models.ForeignKey(Pillar, null=True, blank=True, on_delete=models.SET_NULL, related_name="stated_targets")
    title = models.CharField(max_length=300, verbose_name=_("Target"))
    number = models.DecimalField(max_digits=14, decimal_places=2, verbose_name=_("Number"))
    unit = models.CharField(max_length=80, verbose_name=_("Unit"))
    unit_one = models.CharField(max_length=80, blank=True, verbose_name=_("Unit after 1"))
    due_on = models.DateField(null=True, blank=True, verbose_name=_("Due"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.edition
