"""The vault: evidence kept once, and what it is attached to."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.file_text import Problem
from floreo.core.keys import thing_of
from floreo.core.models import Record, Sourced, Translated
from floreo.core.passages import DIVIDES
from floreo.core.policy import Tlp, markings_open_to, own_whatever_its_marking
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.evidence.logic import Validity, validity
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    RECORD = "record", _("Record in this system")  # a meeting's minutes, an approved answer: nothing to download


class LinkState(models.TextChoices):
    UNKNOWN = "", _("Link not checked yet")
    ALIVE = "alive", pgettext_lazy("a link", "Responds")
    DEAD = "dead", _("Does not respond")
    CLOSED = "closed", _("In a closed network; not checked")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, viewer: object) -> EvidenceQuerySet:
        """The public: those that are public, CLEAR and in force. Others: the markings that are open to them, and all of their own body."""
        markings = markings_open_to(viewer)
        if len(markings) == len(Tlp):
            return self
        seen = Q(is_public=True, tlp=Tlp.CLEAR, withdrawn_on=None)
        if markings:
            seen = Q(tlp__in=markings)
        mine = bodies_of(own_whatever_its_marking(viewer))
        return self.filter(seen | Q(organisation__in=mine)) if mine else self.filter(seen)

    def not_withdrawn(self) -> EvidenceQuerySet:
        """What has not been withdrawn."""
        return self.filter(withdrawn_on=None)


class Evidence(Record, Translated, Sourced):
    """A file, a link or a record that shows something is so. Kept once; attached to as many things as it shows."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "note")
    already_here = False  # set on what `store_file` and its kin return when it had been kept before

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    kind = models.CharField(max_length=6, choices=EvidenceKind.choices, verbose_name=_("Kind"))
    title = models.CharField(max_length=300, verbose_name=_("What it is"))
    note = models.TextField(
        blank=True, verbose_name=_("What it supports, and where in the document")
    )  # what it shows, and where in it
    file = models.FileField(upload_to="evidence/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True, verbose_name=_("File name"))  # as it came
    media_type = models.CharField(
        max_length=100, blank=True, verbose_name=_("Media type")
    )  # as its content says, never as its name does
    size = models.PositiveBigIntegerField(null=True, blank=True, verbose_name=_("Size"))
    sha256 = models.CharField(max_length=64, blank=True, db_index=True, verbose_name=_("SHA-256"))
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address of the link"))
    link_state = models.CharField(max_length=6, choices=LinkState.choices, blank=True, verbose_name=_("Link"))
    link_seen_on = models.DateField(null=True, blank=True, verbose_name=_("Link checked on"))
    record = models.CharField(max_length=120, blank=True)  # key of the record that it is
    dated = models.DateField(null=True, blank=True, verbose_name=_("Date of the document"))  # of the document itself
    valid_until = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Valid until"),
        help_text=_(
            "Its last day. Sixty days before, its organisation receives a request to renew it. Leave empty if it does not expire."
        ),
    )
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.GREEN, verbose_name=_("Marking"))
    is_public = models.BooleanField(default=False, verbose_name=_("Can be published"))
    organisation = models.ForeignKey(  # whose it is: who renews it
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
        verbose_name=_("Owner"),
        help_text=_("This organisation receives the request to renew it, and sees it whatever its marking."),
    )
    kept_by = models.CharField(max_length=200, verbose_name=_("Added by"))
    withdrawn_on = models.DateField(
        null=True, blank=True, verbose_name=_("Withdrawn")
    )  # withdrawn; kept for the history
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces", verbose_name=_("Replaced by")
    )

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(fields=["kind", "link_seen_on"], name="evidence_links"),
            models.Index(fields=["valid_until"], name="evidence_renewals"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(is_public=False) | Q(tlp=Tlp.CLEAR), name="public_evidence_is_clear"),
            models.CheckConstraint(
                condition=Q(kind="file", url="", record="") & ~Q(sha256="")
                | Q(kind="link", sha256="", record="") & ~Q(url="")
                | Q(kind="record", sha256="", url="") & ~Q(record=""),
                name="evidence_is_one_of_three",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.organisation.successor().pk} if self.organisation else set()

    def validity(self, today: date) -> Validity:
        return validity(self.valid_until, self.withdrawn_on, today=today)

    def is_already_public(self) -> bool:
        """Whether it was public when it was read from the database."""
        return not self._state.adding and bool(self._as_loaded.get("is_public"))

    def is_open_to_all(self) -> bool:
        """Whether the public may have it."""
        return self.is_public and self.tlp == Tlp.CLEAR and self.withdrawn_on is None

    def workspace_url(self) -> str:
        return path_to("workspace:evidence_item", self.code)

    def get_absolute_url(self) -> str:
        """Where it can be had: a link at its own address, all else through a view that asks who you are."""
        return self.url if self.kind == EvidenceKind.LINK else self.portal_url()

    def portal_url(self) -> str:
        return path_to("portal:evidence_file", self.code)

    def words_of_file(self) -> str:
        """What its file says, where that was read and it was not withdrawn: what was withdrawn is found by its title alone."""
        if self.kind != EvidenceKind.FILE or self.withdrawn_on is not None:
            return ""
        return FileText.objects.filter(evidence=self, sha256=self.sha256).values_list("text", flat=True).first() or ""

    def search_entry(self) -> Entry:
        """Found by who may open it."""
        others = " ".join(str(text) for texts in self.translations.values() for text in texts.values())
        body = " ".join([self.note, self.file_name, self.url, self.source, others])
        if words := self.words_of_file():
            body = DIVIDES.join([body, words])
        return Entry("evidence", self.title, body, self.portal_url(), self.workspace_url(), self.is_open_to_all())


class FileText(models.Model):
    """The words of a file of the vault: read by the worker in a cage, for the search alone. Whoever may not have the file never gets a
    word of it. Without text, `problem` says why."""

    not_chained = "Made from files whose hashes are in the trail, and made again when it is missing."

    evidence = models.OneToOneField(Evidence, on_delete=models.CASCADE, related_name="file_text")
    sha256 = models.CharField(max_length=64)  # of the bytes that were read
    text = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False)  # the file goes on
    problem = models.CharField(max_length=8, blank=True, choices=[(each.value, each.value) for each in Problem])
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.evidence_id}"


class Attachment(Record):
    """One piece of evidence on one thing: an action, a milestone, a reading, a rating, a decision."""

    evidence = models.ForeignKey(
        Evidence, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("Evidence")
    )
    thing = models.CharField(
        max_length=120, db_index=True, verbose_name=_("Supports")
    )  # core.keys: "strategy.milestone:17"
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"))  # "page 4"
    attached_by = models.CharField(max_length=200, verbose_name=_("Attached by"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "thing"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.evidence}: {self.thing}"

    def audit_subject(self) -> models.Model:
        return self.evidence

    def owner_ids(self) -> set[int]:
        """Whose the thing is: who answers for it says what shows it."""
        return getattr(thing_of(self.thing), "owner_ids", set)()
