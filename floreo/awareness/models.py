"""Campaigns and whom they reached, materials, quizzes, and exercises in spotting a phish. Of those who take part only counts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.evidence.models import Evidence
from floreo.initiatives.models import Initiative
from floreo.organisations.models import Organisation
from floreo.strategy.models import Objective


class Audience(models.TextChoices):
    """For whom something is written."""

    HOUSEHOLDS = "households", _("Households")
    SCHOOLS = "schools", _("Schools")
    FIRMS = "firms", _("Small firms")
    OLDER = "older", _("Older people")
    PUBLIC_BODIES = "public_bodies", _("Public bodies")
    EVERYBODY = "everybody", _("Everybody")


class Subject(models.TextChoices):
    """What something is about."""

    PASSWORDS = "passwords", _("Passwords and sign-in")
    PHISHING = "phishing", _("Phishing and fraud")
    MONEY = "money", _("Money and shopping")
    DEVICES = "devices", _("Devices and updates")
    BACKUPS = "backups", _("Backups")
    PRIVACY = "privacy", _("Privacy and social networks")
    CHILDREN = "children", _("Children and young people")
    REPORTING = "reporting", _("What to do after an incident")
    OTHER = "other", pgettext_lazy("subject", "Another subject")


class ChannelType(models.TextChoices):
    RADIO = "radio", _("Radio")
    TELEVISION = "television", _("Television")
    PRESS = "press", _("Newspapers")
    SMS = "sms", _("SMS")
    SOCIAL = "social", _("Social network")
    WEB = "web", _("Website")
    POSTER = "poster", _("Posters and leaflets")
    EVENT = "event", pgettext_lazy("channel", "Event")


class ReachUnit(models.TextChoices):
    """What a number of a campaign counts. Numbers of different units are never added."""

    VIEWS = "views", _("Views")
    LISTENERS = "listeners", _("Listeners")
    PEOPLE = "people", _("People present")
    SMS = "sms", _("SMS sent")
    COPIES = "copies", _("Copies handed out")


class LinkType(models.TextChoices):
    PARTNER = "partner", _("Partner")
    SITE = "site", _("Other site")
    INITIATIVE = "initiative", _("Initiative that it builds on")


class PaperSize(models.TextChoices):
    A4 = "a4", "A4"
    A5 = "a5", "A5"


class QuizKind(models.TextChoices):
    QUIZ = "quiz", _("Quiz")
    CHECK = "check", _("Self-check")  # ends with things to do, and has no right answers


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")
    TRUE_FALSE = "true_false", _("True or false")


class Verdict(models.TextChoices):
    PHISH = "phish", _("Phish")
    REAL = "real", _("Real message")


class SpotPart(models.TextChoices):
    """In which part of a message a place lies."""

    SENDER = "sender", _("Sender")
    SUBJECT = "subject", pgettext_lazy("of a message", "Subject")
    BODY = "body", _("Text")
    LINK = "link", _("Link")
    ATTACHMENT = "attachment", _("Attachment")


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees what is not public: drafts, and groups with their results."""
    return can(viewer, Permission.AWARENESS_READ)


class PublishedQuerySet(models.QuerySet[Any]):
    """Rows with `is_public`."""

    def out(self) -> PublishedQuerySet:
        return self.filter(is_public=True)

    def visible_to(self, viewer: object) -> PublishedQuerySet:
        return self if may_read_all(viewer) else self.out()


# --- Campaigns ----------------------------------------------------------------------------------------------------


class Campaign(Record, Translated, Sourced):
    """Work of some weeks or months to make people aware of something."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim")

    code = models.SlugField(
        max_length=80,
        unique=True,
        verbose_name=_("Code"),
        help_text=_("Its permanent address, for example safe-shopping-2026."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    aim = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Aim"), help_text=_("Who should do what after it.")
    )
    audiences = models.JSONField(default=list, blank=True, verbose_name=_("Audiences"))  # values of Audience
    starts_on = models.DateField(verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"))
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaigns",
        verbose_name=_("What it serves in the strategy"),
    )
    lead = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("Lead organisation"),
    )
    is_public = models.BooleanField(default=False)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after"),
        ]
        indexes = [models.Index(fields=["is_public", "starts_on"], name="campaign_public")]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.lead_id} if self.lead_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:campaign", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:campaign", self.code)

    def search_entry(self) -> Entry:
        words = [self.aim, *(str(text) for each in self.translations.values() for text in each.values())]
        here = self.get_absolute_url()
        return Entry("campaign", self.title, " ".join(words), here, self.workspace_url(), self.is_public)


class OfCampaignQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfCampaignQuerySet:
        """Seen by whoever sees the campaign."""
        return self.filter(campaign__in=Campaign.objects.visible_to(viewer))


class OfCampaign(Record):
    """The base of what hangs on a campaign."""

    campaign: models.ForeignKey[Campaign, Campaign]

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.campaign

    def owner_ids(self) -> set[int]:
        return self.campaign.owner_ids()


class CampaignLink(OfCampaign, Sourced):
    """A partner of a campaign, a site of others that says more, or what others do already and the campaign builds on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(
        max_length=10, choices=LinkType.choices, default=LinkType.PARTNER, verbose_name=_("Kind of link")
    )
    name = models.CharField(
        max_length=200, blank=True, verbose_name=_("Name"), help_text=_("Not needed for an initiative.")
    )
    url = models.URLField(max_length=500, blank=True, verbose_name=_("Address"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_links",
        verbose_name=_("Organisation in the register"),
    )
    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_links",
        verbose_name=_("Initiative of others"),
        help_text=_("What somebody does already, on which the campaign builds. Its name is taken over."),
    )

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "kind", "name"]
        constraints = [models.UniqueConstraint(fields=["campaign", "name"], name="campaign_link_once")]

    def __str__(self) -> str:
        return self.name


class CampaignChannel(OfCampaign, Translated):
    """Where a campaign is placed: when that is planned, and when it happened."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=ChannelType.choices, verbose_name=_("Kind of channel"))
    title = models.CharField(
        max_length=200,
        verbose_name=_("What is placed where"),
        help_text=_("For example: spot of 30 seconds, two stations."),
    )
    planned_on = models.DateField(verbose_name=_("Planned for"))
    placed_on = models.DateField(null=True, blank=True, verbose_name=_("Placed on"))

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "planned_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Reach(OfCampaign, Sourced):
    """How many a campaign reached in a stretch of days, counted by somebody who is named. Its source is required."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reach")
    channel = models.ForeignKey(
        CampaignChannel,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reach",
        verbose_name=_("Channel"),
    )
    unit = models.CharField(max_length=9, choices=ReachUnit.choices, verbose_name=_("What the number counts"))
    number = models.PositiveBigIntegerField(verbose_name=_("Number"))
    from_on = models.DateField(verbose_name=_("From"))
    to_on = models.DateField(verbose_name=_("To"))
    document = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="campaign_reach",
        verbose_name=_("Document"),
        help_text=_("The report of the station, the screen of the network, the invoice: as evidence."),
    )

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        ordering = ["campaign", "from_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="reach_has_a_source"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="reach_ends_after"),
        ]

    def __str__(self) -> str:
        return f"{self.get_unit_display()} {self.number}"


# --- Materials ----------------------------------------------------------------------------------------------------


class Published(Record, Translated, Sourced):
    """The base of what anybody may use once it is published."""

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"), help_text=_("Its permanent address."))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=500, blank=True, verbose_name=_("Summary"), help_text=_("One sentence."))
    audience = models.CharField(
        max_length=13, choices=Audience.choices, default=Audience.EVERYBODY, verbose_name=_("Audience")
    )
    subject = models.CharField(
        max_length=10, choices=Subject.choices, verbose_name=pgettext_lazy("of a text", "Subject")
    )
    is_public = models.BooleanField(default=False)
    published_on = models.DateField(null=True, blank=True, verbose_name=_("Published on"))
    is_generic = models.BooleanField(
        default=False, editable=False
    )  # came with the product, not written for the country

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return set()

    def workspace_url(self) -> str:
        raise NotImplementedError

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def search_words(self) -> str:
        """What the search looks into, beside the title."""
        return " ".join([self.summary, *(str(each.get("title", "")) for each in self.translations.values())])


class Material(Published):
    """Advice to read and to print, in Markdown. Licence and source are required."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "body")

    body = models.TextField(
        max_length=20_000,
        verbose_name=_("Text"),
        help_text=_("Markdown: ## heading, - list, **bold**, [link](address)."),
    )
    licence = models.CharField(
        max_length=100, verbose_name=_("Licence"), help_text=_("Under which others may use it, for example CC BY 4.0.")
    )
    paper = models.CharField(
        max_length=2, choices=PaperSize.choices, default=PaperSize.A4, verbose_name=_("Paper size")
    )
    review_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Review by"),
        help_text=_("The day by which somebody reads whether it is still right."),
    )

    class Meta:
        ordering = ["audience", "subject", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(licence=""), name="material_has_a_licence"),
            models.CheckConstraint(condition=~Q(source=""), name="material_has_a_source"),
        ]

    def get_absolute_url(self) -> str:
        return path_to("portal:material", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:material", self.code)

    def search_entry(self) -> Entry:
        texts = [self.search_words(), self.body, *(str(each.get("body", "")) for each in self.translations.values())]
        here = self.get_absolute_url()
        return Entry("material", self.title, " ".join(texts), here, self.workspace_url(), self.is_public)


# --- Quizzes and self-checks --------------------------------------------------------------------------------------


class Quiz(Published):
    """Questions that anybody may answer, without an account. How many chose what is counted by day; who is not known."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    kind = models.CharField(
        max_length=5, choices=QuizKind.choices, default=QuizKind.QUIZ, verbose_name=_("Kind of quiz")
    )
    hourly_limit = models.PositiveIntegerField(
        default=1000,
        verbose_name=_("Counted from one network in an hour"),
        help_text=_("Schools and mobile networks share one address. More are shown their result and not counted."),
    )

    class Meta:
        ordering = ["kind", "audience", "title", "pk"]
        verbose_name_plural = "quizzes"

    @property
    def is_check(self) -> bool:
        return self.kind == QuizKind.CHECK

    def get_absolute_url(self) -> str:
        return path_to("portal:self_check_of" if self.is_check else "portal:quiz", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:quiz", self.code)

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        return Entry("quiz", self.title, self.search_words(), here, self.workspace_url(), self.is_public)


class OfQuizQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: object) -> OfQuizQuerySet:
        """Seen by whoever sees the quiz."""
        return self.filter(quiz__in=Quiz.objects.visible_to(viewer))


class Question(Record, Translated):
    """One question of a quiz. In a self-check: how much it matters, and what to do where it is missing."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text", "explanation", "advice")

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=10, choices=QuestionKind.choices, default=QuestionKind.SINGLE, verbose_name=_("Kind of question")
    )
    text = models.TextField(max_length=1000, verbose_name=_("Question"))
    explanation = models.TextField(
        max_length=1000, blank=True, verbose_name=_("Explanation"), help_text=_("Shown after the answer.")
    )
    category = models.CharField(max_length=200, blank=True, verbose_name=_("Category"))
    importance = models.PositiveSmallIntegerField(
        default=3,
        verbose_name=_("Importance"),
        help_text=_("For a self-check: 1 to 5. What matters more is advised first."),
    )
    advice = models.TextField(
        max_length=600, blank=True, verbose_name=_("What to do"), help_text=_("For a self-check, where it is missing.")
    )
    material = models.ForeignKey(
        Material, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions", verbose_name=_("Material")
    )

    objects = OfQuizQuerySet.as_manager()

    class Meta:
        ordering = ["quiz", "number"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="quiz_question_once"),
            models.CheckConstraint(condition=Q(importance__gte=1, importance__lte=5), name="quiz_question_importance"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:100]}"

    def named(self) -> str:
        return f"{self.number}. {self.in_language('text')[:100]}"

    def audit_subject(self) -> models.Model:
        return self.quiz

    def owner_ids(self) -> set[int]:
        return set()

    @property
    def takes_many(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE


class OfQuestionQuerySet(models.QuerySet["Option"]):
    def visible_to(self, viewer: object) -> OfQuestionQuerySet:
        """Seen by whoever sees the quiz."""
        return self.filter(question__quiz__in=Quiz.objects.visible_to(viewer))


class Option(Record, Translated):
    """One answer that can be chosen."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text", "explanation")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=500, verbose_name=_("Answer"))
    is_right = models.BooleanField(default=False, verbose_name=_("Right"))
    explanation = models.TextField(
        max_length=600, blank=True, verbose_name=_("Explanation"), help_text=_("Shown to whoever chose it.")
    )
    missing = models.PositiveSmallIntegerField(
        default=0,
        verbose_name=_("Missing, %"),
        help_text=_("For a self-check: 0 where all is in place, 100 where nothing is."),
    )

    objects = OfQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="quiz_option_once"),
            models.CheckConstraint(condition=Q(missing__lte=100), name="quiz_option_missing"),
        ]

    def __str__(self) -> str:
        return self.text[:100]

    def named(self) -> str:
        return self.in_language("text")[:100]

    def audit_subject(self) -> models.Model:
        return self.question.quiz

    def owner_ids(self) -> set[int]:
        return set()


class QuizCount(models.Model):
    """How many chose an option of a question on a day. Question 0 counts takers: option 0 those who are counted, option 1 those who came
    over the limit of one network. Option 0 of a question counts who answered it, and `right` who did so rightly."""

    not_chained = "Counted by the worker from what anybody sends; says nothing of a person."
    read_with = Permission.AWARENESS_READ

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    question = models.PositiveIntegerField()
    option = models.PositiveIntegerField()
    number = models.PositiveBigIntegerField(default=0)
    right = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quiz", "day", "question", "option"], name="quiz_count_once")]
        indexes = [models.Index(fields=["day", "question", "option"], name="quiz_count_day")]

    def __str__(self) -> str:
        return f"{self.quiz_id} {self.day} {self.question}.{self.option}"


class CountedBatch(models.Model):
    """The name of a file of counts that was added up: it is never added again."""

    not_chained = "Says which file of counts was added up; removed after some months."
    read_with = Permission.AWARENESS_READ

    name = models.CharField(max_length=80, unique=True)
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "counted batches"

    def __str__(self) -> str:
        return self.name


# --- Exercises ----------------------------------------------------------------------------------------------------


class Exercise(Published):
    """Messages to look at in the browser: which are a phish, and why. No e-mail is sent."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    class Meta:
        ordering = ["audience", "title", "pk"]

    def get_absolute_url(self) -> str:
        return path_to("portal:exercise", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:exercise", self.code)

    def search_entry(self) -> Entry:
        here = self.get_absolute_url()
        return Entry("exercise", self.title, self.search_words(), here, self.workspace_url(), self.is_public)


class OfExerciseQuerySet(models.QuerySet["Message"]):
    def visible_to(self, viewer: object) -> OfExerciseQuerySet:
        """Seen by whoever sees the exercise."""
        return self.filter(exercise__in=Exercise.objects.visible_to(viewer))


class Message(Record, Translated):
    """One message as it would lie in an inbox, and what it is."""

    translated_fields: ClassVar[tuple[str, ...]] = (
        "sender_name",
        "subject",
        "body",
        "link_text",
        "explanation",
    )

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    sender_name = models.CharField(max_length=100, verbose_name=_("Name of the sender"))
    sender_address = models.CharField(
        max_length=200,
        verbose_name=_("Address of the sender"),
        help_text=_("Under example.org or another reserved name."),
    )
    subject = models.CharField(max_length=200, verbose_name=pgettext_lazy("of a message", "Subject"))
    body = models.TextField(max_length=4000, verbose_name=_("Text"))
    link_text = models.CharField(max_length=200, blank=True, verbose_name=_("Words of the link"))
    link_address = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Where the link leads"),
        help_text=_("Shown as text; it opens nothing."),
    )
    attachment = models.CharField(max_length=200, blank=True, verbose_name=_("Name of the attachment"))
    verdict = models.CharField(max_length=5, choices=Verdict.choices, verbose_name=_("What it is"))
    explanation = models.TextField(
        max_length=1500, verbose_name=_("Explanation"), help_text=_("Shown after the decision.")
    )

    objects = OfExerciseQuerySet.as_manager()

    class Meta:
        ordering = ["exercise", "number"]
        constraints = [models.UniqueConstraint(fields=["exercise", "number"], name="exercise_message_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.subject}"

    def audit_subject(self) -> models.Model:
        return self.exercise

    def owner_ids(self) -> set[int]:
        return set()

    @property
    def is_phish(self) -> bool:
        return self.verdict == Verdict.PHISH


class OfMessageQuerySet(models.QuerySet["Spot"]):
    def visible_to(self, viewer: object) -> OfMessageQuerySet:
        """Seen by whoever sees the exercise."""
        return self.filter(message__exercise__in=Exercise.objects.visible_to(viewer))


class Spot(Record, Translated):
    """A place in a message that can be marked: a sign of a phish, or one that only looks like it."""

    translated_fields: ClassVar[tuple[str, ...]] = ("quote", "explanation")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="spots")
    number = models.PositiveIntegerField()
    part = models.CharField(max_length=10, choices=SpotPart.choices, verbose_name=_("Part of the message"))
    quote = models.CharField(
        max_length=300, blank=True, verbose_name=_("Words"), help_text=_("For the text: exactly as they are in it.")
    )
    is_sign = models.BooleanField(default=True, verbose_name=_("A sign of a phish"))
    explanation = models.CharField(max_length=500, verbose_name=_("Explanation"))

    objects = OfMessageQuerySet.as_manager()

    class Meta:
        ordering = ["message", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="message_spot_once"),
            models.CheckConstraint(condition=~Q(part="body") | ~Q(quote=""), name="message_spot_has_words"),
        ]

    def __str__(self) -> str:
        return self.quote or str(self.get_part_display())

    def audit_subject(self) -> models.Model:
        return self.message.exercise

    def owner_ids(self) -> set[int]:
        return set()


class ExerciseCount(models.Model):
    """What those decided who took an exercise in no group, by day. Message 0 counts takers in `number`."""

    not_chained = "Counted by the worker from what anybody sends; says nothing of a person."
    read_with = Permission.AWARENESS_READ

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="counts")
    day = models.DateField()
    message = models.PositiveIntegerField()
    number = models.PositiveBigIntegerField(default=0)
    right = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exercise", "day", "message"], name="exercise_count_once")]

    def __str__(self) -> str:
        return f"{self.exercise_id} {self.day} {self.message}"


_COUNTED = "Added up by the worker from what takers send."


class ExerciseGroup(Record):
    """A class, an office, a ministry that takes an exercise together. It has sums alone: neither who nor when nor which message. They show
    once the group is closed, and only from a smallest number of takers (logic.py).

    The join code stands on a blackboard: it opens nothing but being counted in the group, and ends on a day."""

    read_with = Permission.AWARENESS_READ
    secret_fields: ClassVar[frozenset[str]] = frozenset({"join_code"})
    not_chained: ClassVar[dict[str, str]] = dict.fromkeys(
        ("takers", "phish_seen", "phish_recognised", "real_seen", "real_recognised"), _COUNTED
    )

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="groups")
    code = models.SlugField(max_length=60, unique=True, verbose_name=_("Code"))
    name = models.CharField(
        max_length=200, verbose_name=_("Group"), help_text=_("An office, a class, a firm. Never the name of a person.")
    )
    sector = models.CharField(max_length=10, choices=Sector.choices, verbose_name=_("Sector"))
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exercise_groups",
        verbose_name=_("Organisation"),
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("Part of"),
        help_text=_("Its results are added to this group."),
    )
    join_code = models.CharField(max_length=12, unique=True, verbose_name=_("Join code"))
    ends_on = models.DateField(verbose_name=_("Last day"), help_text=_("From the day after, nobody can join."))
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Closed on"))
    takers = models.PositiveIntegerField(default=0)
    phish_seen = models.PositiveIntegerField(default=0)  # decisions on messages that are a phish
    phish_recognised = models.PositiveIntegerField(default=0)
    real_seen = models.PositiveIntegerField(default=0)
    real_recognised = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["exercise", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["exercise", "name"], name="exercise_group_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """Whether nobody can join any more. It does not begin again: results have shown since."""
        return self.closed_on is not None or self.ends_on < clock.today()

    def audit_subject(self) -> models.Model:
        return self.exercise

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()


class SimulationResult(Record, Sourced):
    """What the simulation tool of an organisation counted for a group on a day: how many were sent a message, and what they did."""

    read_with = Permission.AWARENESS_READ

    group = models.ForeignKey(ExerciseGroup, on_delete=models.PROTECT, related_name="simulations")
    held_on = models.DateField(verbose_name=_("Date"))
    sent = models.PositiveIntegerField(verbose_name=_("Sent"))
    opened = models.PositiveIntegerField(verbose_name=_("Opened"))
    clicked = models.PositiveIntegerField(verbose_name=_("Clicked"))
    reported = models.PositiveIntegerField(verbose_name=_("Reported"))

    class Meta:
        ordering = ["-held_on", "group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "held_on"], name="simulation_once"),
            models.CheckConstraint(
                condition=Q(opened__lte=F("sent"), clicked__lte=F("sent"), reported__lte=F("sent")),
                name="simulation_within_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.held_on}"

    def audit_subject(self) -> models.Model:
        return self.group.exercise

    def owner_ids(self) -> set[int]:
        return self.group.owner_ids()
