"""The shapes of services.toml, dependencies.csv, criteria.toml and what_ifs.toml, and how their rows become objects."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import Field, StringConstraints, model_validator

from floreo.core.pack import Code, Day, Setting, Shape, SourcedShape, Strict, TranslatedShape, Whole, one_of
from floreo.core.policy import Tlp
from floreo.infrastructure.logic import MOST_HOURS, Stage, may_follow
from floreo.infrastructure.models import (
    Asset,
    AssetKind,
    CriteriaSet,
    Criterion,
    Dependency,
    DependencyKind,
    Designation,
    DesignationScore,
    DesignationStep,
    RecoveryPlan,
    Service,
    ServicePlace,
    ServiceStateChoice,
    StageChoice,
    StepKind,
    TestResult,
    WhatIf,
    WhatIfChange,
    WhatIfFailure,
)

Hours = Annotated[Whole, Field(ge=0, le=MOST_HOURS)]
Share = Annotated[Whole, Field(ge=1, le=100)]


class ServicePlaceShape(Shape):
    """[[service.place]]: where it is delivered, and to how many people there."""

    word: ClassVar[str] = "service_place"
    makes: ClassVar[type[models.Model]] = ServicePlace
    owner: ClassVar[str] = "service"
    lookup: ClassVar[tuple[str, ...]] = ("service", "place")

    place: str
    users: Annotated[int, Field(ge=0)] | None = None

    def identity(self) -> str:
        return self.place


class AssetShape(SourcedShape):
    """[[service.asset]]"""

    word: ClassVar[str] = "asset"
    makes: ClassVar[type[models.Model]] = Asset
    owner: ClassVar[str] = "service"
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    name: str
    kind: Annotated[str, one_of(AssetKind)]
    # Not `owner`, which is the row that holds this one.
    owned_by: str = ""
    place: str = ""
    vendor: str = ""
    product: str = ""
    product_version: str = ""
    note: str = ""

    def refs(self, setting: Setting) -> dict[str, str]:
        return super().refs(setting) | {"owner": self.owned_by}


class RecoveryPlanShape(SourcedShape):
    """[[service.plan]]: how it recovers, and when that was tested."""

    word: ClassVar[str] = "recovery_plan"
    makes: ClassVar[type[models.Model]] = RecoveryPlan
    owner: ClassVar[str] = "service"
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    responsible: str = ""
    hours: Hours | None = None
    last_test_on: Day | None = None
    last_result: Annotated[str, one_of(TestResult)] | None = None
    last_note: str = ""
    next_test_on: Day | None = None
    document: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.last_test_on is None) != (self.last_result is None):
            raise ValueError("last_test_on and last_result go together")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"owner": self.responsible, "last_result": self.last_result or ""}


class ServiceShape(TranslatedShape, SourcedShape):
    """[[service]] in services.toml."""

    word: ClassVar[str] = "service"
    makes: ClassVar[type[models.Model]] = Service
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("places", "asset", "plan")

    code: Code
    name: str
    summary: str = ""
    operator: str = ""
    sector: str
    users: Annotated[int, Field(ge=0)] | None = None
    users_basis: str = ""
    rto_hours: Hours | None = None
    mtpd_hours: Hours | None = None
    stops_at: Share = 100
    internal_notes: str = ""
    is_public: bool = False
    state: Annotated[str, one_of(ServiceStateChoice)] = "current"
    reviewed_on: Day | None = None
    withdrawn_on: Day | None = None
    reason: str = ""
    places: list[ServicePlaceShape] = Field(default_factory=list, alias="place")
    asset: list[AssetShape] = Field(default_factory=list)
    plan: list[RecoveryPlanShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.state == "withdrawn") != (self.withdrawn_on is not None):
            raise ValueError("state withdrawn and withdrawn_on go together")
        if self.rto_hours is not None and self.mtpd_hours is not None and self.rto_hours > self.mtpd_hours:
            raise ValueError("rto_hours is longer than mtpd_hours")
        if self.is_public and self.state != "current":
            raise ValueError("only a service with the state current is public")
        return self


class DependencyShape(SourcedShape):
    """A row of dependencies.csv: that a service needs another."""

    word: ClassVar[str] = "dependency"
    makes: ClassVar[type[models.Model]] = Dependency
    lookup: ClassVar[tuple[str, ...]] = ("service", "needs", "kind")

    service: str
    needs: str
    kind: Annotated[str, one_of(DependencyKind)]
    hours: Hours = 0
    share: Share = 100
    fallback: str = ""
    fallback_hours: Hours = 0
    group: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]*$")] = ""
    checked_on: Day | None = None
    checked_by: str = ""
    withdrawn_on: Day | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.service == self.needs:
            raise ValueError("a service cannot depend on itself")
        if bool(self.fallback) != bool(self.fallback_hours):
            raise ValueError("fallback and fallback_hours go together")
        return self

    def identity(self) -> str:
        return f"{self.service}/{self.needs}/{self.kind}"


class CriterionShape(TranslatedShape):
    """[[criteria.criterion]]: levels = [{ points = 0, word = "None", es = "Ninguno" }]"""

    word: ClassVar[str] = "service_criterion"
    makes: ClassVar[type[models.Model]] = Criterion
    owner: ClassVar[str] = "criteria"
    lookup: ClassVar[tuple[str, ...]] = ("criteria", "code")

    code: Code
    title: str
    weight: Annotated[int, Field(ge=1, le=100)] = 1
    levels: Annotated[list[dict[str, Any]], Field(min_length=2)]
    position: int | None = None

    @model_validator(mode="after")
    def _levels_are_sound(self) -> Self:
        points: list[Any] = [level.get("points") for level in self.levels]
        if any(not isinstance(p, int) or isinstance(p, bool) or p < 0 or p > 1000 for p in points):
            raise ValueError("each level has points, from 0 to 1000")
        if points != sorted(set(points)) or any(not level.get("word") for level in self.levels):
            raise ValueError("levels come with the fewest points first, each with its word")
        return self


class CriteriaShape(TranslatedShape, SourcedShape):
    """[[criteria]] in criteria.toml: by what a service is designated."""

    word: ClassVar[str] = "criteria"
    makes: ClassVar[type[models.Model]] = CriteriaSet
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("criterion",)

    code: Code
    title: str
    summary: str = ""
    threshold: Share
    is_current: bool = True
    is_example: bool = False
    criterion: Annotated[list[CriterionShape], Field(min_length=1)]


class ScoreShape(Shape):
    """[[designation.score]]"""

    word: ClassVar[str] = "designation_score"
    makes: ClassVar[type[models.Model]] = DesignationScore
    owner: ClassVar[str] = "designation"
    lookup: ClassVar[tuple[str, ...]] = ("designation", "criterion")

    criterion: str  # its code among those of the set: designation fills in the rest
    points: Annotated[int, Field(ge=0, le=1000)]
    reason: str

    def identity(self) -> str:
        return self.criterion.rpartition("/")[2]


class StepShape(Shape):
    """[[designation.step]]"""

    word: ClassVar[str] = "designation_step"
    makes: ClassVar[type[models.Model]] = DesignationStep
    owner: ClassVar[str] = "designation"

    kind: Annotated[str, one_of(StepKind)]
    on: Day
    text: str
    document: str = ""
    by: str

    def identity(self) -> str:
        return f"{self.kind}-{self.on}"


_BY_STEP = {
    "proposal": Stage.PROPOSED,
    "hearing": Stage.HEARING,
    "decision": Stage.DESIGNATED,
    "refusal": Stage.DECLINED,
    "withdrawal": Stage.WITHDRAWN,
}


class DesignationShape(Shape):
    """[[designation]] in designations.toml: one procedure about one service, only of a sample country."""

    word: ClassVar[str] = "designation"
    makes: ClassVar[type[models.Model]] = Designation
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    service: str
    criteria: str
    stage: Annotated[str, one_of(StageChoice)]
    proposed_by: str
    review_due_on: Day | None = None
    score: list[ScoreShape] = Field(default_factory=list)
    step: Annotated[list[StepShape], Field(min_length=1)]

    @model_validator(mode="after")
    def _steps_lead_to_the_stage(self) -> Self:
        stages = [_BY_STEP[each.kind] for each in self.step if each.kind in _BY_STEP]
        pairs = itertools.pairwise(stages)
        if not stages or stages[0] is not Stage.PROPOSED or any(not may_follow(a, b) for a, b in pairs):
            raise ValueError("the steps do not follow one another: proposal, hearing, decision")
        if stages[-1] != self.stage:
            raise ValueError(f"the steps lead to {stages[-1]}, and stage says {self.stage}")
        if [each.on for each in self.step] != sorted(each.on for each in self.step):
            raise ValueError("the steps are not in the order of their days")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"proposed_code": "pack"}

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        for number, each in enumerate(self.score, 1):
            whole = each.model_copy(update={"criterion": f"{self.criteria}/{each.criterion}"})
            yield whole, replace(inner, number=number)
        for number, step in enumerate(self.step, 1):
            yield step, replace(inner, number=number)


class FailureShape(Shape):
    """[[what_if.failure]]"""

    word: ClassVar[str] = "what_if_failure"
    makes: ClassVar[type[models.Model]] = WhatIfFailure
    owner: ClassVar[str] = "what_if"
    lookup: ClassVar[tuple[str, ...]] = ("what_if", "service")

    service: str
    from_hour: Annotated[int, Field(ge=0, le=240)] = 0
    share: Share = 100

    def identity(self) -> str:
        return self.service


class ChangeShape(Shape):
    """[[what_if.change]]: dependency = "service/needs/kind" """

    word: ClassVar[str] = "what_if_change"
    makes: ClassVar[type[models.Model]] = WhatIfChange
    owner: ClassVar[str] = "what_if"
    lookup: ClassVar[tuple[str, ...]] = ("what_if", "dependency")

    dependency: str
    fallback_hours: Hours | None = None
    share: Share | None = None

    def identity(self) -> str:
        return self.dependency.replace("/", "-")


class WhatIfShape(TranslatedShape, SourcedShape):
    """[[what_if]] in what_ifs.toml."""

    word: ClassVar[str] = "what_if"
    makes: ClassVar[type[models.Model]] = WhatIf
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("failure", "change")

    code: Code
    title: str
    note: str = ""
    hours: Annotated[int, Field(ge=1, le=240)] = 72
    place: str = ""
    tlp: Annotated[str, one_of(Tlp)] = "AMBER"
    like: str = ""
    failure: list[FailureShape] = Field(default_factory=list)
    change: list[ChangeShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _something_fails(self) -> Self:
        if not self.failure and not self.place:
            raise ValueError("nothing fails: give a failure or a place")
        return self


SHAPES: tuple[type[Shape], ...] = (
    ServiceShape,
    ServicePlaceShape,
    AssetShape,
    RecoveryPlanShape,
    DependencyShape,
    CriteriaShape,
    CriterionShape,
    DesignationShape,
    ScoreShape,
    StepShape,
    WhatIfShape,
    FailureShape,
    ChangeShape,
)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "services.toml": {"service": ServiceShape},
    "dependencies.csv": {"dependency": DependencyShape},
    "criteria.toml": {"criteria": CriteriaShape},
    "designations.toml": {"designation": DesignationShape},
    "what_ifs.toml": {"what_if": WhatIfShape},
}
