"""The shape of indicators.toml and how its rows become objects."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Self

from django.db import models
from pydantic import BeforeValidator, Field, model_validator

from floreo.core.pack import Code, Day, Number, Setting, Shape, SourcedShape, Strict, TranslatedShape, one_of
from floreo.indicators.logic import Frequency, Period, period_of
from floreo.indicators.models import (
    ChartNote,
    DirectionChoice,
    FrequencyChoice,
    Indicator,
    IndicatorKind,
    Reading,
)
from floreo.offers import measures

_QUARTER = re.compile(r"^Q([1-4]) (\d{4})$")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


def period_from(text: str) -> Period:
    """The period that a pack writes as "2024", "Q3 2026", "2024-07", "2024-07-01" or "2024-07-01/2024-08-15"."""
    if text.isdecimal() and len(text) == len("2024"):
        return period_of(date(int(text), 1, 1), Frequency.YEAR)
    if match := _QUARTER.match(text):
        return period_of(date(int(match[2]), int(match[1]) * 3, 1), Frequency.QUARTER)
    if match := _MONTH.match(text):
        year, month = int(match[1]), int(match[2])
        return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    try:
        first, _, last = text.partition("/")
        return Period(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError as wrong:
        raise ValueError(
            f"“{text}” is not a period; write 2024, Q3 2026, 2024-07, or two dates with / between"
        ) from wrong


def _period(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return period_from(value.strip()) if isinstance(value, str) else value


PeriodText = Annotated[Period, BeforeValidator(_period)]


class GroupShape(Strict):
    """How many of a group were counted: { name = "...", numerator = 4, denominator = 6 }."""

    name: str
    numerator: int
    denominator: int


class LeftOutShape(Strict):
    """What was not counted and why: { why = "no_dates", count = 2 }, or ["no_dates", 2]."""

    why: str
    count: int

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, data: Any) -> Any:
        return dict(zip(("why", "count"), data, strict=True)) if isinstance(data, list) and len(data) == 2 else data


class ReadingShape(TranslatedShape, SourcedShape):
    """[[indicator.reading]]"""

    word: ClassVar[str] = "reading"
    makes: ClassVar[type[models.Model]] = Reading
    owner: ClassVar[str] = "indicator"
    lookup: ClassVar[tuple[str, ...]] = ("indicator", "starts_on", "ends_on", "part", "subject", "corrects")

    starts_on: Day | None = None
    ends_on: Day | None = None
    period: PeriodText | None = None
    part: str = ""
    subject: str = ""
    value: Number | None = None
    qualifier: str = ""
    numerator: Number | None = None
    denominator: Number | None = None
    note: str = ""
    not_comparable: bool = False
    frozen: bool = False
    frozen_by: str = ""
    taken_on: Day | None = None  # unless said: the day on which the pack's file was retrieved
    corrects: PeriodText | None = None
    groups: list[GroupShape] = Field(default_factory=list)
    left_out: list[LeftOutShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.period is None and self.corrects is None and (self.starts_on is None or self.ends_on is None):
            raise ValueError("says for which time it holds with period, or with starts_on and ends_on")
        if self.frozen_by and not self.frozen:
            raise ValueError("frozen_by needs frozen = true beside it")
        return self

    @property
    def span(self) -> Period:
        if self.starts_on and self.ends_on:
            return Period(self.starts_on, self.ends_on)
        span = self.period or self.corrects
        assert span is not None  # the validator above saw to it
        return span

    def identity(self) -> str:
        return "/".join(filter(None, [self.span.label.replace("/", ".."), self.part, self.subject]))

    def key(self, setting: Setting) -> str:
        return _numbered(super().key(setting), setting.occurrence)

    def refs(self, setting: Setting) -> dict[str, str]:
        before = _numbered(super().key(setting), setting.occurrence - 1) if self.corrects else ""
        return super().refs(setting) | {"corrects": before}

    def _taken(self, setting: Setting) -> datetime:
        """When the figure was taken: in a sample pack, whose time is stopped, on the morning after its period."""
        after = self.span.end + timedelta(days=1)
        day = self.taken_on or (min(after, setting.reported_on) if setting.is_sample else setting.reported_on)
        return datetime.combine(day, time(12), tzinfo=UTC)

    def fields(self, setting: Setting) -> dict[str, Any]:
        taken = self._taken(setting)
        who = self.frozen_by or setting.reported_by
        return super().fields(setting) | {
            "starts_on": self.span.start,
            "ends_on": self.span.end,
            "working": self._working(),
            **self._measured(setting),
            "taken_at": taken,
            "taken_by": who,
            "frozen_at": taken if self.frozen else None,
            "frozen_by": who if self.frozen else "",
        }

    def _measured(self, setting: Setting) -> dict[str, Any]:
        """A reading that counts records, of a figure that is computed, counts as one that the measure took."""
        counted = setting.measure and (self.numerator is not None or self.groups)
        return {"measure": setting.measure, "measure_version": 1} if counted else {"measure": "", "measure_version": 0}

    def _working(self) -> dict[str, Any]:
        if not self.groups and not self.left_out:
            return {}
        return {
            "groups": [{"name": g.name, "numerator": g.numerator, "denominator": g.denominator} for g in self.groups],
            "left_out": [[left.why, left.count] for left in self.left_out],
        }


def _numbered(key: str, occurrence: int) -> str:
    """The key of a correction: the first is “#2”. One before the first does not exist, and its key says so."""
    return key if occurrence == 0 else f"{key}#{occurrence + 1}"


class ChartNoteShape(TranslatedShape, SourcedShape):
    """[[indicator.chart_note]]"""

    word: ClassVar[str] = "chart_note"
    makes: ClassVar[type[models.Model]] = ChartNote
    owner: ClassVar[str] = "indicator"

    on: Day
    title: str

    def identity(self) -> str:
        return f"{self.on}/{self.title}"


class IndicatorShape(TranslatedShape, SourcedShape):
    """[[indicator]] in indicators.toml."""

    word: ClassVar[str] = "indicator"
    makes: ClassVar[type[models.Model]] = Indicator
    lookup: ClassVar[tuple[str, ...]] = ("code",)
    nested: ClassVar[tuple[str, ...]] = ("reading", "chart_note")
    scoped: ClassVar[frozenset[str]] = frozenset({"pillar", "objective", "actions", "stated_target"})
    manifold: ClassVar[tuple[str, ...]] = ("actions",)

    code: Code
    title: str
    short_title: str = ""
    definition: str
    unit: str
    unit_one: str = ""  # the word after 1
    decimals: Annotated[int, Field(ge=0, le=2)] = 0
    kind: Annotated[str, one_of(IndicatorKind)] = "output"
    direction: Annotated[str, one_of(DirectionChoice)] = "up"
    frequency: Annotated[str, one_of(FrequencyChoice)] = "quarter"
    method: str = ""
    numerator_text: str = ""
    denominator_text: str = ""
    about_people: bool = False
    baseline: Number | None = None
    baseline_on: Day | None = None
    target: Number | None = None
    target_due: Day | None = None
    target_source: str = ""
    stated_target: str = ""  # its title
    edition: str = ""
    pillar: str = ""
    objective: str = ""
    actions: list[str] = Field(default_factory=list)
    answers_for: str = ""
    answers_post: str = ""
    measure: str = ""
    measure_of: str = ""
    is_public: bool = True
    on_home: bool = False
    position: int | None = None
    reading: list[ReadingShape] = Field(default_factory=list)
    chart_note: list[ChartNoteShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.edition and (self.pillar or self.objective or self.actions or self.stated_target):
            raise ValueError("points into an edition, so it needs edition = “...” beside it")
        return self

    def edition_of(self, setting: Setting) -> str:
        return self.edition

    def fields(self, setting: Setting) -> dict[str, Any]:
        """What its measure counts as people is about people, whether or not the pack says so."""
        measure = measures().get(self.measure)
        about = self.about_people or (measure is not None and measure.about_people)
        return super().fields(setting) | {"about_people": about}

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        """Readings know how many of the same period came before, so that a correction points to the one it corrects."""
        before: Counter[str] = Counter()
        for child, setting in super().children(replace(inner, measure=self.measure)):
            if isinstance(child, ReadingShape) and child.corrects:
                before[child.identity()] += 1
                yield child, replace(setting, occurrence=before[child.identity()])
            else:
                yield child, setting


# In the order in which they are made: what a row points to comes before it.
SHAPES: tuple[type[Shape], ...] = (IndicatorShape, ReadingShape, ChartNoteShape)
