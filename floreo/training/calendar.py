"""The sessions of a cohort as an iCalendar file."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from floreo.core.documents.plain import clean
from floreo.core.keys import key
from floreo.training.logic import CohortState
from floreo.training.models import Cohort, Session


def _event(cohort: Cohort, session: Session) -> Event:
    """Times are given in UTC, so that no calendar program has to know the country's zone."""
    made = Event()
    made.add("uid", f"{key(session)}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}")
    title = session.in_language("title")
    made.add("summary", clean(": ".join(filter(None, [cohort.in_language("title"), title]))))
    changed = max(session.changed_at, cohort.changed_at)
    made.add("dtstamp", changed)
    made.add("last-modified", changed)
    made.add(
        "sequence", session.version + cohort.version
    )  # both only rise: one that is cancelled is newer than what was sent before
    made.add("status", "CANCELLED" if cohort.state == CohortState.CANCELLED else "CONFIRMED")
    made.add("dtstart", session.starts_at)
    made.add("dtend", session.ends_at)
    if session.venue:
        made.add("location", clean(session.venue))
    if cohort.is_public:
        made.add("url", settings.SITE_ADDRESS + cohort.get_absolute_url())
    return made


def of_cohort(cohort: Cohort) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Floreo//Training//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cohort.state == CohortState.CANCELLED else "PUBLISH")
    for session in cohort.sessions.all():
        calendar.add_component(_event(cohort, session))
    made: bytes = calendar.to_ical()
    return made
