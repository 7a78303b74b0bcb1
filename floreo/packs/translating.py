"""Texts of records that wait for a translation: by kind and language of the site, and only of what the reader may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core import languages, policy
from floreo.core.access import Permission, can
from floreo.core.fields import field_named
from floreo.core.keys import key
from floreo.core.language_codes import SOURCE
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
from floreo.strategy.levels import in_words_lazy
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

# What each kind is called, and with which permission a text of it is translated: that with which it is written. What is frozen once
# it is published (surveys, quizzes, publications, minutes) is translated in its own form, before.
_PLAN, _REGISTER, _TRAINING = Permission.PLAN_EDIT, Permission.REGISTER_EDIT, Permission.TRAINING_RUN
_SERVICES, _CASES, _LAWS = Permission.SERVICE_EDIT, Permission.INCIDENT_HANDLE, Permission.LAW_EDIT
_FRAMEWORKS, _OUTREACH = Permission.FRAMEWORK_REVIEW, Permission.OUTREACH_RUN
KINDS: Mapping[type[models.Model], tuple[Promise, Permission]] = {
    Edition: (_("Editions"), _PLAN),
    Pillar: (in_words_lazy("%(pillars)s"), _PLAN),
    Objective: (in_words_lazy("%(objectives)s"), _PLAN),
    Action: (in_words_lazy("%(actions)s"), _PLAN),
    Milestone: (_("Milestones"), _PLAN),
    BudgetLine: (_("Money"), _PLAN),
    Grant: (_("Grants"), _PLAN),
    Risk: (_("Risks"), _PLAN),
    Event: (_("Events"), _PLAN),
    EditionBody: (_("Participants in an edition"), _PLAN),
    StatedTarget: (_("Targets stated in a document"), _PLAN),
    Indicator: (_("Indicators"), _PLAN),
    Reading: (_("Values"), _PLAN),
    ChartNote: (_("Notes on charts"), _PLAN),
    Evidence: (_("Evidence"), Permission.EVIDENCE_KEEP),
    Committee: (_("Committees"), Permission.MEETING_RUN),
    Organisation: (_("Organisations"), _REGISTER),
    OrganisationRole: (_("Roles of organisations"), _REGISTER),
    Person: (_("People"), Permission.PEOPLE_EDIT),
    Place: (_("Places"), _REGISTER),
    NationalSector: (_("Sectors"), _SERVICES),
    Service: (_("Essential services"), _SERVICES),
    CriteriaSet: (_("Sets of criteria"), _SERVICES),
    Criterion: (_("Criteria"), _SERVICES),
    WhatIf: (_("What-ifs"), Permission.CASCADE_RUN),
    Framework: (_("Frameworks and indexes"), _FRAMEWORKS),
    Version: (_("Versions of frameworks"), _FRAMEWORKS),
    Item: (_("Items of frameworks"), _FRAMEWORKS),
    Instrument: (_("Laws"), _LAWS),
    LawVersion: (_("Versions of laws"), _LAWS),
    Stage: (_("Stages of laws"), _LAWS),
    Obligation: (_("Obligations"), Permission.OBLIGATION_EDIT),
    Playbook: (_("Playbooks"), _CASES),
    ClockRule: (_("Rules of deadlines"), _CASES),
    Holiday: (_("Holidays"), _CASES),
    Scenario: (_("Scenarios"), Permission.TABLETOP_RUN),
    Programme: (_("Programmes"), _TRAINING),
    Course: (_("Courses"), _TRAINING),
    CourseModule: (_("Modules of courses"), _TRAINING),
    Scheme: (_("Ambassador schemes"), _OUTREACH),
    KitItem: (_("Parts of the kit"), _OUTREACH),
}


# Of these, rows come with the program, in English.
SHIPPED = frozenset({Framework, Version, Item, Playbook, Scenario})


@dataclass(frozen=True)
class TextKind:
    """One kind of record; `name` is its part of an address."""

    name: str
    model: type[models.Model]

    @property
    def title(self) -> str:
        return str(KINDS[self.model][0])

    @property
    def needs(self) -> Permission:
        return KINDS[self.model][1]

    def rows(self, viewer: object) -> Iterator[Any]:
        """Those that the viewer may know of, in the order of their numbers, with what they hang on: its rule says who sees them."""
        if policy.has_rule(self.model):
            seen = policy.rows_seen(self.model, viewer).order_by("pk").distinct()
            yield from seen.select_related().iterator(chunk_size=AT_ONCE)
            return
        rows = self.model._default_manager.select_related().order_by("pk").iterator(chunk_size=AT_ONCE)
        while part := list(islice(rows, AT_ONCE)):
            yield from policy.rows_open(part, viewer)

    def may_write(self, viewer: object) -> bool:
        return can(viewer, self.needs)


@cache
def kinds() -> Mapping[str, TextKind]:
    """Every kind whose texts are translated here, by its name."""
    found = (TextKind(model._meta.label_lower.replace(".", "-"), model) for model in KINDS)
    return {kind.name: kind for kind in found}


@dataclass(frozen=True)
class Text:
    """One text of one record, as it was written, and in each language in which it exists."""

    row: Any
    field: models.Field[Any, Any]
    written: str
    translated: Mapping[str, str]

    @property
    def name(self) -> str:
        """What distinguishes it from all others, in files: "strategy.action:12/title"."""
        return f"{key(self.row)}/{self.field.name}"

    @property
    def called(self) -> str:
        return named(self.row)

    @property
    def source(self) -> str:
        """What a translator translates: as it was written; English, where the text came with the program and the site's first language
        is another one."""
        english = self.translated.get(SOURCE, "")
        return english if self.is_shipped and english else self.written

    @property
    def is_shipped(self) -> bool:
        """Whether it came with the program, so that it may wait for the site's first language too."""
        return languages.first() != SOURCE and type(self.row) in SHIPPED and bool(self.translated.get(SOURCE))

    def in_language(self, language: str) -> str:
        """What it says in a language; "" where it waits for one."""
        if language == languages.first():
            return "" if self.is_shipped and self.written == self.source else self.written
        return self.translated.get(language, "")

    def waits_for(self, language: str) -> bool:
        return not self.in_language(language)

    def takes(self, language: str) -> bool:
        """Whether somebody translates it into that language here."""
        if self.is_shipped:
            return language in languages.site() and language != SOURCE
        return language in languages.others()


def texts_of(row: Any, viewer: object) -> list[Text]:
    """The texts of a record that say something; what is internal only to whom the record shows it."""
    if not isinstance(row, Translated) or getattr(row, "is_frozen", False):
        return []
    internal = row.internal_fields & set(row.translatable()) if isinstance(row, Record) else frozenset()
    hidden = internal if internal and not policy.shows_internal(row, viewer) else frozenset()
    found = []
    for name in row.translatable():
        written = getattr(row, name)
        if written and isinstance(written, str) and name not in hidden:
            texts = {code: str(words.get(name, "")) for code, words in row.translations.items()}
            found.append(Text(row, field_named(type(row), name), written, texts))
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
                count.waiting.update(code for code in languages.site() if text.waits_for(code))
        if count.total:
            found.append(count)
    return found


def waiting(kind: TextKind, language: str, viewer: object) -> Iterator[Text]:
    """The texts of a kind that are missing in a language."""
    for row in kind.rows(viewer):
        yield from (text for text in texts_of(row, viewer) if text.waits_for(language))


def everything(viewer: object) -> Iterator[Text]:
    """All texts of all kinds."""
    for kind in kinds().values():
        for row in kind.rows(viewer):
            yield from texts_of(row, viewer)
