"""Initiatives of others: sent by the public form and read before they are shown, or entered by staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.plain_text import first_too_long, sound_text
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_period, require_text, save
from floreo.initiatives.models import RUN, Initiative, InitiativeDistrict, InitiativeState
from floreo.organisations.models import Place, PlaceSort

MOST_CHARACTERS = 2000  # of what it does
_TEXTS = ("title", "summary", "who_name", "contact")


def must_be_unread(initiative: Initiative) -> None:
    if initiative.state != InitiativeState.WAITING:
        raise Refused(_("Somebody has read this initiative already."), code="read")


def must_be_published(initiative: Initiative) -> None:
    if initiative.state != InitiativeState.PUBLISHED:
        raise Refused(_("This initiative is not published."), code="not_published")


def must_not_be_published(initiative: Initiative) -> None:
    if initiative.state == InitiativeState.PUBLISHED:
        raise Refused(_("This initiative is published already."), code="published")


def _write(initiative: Initiative, facts: dict[str, Any]) -> Initiative:
    districts: Iterable[Place] | None = facts.pop("districts", None)
    for name in _TEXTS:
        if name in facts:
            facts[name] = sound_text(str(facts[name]))
    assign(initiative, facts)
    initiative.title = require_text(initiative.title, field="title", sentence=_("Enter the name of the initiative."))
    if not initiative.who_name and initiative.organisation is None:
        raise refuse("who_name", _("Say who runs it: an organisation, a firm, a council."), code="missing")
    if initiative.address and not initiative.address.lower().startswith(("https://", "http://")):
        raise refuse("address", _("An address begins with https:// or http://."), code="bad_address")
    if wrong := first_too_long({"summary": (initiative.summary, MOST_CHARACTERS)}):
        raise refuse(wrong[0], _("It is longer than %(most)d characters.") % {"most": wrong[1]}, code="too_long")
    require_period(initiative.starts_on, initiative.ends_on)
    if not initiative.code:
        initiative.code = free_code(Initiative, initiative.title)
    saved = save(initiative)
    if districts is not None:
        _write_districts(saved, districts)
    return saved


def _write_districts(initiative: Initiative, districts: Iterable[Place]) -> None:
    wanted = {place.pk: place for place in districts}
    if any(place.kind != PlaceSort.DISTRICT for place in wanted.values()):
        raise refuse("districts", _("Choose districts."), code="no_district")
    held = {row.place_id: row for row in initiative.in_districts.all()}
    for pk, row in held.items():
        if pk not in wanted:
            delete(row)
    for pk, place in wanted.items():
        if pk not in held:
            save(InitiativeDistrict(initiative=initiative, place=place))


@action("initiative.sent", needs=None, quiet=True)
def send_initiative(*, by: Actor, source_key: str = "", **facts: Any) -> Initiative:
    """By the public form. Nobody sees it before it was read; the same form sent again is one initiative."""
    before = Initiative.objects.filter(source_key=source_key).first() if source_key else None
    if before is not None:
        return before
    day = clock.today()
    made = Initiative(state=InitiativeState.WAITING, received_on=day, source_key=source_key)
    made.source = _("Sent by the public form")
    return _write(made, facts)


@action("initiative.entered", needs=RUN)
def enter_initiative(*, by: Actor, **facts: Any) -> Initiative:
    return _write(Initiative(state=InitiativeState.PUBLISHED), facts)


@action("initiative.updated", needs=RUN)
def update_initiative(initiative: Initiative, *, by: Actor, version: int | None = None, **facts: Any) -> Initiative:
    return _write(lock_latest(initiative, version), facts)


@action("initiative.published", needs=RUN)
def publish_initiative(initiative: Initiative, *, by: Actor) -> Initiative:
    fresh = lock_latest(initiative)
    must_not_be_published(fresh)
    fresh.state, fresh.reason = InitiativeState.PUBLISHED, ""
    return save(fresh)


@action("initiative.declined", needs=RUN)
def decline_initiative(initiative: Initiative, *, by: Actor, reason: str) -> Initiative:
    """It is not shown, or no longer. How to reach its sender is erased."""
    fresh = lock_latest(initiative)
    if fresh.state == InitiativeState.DECLINED:
        raise Refused(_("It was decided already not to publish it."), code="declined")
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is not published."))
    fresh.state, fresh.contact = InitiativeState.DECLINED, ""
    return save(fresh)


@action("initiative.removed", needs=RUN)
def remove_initiative(initiative: Initiative, *, by: Actor) -> None:
    """For what was entered by mistake, and for advertising."""
    delete(initiative)


@action("initiative.ended", needs=RUN)
def end_initiative(initiative: Initiative, *, by: Actor, ends_on: date) -> Initiative:
    fresh = lock_latest(initiative)
    must_be_published(fresh)
    fresh.ends_on = ends_on
    require_period(fresh.starts_on, fresh.ends_on)
    return save(fresh)
