"""Campaigns of assessments of organisations: who answers by which link, what they answer, what the reviewer says, targets, action
plans; and the minimum standard that a country drafts for itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.assessments.logic import WHOLE, CampaignPhase
from floreo.core import clock, languages
from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.frameworks.models import Answer, Assessment, Item, Relation, Version
from floreo.organisations.models import Organisation
from floreo.strategy.models import Action

READ, RUN, REVIEW = Permission.ASSESSMENT_READ, Permission.ASSESSMENT_RUN, Permission.ASSESSMENT_REVIEW


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", pgettext_lazy("a campaign", "Open")
    CLOSED = "closed", pgettext_lazy("a campaign", "Closed")


class AssessmentCampaignQuerySet(models.QuerySet["AssessmentCampaign"]):
    def visible_to(self, viewer: object) -> AssessmentCampaignQuerySet:
        """Those who read all assessments; of others, who is asked and who reviews, once it is open."""
        own = reach(viewer, READ)
        if own is None:
            return self
        seen = Participant.objects.visible_to(viewer).values("campaign")
        return self.exclude(state=CampaignState.DRAFT).filter(pk__in=seen) if own else self.none()


class AssessmentCampaign(Record, Translated):
    """Organisations asked to rate themselves against one version of a framework, from a day to a day."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "words")

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    in_version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("Framework")
    )
    reviewer = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns_reviewed",
        verbose_name=_("Who reviews"),
        help_text=_("The regulator. If empty: the secretariat."),
    )
    starts_on = models.DateField(verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"), help_text=_("Answers are taken until the end of this day."))
    words = models.TextField(
        max_length=2000,
        blank=True,
        verbose_name=_("Words to the organisations"),
        help_text=_("Part of the e-mail with the link: why they are asked, and what follows."),
    )
    state = models.CharField(
        max_length=6, choices=CampaignState.choices, default=CampaignState.DRAFT, verbose_name=_("State")
    )
    opened_on = models.DateField(null=True, blank=True, verbose_name=_("Opened"))
    opened_by = models.CharField(max_length=200, blank=True, verbose_name=_("Opened by"))
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed"))

    objects = AssessmentCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="assessment_campaign_days_in_order"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opened_on__isnull=False), name="assessment_campaign_opened_on_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False), name="assessment_campaign_closed_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def phase(self) -> CampaignPhase:
        today = clock.today()
        if self.state == CampaignState.OPEN:
            if today < self.starts_on:
                return CampaignPhase.COMING
            return CampaignPhase.OPEN if today <= self.ends_on else CampaignPhase.OVER
        return CampaignPhase(self.state)

    def owner_ids(self) -> set[int]:
        """Who reviews what it asks."""
        return {self.reviewer_id} if self.reviewer_id else set()

    def workspace_url(self) -> str:
        return path_to("workspace:assessment_campaign", self.code)

    def search_entry(self) -> Entry:
        texts = [str(text) for each in self.translations.values() for text in each.values()]
        here = self.workspace_url()
        return Entry("assessment_campaign", self.title, " ".join([self.words, *texts]), here, here)


class ParticipantState(models.TextChoices):
    ASKED = "asked", _("Nothing answered")
    ANSWERING = "answering", _("Being answered")
    SUBMITTED = "submitted", pgettext_lazy("an assessment", "Submitted")
    RETURNED = "returned", pgettext_lazy("an assessment", "Returned")
    ACCEPTED = "accepted", pgettext_lazy("an assessment", "Accepted")


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, viewer: object) -> ParticipantQuerySet:
        """Those who read all; the organisation its own once the campaign is open, and the body that reviews all of that campaign."""
        own = reach(viewer, READ)
        if own is None:
            return self
        if not own:
            return self.none()
        reviews = reach(viewer, REVIEW)
        seen = Q(organisation__in=own) | Q(campaign__reviewer__in=reviews if reviews is not None else [])
        return self.exclude(campaign__state=CampaignState.DRAFT).filter(seen)


class Participant(Record):
    """One organisation in one campaign. Its answers hang on an assessment, which is made when the campaign opens."""

    campaign = models.ForeignKey(AssessmentCampaign, on_delete=models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="assessed_in", verbose_name=_("Organisation")
    )
    # In which it is compared with others: as it was said for this campaign, whatever the organisation does later.
    sector = models.CharField(max_length=9, choices=Sector.choices, default=Sector.OTHER, verbose_name=_("Sector"))
    assessment = models.OneToOneField(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="participant"
    )
    state = models.CharField(
        max_length=9, choices=ParticipantState.choices, default=ParticipantState.ASKED, verbose_name=_("State")
    )
    answered = models.PositiveIntegerField(
        default=0, verbose_name=_("Items answered")
    )  # items with a level, or said not to apply
    submitted_on = models.DateField(null=True, blank=True, verbose_name=_("Submitted"))
    submitted_by = models.CharField(max_length=200, blank=True, verbose_name=_("Submitted by"))
    return_note = models.TextField(max_length=2000, blank=True, verbose_name=_("What is to be corrected"))
    accepted_on = models.DateField(null=True, blank=True, verbose_name=_("Accepted"))
    accepted_by = models.CharField(max_length=200, blank=True, verbose_name=_("Accepted by"))
    # Per cent of the scale by branch, as accepted: {"": "41.5", "GV": "50.0"}; and as the organisation rated itself.
    results = models.JSONField(default=dict, blank=True)
    self_results = models.JSONField(default=dict, blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organisation"], name="participant_once"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_on__isnull=False), name="participant_accepted_on_a_day"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state"], name="participant_by_state")]

    def __str__(self) -> str:
        return f"{self.campaign.title}: {self.organisation.name}"

    def named(self) -> str:
        return f"{self.campaign.in_language('title')}: {self.organisation.in_language('name')}"

    @property
    def takes_answers(self) -> bool:
        return self.campaign.phase is CampaignPhase.OPEN and self.state in {
            ParticipantState.ASKED,
            ParticipantState.ANSWERING,
            ParticipantState.RETURNED,
        }

    @property
    def is_accepted(self) -> bool:
        return self.state == ParticipantState.ACCEPTED

    @property
    def whole_result(self) -> str:
        """Per cent of the scale, all together, once it is accepted."""
        return str(self.results.get(WHOLE, ""))

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def workspace_url(self) -> str:
        if self.assessment is None:
            return self.campaign.workspace_url()
        return path_to("workspace:campaign_assessment", self.assessment.code)


class OfParticipant(Record):
    """The base of what hangs on one organisation in a campaign."""

    participant: models.ForeignKey[Participant, Participant]

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.participant

    def owner_ids(self) -> set[int]:
        return self.participant.owner_ids()


class Respondent(OfParticipant):
    """Who answers for an organisation by a link of their own, without an account."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash", "mail"})

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="respondents")
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    mail = models.EmailField(verbose_name=_("E-mail"), help_text=_("The personal link is sent there."))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    link_hash = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # "" before it is sent, and once it was ended
    sent_on = models.DateField(null=True, blank=True, verbose_name=_("Sent"))
    ended_on = models.DateField(null=True, blank=True, verbose_name=_("Ended"))
    ended_reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "mail"], condition=Q(ended_on=None), name="respondent_once"),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(link_hash=""), name="ended_link_opens_nothing"),
        ]

    def __str__(self) -> str:
        return self.name


class SelfRating(Record):
    """What an organisation says of one item: one answer, however many of its people wrote on it. What counts is the level on the
    `answer`, which the reviewer gives."""

    answer = models.OneToOneField(Answer, on_delete=models.CASCADE, related_name="self_rating")
    level = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Level"))
    applies = models.BooleanField(
        default=True, verbose_name=_("Applies")
    )  # False: the item does not apply to it, and the text says why
    text = models.TextField(max_length=4000, blank=True, verbose_name=_("How, and where it shows"))
    written_by = models.CharField(max_length=200, verbose_name=_("Written by"))
    written_at = models.DateTimeField(verbose_name=_("Written"))
    respondent = models.ForeignKey(  # by whose link; none: by an account
        Respondent, null=True, blank=True, on_delete=models.SET_NULL, related_name="wrote"
    )
    taken_over = models.BooleanField(
        default=False, verbose_name=_("Taken over")
    )  # as it was in the assessment before, by a press

    class Meta:
        ordering = ["answer", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(applies=True) | Q(level=None), name="what_does_not_apply_has_no_level")
        ]

    def __str__(self) -> str:
        return str(self.answer)

    @property
    def is_answered(self) -> bool:
        return self.level is not None or not self.applies

    def audit_subject(self) -> models.Model:
        return self.answer.assessment

    def owner_ids(self) -> set[int]:
        return self.answer.owner_ids()


class TargetLevelQuerySet(models.QuerySet["TargetLevel"]):
    def visible_to(self, viewer: object) -> TargetLevelQuerySet:
        """Those of a campaign by whoever sees it, those of one organisation by whoever sees that."""
        campaigns = AssessmentCampaign.objects.visible_to(viewer).values("pk")
        participants = Participant.objects.visible_to(viewer).values("pk")
        return self.filter(Q(participant=None, campaign__in=campaigns) | Q(participant__in=participants))


class TargetLevel(Record):
    """A level to be reached: of an item, or of all below a branch; for all organisations of a campaign, or for one."""

    campaign = models.ForeignKey(AssessmentCampaign, on_delete=models.CASCADE, related_name="targets")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.CASCADE, related_name="targets"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="target_levels", verbose_name=_("Item"))
    level = models.DecimalField(max_digits=5, decimal_places=2, verbose_name=_("Level"))

    objects = TargetLevelQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "item__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "item"], condition=Q(participant=None), name="target_once_a_campaign"
            ),
            models.UniqueConstraint(
                fields=["participant", "item"], condition=Q(participant__isnull=False), name="target_once_a_participant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.code}: {self.level.normalize():f}"

    def owner_ids(self) -> set[int]:
        return self.participant.owner_ids() if self.participant is not None else set()


class LineState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a line of a plan", "Open")
    DONE = "done", pgettext_lazy("a line of a plan", "Done")
    DROPPED = "dropped", pgettext_lazy("a line of a plan", "Given up")


class PlanLine(OfParticipant):
    """What an organisation does about a gap: by whom, by when; or the action of the national plan that does it."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="plan_lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="plan_lines", verbose_name=_("Item"))
    title = models.CharField(max_length=300, verbose_name=_("What is done"))
    owner = models.CharField(
        max_length=200, verbose_name=_("Who does it"), help_text=_("A post or a unit, rather than a name.")
    )
    due_on = models.DateField(verbose_name=_("Due date"))
    state = models.CharField(max_length=7, choices=LineState.choices, default=LineState.OPEN, verbose_name=_("State"))
    ended_on = models.DateField(null=True, blank=True, verbose_name=_("Done on"))
    reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))  # why it was given up
    action = models.ForeignKey(
        Action,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessment_lines",
        verbose_name=_("Action of the national plan"),
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="plan_line_ended_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="plan_line_dropped_why"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.state == LineState.OPEN and self.due_on < clock.today()

    def workspace_url(self) -> str:
        return f"{self.participant.workspace_url()}#plan"


# --- The minimum standard -----------------------------------------------------------------------------------------


class StandardQuerySet(models.QuerySet["Standard"]):
    def visible_to(self, viewer: object) -> StandardQuerySet:
        """Who runs assessments drafts it. What is published of it is a framework, which everybody sees."""
        return self if can(viewer, RUN) else self.none()


class Standard(Record, Translated):
    """A standard of the country's own, made of items of other frameworks. Each published version is a version of a framework."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "about")

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    short_title = models.CharField(max_length=40, verbose_name=_("Short title"))
    publisher = models.CharField(max_length=200, verbose_name=_("Who publishes it"))
    about = models.TextField(max_length=2000, blank=True, verbose_name=_("What it is for"))

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def workspace_url(self) -> str:
        return path_to("workspace:standard", self.code)


class StandardState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONSULTED = "consulted", _("In consultation")
    PUBLISHED = "published", pgettext_lazy("a standard", "Published")


class StandardVersion(Record):
    """A version of a standard: its draft, the consultation on it, and the framework that it became."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(verbose_name=_("Number"))
    state = models.CharField(
        max_length=9, choices=StandardState.choices, default=StandardState.DRAFT, verbose_name=_("State")
    )
    # Lowest first, as those of a framework's version.
    levels = models.JSONField(default=list)
    consultation = models.CharField(
        max_length=500,
        blank=True,
        verbose_name=_("Consultation"),
        help_text=_("Address of the consultation on this draft, here or elsewhere."),
    )
    consulted_on = models.DateField(null=True, blank=True, verbose_name=_("Consulted on"))
    published_on = models.DateField(null=True, blank=True, verbose_name=_("Published on"))
    in_force_on = models.DateField(null=True, blank=True, verbose_name=_("In force from"))
    became = models.OneToOneField(
        Version, null=True, blank=True, on_delete=models.PROTECT, related_name="drafted_as", verbose_name=_("Framework")
    )

    class Meta:
        ordering = ["standard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="standard_version_once"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_on__isnull=False, became__isnull=False),
                name="published_standard_is_a_framework",
            ),
            models.CheckConstraint(condition=~Q(state="consulted") | ~Q(consultation=""), name="consulted_somewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.standard.title} {self.number}"

    def named(self) -> str:
        return f"{self.standard.in_language('title')} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.state == StandardState.PUBLISHED

    def audit_subject(self) -> models.Model:
        return self.standard

    def workspace_url(self) -> str:
        return path_to("workspace:standard_version", self.standard.code, self.number)


class StandardItem(Record, Translated):
    """One requirement of a version, and the item of another framework that it comes from."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "text", "part")

    in_standard = models.ForeignKey(StandardVersion, on_delete=models.CASCADE, related_name="items")
    code = models.CharField(max_length=40, verbose_name=_("Code"))
    part = models.CharField(max_length=200, blank=True, verbose_name=_("Part"), help_text=_("The heading above it."))
    title = models.CharField(max_length=200, verbose_name=_("Short title"))
    text = models.TextField(max_length=4000, blank=True, verbose_name=_("What is required"))
    comes_from = models.ForeignKey(
        Item, on_delete=models.PROTECT, related_name="in_standards", verbose_name=_("Comes from")
    )
    relation = models.CharField(
        max_length=9,
        choices=[(r.value, r.label) for r in Relation if r is not Relation.SUCCESSOR],
        default=Relation.SAME,
        verbose_name=_("How it relates"),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["in_standard", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["in_standard", "code"], name="standard_item_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def named(self) -> str:
        return f"{self.code} {self.in_language('title')}"

    def audit_subject(self) -> models.Model:
        return self.in_standard.standard
