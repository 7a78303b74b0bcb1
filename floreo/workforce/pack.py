"""The shapes of institutions.toml and workforce.toml, and how their rows become objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core import languages
from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.sectors import Sector
from floreo.workforce.models import (
    CatalogueCourse,
    CatalogueRole,
    CourseDate,
    Institution,
    Level,
    Mode,
    NeedChannel,
    NeedsRequest,
    WorkforceNeed,
)

_Count = Annotated[int, Field(ge=0, le=100_000)]


class CourseDateShape(Shape):
    """[[institution.course.date]]: a day on which it begins."""

    word: ClassVar[str] = "course_date"
    makes: ClassVar[type[models.Model]] = CourseDate
    owner: ClassVar[str] = "course"
    lookup: ClassVar[tuple[str, ...]] = ("course", "starts_on")

    starts_on: Day
    seats: _Count | None = None

    def identity(self) -> str:
        return self.starts_on.isoformat()


class CatalogueRoleShape(Shape):
    """One of `roles` of a course: "ecsf-1/cyber-incident-responder"."""

    word: ClassVar[str] = "catalogue_role"
    makes: ClassVar[type[models.Model]] = CatalogueRole
    owner: ClassVar[str] = "course"
    lookup: ClassVar[tuple[str, ...]] = ("course", "item")

    item: str

    def identity(self) -> str:
        return self.item


class CatalogueCourseShape(TranslatedShape, SourcedShape):
    """[[institution.course]]: a course of the catalogue."""

    word: ClassVar[str] = "catalogue_course"
    makes: ClassVar[type[models.Model]] = CatalogueCourse
    owner: ClassVar[str] = "institution"
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("date",)

    code: Code
    title: str
    summary: str = ""
    level: Annotated[str, one_of(Level)]
    language: str = Field(default_factory=languages.first)
    mode: Annotated[str, one_of(Mode)]
    place: str = ""
    is_free: bool = False
    cost_amount: Number | None = None
    currency: str = ""
    cost_text: str = ""
    duration: str = ""
    hours: _Count | None = None
    address: str = ""
    roles: list[str] = Field(default_factory=list)
    checked_on: Day | None = None
    needs_look: bool = False
    is_hidden: bool = False
    hidden_reason: str = ""
    removed_on: Day | None = None
    date: list[CourseDateShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.cost_amount is not None and (self.is_free or self.cost_amount <= 0 or not self.currency):
            raise ValueError("cost_amount is above 0 and has a currency; what costs nothing says is_free")
        if self.is_hidden != bool(self.hidden_reason):
            raise ValueError("is_hidden and hidden_reason go together")
        return self

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        yield from super().children(inner)
        for number, item in enumerate(self.roles, 1):
            yield CatalogueRoleShape(item=item), replace(inner, number=number)


class InstitutionShape(Shape):
    """[[institution]] in institutions.toml: an organisation that offers courses. It has no link before one is sent."""

    word: ClassVar[str] = "institution"
    makes: ClassVar[type[models.Model]] = Institution
    lookup: ClassVar[tuple[str, ...]] = ("organisation",)
    nested: ClassVar[tuple[str, ...]] = ("course",)

    organisation: str
    mail: str = ""
    language: str = Field(default_factory=languages.first)
    confirmed_on: Day | None = None
    course: list[CatalogueCourseShape] = Field(default_factory=list)

    def identity(self) -> str:
        return self.organisation


class NeedShape(SourcedShape):
    """[[need]] in workforce.toml: of an organisation, or of a whole sector."""

    word: ClassVar[str] = "workforce_need"
    makes: ClassVar[type[models.Model]] = WorkforceNeed
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "sector", "role", "as_of")

    organisation: str = ""
    sector: Annotated[str, one_of(Sector)]
    role: str
    needed: _Count
    in_post: _Count
    as_of: Day
    channel: Annotated[str, one_of(NeedChannel)] = "staff"
    note: str = ""
    is_public: bool = True

    def identity(self) -> str:
        return f"{self.organisation or self.sector} {self.role} {self.as_of.isoformat()}"


class NeedsRequestShape(Shape):
    """[[request]] in workforce.toml: that an organisation was asked. It has no link before one is sent."""

    word: ClassVar[str] = "needs_request"
    makes: ClassVar[type[models.Model]] = NeedsRequest
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "year")

    organisation: str
    year: Annotated[int, Field(ge=2000, le=2100)]
    sector: Annotated[str, one_of(Sector)]
    mail: str
    language: str = Field(default_factory=languages.first)
    due_on: Day
    sent_on: Day
    answered_on: Day | None = None

    def identity(self) -> str:
        return f"{self.organisation} {self.year}"


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (
    InstitutionShape,
    CatalogueCourseShape,
    CourseDateShape,
    CatalogueRoleShape,
    NeedShape,
    NeedsRequestShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "institutions.toml": {"institution": InstitutionShape},
    "workforce.toml": {"need": NeedShape, "request": NeedsRequestShape},
}
