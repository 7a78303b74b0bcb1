"""Kit: what there is, and every move of it. Stock is never typed in: it follows from the moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import assign, free_code, lock_latest, refuse, require_past, require_text, save
from floreo.outreach.models import Ambassador, KitItem, MoveKind, StockMove
from floreo.outreach.queries import held_by, in_store

_RUN = Permission.OUTREACH_RUN


@action("kit.added", needs=_RUN)
def add_kit_item(*, by: Actor, title: str, **facts: Any) -> KitItem:
    name = require_text(title, field="title", sentence=_("Enter a title."))
    item = KitItem(code=free_code(KitItem, name), title=name)
    assign(item, facts)
    return save(item)


@action("kit.updated", needs=_RUN)
def update_kit_item(item: KitItem, *, by: Actor, version: int | None = None, **facts: Any) -> KitItem:
    fresh = lock_latest(item, version)
    title = facts.pop("title", None)
    if title is not None:
        fresh.set_text("title", require_text(title, field="title", sentence=_("Enter a title.")))
    assign(fresh, facts)
    return save(fresh)


@action("kit.moved", needs=_RUN)
def move_kit(
    item: KitItem, *, by: Actor, kind: str, amount: int, moved_on: date, ambassador: Ambassador | None = None
) -> StockMove:
    """Refuses more than there is: in the store for what is handed out, with the ambassador for what is brought back."""
    fresh = lock_latest(item)
    require_past(moved_on, field="moved_on")
    if kind == MoveKind.LEFT:
        raise refuse("kind", _("What was left at a session is written with the session."))
    if kind in (MoveKind.HANDED_OUT, MoveKind.RETURNED) and ambassador is None:
        raise refuse("ambassador", _("Choose the ambassador."), code="missing")
    if kind == MoveKind.RECEIVED and ambassador is not None:
        raise refuse("ambassador", _("What arrives goes to the store. Hand it out afterwards."))
    if amount < 1:
        raise refuse("amount", _("Enter a number greater than 0."))
    if kind == MoveKind.HANDED_OUT:
        there = in_store(fresh)
    elif ambassador is not None:
        there = held_by(fresh, ambassador)
    else:
        there = in_store(fresh)
    if kind != MoveKind.RECEIVED and amount > there:
        raise refuse("amount", _("There are only %(n)d. Enter that or fewer.") % {"n": max(there, 0)}, code="too_many")
    return save(StockMove(item=fresh, kind=kind, amount=amount, moved_on=moved_on, ambassador=ambassador))
