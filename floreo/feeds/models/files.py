"""Feeds, the reports that they bring, and what the team says about them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.models import Record
from floreo.core.policy import Tlp
from floreo.core.seal import unseal
from floreo.feeds import logic
from floreo.feeds.collectors.header_names import AUTHORIZATION
from floreo.feeds.models.choices import (
    SENT_MARKINGS,
    CollectorKind,
    Delivery,
    Evidence,
    FileState,
    HeldReason,
    HeldState,
    RunHeld,
)

SUNDAY = 6
WEEKDAYS = [(number, WEEKDAY_NAMES[number]) for number in range(7)]
_ASKED = "What a server answered and when it is asked again is no fact of record."
HEADER_PURPOSE = "headers with which feeds are fetched"
_CLAIMED = "Which worker reads it now; what it read is in the trail."


class Feed(Record):
    """Where reports come from: four fields, the rest has defaults. `secret_fields` never enter the trail."""

    read_with = Permission.FEED_READ

    not_chained = {
        "etag": _ASKED,
        "modified": _ASKED,
        "due_at": _ASKED,
        "failures": _ASKED,
        "last_error": _ASKED,
        "last_looked_at": _ASKED,
        "passed_over": _ASKED,
        "alerted_at": "The mail to the duty contact is in the trail as an entry of its own.",
        "unsettled_since": "What was said of it and what followed are in the trail as entries of their own.",
    }

    secret_fields: ClassVar[frozenset[str]] = frozenset({"fetch_secret", "mail_word_hash"})

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120, verbose_name=_("Name"), help_text=_("For example: Shadowserver, nightly."))
    collector = models.CharField(
        max_length=8,
        choices=CollectorKind.choices,
        default=CollectorKind.UPLOAD,
        verbose_name=_("How the files arrive"),
    )
    # Folder: its name below the data folder's `incoming`; mail: the sender's address; fetch: the address.
    place = models.CharField(
        max_length=500,
        blank=True,
        verbose_name=_("Place"),
        help_text=_(
            "The name of a folder in “incoming” in the data folder, the address that e-mails the files, or the address they are fetched from. For TAXII the address of the server or of a collection, for a MISP feed its folder. Leave empty for the Reports API, for n6 of CERT Polska, and for files uploaded by hand or sent to our API."
        ),
    )
    format = models.CharField(
        max_length=20, blank=True, verbose_name=_("Format")
    )  # a name in feeds/formats; "" to recognise it from the content
    mapping = models.JSONField(default=dict, blank=True)  # of the four-field form: docs/guide/add-a-feed.md
    every_minutes = models.PositiveIntegerField(
        default=1440,
        verbose_name=_("How often"),
        help_text=_(
            "An address is fetched this often. A feed that sends nothing for longer than this is shown as silent."
        ),
    )  # how often to fetch, and how often a file is expected
    absent_runs = models.PositiveSmallIntegerField(
        default=logic.ABSENT_RUNS,
        verbose_name=_("Number of files without a finding before it counts as fixed"),
        help_text=_(
            "More are waited for where the source turns out to miss what is still there. A change counts from the next file on and changes nothing in the past."
        ),
    )
    # What it was before: [["2026-12-01", 3]] is three for what a file before that day was the first not to name. A figure of the past
    # does not move when the number does.
    absent_runs_before = models.JSONField(default=list, blank=True)
    # What its types mean by silence, where no format says it; "" is a list, which proves nothing.
    evidence = models.CharField(
        max_length=8,
        choices=Evidence.choices,
        blank=True,
        verbose_name=_("What it means that a file does not name something"),
        help_text=_("Formats whose types are listed know this. Without it, nothing counts as fixed."),
    )
    delivery = models.CharField(
        max_length=10,
        choices=Delivery.choices,
        blank=True,
        verbose_name=_("What each file holds"),
        help_text=_("Ask the sender. A file of changes does not show that something is fixed."),
    )
    whole_on = models.PositiveSmallIntegerField(
        default=SUNDAY,
        choices=WEEKDAYS,
        verbose_name=_("Day of the week with everything"),
        help_text=_("Where the other days hold changes only."),
    )  # 0 Monday
    sends_empty = models.BooleanField(
        default=False,
        verbose_name=_("Files without a row are true"),
        help_text=_("The sender sends a file also when there is nothing. Otherwise such a file waits for a person."),
    )
    tlp = models.CharField(max_length=12, choices=SENT_MARKINGS, default=Tlp.AMBER, verbose_name=_("Marking"))
    is_active = models.BooleanField(default=True, verbose_name=_("Switched on"))
    fetch_secret = models.CharField(
        max_length=800,
        blank=True,
        verbose_name=_("Key or password"),
        help_text=_(
            "Only if the address requires one: what its header holds, for example a key alone, or Bearer and a key; for the Shadowserver Reports API the key, a colon, and the secret; for TAXII and MISP also a user name, a colon, and the password, or a key alone; for n6 the API key. It is stored and never shown. Leave empty to keep the current one; it is forgotten when the place leads to another server."
        ),
    )  # what is in a header, up to 500 characters, where the address wants one; sealed
    secret_header = models.CharField(
        max_length=60,
        default=AUTHORIZATION,
        verbose_name=_("Header for the key"),
        help_text=_(
            "Authorization, unless the source names another one, such as Auth-Key or X-API-Key. Where it wants the key in the address, write {key} there. The Reports API signs its calls instead."
        ),
    )
    # Of the secret word in the address to which this feed's mail may be sent instead of being signed; "" where there is none.
    mail_word_hash = models.CharField(max_length=64, blank=True)
    sender_key = models.TextField(
        blank=True,
        verbose_name=_("OpenPGP public key of the sender"),
        help_text=_(
            "For a sender who signs the mail with OpenPGP. The whole key, from BEGIN PGP PUBLIC KEY BLOCK to END. Compare its fingerprint with the sender by another way."
        ),
    )  # armoured, as openpgp.certificate read it
    # What a server gave to ask by next time: ETag; of a TAXII collection the moment up to which everything came.
    etag = models.CharField(max_length=200, blank=True)
    passed_over = models.JSONField(
        default=list, blank=True
    )  # what a source lists and had nothing for us: names of files
    modified = models.CharField(max_length=60, blank=True)  # Last-Modified as the server said it
    due_at = models.DateTimeField(null=True, blank=True)  # when it is fetched next
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    last_error = models.CharField(max_length=300, blank=True, verbose_name=_("Last error"))
    last_looked_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Last look"))
    silent_since = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Silent since")
    )  # no file came in the time in which one is expected
    alerted_at = models.DateTimeField(null=True, blank=True)  # when the duty contact was mailed about it
    # Since when the team has said something else of it, and its findings are still as before; a job works them out again.
    unsettled_since = models.DateTimeField(null=True, blank=True)
    not_taken_at = models.DateTimeField(
        null=True, blank=True
    )  # something came that was not taken; until a person saw it

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workspace:feed", args=[self.code])

    def asked_before(self) -> list[tuple[date, int]]:
        """`absent_runs_before`, as days and numbers."""
        return [(date.fromisoformat(day), number) for day, number in self.absent_runs_before]

    def header(self) -> str:
        """The key or password in clear, or "". Raises CannotUnseal."""
        return unseal(self.fetch_secret, purpose=HEADER_PURPOSE) if self.fetch_secret else ""


class FeedFile(Record):
    """One received file, known by its hash: the same bytes come in once a feed, however often they arrive. Where a file says
    its day, once a day: a report without a row, or a list that did not change, is the same bytes every night."""

    read_with = Permission.FEED_READ

    not_chained = {
        "state": _CLAIMED,
        "claimed_until": _CLAIMED,
        "attempts": _CLAIMED,
    }

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="reports", verbose_name=_("Feed"))
    sha256 = models.CharField(max_length=64, verbose_name=_("SHA-256"))  # SHA-256 of the file as it came
    name = models.CharField(max_length=300, verbose_name=_("File"))
    day = models.DateField(verbose_name=_("Day"))  # the day that it reports on: from its name, else when it came
    report_type = models.CharField(max_length=80, blank=True, verbose_name=_("File type"))
    is_known_type = models.BooleanField(default=True, verbose_name=_("Known file type"))
    size = models.PositiveBigIntegerField(default=0, verbose_name=_("Size"))
    received_at = models.DateTimeField(verbose_name=_("Received"))
    received_by = models.CharField(
        max_length=200, blank=True, verbose_name=_("Received by")
    )  # who handed it in, or the way it came
    state = models.CharField(
        max_length=8, choices=FileState.choices, default=FileState.WAITING, verbose_name=_("State")
    )
    claimed_until = models.DateTimeField(null=True, blank=True)  # a worker that died holds it no longer
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True, verbose_name=_("Problem"))  # engine/problems.py
    rows = models.PositiveBigIntegerField(default=0, verbose_name=_("Rows"))  # = kept + duplicates + dropped + rejected
    kept = models.PositiveBigIntegerField(default=0, verbose_name=_("Rows saved"))
    duplicates = models.PositiveBigIntegerField(default=0, verbose_name=_("Repeats"))
    dropped = models.PositiveBigIntegerField(default=0, verbose_name=_("Discarded"))
    outside = models.PositiveBigIntegerField(default=0, verbose_name=_("Outside"))
    rejected = models.PositiveBigIntegerField(default=0, verbose_name=_("Rejected rows"))
    reasons = models.JSONField(default=dict, blank=True)
    organisations = models.JSONField(default=dict, blank=True)  # code -> events
    families = models.JSONField(default=dict, blank=True)  # "4" or "6" -> findings at addresses of IPv4 or IPv6
    unknown_columns = models.JSONField(default=list, blank=True, verbose_name=_("Unknown columns"))
    missing_columns = models.JSONField(default=list, blank=True, verbose_name=_("Missing columns"))
    seconds = models.FloatField(default=0)
    read_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Read"))
    rejects_path = models.CharField(max_length=300, blank=True)  # within the store
    corrected_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="corrects",
        verbose_name=_("Corrected by"),
    )

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["feed", "sha256", "report_type", "day"], name="report_once_a_feed")
        ]
        indexes = [
            models.Index(fields=["state", "claimed_until"], name="report_due"),
            models.Index(fields=["feed", "report_type", "day"], name="report_window"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workspace:feed_report", args=[self.pk])


class HeldFile(Record):
    """A file from a mail that says it comes from a feed's sender, and nothing proves it. It is no report: nobody reads it and
    nothing counts it until a person releases it."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="held_files", verbose_name=_("Feed"))
    sha256 = models.CharField(max_length=64)  # SHA-256 of the file as it came
    name = models.CharField(max_length=300, verbose_name=_("Name"))
    size = models.PositiveBigIntegerField(verbose_name=_("Size"))
    sender = models.CharField(max_length=320, verbose_name=_("Sender"))  # as the mail says
    reason = models.CharField(max_length=12, choices=HeldReason.choices, verbose_name=_("Reason"))
    received_at = models.DateTimeField(verbose_name=_("Received"))
    state = models.CharField(max_length=10, choices=HeldState.choices, default=HeldState.HELD, verbose_name=_("State"))

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["feed", "sha256", "name"], name="held_once_a_feed")]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.feed


class TypeMapping(Record):
    """What the team says of a report type that no format knows: which column is what, and what it means."""

    read_with = Permission.FEED_READ

    report_type = models.CharField(max_length=80, unique=True, verbose_name=_("File type"))
    mapping = models.JSONField(default=dict)  # as Feed.mapping

    class Meta:
        ordering = ["report_type"]

    def __str__(self) -> str:
        return self.report_type


class RunQuerySet(models.QuerySet["Run"]):
    def counting(self) -> RunQuerySet:
        """Those by which findings count as fixed."""
        return self.filter(held="")

    def waiting(self) -> RunQuerySet:
        """Those out of line, on which a person decides."""
        return self.exclude(held__in=["", RunHeld.REFUSED])


class Run(models.Model):
    """A feed reported on a type on a day: what findings are measured against. Made with the report, in one transaction. One
    that is out of line is held: it closes nothing and is in no notice until a person says that it counts."""

    read_with = Permission.FEED_READ

    not_chained = "How a reading went; its files are in the trail."

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="runs")
    report_type = models.CharField(max_length=80, blank=True)
    day = models.DateField()
    held = models.CharField(max_length=8, choices=RunHeld.choices, blank=True)
    # A person said that it is as it came. What it is held for otherwise follows from its rows and those of other nights.
    accepted = models.BooleanField(default=False)
    # What its files hold, as the feed was declared when they came; "" where nobody had said.
    holds = models.CharField(max_length=10, choices=Delivery.choices, blank=True)
    rows = models.PositiveBigIntegerField(default=0)  # that were kept, of all its files
    families = models.JSONField(default=dict, blank=True)  # as FeedFile.families, of all its files
    # Of the findings that the looks before and after this one saw: how many this one saw, and how many it missed.
    again = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    withdraws = models.JSONField(default=list, blank=True)  # findings that a corrected file took back, while it is held
    alerted_at = models.DateTimeField(null=True, blank=True)  # when the duty contact was mailed that it is held

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "report_type", "day"], name="run_once")]

    def __str__(self) -> str:
        return f"{self.feed} {self.report_type} {self.day}"


class FeedRule(Record):
    """A rule of the team, row of one table: what it looks for, and what it does (engine/rules.py). It counts once it is on."""

    read_with = Permission.FEED_READ

    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(
        max_length=120, verbose_name=_("Name"), help_text=_("For example: our own scanner is not an attacker.")
    )
    when = models.JSONField(default=list)  # [{"field": "source.asn", "is": "=", "value": "64496"}], all must hold
    does = models.CharField(max_length=10, verbose_name=_("Then"))  # drop, rewrite, raise, route
    field = models.CharField(
        max_length=60, blank=True, verbose_name=_("Field to rewrite")
    )  # rewritten; for raise the severity is in `value`
    value = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Value"),
        help_text=_(
            "A severity (critical, high, medium, low), a contact role (abuse, technical, management, duty), or the new text."
        ),
    )
    reason = models.CharField(
        max_length=300, verbose_name=_("Reason"), help_text=_("For people who read the table later.")
    )  # why the team wants it
    is_on = models.BooleanField(default=False, verbose_name=_("In force"))

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
