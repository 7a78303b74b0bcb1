"""A meeting as an iCalendar file: what a calendar program takes in, changes and takes out again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event

from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.meetings import presenters
from floreo.meetings.logic import MeetingState
from floreo.meetings.models import Meeting
from floreo.organisations.queries import the_country

HOURS = 2  # a meeting without an end is taken to last so long


def event(meeting: Meeting) -> Event:
    """Times are given in UTC, so that no calendar program has to know the country's zone."""
    made = Event()
    made.add("uid", f"{key(meeting)}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    made.add("summary", clean(presenters.title(meeting)))
    made.add("dtstamp", meeting.changed_at)
    made.add("last-modified", meeting.changed_at)
    made.add("sequence", meeting.invitation)
    made.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
    made.add("url", presenters.workspace_address(meeting))
    if meeting.place:
        made.add("location", clean(meeting.in_language("place")))
    made.add("description", clean(presenters.facts_text(meeting)))
    _times(made, meeting)
    return made


def _times(made: Event, meeting: Meeting) -> None:
    if meeting.starts_at is None:
        made.add("dtstart", meeting.on)
        made.add("dtend", meeting.on + timedelta(days=1))
        return
    country = the_country()
    zone = ZoneInfo(country.zone if country else "UTC")
    starts = datetime.combine(meeting.on, meeting.starts_at, tzinfo=zone).astimezone(ZoneInfo("UTC"))
    last: time | None = meeting.ends_at
    ends = datetime.combine(meeting.on, last, tzinfo=zone) if last else starts + timedelta(hours=HOURS)
    made.add("dtstart", starts)
    made.add("dtend", ends.astimezone(ZoneInfo("UTC")))


def invitation(meeting: Meeting) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Floreo//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.state == MeetingState.CANCELLED else "PUBLISH")
    calendar.add_component(event(meeting))
    made: bytes = calendar.to_ical()
    return made
