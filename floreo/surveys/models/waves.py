"""Versions of a questionnaire with their questions, and the waves in which they are asked."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.models import Sourced, Translated, text_in
from floreo.core.routes import path_to
from floreo.surveys.models.choices import QuestionKind, Variable, WaveMode, WaveState, WeightMethod
from floreo.surveys.models.surveys import OfSurvey, Survey, may_read_all
from floreo.surveys.questions import Asked, Kind, Phase, Worded, phase_of


class InstrumentVersionQuerySet(models.QuerySet["InstrumentVersion"]):
    def visible_to(self, viewer: object) -> InstrumentVersionQuerySet:
        """With its survey, once a wave of it is out."""
        if may_read_all(viewer):
            return self
        return self.filter(survey__is_public=True, waves__in=Wave.objects.visible_to(viewer)).distinct()


class InstrumentVersion(OfSurvey):
    """The questions of a survey. Frozen once a wave that asks them has opened; another version takes its place."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(verbose_name=_("Version"))
    note = models.CharField(max_length=300, blank=True, verbose_name=_("What changed"))

    objects = InstrumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["survey", "number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="instrument_once")]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"

    def the_survey(self) -> Survey:
        return self.survey

    def workspace_url(self) -> str:
        return path_to("workspace:instrument", self.survey.code, self.number)

    @cached_property
    def asked(self) -> list[Question]:
        """Its questions, in order; read once."""
        return list(self.questions.all())

    @property
    def is_frozen(self) -> bool:
        return self.waves.exclude(state=WaveState.DRAFT).exists()


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: object) -> QuestionQuerySet:
        """As the version in which it is."""
        return self.filter(version__in=InstrumentVersion.objects.visible_to(viewer))


class Question(OfSurvey, Translated):
    """One question. Its key stays from version to version; its words, options and place are those of this version."""

    translated_fields: ClassVar[tuple[str, ...]] = ("text", "hint", "title", "statement")

    version_of = models.ForeignKey(InstrumentVersion, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(
        max_length=40,
        verbose_name=_("Key"),
        help_text=_("The same in every version, for example two-step. Waves are compared by it."),
    )
    position = models.PositiveIntegerField(default=0, verbose_name=_("Place"))
    kind = models.CharField(
        max_length=8, choices=QuestionKind.choices, default=QuestionKind.SINGLE, verbose_name=_("Kind of answer")
    )
    text = models.CharField(max_length=600, verbose_name=_("Question as asked"))
    hint = models.CharField(max_length=300, blank=True, verbose_name=_("Hint under it"))
    # each a table of key, text and its words in other languages by their code
    options = models.JSONField(default=list, blank=True, verbose_name=_("Answers to choose from"))
    low = models.IntegerField(null=True, blank=True, verbose_name=_("Smallest number"))
    high = models.IntegerField(null=True, blank=True, verbose_name=_("Largest number"))
    must = models.BooleanField(default=False, verbose_name=_("Has to be answered"))
    if_key = models.SlugField(max_length=40, blank=True, verbose_name=_("Asked only after question"))
    if_options = models.JSONField(default=list, blank=True, verbose_name=_("answered with"))
    variable = models.CharField(
        max_length=8,
        choices=Variable.choices,
        blank=True,
        verbose_name=_("Group that it defines"),
        help_text=_("Results are shown by it, and answers can be weighted by it."),
    )
    is_group = models.BooleanField(
        default=False,
        verbose_name=_("Show other results by its answers"),
        help_text=_("For example, whether somebody remembers a campaign."),
    )
    title = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Short title"),
        help_text=_("For lists, for example: Two-step sign-in."),
    )
    counted = models.JSONField(
        default=list,
        blank=True,
        verbose_name=_("Answers that are counted"),
        help_text=_("The result of the question is the share that gives one of these."),
    )
    statement = models.CharField(
        max_length=160,
        blank=True,
        verbose_name=_("What those do"),
        help_text=_("Ends the heading “49 % of adults …”, for example: use two-step sign-in."),
    )
    lower_is_better = models.BooleanField(default=False, verbose_name=_("A lower share is better"))

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["version_of", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["version_of", "key"], name="question_once")]

    def __str__(self) -> str:
        return self.title or self.text

    def the_survey(self) -> Survey:
        return self.version_of.survey

    def workspace_url(self) -> str:
        return self.version_of.workspace_url()

    @property
    def called(self) -> str:
        return self.in_language("title") or self.in_language("text")

    def option_keys(self) -> tuple[str, ...]:
        if self.kind == QuestionKind.SCALE:
            low, high = self.bounds()
            return tuple(str(number) for number in range(low, high + 1))
        return tuple(str(each["key"]) for each in self.options)

    def bounds(self) -> tuple[int, int]:
        return (1 if self.low is None else self.low), (5 if self.high is None else self.high)

    def option_text(self, key: str, language: str | None = None) -> str:
        wanted = (language or get_language() or "").split("-")[0]
        found = next((each for each in self.options if str(each.get("key")) == key), None)
        if found is None:
            return key
        return str(found.get(wanted) or found.get("text") or key)

    def choices(self) -> list[tuple[str, str]]:
        return [(key, self.option_text(key)) for key in self.option_keys()]

    def as_asked(self) -> Asked:
        return Asked(
            self.key,
            Kind(self.kind),
            self.option_keys(),
            self.low,
            self.high,
            self.must,
            self.if_key,
            tuple(str(each) for each in self.if_options),
        )

    def as_worded(self, place: int) -> Worded:
        """What was put to people, to be compared with another version."""
        languages = sorted(self.translations)
        texts = [("", self.text), *((code, text_in(self.translations, "text", "", code)) for code in languages)]
        options = tuple(
            (str(each["key"]), tuple(sorted((code, str(words)) for code, words in each.items() if code != "key")))
            for each in self.options
        )
        words = tuple((code, text) for code, text in texts if text)
        condition = (self.if_key, tuple(sorted(str(each) for each in self.if_options)))
        return Worded(place, self.kind, words, options, (self.low, self.high), condition)


def shown_to_anybody() -> Q:
    return Q(survey__is_public=True) & ~Q(state=WaveState.DRAFT)


class WaveQuerySet(models.QuerySet["Wave"]):
    def visible_to(self, viewer: object) -> WaveQuerySet:
        """Everybody knows of a wave that has opened, where its survey is public."""
        return self if may_read_all(viewer) else self.filter(shown_to_anybody())

    def published(self) -> WaveQuerySet:
        return self.filter(state=WaveState.PUBLISHED)


class Wave(OfSurvey, Translated, Sourced):
    """One asking of a survey, from one day to another."""

    translated_fields: ClassVar[tuple[str, ...]] = (
        "title",
        "how",
        "who",
        "cost",
        "targets_source",
        "campaign_title",
        "campaign_note",
    )
    # As long as a book: its row is attested in the entry of the publication, its words are not repeated there.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"results"})

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="waves", verbose_name=_("Survey"))
    code = models.SlugField(max_length=40, verbose_name=_("Code"), help_text=_("For example 2026-10."))
    title = models.CharField(max_length=120, verbose_name=_("Title"), help_text=_("For example: October 2026."))
    instrument = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, related_name="waves", verbose_name=_("Version of the questions")
    )
    mode = models.CharField(
        max_length=11, choices=WaveMode.choices, default=WaveMode.OPEN, verbose_name=_("How people are reached")
    )
    starts_on = models.DateField(verbose_name=_("First day"))
    ends_on = models.DateField(verbose_name=_("Last day"))
    how = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("How people were asked"),
        help_text=_("For example: by telephone, and at home where there is none."),
    )
    who = models.CharField(max_length=300, blank=True, verbose_name=_("Who was asked"))
    cost = models.CharField(max_length=200, blank=True, verbose_name=_("What it cost"))
    approached = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("People approached"), help_text=_("For the share that answered.")
    )
    planned = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Answers planned"))
    broken_off = models.PositiveIntegerField(default=0, verbose_name=_("Interviews broken off"))
    state = models.CharField(max_length=9, choices=WaveState.choices, default=WaveState.DRAFT, verbose_name=_("State"))
    # Variables that answers are weighted by, and the population: tables with a value for some variables and a count.
    weighted_by = models.JSONField(default=list, blank=True, verbose_name=_("Weighted by"))
    method = models.CharField(
        max_length=5, choices=WeightMethod.choices, default=WeightMethod.NONE, verbose_name=_("Weights")
    )
    targets = models.JSONField(default=list, blank=True, verbose_name=_("Population"))
    targets_source = models.CharField(
        max_length=200, blank=True, verbose_name=_("Source of the population"), help_text=_("For example: Census 2023.")
    )
    results_due_on = models.DateField(null=True, blank=True, verbose_name=_("Results due"))
    compared_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="compared_in",
        verbose_name=_("Compared with wave"),
    )
    campaign_title = models.CharField(max_length=120, blank=True, verbose_name=_("Campaign between the two waves"))
    campaign_from = models.DateField(null=True, blank=True, verbose_name=_("Campaign from"))
    campaign_to = models.DateField(null=True, blank=True, verbose_name=_("Campaign to"))
    campaign_address = models.CharField(
        max_length=300, blank=True, verbose_name=_("Page of the campaign"), help_text=_("Begins with / or https://.")
    )
    campaign_note = models.CharField(
        max_length=500,
        blank=True,
        verbose_name=_("What else may explain a change"),
        help_text=_("For example: two banks made it compulsory in July."),
    )
    is_data_public = models.BooleanField(default=False, verbose_name=_("Data published"))
    results = models.JSONField(default=dict, blank=True)  # as published: queries.py; nothing that is hidden is in it
    published_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Published"))

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["survey", "starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "code"], name="wave_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="wave_ends_after"),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="wave_state")]

    def __str__(self) -> str:
        return f"{self.survey}, {self.title}"

    def named(self) -> str:
        return f"{self.survey.in_language('title')}, {self.in_language('title')}"

    def the_survey(self) -> Survey:
        return self.survey

    def get_absolute_url(self) -> str:
        return path_to("portal:survey_wave", self.survey.code, self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:survey_wave", self.survey.code, self.code)

    @property
    def is_sample(self) -> bool:
        """Whether people were chosen. Who comes by an open link chooses themselves."""
        return self.mode != WaveMode.OPEN

    @property
    def phase(self) -> Phase:
        return phase_of(self.state, self.starts_on, self.ends_on, today=clock.today())

    @property
    def is_published(self) -> bool:
        return self.state == WaveState.PUBLISHED

    @property
    def named_campaign(self) -> str:
        return self.in_language("campaign_title")

    @property
    def described(self) -> str:
        return self.in_language("who") or self.survey.in_language("who")
