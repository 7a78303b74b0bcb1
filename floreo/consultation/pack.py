"""The shapes of consultations.toml, consultation_points.toml and consultation_comments.csv, and how their rows become objects."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.consultation.logic import LONGEST
from floreo.consultation.models import (
    Comment,
    CommentChannel,
    Consultation,
    ConsultationState,
    Decision,
    Event,
    Participation,
    Point,
    Respondent,
    Topic,
)
from floreo.core import languages
from floreo.core.pack import (
    Code,
    Day,
    Moment,
    Setting,
    Shape,
    SourcedShape,
    Strict,
    TranslatedShape,
    Truth,
    Whole,
    one_of,
)

_Number = Annotated[Whole, Field(ge=1)]


class TopicShape(TranslatedShape):
    """[[consultation.topic]]: a question."""

    word: ClassVar[str] = "consultation_topic"
    makes: ClassVar[type[models.Model]] = Topic
    owner: ClassVar[str] = "consultation"
    lookup: ClassVar[tuple[str, ...]] = ("consultation", "number")

    number: _Number
    title: str

    def identity(self) -> str:
        return str(self.number)


class EventShape(TranslatedShape):
    """[[consultation.event]]: a public meeting."""

    word: ClassVar[str] = "consultation_event"
    makes: ClassVar[type[models.Model]] = Event
    owner: ClassVar[str] = "consultation"
    repeats: ClassVar[bool] = True

    title: str
    place: str = ""
    held_on: Day
    attended: int | None = None

    def identity(self) -> str:
        return f"{self.held_on}/{self.title[:40]}"


class ConsultationShape(TranslatedShape, SourcedShape):
    """[[consultation]] in consultations.toml. `law_version` is "instrument/version"."""

    word: ClassVar[str] = "consultation"
    makes: ClassVar[type[models.Model]] = Consultation
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("topic", "event")

    code: Code
    title: str
    summary: str = ""
    rules: str = ""
    language: str = Field(default_factory=languages.first)
    law_version: str = ""
    document_url: str = ""
    document_title: str = ""
    participation: Annotated[str, one_of(Participation)] = "open"
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    organisation: str = ""
    answer_due_on: Day | None = None
    contact: str = ""
    state: Annotated[str, one_of(ConsultationState)] = "draft"
    answered_at: Moment | None = None
    answered_by: str = ""
    topic: list[TopicShape] = Field(default_factory=list)
    event: list[EventShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.state != "draft" and (self.opens_at is None or self.closes_at is None):
            raise ValueError("what is scheduled or answered opens and closes: give opens_at and closes_at")
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValueError("closes_at is not after opens_at")
        if (self.state == "answered") != bool(self.answered_at):
            raise ValueError("state answered and answered_at go together")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        own["announced_at"] = self.opens_at if self.state == "answered" else None
        return own


class PointShape(TranslatedShape):
    """[[point]] in consultation_points.toml: what comments ask for, and what was decided on it."""

    word: ClassVar[str] = "consultation_point"
    makes: ClassVar[type[models.Model]] = Point
    lookup: ClassVar[tuple[str, ...]] = ("consultation", "number")

    consultation: str
    number: _Number
    title: str
    decision: Annotated[str, one_of(Decision)] | None = None
    reason: str = ""
    clause: str = ""
    changed_version: str = ""
    decided_on: Day | None = None
    decided_by: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.decision) != bool(self.decided_on):
            raise ValueError("decision and decided_on go together")
        return self

    def identity(self) -> str:
        return f"{self.consultation}/{self.number}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"decision": self.decision or ""}


class CommentShape(Shape):
    """A row of consultation_comments.csv. Its name is published, unless it says none."""

    word: ClassVar[str] = "consultation_comment"
    makes: ClassVar[type[models.Model]] = Comment
    lookup: ClassVar[tuple[str, ...]] = ("consultation", "number")

    consultation: str
    number: _Number
    received_on: Day
    channel: Annotated[str, one_of(CommentChannel)]
    respondent: Annotated[str, one_of(Respondent)]
    organisation: str = ""
    name: str = ""
    language: str = Field(default_factory=languages.first)
    clause: str = ""
    text: Annotated[str, Field(max_length=LONGEST)]
    point: Whole | None = None
    is_published: Truth = True
    reason: str = ""

    def identity(self) -> str:
        return f"{self.consultation}/{self.number}"

    def refs(self, setting: Setting) -> dict[str, str]:
        point = f"{self.consultation}/{self.point}" if self.point else ""
        return {"consultation": self.consultation, "point": point}

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
        digest = hashlib.sha256(self.identity().encode()).digest()
        return own | {
            "reference": f"COM-{self.received_on.year}-" + "".join(letters[b % len(letters)] for b in digest[:6]),
            "organisation_name": self.organisation,
            "is_nameless": not (self.name or self.organisation),
            "state": "published" if self.is_published else "withheld",
            "reason": self.reason or ("" if self.is_published else "It names private persons."),
            "moderated_on": self.received_on,
        }


# In the order in which rows are made.
SHAPES: tuple[type[Shape], ...] = (ConsultationShape, TopicShape, EventShape, PointShape, CommentShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "consultations.toml": {"consultation": ConsultationShape},
    "consultation_points.toml": {"point": PointShape},
    "consultation_comments.csv": {"comment": CommentShape},
}
