"""Notifications in plain Python: kinds, how often, what each role has unless somebody chooses otherwise, and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from floreo.core.tasks import News, Task

NEAR = timedelta(days=3)  # a deadline is near from so many days before
MOST_NOTIFIED = 2_000  # tasks of which it is remembered that somebody was notified


class Rhythm(StrEnum):
    NOW = "now"  # within minutes
    DAILY = "daily"  # in the morning, one e-mail
    WEEKLY = "weekly"  # with the weekly e-mail
    LIST = "list"  # only on the page


_OFTEN = (Rhythm.NOW, Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.LIST)

EVERYBODY: Mapping[News, Rhythm] = {
    News.MENTION: Rhythm.NOW,
    News.ASSIGNED: Rhythm.DAILY,
    News.APPROVAL: Rhythm.WEEKLY,
    News.ANSWER: Rhythm.DAILY,
    News.FINDING: Rhythm.DAILY,
    News.FAULT: Rhythm.DAILY,
    News.HELD: Rhythm.NOW,  # only who may release it has such a task
    News.VOTE: Rhythm.WEEKLY,  # the committee's own e-mail has left already
    News.DEADLINE: Rhythm.WEEKLY,
    News.OTHER: Rhythm.WEEKLY,
}
# Whoever does this work every day learns of it the same day, and the response team of calls for help at once.
OF_ROLE: Mapping[str, Mapping[News, Rhythm]] = {
    "secretariat": {News.APPROVAL: Rhythm.DAILY, News.DEADLINE: Rhythm.DAILY},
    "responder": {
        News.ASSIGNED: Rhythm.NOW,
        News.ANSWER: Rhythm.NOW,
        News.FAULT: Rhythm.NOW,
        News.DEADLINE: Rhythm.DAILY,
    },
    "operator": {News.FINDING: Rhythm.NOW, News.DEADLINE: Rhythm.DAILY},
    "analyst": {News.DEADLINE: Rhythm.DAILY},
}


def defaults(roles: Iterable[str]) -> dict[News, Rhythm]:
    """For an account with these roles: of several the one that is written to most often."""
    given = [OF_ROLE.get(role, {}) for role in roles]
    return {
        news: min([*(each[news] for each in given if news in each)] or [usual], key=_OFTEN.index)
        for news, usual in EVERYBODY.items()
    }


def news_of(item: Task, people: frozenset[int], users: frozenset[int]) -> News:
    """As which kind a task is notified: what its app says, else that it names somebody in person, else any other."""
    if item.news is not None:
        return item.news
    return News.ASSIGNED if item.person in people or item.user in users else News.OTHER


@dataclass(frozen=True)
class Fresh:
    """A task of which somebody is to be notified, as news of a kind. `mark` is under what it is remembered."""

    item: Task
    news: News
    mark: str


def fresh(
    items: Iterable[Task],
    notified: Mapping[str, int],
    *,
    people: frozenset[int],
    users: frozenset[int],
    today: date,
) -> list[Fresh]:
    """What was not sent yet: new tasks, those that represent more things than before, and deadlines that came near."""
    found = []
    for item in items:
        news = news_of(item, people, users)
        if item.key not in notified or item.size > notified[item.key]:
            found.append(Fresh(item, news, item.key))
        if item.due is not None and item.due <= today + NEAR:
            mark = f"{item.key}@{item.due.isoformat()}"
            if mark not in notified and item.key in notified:  # what is new is shown as new
                found.append(Fresh(item, News.DEADLINE, mark))
    return found


def notified_after(
    notified: Mapping[str, int],
    items: Iterable[Task],
    done: Iterable[Fresh],
    today: date,
    *,
    quiet: Iterable[Fresh] = (),
) -> dict[str, int]:
    """What is remembered now: of tasks that are still there, those of which somebody was notified. `quiet` is left to the weekly e-mail or
    the list: a deadline that is near is news of its own there, as often as the person chose for deadlines."""
    marks = {mark for item in items for mark in (item.key, f"{item.key}@{item.due.isoformat()}" if item.due else "")}
    sizes = {item.key: item.size for item in items}
    # What became fewer is remembered as fewer: one more after that is news, although there were as many before.
    left = {mark: min(size, sizes.get(mark, size)) for mark, size in notified.items() if mark in marks}
    for each in done:
        left[each.mark] = each.item.size
        due = each.item.due
        if each.news != News.DEADLINE and due is not None and due <= today + NEAR:
            left[f"{each.item.key}@{due.isoformat()}"] = 0  # shown once is enough
    left |= {each.mark: each.item.size for each in quiet}
    return dict(list(left.items())[-MOST_NOTIFIED:])
