"""The shapes of this app's pack files and how their rows become objects: what a country scored, what its people rated,
what serves an item. The frameworks themselves are read by library.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.frameworks import library
from floreo.frameworks.models import Answer, Assessment, AssessmentState, Contribution, PublishedScore, Rating


class RatingShape(Shape):
    """[[assessment.answer.rating]]: what one person says."""

    word: ClassVar[str] = "framework_rating"
    makes: ClassVar[type[models.Model]] = Rating
    owner: ClassVar[str] = "answer"

    rater_name: str
    level: Number
    held: list[int] = Field(default_factory=list)
    reason: str
    rated_on: Day

    def identity(self) -> str:
        return self.rater_name

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"rater": f"pack:{self.rater_name}", "held": [str(v) for v in self.held]}


class AnswerShape(TranslatedShape):
    """[[assessment.answer]]: one item, what its raters say, and what the reviewer says counts."""

    word: ClassVar[str] = "framework_answer"
    makes: ClassVar[type[models.Model]] = Answer
    owner: ClassVar[str] = "assessment"
    nested: ClassVar[tuple[str, ...]] = ("rating",)
    lookup: ClassVar[tuple[str, ...]] = ("assessment", "item")

    item: str
    level: Number | None = None
    held: list[int] = Field(default_factory=list)
    reason: str = ""
    reviewed_by: str = ""
    reviewed_on: Day | None = None
    rating: list[RatingShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.level is None) != (self.reviewed_on is None) or bool(self.reviewed_by) != bool(self.reviewed_on):
            raise ValueError("a reviewed level needs reviewed_by and reviewed_on beside it, and they need a level")
        return self

    def identity(self) -> str:
        return self.item

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"held": [str(v) for v in self.held]}

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"item": f"{setting.measure}/{self.item}"}


class AssessmentShape(TranslatedShape):
    """[[assessment]] in frameworks.toml."""

    word: ClassVar[str] = "assessment"
    makes: ClassVar[type[models.Model]] = Assessment
    nested: ClassVar[tuple[str, ...]] = ("answer",)
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    version: str  # code of the framework's version
    organisation: str = ""
    year: int
    as_of: Day
    opened_on: Day
    opened_by: str
    state: Annotated[str, one_of(AssessmentState)] = "open"
    closed_on: Day | None = None
    is_public: bool = False
    note: str = ""
    before: str = ""
    answer: list[AnswerShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == AssessmentState.CLOSED) != (self.closed_on is not None):
            raise ValueError("state = “closed” and closed_on go together")
        if self.is_public and self.closed_on is None:
            raise ValueError("only a closed assessment is public")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return {name: value for name, value in super().fields(setting).items() if name != "version"}

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"in_version": self.version}

    def children(self, inner: Setting) -> Any:
        return super().children(replace(inner, measure=self.version))


class PublishedScoreShape(TranslatedShape, SourcedShape):
    """[[published_score]] in frameworks.toml."""

    word: ClassVar[str] = "published_score"
    makes: ClassVar[type[models.Model]] = PublishedScore
    lookup: ClassVar[tuple[str, ...]] = ("framework", "year", "subject", "part")

    framework: str
    version: str = ""
    year: int
    subject: str = ""
    part: str = ""
    score: Number
    maximum: Number | None = None
    rank: Annotated[int, Field(ge=1)] | None = None
    tier: str = ""
    note: str = ""
    indicator: str = ""

    def identity(self) -> str:
        return "/".join(filter(None, [self.framework, str(self.year), self.part, self.subject]))

    def fields(self, setting: Setting) -> dict[str, Any]:
        return {name: value for name, value in super().fields(setting).items() if name != "version"}

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"in_version": self.version}


class ContributionShape(Shape):
    """[[contribution]] in frameworks.toml: thing = "action:2026-2030/2.1.1", item = "cmm-2021/D1.2.b"."""

    word: ClassVar[str] = "contribution"
    makes: ClassVar[type[models.Model]] = Contribution
    keyed: ClassVar[tuple[str, ...]] = ("thing",)
    lookup: ClassVar[tuple[str, ...]] = ("item", "thing")

    thing: str
    item: str
    note: str = ""

    def identity(self) -> str:
        return f"{self.item} {self.thing}"


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    *library.SHAPES,
    AssessmentShape,
    AnswerShape,
    RatingShape,
    PublishedScoreShape,
    ContributionShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "frameworks.toml": {
        "assessment": AssessmentShape,
        "published_score": PublishedScoreShape,
        "contribution": ContributionShape,
    }
}
