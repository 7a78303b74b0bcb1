"""The day that was agreed for a session, as an iCalendar file that goes with the ambassador's mail. Days, not hours."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.outreach.models import AmbassadorRequest


def of_request(found: AmbassadorRequest, language: str) -> str:
    """One event of a whole day. Whom to call is not in it: a calendar is shared more easily than a mail."""
    assert found.planned_on is not None, "asked for one whose day is agreed"
    changed = found.changed_at.replace(microsecond=0)
    made = Event()
    made.add("uid", f"{key(found)}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add("sequence", found.version)
    made.add("dtstart", found.planned_on)
    made.add("dtend", found.planned_on + timedelta(days=1))
    made.add("summary", clean(_("Session: %(name)s") % {"name": found.requester}))
    made.add("location", clean(found.community or found.district.in_language("name", language)))
    calendar = Calendar()
    calendar.add("prodid", "-//Floreo//Outreach//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(made)
    return bytes(calendar.to_ical()).decode()
