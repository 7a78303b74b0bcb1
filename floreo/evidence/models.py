"""The vault: evidence kept once, and what it is attached to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.organisations.models import Organisation


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    RECORD = "record", _("Record kept here")  # a meeting's minutes, an approved answer: nothing to download


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST, 2022). Public evidence is CLEAR; nothing else ever leaves to strangers."""

    CLEAR = "CLEAR", "TLP:CLEAR"
    GREEN = "GREEN", "TLP:GREEN"
    AMBER = "AMBER", "TLP:AMBER"
    AMBER_STRICT = "AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "RED", "TLP:RED"


class LinkState(models.TextChoices):
    UNKNOWN = "", _("Not looked at yet")
    ALIVE = "alive", _("Answers")
    DEAD = "dead", _("Does not answer")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, viewer: object) -> EvidenceQuerySet:
        """Strangers: public and CLEAR. Whoever may read evidence: all but RED of other organisations' keeping."""
        own = reach(viewer, Permission.EVIDENCE_KEEP)
        public = Q(is_public=True, tlp=Tlp.CLEAR)
        if own is None:
            return self
        if reach(viewer, Permission.EVIDENCE_READ) is None:
            return self.filter(~Q(tlp=Tlp.RED) | Q(organisation__in=own))
        return self.filter(public | Q(organisation__in=own))


class Evidence(Record, Translated, Sourced):
    """A file, a link or a record that shows something is so. Kept once; attached to as many things as it shows."""

    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=6, choices=EvidenceKind.choices)
    title = models.CharField(max_length=300)
    note = models.TextField(blank=True)  # what it shows, and where in it
    file = models.FileField(upload_to="evidence/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)  # as it came
    media_type = models.CharField(max_length=100, blank=True)  # as its content says, never as its name does
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    url = models.URLField(max_length=500, blank=True)
    link_state = models.CharField(max_length=6, choices=LinkState.choices, blank=True)
    link_seen_on = models.DateField(null=True, blank=True)
    record = models.CharField(max_length=120, blank=True)  # key of the record that it is
    dated = models.DateField(null=True, blank=True)  # of the document itself
    valid_until = models.DateField(null=True, blank=True)
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.GREEN)
    is_public = models.BooleanField(default=False)
    organisation = models.ForeignKey(  # whose it is: who renews it
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence"
    )
    kept_by = models.CharField(max_length=200)
    withdrawn_on = models.DateField(null=True, blank=True)  # no longer stands; kept for the history
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "evidence"
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
        return {self.organisation_id} if self.organisation_id else set()

    def desk_url(self) -> str:
        return reverse("workspace:evidence_item", args=[self.code])


class Attachment(Record):
    """One piece of evidence on one thing: an action, a milestone, a reading, a rating, a decision."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="attachments")
    thing = models.CharField(max_length=120, db_index=True)  # core.keys: "strategy.milestone:17"
    note = models.CharField(max_length=300, blank=True)  # "page 4"
    attached_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "thing"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.evidence}: {self.thing}"

    def audit_subject(self) -> models.Model:
        return self.evidence
