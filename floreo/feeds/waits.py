"""What a period still waits for before a figure of feeds may be frozen: findings that a job works out again, a night that a person has
to decide about, a file that nobody has read yet, and the last looks of scans at what was open. A fix counts from the look that shows it (times.py), so looks after
the period change nothing of it, but one: a night without a file is a look once a later night has come (logic.full_nights)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.figures import Period, Wait
from floreo.core.once import once, once_for
from floreo.core.wording import day_text
from floreo.feeds import logic
from floreo.feeds.actions.finding_rows import silence_of
from floreo.feeds.models import Feed, FeedFile, FileState, OpenPeriod, Run
from floreo.feeds.presenters.settling import unsettled_text
from floreo.feeds.times import YEAR
from floreo.strategy.plan_facts import address

# For so long nobody waits for a source from which nothing comes: what it saw last counts as not fixed for good.
GONE_AFTER = timedelta(days=30)
_MINUTES_A_DAY = 24 * 60


@once_for
def waits_for_files(period: Period) -> Sequence[Wait]:
    """Files about days of the period that are received and not read."""
    return tuple(_unread(period.start, period.end))


@once_for
def waits_for_looks(period: Period) -> Sequence[Wait]:
    """All by which a finding first seen within a year before the period's last day may still end by that day, or be known of."""
    return (*_unsettled(), *_held(period.end), *_unread(date.min, period.end), *_last_looks(period.end))


# What is asked of the database for no period, but once for all that a page shows.


@once
def _feeds() -> list[Feed]:
    return list(Feed.objects.order_by("name", "pk"))


@once
def _held_days() -> list[tuple[int, date]]:
    return list(Run.objects.waiting().order_by().values_list("feed_id", "day"))


@once
def _unread_days() -> list[tuple[int, date]]:
    rows = FeedFile.objects.filter(state__in=(FileState.WAITING, FileState.RUNNING))
    return list(rows.order_by().values_list("feed_id", "day"))


@once
def _last_days() -> tuple[dict[int, dict[str, date]], dict[int, date]]:
    """By feed: the last day of each of its types, and the last that counts of any."""
    runs = Run.objects.order_by()
    came: dict[int, dict[str, date]] = defaultdict(dict)
    for of, name, day in runs.values_list("feed_id", "report_type").annotate(day=Max("day")):
        came[of][name] = day
    return came, dict(runs.counting().values_list("feed_id").annotate(day=Max("day")))


def _page(feed: Feed, place: str = "") -> str:
    return address("workspace:feed", feed.code) + place


def _unsettled() -> Iterator[Wait]:
    """Feeds of which the team said something else, with findings that are as before: any of them may be of any period."""
    for feed in _feeds():
        if text := unsettled_text(feed):
            yield Wait(text, _page(feed))


def _held(end: date) -> Iterator[Wait]:
    counts = Counter(of for of, day in _held_days() if day <= end)
    for feed in _feeds():
        if not (count := counts[feed.pk]):
            continue
        text = ngettext(
            "%(n)d unusual file of %(feed)s waits until a person accepts or refuses it.",
            "%(n)d unusual files of %(feed)s wait until a person accepts or refuses them.",
            count,
        )
        yield Wait(text % {"n": count, "feed": feed.name}, _page(feed, "#nights"))


def _unread(start: date, end: date) -> Iterator[Wait]:
    counts = Counter(of for of, day in _unread_days() if start <= day <= end)
    for feed in _feeds():
        if not (count := counts[feed.pk]):
            continue
        text = ngettext(
            "%(n)d file of %(feed)s has been received and is not read yet.",
            "%(n)d files of %(feed)s have been received and are not read yet.",
            count,
        )
        yield Wait(text % {"n": count, "feed": feed.name}, _page(feed))


def _last_looks(end: date) -> Iterator[Wait]:
    """Of each feed in use whose scans saw something that was open at the end of that day: the file that is due by then, and, where a
    type is not sent when it has nothing, a file of any type of a later night."""
    came, newest = _last_days()
    for feed in _feeds():
        own = came.get(feed.pk)
        if own is None or not feed.is_active:
            continue
        last = newest.get(feed.pk, min(own.values()))
        late = (name for name, day in own.items() if _is_missing(feed, name, day, max(day, last), end))
        if any(_has_open(feed, name, end) for name in late):
            text = _(
                "The last file of %(feed)s is about %(day)s. The next one shows what was fixed by %(end)s. If none will come, switch the feed off."
            )
            yield Wait(text % {"feed": feed.name, "day": day_text(last), "end": day_text(end)}, _page(feed))


def _has_open(feed: Feed, report_type: str, end: date) -> bool:
    """Whether something of time to fix that this type saw last was open at the end of that day."""
    rows = OpenPeriod.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=end), opened_on__lte=end, opened_on__gt=end - YEAR
    )
    return rows.filter(finding__feed=feed, finding__report_type=report_type).exists()


def _is_missing(feed: Feed, report_type: str, last: date, newest: date, end: date) -> bool:
    """Whether a look of a feed's type at that day or before is still to come. `last`: of the type; `newest`: of any that counts."""
    evidence, sends_empty = silence_of(feed, report_type)
    if evidence is not logic.Evidence.SCAN:
        return False
    rhythm = timedelta(days=max(1, math.ceil(feed.every_minutes / _MINUTES_A_DAY)))
    seen = last if sends_empty else newest
    if clock.today() - seen > max(GONE_AFTER, 2 * rhythm) or seen > end:
        return False
    return seen + rhythm <= end or (not sends_empty and last < seen)
