"""What is kept and for how long: days of events in one file each, received files, folders that were emptied."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.feeds.collectors import blobs, folders
from floreo.feeds.engine.store import Store, compact, retain
from floreo.feeds.models import CollectorKind, Feed, FeedFile, FileState, HeldFile, HeldState

_STILL_COMING = timedelta(days=1)  # of a day before yesterday hardly any report comes any more
_ORPHAN_AFTER = 86400.0  # seconds: bytes whose row was never made


def compact_days() -> int:
    """Puts every past day's reports into one sorted file; how many went. What comes late goes in the next time. Nothing is
    said by it that was not said before, so it leaves no entry, and no transaction is held open for so long."""
    store, before = Store(settings.EVENTS_ROOT), clock.today() - _STILL_COMING
    return sum(compact(store, day) for day in store.days("landing") if day < before)


def let_go_of_old(*, by: Actor) -> int:
    """Events, received files and emptied folders past their age; how many days of events went. Findings and counts stay."""
    gone = retain(Store(settings.EVENTS_ROOT), clock.today() - timedelta(days=settings.EVENTS_KEEP_DAYS))
    _note_removed([day.isoformat() for day in gone], by=by)
    oldest = clock.now() - timedelta(days=settings.REPORTS_KEEP_DAYS)
    wanted = set(
        FeedFile.objects.exclude(state=FileState.DONE, received_at__lt=oldest).values_list("sha256", flat=True)
    )
    wanted |= set(HeldFile.objects.filter(state=HeldState.HELD).values_list("sha256", flat=True))
    for pattern in ("??/*", ".*.part"):  # the second: of a process that was killed
        for path in blobs.folder().glob(pattern):
            if path.name not in wanted and time.time() - path.stat().st_mtime > _ORPHAN_AFTER:
                path.unlink(missing_ok=True)
    for feed in Feed.objects.filter(collector=CollectorKind.FOLDER):
        folders.forget(feed.place, days=settings.REPORTS_KEEP_DAYS)
    return len(gone)


@action("events.let_go", needs=Permission.FEED_RUN, quiet=True)
def _note_removed(days: list[str], *, by: Actor) -> None:
    if days:
        note(days=days)


def compact_and_retain(*, by: Actor) -> None:
    """The nightly job."""
    compact_days()
    let_go_of_old(by=by)
