"""The shapes of training.toml and training_enrolments.csv, and how their rows become objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import BeforeValidator, Field, model_validator

from floreo.core import languages
from floreo.core.pack import (
    Code,
    Day,
    Moment,
    Number,
    Setting,
    Shape,
    SourcedShape,
    Strict,
    TranslatedShape,
    Whole,
    one_of,
)
from floreo.core.sectors import Sector
from floreo.organisations.models import DatePrecision
from floreo.training.models import (
    Attendance,
    Audience,
    Cohort,
    CohortStateChoice,
    Course,
    CourseModule,
    CourseRole,
    Enrolment,
    EnrolmentStateChoice,
    Feedback,
    How,
    Level,
    Programme,
    Session,
    SignUp,
)
from floreo.training.queries import mail_key


def _score(value: object) -> object:
    """A score, as a cell of a CSV file says it; an empty one is none."""
    if value == "":
        return None
    return Decimal(value) if isinstance(value, str) else value


_Number = Annotated[Whole, Field(ge=1)]
_Score = Annotated[Decimal | None, BeforeValidator(_score), Field(ge=0, le=100)]


class ProgrammeShape(TranslatedShape, SourcedShape):
    """[[programme]]. `objective` is "2025-2028/3.1"."""

    word: ClassVar[str] = "training_programme"
    makes: ClassVar[type[models.Model]] = Programme
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    aim: str = ""
    audience: Annotated[str, one_of(Audience)]
    objective: str = ""
    organisation: str = ""
    funder: str = ""
    is_public: bool = True


class ModuleShape(TranslatedShape):
    """[[course.module]]"""

    word: ClassVar[str] = "training_module"
    makes: ClassVar[type[models.Model]] = CourseModule
    owner: ClassVar[str] = "course"

    title: str
    hours: Number | None = None
    position: int | None = None

    def identity(self) -> str:
        return self.title[:60]


class RoleShape(Shape):
    """A role of a skills framework that a course prepares for: "nice-2/PD-WRL-003"."""

    word: ClassVar[str] = "training_role"
    makes: ClassVar[type[models.Model]] = CourseRole
    owner: ClassVar[str] = "course"
    lookup: ClassVar[tuple[str, ...]] = ("course", "item")

    item: str

    def identity(self) -> str:
        return self.item


class CourseShape(TranslatedShape, SourcedShape):
    """[[course]]"""

    word: ClassVar[str] = "training_course"
    makes: ClassVar[type[models.Model]] = Course
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("module",)

    programme: str
    code: Code
    title: str
    summary: str = ""
    hours: Number | None = None
    level: Annotated[str, one_of(Level)] | None = None
    roles: list[str] = Field(default_factory=list)
    module: list[ModuleShape] = Field(default_factory=list)

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"level": self.level or ""}

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        yield from super().children(inner)
        for number, item in enumerate(self.roles, 1):
            yield RoleShape(item=item), replace(inner, number=number)


class SessionShape(TranslatedShape):
    """[[cohort.session]]"""

    word: ClassVar[str] = "training_session"
    makes: ClassVar[type[models.Model]] = Session
    owner: ClassVar[str] = "cohort"
    lookup: ClassVar[tuple[str, ...]] = ("cohort", "number")

    number: Annotated[int, Field(ge=1)]
    title: str = ""
    starts_at: Moment
    ends_at: Moment
    venue: str = ""
    place: str = ""
    language: str = ""
    trainer: str = ""
    trainer_name: str = ""
    capacity: int | None = None
    recorded_on: Day | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at is not after starts_at")
        return self

    def identity(self) -> str:
        return str(self.number)


class FeedbackShape(Shape):
    """[[cohort.feedback]]: an answer at the end, without who gave it."""

    word: ClassVar[str] = "training_feedback"
    makes: ClassVar[type[models.Model]] = Feedback
    owner: ClassVar[str] = "cohort"
    repeats: ClassVar[bool] = True

    rating: Annotated[int, Field(ge=1, le=5)]
    text: str = ""

    def identity(self) -> str:
        return f"{self.rating}/{self.text[:40]}"


class CohortShape(TranslatedShape, SourcedShape):
    """[[cohort]]. Of one that only a source reports (`is_history`), what it does not say is left out."""

    word: ClassVar[str] = "training_cohort"
    makes: ClassVar[type[models.Model]] = Cohort
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("session", "feedback")

    course: str
    code: Code
    title: str
    language: str = Field(default_factory=languages.first)
    place: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    precision: Annotated[str, one_of(DatePrecision)] = "day"
    capacity: int | None = None
    sign_up: Annotated[str, one_of(SignUp)] = "closed"
    sign_up_opens_at: Moment | None = None
    sign_up_closes_at: Moment | None = None
    min_attendance: Annotated[int, Field(ge=1, le=100)] = 80
    pass_mark: Number | None = None
    state: Annotated[str, one_of(CohortStateChoice)] = "planned"
    closed_on: Day | None = None
    cancelled_reason: str = ""
    is_history: bool = False
    stated_people: int | None = None
    is_public: bool = True
    session: list[SessionShape] = Field(default_factory=list)
    feedback: list[FeedbackShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends before it begins")
        if (self.state == "closed") != bool(self.closed_on):
            raise ValueError("state closed and closed_on go together")
        if self.stated_people is not None and not self.is_history:
            raise ValueError("stated_people is only for what is known from a source alone: is_history = true")
        return self


class AttendanceShape(Shape):
    """That a participant came to a session: made of the cell `sessions` of their row."""

    word: ClassVar[str] = "training_attendance"
    makes: ClassVar[type[models.Model]] = Attendance
    owner: ClassVar[str] = "enrolment"
    lookup: ClassVar[tuple[str, ...]] = ("session", "enrolment")

    session: str
    organisation: str = ""
    how: Annotated[str, one_of(How)] = "list"

    def identity(self) -> str:
        return self.session


class EnrolmentShape(Shape):
    """A row of training_enrolments.csv: an invented participant of a sample country. `sessions`: the numbers of those attended."""

    word: ClassVar[str] = "training_enrolment"
    makes: ClassVar[type[models.Model]] = Enrolment
    lookup: ClassVar[tuple[str, ...]] = ("cohort", "number")

    cohort: str
    number: _Number
    name: str
    mail: str = ""
    organisation: str = ""
    organisation_name: str = ""
    sector: Annotated[str, one_of(Sector)]
    language: str = Field(default_factory=languages.first)
    channel: str = "staff"
    state: Annotated[str, one_of(EnrolmentStateChoice)] = "confirmed"
    asked_on: Day
    sessions: str = ""
    how: Annotated[str, one_of(How)] = "list"
    before: _Score = None
    after: _Score = None
    passed: str = ""
    completed_on: Annotated[Day | None, BeforeValidator(lambda v: None if v == "" else v)] = None

    def identity(self) -> str:
        return f"{self.cohort}/{self.number}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        return own | {
            "mail_key": mail_key(self.mail),
            "score_before": self.before,
            "score_after": self.after,
            "passed": {"yes": True, "no": False}.get(self.passed),
            "entered_at": None if self.state == "asked" else datetime.combine(self.asked_on, time(15), tzinfo=UTC),
        }

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        for number, session in enumerate(filter(None, self.sessions.split(";")), 1):
            row = AttendanceShape(
                session=f"{self.cohort}/{session}",
                organisation=self.organisation,
                how=self.how,
            )
            yield row, replace(inner, number=number)


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (
    ProgrammeShape,
    CourseShape,
    ModuleShape,
    RoleShape,
    CohortShape,
    SessionShape,
    FeedbackShape,
    EnrolmentShape,
    AttendanceShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "training.toml": {"programme": ProgrammeShape, "course": CourseShape, "cohort": CohortShape},
    "training_enrolments.csv": {"enrolment": EnrolmentShape},
}
