"""The shapes of surveys.toml and survey_responses.csv, and how their rows become objects."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core import languages
from floreo.core.pack import Code, Day, Moment, Setting, Shape, SourcedShape, Strict, TranslatedShape, Whole, one_of
from floreo.surveys.models import (
    InstrumentVersion,
    Question,
    QuestionKind,
    Response,
    ResponseMode,
    Survey,
    Topic,
    Variable,
    Wave,
    WaveMode,
    WaveState,
    WeightMethod,
)

_SPACE = uuid.UUID("6f1c0d3e-54a2-4f2e-9a54-0d2a1f9b7c11")  # of the numbers that answers of packs get


class QuestionShape(TranslatedShape):
    """[[survey.instrument.question]]: one question. `options` are tables with key, text and a text in each other language."""

    word: ClassVar[str] = "survey_question"
    makes: ClassVar[type[models.Model]] = Question
    owner: ClassVar[str] = "version_of"
    lookup: ClassVar[tuple[str, ...]] = ("version_of", "key")

    code: Code  # its key
    position: int | None = None
    kind: Annotated[str, one_of(QuestionKind)] = "single"
    text: str
    hint: str = ""
    options: list[dict[str, str]] = Field(default_factory=list)
    low: int | None = None
    high: int | None = None
    must: bool = False
    if_key: str = ""
    if_options: list[str] = Field(default_factory=list)
    variable: Annotated[str, one_of(Variable)] | None = None
    is_group: bool = False
    title: str = ""
    counted: list[str] = Field(default_factory=list)
    statement: str = ""
    lower_is_better: bool = False

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"key": self.code, "variable": self.variable or ""}


class VersionShape(Shape):
    """[[survey.instrument]]: the questions of a survey, numbered."""

    word: ClassVar[str] = "survey_version"
    makes: ClassVar[type[models.Model]] = InstrumentVersion
    owner: ClassVar[str] = "survey"
    lookup: ClassVar[tuple[str, ...]] = ("survey", "number")
    nested: ClassVar[tuple[str, ...]] = ("question",)

    number: int
    note: str = ""
    question: list[QuestionShape] = Field(default_factory=list)

    def identity(self) -> str:
        return str(self.number)


class WaveShape(TranslatedShape, SourcedShape):
    """[[survey.wave]]: one reading. `population` are tables with a value for each variable and a count."""

    word: ClassVar[str] = "survey_wave"
    makes: ClassVar[type[models.Model]] = Wave
    owner: ClassVar[str] = "survey"
    lookup: ClassVar[tuple[str, ...]] = ("survey", "code")

    code: Code
    title: str
    instrument: int
    mode: Annotated[str, one_of(WaveMode)] = "open"
    starts_on: Day
    ends_on: Day
    how: str = ""
    who: str = ""
    cost: str = ""
    approached: int | None = None
    planned: int | None = None
    broken_off: int = 0
    state: Annotated[str, one_of(WaveState)] = "draft"
    weighted_by: list[str] = Field(default_factory=list)
    method: Annotated[str, one_of(WeightMethod)] = "none"
    population: list[dict[str, str | int]] = Field(default_factory=list)
    targets_source: str = ""
    results_due_on: Day | None = None
    compared_with: str = ""
    campaign_title: str = ""
    campaign_from: Day | None = None
    campaign_to: Day | None = None
    campaign_address: str = ""
    campaign_note: str = ""
    published_at: Moment | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.state == "published") != (self.published_at is not None):
            raise ValueError("state published and published_at go together")
        if self.method != "none" and not (self.weighted_by and self.population):
            raise ValueError("weights need weighted_by and population")
        if self.method != "none" and self.mode == "open":
            raise ValueError("an open survey is no sample and has no weights")
        if any(not isinstance(row.get("count"), int) for row in self.population):
            raise ValueError("each row of population has a count")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"targets": [dict(row) for row in self.population]}

    def refs(self, setting: Setting) -> dict[str, str]:
        before = f"{setting.holder}/{self.compared_with}" if self.compared_with else ""
        return {
            "survey": setting.holder,
            "instrument": f"{setting.holder}/{self.instrument}",
            "compared_with": before,
        }


class SurveyShape(TranslatedShape, SourcedShape):
    """[[survey]] in surveys.toml."""

    word: ClassVar[str] = "survey"
    makes: ClassVar[type[models.Model]] = Survey
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("instrument", "wave")

    code: Code
    title: str
    topic: Annotated[str, one_of(Topic)] = "awareness"
    purpose: str = ""
    who: str = ""
    people: str = ""
    carried_out_by: str = ""
    paid_by: str = ""
    next_wave_on: Day | None = None
    is_public: bool = False
    instrument: list[VersionShape] = Field(default_factory=list)
    wave: list[WaveShape] = Field(default_factory=list)


class ResponseShape(Shape):
    """A row of survey_responses.csv: one person's answers, as "key=answer key=answer+answer". No names, and no numbers of people."""

    word: ClassVar[str] = "survey_response"
    makes: ClassVar[type[models.Model]] = Response
    lookup: ClassVar[tuple[str, ...]] = ("uuid",)

    wave: str  # "survey/wave"
    number: Whole
    mode: Annotated[str, one_of(ResponseMode)]
    language: str = Field(default_factory=languages.first)
    district: str = ""
    age: str = ""
    gender: str = ""
    sector: str = ""
    answers: str = ""

    def identity(self) -> str:
        return f"{self.wave}/{self.number}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {
            "uuid": str(uuid.uuid5(_SPACE, self.identity())),
            "answers": dict(_answer(part) for part in self.answers.split()),
        }


def _answer(part: str) -> tuple[str, Any]:
    """ "two-step=yes", "signs=link+sender", "knows=4"."""
    key, _equals, given = part.partition("=")
    if "+" in given:
        return key, [each for each in given.split("+") if each]
    return key, int(given) if given.isascii() and given.isdigit() else given


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (SurveyShape, VersionShape, QuestionShape, WaveShape, ResponseShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "surveys.toml": {"survey": SurveyShape},
    "survey_responses.csv": {"response": ResponseShape},
}
