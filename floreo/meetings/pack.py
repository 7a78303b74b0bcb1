"""The shape of meetings.toml and how its rows become objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core.pack import Code, Day, Moment, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.meetings.models import (
    AgendaItem,
    Attendance,
    BallotKindChoice,
    Committee,
    Correction,
    DatePoll,
    DateSlot,
    Decision,
    DecisionStateChoice,
    ItemKindChoice,
    Meeting,
    MeetingStateChoice,
    MinutesStateChoice,
    PollState,
    ProcedureKindChoice,
    ProcedureMember,
    ProcedureOption,
    ProcedureStateChoice,
    Proposal,
    ProposalState,
    Seat,
    SeatPartChoice,
    WrittenProcedure,
)
from floreo.meetings.voting import Outcome, Result, choices_of, outcome
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
    ballot: Annotated[str, one_of(BallotKindChoice)] = "named"
    quorum: Annotated[int, Field(ge=1, le=100)] = 51
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


class ProposalShape(Shape):
    """[[proposal]]"""

    word: ClassVar[str] = "committee_proposal"
    makes: ClassVar[type[models.Model]] = Proposal
    lookup: ClassVar[tuple[str, ...]] = ("committee", "title")
    keyed: ClassVar[tuple[str, ...]] = ("about",)

    committee: str
    title: str
    text: str = ""
    about: str = ""
    organisation: str
    person: str = ""
    proposed_on: Day
    state: Annotated[str, one_of(ProposalState)] = "new"
    reason: str = ""

    def identity(self) -> str:
        return f"{self.committee}/{self.title[:60]}"


class ProcedureOptionShape(TranslatedShape):
    """[[procedure.option]]"""

    word: ClassVar[str] = "procedure_option"
    makes: ClassVar[type[models.Model]] = ProcedureOption
    owner: ClassVar[str] = "procedure"
    lookup: ClassVar[tuple[str, ...]] = ("procedure", "position")

    text: str
    position: int | None = None

    def identity(self) -> str:
        return self.text[:60]


class ProcedureMemberShape(Shape):
    """[[procedure.member]]: who was asked, and when they answered."""

    word: ClassVar[str] = "procedure_member"
    makes: ClassVar[type[models.Model]] = ProcedureMember
    owner: ClassVar[str] = "procedure"

    organisation: str
    person: str = ""
    address: str
    language: str = ""
    answered_at: Moment | None = None
    counted: bool = True

    def identity(self) -> str:
        return "/".join(filter(None, [self.organisation, self.person]))


class ProcedureShape(TranslatedShape):
    """[[procedure]]: a written procedure that is over, with its counts, or a draft. One that runs is opened in the workspace: its links
    go out by e-mail."""

    word: ClassVar[str] = "written_procedure"
    makes: ClassVar[type[models.Model]] = WrittenProcedure
    lookup: ClassVar[tuple[str, ...]] = ("number",)
    keyed: ClassVar[tuple[str, ...]] = ("about",)
    nested: ClassVar[tuple[str, ...]] = ("option", "member")

    number: Annotated[str, StringConstraints(pattern=r"^W-\d{4}-\d{2,}$")]
    committee: str
    edition: str
    kind: Annotated[str, one_of(ProcedureKindChoice)] = "vote"
    title: str
    text: str = ""
    closes_at: Moment
    about: str = ""
    organisation: str = ""
    due_on: Day | None = None
    is_public: bool = False
    state: Annotated[str, one_of(ProcedureStateChoice, without=("open",))] = "draft"
    ballot: Annotated[str, one_of(BallotKindChoice)] = "named"
    quorum: Annotated[int, Field(ge=1, le=100)] = 51
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    result: str = ""
    votes: dict[str, int] = Field(default_factory=dict)
    withdrawn_reason: str = ""
    decision: str = ""
    option: list[ProcedureOptionShape] = Field(default_factory=list)
    member: list[ProcedureMemberShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "closed") != bool(self.opened_at and self.closed_at and self.member):
            raise ValueError("a closed procedure says opened_at, closed_at and its members, and others do not")
        if self.result or (self.decision and self._outcome().result != Result.ADOPTED):
            raise ValueError(
                "its result follows from votes: leave result out, and name a decision only where it is adopted"
            )
        answered = [member for member in self.member if member.counted and member.answered_at]
        if sum(self.votes.values()) != len(answered):
            raise ValueError("as many votes as members who answered")
        if unknown := set(self.votes) - set(choices_of(self.kind, len(self.option))):
            raise ValueError(f"votes for what nobody could choose: {', '.join(sorted(unknown))}")
        return self

    def _outcome(self) -> Outcome:
        members = [member for member in self.member if member.counted]
        answers = [choice for choice, votes in self.votes.items() for _each in range(votes)]
        return outcome(self.kind, answers, members=len(members), quorum=self.quorum, options=len(self.option))

    def fields(self, setting: Setting) -> dict[str, Any]:
        own = super().fields(setting)
        if self.state != "closed":
            return own
        found = self._outcome()
        return own | {"result": str(found.result), "counts": found.as_counts()}

    def identity(self) -> str:
        return self.number


class DateSlotShape(Shape):
    """[[poll.slot]]"""

    word: ClassVar[str] = "date_slot"
    makes: ClassVar[type[models.Model]] = DateSlot
    owner: ClassVar[str] = "poll"
    lookup: ClassVar[tuple[str, ...]] = ("poll", "on", "starts_at")

    on: Day
    starts_at: time | None = None
    ends_at: time | None = None

    def identity(self) -> str:
        return f"{self.on}/{self.starts_at or ''}"


class PollShape(Shape):
    """[[poll]]: a poll of dates that is over. One that runs is opened in the workspace."""

    word: ClassVar[str] = "date_poll"
    makes: ClassVar[type[models.Model]] = DatePoll
    lookup: ClassVar[tuple[str, ...]] = ("number",)
    nested: ClassVar[tuple[str, ...]] = ("slot",)

    number: Annotated[str, StringConstraints(pattern=r"^P-\d{4}-\d{2,}$")]
    committee: str
    note: str = ""
    place: str = ""
    opened_on: Day
    closes_on: Day
    state: Annotated[str, one_of(PollState, without=("open",))] = "chosen"
    meeting: str = ""  # "steering/2026-10-12"
    slot: list[DateSlotShape] = Field(default_factory=list)

    def identity(self) -> str:
        return self.number


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    CommitteeShape,
    SeatShape,
    MeetingShape,
    AgendaItemShape,
    AttendanceShape,
    CorrectionShape,
    DecisionShape,
    ProposalShape,
    ProcedureShape,
    ProcedureOptionShape,
    ProcedureMemberShape,
    PollShape,
    DateSlotShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "meetings.toml": {
        "committee": CommitteeShape,
        "meeting": MeetingShape,
        "decision": DecisionShape,
        "proposal": ProposalShape,
        "procedure": ProcedureShape,
        "poll": PollShape,
    }
}
