"""The shape of feeds.toml and how its rows become objects. A pack's reports/ are no rows: actions/replay.py takes them in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from django.db import models
from django.utils import translation
from pydantic import Field, StringConstraints, field_validator, model_validator

from floreo.core.pack import Code, Day, Setting, Shape, Strict, one_of
from floreo.core.policy import Tlp
from floreo.feeds.collectors.header_names import AUTHORIZATION, is_for_keys
from floreo.feeds.engine import rules
from floreo.feeds.logic import ABSENT_RUNS
from floreo.feeds.models import (
    CollectorKind,
    Delivery,
    Every,
    Evidence,
    Feed,
    FeedRule,
    NoticeRule,
    ReplyKind,
    Severity,
)
from floreo.feeds.presenters.rules import wrong_sentence
from floreo.organisations.models import ContactRole

REPORTS = "reports/"  # of a sample pack: one folder a night


class FeedShape(Shape):
    """[[feed]]: where reports come from. Secrets are entered in the workspace."""

    word: ClassVar[str] = "feed"
    makes: ClassVar[type[models.Model]] = Feed
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Annotated[Code, StringConstraints(max_length=40)]
    name: str
    collector: Annotated[str, one_of(CollectorKind)] = CollectorKind.UPLOAD.value
    place: str = ""
    format: str = ""
    mapping: dict[str, Any] = Field(default_factory=dict)
    every_minutes: Annotated[int, Field(ge=5)] = 1440
    absent_runs: Annotated[int, Field(ge=1, le=1000)] = ABSENT_RUNS
    evidence: Annotated[str, one_of(Evidence)] = ""
    delivery: Annotated[str, one_of(Delivery)] = ""
    whole_on: Annotated[int, Field(ge=0, le=6)] = 6
    sends_empty: bool = False
    tlp: Annotated[str, one_of(Tlp, without=(Tlp.RED,))] = Tlp.AMBER.value
    is_active: bool = True
    secret_header: str = AUTHORIZATION

    @field_validator("secret_header")
    @classmethod
    def _may_hold_a_key(cls, name: str) -> str:
        if not is_for_keys(name):
            raise ValueError("a key cannot be sent in this header")
        return name


class NoticeRuleShape(Shape):
    """[[notice_rule]]: who gets what, how often. Of several that fit a finding the first counts, by position."""

    word: ClassVar[str] = "notice_rule"
    makes: ClassVar[type[models.Model]] = NoticeRule
    lookup: ClassVar[tuple[str, ...]] = ("organisation", "kind", "worst", "contact_role")

    organisation: str = ""
    kind: str = ""
    worst: Annotated[str, one_of(Severity)] = ""
    contact_role: Annotated[str, one_of(ContactRole)] = ContactRole.ABUSE.value
    every: Annotated[str, one_of(Every)] = Every.WEEK.value
    resend_days: Annotated[int, Field(ge=1, le=365)] = 7
    reason: str = ""
    position: int | None = None

    def identity(self) -> str:
        return "/".join(each or "*" for each in (self.organisation, self.kind, self.worst, self.contact_role))


class ConditionShape(Strict):
    """One line of `when`."""

    field: str
    is_: Annotated[str, Field(alias="is")]
    value: str = ""


class FeedRuleShape(Shape):
    """[[feed_rule]]: what the team does with events before they count."""

    word: ClassVar[str] = "feed_rule"
    makes: ClassVar[type[models.Model]] = FeedRule
    lookup: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    when: Annotated[list[ConditionShape], Field(min_length=1)]
    does: Literal["drop", "rewrite", "raise", "route"]
    field: str = ""
    value: str = ""
    reason: str
    is_on: bool = False
    position: int | None = None

    def identity(self) -> str:
        return self.name

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        rule = self.model_dump(by_alias=True)
        if wrong := rules.validate(rule):
            with translation.override("en"):
                raise ValueError(" ".join(wrong_sentence(one) for one in wrong))
        return self

    def fields(self, setting: Setting) -> dict[str, Any]:
        return super().fields(setting) | {"when": [one.model_dump(by_alias=True) for one in self.when]}


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (FeedShape, NoticeRuleShape, FeedRuleShape)
FILES: Mapping[str, Mapping[str, type[Strict]]] = {
    "feeds.toml": {"feed": FeedShape, "notice_rule": NoticeRuleShape, "feed_rule": FeedRuleShape}
}


class AnswerShape(Strict):
    """[[answer]] in reports/answers.toml: what an organisation said to its newest notice. Without `subject`: to all of it."""

    on: Day
    organisation: str
    reply: Annotated[str, one_of(ReplyKind)]
    subject: str = ""
    note: str = ""


class ReplyShape(Strict):
    """[[reply]]: what the team said to a call for help or a false alarm."""

    on: Day
    organisation: str
    subject: str
    words: str


class RulingShape(Strict):
    """[[ruling]]: what the team decided on a correction that "not ours" opened."""

    on: Day
    organisation: str
    network: str
    accepted: bool
    moved_to: str = ""
    words: str


class Story(Strict):
    """reports/answers.toml."""

    feed: str  # that brings the reports
    answer: list[AnswerShape] = Field(default_factory=list)
    reply: list[ReplyShape] = Field(default_factory=list)
    ruling: list[RulingShape] = Field(default_factory=list)


def story_in(folder: Path) -> Story:
    """What a sample pack's organisations and its team said."""
    return Story.model_validate(tomllib.loads((folder / REPORTS / "answers.toml").read_text("utf-8")))


def nights_in(folder: Path) -> dict[date, list[Path]]:
    """A sample pack's reports by the day on which they came."""
    nights = sorted(p for p in (folder / REPORTS).glob("????-??-??") if p.is_dir())
    return {date.fromisoformat(p.name): sorted(f for f in p.iterdir() if f.is_file()) for p in nights}
