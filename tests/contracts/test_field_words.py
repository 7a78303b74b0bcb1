"""A field has one name for readers, on the model; forms, tables and histories read it there."""

from __future__ import annotations

import pytest
from django.db import models
from django.forms import ModelForm
from django.utils.functional import Promise

from floreo.core.fields import has_words, label_of
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
