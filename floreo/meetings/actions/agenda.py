"""Writing an agenda: drawn from what is late and what is not carried out, and by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, last_position, lock_latest, move_among, require_text, save
from floreo.meetings.actions.calling import must_not_be_cancelled, must_not_be_frozen
from floreo.meetings.drawing import drafts_for
from floreo.meetings.logic import Draft, ItemKind, free_code, new_points
from floreo.meetings.models import AgendaItem, Meeting


class ItemFacts(TypedDict, total=False):
    title: str
    text: str
    kind: str
    thing: str
    translations: dict[str, dict[str, str]]


def must_be_changeable(meeting: Meeting) -> None:
    """Raises Refused unless the agenda may still change."""
    must_not_be_frozen(meeting)
    must_not_be_cancelled(meeting)


def must_be_on_changeable(item: AgendaItem) -> None:
    must_be_changeable(item.meeting)


def _open(meeting: Meeting) -> Meeting:
    """The meeting, held until the transaction ends, if its agenda may still change."""
    meeting = lock_latest(meeting)
    must_be_changeable(meeting)
    return meeting


def _next(meeting: Meeting) -> AgendaItem:
    rows = AgendaItem.objects.filter(meeting=meeting)
    codes = list(rows.values_list("code", flat=True))
    position = last_position(rows)
    return AgendaItem(meeting=meeting, code=free_code(f"p{len(codes) + 1}", codes), position=position)


@action("agenda.drawn", needs=Permission.MEETING_RUN, quiet=True)
def draw_agenda(meeting: Meeting, *, by: Actor, more: Iterable[Draft] = ()) -> list[AgendaItem]:
    """Puts on the agenda what is late, stalled or at risk, what was decided and is not carried out, and what was asked and
    is not answered; `more` are points that other apps know of. What is there already stays as people wrote it: drawing
    again only adds what is new."""
    meeting = _open(meeting)
    there = AgendaItem.objects.filter(meeting=meeting).exclude(thing="").values_list("thing", flat=True)
    made = []
    for point in new_points([*drafts_for(meeting), *more], there):
        item = _next(meeting)
        item.title, item.text, item.kind, item.thing = point.title[:300], point.text, point.kind, point.thing
        item.translations = {code: dict(texts) for code, texts in point.translations.items()}
        made.append(save(item))
    if made:
        note(drawn=len(made))
    return made


@action("agenda.item_added", needs=Permission.MEETING_RUN)
def add_item(meeting: Meeting, *, by: Actor, **facts: Unpack[ItemFacts]) -> AgendaItem:
    item = _next(_open(meeting))
    assign(item, facts)
    item.title = require_text(item.title, field="title", sentence=_("Enter a short title."))
    return save(item)


@action("agenda.item_updated", needs=Permission.MEETING_RUN)
def update_item(item: AgendaItem, *, by: Actor, version: int | None = None, **facts: Unpack[ItemFacts]) -> AgendaItem:
    _open(item.meeting)
    item = lock_latest(item, version)
    assign(item, facts)
    item.title = require_text(item.title, field="title", sentence=_("Enter a short title."))
    return save(item)


@action("agenda.reordered", needs=Permission.MEETING_RUN, quiet=True)
def move_item(item: AgendaItem, *, by: Actor, up: bool) -> AgendaItem:
    """One place up or down."""
    _open(item.meeting)
    move_among(item, AgendaItem.objects.filter(meeting_id=item.meeting_id), up=up)
    return item


@action("agenda.item_removed", needs=Permission.MEETING_RUN)
def remove_item(item: AgendaItem, *, by: Actor) -> None:
    """Takes a point off the agenda. One on which something was written or decided stays."""
    _open(item.meeting)
    item = lock_latest(item)
    if item.minutes or item.minutes_internal or item.decisions.exists():
        raise Refused(
            _("This item has notes or decisions, so it cannot be removed. Change its title instead."),
            code="has_minutes",
        )
    delete(item)


__all__ = ["ItemFacts", "ItemKind", "add_item", "draw_agenda", "move_item", "remove_item", "update_item"]
