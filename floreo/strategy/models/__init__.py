"""The plan: editions, pillars, objectives, actions, milestones, updates, money, risks, events; and drafts read from a text.

This folder re-exports, unlike others: Django looks for models here."""

from floreo.strategy.models.context import EditionBody, EditionPart, Event, EventKind, Outlet, StatedTarget, StatusCount
from floreo.strategy.models.documents import Quotation, SourceDocument, quotations_of
from floreo.strategy.models.drafts import DraftRow, DraftState, ImportDraft, RowState
from floreo.strategy.models.editions import Edition, EditionQuerySet, EditionState, InEdition, Objective, Pillar
from floreo.strategy.models.money import Grant, IatiBody, OrganisationType, Payment, PaymentKind
from floreo.strategy.models.work import (
    Action,
    ActionQuerySet,
    BudgetLine,
    GrantState,
    LeadRole,
    Milestone,
    MoneyStage,
    OfAction,
    Participation,
    Risk,
    StatusChoice,
    Update,
)

__all__ = [
    "Action",
    "ActionQuerySet",
    "BudgetLine",
    "DraftRow",
    "DraftState",
    "Edition",
    "EditionBody",
    "EditionPart",
    "EditionQuerySet",
    "EditionState",
    "Event",
    "EventKind",
    "Grant",
    "GrantState",
    "IatiBody",
    "ImportDraft",
    "InEdition",
    "LeadRole",
    "Milestone",
    "MoneyStage",
    "Objective",
    "OfAction",
    "OrganisationType",
    "Outlet",
    "Participation",
    "Payment",
    "PaymentKind",
    "Pillar",
    "Quotation",
    "Risk",
    "RowState",
    "SourceDocument",
    "StatedTarget",
    "StatusChoice",
    "StatusCount",
    "Update",
    "quotations_of",
]
