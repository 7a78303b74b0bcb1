"""Receiving a report: its bytes are kept once a feed, and it waits to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note
from floreo.core.errors import Refused, Taken
from floreo.core.writing import save
from floreo.feeds.collectors.blobs import Kept, Readable, path_of, store_bytes
from floreo.feeds.collectors.identity import identify
from floreo.feeds.models import Feed, FeedFile, FileState

TO_DESCRIBE = timedelta(minutes=30)  # then it is read as it is


@dataclass(frozen=True)
class Received:
    """A report, and whether its bytes had come before."""

    report: FeedFile
    already: bool


def receive(
    feed: Feed,
    *,
    opened: Readable,
    name: str,
    by: Actor,
    day: date | None = None,
    collector: str = "",
    largest: int | None = None,
    is_described_first: bool = False,
) -> Received:
    """Keeps the bytes under their hash and lets the report wait. The same bytes again change nothing, except that a report
    that could not be read is read again: its file may have been wanted once more for that. One that `is_described_first` waits
    for a person to say how it is set out (read_again), but not for ever.

    The bytes reach the disk before the transaction opens, so that a slow sender holds nobody up."""
    must(by, Permission.FEED_RUN, feed)
    if day is not None and day > clock.today():
        sentence = _("The date of a file cannot be in the future. Choose another date.")
        raise Refused(sentence, code="future_day", fields={"day": sentence})
    kept = store_bytes(opened, name=name, largest=largest)
    until = clock.now() + TO_DESCRIBE if is_described_first else None
    facts: dict[str, Any] = {"kept": kept, "name": name, "day": day, "collector": collector, "until": until}
    try:
        return _receive(feed, by=by, **facts)
    except Taken:  # two at once: the other was first
        return _receive(feed, by=by, **facts)


@action("report.received", needs=Permission.FEED_RUN, quiet=True)
def _receive(
    feed: Feed, *, by: Actor, kept: Kept, name: str, day: date | None, collector: str, until: datetime | None
) -> Received:
    identity = identify(feed, name, kept.path, came_on=clock.today(), day=day)
    same = FeedFile.objects.select_for_update().filter(feed=feed, sha256=kept.sha256)
    here = (same.filter(report_type=identity.report_type, day=identity.day) if identity.has_day else same).first()
    if here is not None:
        if here.state == FileState.REFUSED:
            here.state, here.attempts, here.problem, here.claimed_until = FileState.WAITING, 0, "", None
            save(here, full_clean=False)
        return Received(here, already=True)
    made = FeedFile(
        feed=feed,
        sha256=kept.sha256,
        name=identity.name,
        day=identity.day,
        report_type=identity.report_type,
        size=kept.size,
        received_at=clock.now(),
        received_by=(collector or by.actor_name)[:200],
        claimed_until=until,
    )
    return Received(save(made, full_clean=False), already=False)


def read_again(report: FeedFile, *, by: Actor) -> bool:
    """Whether a file is read (again) now that somebody said how it is set out: one that waits, or of which nothing at all was kept. What
    was kept stays as it was read, since findings and notices may have come of it."""
    path = path_of(report.sha256)
    if not path.exists():
        return False
    feed = Feed.objects.get(pk=report.feed_id)
    kind = identify(feed, report.name, path, came_on=clock.today(), day=report.day).report_type
    return _read_again(report, by=by, kind=kind)


@action("report.read_again", needs=Permission.FEED_RUN, quiet=True)
def _read_again(report: FeedFile, *, by: Actor, kind: str) -> bool:
    fresh = FeedFile.objects.select_for_update().get(pk=report.pk)
    is_read = fresh.state in (FileState.DONE, FileState.REFUSED)
    if fresh.state != FileState.WAITING and (not is_read or fresh.kept or fresh.duplicates or fresh.dropped):
        return False
    same = FeedFile.objects.filter(feed=fresh.feed_id, sha256=fresh.sha256, day=fresh.day, report_type=kind)
    if not same.exclude(pk=fresh.pk).exists():
        fresh.report_type = kind  # files that are described have no type by their name
    fresh.state, fresh.attempts, fresh.problem, fresh.claimed_until = FileState.WAITING, 0, "", None
    save(fresh, full_clean=False)
    note(file=fresh.name)
    return True
