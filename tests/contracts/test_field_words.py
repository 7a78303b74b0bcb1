"""A field has one name for readers, on the model; forms, tables and histories read it there."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.forms import ModelForm
from django.utils.functional import Promise

import floreo
from floreo.core.access import SYSTEM
from floreo.core.fields import has_words, label_of
from floreo.core.keys import things_of
from floreo.core.models import AuditEntry
from floreo.core.tables import Column, Table
from floreo.organisations.models import Country
from floreo.portal.queries.history import _PUBLIC_FIELDS
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
    Update,
)
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.tables import ACTIONS, BUDGET_LINES, MILESTONES, OBJECTIVES, PILLARS
from floreo.workspace.evidence import forms as evidence
from floreo.workspace.feeds import feed_forms
from floreo.workspace.feeds import forms as feeds
from floreo.workspace.forms import RecordForm, field_of
from floreo.workspace.history import history_of
from floreo.workspace.indicators import forms as indicators
from floreo.workspace.meetings import forms as meetings
from floreo.workspace.money import forms as money
from floreo.workspace.plan import action_forms, forms
from floreo.workspace.publications import forms as publications
from floreo.workspace.register import forms as register

PLAN = (Action, BudgetLine, Edition, Milestone, Objective, Participation, Pillar, Risk, Update)
FORMS: tuple[type[RecordForm], ...] = (
    meetings.NewCommitteeForm,
    meetings.SeatForm,
    meetings.MeetingForm,
    meetings.ItemForm,
    meetings.DecisionForm,
    register.OrganisationForm,
    register.RoleForm,
    register.ContactForm,
    register.HoldingForm,
    register.PersonForm,
    register.NetworkForm,
    money.NewGrantForm,
    money.PaymentForm,
    indicators.NewIndicatorForm,
    feeds.NoticeRuleForm,
    feed_forms.FeedForm,
    feed_forms.RuleForm,
    evidence.EvidenceForm,
    publications.NewPublicationForm,
    publications.NewChannelForm,
    forms.EditionForm,
    forms.PillarForm,
    forms.ObjectiveForm,
    forms.ActionForm,
    action_forms.MilestoneForm,
    action_forms.MoneyForm,
    action_forms.RiskForm,
)


def own_fields(model: type[models.Model]) -> set[str]:
    return {f.name for f in model._meta.concrete_fields}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_field_of_a_form_is_named_by_its_model(form: type[RecordForm]) -> None:
    meta = form._meta
    shown = [name for name in meta.fields or () if name in own_fields(meta.model)]
    assert [name for name in shown if not has_words(meta.model, name)] == []
    assert meta.labels is None, "a label of the form's own is a second name"
    asked = {name: str(form.base_fields[name].label) for name in shown}
    assert asked == {name: str(label_of(meta.model, name)) for name in shown}


def test_every_field_that_the_public_history_names_has_words() -> None:
    missing = [
        f"{model.__name__}.{name}"
        for model, names in _PUBLIC_FIELDS.items()
        for name in names
        if not has_words(model, name)
    ]
    assert missing == []


@pytest.mark.django_db
def test_every_column_of_the_workbook_has_words_on_its_model() -> None:
    missing = [
        f"{sheet.name}.{column.name}"
        for sheet in sheets()
        for column in sheet.columns
        if column.name in own_fields(sheet.model) - {"id", "action", "pillar", "status"}
        and not has_words(sheet.model, column.name)
    ]
    assert missing == []


@pytest.mark.django_db
def test_what_disagreed_says_the_same_everywhere() -> None:
    amount = {
        "form": str(action_forms.MoneyForm.base_fields["amount"].label),
        "table": next(str(c.title) for c in BUDGET_LINES.columns if c.name == "amount"),
        "workbook": next(str(c.help) for s in sheets() if s.name == "budget" for c in s.columns if c.name == "amount"),
    }
    assert amount == dict.fromkeys(amount, "Amount")
    place = {str(c.title) for t in (ACTIONS, OBJECTIVES, PILLARS) for c in t.columns if c.name == "official_place"}
    assert place == {"Place in the printed document"}


def test_a_form_field_of_a_model_has_its_label_its_help_and_its_length() -> None:
    field = field_of(Action, "on_hold_reason", required=True, rows=2)
    assert (str(field.label), field.max_length, field.required) == ("Reason for the hold", 500, True)
    assert issubclass(forms.ActionForm, ModelForm)
    assert isinstance(label_of(Milestone, "due_on"), Promise)
    assert MILESTONES.name == "milestones"


# Not read on the model: the number of a row; which version of a framework, of a law or of a text a row belongs to, where `version`
# of the model counts how often it was saved; and what the country calls the levels of its plan.
NUMBERS = {"id", "version"}
LEVELS = {"pillar", "pillars", "objective"}


def columns() -> Iterator[tuple[str, type[models.Model], Column]]:
    """Each column of each table that is the field of the same name of the model whose rows it shows."""
    named = [m.name for m in pkgutil.walk_packages(floreo.__path__, "floreo.")]
    modules = [importlib.import_module(name) for name in named if name.endswith(".tables") or ".tables." in name]
    tables = {id(each): each for module in modules for each in vars(module).values() if isinstance(each, Table)}
    for table in tables.values():
        model = table.rows(SYSTEM).model
        fields = {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)} - NUMBERS
        for column in table.declared:
            if isinstance(column, Column) and column.name in fields:
                yield table.name, model, column


@pytest.mark.django_db
def test_every_field_that_is_a_column_has_words() -> None:
    found = list(columns())
    assert len(found) > 1000
    assert [(table, c.name) for table, model, c in found if c.name not in LEVELS and not has_words(model, c.name)] == []


@pytest.mark.django_db
def test_no_column_repeats_by_hand_what_its_field_is_called() -> None:
    """Where it says it in other words, the field has a longer label in the form: "Address of the source" is "Source address" there."""
    fields = [f for model in apps.get_models() for f in (*model._meta.concrete_fields, *model._meta.many_to_many)]
    read = {id(field.verbose_name) for field in fields}
    repeated = [
        (table, column.name)
        for table, model, column in columns()
        if column.name not in LEVELS
        and id(column.title) not in read
        and str(column.title) == str(label_of(model, column.name))
    ]
    assert repeated == []


MACHINE_WORDS = re.compile(r"\d{4}-\d\d-\d\d([ T].+)?|True|False|None|[\[{].*[\]}]")


@pytest.mark.long
def test_every_history_of_the_sample_is_in_words(isla_feeds: Country) -> None:
    """Each field by what its model calls it, each choice by its words, each day as a day."""
    subjects = set(AuditEntry.objects.exclude(subject="").values_list("subject", flat=True))
    wordless, coded, shown = set(), set(), 0
    for name, thing in things_of(subjects).items():
        for change in (change for entry in history_of(thing, viewer=SYSTEM) for change in entry.changes):
            shown += 1
            if not isinstance(change.field, Promise):
                wordless.add((name.partition(":")[0], change.field))
            if MACHINE_WORDS.fullmatch(change.old) or MACHINE_WORDS.fullmatch(change.new):
                coded.add((name.partition(":")[0], str(change.field), change.old, change.new))
    assert shown > 100
    assert (wordless, coded) == (set(), set())
