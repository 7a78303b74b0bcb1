"""Texts of records that wait for a translation: by kind and language of the site, and only of what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from django.db import models

from floreo.core import languages, policy
from floreo.core.access import Permission, can
from floreo.core.keys import key
from floreo.core.models import Record, Translated, named
from floreo.evidence.models import Evidence
from floreo.frameworks.models import Framework, Item, Version
from floreo.incidents.models import ClockRule, Holiday, Playbook
from floreo.indicators.models import ChartNote, Indicator, Reading
from floreo.infrastructure.models import CriteriaSet, Criterion, Service, WhatIf
from floreo.legislation.models import Instrument, LawVersion, Stage
from floreo.meetings.models import Committee
from floreo.obligations.models import Obligation
from floreo.organisations.models import NationalSector, Organisation, OrganisationRole, Person, Place
from floreo.outreach.models import KitItem, Scheme
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    EditionBody,
    Event,
    Grant,
    Milestone,
    Objective,
    Pillar,
    Risk,
    StatedTarget,
)
from floreo.tabletops.models import Scenario
from floreo.training.models import Course, CourseModule, Programme

AT_ONCE = 500  # rows whose visibility is asked together

# With which permission a text is translated: that with which it is written. What is frozen once it is published (surveys, quizzes,
# publications, minutes) is translated in its own form, before.
WRITTEN_WITH: Mapping[type[models.Model], Permission] = {
    **dict.fromkeys(
        (Edition, Pillar, Objective, Action, Milestone, BudgetLine, Risk, Event, EditionBody, StatedTarget, Grant),
        Permission.PLAN_EDIT,
    ),
    **dict.fromkeys((Indicator, ChartNote, Reading), Permission.PLAN_EDIT),
    **dict.fromkeys((Organisation, OrganisationRole, Place), Permission.REGISTER_EDIT),
    Person: Permission.PEOPLE_EDIT,
    Evidence: Permission.EVIDENCE_KEEP,
    **dict.fromkeys((Framework, Version, Item), Permission.FRAMEWORK_REVIEW),
    **dict.fromkeys((Instrument, LawVersion, Stage), Permission.LAW_EDIT),
    Committee: Permission.MEETING_RUN,
    **dict.fromkeys((NationalSector, Service, CriteriaSet, Criterion), Permission.SERVICE_EDIT),
    WhatIf: Permission.CASCADE_RUN,
    Obligation: Permission.OBLIGATION_EDIT,
    **dict.fromkeys((Playbook, ClockRule, Holiday), Permission.INCIDENT_HANDLE),
    Scenario: Permission.TABLETOP_RUN,
    **dict.fromkeys((Programme, Course, CourseModule), Permission.TRAINING_RUN),
    **dict.fromkeys((Scheme, KitItem), Permission.OUTREACH_RUN),
}


@dataclass(frozen=True)
class TextKind:
    """One kind of record; `name` is its part of an address."""

    name: str
    model: type[models.Model]

    @property
    def title(self) -> str:
        words = str(self.model._meta.verbose_name)
        return words[:1].upper() + words[1:]

    def rows(self, viewer: object) -> Iterator[Any]:
        """Those that the viewer may know of, in the order of their numbers."""
        if policy.has_rule(self.model):
            yield from policy.rows_seen(self.model, viewer).order_by("pk").distinct().iterator(chunk_size=AT_ONCE)
            return
        rows = self.model._default_manager.order_by("pk").iterator(chunk_size=AT_ONCE)
        while part := list(islice(rows, AT_ONCE)):
            seen = policy.things_seen([key(row) for row in part], viewer)
            yield from (row for row in part if key(row) in seen)

    def may_write(self, viewer: object) -> bool:
        return can(viewer, WRITTEN_WITH[self.model])


@cache
def kinds() -> Mapping[str, TextKind]:
    """Every kind whose texts are translated here, by its name."""
    found = (TextKind(model._meta.label_lower.replace(".", "-"), model) for model in WRITTEN_WITH)
    return {kind.name: kind for kind in found}


@dataclass(frozen=True)
class Text:
    """One text of one record, as it was written, and in each language in which it stands."""

    row: Any
    field: models.Field[Any, Any]
    written: str
    translated: Mapping[str, str]

    @property
    def name(self) -> str:
        """What tells it from all others, in files: "strategy.action:12/title"."""
        return f"{key(self.row)}/{self.field.name}"

    @property
    def called(self) -> str:
        return named(self.row)

    def waits_for(self, language: str) -> bool:
        return not self.translated.get(language)


def texts_of(row: Any, viewer: object) -> list[Text]:
    """The texts of a record that say something; what is internal only to whom the record shows it."""
    if not isinstance(row, Translated) or getattr(row, "is_frozen", False):
        return []
    hidden = row.internal_fields if isinstance(row, Record) and not policy.shows_internal(row, viewer) else frozenset()
    found = []
    for name in row.translatable():
        written = getattr(row, name)
        if written and isinstance(written, str) and name not in hidden:
            texts = {code: str(words.get(name, "")) for code, words in row.translations.items()}
            found.append(Text(row, row._meta.get_field(name), written, texts))
    return found


@dataclass
class Count:
    """How many texts of a kind there are, and how many wait in each language."""

    kind: TextKind
    total: int = 0
    waiting: Counter[str] = field(default_factory=Counter)


def counts(viewer: object) -> list[Count]:
    """Of every kind of which the viewer sees a text."""
    found = []
    for kind in kinds().values():
        count = Count(kind)
        for row in kind.rows(viewer):
            for text in texts_of(row, viewer):
                count.total += 1
                count.waiting.update(code for code in languages.others() if text.waits_for(code))
        if count.total:
            found.append(count)
    return found


def waiting(kind: TextKind, language: str, viewer: object) -> Iterator[Text]:
    """The texts of a kind that do not stand in a language."""
    for row in kind.rows(viewer):
        yield from (text for text in texts_of(row, viewer) if text.waits_for(language))


def everything(viewer: object) -> Iterator[Text]:
    """All texts of all kinds."""
    for kind in kinds().values():
        for row in kind.rows(viewer):
            yield from texts_of(row, viewer)
