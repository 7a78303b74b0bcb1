"""Reports: what somebody reports to the team, by whichever channel, before anybody judges it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.incidents.models.cases import Case, read_by
from floreo.incidents.models.choices import Channel, ReportKind, ReportState
from floreo.organisations.models import Organisation, Place


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, viewer: object) -> ReportQuerySet:
        """The team alone, and of a TLP:RED case those who are named in it: a reporter reads their own by its secret link, without an
        account."""
        if reach(viewer, Permission.INCIDENT_HANDLE) is not None:
            return self.none()
        return self.filter(Q(case=None) | read_by(viewer, "case"))


class Report(Record):
    """One report. What the reporter said stays as it came; what the team decides is in `state`, `case` and the log."""

    # Who reported and what they wrote are read here and never from the trail.
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"link_hash", "reporter_name", "reporter_mail", "reporter_phone", "text", "answers", "additions", "subject"}
    )

    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Reference"))  # REP-2026-K7QF3M
    channel = models.CharField(max_length=8, choices=Channel.choices, verbose_name=_("Channel"))
    # Of the message, form or row it came from: the same one is taken in once.
    source_key = models.CharField(max_length=200, unique=True)
    received_at = models.DateTimeField(verbose_name=_("Received"))  # by the team, on paper too
    happened_at = models.DateTimeField(null=True, blank=True, verbose_name=_("When it happened"))
    noticed_at = models.DateTimeField(null=True, blank=True, verbose_name=_("When it was noticed"))
    language = models.CharField(max_length=5, blank=True, verbose_name=_("Language"))
    kind = models.CharField(
        max_length=10, choices=ReportKind.choices, default=ReportKind.OTHER, verbose_name=_("What it is about")
    )
    subject = models.CharField(max_length=200, verbose_name=_("In one line"))
    text = models.TextField(blank=True, verbose_name=_("What happened"))
    reporter_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    reporter_mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    reporter_phone = models.CharField(max_length=40, blank=True, verbose_name=_("Telephone"))
    organisation_name = models.CharField(max_length=200, blank=True, verbose_name=_("Organisation, as written"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="incident_reports",
        verbose_name=_("Organisation"),
    )
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="incident_reports",
        verbose_name=_("District"),
    )
    is_in_danger = models.BooleanField(null=True, blank=True, verbose_name=_("Is anybody in danger?"))
    wants_police = models.BooleanField(null=True, blank=True, verbose_name=_("Should the police know?"))
    concerns_child = models.BooleanField(default=False, verbose_name=_("It concerns a child"))
    # {"question": "answer"}: what a channel knows beside the fields above (XARF fields, further answers of the form).
    answers = models.JSONField(default=dict, blank=True)
    additions = models.JSONField(default=list, blank=True)  # [{"at": ISO time, "text": "..."}], by the secret link
    doubts = models.JSONField(default=list, blank=True)  # sentences: "The sender is not proven."
    rsit = models.CharField(
        max_length=80, blank=True, verbose_name=_("Class")
    )  # "fraud/phishing", as the channel or a helper suggests
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    state = models.CharField(
        max_length=10, choices=ReportState.choices, default=ReportState.NEW, verbose_name=_("State")
    )
    reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))  # of a rejection, or to whom passed
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="reports", verbose_name=_("Case")
    )
    duplicate_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duplicates",
        verbose_name=_("Duplicate of"),
    )
    finding_key = models.CharField(max_length=120, blank=True)  # of the feed's finding, where it was promoted
    acknowledged_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Acknowledged")
    )  # when the reporter was first answered, by a person
    decided_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Decided")
    )  # when the state first left "to triage"
    link_hash = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # SHA-256 of the secret of the reporter's link
    link_ended_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Link ended"))
    is_exercise = models.BooleanField(default=False, verbose_name=_("Exercise"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "received_at", "id"], name="report_inbox"),
            models.Index(fields=["received_at", "id"], name="report_received"),
            models.Index(fields=["reporter_mail"], name="report_sender"),
            models.Index(fields=["finding_key"], name="report_finding"),
            models.Index(Lower("subject"), "received_at", name="report_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(case__isnull=False), name="accepted_report_has_a_case"
            ),
        ]

    def __str__(self) -> str:
        return self.reference  # the trail names it so; its subject is often the reporter's own words

    def get_absolute_url(self) -> str:
        return path_to("workspace:incident_report", self.reference)

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        body = " ".join(filter(None, [self.organisation_name, self.text]))
        return Entry("incident_report", f"{self.reference} {self.subject}", body, here, here)


class ReportFile(Record):
    """A file that came with a report: kept apart under its hash, never served inline."""

    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"name", "doubt"}
    )  # how a reporter calls a file may name people

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)  # as it came, tidied
    media_type = models.CharField(max_length=100, blank=True, verbose_name=_("Media type"))  # as its content says
    size = models.PositiveBigIntegerField(verbose_name=_("Size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    file = models.FileField(upload_to="incidents/", max_length=300)
    doubt = models.CharField(max_length=300, blank=True)  # "Named .jpg, but it is a PDF."

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"SHA-256 {self.sha256[:12]}"

    def audit_subject(self) -> models.Model:
        return self.report
