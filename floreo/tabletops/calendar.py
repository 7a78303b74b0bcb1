"""An exercise as an iCalendar file for those who take part. It says that it is an exercise, in both languages."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.tabletops.logic import State
from floreo.tabletops.models import Tabletop


def of_tabletop(tabletop: Tabletop) -> bytes:
    """Times are given in UTC, so that no calendar program has to know the country's zone."""
    made = Event()
    made.add("uid", f"{key(tabletop)}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    made.add("summary", clean(f"EXERCISE / EJERCICIO: {tabletop.in_language('title')}"))
    made.add("dtstamp", tabletop.changed_at)
    made.add("last-modified", tabletop.changed_at)
    made.add("sequence", tabletop.version)
    made.add("status", "CANCELLED" if tabletop.state == State.CANCELLED else "CONFIRMED")
    made.add("dtstart", tabletop.planned_at)
    made.add("dtend", tabletop.planned_end)
    if tabletop.place:
        made.add("location", clean(tabletop.place))
    found = Calendar()
    found.add("prodid", "-//Floreo//Exercises//EN")
    found.add("version", "2.0")
    found.add("method", "CANCEL" if tabletop.state == State.CANCELLED else "PUBLISH")
    found.add_component(made)
    text: bytes = found.to_ical()
    return text
