"""The plan: editions, pillars, objectives, actions, milestones, updates, money, risks, events; and drafts read from a text.

This folder re-exports, unlike others: Django looks for models here."""

from floreo.strategy.models.around import EditionBody, EditionPart, Event, EventKind, Outlet, Standings, StatedTarget
from floreo.strategy.models.drafts import DraftRow, DraftState, ImportDraft, RowState
from floreo.strategy.models.editions import Edition, EditionQuerySet, EditionState, InEdition, Objective, Pillar
from floreo.strategy.models.work import (
    Action,
    ActionQuerySet,
    BudgetLine,
    Milestone,
    OfAction,
    Part,
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
    "ImportDraft",
    "InEdition",
    "Milestone",
    "Objective",
    "OfAction",
    "Outlet",
    "Part",
    "Participation",
    "Pillar",
    "Risk",
    "RowState",
    "Standings",
    "StatedTarget",
    "StatusChoice",
    "Update",
]
