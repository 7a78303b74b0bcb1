"""Campaigns and what is placed in them as an iCalendar feed. Days, not hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from floreo.awareness.models import Campaign
from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.organisations.queries import the_country


def calendar_of(campaigns: Iterable[Campaign]) -> bytes:
    """One event for the days of each campaign, and one for each placing. The same rows give the same bytes."""
    country = the_country()
    made = Calendar()
    made.add("prodid", "-//Floreo//Campaigns//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    place = country.in_language("name") if country else ""
    made.add("x-wr-calname", f"{place}: {_('Campaigns')}" if place else _("Campaigns"))
    for campaign in campaigns:
        for event in _events(campaign):
            made.add_component(event)
    return bytes(made.to_ical())


def _events(campaign: Campaign) -> Iterator[Event]:
    title, address = campaign.in_language("title"), settings.SITE_ADDRESS + campaign.get_absolute_url()
    yield _event(key(campaign), title, campaign.in_language("aim"), (campaign.starts_on, campaign.ends_on), address, campaign)
    for each in campaign.channels.all():
        day = each.placed_on or each.planned_on
        words = f"{each.get_kind_display()}: {each.in_language('title')}"
        yield _event(key(each), f"{title}. {words}", "", (day, day), address, each)


def _event(uid: str, title: str, text: str, days: tuple[date, date], address: str, row: object) -> Event:
    changed: datetime = row.changed_at.replace(microsecond=0)  # type: ignore[attr-defined]  # of every Record
    made = Event()
    made.add("uid", f"{uid}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("sequence", row.version - 1)  # type: ignore[attr-defined]  # as above
    made.add("dtstart", days[0])
    made.add("dtend", days[1] + timedelta(days=1))
    made.add("summary", clean(title))
    if text:
        made.add("description", clean(text))
    made.add("url", address)
    made.add("transp", "TRANSPARENT")
    return made
