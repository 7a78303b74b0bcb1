"""Whether the site is official, recorded by a person with the document that says so; and the calendar of a sample country."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save
from floreo.organisations.models import Country


@action("country.made_official", needs=Permission.PLAN_PUBLISH)
def make_official(country: Country, *, by: Actor, basis: str) -> Country:
    """Records that the government confirmed the site: pages and papers no longer say that it is unofficial."""
    fresh = lock_latest(country)
    if fresh.is_sample:
        raise Refused(_("A fictional country has no official site."), code="sample")
    if fresh.is_official:
        raise Refused(_("The site is official already."), code="official")
    fresh.official_basis = require_text(
        basis,
        field="official_basis",
        sentence=_("Enter the document in which the government confirms the site."),
    )
    fresh.official_on, fresh.official_by = clock.today(), by.actor_name
    return save(fresh)


@action("country.made_unofficial", needs=Permission.PLAN_PUBLISH)
def make_unofficial(country: Country, *, by: Actor, reason: str) -> Country:
    """Takes the confirmation back: every page and paper says again that the site is unofficial."""
    fresh = lock_latest(country)
    if not fresh.is_official:
        raise Refused(_("The site is not official."), code="unofficial")
    note(reason=require_text(reason, field="reason", sentence=_("Enter the reason.")))
    fresh.official_on, fresh.official_by, fresh.official_basis = None, "", ""
    return save(fresh)


@action("country.calendar_moved", needs=Permission.PACK_LOAD)
def move_calendar(country: Country, *, by: Actor, day: date) -> Country:
    """Sets the calendar of a sample country to a later day. A real country lives by the clock."""
    fresh = lock_latest(country)
    if not fresh.is_sample or fresh.calendar_day is None:
        raise Refused(_("Only the calendar of a sample country can be moved."), code="real")
    if day <= fresh.calendar_day:
        raise Refused(_("A calendar moves forward only."), code="backwards")
    fresh.calendar_day = day
    return save(fresh)
