"""Writing pillars."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete_unless_used,
    last_position,
    lock_latest,
    move_among,
    require_free_code,
    require_text,
    save,
)
from floreo.strategy.actions.implied import complete_pillar, rename_implied
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.levels import levels_of, many
from floreo.strategy.models import Action, Edition, Objective, Pillar


class BranchFacts(TypedDict, total=False):
    """What may be said of a pillar or an objective, apart from its code."""

    title: str
    official_wording: str
    official_place: str
    public_text: str
    internal_notes: str
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


@action("pillar.added", needs=Permission.PLAN_EDIT)
def add_pillar(edition: Edition, *, by: Actor, code: str, **facts: Unpack[BranchFacts]) -> Pillar:
    """A pillar at the end of the edition."""
    siblings = Pillar.objects.filter(edition=edition)
    pillar = Pillar(edition=edition, code=require_free_code(siblings, code), position=last_position(siblings))
    assign(pillar, facts)
    pillar.title = require_text(pillar.title, field="title", sentence=_("Enter a title."))
    save(pillar)
    complete_pillar(pillar)
    return pillar


@action("pillar.updated", needs=Permission.PLAN_EDIT)
def update_pillar(pillar: Pillar, *, by: Actor, version: int | None = None, **facts: Unpack[BranchFacts]) -> Pillar:
    pillar = lock_latest(pillar, version)
    assign(pillar, facts)
    pillar.title = require_text(pillar.title, field="title", sentence=_("Enter a title."))
    save(pillar)
    rename_implied(pillar)
    return pillar


@action("pillar.moved", needs=Permission.PLAN_EDIT, quiet=True)
def move_pillar(pillar: Pillar, *, by: Actor, up: bool) -> Pillar:
    """One place up or down; its code stays, because it is its address."""
    pillar = lock_latest(pillar)
    move_among(pillar, Pillar.objects.filter(edition_id=pillar.edition_id), up=up)
    renumber(pillar.edition)
    return pillar


@action("pillar.removed", needs=Permission.PLAN_EDIT)
def remove_pillar(pillar: Pillar, *, by: Actor) -> None:
    """Removes an empty pillar."""
    pillar = lock_latest(pillar)
    must_hold_nothing(pillar)
    for holder in Objective.everything.filter(pillar=pillar, is_implied=True):
        delete_unless_used(holder, _(_LINKED))
    delete_unless_used(pillar, _(_LINKED))


_LINKED = gettext_noop("An indicator or another record is linked to it. Change that first.")


def must_hold_nothing(pillar: Pillar) -> None:
    """Raises Refused while something is under it."""
    shown = Objective.objects.filter(pillar=pillar).exists()
    if shown or Action.objects.filter(objective__pillar=pillar).exists():
        edition = pillar.edition
        below = many(levels_of(edition)[1], edition)
        raise Refused(
            _("Not empty: it has %(levels)s. Move or remove them first.") % {"levels": below}, code="not_empty"
        )
