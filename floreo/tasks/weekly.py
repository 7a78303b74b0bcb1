"""The weekly e-mail: who gets one now, and what it says. The worker looks every hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.utils import translation

from floreo.core import clock, languages
from floreo.core.access import SYSTEM, Actor
from floreo.core.tasks import Task
from floreo.organisations.models import Country, Person, User
from floreo.organisations.queries import the_country
from floreo.tasks import letters
from floreo.tasks.actions import post_weekly
from floreo.tasks.logic import mail_due
from floreo.tasks.models import WeeklyMail
from floreo.tasks.notifying import Rhythm, news_of
from floreo.tasks.queries import (
    EVERYBODY,
    gathered,
    people_asked,
    recipient_of,
    rhythms_of,
    tasks_of,
    tasks_of_person,
)

MONDAY = 0


def send_weekly(*, by: Actor) -> int:
    """Posts every weekly mail that is due now. One message a reader; none to whom nothing waits for. Returns how many."""
    country = the_country()
    if country is None:
        return 0
    hour = clock.now().astimezone(ZoneInfo(country.zone)).hour
    sent = sum(_send(user, setting, country, hour, by=by) for user, setting in _accounts())
    if mail_due(clock.today(), hour, weekday=MONDAY, last=None) is not None:
        settings = {row.person_id: row for row in WeeklyMail.objects.exclude(person=None)}
        for person in people_asked(gathered(EVERYBODY, viewer=SYSTEM)):
            sent += _send(person, settings.get(person.pk) or WeeklyMail(person=person), country, hour, by=by)
    return sent


def _accounts() -> Iterator[tuple[User, WeeklyMail]]:
    settings = {row.user_id: row for row in WeeklyMail.objects.exclude(user=None)}
    users = User.objects.filter(is_active=True).exclude(memberships=None).select_related("person").order_by("pk")
    for user in users:
        setting = settings.get(user.pk) or WeeklyMail(user=user)
        if setting.is_on:
            yield user, setting


def _send(reader: User | Person, setting: WeeklyMail, country: Country, hour: int, *, by: Actor) -> bool:
    slot = mail_due(clock.today(), hour, weekday=setting.weekday, last=setting.last_on)
    if slot is None:
        return False
    language = letters.language_of(reader, languages.first())
    with translation.override(language):
        items = _in_mails(reader) if isinstance(reader, User) else _asked(reader)
        text = _text(reader, items, country)
    done = post_weekly(reader, by=by, slot=slot, text=text, language=language)
    return done and text is not None


def _in_mails(user: User) -> list[Task]:
    """All tasks but those of kinds that this person wants in the list only."""
    rhythms, mine = rhythms_of(user), recipient_of(user)
    return [item for item in tasks_of(user) if rhythms[news_of(item, mine.people, mine.users)] is not Rhythm.LIST]


def _asked(person: Person) -> list[Task]:
    """Without an account one can do only what has a link of its own."""
    return [item for item in tasks_of_person(person) if item.answer]


def _text(reader: User | Person, items: Sequence[Task], country: Country) -> letters.Text | None:
    if not items:
        return None
    place, has_workspace = country.in_language("name"), isinstance(reader, User)
    return letters.weekly(reader.name, items, clock.today(), country=place, has_workspace=has_workspace)
