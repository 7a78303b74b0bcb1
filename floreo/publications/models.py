"""What is published: publications with their versions, the channels they go out by, and what was posted where and when."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, in_each_language
from floreo.organisations.models import Organisation
from floreo.publications.logic import is_out
from floreo.strategy.models import Edition


class PublicationKind(models.TextChoices):
    REPORT = "report", _("Report")
    PRESS = "press", _("Press notice")
    NOTICE = "notice", _("Notice")
    DOCUMENT = "document", _("Document")
    STRATEGY = "strategy", _("Strategy")  # a digital copy of an edition


class PublicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready")  # with `embargo_until`: goes out by itself at that moment
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def may_write(viewer: object) -> bool:
    """Whether the viewer sees what is not out yet."""
    return can(viewer, Permission.PUBLICATION_WRITE)


class PublicationQuerySet(models.QuerySet["Publication"]):
    def out(self, now: datetime | None = None) -> PublicationQuerySet:
        """What is out at that moment: the same as logic.is_out, in the database."""
        due = Q(state=PublicationState.READY, embargo_until__lte=now or clock.now())
        return self.filter(Q(state=PublicationState.PUBLISHED) | due)

    def visible_to(self, viewer: object) -> PublicationQuerySet:
        """Before its moment nobody but who writes knows that it exists."""
        return self if may_write(viewer) else self.out()

    def newest(self, most: int) -> PublicationQuerySet:
        return self.dated().order_by("-out_at", "-pk")[:most]  # type: ignore[misc]  # dated() gives it

    def dated(self) -> PublicationQuerySet:
        """With `out_at`: when each went out, or will; drafts by when they were begun."""
        return self.annotate(
            out_at=Coalesce("published_at", "embargo_until", "created_at", output_field=models.DateTimeField())
        )


class Publication(Record, Translated):
    """Something that was put before the public under an address that stays. Once it is out, it changes only as a new
    version with a note of what was corrected."""

    translated_fields = ("title", "summary", "text")

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address, for example annual-review-2026."),
    )  # its address
    kind = models.CharField(max_length=8, choices=PublicationKind.choices, verbose_name=_("Kind"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    summary = models.CharField(
        max_length=500,
        blank=True,
        verbose_name=_("Summary"),
        help_text=_("One or two sentences, shown in lists, in search and in the RSS feed."),
    )
    text = models.TextField(
        blank=True,
        verbose_name=_("Text"),
        help_text=_("Markdown: ## before a heading, - before each point of a list, [words](address) for a link."),
    )  # Markdown
    language = models.CharField(
        max_length=5, verbose_name=_("Language")
    )  # in which title, summary and text are written
    organisation = models.ForeignKey(  # who publishes it
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
        verbose_name=_("Published by"),
    )
    edition = models.ForeignKey(
        Edition,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="publications",
        verbose_name=_("Edition"),
    )
    about = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Record made public"),
        help_text=_("Its page then links to that record. Leave empty for a separate text."),
    )  # key of what it makes public: "reports.snapshot:3"
    file = models.FileField(upload_to="publications/", max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True, verbose_name=_("File"))
    media_type = models.CharField(max_length=100, blank=True, verbose_name=_("Media type"))  # as its content says
    size = models.PositiveBigIntegerField(null=True, blank=True, verbose_name=_("Size"))
    sha256 = models.CharField(max_length=64, blank=True, verbose_name=_("Hash"))
    state = models.CharField(
        max_length=9, choices=PublicationState.choices, default=PublicationState.DRAFT, verbose_name=_("State")
    )
    embargo_until = models.DateTimeField(null=True, blank=True, verbose_name=_("Embargo"))
    published_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Published"))
    withdrawn_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Withdrawn"))
    withdrawn_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason for withdrawal"))  # public
    issue = models.PositiveIntegerField(default=1, verbose_name=_("Version"))  # which version of the text is current
    corrected_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Corrected"))

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="published_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_reason=""),
                name="withdrawn_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(embargo_until=None) | ~Q(state="draft"), name="draft_goes_out_by_no_clock"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "embargo_until"], name="publication_due"),
            models.Index(F("published_at").desc(), "id", name="publication_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_out(self) -> bool:
        return is_out(self.state, self.embargo_until, now=clock.now())

    @property
    def went_out_at(self) -> datetime | None:
        """When it went out, also while the worker has not yet written it down."""
        return self.published_at or (self.embargo_until if self.is_out else None)

    @property
    def was_public(self) -> bool:
        """Whether its address was ever given to anybody."""
        return self.published_at is not None

    def get_absolute_url(self) -> str:
        return path_to("portal:publication", self.code)

    def file_address(self) -> str:
        return path_to("portal:publication_file", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:publication", self.code)

    def _words_of_file(self) -> str:
        found = FileText.objects.filter(sha256=self.sha256).first() if self.file and self.sha256 else None
        return found.text if found else ""

    def search_entry(self) -> Entry:
        own = in_each_language(self, "title", "summary", "text")
        body = " ".join(filter(None, [own, self.file_name, self._words_of_file()]))
        return Entry(
            "publication",
            self.title,
            body,
            self.get_absolute_url(),
            self.workspace_url(),
            self.state == PublicationState.PUBLISHED,
        )


class FileText(models.Model):
    """The words of a file that was published or is to be: read by the worker in a cage, for the search alone. Empty where the file holds none
    that can be read."""

    not_chained = "Made from files whose hashes are in the trail, and made again when it is missing."

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField(blank=True)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class PublicationVersion(Record):
    """How a publication read before it was corrected. Public, beside what is current."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="versions")
    issue = models.PositiveIntegerField(verbose_name=_("Version"))
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    summary = models.CharField(max_length=500, blank=True, verbose_name=_("Summary"))
    text = models.TextField(blank=True, verbose_name=_("Text"))
    translations = models.JSONField(default=dict, blank=True)
    file = models.CharField(max_length=300, blank=True)  # where the file lies that it had
    file_name = models.CharField(max_length=200, blank=True, verbose_name=_("File name"))
    media_type = models.CharField(max_length=100, blank=True, verbose_name=_("Media type"))
    sha256 = models.CharField(max_length=64, blank=True)
    valid_from = models.DateTimeField(verbose_name=_("Valid from"))
    corrected_at = models.DateTimeField(verbose_name=_("Corrected"))
    note = models.CharField(max_length=500, verbose_name=_("Note"))  # what was wrong
    corrected_by = models.CharField(max_length=200, verbose_name=_("Corrected by"))

    class Meta:
        ordering = ["-issue"]
        constraints = [models.UniqueConstraint(fields=["publication", "issue"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.title} ({self.issue})"

    def audit_subject(self) -> models.Model:
        return self.publication


class ChannelKind(models.TextChoices):
    SITE = "site", _("Web site")
    AGENCY = "agency", pgettext_lazy("channel", "Public organisation")
    PRESS = "press", _("Press office")
    SOCIAL = "social", _("Social network")
    PRINT = "print", _("Print")


class Channel(Record, Translated, Sourced):
    """A way out: where publications are posted besides this site."""

    read_with = Permission.PUBLICATION_WRITE

    translated_fields = ("name",)

    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("A short name, for example press-office.")
    )
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    kind = models.CharField(max_length=6, choices=ChannelKind.choices, verbose_name=_("Kind"))
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address"))
    organisation = models.ForeignKey(  # who runs it
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="channels", verbose_name=_("Run by")
    )
    # Which kinds of publication should go out by it; empty: all. What is not posted yet is to be done.
    kinds = models.JSONField(
        default=list,
        blank=True,
        verbose_name=_("Kinds of publication to post on it"),
        help_text=_("If none is selected: all."),
    )
    is_active = models.BooleanField(default=True, verbose_name=_("In use"))
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def takes(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Posting(Record, Sourced):
    """One publication posted by one channel at a moment. `skipped` says that it will not be, and the note why."""

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="postings", verbose_name=_("Publication")
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="postings", verbose_name=_("Channel"))
    at = models.DateTimeField(verbose_name=_("Moment"))
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address of the posting"))
    by_name = models.CharField(max_length=200, verbose_name=_("Posted by"))
    note = models.CharField(max_length=300, blank=True, verbose_name=_("Note"))
    skipped = models.BooleanField(default=False, verbose_name=_("Skipped"))

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.publication}: {self.channel}"

    def audit_subject(self) -> models.Model:
        return self.publication


class Copy(Record):
    """A digital copy of a public edition, drawn and kept, so that it is there at once. `digest` is over what it says:
    when the plan changes, it is drawn again."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="copies", verbose_name=_("Edition"))
    language = models.CharField(max_length=5, verbose_name=_("Language"))
    kind = models.CharField(max_length=4, verbose_name=_("Kind"))  # pdf, docx, json
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="copies/", max_length=300)
    size = models.PositiveBigIntegerField(verbose_name=_("Size"))
    made_at = models.DateTimeField(verbose_name=_("Made on"))

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "copies"
        constraints = [models.UniqueConstraint(fields=["edition", "language", "kind"], name="copy_once")]

    def __str__(self) -> str:
        return f"{self.edition} ({self.language}, {self.kind})"
