"""What the team has to learn by itself: feeds from which no file comes any more, and notices that came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q

from floreo.core import clock
from floreo.core.keys import key
from floreo.core.leases import is_over
from floreo.core.models import MailState, OutboxMail
from floreo.feeds.holding_links import moment
from floreo.feeds.logic import BY_HAND
from floreo.feeds.models import CollectorKind, Feed, FeedFile, FileState, Notice
from floreo.feeds.selection import on_duty
from floreo.feeds.story import untold_of_feed

NOTICE = "feeds.notice"
ALERTS = ("feeds.duty", "signing.stopped")  # to the duty contact
_FAILED = (MailState.BOUNCED, MailState.STUCK)
LOOK_BACK = timedelta(days=60)
SILENT_AFTER = 3  # times as long as a feed usually takes


@dataclass(frozen=True)
class Backlog:
    """What has come of a feed and is not worked through yet. While there is any, the feed is catching up, and not silent."""

    nights: int = 0  # of a sample pack
    files: int = 0

    def __bool__(self) -> bool:
        return bool(self.nights or self.files)


def backlogs() -> dict[int, Backlog]:
    """By feed. Files that wait until a person describes them, or until there is room, are not being worked through."""
    due = Q(state=FileState.WAITING) & (Q(claimed_until=None) | is_over("claimed_until")) | Q(state=FileState.RUNNING)
    files = dict(FeedFile.objects.filter(due).order_by().values_list("feed_id").annotate(n=Count("pk")))
    code, nights = untold_of_feed()
    of_nights = Feed.objects.filter(code=code).values_list("pk", flat=True).first() if nights else None
    return {
        pk: Backlog(nights if pk == of_nights else 0, files.get(pk, 0)) for pk in {*files, of_nights} if pk is not None
    }


def silent_since(feed: Feed, last: datetime | None, now: datetime, *, behind: Backlog | None) -> datetime | None:
    """From when on no file of it has come for three times as long as it should take; None where it is not silent. `last` is when its
    newest file came, `behind` what of it is still to be worked through: then it is not silent. Of files that come by hand nobody expects the
    first, and of those that belong to no feed nobody expects any."""
    if (
        behind
        or not feed.is_active
        or feed.code == BY_HAND
        or (last is None and feed.collector == CollectorKind.UPLOAD)
    ):
        return None
    since = (last or feed.created_at) + timedelta(minutes=feed.every_minutes * SILENT_AFTER)
    return since if now > since else None


def silent_feeds() -> list[tuple[Feed, datetime]]:
    """Feeds that are silent, each with the moment from which that is so."""
    now = moment(clock.today())  # a sample country's calendar is stopped, and its feeds with it
    rows = Feed.objects.filter(is_active=True).annotate(last=Max("reports__received_at")).order_by("name", "pk")
    late = [(feed, since) for feed in rows if (since := silent_since(feed, feed.last, now, behind=None)) is not None]
    behind = backlogs() if late else {}
    return [(feed, since) for feed, since in late if not behind.get(feed.pk)]


def _failed(kinds: Sequence[str]) -> dict[str, OutboxMail]:
    """By address, the last mail of these kinds that came back or could not be sent, where none arrived since."""
    rows = OutboxMail.objects.filter(kind__in=kinds, state__in=_FAILED, changed_at__gt=clock.now() - LOOK_BACK)
    later = OutboxMail.objects.filter(to=OuterRef("to"), kind__in=kinds, state=MailState.SENT, pk__gt=OuterRef("pk"))
    return {mail.to: mail for mail in rows.exclude(Exists(later)).defer("text", "attachment").order_by("-pk")}


def undelivered_alerts() -> list[OutboxMail]:
    """E-mails to addresses that are the duty contact's still, and that came back or could not be sent."""
    found = on_duty()
    addresses = {reach.address for reach in found[1]} if found else set()
    return [mail for address, mail in sorted(_failed(ALERTS).items()) if address in addresses]


def undelivered() -> list[tuple[OutboxMail, Notice]]:
    """Addresses whose last notice came back, or could not be sent: its e-mail and its notice, by address."""
    mails = _failed((NOTICE,))
    if not mails:
        return []
    ids = {mail.about.rpartition(":")[2] for mail in mails.values()}
    notices = {key(d): d for d in Notice.objects.filter(pk__in=ids).select_related("organisation__merged_into")}
    found = [(mail, notices.get(mail.about)) for _address, mail in sorted(mails.items())]
    return [(mail, notice) for mail, notice in found if notice is not None and mail.to in notice.to]
