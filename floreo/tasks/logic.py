"""Order, sections, weeks and waits, on days and nothing else. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from floreo.core.tasks import Task

THIS_WEEK = timedelta(days=7)  # today and the six days after it: every weekday once
MORNING = 6  # the hour from which a weekly mail leaves
CATCH_UP = timedelta(days=2)  # a mail that could not leave on its day still leaves within these
REST = timedelta(days=2)  # between two reminders about the same thing
ESCALATE_AFTER = 2  # reminders after which the page offers the deputy


class DueGroup(StrEnum):
    NOW = "now"
    OVERDUE = "overdue"
    WEEK = "week"
    UNDATED = "undated"
    LATER = "later"


def part_of(item: Task, today: date) -> DueGroup:
    if item.is_now:
        return DueGroup.NOW
    if item.due is None:
        return DueGroup.UNDATED
    if item.due < today:
        return DueGroup.OVERDUE
    return DueGroup.WEEK if item.due < today + THIS_WEEK else DueGroup.LATER


def worst_first(items: Iterable[Task]) -> list[Task]:
    """What is to be done now, then the longest overdue, then by due day; without a date last. Of the same day first what is for one account alone,
    as a mention is, then the longest waiting."""
    return sorted(items, key=lambda i: (not i.is_now, i.due or date.max, i.user is None, i.since or date.max, i.key))


def in_parts(items: Iterable[Task], today: date) -> dict[DueGroup, list[Task]]:
    """Each part with its items, the worst first; every item in exactly one."""
    parts: dict[DueGroup, list[Task]] = {part: [] for part in DueGroup}
    for item in worst_first(items):
        parts[part_of(item, today)].append(item)
    return parts


def weekday_on_or_before(day: date, weekday: int) -> date:
    """The last such weekday (0 is Monday) that is not after `day`."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def mail_due(today: date, hour: int, *, weekday: int, last: date | None) -> date | None:
    """The day whose weekly mail is due now, if one is. `last` is the day for which the last one was settled.

    Days are the country's own: a clock that is put forward or back moves no day. At most one in a week from Monday to
    Sunday, however often this is asked and however the weekday is changed."""
    slot = weekday_on_or_before(today, weekday)
    if today - slot > CATCH_UP or (slot == today and hour < MORNING):
        return None
    if last is not None and (last >= slot or last.isocalendar()[:2] == slot.isocalendar()[:2]):
        return None
    return slot


@dataclass(frozen=True)
class Reminded:
    """A reminder as the rules see it: on which day, about which things."""

    on: date
    keys: frozenset[str]


def reminders_of(keys: Iterable[str], reminders: Iterable[Reminded]) -> list[Reminded]:
    """Those that were about any of these things, the newest first."""
    wanted = frozenset(keys)
    return sorted((n for n in reminders if n.keys & wanted), key=lambda n: n.on, reverse=True)


def may_remind_about(keys: Iterable[str], reminders: Iterable[Reminded], today: date) -> tuple[list[str], date | None]:
    """Of these things, those that nobody was reminded of in the last two days; and, when some were, from which day on
    they may be again."""
    resting: dict[str, date] = {}
    for reminder in reminders:
        if reminder.on + REST > today:
            for name in reminder.keys:
                resting[name] = max(resting.get(name, reminder.on), reminder.on)
    wanted = list(keys)
    free = [name for name in wanted if name not in resting]
    until = [resting[name] + REST for name in wanted if name in resting]
    return free, min(until, default=None)


@dataclass(frozen=True)
class CalendarEntry:
    """What a calendar was last shown of one thing: hashes of what matters (day, title, address) and of all its words; how
    often what matters changed; when anything last did."""

    digest: str
    words: str
    sequence: int
    changed_at: datetime


def reminded_again(
    before: Mapping[str, CalendarEntry], now: Mapping[str, tuple[str, str]], *, at: datetime
) -> dict[str, CalendarEntry]:
    """What a calendar is shown now, by key. The sequence goes up only where something that matters changed; the moment
    of the last change moves with every word, and stays until the next. What is gone is remembered, so that it does not come back as if it were new."""
    text = dict(before)
    for name, (digest, words) in now.items():
        was = before.get(name)
        if was is None:
            text[name] = CalendarEntry(digest, words, 0, at)
        elif (was.digest, was.words) != (digest, words):
            more = int(was.digest != digest)
            text[name] = replace(was, digest=digest, words=words, sequence=was.sequence + more, changed_at=at)
    return text


def trimmed(text: Mapping[str, CalendarEntry], keep: Sequence[str], *, most: int) -> dict[str, CalendarEntry]:
    """At most so many remembered: what is shown now, and the newest of what is gone."""
    entries = set(keep)
    gone = sorted((n for n in text if n not in entries), key=lambda n: text[n].changed_at, reverse=True)
    left = max(most - len(entries), 0)
    return {name: text[name] for name in [*(n for n in text if n in entries), *gone[:left]]}
