"""The shapes of initiatives.toml and competitions.toml, and how their rows become objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.initiatives.logic import LONGEST, bands
from floreo.initiatives.models import (
    Competition,
    CompetitionEntry,
    CompetitionState,
    Criterion,
    EntryState,
    Initiative,
    InitiativeAudience,
    InitiativeDistrict,
    InitiativeState,
)


class InitiativeDistrictShape(Shape):
    """One of `districts` of an initiative."""

    word: ClassVar[str] = "initiative_district"
    makes: ClassVar[type[models.Model]] = InitiativeDistrict
    owner: ClassVar[str] = "initiative"
    lookup: ClassVar[tuple[str, ...]] = ("initiative", "place")

    place: str

    def identity(self) -> str:
        return self.place


class InitiativeShape(TranslatedShape, SourcedShape):
    """[[initiative]] in initiatives.toml: what others do."""

    word: ClassVar[str] = "initiative"
    makes: ClassVar[type[models.Model]] = Initiative
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    summary: str = ""
    organisation: str = ""
    who_name: str = ""
    audience: Annotated[str, one_of(InitiativeAudience)] = "public"
    districts: list[str] = Field(default_factory=list)
    starts_on: Day | None = None
    ends_on: Day | None = None
    address: str = ""
    state: Annotated[str, one_of(InitiativeState)] = "published"
    received_on: Day | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.organisation and not self.who_name:
            raise ValueError("say who runs it: organisation, or who_name")
        if (self.state == "declined") != bool(self.reason):
            raise ValueError("state declined and reason go together")
        return self

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        for number, place in enumerate(self.districts, 1):
            yield InitiativeDistrictShape(place=place), replace(inner, number=number)


class CriterionShape(TranslatedShape):
    """[[competition.criterion]]: what the jury gives points for."""

    word: ClassVar[str] = "criterion"
    makes: ClassVar[type[models.Model]] = Criterion
    owner: ClassVar[str] = "competition"
    lookup: ClassVar[tuple[str, ...]] = ("competition", "number")

    title: str
    weight: Annotated[int, Field(ge=1, le=100)] = 1

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"number": setting.number}

    def identity(self) -> str:
        return self.title


class EntryShape(Shape):
    """[[competition.entry]]: what was sent in. It holds no name: of a sample country nobody entered, of a real one no name belongs into
    a file."""

    word: ClassVar[str] = "competition_entry"
    makes: ClassVar[type[models.Model]] = CompetitionEntry
    owner: ClassVar[str] = "competition"
    lookup: ClassVar[tuple[str, ...]] = ("reference",)

    reference: Annotated[str, Field(pattern=r"^ENT-\d{4}-[A-Z0-9]{6}$")]
    title: str
    description: Annotated[str, Field(max_length=LONGEST)] = ""
    category: str = ""
    age_band: str
    team: str = ""
    school: str = ""
    place: str = ""
    state: Annotated[str, one_of(EntryState)] = "entered"
    reason: str = ""
    received_on: Day
    agreed_on: Day | None = None
    points: Number | None = None
    rank: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.age_band not in bands():
            raise ValueError(f"age_band is one of: {', '.join(bands())}")
        if (self.state == "entered") != (self.agreed_on is not None):
            raise ValueError("state entered and agreed_on go together")
        if (self.points is None) != (self.rank is None):
            raise ValueError("points and rank go together")
        if self.points is not None and not 0 <= self.points <= Decimal(100):
            raise ValueError("points go from 0 to 100")
        return self

    def identity(self) -> str:
        return self.reference

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"is_erased": self.rank is not None}


class CompetitionShape(TranslatedShape, SourcedShape):
    """[[competition]] in competitions.toml."""

    word: ClassVar[str] = "competition"
    makes: ClassVar[type[models.Model]] = Competition
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("criterion", "entry")

    code: Code
    title: str
    summary: str = ""
    rules: str = ""
    prizes: str = ""
    jury_text: str = ""
    categories: str = ""
    organisation: str = ""
    age_from: Annotated[int, Field(ge=5, le=99)] = 10
    age_to: Annotated[int, Field(ge=5, le=99)] = 17
    opens_on: Day | None = None
    closes_on: Day | None = None
    takes_files: bool = True
    erase_after_days: Annotated[int, Field(ge=1, le=365)] = 90
    contact: str = ""
    state: Annotated[str, one_of(CompetitionState)] = "draft"
    result_on: Day | None = None
    criterion: list[CriterionShape] = Field(default_factory=list)
    entry: list[EntryShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.state != "draft" and (self.opens_on is None or self.closes_on is None):
            raise ValueError("what is announced opens and closes: give opens_on and closes_on")
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValueError("closes_on is before opens_on")
        if (self.state == "ended") != bool(self.result_on):
            raise ValueError("state ended and result_on go together")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        """Nothing is left to erase of a result that comes with a pack: it holds no names."""
        return super().fields(setting) | {"erased_on": self.result_on}


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (
    InitiativeShape,
    InitiativeDistrictShape,
    CompetitionShape,
    CriterionShape,
    EntryShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "initiatives.toml": {"initiative": InitiativeShape},
    "competitions.toml": {"competition": CompetitionShape},
}
