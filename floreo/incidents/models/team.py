"""How the team works: who takes reports and when, its rota, its filters; rules of clocks and playbooks from the pack."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record, Sourced, Translated
from floreo.organisations.models import Organisation, User


class ReportingPoint(Record, Translated):
    """Who takes reports, at which hours, and whether the public form is open. One row; without it the form is closed."""

    read_with = Permission.INCIDENT_SETUP
    translated_fields: ClassVar[tuple[str, ...]] = ("hours", "answered_within", "child_help")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="reporting_points", verbose_name=_("Who handles reports")
    )
    hours = models.CharField(
        max_length=200, verbose_name=_("Hours"), help_text=_("For example: Monday to Friday, 8:00 to 17:00.")
    )
    answered_within = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("When reporters are answered"),
        help_text=_("For example: within one working day. Shown to reporters."),
    )
    emergency_phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone where there is danger"))
    child_help = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Who helps where a child is concerned"),
        help_text=_("For example: Child helpline 555-0116, day and night. Shown to reporters before they go on."),
    )
    police_mail = models.EmailField(blank=True, verbose_name=_("E-mail of the police unit"))
    is_open = models.BooleanField(default=False, verbose_name=_("The public form is open"))
    # Addresses of sites that may show the form in a frame: ["https://police.example"].
    frames = models.JSONField(default=list, blank=True, verbose_name=_("Sites that may show the form"))
    untouched_hours = models.PositiveSmallIntegerField(
        default=24, verbose_name=_("Hours after which an untouched case is named")
    )
    mailbox = models.EmailField(blank=True, verbose_name=_("Address of the team's mailbox"))

    def __str__(self) -> str:
        return str(self.organisation)


class DutyShift(Record):
    """Who is on duty, from when to when."""

    read_with = Permission.INCIDENT_HANDLE

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="duty_shifts", verbose_name=_("Who"))
    starts_at = models.DateTimeField(verbose_name=_("From"))
    ends_at = models.DateTimeField(verbose_name=_("To"))

    class Meta:
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%Y-%m-%d}"


class SavedFilter(Record):
    """A filter of the list of cases, shared by the team."""

    read_with = Permission.INCIDENT_HANDLE

    name = models.CharField(max_length=80, unique=True, verbose_name=_("Name"))
    query = models.CharField(max_length=500)  # of the address: "state=open&severity=high"
    made_by = models.CharField(max_length=200, blank=True, verbose_name=_("Made by"))

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Playbook(Record, Translated, Sourced):
    """The steps for one kind of incident, from the pack. Steps become tasks of a case."""

    read_with = Permission.INCIDENT_HANDLE
    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    revision = models.CharField(max_length=20, default="1", verbose_name=_("Version"))
    rsit = models.JSONField(default=list, blank=True)  # ["malicious-code/ransomware", "fraud"]: where it is suggested
    # [{"code", "phase", "title", "note", "waiting_for", "hours", "es": {"title", "note"}}]
    steps = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.title


class ClockRule(Record, Translated, Sourced):
    """One rule of a clock, from the pack: what core/deadlines computes with. A later revision is a row of its own."""

    read_with = Permission.INCIDENT_HANDLE
    translated_fields: ClassVar[tuple[str, ...]] = ("title", "law")

    code = models.SlugField(max_length=60)
    revision = models.CharField(max_length=20, default="1", verbose_name=_("Version"))
    holds_from = models.DateField(verbose_name=_("In force from"))  # the first day on which this revision holds
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    law = models.CharField(max_length=200, blank=True, verbose_name=_("Law"))
    section = models.CharField(max_length=60, blank=True, verbose_name=_("Section"))
    is_example = models.BooleanField(default=False, verbose_name=_("Example"))  # of no law of this country
    is_ours = models.BooleanField(default=False)  # what the team commits to, not what a law asks of others
    rule = models.JSONField(default=dict)  # further fields of core.deadlines: Rule
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code", "holds_from"]
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="clock_rule_revision")]

    def __str__(self) -> str:
        return self.title


class Holiday(Record, Translated, Sourced):
    """A day on which no clock of working days runs, from the pack."""

    read_with = Permission.INCIDENT_HANDLE
    translated_fields: ClassVar[tuple[str, ...]] = ("name",)

    on = models.DateField(unique=True, verbose_name=_("Day"))
    name = models.CharField(max_length=120, verbose_name=_("Name"))

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class ImportRun(Record):
    """One import of old cases from a file, so that it can be undone as a whole."""

    read_with = Permission.INCIDENT_HANDLE

    at = models.DateTimeField(verbose_name=_("When"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    name = models.CharField(max_length=200, verbose_name=_("Name"))  # of the file
    sha256 = models.CharField(max_length=64)
    cases = models.JSONField(default=list)  # references of those it made
    undone_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Undone"))

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name
