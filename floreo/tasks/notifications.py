"""Who is notified of what now: the worker looks every two minutes, and asks nothing while nothing has been written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import translation

from floreo.core import audit, clock, languages
from floreo.core.access import Actor
from floreo.core.tasks import News
from floreo.organisations.models import Country, User
from floreo.organisations.queries import the_country
from floreo.tasks import letters
from floreo.tasks.actions import post_notification
from floreo.tasks.logic import MORNING
from floreo.tasks.models import NewsChoice, NotificationState
from floreo.tasks.notifying import Fresh, Rhythm, fresh, notified_after
from floreo.tasks.queries import recipient_of, rhythms_of, tasks_of

_looked_at: tuple[str, date | None, bool] = ("", None, False)  # head of the chain, day, and whether it was morning


def send_notifications(*, by: Actor) -> int:
    """Posts what is to be sent at once, and in the morning what is sent daily. Returns how many e-mails."""
    global _looked_at  # noqa: PLW0603 -- one tuple, replaced whole
    country = the_country()
    if country is None:
        return 0
    today, is_morning = clock.today(), clock.now().astimezone(ZoneInfo(country.zone)).hour >= MORNING
    now = (audit.head().hash, today, is_morning)
    if now == _looked_at:
        return 0
    users = User.objects.filter(is_active=True).exclude(memberships=None).select_related("person").order_by("pk")
    states = {state.user_id: state for state in NotificationState.objects.filter(user__in=users)}
    sent = sum(_notify(user, states.get(user.pk), country, is_morning=is_morning, by=by) for user in users)
    _looked_at = now
    return sent


def _is_before(state: NotificationState | None, today: date) -> bool:
    """Whether the e-mail of today is still to be sent."""
    return state is None or state.daily_on is None or state.daily_on < today


def _by_rhythm(found: Sequence[Fresh], rhythms: Mapping[News, Rhythm]) -> tuple[list[Fresh], list[Fresh], list[Fresh]]:
    """What is sent now, what once a day, and what in no e-mail from here."""
    now = [each for each in found if rhythms[each.news] is Rhythm.NOW]
    daily = [each for each in found if rhythms[each.news] is Rhythm.DAILY]
    quiet = [each for each in found if rhythms[each.news] in (Rhythm.WEEKLY, Rhythm.LIST)]
    return now, daily, quiet


def _notify(user: User, state: NotificationState | None, country: Country, *, is_morning: bool, by: Actor) -> int:
    """The e-mails of one account: what is sent at once, and what is sent daily, each at most one."""
    today, mine, rhythms = clock.today(), recipient_of(user), rhythms_of(user)
    language = letters.language_of(user, languages.first())
    notified = dict(state.notified) if state else {}
    with translation.override(language):
        items = tasks_of(user)
        found = fresh(items, notified, people=mine.people, users=mine.users, today=today)
        if state is None:  # what was there before is no news; a mention is
            found, old = [each for each in found if each.news is News.MENTION], found
            notified = notified_after(notified, items, [each for each in old if each.news is not News.MENTION], today)
        of_day = is_morning and _is_before(state, today)
        now, daily, quiet = _by_rhythm(found, rhythms)
        daily = daily if of_day else []
        texts = (_text(user, now, country, is_daily=False), _text(user, daily, country, is_daily=True))
    notified = notified_after(notified, items, [*now, *daily], today, quiet=quiet)
    if state is not None and not now and not of_day and notified == state.notified:
        return 0
    sent = 0
    if texts[0] is not None or not of_day:
        sent += post_notification(user, by=by, text=texts[0], notified=notified, daily_on=None, language=language)
    if of_day:
        sent += post_notification(user, by=by, text=texts[1], notified=notified, daily_on=today, language=language)
    return sent


def _text(user: User, found: Sequence[Fresh], country: Country, *, is_daily: bool) -> letters.Text | None:
    """None where there is nothing to report."""
    if not found:
        return None
    order = list(News)
    rows = sorted(found, key=lambda each: order.index(each.news))
    named = [(str(NewsChoice(each.news).label), each.item) for each in rows]
    return letters.news(user.name, named, clock.today(), country=country.in_language("name"), is_daily=is_daily)
