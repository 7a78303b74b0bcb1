"""The shape of editions/<edition>/reviews.toml and how its rows become objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core.pack import Code, Day, Setting, Shape, Strict, TranslatedShape, one_of
from floreo.reviews.logic import ANSWERED, APPROVE_WITHIN, AnswerState, whole
from floreo.reviews.models import Answer, AnswerStateChoice, Review, ReviewState, Rhythm, RhythmFrequency, UpdateRequest

Days = Annotated[int, Field(ge=1, le=120)]


def _moment(day: date | None) -> datetime | None:
    """Noon of that day: a pack knows days, not hours."""
    return None if day is None else datetime.combine(day, time(12), tzinfo=UTC)


class RhythmShape(Shape):
    """[rhythm]: how often the leads of the edition are asked. Days are counted from the period's last day."""

    word: ClassVar[str] = "rhythm"
    makes: ClassVar[type[models.Model]] = Rhythm
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition",)

    frequency: Annotated[str, one_of(RhythmFrequency)] = "quarter"
    opens_after_days: Days = 1
    due_after_days: Days = 12
    closes_after_days: Days = 26
    remind_before: list[Days] = Field(default_factory=lambda: [7, 1])
    remind_after: list[Days] = Field(default_factory=lambda: [1, 5])
    escalate_after_days: Days = 4
    approve_within_days: Days = APPROVE_WITHIN
    reply_to: str = ""
    is_on: bool = True

    def identity(self) -> str:
        return "rhythm"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.opens_after_days < self.due_after_days <= self.closes_after_days:
            raise ValueError("a review opens before answers are due, and closes then or later")
        return self


class ValueShape(Strict):
    """One figure in an answer: what is asked of the lead, before anybody has approved it."""

    indicator: str
    starts_on: Day
    ends_on: Day
    value: str
    source: str
    note: str = ""

    def plain(self) -> dict[str, str]:
        days = {"starts_on": self.starts_on.isoformat(), "ends_on": self.ends_on.isoformat()}
        return {"indicator": self.indicator, **days, "value": self.value, "source": self.source, "note": self.note}


class AnswerShape(TranslatedShape):
    """[[review.ask.answer]]: what was said of one action. An approved one names the update that it became, by action and
    day: update = "1.1.1/2026-10-12"."""

    word: ClassVar[str] = "answer"
    makes: ClassVar[type[models.Model]] = Answer
    owner: ClassVar[str] = "update_request"
    lookup: ClassVar[tuple[str, ...]] = ("update_request", "action", "number")
    scoped: ClassVar[frozenset[str]] = frozenset({"action", "update"})

    action: str
    number: Annotated[int, Field(ge=1, le=99)] = 1
    state: Annotated[str, one_of(AnswerStateChoice)] = "approved"
    done: str = ""
    next: str = ""
    risks: str = ""
    internal_note: str = ""
    nothing_changed: bool = False
    milestones: dict[str, Day] = Field(default_factory=dict)
    figures: list[ValueShape] = Field(default_factory=list)
    reported_by: str = ""
    reported_on: Day | None = None
    returned_note: str = ""
    decided_by: str = ""
    decided_on: Day | None = None
    update: str = ""

    def identity(self) -> str:
        return f"{self.action}/{self.number}"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state != AnswerState.DRAFT and (self.reported_on is None or not self.reported_by):
            raise ValueError("an answer that was sent needs reported_by and reported_on")
        if self.state in (AnswerState.APPROVED, AnswerState.RETURNED) and not (self.decided_by and self.decided_on):
            raise ValueError("an answer that was decided needs decided_by and decided_on")
        if self.state == AnswerState.RETURNED and not self.returned_note:
            raise ValueError("an answer that was returned needs returned_note")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {
            "milestones": {code: day.isoformat() for code, day in self.milestones.items()},
            "figures": [figure.plain() for figure in self.figures],
            "first_answered_on": self.reported_on,
            "decided_at": _moment(self.decided_on),
        }


class UpdateRequestShape(Shape):
    """[[review.ask]]: who was asked about what. Its status as a whole follows from its answers and is never written."""

    word: ClassVar[str] = "update_request"
    makes: ClassVar[type[models.Model]] = UpdateRequest
    owner: ClassVar[str] = "review"
    lookup: ClassVar[tuple[str, ...]] = ("review", "person", "organisation")
    scoped: ClassVar[frozenset[str]] = frozenset({"actions"})
    manifold: ClassVar[tuple[str, ...]] = ("actions",)
    nested: ClassVar[tuple[str, ...]] = ("answer",)

    organisation: str
    person: str = ""
    deputy: str = ""
    actions: Annotated[list[str], Field(min_length=1)]
    opened_on: Day | None = None
    asked_on: Day | None = None
    reminded_on: Day | None = None
    reminded_count: Annotated[int, Field(ge=0, le=99)] = 0
    escalated_on: Day | None = None
    answer: list[AnswerShape] = Field(default_factory=list)

    def identity(self) -> str:
        return self.person or self.organisation

    @model_validator(mode="after")
    def _about_what_is_asked(self) -> Self:
        strange = [one.action for one in self.answer if one.action not in self.actions]
        if strange:
            raise ValueError(f"answers about {', '.join(strange)}, which it does not list among its actions")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        states = {each.action: AnswerState(each.state) for each in sorted(self.answer, key=lambda a: a.number)}
        numbered = {code: number for number, code in enumerate(self.actions)}
        known = {numbered[code]: state for code, state in states.items()}
        state = whole(known, numbered.values(), is_opened=self.opened_on is not None)
        text = [each.reported_on for each in self.answer if each.reported_on is not None]
        return super().fields(setting) | {
            "state": state.value,
            "answered_on": max(text, default=None) if state in ANSWERED else None,
            "opened_at": _moment(self.opened_on),
            "asked_count": 1 if self.asked_on else 0,
        }


class ReviewShape(Shape):
    """[[review]]: one period in which leads were asked."""

    word: ClassVar[str] = "review"
    makes: ClassVar[type[models.Model]] = Review
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "code")
    nested: ClassVar[tuple[str, ...]] = ("update_request",)

    code: Code
    starts_on: Day
    ends_on: Day
    opened_on: Day
    due_on: Day
    closes_on: Day
    closed_on: Day | None = None
    closed_by: str = ""
    update_request: list[UpdateRequestShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.opened_on <= self.due_on <= self.closes_on:
            raise ValueError("opened_on, due_on and closes_on run the wrong way round")
        if bool(self.closed_on) != bool(self.closed_by):
            raise ValueError("closed_on and closed_by are given together, or neither")
        waiting = [a.action for each in self.update_request for a in each.answer if a.state == AnswerState.SUBMITTED]
        if self.closed_on and waiting:
            raise ValueError(f"is closed, but answers wait for a decision: {', '.join(waiting)}")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        state = ReviewState.CLOSED if self.closed_on else ReviewState.OPEN
        return super().fields(setting) | {"state": state.value, "closed_at": _moment(self.closed_on)}


SHAPES: tuple[type[Shape], ...] = (
    RhythmShape,
    ReviewShape,
    UpdateRequestShape,
    AnswerShape,
)  # in the order in which rows are made
FILES: Mapping[str, Mapping[str, type[Strict]]] = {  # file of a pack -> its tables
    "reviews.toml": {"rhythm": RhythmShape, "review": ReviewShape}
}
