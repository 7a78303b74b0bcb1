"""The shapes of obligations.toml, obligations_due.toml, notification_forms.toml and notifications.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core import languages
from floreo.core.pack import Code, Day, Moment, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector
from floreo.obligations.logic import questions_of, significance_rule_of
from floreo.obligations.models import (
    Binds,
    DueStateChoice,
    Forwarding,
    ImpactChoice,
    KindChoice,
    Notification,
    NotificationForm,
    NotificationStage,
    Obligation,
    ObligationDue,
    ObligationSector,
    RhythmChoice,
    StageChoice,
    StageStateChoice,
    StageVersion,
    StateChoice,
    WaitingForChoice,
)

SHIPPED = Path(__file__).resolve().parent / "shipped" / "notification_forms.toml"


class ObligationSectorShape(Shape):
    """One of `sectors`."""

    word: ClassVar[str] = "obligation_sector"
    makes: ClassVar[type[models.Model]] = ObligationSector
    owner: ClassVar[str] = "obligation"
    lookup: ClassVar[tuple[str, ...]] = ("obligation", "sector")

    sector: str

    def identity(self) -> str:
        return self.sector


class ObligationShape(TranslatedShape, SourcedShape):
    """[[obligation]] in obligations.toml. sectors: codes, each with its parts; none is every sector."""

    word: ClassVar[str] = "obligation"
    makes: ClassVar[type[models.Model]] = Obligation
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("in_sector",)

    code: Code
    title: str
    summary: str = ""
    law: str
    section: str
    binds: Annotated[str, one_of(Binds)] = "designated"
    sectors: list[str] = Field(default_factory=list)
    broad: Annotated[str, one_of(Sector)] | None = None
    rhythm: Annotated[str, one_of(RhythmChoice)]
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    first_due_on: Day | None = None
    within_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    lead_days: Annotated[int, Field(ge=0, le=365)] = 30
    reminders: list[Annotated[int, Field(ge=-365, le=365)]] = Field(default_factory=lambda: [30, 7, -3])
    evidence_wanted: str = ""
    is_public: bool = True
    is_example: bool = False
    ends_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.rhythm == "months" and (self.months is None or self.first_due_on is None):
            raise ValueError("what comes round has months and first_due_on")
        if self.rhythm == "once" and self.first_due_on is None:
            raise ValueError("what is due once has first_due_on")
        if self.rhythm == "event" and self.within_days is None:
            raise ValueError("what an event starts has within_days")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"broad": self.broad or ""}

    @property
    def in_sector(self) -> list[ObligationSectorShape]:
        return [ObligationSectorShape(sector=code) for code in self.sectors]


class DueShape(Shape):
    """[[due]] in obligations_due.toml, only of a sample country."""

    word: ClassVar[str] = "obligation_due"
    makes: ClassVar[type[models.Model]] = ObligationDue
    lookup: ClassVar[tuple[str, ...]] = ("obligation", "organisation", "due_on")

    obligation: str
    organisation: str
    due_on: Day
    event: str = ""
    event_on: Day | None = None
    state: Annotated[str, one_of(DueStateChoice)] = "open"
    submitted_at: Moment | None = None
    submitted_by: str = ""
    note: str = ""
    address: str = ""
    evidence: str = ""
    decided_at: Moment | None = None
    decided_by: str = ""
    reason: str = ""
    reminded_on: Day | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state in {"submitted", "returned", "accepted"} and self.submitted_at is None:
            raise ValueError("what was submitted has submitted_at")
        if self.state in {"returned", "accepted"} and self.decided_at is None:
            raise ValueError("what was decided has decided_at")
        return self

    def identity(self) -> str:
        return f"{self.obligation}/{self.organisation}/{self.due_on}"


class FormShape(TranslatedShape, SourcedShape):
    """[[notification_form]]: question as logic.py: item_of describes it, significant as significance_rule_of."""

    word: ClassVar[str] = "notification_form"
    makes: ClassVar[type[models.Model]] = NotificationForm
    lookup: ClassVar[tuple[str, ...]] = ("code", "revision")

    code: Code
    revision: str = "1"
    holds_from: Day
    title: str
    law: str = ""
    section: str = ""
    is_example: bool = False
    question: Annotated[list[dict[str, Any]], Field(min_length=1)]
    significant: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        codes = [each.code for each in questions_of(self.question)]
        for rule in self.significant:
            significance_rule_of(rule, codes)
        return self

    def identity(self) -> str:
        return f"{self.code}/{self.revision}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"questions": self.question, "significant": self.significant}


class VersionShape(Shape):
    """[[notification.stage.version]]: what was submitted. Moments of answers are text, like "2026-11-20T09:10-06:00"."""

    word: ClassVar[str] = "stage_version"
    makes: ClassVar[type[models.Model]] = StageVersion
    owner: ClassVar[str] = "stage"
    lookup: ClassVar[tuple[str, ...]] = ("stage", "number")

    number: Annotated[int, Field(ge=1, le=99)] = 1
    at: Moment
    by: str
    answers: dict[str, Any]

    def identity(self) -> str:
        return str(self.number)


class StageShape(Shape):
    """[[notification.stage]]"""

    word: ClassVar[str] = "notification_stage"
    makes: ClassVar[type[models.Model]] = NotificationStage
    owner: ClassVar[str] = "notification"
    lookup: ClassVar[tuple[str, ...]] = ("notification", "kind", "number")
    nested: ClassVar[tuple[str, ...]] = ("version",)

    kind: Annotated[str, one_of(StageChoice)]
    number: Annotated[int, Field(ge=1, le=60)] = 1
    state: Annotated[str, one_of(StageStateChoice)]
    asked_at: Moment | None = None
    asked_for: str = ""
    asked_by_day: Day | None = None
    decided_at: Moment | None = None
    decided_by: str = ""
    reason: str = ""
    version: list[VersionShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "draft") == bool(self.version):
            raise ValueError("a stage that was submitted has a version, and a draft has none")
        if (self.state in {"returned", "accepted"}) != (self.decided_at is not None):
            raise ValueError("what was accepted or returned has decided_at")
        return self

    def identity(self) -> str:
        return f"{self.kind}-{self.number}"

    def fields(self, setting: Setting) -> dict[str, Any]:
        first = min((each.at for each in self.version), default=None)
        # `version` of the row counts its saves; the versions of the stage are rows of their own.
        return {k: v for k, v in super().fields(setting).items() if k != "version"} | {"first_at": first}


class ForwardingShape(Shape):
    """[[notification.forwarding]]: that the team passed it on to another authority."""

    word: ClassVar[str] = "notification_forwarding"
    makes: ClassVar[type[models.Model]] = Forwarding
    owner: ClassVar[str] = "notification"
    lookup: ClassVar[tuple[str, ...]] = ("notification", "organisation", "at")

    organisation: str
    to: str
    subject: str
    text: str
    tlp: Annotated[str, one_of(Tlp)] = "AMBER"
    basis: str = ""
    at: Moment
    by: str

    @model_validator(mode="after")
    def _markable(self) -> Self:
        if self.tlp == Tlp.RED or (self.tlp in {Tlp.AMBER, Tlp.AMBER_STRICT} and not self.basis):
            raise ValueError("RED is passed to nobody, and AMBER only by a basis")
        return self

    def identity(self) -> str:
        return f"{self.organisation}-{self.at.isoformat()}"


class NotificationShape(Shape):
    """[[notification]] in notifications.toml, only of a sample country."""

    word: ClassVar[str] = "notification"
    makes: ClassVar[type[models.Model]] = Notification
    lookup: ClassVar[tuple[str, ...]] = ("reference",)
    nested: ClassVar[tuple[str, ...]] = ("stage", "forwarding")

    reference: Annotated[str, StringConstraints(pattern=r"^NTF-\d{4}-[2-9A-HJKMNP-TV-Z]{6}$")]
    form: str
    kind: Annotated[str, one_of(KindChoice)] = "incident"
    state: Annotated[str, one_of(StateChoice)]
    organisation: str = ""
    named: str = ""
    sector: str = ""
    name: str
    mail: str = ""
    phone: str = ""
    language: str = Field(default_factory=languages.first)
    tlp: Annotated[str, one_of(Tlp)] = "AMBER"
    occurred_at: Moment | None = None
    detected_at: Moment | None = None
    aware_at: Moment | None = None
    handled_at: Moment | None = None
    is_cross_border: bool | None = None
    countries: str = ""
    is_malicious: bool | None = None
    impact: Annotated[str, one_of(ImpactChoice)] | None = None
    people: Annotated[int, Field(ge=0)] | None = None
    hours: Annotated[int, Field(ge=0)] | None = None
    is_significant: bool | None = None
    significance_rules: list[str] = Field(default_factory=list)
    answered_at: Moment | None = None
    closed_at: Moment | None = None
    waiting_for: Annotated[str, one_of(WaitingForChoice)]
    waiting_since: Moment
    reason: str = ""
    case: str = ""
    stage: Annotated[list[StageShape], Field(min_length=1)]
    forwarding: list[ForwardingShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.organisation and not self.named:
            raise ValueError("give the organisation, or as what it was named")
        if (self.state in {"closed", "withdrawn", "rejected"}) != (self.closed_at is not None):
            raise ValueError("what is over has closed_at, and others do not")
        if (self.state == "draft") == any(each.version for each in self.stage):
            raise ValueError("nothing of a draft was submitted, and something of every other")
        if self.is_cross_border and not self.countries:
            raise ValueError("what crosses the border names the countries")
        return self

    def identity(self) -> str:
        return self.reference

    def fields(self, setting: Setting) -> dict[str, Any]:
        first = min((each.at for stage in self.stage for each in stage.version), default=None)
        return super().fields(setting) | {"impact": self.impact or "", "submitted_at": first}


SHAPES: tuple[type[Shape], ...] = (
    ObligationShape,
    ObligationSectorShape,
    DueShape,
    FormShape,
    NotificationShape,
    StageShape,
    VersionShape,
    ForwardingShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "obligations.toml": {"obligation": ObligationShape},
    "obligations_due.toml": {"due": DueShape},
    "notification_forms.toml": {"notification_form": FormShape},
    "notifications.toml": {"notification": NotificationShape},
}
