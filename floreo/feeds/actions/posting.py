"""Events that programs send: checked at once, kept at once, read with the next report."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission, must
from floreo.core.errors import Refused
from floreo.feeds.actions.receiving import receive
from floreo.feeds.collectors import spool
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.models import CollectorKind, Feed
from floreo.feeds.presenters.problems import problem_sentence, reject_sentence

log = logging.getLogger(__name__)
MOST_EVENTS = 1000


def post_events(feed: Feed, *, by: Actor, events: Sequence[dict[str, Any]]) -> int:
    """Keeps all of them, or says what is wrong with which and keeps none. Names follow IntelMQ's data format, or the feed's own
    mapping. No row is written here: the report is, once the events are taken in."""
    must(by, Permission.FEED_RUN, feed)
    if feed.collector != CollectorKind.API or not feed.is_active:
        raise Refused(_("This feed does not accept events from programs."), code="not_for_programs")
    if not 0 < len(events) <= MOST_EVENTS:
        sentence = _("Send between 1 and %(most)d events at a time.") % {"most": MOST_EVENTS}
        raise Refused(sentence, code="how_many")
    _check(feed, events)
    spool.append(feed.code, clock.today(), events)
    return len(events)


def _check(feed: Feed, events: Sequence[dict[str, Any]]) -> None:
    lines = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    try:
        _kept, rejects = events_of(
            lines,
            "events.jsonl",
            feed=feed.code,
            received_at=clock.now(),
            format=feed.format,
            mapping=feed.mapping,
        )
    except Unreadable as wrong:
        raise Refused(problem_sentence(wrong.code), code=wrong.code) from wrong
    if len(rejects):
        fields = {str(r["line"] - 1): reject_sentence(r["reason"]) for r in rejects.to_pylist()}
        sentence = ngettext(
            "%(n)d event cannot be saved, so none was.", "%(n)d events cannot be saved, so none was.", len(fields)
        )
        raise Refused(sentence % {"n": len(fields)}, code="rejected", fields=fields)


def take_in_posted(*, by: Actor) -> int:
    """Makes reports of what programs have sent since the last time; how many. One whose bytes were received before a worker
    died is received again, which changes nothing. One that is refused is set apart, so that it holds up none behind it."""
    count = 0
    for feed in Feed.objects.filter(collector=CollectorKind.API):
        for path in spool.roll(feed.code):
            try:
                with path.open("rb") as opened:
                    count += not receive(feed, opened=opened, name=path.name, by=by, collector=_("API")).already
            except Refused:
                log.exception("%s could not be taken in and was set apart", path)
                spool.set_apart(path)
            else:
                path.unlink()
    return count
