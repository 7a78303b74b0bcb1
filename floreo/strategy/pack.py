"""The shape of an edition's pack files (edition.toml, plan.toml, events.toml) and how their rows become objects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.organisations.models import DatePrecision
from floreo.organisations.pack.shape import TermShape
from floreo.strategy.logic import MOST_LEVELS
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    EditionBody,
    EditionPart,
    EditionState,
    Event,
    EventKind,
    LeadRole,
    Milestone,
    MoneyStage,
    Objective,
    Outlet,
    Participation,
    Pillar,
    Risk,
    StatedTarget,
    StatusChoice,
    Update,
)
from floreo.strategy.pack_documents import SHAPES_OF_DOCUMENTS
from floreo.strategy.pack_levels import implied_key
from floreo.strategy.pack_money import SHAPES_AFTER_PLAN, SHAPES_BEFORE_PLAN


class EditionShape(TranslatedShape, SourcedShape):
    """[edition] in edition.toml. Its code is the name of its folder."""

    word: ClassVar[str] = "edition"
    makes: ClassVar[type[models.Model]] = Edition
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    official_title: str = ""
    objective: str = ""
    vision: str = ""
    public_text: str = ""
    levels: Annotated[int, Field(ge=1, le=MOST_LEVELS)] | None = None  # as many as the pack names, or three
    pillar_word: str = ""
    pillar_words: str = ""
    objective_word: str = ""
    objective_words: str = ""
    sub_objective_word: str = ""
    sub_objective_words: str = ""
    action_word: str = ""
    action_words: str = ""
    internal_notes: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    launched_on: Day | None = None
    approved_on: Day | None = None
    term: list[TermShape] = Field(default_factory=list)
    state: Annotated[str, one_of(EditionState)] = "draft"
    closing_report_on: Day | None = None
    follows: str = ""
    is_public: bool = False

    def key(self, setting: Setting) -> str:
        return self.code

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"terms": [term.model_dump() for term in self.term]}


class BodyShape(TranslatedShape, SourcedShape):
    """[[body]] in edition.toml: what an organisation did for the edition."""

    word: ClassVar[str] = "body"
    makes: ClassVar[type[models.Model]] = EditionBody
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "organisation", "part")

    organisation: str
    part: Annotated[str, one_of(EditionPart)]
    purpose: str = ""

    def identity(self) -> str:
        return f"{self.organisation}/{self.part}"


class OutletShape(SourcedShape):
    """[[outlet]] in edition.toml: where the edition is published."""

    word: ClassVar[str] = "outlet"
    makes: ClassVar[type[models.Model]] = Outlet
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "name")

    name: str
    url: str = ""

    def identity(self) -> str:
        return self.name


class StatedTargetShape(TranslatedShape, SourcedShape):
    """[[stated_target]] in edition.toml. Known by its title; `code` only names it in sentences about the file."""

    word: ClassVar[str] = "stated_target"
    makes: ClassVar[type[models.Model]] = StatedTarget
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "title")
    scoped: ClassVar[frozenset[str]] = frozenset({"pillar"})

    code: Code | None = None
    title: str
    number: Number
    unit: str
    unit_one: str = ""
    due_on: Day | None = None
    pillar: str = ""

    def identity(self) -> str:
        return self.title


class InEditionShape(TranslatedShape, SourcedShape):
    """What pillars, objectives and actions have in common. Their codes are unique in the edition."""

    code: Code
    title: str
    official_wording: str = ""
    official_place: str = ""
    public_text: str = ""
    internal_notes: str = ""
    position: int | None = None

    def key(self, setting: Setting) -> str:
        return f"{setting.edition}/{self.code}"


class WordingShape(Strict):
    """The same pillar in another publisher's words."""

    wording: str
    source: str
    source_url: str = ""


class PillarShape(InEditionShape):
    """[[pillar]] in plan.toml."""

    word: ClassVar[str] = "pillar"
    makes: ClassVar[type[models.Model]] = Pillar
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "code")

    also_published_as: list[WordingShape] = Field(default_factory=list)

    def fields(self, setting: Setting) -> dict[str, Any]:
        others = [w.model_dump() for w in self.also_published_as]
        return super().fields(setting) | {"also_published_as": others, "is_implied": False}


class ObjectiveShape(InEditionShape):
    """[[objective]] in plan.toml."""

    word: ClassVar[str] = "objective"
    makes: ClassVar[type[models.Model]] = Objective
    lookup: ClassVar[tuple[str, ...]] = ("pillar", "code")
    scoped: ClassVar[frozenset[str]] = frozenset({"pillar", "above"})

    pillar: str
    above: str = ""  # of a plan of four levels: the objective that it is a part of

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"is_implied": False}


class ParticipationShape(SourcedShape):
    """[[action.participation]]"""

    word: ClassVar[str] = "participation"
    makes: ClassVar[type[models.Model]] = Participation
    owner: ClassVar[str] = "action"
    lookup: ClassVar[tuple[str, ...]] = ("action", "organisation", "part", "starts_on")

    organisation: str
    part: Annotated[str, one_of(LeadRole)]
    starts_on: Day | None = None
    ends_on: Day | None = None

    def identity(self) -> str:
        return "/".join(
            filter(None, [self.organisation, self.part, self.starts_on.isoformat() if self.starts_on else ""])
        )


class MilestoneShape(TranslatedShape, SourcedShape):
    """[[action.milestone]]"""

    word: ClassVar[str] = "milestone"
    makes: ClassVar[type[models.Model]] = Milestone
    owner: ClassVar[str] = "action"
    lookup: ClassVar[tuple[str, ...]] = ("action", "code")

    code: Code
    title: str
    due_on: Day | None = None
    reached_on: Day | None = None
    expected_on: Day | None = None
    note: str = ""
    evidence_url: str = ""
    position: int | None = None


class BudgetShape(TranslatedShape, SourcedShape):
    """[[action.budget]]: money of one funder in one fiscal year."""

    word: ClassVar[str] = "budget"
    makes: ClassVar[type[models.Model]] = BudgetLine
    owner: ClassVar[str] = "action"
    repeats: ClassVar[bool] = True

    amount: Annotated[Number, Field(ge=0)]
    spent: Annotated[Number, Field(ge=0)] = Field(default=0, validate_default=True)
    currency: str
    fiscal_year: Annotated[int, Field(ge=1990, le=2200)]
    funder: str = ""
    note: str = ""
    stage: Annotated[str, one_of(MoneyStage)] = "committed"
    grant: str = ""  # code of an agreement in money.toml

    def identity(self) -> str:
        return "/".join(filter(None, [str(self.fiscal_year), self.funder, self.currency]))


class RiskShape(TranslatedShape):
    """[[action.risk]]"""

    word: ClassVar[str] = "risk"
    makes: ClassVar[type[models.Model]] = Risk
    owner: ClassVar[str] = "action"

    title: str
    likelihood: Annotated[int, Field(ge=1, le=5)]
    impact: Annotated[int, Field(ge=1, le=5)]
    response: str = ""
    noted_on: Day
    closed_on: Day | None = None
    is_public: bool = False

    def identity(self) -> str:
        return self.title


class UpdateShape(TranslatedShape):
    """[[action.update]]"""

    word: ClassVar[str] = "update"
    makes: ClassVar[type[models.Model]] = Update
    owner: ClassVar[str] = "action"
    repeats: ClassVar[bool] = True

    on: Day
    done: str = ""
    next: str = ""
    risks: str = ""
    nothing_changed: bool = False
    reported_by: str
    is_public: bool = True

    def identity(self) -> str:
        return self.on.isoformat()


def _together(row: object, names: tuple[str, ...]) -> None:
    """These facts are valid only together; the database insists too."""
    missing = [name for name in names if not getattr(row, name)]
    if missing and len(missing) < len(names):
        given = [name for name in names if name not in missing]
        raise ValueError(f"{' and '.join(given)} needs {' and '.join(missing)} beside it")


class ActionShape(InEditionShape):
    """[[action]] in plan.toml."""

    word: ClassVar[str] = "action"
    makes: ClassVar[type[models.Model]] = Action
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "code")
    scoped: ClassVar[frozenset[str]] = frozenset({"objective", "waits_for"})
    manifold: ClassVar[tuple[str, ...]] = ("waits_for",)
    nested: ClassVar[tuple[str, ...]] = ("participation", "milestone", "budget", "risk", "update")

    objective: str = ""
    pillar: str = ""  # of a plan without objectives; of one without pillars neither is given
    starts_on: Day | None = None
    due_on: Day | None = None
    expected_on: Day | None = None
    closed_on: Day | None = None
    closed_by: str = ""
    on_hold_since: Day | None = None
    on_hold_reason: str = ""
    late_reason: str = ""
    person: str = ""
    carried_from: str = ""  # "<edition>/<action>"
    term: str = ""  # code of a term of pack.toml or of the edition: gives the due date where none is written
    own: dict[str, str | int | float | Decimal | date] = Field(default_factory=dict)  # fields that pack.toml declares
    waits_for: list[str] = Field(default_factory=list)  # codes of actions of the edition that have to be done first
    is_public: bool = True
    override: Annotated[str, one_of(StatusChoice)] | None = None
    override_reason: str = ""
    override_by: str = ""
    override_on: Day | None = None
    participation: list[ParticipationShape] = Field(default_factory=list)
    milestone: list[MilestoneShape] = Field(default_factory=list)
    budget: list[BudgetShape] = Field(default_factory=list)
    risk: list[RiskShape] = Field(default_factory=list)
    update: list[UpdateShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.objective and self.pillar:
            raise ValueError("names both an objective and a pillar; name the level right above it")
        _together(self, ("closed_on", "closed_by"))
        _together(self, ("on_hold_since", "on_hold_reason"))
        _together(self, ("override", "override_reason", "override_by", "override_on"))
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"override": self.override or ""}

    def refs(self, setting: Setting) -> dict[str, str]:
        own = super().refs(setting) | {"edition": setting.edition}
        return own if self.objective else own | {"objective": implied_key(setting.edition, self.pillar)}


class EventShape(TranslatedShape, SourcedShape):
    """[[event]] in events.toml: a dated thing that happened, evidence of work and never an official action."""

    word: ClassVar[str] = "event"
    makes: ClassVar[type[models.Model]] = Event
    owner: ClassVar[str] = "edition"
    lookup: ClassVar[tuple[str, ...]] = ("edition", "code")
    scoped: ClassVar[frozenset[str]] = frozenset({"pillars", "action"})
    manifold: ClassVar[tuple[str, ...]] = ("pillars",)

    code: Code
    title: str
    on: Day | None = None
    precision: Annotated[str, one_of(DatePrecision)] = "day"
    ends_on: Day | None = None
    kind: Annotated[str, one_of(EventKind)] = "work"
    pillars: list[str] = Field(default_factory=list)
    action: str = ""
    is_public: bool = True


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (
    EditionShape,
    BodyShape,
    OutletShape,
    PillarShape,
    StatedTargetShape,
    ObjectiveShape,
    *SHAPES_BEFORE_PLAN,
    ActionShape,
    ParticipationShape,
    MilestoneShape,
    BudgetShape,
    *SHAPES_AFTER_PLAN,
    RiskShape,
    UpdateShape,
    EventShape,
    *SHAPES_OF_DOCUMENTS,
)
