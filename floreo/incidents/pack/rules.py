"""The shapes of playbooks.toml and clock_rules.toml."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import AfterValidator, Field, model_validator

from floreo.core import deadlines
from floreo.core.pack import Code, Day, PartShape, Setting, SourcedShape, TranslatedShape, one_of
from floreo.incidents import taxonomy
from floreo.incidents.models import ClockRule, Holiday, Playbook, WaitingFor
from floreo.incidents.playbooks import PHASES


def _rsit(code: str) -> str:
    if not taxonomy.is_known(*taxonomy.split(code)):
        raise ValueError(f"“{code}” is not a class or type of RSIT, like fraud or fraud/phishing")
    return code


def _phase(name: str) -> str:
    if name not in PHASES:
        raise ValueError(f"“{name}” is not one of: {', '.join(PHASES)}")
    return name


Rsit = Annotated[str, AfterValidator(_rsit)]


class StepShape(PartShape):
    """[[playbook.step]]: one step, which becomes a task. hours: until it is due, from when the playbook is applied."""

    code: Code
    phase: Annotated[str, AfterValidator(_phase)]
    title: Annotated[str, Field(max_length=300)]
    note: str = ""
    waiting_for: Annotated[str, one_of(WaitingFor)] = "team"
    hours: Annotated[int, Field(ge=1, le=9000)] | None = None


class PlaybookShape(TranslatedShape, SourcedShape):
    """[[playbook]]"""

    word: ClassVar[str] = "playbook"
    makes: ClassVar[type[models.Model]] = Playbook
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    revision: str = "1"
    rsit: list[Rsit] = Field(default_factory=list)
    step: Annotated[list[StepShape], Field(min_length=1)]
    position: int | None = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [step.code for step in self.step]
        if len(codes) != len(set(codes)):
            raise ValueError("each step has a code of its own")
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"steps": [step.plain() for step in self.step]}


class ClockRuleShape(TranslatedShape, SourcedShape):
    """[[clock_rule]] in clock_rules.toml; `rule` is as core/deadlines/data.py: rule_of describes it."""

    word: ClassVar[str] = "clock_rule"
    makes: ClassVar[type[models.Model]] = ClockRule
    lookup: ClassVar[tuple[str, ...]] = ("code", "revision")

    code: Code
    revision: str = "1"
    holds_from: Day
    title: str
    law: str = ""
    section: str = ""
    is_example: bool = False
    is_ours: bool = False
    rule: dict[str, Any]
    position: int | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        deadlines.rule_of(
            self.rule, code=self.code, titles={}, holds_from=self.holds_from, is_ours=self.is_ours
        )  # a ValueError of its own says what is wrong
        if self.is_ours and self.law:
            raise ValueError("is either of the team itself (is_ours) or of a law (law)")
        return self

    def identity(self) -> str:
        return f"{self.code}/{self.revision}"


class HolidayShape(TranslatedShape, SourcedShape):
    """[[holiday]] in clock_rules.toml: a day on which no clock of working days runs."""

    word: ClassVar[str] = "holiday"
    makes: ClassVar[type[models.Model]] = Holiday
    lookup: ClassVar[tuple[str, ...]] = ("on",)

    on: Day
    name: str

    def identity(self) -> str:
        return self.on.isoformat()
