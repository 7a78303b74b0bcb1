"""Receiving a report: its bytes are kept once a feed, and it waits to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action
from floreo.core.errors import Refused, Taken
from floreo.core.writing import save
from floreo.feeds.collectors.blobs import Kept, Readable, store_bytes
from floreo.feeds.collectors.identity import identify
from floreo.feeds.models import Feed, FeedFile, FileState


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
) -> Received:
    """Keeps the bytes under their hash and lets the report wait. The same bytes again change nothing, except that a report
    that could not be read is read anew: its file may have been wanted once more for that.

    The bytes reach the disk before the transaction opens, so that a slow sender holds nobody up."""
    must(by, Permission.FEED_RUN, feed)
    if day is not None and day > clock.today():
        sentence = _("The date of a file cannot be in the future. Choose another date.")
        raise Refused(sentence, code="future_day", fields={"day": sentence})
    kept = store_bytes(opened, name=name, largest=largest)
    try:
        return _receive(feed, by=by, kept=kept, name=name, day=day, collector=collector)
    except Taken:  # two at once: the other was first
        return _receive(feed, by=by, kept=kept, name=name, day=day, collector=collector)


@action("report.received", needs=Permission.FEED_RUN, quiet=True)
def _receive(feed: Feed, *, by: Actor, kept: Kept, name: str, day: date | None, collector: str) -> Received:
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
    )
    return Received(save(made, full_clean=False), already=False)
