"""The shape of meetings.toml and how its rows become objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.meetings.models import (
    AgendaItem,
    Attendance,
    Committee,
    Correction,
    Decision,
    DecisionStateChoice,
    ItemKindChoice,
    Meeting,
    MeetingStateChoice,
    MinutesStateChoice,
    Seat,
    SeatPartChoice,
)
from floreo.organisations.models import PresenceChoice


class SeatShape(SourcedShape):
    """[[committee.seat]]"""

    word: ClassVar[str] = "seat"
    makes: ClassVar[type[models.Model]] = Seat
    owner: ClassVar[str] = "committee"
    lookup: ClassVar[tuple[str, ...]] = ("committee", "organisation", "person", "starts_on")
    repeats: ClassVar[bool] = True

    organisation: str
    person: str = ""
    part: Annotated[str, one_of(SeatPartChoice)] = "member"
    starts_on: Day | None = None
    ends_on: Day | None = None
    position: int | None = None

    def identity(self) -> str:
        return "/".join(filter(None, [self.organisation, self.person]))


class CommitteeShape(TranslatedShape, SourcedShape):
    """[[committee]]"""

    word: ClassVar[str] = "committee"
    makes: ClassVar[type[models.Model]] = Committee
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("seat",)

    code: Code
    name: str
    purpose: str = ""
    organisation: str = ""
    edition: str = ""
    is_public: bool = False
    ends_on: Day | None = None
    seat: list[SeatShape] = Field(default_factory=list)


class AgendaItemShape(TranslatedShape):
    """[[meeting.item]]"""

    word: ClassVar[str] = "agenda_item"
    makes: ClassVar[type[models.Model]] = AgendaItem
    owner: ClassVar[str] = "meeting"
    lookup: ClassVar[tuple[str, ...]] = ("meeting", "code")
    keyed: ClassVar[tuple[str, ...]] = ("thing",)

    code: Code
    title: str
    text: str = ""
    thing: str = ""  # "action:2025-2028/2.1.1"
    kind: Annotated[str, one_of(ItemKindChoice)] = "other"
    minutes: str = ""
    minutes_internal: str = ""
    position: int | None = None


class AttendanceShape(Shape):
    """[[meeting.attendance]]"""

    word: ClassVar[str] = "attendance"
    makes: ClassVar[type[models.Model]] = Attendance
    owner: ClassVar[str] = "meeting"

    organisation: str = ""
    person: str = ""
    name: str = ""
    presence: Annotated[str, one_of(PresenceChoice)] = "present"
    substitute: str = ""
    is_guest: bool = False

    def identity(self) -> str:
        return "/".join(filter(None, [self.organisation, self.person, self.name]))


class CorrectionShape(Shape):
    """[[meeting.correction]]"""

    word: ClassVar[str] = "minutes_correction"
    makes: ClassVar[type[models.Model]] = Correction
    owner: ClassVar[str] = "meeting"

    on: Day
    text: str
    reported_by: str

    def identity(self) -> str:
        return f"{self.on}/{self.text[:40]}"


class MeetingShape(TranslatedShape):
    """[[meeting]]"""

    word: ClassVar[str] = "meeting"
    makes: ClassVar[type[models.Model]] = Meeting
    lookup: ClassVar[tuple[str, ...]] = ("committee", "code")
    nested: ClassVar[tuple[str, ...]] = ("item", "attendance", "correction")

    committee: str
    code: Code
    number: Annotated[int, Field(ge=1)]
    on: Day
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    online_url: str = ""
    state: Annotated[str, one_of(MeetingStateChoice)] = "planned"
    cancelled_reason: str = ""
    opening: str = ""
    agenda_sent_on: Day | None = None
    minutes_state: Annotated[str, one_of(MinutesStateChoice)] = "draft"
    circulated_on: Day | None = None
    approved_on: Day | None = None
    approved_by: str = ""
    approved_in: str = ""  # code of the committee's meeting that approved them
    item: list[AgendaItemShape] = Field(default_factory=list)
    attendance: list[AttendanceShape] = Field(default_factory=list)
    correction: list[CorrectionShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.minutes_state == "approved") != bool(self.approved_on and self.approved_by):
            raise ValueError("approved minutes say approved_on and approved_by, and others do not")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError("ends before it begins")
        return self

    def key(self, setting: Setting) -> str:
        return f"{self.committee}/{self.code}"

    def meant(self, name: str, code: str, setting: Setting) -> str:
        if name == "approved_in" and code:
            return f"{self.committee}/{code}"
        return super().meant(name, code, setting)


class DecisionShape(TranslatedShape):
    """[[decision]]"""

    word: ClassVar[str] = "decision"
    makes: ClassVar[type[models.Model]] = Decision
    lookup: ClassVar[tuple[str, ...]] = ("number",)
    keyed: ClassVar[tuple[str, ...]] = ("about", "became")

    number: Annotated[str, StringConstraints(pattern=r"^D-\d{4}-\d{2,}$")]
    edition: str
    committee: str = ""
    meeting: str = ""  # "steering/2026-10-12"
    item: str = ""  # code of the point of that meeting's agenda
    title: str
    text: str = ""
    addressed_to: str = ""
    state: Annotated[str, one_of(DecisionStateChoice)] = "taken"
    about: str = ""  # "action:2025-2028/2.1.1"
    became: str = ""  # "milestone:2025-2028/2.1.1/line-answers"
    organisation: str = ""
    person: str = ""
    due_on: Day | None = None
    asked_on: Day | None = None
    taken_on: Day | None = None
    done_on: Day | None = None
    answer: str = ""
    is_public: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.item and not self.meeting:
            raise ValueError("names a point of an agenda, so it needs meeting = “...” beside it")
        if self.state == "asked" and not (self.addressed_to and self.asked_on):
            raise ValueError("is asked, so it needs addressed_to and asked_on")
        return self

    def identity(self) -> str:
        return self.number

    def meant(self, name: str, code: str, setting: Setting) -> str:
        if name == "item" and code:
            return f"{self.meeting}/{code}"
        return super().meant(name, code, setting)


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    CommitteeShape,
    SeatShape,
    MeetingShape,
    AgendaItemShape,
    AttendanceShape,
    CorrectionShape,
    DecisionShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "meetings.toml": {"committee": CommitteeShape, "meeting": MeetingShape, "decision": DecisionShape}
}
