"""Files of mails whose sender is not proven: held, released to be read like any other, or discarded."""

from __future__ import annotations

import io

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.mail_in.shape import Attachment
from floreo.core.writing import lock_latest, save
from floreo.feeds.actions.receiving import receive
from floreo.feeds.collectors.blobs import Kept, path_of, sha256_of, store_bytes
from floreo.feeds.collectors.identity import tidy
from floreo.feeds.models import Feed, FeedFile, HeldFile, HeldReason, HeldState
from floreo.feeds.presenters.noted import RELEASED

# Of one feed, whatever people send: more stays in the mailbox.
MOST_HELD = 200
MOST_HELD_BYTES = 200 * 1024 * 1024


def hold(feed: Feed, *, file: Attachment, sender: str, reason: HeldReason, by: Actor) -> None:
    """Puts a file aside, unread. The same file once a feed, whatever became of it."""
    known = HeldFile.objects.filter(feed=feed)
    if known.filter(sha256=sha256_of(io.BytesIO(file.data)), name=tidy(file.name)).exists():
        return
    held = known.filter(state=HeldState.HELD).aggregate(files=Count("pk"), size=Sum("size"))
    if held["files"] >= MOST_HELD or (held["size"] or 0) + len(file.data) > MOST_HELD_BYTES:
        sentence = _("More mail of an unproven sender came than is held. The rest is flagged in the mailbox.")
        raise Refused(sentence, code="held_full")
    _hold(
        feed,
        kept=store_bytes(io.BytesIO(file.data), name=tidy(file.name)),
        name=file.name,
        sender=sender,
        reason=reason,
        by=by,
    )


@action("held.kept", needs=Permission.FEED_RUN)
def _hold(feed: Feed, *, kept: Kept, name: str, sender: str, reason: HeldReason, by: Actor) -> None:
    made = HeldFile(feed=feed, sha256=kept.sha256, name=tidy(name), size=kept.size, sender=sender[:320], reason=reason)
    made.received_at = clock.now()
    save(made, full_clean=False)


@action("held.released", needs=Permission.FEED_RUN, decides=itself)
def release(held: HeldFile, *, by: Actor, shown: str | None = None) -> FeedFile:
    """Takes the file in as if its sender were proven, in the name of whoever released it."""
    fresh = _still_held(held)
    path = path_of(fresh.sha256)
    if not path.exists():
        raise Refused(_("The file is no longer on the server. Ask the sender to send it again."), code="file_gone")
    fresh.state = HeldState.RELEASED
    save(fresh)
    with path.open("rb") as opened:
        collector = RELEASED % {"sender": fresh.sender, "who": by.actor_name}
        return receive(fresh.feed, opened=opened, name=fresh.name, by=by, collector=collector).report


@action("held.discarded", needs=Permission.FEED_RUN, decides=itself)
def discard(held: HeldFile, *, by: Actor, shown: str | None = None) -> None:
    """The file is never read. Its bytes go with the next tidying, unless a report has the same."""
    fresh = _still_held(held)
    fresh.state = HeldState.DISCARDED
    save(fresh)


@action("held.all_discarded", needs=Permission.FEED_RUN)
def discard_all(feed: Feed, *, by: Actor) -> int:
    """Discards every file of a feed that is held; how many."""
    rows = list(HeldFile.objects.select_for_update().filter(feed=feed, state=HeldState.HELD))
    for row in rows:
        row.state = HeldState.DISCARDED
        save(row, full_clean=False)
    return len(rows)


def _still_held(held: HeldFile) -> HeldFile:
    fresh = lock_latest(held)
    if fresh.state != HeldState.HELD:
        sentence = _("Somebody decided about this file already: %(state)s.") % {"state": fresh.get_state_display()}
        raise Refused(sentence, code="decided")
    return fresh
