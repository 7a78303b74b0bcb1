"""iCalendar feeds: one person's, and the public one of an edition. Days, not hours: a task is due on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration, vText

from floreo.core import clock
from floreo.core.audit import key
from floreo.core.tasks import Task
from floreo.core.wording import colon, day_text
from floreo.organisations.models import User
from floreo.organisations.queries import the_country
from floreo.strategy.models import Edition, Milestone
from floreo.tasks.actions import remember_calendar
from floreo.tasks.letters import absolute
from floreo.tasks.logic import CalendarEntry, reminded_again, trimmed
from floreo.tasks.models import FeedKey
from floreo.tasks.queries import tasks_of

REMEMBERED = 1000  # things whose last words a private calendar keeps
LOOK_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """One all-day entry of a calendar. `sequence` and `changed_at` are what is known of its changes, and no more."""

    key: str
    on: date
    title: str
    text: str
    address: str
    sequence: int
    changed_at: datetime

    @property
    def uid(self) -> str:
        return f"{self.key}@{urlsplit(settings.SITE_ADDRESS).hostname or 'localhost'}"


def calendar_of(user: User) -> bytes:
    """Everything with a date that waits for this person."""
    items = [item for item in tasks_of(user) if item.due is not None]
    text = _calendar_entries(user, items)
    entries = [
        Entry(i.key, i.due, i.title, i.why, absolute(i.href), text[i.key].sequence, text[i.key].changed_at)
        for i in items
        if i.due is not None
    ]
    return written(_("My tasks"), entries)


def _calendar_entries(user: User, items: Iterable[Task]) -> dict[str, CalendarEntry]:
    """What the calendar says of each thing, with how often that changed; remembered for the next time it is asked."""
    now = {item.key: _hashes(item) for item in items}
    row = FeedKey.objects.filter(user=user).first()
    before = _read(row.entries if row else {})
    known = trimmed(reminded_again(before, now, at=clock.now().replace(microsecond=0)), list(now), most=REMEMBERED)
    if known != before:
        remember_calendar(
            user, {name: [s.digest, s.words, s.sequence, s.changed_at.isoformat()] for name, s in known.items()}
        )
    return known


def _read(kept: Mapping[str, Any]) -> dict[str, CalendarEntry]:
    """What an older version kept in another shape is forgotten, not stumbled over."""
    whole = {name: row for name, row in kept.items() if len(row) == 4}
    return {name: CalendarEntry(row[0], row[1], row[2], datetime.fromisoformat(row[3])) for name, row in whole.items()}


def _hashes(item: Task) -> tuple[str, str]:
    """Of what matters, and of the rest of its words."""
    return _digest(item.due, item.title, item.href), _digest(item.why)


def _digest(*text: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, text)).encode()).hexdigest()[:16]


def written(name: str, entries: Iterable[Entry]) -> bytes:
    """The calendar as bytes. The same entries give the same bytes, so that nothing looks changed that is not."""
    country = the_country()
    calendar = Calendar()
    calendar.add("prodid", "-//Floreo//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    place = country.in_language("name") if country else ""
    calendar.add("x-wr-calname", f"{place}{colon()} {name}" if place else name)
    calendar.add("x-wr-timezone", country.zone if country else "UTC")
    calendar.add("refresh-interval", vDuration(LOOK_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vText(f"PT{LOOK_AGAIN // timedelta(hours=1)}H"))
    for entry in sorted(entries, key=lambda e: (e.on, e.key)):
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", _printable(entry.title))
    event.add("description", _printable(f"{entry.text}\n{entry.address}"))
    event.add("url", entry.address)
    event.add("transp", "TRANSPARENT")  # a day on which something is due is not a busy day
    return event


def _printable(text: str) -> str:
    """Without control characters, which a calendar may not hold; line breaks stay."""
    return "".join(c for c in str(text) if c == "\n" or c.isprintable())


def public_calendar(edition: Edition) -> bytes:
    """The public milestones of one edition."""
    rows = Milestone.objects.filter(action__edition=edition, action__is_public=True).exclude(due_on=None)
    shown = rows.select_related("action").only(
        "code",
        "title",
        "translations",
        "due_on",
        "reached_on",
        "changed_at",
        "version",
        "action__code",
        "action__title",
        "action__translations",
    )
    return written(edition.in_language("title"), [_of_milestone(each, edition) for each in shown if each.due_on])


def _of_milestone(each: Milestone, edition: Edition) -> Entry:
    text = _("Milestone of %(action)s") % {"action": f"{each.action.code} {each.action.in_language('title')}"}
    if each.reached_on:
        text = f"{text}. {_('Reached on %(day)s.') % {'day': day_text(each.reached_on)}}"
    address = absolute(reverse("portal:action", args=[edition.code, each.action.code]))
    assert each.due_on is not None, "those without a day were left out"
    return Entry(
        key(each),
        each.due_on,
        each.in_language("title"),
        text,
        address,
        each.version - 1,
        each.changed_at.replace(microsecond=0),
    )
