"""The shapes of incidents.toml and of the CSV files of cases and reports: of a sample country alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core.pack import Moment, Setting, Shape, TranslatedShape, Truth, one_of
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector
from floreo.incidents import logic, taxonomy
from floreo.incidents.models import (
    Case,
    CaseEvidence,
    CaseLink,
    CaseMerge,
    CaseOrganisation,
    CaseSeverity,
    CaseState,
    CaseTask,
    Channel,
    ClockPause,
    Custody,
    Direction,
    Happening,
    LogEntry,
    Message,
    Observable,
    ObservableKind,
    Pap,
    PartOf,
    Report,
    ReportingPoint,
    ReportKind,
    ReportState,
    Submission,
    SubmissionKind,
    TaskState,
    WaitingFor,
)
from floreo.incidents.pack.rules import Rsit

Marking = Annotated[str, one_of(Tlp)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
_ORDER = ("occurred_at", "detected_at", "received_at", "triaged_at", "handled_at", "closed_at")


class IntakeShape(TranslatedShape):
    """[[intake]]: who takes reports, and whether the public form is open."""

    word: ClassVar[str] = "intake"
    makes: ClassVar[type[models.Model]] = ReportingPoint
    lookup: ClassVar[tuple[str, ...]] = ("organisation",)

    organisation: str
    hours: str
    answered_within: str = ""
    emergency_phone: str = ""
    police_mail: str = ""
    mailbox: str = ""
    is_open: bool = False
    frames: list[str] = Field(default_factory=list)
    untouched_hours: int = 24

    def identity(self) -> str:
        return self.organisation


class TerseShape(Shape):
    """A row of many: what its file does not say is left to the model, and neither compared nor kept."""

    def fields(self, setting: Setting) -> dict[str, Any]:
        stated = {*self.model_fields_set, "position"}
        return {name: value for name, value in super().fields(setting).items() if name in stated}


class OfCaseShape(TerseShape):
    """The base of what hangs on a case; the same moment and words may come twice."""

    owner: ClassVar[str] = "case"
    repeats: ClassVar[bool] = True


class CaseOrganisationShape(OfCaseShape):
    """[[case.organisation]]"""

    word: ClassVar[str] = "case_organisation"
    makes: ClassVar[type[models.Model]] = CaseOrganisation

    organisation: str
    part: Annotated[str, one_of(PartOf)] = "affected"
    is_shared: bool = False

    def identity(self) -> str:
        return f"{self.organisation}/{self.part}"


class HappeningShape(OfCaseShape):
    """[[case.happening]]: what happened, in the world."""

    word: ClassVar[str] = "happening"
    makes: ClassVar[type[models.Model]] = Happening

    at: Moment | None = None
    is_about: bool = False
    text: str
    source: str = ""
    tlp: Marking = "AMBER"

    def identity(self) -> str:
        return f"{self.at}/{self.text[:40]}"


class LogShape(OfCaseShape):
    """[[case.log]]: what the team did."""

    word: ClassVar[str] = "log_entry"
    makes: ClassVar[type[models.Model]] = LogEntry

    at: Moment
    by: str
    text: str
    is_written: bool = True

    def identity(self) -> str:
        return f"{self.at}/{self.text[:40]}"


class ObservableShape(OfCaseShape):
    """[[case.observable]]"""

    word: ClassVar[str] = "observable"
    makes: ClassVar[type[models.Model]] = Observable

    kind: Annotated[str, one_of(ObservableKind)]
    value: str
    role: str = ""
    tlp: Marking = "AMBER"
    pap: Annotated[str, one_of(Pap)] = "AMBER"
    is_malicious: bool = True
    seen_at: Moment | None = None

    def identity(self) -> str:
        return f"{self.kind}/{self.value[:200]}"


class CaseTaskShape(OfCaseShape):
    """[[case.task]]"""

    word: ClassVar[str] = "case_task"
    makes: ClassVar[type[models.Model]] = CaseTask

    step: str = ""
    playbook: str = ""
    phase: str = ""
    title: str
    note: str = ""
    waiting_for: Annotated[str, one_of(WaitingFor)] = "team"
    due_at: Moment | None = None
    state: Annotated[str, one_of(TaskState)] = "open"
    done_at: Moment | None = None
    done_by: str = ""
    position: int | None = None

    def identity(self) -> str:
        return self.step or self.title[:80]


class CustodyShape(TerseShape):
    """[[case.evidence.custody]]"""

    word: ClassVar[str] = "custody"
    makes: ClassVar[type[models.Model]] = Custody
    owner: ClassVar[str] = "evidence"
    repeats: ClassVar[bool] = True

    at: Moment
    from_whom: str
    to_whom: str
    place: str = ""
    reason: str = ""

    def identity(self) -> str:
        return self.at.isoformat()


class EvidenceShape(OfCaseShape):
    """[[case.evidence]]: its file is kept elsewhere; the pack has its hash."""

    word: ClassVar[str] = "case_evidence"
    makes: ClassVar[type[models.Model]] = CaseEvidence
    nested: ClassVar[tuple[str, ...]] = ("custody",)

    number: Annotated[str, StringConstraints(pattern=r"^E-\d{2,}$")]
    title: str
    name: str = ""
    media_type: str = ""
    size: int | None = None
    sha256: Sha256 = ""
    collected_at: Moment
    collected_by: str
    tlp: Marking = "AMBER+STRICT"
    custody: list[CustodyShape] = Field(default_factory=list)

    def identity(self) -> str:
        return self.number


class MessageShape(OfCaseShape):
    """[[case.message]]"""

    word: ClassVar[str] = "message"
    makes: ClassVar[type[models.Model]] = Message

    direction: Annotated[str, one_of(Direction)]
    at: Moment
    to: str = ""
    sender: str = ""
    is_proven: bool = False
    subject: str
    text: str
    tlp: Marking = "AMBER"
    by: str = ""

    def identity(self) -> str:
        return f"{self.at}/{self.direction}"


class SubmissionShape(OfCaseShape):
    """[[case.submission]]: what an organisation under a law sent in."""

    word: ClassVar[str] = "submission"
    makes: ClassVar[type[models.Model]] = Submission

    organisation: str = ""
    kind: Annotated[str, one_of(SubmissionKind)]
    at: Moment
    text: str = ""

    def identity(self) -> str:
        return f"{self.kind}/{self.at}"


class PauseShape(OfCaseShape):
    """[[case.pause]]"""

    word: ClassVar[str] = "clock_pause"
    makes: ClassVar[type[models.Model]] = ClockPause

    starts_at: Moment
    ends_at: Moment | None = None
    reason: str

    def identity(self) -> str:
        return self.starts_at.isoformat()


class LinkShape(OfCaseShape):
    """[[case.link]]: another case that has to do with it."""

    word: ClassVar[str] = "case_link"
    makes: ClassVar[type[models.Model]] = CaseLink

    other: str
    reason: str = ""

    def identity(self) -> str:
        return self.other


class MergeShape(OfCaseShape):
    """[[case.merge]]: that another case was merged into this one; the other says so by merged_into."""

    word: ClassVar[str] = "case_merge"
    makes: ClassVar[type[models.Model]] = CaseMerge

    source: str
    at: Moment
    by: str
    state_before: Annotated[str, one_of(CaseState)] = "open"

    def identity(self) -> str:
        return self.source


class CaseShape(TerseShape):
    """[[case]] in incidents.toml, or a row of incident_cases.csv. Severity comes from the impact, unless it is given."""

    word: ClassVar[str] = "case"
    makes: ClassVar[type[models.Model]] = Case
    lookup: ClassVar[tuple[str, ...]] = ("reference",)
    nested: ClassVar[tuple[str, ...]] = (
        "organisation",
        "happening",
        "log",
        "observable",
        "task",
        "evidence",
        "message",
        "submission",
        "pause",
        "link",
        "merge",
    )

    reference: Annotated[str, StringConstraints(pattern=r"^INC-\d{4}-\d{4,}$")]
    title: str
    summary: str = ""
    state: Annotated[str, one_of(CaseState)] = "open"
    rsit: Rsit | None = None
    severity: Annotated[str, one_of(CaseSeverity)] | None = None
    severity_reason: str = ""
    impact: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    tlp: Marking = "AMBER"
    pap: Annotated[str, one_of(Pap)] = "AMBER"
    waiting_for: Annotated[str, one_of(WaitingFor)] | None = None
    waiting_since: Moment | None = None
    sector: Annotated[str, one_of(Sector)] | None = None
    place: str = ""
    is_cross_border: Truth | None = None
    channel: Annotated[str, one_of(Channel)] | None = None
    playbook: str = ""
    handover: str = ""
    handover_at: Moment | None = None
    handover_by: str = ""
    lessons: str = ""
    close_reason: str = ""
    merged_into: str = ""
    is_exercise: bool = False
    touched_at: Moment | None = None  # unless said: the last of the moments below
    occurred_at: Moment | None = None
    detected_at: Moment | None = None
    aware_at: Moment | None = None
    received_at: Moment
    acknowledged_at: Moment | None = None
    triaged_at: Moment | None = None
    contained_at: Moment | None = None
    handled_at: Moment | None = None
    closed_at: Moment | None = None
    affected: str = ""  # in the CSV file: one organisation that is affected
    organisation: list[CaseOrganisationShape] = Field(default_factory=list)
    happening: list[HappeningShape] = Field(default_factory=list)
    log: list[LogShape] = Field(default_factory=list)
    observable: list[ObservableShape] = Field(default_factory=list)
    task: list[CaseTaskShape] = Field(default_factory=list)
    evidence: list[EvidenceShape] = Field(default_factory=list)
    message: list[MessageShape] = Field(default_factory=list)
    submission: list[SubmissionShape] = Field(default_factory=list)
    pause: list[PauseShape] = Field(default_factory=list)
    link: list[LinkShape] = Field(default_factory=list)
    merge: list[MergeShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "closed") != bool(self.closed_at):
            raise ValueError("a closed case says closed_at, and others do not")
        if (self.state == "merged") != bool(self.merged_into):
            raise ValueError("a merged case says merged_into, and others do not")
        if self.severity and not (self.severity_reason or self.impact):
            return self  # of an old case, whose impact nobody wrote down
        if self.severity and self.impact and not self.severity_reason:
            raise ValueError("has an impact, from which severity is computed; another one needs severity_reason")
        wrong = logic.in_order({name: getattr(self, name) for name in _ORDER}, _ORDER)
        if wrong:
            raise ValueError(f"{wrong[1]} is before {wrong[0]}")
        return self

    def identity(self) -> str:
        return self.reference

    def _last(self) -> datetime:
        times = [self.received_at, self.acknowledged_at, self.triaged_at, self.contained_at, self.handled_at]
        times += [self.closed_at, *(each.at for each in self.log), *(each.at for each in self.message)]
        return max(at for at in times if at is not None)

    def fields(self, setting: Setting) -> dict[str, Any]:
        known = super().fields(setting)
        severity = self.severity or logic.severity_of(self.impact)[0]
        rsit_class, rsit_type = taxonomy.split(self.rsit or "")
        touched = self.touched_at or self._last()
        nobody = self.state in {"closed", "merged"}
        return known | {
            "rsit_class": rsit_class,
            "rsit_type": rsit_type,
            "severity": severity,
            "severity_rank": logic.SEVERITY_RANK[severity],
            "touched_at": touched,
            "waiting_for": self.waiting_for or ("nobody" if nobody else "team"),
            "waiting_since": self.waiting_since or touched,
        }

    def children(self, inner: Setting) -> Any:
        yield from super().children(inner)
        if self.affected:
            yield CaseOrganisationShape(organisation=self.affected), inner


class ReportShape(TerseShape):
    """[[report]] in incidents.toml, or a row of incident_reports.csv."""

    word: ClassVar[str] = "report"
    makes: ClassVar[type[models.Model]] = Report
    lookup: ClassVar[tuple[str, ...]] = ("reference",)

    reference: Annotated[str, StringConstraints(pattern=r"^REP-\d{4}-[2-9A-HJKMNP-TV-Z]{6}$")]
    channel: Annotated[str, one_of(Channel)]
    received_at: Moment
    happened_at: Moment | None = None
    noticed_at: Moment | None = None
    language: str = ""
    kind: Annotated[str, one_of(ReportKind)] = "other"
    subject: str = ""  # unless said: what it is about, by its kind
    text: str = ""
    reporter_name: str = ""
    reporter_mail: str = ""
    reporter_phone: str = ""
    organisation_name: str = ""
    organisation: str = ""
    place: str = ""
    is_in_danger: bool | None = None
    wants_police: bool | None = None
    concerns_child: bool = False
    answers: dict[str, str] = Field(default_factory=dict)
    additions: list[dict[str, str]] = Field(default_factory=list)
    doubts: list[str] = Field(default_factory=list)
    rsit: Rsit | None = None
    tlp: Marking = "AMBER"
    state: Annotated[str, one_of(ReportState)] = "new"
    reason: str = ""
    case: str = ""
    duplicate_of: str = ""
    acknowledged_at: Moment | None = None
    decided_at: Moment | None = None
    is_exercise: Truth = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "accepted") != bool(self.case):
            raise ValueError("a report that was taken into a case names the case, and others do not")
        if (self.state == "new") != (self.decided_at is None):
            raise ValueError("a report on which somebody decided says decided_at, and one to triage does not")
        if self.decided_at and self.decided_at < self.received_at:
            raise ValueError("decided_at is before received_at")
        return self

    def identity(self) -> str:
        return self.reference

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {
            "source_key": f"pack:{self.reference}",
            "subject": self.subject or ReportKind(self.kind).name.capitalize(),
            "rsit": self.rsit or "",
        }
