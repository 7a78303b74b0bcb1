"""Consultations: what people are asked about, what they answer, the points that their comments make, and what was decided on each."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.consultation import moments
from floreo.consultation.logic import LONGEST, Phase, phase_of
from floreo.core import languages
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry, Parts
from floreo.legislation.models import LawVersion
from floreo.organisations.models import Organisation


class ConsultationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")  # opens and closes by itself, at its moments
    ANSWERED = "answered", _("Answered")


class Participation(models.TextChoices):
    OPEN = "open", _("Anybody")
    INVITED = "invited", _("Invited organisations only")
    BOTH = "both", _("Anybody, and invited organisations")


class Respondent(models.TextChoices):
    """As whom somebody answers."""

    CITIZEN = "citizen", _("Citizen")
    BUSINESS = "business", _("Business")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    OPERATOR = "operator", _("Telecom operator")
    PUBLIC_BODY = "public_body", _("Public body")
    ACADEMIA = "academia", _("Academia")
    PROFESSIONAL = "professional", _("Professional body")


class CommentChannel(models.TextChoices):
    SITE = "site", _("On this site")
    PAPER = "paper", _("On paper")
    MEETING = "meeting", _("At a meeting")
    MAIL = "mail", _("By e-mail")
    PHONE = "phone", _("By telephone")


class CommentState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    PUBLISHED = "published", _("Published")
    WITHHELD = "withheld", _("Not published")  # counted and decided on all the same
    WITHDRAWN = "withdrawn", _("Withdrawn")  # by who wrote it; counts no more
    REJECTED = "rejected", _("Not a comment")  # advertising, a trial, sent by a program; counts no more


NOT_COUNTED = (CommentState.WITHDRAWN, CommentState.REJECTED)


class Decision(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("decision on a point", "Accepted")
    PARTLY = "partly", _("Partly accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees what is not public: consultations being prepared, comments that nobody read yet, decisions."""
    return can(viewer, Permission.CONSULTATION_READ)


def out_at(now: datetime) -> Q:
    """What anybody may know of at that moment: the same as logic.phase_of, in the database."""
    return Q(state=ConsultationState.SCHEDULED, opens_at__lte=now) | Q(state=ConsultationState.ANSWERED)


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def out(self) -> ConsultationQuerySet:
        return self.filter(out_at(moments.now()))

    def visible_to(self, viewer: object) -> ConsultationQuerySet:
        """Before its moment nobody outside knows that it exists."""
        return self if may_read_all(viewer) else self.out()


class Consultation(Record, Translated, Sourced):
    """People are asked about a draft, or about questions, from one moment to another; then somebody decides and answers."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "rules")

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address, for example cybercrime-bill-2026."),
    )
    title = models.CharField(max_length=300, verbose_name=_("Title"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Summary"), help_text=_("What it is about, in plain words.")
    )
    rules = models.TextField(
        max_length=4000,
        blank=True,
        verbose_name=_("Rules for comments"),
        help_text=_("Shown beside the form. For example: do not write names of private persons."),
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    law_version = models.ForeignKey(
        LawVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
        verbose_name=_("Text of a law"),
        help_text=_("People comment on its clauses."),
    )
    document_url = models.URLField(
        max_length=500, blank=True, verbose_name=_("Address of a document"), help_text=_("Where it is not a law.")
    )
    document_title = models.CharField(max_length=300, blank=True, verbose_name=_("Title of the document"))
    participation = models.CharField(
        max_length=7, choices=Participation.choices, default=Participation.OPEN, verbose_name=_("Who may comment")
    )
    opens_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Opens"))
    closes_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Closes"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consultations",
        verbose_name=_("Who decides"),
    )
    answer_due_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Decision due"),
        help_text=_("The day by which the answers are to be published."),
    )
    contact = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Without the Internet"),
        help_text=_("Where to bring a comment on paper, and a telephone number with its hours."),
    )
    state = models.CharField(
        max_length=9, choices=ConsultationState.choices, default=ConsultationState.DRAFT, verbose_name=_("State")
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Announced")
    )  # when it was written down that it had opened
    answered_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Answered"))
    answered_by = models.CharField(max_length=200, blank=True, verbose_name=_("Signed by"))

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="consultation_closes_after",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="consultation_has_moments",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="consultation_answered_on_a_day"
            ),
        ]
        indexes = [models.Index(fields=["state", "opens_at"], name="consultation_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def phase(self) -> Phase:
        return phase_of(self.state, self.opens_at, self.closes_at, now=moments.now())

    @property
    def is_out(self) -> bool:
        return self.phase is not Phase.HIDDEN

    @property
    def is_answered(self) -> bool:
        return self.state == ConsultationState.ANSWERED

    @property
    def public_version(self) -> LawVersion | None:
        """The text of the law that is asked about, where everybody may read it: else not even its headings are shown."""
        version = self.law_version
        return version if version is not None and version.is_public and version.instrument.is_public else None

    @property
    def takes_anybody(self) -> bool:
        return self.participation != Participation.INVITED

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:consultation", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:consultation", self.code)

    def search_entry(self) -> Entry:
        words = [self.summary, *(str(text) for each in self.translations.values() for text in each.values())]
        is_public = self.announced_at is not None or self.is_answered
        return Entry(
            "consultation", self.title, " ".join(words), self.get_absolute_url(), self.workspace_url(), is_public
        )


class OfConsultation(Record):
    """The base of what hangs on a consultation."""

    consultation: models.ForeignKey[Consultation, Consultation]

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.consultation

    def owner_ids(self) -> set[int]:
        return self.consultation.owner_ids()


class ConsultationTopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, viewer: object) -> ConsultationTopicQuerySet:
        """Seen by whoever sees the consultation."""
        return self.filter(consultation__in=Consultation.objects.visible_to(viewer))


class Topic(OfConsultation, Translated):
    """One question that people answer, where there is no text of a law or beside it."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="topics")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    title = models.CharField(max_length=500, verbose_name=_("Question"))

    objects = ConsultationTopicQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [models.UniqueConstraint(fields=["consultation", "number"], name="topic_once")]

    def __str__(self) -> str:
        return self.title


class ConsultationEventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: object) -> ConsultationEventQuerySet:
        """As questions are."""
        return self.filter(consultation__in=Consultation.objects.visible_to(viewer))


class Event(OfConsultation, Translated):
    """A public meeting about it: where, when, and how many came."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="events")
    title = models.CharField(max_length=200, verbose_name=_("Meeting"))
    place = models.CharField(max_length=200, blank=True, verbose_name=_("Place"))
    held_on = models.DateField(verbose_name=_("Date"))
    attended = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("How many came"))

    objects = ConsultationEventQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Invitation(OfConsultation):
    """An organisation that was asked by name; it comments by its own link, without an account."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash", "mail"})
    read_with = Permission.CONSULTATION_READ

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(max_length=200, verbose_name=_("Organisation"))
    mail = models.EmailField(verbose_name=_("E-mail"), help_text=_("The personal link is sent there."))
    respondent = models.CharField(
        max_length=13, choices=Respondent.choices, default=Respondent.BUSINESS, verbose_name=_("Answers as")
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    link_hash = models.CharField(max_length=64, db_index=True)  # SHA-256 of the secret of its link

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "name"], name="invited_once")]

    def __str__(self) -> str:
        return self.name


class PointQuerySet(models.QuerySet["Point"]):
    def visible_to(self, viewer: object) -> PointQuerySet:
        """What is being decided is for those who decide, until the answers are published."""
        if may_read_all(viewer):
            return self
        return self.filter(consultation__state=ConsultationState.ANSWERED)


class Point(OfConsultation, Translated):
    """What several comments say, in one sentence; what was decided on it, and why."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "reason")

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="points", verbose_name=_("Consultation")
    )
    number = models.PositiveIntegerField(verbose_name=_("Point"))
    title = models.CharField(
        max_length=300, verbose_name=_("Point"), help_text=_("What the comments ask for, in one sentence.")
    )
    decision = models.CharField(max_length=12, choices=Decision.choices, blank=True, verbose_name=_("Decision"))
    reason = models.TextField(max_length=2000, blank=True, verbose_name=_("Reason"))
    clause = models.CharField(
        max_length=200, blank=True, verbose_name=_("Changed clause"), help_text=_("Its number, for example 10(4).")
    )
    changed_version = models.ForeignKey(
        LawVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="changed_by_points",
        verbose_name=_("Version that has the change"),
    )
    decided_on = models.DateField(null=True, blank=True, verbose_name=_("Decided on"))
    decided_by = models.CharField(max_length=200, blank=True, verbose_name=_("Decided by"))

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="point_once"),
            models.CheckConstraint(
                condition=Q(decision="", decided_on=None) | ~Q(decision="") & Q(decided_on__isnull=False),
                name="point_decided_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


COMMENT_PARTS = "comment_parts"  # the kind of their entries in the index


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: object) -> CommentQuerySet:
        """What was published, to everybody; the rest to who reads comments before."""
        if may_read_all(viewer):
            return self
        rows = self.filter(state=CommentState.PUBLISHED, is_erased=False)
        return rows.filter(consultation__in=Consultation.objects.out())

    def counted(self) -> CommentQuerySet:
        """All but those that were taken back, and what is no comment."""
        return self.exclude(state__in=NOT_COUNTED)

    def read(self) -> CommentQuerySet:
        """Those that count and that somebody has read: what the public typed is in no other figure about who commented."""
        return self.filter(state__in=(CommentState.PUBLISHED, CommentState.WITHHELD))


class Comment(OfConsultation):
    """What one person or organisation wrote, said at a meeting or sent in: on a clause, on a question, or on the whole."""

    # What people wrote and how they are reached is never in the trail: it can be erased, and the trail cannot.
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"text", "shown_text", "organisation_name", "name", "mail", "link_hash", "source_key"}
    )

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="comments", verbose_name=_("Consultation")
    )
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    reference = models.CharField(max_length=20, unique=True, verbose_name=_("Reference"))  # COM-2026-K7QF3M
    source_key = models.CharField(max_length=64, blank=True, db_index=True)  # of the form: the same one is taken once
    received_on = models.DateField(verbose_name=_("Received on"))
    channel = models.CharField(
        max_length=7, choices=CommentChannel.choices, default=CommentChannel.SITE, verbose_name=_("Channel")
    )
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments", verbose_name=_("Meeting")
    )
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    respondent = models.CharField(max_length=13, choices=Respondent.choices, verbose_name=_("Answers as"))
    organisation_name = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the organisation"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    is_nameless = models.BooleanField(default=True, verbose_name=_("Publish without my name"))
    mail = models.EmailField(
        blank=True,
        verbose_name=_("E-mail"),
        help_text=_("Only to send you the decision. Deleted after that; never published."),
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    clause = models.CharField(max_length=200, blank=True, verbose_name=_("Clause"))  # as it is cited: 10(4)
    eid = models.CharField(max_length=200, blank=True)  # of the provision, in the version that is consulted on
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments", verbose_name=_("Question")
    )
    text = models.TextField(max_length=LONGEST, blank=True, verbose_name=_("Comment"))
    shown_text = models.TextField(  # with personal data hidden; empty where the text is published as it came
        max_length=LONGEST, blank=True, verbose_name=_("Text as published")
    )
    state = models.CharField(
        max_length=9, choices=CommentState.choices, default=CommentState.WAITING, verbose_name=_("State")
    )
    reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))  # why it is not published
    point = models.ForeignKey(
        Point, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments", verbose_name=_("Point")
    )
    link_hash = models.CharField(max_length=64, blank=True, db_index=True)  # SHA-256 of the secret of the link
    moderated_on = models.DateField(null=True, blank=True, verbose_name=_("Decided on"))
    is_erased = models.BooleanField(
        default=False, verbose_name=_("Erased")
    )  # by who wrote it: only counts are left of it

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="comment_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["withheld", "rejected"]) | ~Q(reason=""), name="comment_withheld_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["consultation", "state", "number"], name="comment_queue"),
            models.Index(fields=["consultation", "state", "respondent", "number"], name="comment_kind"),
            models.Index(fields=["received_on", "id"], name="comment_received"),
            models.Index(  # what is counted of each, so that counting reads no text
                fields=["consultation", "state", "point", "respondent", "language", "channel", "is_erased"],
                name="comment_counts",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def audit_subject(self) -> models.Model:
        """Thousands of comments would bury what was done to their consultation: each has a history of its own."""
        return self

    def search_parts(self) -> Parts:
        """Of all that a list looks into. Who may read which of it is decided there."""
        texts = (self.reference, self.text, self.shown_text, self.organisation_name, self.name)
        return Parts(COMMENT_PARTS, self.consultation_id, " ".join(texts))

    @property
    def published_text(self) -> str:
        """What everybody reads of it."""
        return (self.shown_text or self.text) if self.state == CommentState.PUBLISHED else ""

    @property
    def published_name(self) -> str:
        """Under which name it is published; empty where its writer wants none."""
        return self.wanted_name if self.state == CommentState.PUBLISHED else ""

    @property
    def wanted_name(self) -> str:
        """The name with which it is, or would be, published."""
        return "" if self.is_nameless else self.organisation_name or self.name

    @property
    def is_counted(self) -> bool:
        return self.state not in NOT_COUNTED

    def workspace_url(self) -> str:
        return path_to("workspace:consultation_comment", self.consultation.code, str(self.number))
