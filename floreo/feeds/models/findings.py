"""Findings: one problem at one address, for as long as it lasts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.access import Permission, reach
from floreo.core.models import Record
from floreo.core.routes import path_to
from floreo.core.wording import colon
from floreo.feeds import logic
from floreo.feeds.models.choices import FindingState, FixClaim, ReplyKind, Severity
from floreo.feeds.models.files import Feed
from floreo.feeds.texts import title_for_others
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, viewer: object) -> FindingQuerySet:
        """Nobody's business but the team's and the organisation's own."""
        own = reach(viewer, Permission.FEED_READ)
        return self if own is None else self.filter(organisation__in=bodies_of(own))

    def open(self) -> FindingQuerySet:
        """What is not fixed."""
        return self.filter(state__in=logic.OPEN_STATES)


class FindingText(models.Model):
    """A text in which findings are looked for, kept once for all that have it: a kind with a detail, a network with a service, or the name
    where a problem is. Written by the database itself (migrations/_texts.py); addresses are not among them."""

    not_chained = "Made by the database from the findings themselves."

    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class Finding(Record):
    """One problem at one address or name, for as long as it lasts. Written by runs; people only answer."""

    not_chained = "Made again each night from files whose hashes are in the trail."

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="findings", verbose_name=_l("Organisation")
    )
    subject = models.CharField(
        max_length=255, verbose_name=_l("IP address or domain name")
    )  # the address where it was last seen, else the name
    # What makes it one finding: the machine where the source identifies it ("certificate:...", or the /64 in which it makes up its
    # addresses), else the subject.
    unit = models.CharField(max_length=255, blank=True)
    # Of a machine: the addresses at which it was seen, with the first and last day of reports; the newest MOST_ADDRESSES.
    addresses = models.JSONField(default=dict, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    kind = models.CharField(max_length=80, verbose_name=_l("Kind"))  # classification.identifier
    port = models.PositiveIntegerField(default=0, verbose_name=_l("Port"))  # 0: none
    protocol = models.CharField(max_length=10, blank=True, verbose_name=_l("Protocol"))
    taxonomy = models.CharField(max_length=40, blank=True, verbose_name=_l("Class"))
    type = models.CharField(max_length=60, blank=True, verbose_name=_l("Type"))
    severity = models.CharField(
        max_length=10, choices=Severity.choices, default=Severity.UNDEFINED, verbose_name=_l("Severity")
    )
    severity_rank = models.PositiveSmallIntegerField(default=5)  # 0 is worst: lists are ordered by it
    detail = models.CharField(max_length=300, blank=True, verbose_name=_l("Detail"))
    network = models.CharField(max_length=255, blank=True, verbose_name=_l("Network"))  # what matched
    reason = models.CharField(max_length=10, blank=True, verbose_name=_l("Attributed by"))  # engine.events.Match
    service = models.CharField(max_length=120, blank=True, verbose_name=_l("Service"))
    route = models.CharField(max_length=12, blank=True)  # the contact role that a rule of the team sends it to
    feed = models.ForeignKey(
        Feed, on_delete=models.PROTECT, related_name="findings", verbose_name=_l("Feed")
    )  # that saw it last
    report_type = models.CharField(max_length=80, blank=True, verbose_name=_l("File type"))
    first_seen = models.DateTimeField(verbose_name=_l("First seen"))
    last_seen = models.DateTimeField(verbose_name=_l("Last seen"))
    first_day = models.DateField()  # of the reports
    last_day = models.DateField()
    # By source ("feed/type") the days on which it was seen, as stretches: [["2026-11-01", "2026-11-03"]]. All that is said
    # of days and states is computed from it and the days of runs, so the order in which files come does not matter.
    seen = models.JSONField(default=dict)
    times_seen = models.PositiveBigIntegerField(default=0, verbose_name=_l("Times seen"))  # events
    days_seen = models.PositiveIntegerField(default=1)  # reports' days
    # Its state: as it was `observed`, unless the team or its source ended it (`ending`), or a rule leaves it out.
    state = models.CharField(
        max_length=12, choices=FindingState.choices, default=FindingState.NEW, verbose_name=_l("State")
    )
    observed = models.CharField(max_length=12, choices=FindingState.choices, default=FindingState.NEW)
    ending = models.ForeignKey(
        "feeds.FindingEnding", null=True, blank=True, on_delete=models.SET_NULL, related_name="findings"
    )
    dropped = models.BooleanField(default=False)  # by a rule, when it was last seen
    opened_on = models.DateField(verbose_name=_l("Open since"))  # this time: the first day, or the day it came back
    fixed_on = models.DateField(
        null=True, blank=True, verbose_name=_l("Fixed by")
    )  # the first look that did not see it
    reopened = models.PositiveSmallIntegerField(default=0, verbose_name=_l("Seen again"))  # times
    moved_on = models.DateField(null=True, blank=True)  # when its network came to this organisation, and from which
    moved_from = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reply = models.CharField(
        max_length=12, choices=ReplyKind.choices, blank=True, verbose_name=_l("Reply")
    )  # the last answer
    replied_on = models.DateField(null=True, blank=True, verbose_name=_l("Replied on"))
    claim = models.CharField(max_length=12, choices=FixClaim.choices, blank=True, verbose_name=_l("Reported fixed"))
    notified_on = models.DateField(null=True, blank=True)  # when its organisation was last written to about it
    notified_state = models.CharField(max_length=12, choices=FindingState.choices, blank=True)  # and its state then

    alerted_on = models.DateField(null=True, blank=True)  # when the duty contact was last mailed about it
    # Its kind and detail, and its network and service, by which it is looked for; set by the database (migrations/_texts.py).
    kind_text = models.ForeignKey(
        FindingText, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    network_text = models.ForeignKey(
        FindingText, null=True, editable=False, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["severity_rank", "-last_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "unit", "kind", "port"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(state="fixed") & ~Q(fixed_on=None) | ~Q(state="fixed"), name="fixed_has_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["feed", "report_type", "observed", "last_day"], name="finding_absent"),
            # Of millions (benchmarks/feeds): the list in its order, whatever it is narrowed by, how many are open and how bad, and
            # which kinds there are. Each ends as the list is ordered, so that a page is found without reading a row.
            models.Index(fields=["severity_rank", "-last_day", "-id"], name="finding_order"),
            models.Index(fields=["state", "severity_rank", "-last_day", "-id"], name="finding_open"),
            models.Index(fields=["organisation", "state", "severity_rank", "-last_day", "-id"], name="finding_of"),
            models.Index(fields=["kind", "state", "severity_rank", "-last_day", "-id"], name="finding_kinds"),
            models.Index(fields=["organisation", "kind", "state"], name="finding_kinds_of"),
            models.Index(fields=["kind_text"], name="finding_kind_text"),
            models.Index(fields=["network_text"], name="finding_network_text"),
            models.Index(fields=["subject"], name="finding_subject"),
            models.Index(fields=["unit"], name="finding_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}" + (f":{self.port}" if self.port else "")

    @property
    def where(self) -> str:
        """ "192.0.2.7, port 3389"; an address of the new kind needs no brackets so."""
        if self.port:
            return _("%(subject)s, port %(port)d") % {"subject": self.subject, "port": self.port}
        return self.subject

    def named(self) -> str:
        """Where it is and what, in the reader's language."""
        return f"{self.where}{colon()} {title_for_others(self.kind, languages.now(), self.taxonomy)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.unit = self.unit or self.subject
        super().save(*args, **kwargs)

    @property
    def machine(self) -> str:
        """What identifies its machine; "" where the source gives only the address."""
        return "" if self.unit == self.subject else self.unit

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def get_absolute_url(self) -> str:
        return path_to("workspace:finding", self.pk)


class OpenPeriod(models.Model):
    """One time that a finding was open, by what files show: a finding that came back has several. Written with the finding; what
    the team says of it changes nothing here. `ending` is fixed (between the day after `last_day` and `ended_on`), not_seen or
    outside, and "" while it is open."""

    not_chained = "Made with its finding from files whose hashes are in the trail."

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="open_periods")
    opened_on = models.DateField()
    # The day after the last look that did not see it; else the day on which it was seen first.
    starts_on = models.DateField()
    last_day = models.DateField(null=True, blank=True)  # on which it was seen, once it has ended
    ended_on = models.DateField(null=True, blank=True)
    shown_on = models.DateField(null=True, blank=True)  # since when enough looks show that it has ended
    ending = models.CharField(max_length=12, choices=FindingState.choices, blank=True)

    class Meta:
        ordering = ["opened_on"]
        constraints = [models.UniqueConstraint(fields=["finding", "opened_on"], name="spell_once")]

    def __str__(self) -> str:
        return f"{self.finding} {self.opened_on}"
