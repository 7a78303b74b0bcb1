"""The shapes of campaigns.toml, materials.toml, quizzes.toml, exercises.toml and awareness_counts.toml, and how their rows become
objects. General materials, quizzes and exercises ship with the product and are read with every pack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.awareness.models import (
    Audience,
    Campaign,
    CampaignChannel,
    CampaignLink,
    ChannelType,
    Exercise,
    ExerciseCount,
    ExerciseGroup,
    LinkType,
    Material,
    Message,
    Option,
    PaperSize,
    Question,
    QuestionKind,
    Quiz,
    QuizCount,
    QuizKind,
    Reach,
    ReachUnit,
    SimulationResult,
    Spot,
    SpotPart,
    Subject,
    Verdict,
)
from floreo.core.offers import PackFile
from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.sectors import Sector

SHIPPED = Path(__file__).resolve().parent / "shipped"
_Count = Annotated[int, Field(ge=0)]
_Place = Annotated[int, Field(ge=1)]


class _Numbered(TranslatedShape):
    """A row that has its number from its place in the file."""

    repeats: ClassVar[bool] = False
    number: _Place

    def identity(self) -> str:
        return str(self.number)


# --- Campaigns ----------------------------------------------------------------------------------------------------


class CampaignLinkShape(SourcedShape):
    """[[campaign.link]]: a partner, a site of others, or an initiative that the campaign builds on."""

    word: ClassVar[str] = "campaign_link"
    makes: ClassVar[type[models.Model]] = CampaignLink
    owner: ClassVar[str] = "campaign"
    lookup: ClassVar[tuple[str, ...]] = ("campaign", "name")

    name: str
    kind: Annotated[str, one_of(LinkType)] = "partner"
    url: str = ""
    organisation: str = ""
    initiative: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.kind == LinkType.INITIATIVE) != bool(self.initiative):
            raise ValueError('a link of the kind "initiative" names one, and no other link does')
        return self

    def identity(self) -> str:
        return self.name


class CampaignChannelShape(TranslatedShape):
    """[[campaign.channel]]: what is placed where and when. `code` names it for its reach."""

    word: ClassVar[str] = "campaign_channel"
    makes: ClassVar[type[models.Model]] = CampaignChannel
    owner: ClassVar[str] = "campaign"

    code: Code
    kind: Annotated[str, one_of(ChannelType)]
    title: str
    planned_on: Day
    placed_on: Day | None = None


class ReachShape(SourcedShape):
    """[[campaign.reach]]: a number with its source. `channel` is the code of a channel of the same campaign."""

    word: ClassVar[str] = "campaign_reach"
    makes: ClassVar[type[models.Model]] = Reach
    owner: ClassVar[str] = "campaign"
    repeats: ClassVar[bool] = True

    unit: Annotated[str, one_of(ReachUnit)]
    number: _Count
    from_on: Day
    to_on: Day
    channel: str = ""
    document: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.source:
            raise ValueError("reach needs its source: who counted it and how")
        if self.to_on < self.from_on:
            raise ValueError("to_on is before from_on")
        return self

    def identity(self) -> str:
        return f"{self.from_on}/{self.unit}/{self.channel}"

    def meant(self, name: str, code: str, setting: Setting) -> str:
        return f"{setting.holder}/{code}" if code and name == "channel" else code


class CampaignShape(TranslatedShape, SourcedShape):
    """[[campaign]] in campaigns.toml. `objective` is "edition/code"."""

    word: ClassVar[str] = "campaign"
    makes: ClassVar[type[models.Model]] = Campaign
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("link", "channel", "reach")

    code: Code
    title: str
    aim: str = ""
    audiences: list[Annotated[str, one_of(Audience)]] = Field(default_factory=list)
    starts_on: Day
    ends_on: Day
    objective: str = ""
    lead: str = ""
    is_public: bool = False
    link: list[CampaignLinkShape] = Field(default_factory=list)
    channel: list[CampaignChannelShape] = Field(default_factory=list)
    reach: list[ReachShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self


# --- Materials ----------------------------------------------------------------------------------------------------


class _PublishedShape(TranslatedShape, SourcedShape):
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    summary: str = ""
    audience: Annotated[str, one_of(Audience)] = "everybody"
    subject: Annotated[str, one_of(Subject)]
    is_public: bool = False
    published_on: Day | None = None
    is_generic: bool = False


class MaterialShape(_PublishedShape):
    """[[material]] in materials.toml: Markdown, with its licence and source."""

    word: ClassVar[str] = "material"
    makes: ClassVar[type[models.Model]] = Material

    body: str
    licence: str
    paper: Annotated[str, one_of(PaperSize)] = "a4"
    review_on: Day | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.licence or not self.source:
            raise ValueError("a material needs its licence and its source")
        return self


# --- Quizzes ------------------------------------------------------------------------------------------------------


class OptionShape(_Numbered):
    """[[quiz.question.option]]: an answer."""

    word: ClassVar[str] = "quiz_option"
    makes: ClassVar[type[models.Model]] = Option
    owner: ClassVar[str] = "question"
    lookup: ClassVar[tuple[str, ...]] = ("question", "number")

    text: str
    is_right: bool = False
    explanation: str = ""
    missing: Annotated[int, Field(ge=0, le=100)] = 0


class QuestionShape(_Numbered):
    """[[quiz.question]]: a question. In a self-check with `importance`, `advice` and the code of a `material`."""

    word: ClassVar[str] = "quiz_question"
    makes: ClassVar[type[models.Model]] = Question
    owner: ClassVar[str] = "quiz"
    lookup: ClassVar[tuple[str, ...]] = ("quiz", "number")
    nested: ClassVar[tuple[str, ...]] = ("option",)

    kind: Annotated[str, one_of(QuestionKind)] = "single"
    text: str
    explanation: str = ""
    category: str = ""
    importance: Annotated[int, Field(ge=1, le=5)] = 3
    advice: str = ""
    material: str = ""
    option: list[OptionShape] = Field(default_factory=list)


class QuizShape(_PublishedShape):
    """[[quiz]] in quizzes.toml: a quiz, or a self-check (`kind = "check"`)."""

    word: ClassVar[str] = "quiz"
    makes: ClassVar[type[models.Model]] = Quiz
    nested: ClassVar[tuple[str, ...]] = ("question",)

    kind: Annotated[str, one_of(QuizKind)] = "quiz"
    hourly_limit: _Place = 1000
    question: list[QuestionShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for each in self.question:
            if len(each.option) < 2:
                raise ValueError(f"question {each.number} has fewer than two answers")
            if self.kind == "quiz" and not any(option.is_right for option in each.option):
                raise ValueError(f"question {each.number} has no right answer")
            if self.kind == "check" and not each.advice:
                raise ValueError(f"question {each.number} does not say what to do")
        return self


class QuizCountShape(Shape):
    """[[quiz_count]] in awareness_counts.toml."""

    word: ClassVar[str] = "quiz_count"
    makes: ClassVar[type[models.Model]] = QuizCount
    lookup: ClassVar[tuple[str, ...]] = ("quiz", "day", "question", "option")

    quiz: str
    day: Day
    question: _Count
    option: _Count
    number: _Count
    right: _Count = 0

    def identity(self) -> str:
        return f"{self.quiz}/{self.day}/{self.question}.{self.option}"


# --- Exercises ----------------------------------------------------------------------------------------------------


class SpotShape(_Numbered):
    """[[exercise.message.spot]]: a place that can be marked."""

    word: ClassVar[str] = "message_spot"
    makes: ClassVar[type[models.Model]] = Spot
    owner: ClassVar[str] = "message"
    lookup: ClassVar[tuple[str, ...]] = ("message", "number")

    part: Annotated[str, one_of(SpotPart)]
    quote: str = ""
    is_sign: bool = True
    explanation: str


class MessageShape(_Numbered):
    """[[exercise.message]]: a message, and what it is."""

    word: ClassVar[str] = "exercise_message"
    makes: ClassVar[type[models.Model]] = Message
    owner: ClassVar[str] = "exercise"
    lookup: ClassVar[tuple[str, ...]] = ("exercise", "number")
    nested: ClassVar[tuple[str, ...]] = ("spot",)

    sender_name: str
    sender_address: str
    subject: str
    body: str
    link_text: str = ""
    link_address: str = ""
    attachment: str = ""
    verdict: Annotated[str, one_of(Verdict)]
    explanation: str
    spot: list[SpotShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for each in self.spot:
            if each.part != "body":
                continue
            for language in ("", *each.translations):
                body = self.translations.get(language, {}).get("body", self.body)
                quote = each.translations.get(language, {}).get("quote", each.quote)
                if not quote or quote not in body:
                    raise ValueError(f"spot {each.number}: its words are not in the text ({language or 'original'})")
        return self


class ExerciseShape(_PublishedShape):
    """[[exercise]] in exercises.toml: messages to look at."""

    word: ClassVar[str] = "exercise"
    makes: ClassVar[type[models.Model]] = Exercise
    nested: ClassVar[tuple[str, ...]] = ("message",)

    message: list[MessageShape] = Field(default_factory=list)


class GroupShape(Shape):
    """[[group]] in exercises.toml: a class or an office with its sums."""

    word: ClassVar[str] = "exercise_group"
    makes: ClassVar[type[models.Model]] = ExerciseGroup
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    exercise: str
    name: str
    sector: Annotated[str, one_of(Sector)]
    organisation: str = ""
    parent: str = ""
    join_code: str
    ends_on: Day
    closed_on: Day | None = None
    takers: _Count = 0
    phish_seen: _Count = 0
    phish_recognised: _Count = 0
    real_seen: _Count = 0
    real_recognised: _Count = 0


class SimulationShape(SourcedShape):
    """[[simulation]] in exercises.toml: what a simulation tool counted for a group."""

    word: ClassVar[str] = "simulation_result"
    makes: ClassVar[type[models.Model]] = SimulationResult
    lookup: ClassVar[tuple[str, ...]] = ("group", "held_on")

    group: str
    held_on: Day
    sent: Annotated[int, Field(ge=5)]
    opened: _Count
    clicked: _Count
    reported: _Count

    def identity(self) -> str:
        return f"{self.group}/{self.held_on}"


class ExerciseCountShape(Shape):
    """[[exercise_count]] in awareness_counts.toml."""

    word: ClassVar[str] = "exercise_count"
    makes: ClassVar[type[models.Model]] = ExerciseCount
    lookup: ClassVar[tuple[str, ...]] = ("exercise", "day", "message")

    exercise: str
    day: Day
    message: _Count
    number: _Count
    right: _Count = 0

    def identity(self) -> str:
        return f"{self.exercise}/{self.day}/{self.message}"


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    CampaignShape,
    CampaignLinkShape,
    CampaignChannelShape,
    ReachShape,
    MaterialShape,
    QuizShape,
    QuestionShape,
    OptionShape,
    QuizCountShape,
    ExerciseShape,
    MessageShape,
    SpotShape,
    GroupShape,
    SimulationShape,
    ExerciseCountShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "campaigns.toml": {"campaign": CampaignShape},
    "materials.toml": {"material": MaterialShape},
    "quizzes.toml": {"quiz": QuizShape},
    "exercises.toml": {"exercise": ExerciseShape, "group": GroupShape, "simulation": SimulationShape},
    "awareness_counts.toml": {"quiz_count": QuizCountShape, "exercise_count": ExerciseCountShape},
}
_SHIPPED = frozenset({"materials.toml", "quizzes.toml", "exercises.toml"})
_COUNTED = {"awareness_counts.toml": "takers are counted by the program itself"}
OFFERED = tuple(
    PackFile(name, tables, shipped=SHIPPED / name if name in _SHIPPED else None, only_sample=_COUNTED.get(name, ""))
    for name, tables in FILES.items()
)
