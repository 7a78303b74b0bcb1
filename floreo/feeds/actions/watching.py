"""What the worker notes when a feed falls silent, comes back, keeps failing or sends a file out of line, and when a notice does not arrive:
each once, so that the trail, the duty contact and webhooks have it from one place."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.writing import lock_latest, save
from floreo.feeds import logic
from floreo.feeds.models import Feed, Notice
from floreo.feeds.presenters.noted import LONGEST
from floreo.feeds.selection import on_duty
from floreo.feeds.watching import silent_feeds, undelivered, undelivered_alerts
from floreo.organisations.models import Organisation

log = logging.getLogger(__name__)


def watch(*, by: Actor) -> int:
    """Compares with what was noted. How many things changed."""
    return _feeds(by) + _notices(by) + _alerts(by)


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


def _alerts(by: Actor) -> int:
    noted = AuditEntry.objects.filter(verb="duty.undelivered")
    new = [mail for mail in undelivered_alerts() if not noted.filter(detail__mail=mail.pk).exists()]
    if new and (found := on_duty()):
        for mail in new:
            alert_came_back(found[0], by=by, mail=mail)
    return len(new)


@action("duty.undelivered", needs=Permission.FINDING_HANDLE)
def alert_came_back(team: Organisation, *, by: Actor, mail: OutboxMail) -> None:
    """An e-mail to the duty contact did not arrive. Noted once; the address is in the outbox."""
    note(mail=mail.pk)


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


@action("feed.not_taken", needs=Permission.FEED_RUN)
def was_not_taken(feed: Feed, *, by: Actor, why: str) -> Feed:
    """Something came that could not be taken, or not be read. Noted once, until a person saw it; `why` is shown with the newest."""
    feed = lock_latest(feed)
    feed.last_error = why[:LONGEST]
    if feed.not_taken_at is None:
        feed.not_taken_at = clock.now()
    return save(feed, full_clean=False)


def note_not_taken(feed: Feed, *, by: Actor, why: str) -> None:
    """As was_not_taken, which enters the trail only if nobody has it to look at already."""
    log.warning("feed %s: %s", feed.code, why)
    if not Feed.objects.filter(pk=feed.pk).exclude(not_taken_at=None).update(last_error=why[:LONGEST]):
        was_not_taken(feed, by=by, why=why)


def must_have_problem(feed: Feed) -> None:
    if feed.not_taken_at is None:
        raise Refused(_("Somebody marked this as seen already. Reload the page."), code="seen")


@action("feed.problem_seen", needs=Permission.FEED_RUN)
def see_problem(feed: Feed, *, by: Actor) -> Feed:
    """A person looked at what was not taken: the next one is reported again."""
    feed = lock_latest(feed)
    must_have_problem(feed)
    note(was=feed.last_error)
    feed.not_taken_at, feed.last_error = None, "" if not feed.failures else feed.last_error
    return save(feed, full_clean=False)


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
