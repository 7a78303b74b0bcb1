"""The shapes of tabletop_scenarios.toml and tabletops.toml, and how their rows become objects.

No shape has an address: whom a pack names as a participant takes part on screen, and gets no e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, model_validator

from floreo.core import languages
from floreo.core.pack import Code, Day, Moment, PartShape, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.core.policy import Tlp
from floreo.tabletops.logic import LONGEST, MOST_INJECTS, SHORTEST, InjectState, ParticipantState, State
from floreo.tabletops.models import (
    EvaluationPoint,
    ExpectedAction,
    Inject,
    InjectStateChoice,
    Observation,
    PartChoice,
    Participant,
    Response,
    Scenario,
    StateChoice,
    Tabletop,
    TabletopFinding,
    TabletopObjective,
    VerdictChoice,
)

SHIPPED = Path(__file__).resolve().parent / "library" / "tabletop_scenarios.toml"
Minute = Annotated[int, Field(ge=0, le=LONGEST)]
Duration = Annotated[int, Field(ge=SHORTEST, le=LONGEST)]


# --- The library --------------------------------------------------------------------------------------------------


class ScenarioObjectiveShape(PartShape):
    """[[scenario.objective]]"""

    code: Code
    title: Annotated[str, Field(max_length=300)]


class ScenarioExpectedShape(PartShape):
    """[[scenario.inject.expected]]"""

    text: Annotated[str, Field(max_length=500)]
    objective: str = ""


class ScenarioInjectShape(PartShape):
    """[[scenario.inject]]: minute: from the start."""

    code: Code
    minute: int
    title: Annotated[str, Field(max_length=200)]
    text: Annotated[str, Field(max_length=8000)]
    expected: list[ScenarioExpectedShape] = Field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return super().plain() | {"expected": [each.plain() for each in self.expected]}


class ScenarioPointShape(PartShape):
    """[[scenario.evaluation]]"""

    text: Annotated[str, Field(max_length=500)]


class ScenarioShape(TranslatedShape, SourcedShape):
    """[[scenario]] in tabletop_scenarios.toml."""

    word: ClassVar[str] = "tabletop_scenario"
    makes: ClassVar[type[models.Model]] = Scenario
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    aim: str
    audience: str
    duration: Duration
    objective: Annotated[list[ScenarioObjectiveShape], Field(min_length=1)]
    inject: Annotated[list[ScenarioInjectShape], Field(min_length=1, max_length=MOST_INJECTS)]
    evaluation: list[ScenarioPointShape] = Field(default_factory=list)
    position: int | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for name in ("objective", "inject"):
            codes = [each.code for each in getattr(self, name)]
            if len(codes) != len(set(codes)):
                raise ValueError(f"each {name} has a code of its own")
        known = {each.code for each in self.objective}
        for inject in self.inject:
            _within(inject.code, inject.minute, self.duration)
            for expected in inject.expected:
                if expected.objective and expected.objective not in known:
                    raise ValueError(f"“{expected.objective}” is not the code of an objective of this scenario")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {
            "objectives": [each.plain() for each in self.objective],
            "injects": [each.plain() for each in self.inject],
            "evaluation": [each.plain() for each in self.evaluation],
        }


def _within(named: str, minute: int, duration: int) -> None:
    if minute < 0:
        raise ValueError(f"the inject “{named}” is at minute {minute}, before the start; the first minute is 0")
    if minute > duration:
        raise ValueError(f"the inject “{named}” is at minute {minute}, after the end at minute {duration}")


# --- Exercises of a sample country --------------------------------------------------------------------------------


class ObjectiveShape(TranslatedShape):
    """[[tabletop.objective]]"""

    word: ClassVar[str] = "tabletop_objective"
    makes: ClassVar[type[models.Model]] = TabletopObjective
    owner: ClassVar[str] = "tabletop"
    lookup: ClassVar[tuple[str, ...]] = ("tabletop", "position")

    code: Code
    title: str
    position: int | None = None


class ObservationShape(Shape):
    """[[tabletop.inject.expected.observation]]"""

    word: ClassVar[str] = "tabletop_observation"
    makes: ClassVar[type[models.Model]] = Observation
    owner: ClassVar[str] = "expected"
    lookup: ClassVar[tuple[str, ...]] = ("expected", "by_code")

    verdict: Annotated[str, one_of(VerdictChoice)]
    minute: Minute | None = None
    note: str = ""
    by: str

    def identity(self) -> str:
        return self.by

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"by_code": f"pack:{self.by}"[:120]}


class ExpectedShape(TranslatedShape):
    """[[tabletop.inject.expected]]: objective names one of the exercise by its code."""

    word: ClassVar[str] = "expected_action"
    makes: ClassVar[type[models.Model]] = ExpectedAction
    owner: ClassVar[str] = "inject"
    nested: ClassVar[tuple[str, ...]] = ("observation",)
    lookup: ClassVar[tuple[str, ...]] = ("inject", "position")

    code: Code
    objective: str = ""
    text: str
    verdict: Annotated[str, one_of(VerdictChoice)] | None = None
    note: str = ""
    observation: list[ObservationShape] = Field(default_factory=list)
    position: int | None = None

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"verdict": self.verdict or ""}

    def refs(self, setting: Setting) -> dict[str, str]:
        exercise = setting.holder.partition("/")[0]
        return super().refs(setting) | {"objective": f"{exercise}/{self.objective}" if self.objective else ""}


class InjectShape(TranslatedShape):
    """[[tabletop.inject]]"""

    word: ClassVar[str] = "inject"
    makes: ClassVar[type[models.Model]] = Inject
    owner: ClassVar[str] = "tabletop"
    nested: ClassVar[tuple[str, ...]] = ("expected",)
    lookup: ClassVar[tuple[str, ...]] = ("tabletop", "number")

    number: Annotated[int, Field(ge=1, le=MOST_INJECTS)]
    minute: int
    title: str
    text: str
    state: Annotated[str, one_of(InjectStateChoice)] = "waiting"
    sent_at: Moment | None = None
    sent_minute: Minute | None = None
    sent_by: str = ""
    reason: str = ""
    expected: list[ExpectedShape] = Field(default_factory=list)

    def identity(self) -> str:
        return str(self.number)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.state == InjectState.SENT) != (self.sent_at is not None):
            raise ValueError("state sent and sent_at go together")
        return self


class ResponseShape(Shape):
    """[[tabletop.participant.response]]: inject is its number."""

    word: ClassVar[str] = "tabletop_response"
    makes: ClassVar[type[models.Model]] = Response
    owner: ClassVar[str] = "participant"
    lookup: ClassVar[tuple[str, ...]] = ("participant", "written_at")

    upon: int | None = None
    minute: Minute = 0
    text: str
    written_at: Moment
    is_afterwards: bool = False

    def identity(self) -> str:
        return self.written_at.isoformat()

    def refs(self, setting: Setting) -> dict[str, str]:
        exercise = setting.holder.partition("/")[0]
        return super().refs(setting) | {"inject": f"{exercise}/{self.upon}" if self.upon else ""}


class ParticipantShape(Shape):
    """[[tabletop.participant]]: without an address, whatever the state."""

    word: ClassVar[str] = "tabletop_participant"
    makes: ClassVar[type[models.Model]] = Participant
    owner: ClassVar[str] = "tabletop"
    nested: ClassVar[tuple[str, ...]] = ("response",)
    lookup: ClassVar[tuple[str, ...]] = ("tabletop", "number")

    number: Annotated[int, Field(ge=1, le=200)]
    part: Annotated[str, one_of(PartChoice)] = "player"
    organisation: str = ""
    organisation_name: str = ""
    name: str = ""
    post: str = ""
    language: str = Field(default_factory=languages.first)
    accepted_at: Moment | None = None
    response: list[ResponseShape] = Field(default_factory=list)

    def identity(self) -> str:
        return str(self.number)

    def fields(self, setting: Setting) -> dict[str, Any]:
        state = ParticipantState.INVITED if self.accepted_at is None else ParticipantState.ACCEPTED
        return super().fields(setting) | {"state": str(state)}


class PointShape(TranslatedShape):
    """[[tabletop.evaluation]]"""

    word: ClassVar[str] = "evaluation_point"
    makes: ClassVar[type[models.Model]] = EvaluationPoint
    owner: ClassVar[str] = "tabletop"
    lookup: ClassVar[tuple[str, ...]] = ("tabletop", "position")

    code: Code
    text: str
    answer: str = ""
    position: int | None = None


class FindingShape(Shape):
    """[[tabletop.finding]]: became = "action:2025-2028/2.2.1" """

    word: ClassVar[str] = "tabletop_finding"
    makes: ClassVar[type[models.Model]] = TabletopFinding
    owner: ClassVar[str] = "tabletop"
    keyed: ClassVar[tuple[str, ...]] = ("became",)
    lookup: ClassVar[tuple[str, ...]] = ("tabletop", "number")

    number: Annotated[int, Field(ge=1)]
    title: str
    text: str = ""
    organisation: str = ""
    due_on: Day | None = None
    became: str = ""
    closed_on: Day | None = None
    closing_note: str = ""

    def identity(self) -> str:
        return str(self.number)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.organisation) != (self.due_on is not None):
            raise ValueError("organisation and due_on go together")
        return self


class TabletopShape(TranslatedShape, SourcedShape):
    """[[tabletop]] in tabletops.toml, only of a sample country."""

    word: ClassVar[str] = "tabletop"
    makes: ClassVar[type[models.Model]] = Tabletop
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("objective", "inject", "participant", "evaluation", "finding")

    code: Code
    scenario: str = ""
    title: str
    aim: str = ""
    planned_at: Moment
    duration: Duration
    place: str = ""
    run_by: str = ""
    what_if: str = ""
    tlp: Annotated[str, one_of(Tlp)] = "AMBER"
    state: Annotated[str, one_of(StateChoice)] = "planned"
    started_at: Moment | None = None
    paused_at: Moment | None = None
    ended_at: Moment | None = None
    evaluation_due_on: Day | None = None
    evaluated_on: Day | None = None
    hot_wash: str = ""
    conclusion: str = ""
    reason: str = ""
    is_public: bool = False
    objective: list[ObjectiveShape] = Field(default_factory=list)
    inject: list[InjectShape] = Field(default_factory=list)
    participant: list[ParticipantShape] = Field(default_factory=list)
    evaluation: list[PointShape] = Field(default_factory=list)
    finding: list[FindingShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        state, held = State(self.state), self.state in (State.ENDED, State.EVALUATED)
        if (state not in (State.PLANNED, State.CANCELLED)) != (self.started_at is not None):
            raise ValueError("one that began has started_at, and no other")
        if (state is State.PAUSED) != (self.paused_at is not None):
            raise ValueError("state paused and paused_at go together")
        if held != (self.ended_at is not None):
            raise ValueError("one that was held has ended_at, and no other")
        if (state is State.EVALUATED) != (self.evaluated_on is not None):
            raise ValueError("state evaluated and evaluated_on go together")
        if self.is_public and not (held and self.scenario):
            raise ValueError("only one that was held, with a scenario of the library, is public")
        for each in self.inject:
            _within(each.title, each.minute, self.duration)
            if state is State.PLANNED and each.state != InjectState.WAITING:
                raise ValueError(f"the inject “{each.title}” is {each.state}, and the exercise has not begun")
        return self


SHAPES: tuple[type[Shape], ...] = (
    ScenarioShape,
    TabletopShape,
    ObjectiveShape,
    InjectShape,
    ExpectedShape,
    ObservationShape,
    ParticipantShape,
    ResponseShape,
    PointShape,
    FindingShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "tabletop_scenarios.toml": {"scenario": ScenarioShape},
    "tabletops.toml": {"tabletop": TabletopShape},
}
