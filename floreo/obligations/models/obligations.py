"""What laws ask, of whom, and when it is due."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core.access import can, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.core.sectors import Sector
from floreo.evidence.models import Evidence
from floreo.obligations import logic
from floreo.obligations.models.choices import READ, Binds, DueStateChoice, RhythmChoice
from floreo.organisations.models import NationalSector, Organisation
from floreo.organisations.queries import bodies_of


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, viewer: object) -> ObligationQuerySet:
        """Everybody sees what the law asks, as far as it is published; who works with obligations sees the others too."""
        return self if can(viewer, READ) else self.filter(is_public=True)


class Obligation(Record, Translated, Sourced):
    """What a law asks of whom, and how often. From a pack, or entered in the workspace."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "law", "evidence_wanted")

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("What is to be done"))
    summary = models.TextField(max_length=2000, blank=True, verbose_name=_("In more words"))
    law = models.CharField(max_length=200, verbose_name=_("Law"))
    section = models.CharField(max_length=60, verbose_name=_("Section"))
    binds = models.CharField(
        max_length=10, choices=Binds.choices, default=Binds.DESIGNATED, verbose_name=_("Whom it binds")
    )
    broad = models.CharField(
        max_length=10,
        choices=Sector.choices,
        blank=True,
        verbose_name=_("Class of service"),
        help_text=_("The general sector of the service. None: every class."),
    )
    rhythm = models.CharField(max_length=6, choices=RhythmChoice.choices, verbose_name=_("How often"))
    months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        verbose_name=_("Months from one time to the next"),
        help_text=_("For what comes round."),
    )
    first_due_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("First due on"),
        help_text=_(
            "Later times are counted from it. What was due before it was entered here is not recorded as missed."
        ),
    )
    within_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        verbose_name=_("Days after the event"),
        help_text=_("For what an event starts."),
    )
    lead_days = models.PositiveSmallIntegerField(
        default=30,
        validators=[MaxValueValidator(365)],
        verbose_name=_("Shown how many days before"),
        help_text=_("From then on it is in the list of tasks."),
    )
    reminders = models.JSONField(
        default=list,
        blank=True,
        verbose_name=_("Reminders, in days before"),
        help_text=_("Several, separated by commas: 30, 7, -3. A negative number is a day after it was due."),
    )
    evidence_wanted = models.TextField(
        max_length=1000,
        blank=True,
        verbose_name=_("Evidence that is wanted"),
        help_text=_("What shows that it was done."),
    )
    is_public = models.BooleanField(
        default=True, verbose_name=_("Public"), help_text=_("What the law asks. Who fulfilled it is never published.")
    )
    is_example = models.BooleanField(default=False, editable=False, verbose_name=_("Example"))
    ends_on = models.DateField(
        null=True, blank=True, verbose_name=_("Last day"), help_text=_("After it nothing new becomes due.")
    )

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{path_to('portal:obligations')}#{self.code}"

    def workspace_url(self) -> str:
        return path_to("workspace:obligation", self.code)

    def search_entry(self) -> Entry:
        words = " ".join([*spoken(self)[1:], self.summary, self.law, self.section])
        return Entry("obligation", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_public)


class ObligationSector(Record):
    """A sector whose organisations are bound, with its parts. An obligation without any binds every sector."""

    obligation = models.ForeignKey(Obligation, on_delete=models.CASCADE, related_name="in_sectors")
    sector = models.ForeignKey(
        NationalSector, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("Sector")
    )

    class Meta:
        ordering = ["sector__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["obligation", "sector"], name="obligation_sector_once")]

    def __str__(self) -> str:
        return str(self.sector)

    def audit_subject(self) -> models.Model:
        return self.obligation


class ObligationDueQuerySet(models.QuerySet["ObligationDue"]):
    def visible_to(self, viewer: object) -> ObligationDueQuerySet:
        """An organisation sees its own; who works with obligations sees all."""
        own = reach(viewer, READ)
        return self if own is None else self.filter(organisation__in=bodies_of(own))


class ObligationDue(Record):
    """One obligation of one organisation, due on one day."""

    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="dues", verbose_name=_("Obligation")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="obligations_due", verbose_name=_("Organisation")
    )
    due_on = models.DateField(verbose_name=_("Due"))
    event = models.CharField(max_length=300, blank=True, verbose_name=_("Event"), help_text=_("What started it."))
    event_on = models.DateField(null=True, blank=True, verbose_name=_("Day of the event"))
    state = models.CharField(
        max_length=9, choices=DueStateChoice.choices, default=DueStateChoice.OPEN, verbose_name=_("State")
    )
    submitted_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Submitted"))  # the newest submission
    note = models.TextField(max_length=4000, blank=True, verbose_name=_("What was done"))
    address = models.URLField(max_length=500, blank=True, verbose_name=_("Address of a document"))
    evidence = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="obligations",
        verbose_name=_("Evidence"),
        help_text=_("Code of the evidence that holds it."),
    )
    submitted_by = models.CharField(max_length=200, blank=True, verbose_name=_("Submitted by"))
    decided_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Decided"))
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Last reminder"))
    link_version = models.PositiveIntegerField(default=1)

    objects = ObligationDueQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "organisation", "due_on"],
                name="obligation_due_once",
                violation_error_message=_("It is in the list for that day already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "lapsed"]) | Q(submitted_at__isnull=False),
                name="obligation_submitted_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="obligation_due_state")]

    def __str__(self) -> str:
        return f"{self.obligation}: {self.organisation}, {self.due_on}"

    @property
    def waiting_for(self) -> logic.WaitingFor:
        if self.state in logic.WAITS_FOR_OPERATOR:
            return logic.WaitingFor.OPERATOR
        return logic.WaitingFor.REGULATOR if self.state == logic.DueState.SUBMITTED else logic.WaitingFor.NOBODY

    def is_late_on(self, today: date) -> bool:
        return self.state in logic.WAITS_FOR_OPERATOR and self.due_on < today

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def workspace_url(self) -> str:
        return path_to("workspace:obligation_due", self.pk)
