"""What the worker notes when a feed falls silent, comes back, keeps failing or sends a file out of line, and when a notice does not arrive:
each once, so that the trail, the duty contact and webhooks have it from one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.writing import lock_latest, save
from floreo.feeds import logic
from floreo.feeds.models import Feed, Notice
from floreo.feeds.watching import silent_feeds, undelivered


def watch(*, by: Actor) -> int:
    """Compares with what was noted. How many things changed."""
    return _feeds(by) + _notices(by)


def _feeds(by: Actor) -> int:
    silent = {feed.pk: since for feed, since in silent_feeds()}
    count = 0
    for feed in Feed.objects.filter(pk__in=list(silent), silent_since=None):
        fell_silent(feed, by=by, since=silent[feed.pk])
        count += 1
    for feed in Feed.objects.exclude(silent_since=None).exclude(pk__in=silent):
        is_back(feed, by=by)
        count += 1
    return count


def _notices(by: Actor) -> int:
    count = 0
    for mail, notice in undelivered():
        if mail.to not in notice.undelivered:
            came_back(notice, by=by, address=mail.to)
            count += 1
    return count


@action("feed.silent", needs=Permission.FEED_RUN, quiet=True)
def fell_silent(feed: Feed, *, by: Actor, since: datetime) -> Feed:
    feed = lock_latest(feed)
    if feed.silent_since is None:
        feed.silent_since, feed.alerted_at = since, None
        save(feed, full_clean=False)
    return feed


@action("feed.failing", needs=Permission.FEED_RUN)
def is_failing(feed: Feed, *, by: Actor) -> None:
    """Its files could not be fetched several times in a row. Noted by the attempt that makes it so, and again only after one that succeeds."""
    note(failures=logic.FAILING_AFTER)


@action("feed.night_held", needs=Permission.FEED_RUN)
def night_is_held(feed: Feed, *, by: Actor, day: date, types: Mapping[str, int]) -> None:
    """Files of a day are out of line with those before, and wait for a person. `types` has the rows of each."""
    note(day=day.isoformat(), types=list(types), night={"files": len(types), "rows": sum(types.values())})


@action("feed.back", needs=Permission.FEED_RUN, quiet=True)
def is_back(feed: Feed, *, by: Actor) -> Feed:
    """A file came, or none is expected any more."""
    feed = lock_latest(feed)
    if feed.silent_since is not None:
        feed.silent_since = feed.alerted_at = None
        save(feed, full_clean=False)
    return feed


@action("notice.undelivered", needs=Permission.FINDING_HANDLE, quiet=True)
def came_back(notice: Notice, *, by: Actor, address: str) -> Notice:
    notice = lock_latest(notice)
    if address not in notice.undelivered:
        notice.undelivered, notice.alerted_at = [*notice.undelivered, address], None
        save(notice, full_clean=False)
    return notice
