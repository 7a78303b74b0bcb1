"""What is reported: snapshots that never change, corrections that are beside them, Word templates, signatures."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.figures import Period
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.reviews.models import Review
from floreo.strategy.models import Edition
from floreo.strategy.models.editions import may_read_internal

FROZEN = _("A snapshot cannot change. Describe the error in a correction, which is shown beside it.")


class SnapshotKind(models.TextChoices):
    PERIOD = "period", _("Progress report")
    CLOSING = "closing", _("Closing evaluation")


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def published(self) -> SnapshotQuerySet:
        """Those that somebody published and whose moment has come, to the second. Closing a period publishes nothing."""
        return self.filter(is_public=True, release__publish_at__lte=clock.now())

    def visible_to(self, viewer: object) -> SnapshotQuerySet:
        """Those that are published, of what was taken while the edition was public. The public: of editions that still are.
        Who reads what is internal of the plan: all."""
        if may_read_internal(viewer):
            return self
        out = self.published()
        return out if can(viewer, Permission.PLAN_READ) else out.filter(edition__is_public=True)

    def light(self) -> SnapshotQuerySet:
        """Without what they hold: for lists."""
        return self.defer("public", "internal")


class Snapshot(Record):
    """The status of an edition at the end of a period, as it was known when the period was closed. It is the report: page,
    PDF and Word are drawn from it. Neither we nor the database let it change."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="snapshots", verbose_name=_("Edition"))
    review = models.OneToOneField(Review, null=True, blank=True, on_delete=models.PROTECT, related_name="snapshot")
    kind = models.CharField(
        max_length=8, choices=SnapshotKind.choices, default=SnapshotKind.PERIOD, verbose_name=_("Kind")
    )
    code = models.SlugField(max_length=40, verbose_name=_("Code"))  # "2026-q3"
    starts_on = models.DateField(verbose_name=_("Starts"))
    ends_on = models.DateField(verbose_name=_("Ends"))
    as_of = models.DateField(verbose_name=_("As of"))  # the day for which everything holds
    is_public = models.BooleanField(verbose_name=_("Public"))  # whether the edition was public then
    public = models.JSONField()  # what the public may see
    internal = models.JSONField()  # all of it
    digest = models.CharField(max_length=64, verbose_name=_("Fingerprint"))  # SHA-256 over both and what they are of
    frozen_at = models.DateTimeField(verbose_name=_("Frozen"))
    frozen_by = models.CharField(max_length=200, verbose_name=_("Frozen by"))
    audit_number = models.PositiveBigIntegerField()  # the entry of the chain that records it

    # The trail holds its hash; all that it says would only be there twice.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"public", "internal"})
    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="snapshot_code_once"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="snapshot_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.edition.code} {self.code}"

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def is_out(self) -> bool:
        """Whether it is published, as far as the public may read it at all."""
        release = getattr(self, "release", None)
        return self.is_public and release is not None and release.is_out

    @property
    def short_digest(self) -> str:
        return " ".join((self.digest[:4], self.digest[4:8], self.digest[8:12]))

    def get_absolute_url(self) -> str:
        return path_to("portal:report_of", self.edition.code, self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:report", self.edition.code, self.code)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Refused(FROZEN, code="frozen")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Refused(FROZEN, code="frozen")


class Release(Record):
    """That a report is published, and from when: the decision of a person, apart from the closing of its period. `publish_at` in the
    future is an embargo, which ends by itself; empty: taken back before it ended."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="release")
    publish_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Publication"))
    decided_by = models.CharField(max_length=200, verbose_name=_("Decided by"))
    is_noted = models.BooleanField(default=False)  # the trail has it that its moment came

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["is_noted", "publish_at"], name="release_due")]

    def __str__(self) -> str:
        return str(self.snapshot)

    def audit_subject(self) -> models.Model:
        return self.snapshot

    @property
    def is_out(self) -> bool:
        """Whether everybody may read it now."""
        return self.publish_at is not None and self.publish_at <= clock.now()


class PreviewLink(Record):
    """A link by which one person reads a report before it is published. Nothing of the link is stored: it is signed. It opens until the
    report is published, or until somebody withdraws it."""

    read_with = Permission.PUBLICATION_PUBLISH

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="previews")
    name = models.CharField(
        max_length=200,
        verbose_name=_("For"),
        help_text=_("Who gets the link, for example: Minister of Public Utilities."),
    )
    to = models.EmailField(
        blank=True,
        verbose_name=_("E-mail address"),
        help_text=_("Empty: no e-mail is sent, and you pass the link on yourself."),
    )
    language = models.CharField(max_length=5, verbose_name=_("Language"))
    made_by = models.CharField(max_length=200, verbose_name=_("Made by"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Withdrawn"))
    withdrawn_by = models.CharField(max_length=200, blank=True, verbose_name=_("Withdrawn by"))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.name}"

    def audit_subject(self) -> models.Model:
        return self.snapshot


class AttachedQuerySet(models.QuerySet[Any]):
    """Corrections and lessons: public ones, a correction with its report; all to who reads what is internal of the plan."""

    def visible_to(self, viewer: object) -> AttachedQuerySet:
        if may_read_internal(viewer):
            return self
        rows = self.filter(is_public=True)
        return rows.filter(snapshot__in=Snapshot.objects.visible_to(viewer)) if self.model is Correction else rows


class Correction(Record, Translated):
    """What a snapshot says wrongly, and what is right: it is beside it on every form of the report. Never taken back:
    one that was wrong is corrected by the next."""

    translated_fields: ClassVar[tuple[str, ...]] = ("where", "text", "instead")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="corrections")
    where = models.CharField(
        max_length=200, verbose_name=_("Place in the report"), help_text=_("For example: Money, by year.")
    )  # "Money, by funder"
    text = models.CharField(max_length=500, blank=True, verbose_name=_("Text in the report"))  # what it says
    instead = models.TextField(verbose_name=_("Correct text, and its source"))  # what is right, and why
    on = models.DateField(verbose_name=_("Day"))
    by = models.CharField(max_length=200, verbose_name=_("Who"))
    is_public = models.BooleanField(default=True, verbose_name=_("Show to the public"))

    objects = AttachedQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.where}"

    def audit_subject(self) -> models.Model:
        return self.snapshot


class Lesson(Record, Translated):
    """What was learned in an edition, for its closing evaluation and for those who write the next one."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "text")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="lessons", verbose_name=_("Edition"))
    title = models.CharField(max_length=200, verbose_name=_("Lesson learned, in one line"))
    text = models.TextField(blank=True, verbose_name=_("What happened, and what to do next time"))
    reported_by = models.CharField(max_length=200, blank=True, verbose_name=_("Given by"))
    is_public = models.BooleanField(default=True, verbose_name=_("Show to the public"))
    position = models.PositiveIntegerField(default=0)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.edition


class WordTemplate(Record):
    """A ministry's own Word file with our fields in it. Checked when it is kept; what was found is saved with it."""

    read_with = Permission.REPORT_MAKE

    secret_fields: ClassVar[frozenset[str]] = frozenset({"content"})

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, verbose_name=_("Name"), help_text=_("For example: Cabinet paper."))
    file_name = models.CharField(max_length=200, verbose_name=_("File name"))
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(verbose_name=_("Size"))
    language = models.CharField(
        max_length=5, blank=True, verbose_name=_("Language"), help_text=_("Language in which its fields are filled.")
    )  # in which it is filled; blank: the reader's
    fields_used = models.JSONField(default=list, blank=True)
    kept_on = models.DateField(verbose_name=_("Added on"))
    kept_by = models.CharField(max_length=200, verbose_name=_("Added by"))
    is_active = models.BooleanField(default=True, verbose_name=_("In use"))

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class SignOff(Record):
    """That somebody signed a report: who, in what post, when, and the fingerprint of the very PDF that was signed."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="sign_offs")
    signed_name = models.CharField(max_length=200, verbose_name=_("Signed by"))
    signed_post = models.CharField(max_length=200, verbose_name=_("Post"))
    signed_on = models.DateField(verbose_name=_("Signed on"))
    language = models.CharField(max_length=5, verbose_name=_("Language of the signed PDF"))
    pdf_sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"))
    kept_by = models.CharField(max_length=200, verbose_name=_("Added by"))

    class Meta:
        ordering = ["signed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.snapshot} {self.signed_name}"

    def audit_subject(self) -> models.Model:
        return self.snapshot
