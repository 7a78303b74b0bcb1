"""A sample pack's nights of reports, played as they happened: taken in, written of, answered and decided by the very actions that
people and the worker use. Night by night, each whole or not at all, so that a worker that stops goes on where it was. Its mail
never leaves."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.core.outbox import discard
from floreo.feeds.actions.corrections import accept, refuse_correction
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.notices import send_notices
from floreo.feeds.actions.receiving import receive
from floreo.feeds.actions.replies import FOR_THE_TEAM, answer, see_to
from floreo.feeds.holding_links import Holder
from floreo.feeds.models import Correction, CorrectionState, Feed, FeedFile, Finding, NoticeLine, Reply
from floreo.feeds.pack import AnswerShape, ReplyShape, RulingShape
from floreo.feeds.story import VERB, nights_of, story_of, untold
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of

_HOUR = timedelta(hours=15)  # in UTC: morning in the Americas, where a day has not turned yet


def replay(folder: Path, *, by: Actor = SYSTEM, seconds: float = float("inf")) -> int:
    """Plays the nights that have not been played, for as long as `seconds`. Returns how many are left."""
    until, left = time.monotonic() + seconds, untold(folder)
    for notified, night in enumerate(left, 1):
        replay_night(night, by=by, folder=folder)
        if time.monotonic() >= until:
            return len(left) - notified
    return 0


@action(VERB, needs=Permission.FEED_RUN)
def replay_night(night: date, *, by: Actor, folder: Path) -> None:
    """One night and the day after it, in one transaction: reports, notices, what was answered, what was decided."""
    story, before = story_of(folder), OutboxMail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    feed = Feed.objects.get(code=story.feed)
    with clock.at(datetime.combine(night, datetime.min.time(), UTC) + _HOUR):
        for path in nights_of(folder)[night]:
            with path.open("rb") as opened:
                receive(feed, opened=opened, name=path.name, by=by, collector=feed.name)
        ingest_waiting(by=by, only=FeedFile.objects.filter(feed=feed))
        letters = send_notices(night, by=by)
        replies = sum(_answer(one) for one in story.answer if one.on == night)
        for reply in (one for one in story.reply if one.on == night):
            _reply(reply, by=by)
        for ruling in (one for one in story.ruling if one.on == night):
            _rule(ruling, by=by)
    mails = OutboxMail.objects.filter(pk__gt=before, state=MailState.WAITING, kind__startswith="feeds.")
    discard(mails, why="Sample data: it was never sent.")
    note(night=night.isoformat(), reports=len(nights_of(folder)[night]), letters=letters, answers=replies)


def _untrue(shape: AnswerShape | ReplyShape | RulingShape, why: str) -> Refused:
    """A story that cannot have happened: whoever wrote the pack is shown which line."""
    what = getattr(shape, "subject", "") or getattr(shape, "network", "")
    return Refused(f"answers.toml, {shape.on}, {shape.organisation} {what}: it {why}", code="untrue_story")


def _body(code: str) -> Organisation:
    return Organisation.objects.get(code=code).successor()


def _answer(shape: AnswerShape) -> int:
    """By the link of the newest notice that included it, as whoever it was sent to first."""
    lines = NoticeLine.objects.filter(notice__organisation__in=bodies_of([_body(shape.organisation).pk]))
    if shape.subject:
        lines = lines.filter(finding__subject=shape.subject)
    line = lines.select_related("notice").order_by("-notice__on", "-notice__pk").first()
    if line is None:
        raise _untrue(shape, "was sent no notice about it")
    notice = line.notice
    about = lines.filter(notice=notice).order_by("pk").values_list("finding", flat=True)
    replies = dict.fromkeys(about, shape.reply)
    return len(answer(notice, by=Holder(notice, notice.to[0]), replies=replies, remark=shape.note))


def _reply(shape: ReplyShape, *, by: Actor) -> None:
    bodies = bodies_of([_body(shape.organisation).pk])
    asked = Finding.objects.filter(organisation__in=bodies, subject=shape.subject)
    row = Reply.objects.filter(finding__in=asked, kind__in=FOR_THE_TEAM, handled_at=None).order_by("-at").first()
    if row is None:
        raise _untrue(shape, "asked nothing about it")
    see_to(row, by=by, answer=shape.words)


def _rule(shape: RulingShape, *, by: Actor) -> None:
    bodies = bodies_of([_body(shape.organisation).pk])
    rows = Correction.objects.filter(organisation__in=bodies, network=shape.network, state=CorrectionState.OPEN)
    asked = rows.first()
    if asked is None:
        raise _untrue(shape, "did not say that it is not theirs")
    if shape.accepted:
        to = _body(shape.moved_to) if shape.moved_to else None
        accept(asked, by=by, moved_to=to, decision=shape.words)
    else:
        refuse_correction(asked, by=by, decision=shape.words)
