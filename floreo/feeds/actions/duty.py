"""Calls for help, replies, new critical findings, notices that came back, feeds that fell silent, and what is held until a person decides are
mailed at once to whoever is on duty in the national team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.db.models import F, Q, QuerySet

from floreo.core import clock, outbox, team_keys
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.feeds import duty_mail, logic
from floreo.feeds.actions.notices import held_now
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Feed, Finding, Notice, Reply, ReplyKind, Run, Severity
from floreo.feeds.selection import candidates, on_duty

PAUSE = timedelta(minutes=10)  # between two such mails, however much comes in
NEW_FOR = timedelta(days=7)  # a finding that opened longer ago is of an old file, and no news
_CHUNK = 500


def calls_for_help() -> QuerySet[Reply]:
    """Those that nobody has handled, and that the duty contact has not been mailed."""
    rows = Reply.objects.filter(kind=ReplyKind.NEED_HELP, handled_at=None, alerted_at=None, finding__reply=F("kind"))
    return rows.select_related("finding__organisation__merged_into").order_by("at", "pk")


def new_critical(today: date) -> QuerySet[Finding]:
    """Open, critical, begun within a week, and not mailed since it began. What was last seen on a night out of line is left
    out until a person lets it count."""
    unknown = Q(alerted_on=None) | Q(alerted_on__lt=F("opened_on"))
    rows = candidates(today).filter(
        unknown, severity=Severity.CRITICAL, state__in=logic.OPEN_STATES, opened_on__gt=today - NEW_FOR
    )
    return rows.select_related("organisation__merged_into").order_by("organisation", "kind", "pk")


def other_replies(now: datetime) -> QuerySet[Reply]:
    """What else organisations replied in the last days, of which the duty contact has not been mailed."""
    rows = Reply.objects.filter(alerted_at=None, handled_at=None, at__gt=now - NEW_FOR, finding__reply=F("kind"))
    rows = rows.exclude(kind=ReplyKind.NEED_HELP).select_related("finding__organisation__merged_into")
    return rows.order_by("at", "pk")


def silent_feeds() -> QuerySet[Feed]:
    return Feed.objects.filter(is_active=True, alerted_at=None).exclude(silent_since=None)


def undelivered_notices(today: date) -> QuerySet[Notice]:
    rows = Notice.objects.filter(alerted_at=None, on__gt=today - NEW_FOR).exclude(undelivered=[])
    return rows.select_related("organisation__merged_into").order_by("pk")


def held_nights() -> QuerySet[Run]:
    """Files out of line on which a person has to decide, and of which the duty contact has not been mailed."""
    return Run.objects.waiting().filter(alerted_at=None).select_related("feed").order_by("feed__name", "feed", "day")


def held_notices(today: date) -> int:
    """How many organisations were to be notified when today's notices were held; 0 where none are held, or where the duty contact
    has been mailed since."""
    held = held_now(today)
    if not held:
        return 0
    began = AuditEntry.objects.filter(verb="notices.held", detail__day=today.isoformat()).order_by("-number").first()
    assert began is not None  # what is held now was noted
    alerted = AuditEntry.objects.filter(verb="duty.alerted", number__gt=began.number, detail__held_notices__gt=0)
    return 0 if alerted.exists() else held


@dataclass(frozen=True)
class New:
    """What the duty contact has not been mailed of."""

    calls: Sequence[Reply]
    replies: Sequence[Reply]
    findings: Sequence[Finding]
    notices: Sequence[Notice]
    feeds: Sequence[Feed]
    nights: Sequence[Run]
    held_notices: int  # organisations whose notices are held

    @classmethod
    def of(cls, today: date) -> Self:
        return cls(
            list(calls_for_help()),
            list(other_replies(moment(today))),
            list(new_critical(today)),
            list(undelivered_notices(today)),
            list(silent_feeds()),
            list(held_nights()),
            held_notices(today),
        )

    def __len__(self) -> int:
        several = (self.calls, self.replies, self.findings, self.notices, self.feeds, self.nights)
        return sum(map(len, several)) + (self.held_notices > 0)


def alert_due(*, by: Actor) -> int:
    """Mails what is new to the duty contact, unless one was mailed within `PAUSE`: then it comes with the next. How many
    things were mailed."""
    lately = OutboxMail.objects.filter(kind=duty_mail.KIND, created_at__gt=clock.now() - PAUSE)
    if lately.exclude(state=MailState.DROPPED).exists():
        return 0
    today = clock.today()
    if on_duty() is None or not New.of(today):
        return 0
    return alert(today, by=by)


@action("duty.alerted", needs=Permission.FINDING_HANDLE, quiet=True)
def alert(today: date, *, by: Actor) -> int:
    """One mail to each address of the duty contact, with all that is new."""
    found = on_duty()
    new = New.of(today)
    if found is None or not new:
        return 0
    team, to = found
    news = duty_mail.News(
        _by_body(c.finding for c in new.calls),
        _by_body(new.findings),
        new.replies,
        new.notices,
        new.feeds,
        new.nights,
        new.held_notices,
    )
    outbox.post_all(duty_mail.mails_of(team, to, news))
    at = clock.now()
    for ids in _parts([each.pk for each in (*new.calls, *new.replies)]):
        Reply.objects.filter(pk__in=ids).update(alerted_at=at)
    for ids in _parts([f.pk for f in new.findings]):
        Finding.objects.filter(pk__in=ids).update(alerted_on=today)
    for ids in _parts([n.pk for n in new.notices]):
        Notice.objects.filter(pk__in=ids).update(alerted_at=at)
    Feed.objects.filter(pk__in=[feed.pk for feed in new.feeds]).update(alerted_at=at)
    for ids in _parts([night.pk for night in new.nights]):
        Run.objects.filter(pk__in=ids).update(alerted_at=at)
    note(
        team=team.code,
        **{name: len(getattr(new, name)) for name in ("calls", "replies", "findings", "notices", "feeds", "nights")},
        held_notices=new.held_notices,
    )
    return len(new)


def alert_of_key(*, by: Actor) -> int:
    """Mails the duty contact, once, that mail of the team waits for its key. Returns to how many addresses."""
    entry, found = team_keys.stopped(), on_duty()
    if entry is None or found is None:
        return 0
    alerted = AuditEntry.objects.filter(verb="duty.alerted_of_key", number__gt=entry.number)
    return 0 if alerted.exists() else alert_key_fails(entry, by=by)


@action("duty.alerted_of_key", needs=Permission.FINDING_HANDLE, quiet=True)
def alert_key_fails(entry: AuditEntry, *, by: Actor) -> int:
    """An e-mail of its own that is not signed, since it cannot wait for the key of which it speaks."""
    found = on_duty()
    if found is None:
        return 0
    team, to = found
    mails = duty_mail.key_mails(team, to, clock.day_of(entry.at))
    outbox.post_all(mails)
    note(team=team.code, mails=len(mails))
    return len(mails)


def _by_body(findings: Iterable[Finding]) -> dict[tuple[int, str], list[Finding]]:
    """By whose they are and what they are."""
    grouped: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.organisation.successor().pk, finding.kind].append(finding)
    return grouped


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


__all__ = ["alert", "alert_due", "alert_key_fails", "alert_of_key", "on_duty"]
