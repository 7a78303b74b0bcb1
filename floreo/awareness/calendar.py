"""Campaigns and what is placed in them as an iCalendar feed. Days, not hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from floreo.awareness.models import Campaign
from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.core.models import Record
from floreo.core.wording import colon
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
    title, address = campaign.in_language("title"), f"{settings.SITE_ADDRESS}{campaign.get_absolute_url()}"
    text = campaign.in_language("aim")
    yield _event(campaign, title, days=(campaign.starts_on, campaign.ends_on), address=address, text=text)
    for each in campaign.channels.all():
        day = each.placed_on or each.planned_on
        words = f"{title}. {each.get_kind_display()}{colon()} {each.in_language('title')}"
        yield _event(each, words, days=(day, day), address=address)


def _event(row: Record, title: str, *, days: tuple[date, date], address: str, text: str = "") -> Event:
    changed = row.changed_at.replace(microsecond=0)
    made = Event()
    made.add("uid", f"{key(row)}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("sequence", row.version - 1)
    made.add("dtstart", days[0])
    made.add("dtend", days[1] + timedelta(days=1))
    made.add("summary", clean(title))
    if text:
        made.add("description", clean(text))
    made.add("url", address)
    made.add("transp", "TRANSPARENT")
    return made
