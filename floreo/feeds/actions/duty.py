"""Calls for help and new critical findings are mailed at once to whoever is on duty in the national team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.models import MailState, OutboxMail
from floreo.feeds import duty_mail, logic
from floreo.feeds.models import Finding, Reply, ReplyKind, Severity
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


def alert_due(*, by: Actor) -> int:
    """Mails what is new to the duty contact, unless one was mailed within `PAUSE`: then it comes with the next. How many
    things were mailed."""
    lately = OutboxMail.objects.filter(kind=duty_mail.KIND, created_at__gt=clock.now() - PAUSE)
    if lately.exclude(state=MailState.DROPPED).exists():
        return 0
    today = clock.today()
    if on_duty() is None or not (calls_for_help().exists() or new_critical(today).exists()):
        return 0
    return alert(today, by=by)


@action("duty.alerted", needs=Permission.FINDING_HANDLE, quiet=True)
def alert(today: date, *, by: Actor) -> int:
    """One mail to each address of the duty contact, with all that is new."""
    found = on_duty()
    calls, findings = list(calls_for_help()), list(new_critical(today))
    if found is None or not (calls or findings):
        return 0
    team, to = found
    outbox.post_all(duty_mail.mails_of(team, to, _by_body(c.finding for c in calls), _by_body(findings)))
    at = clock.now()
    for ids in _parts([c.pk for c in calls]):
        Reply.objects.filter(pk__in=ids).update(alerted_at=at)
    for ids in _parts([f.pk for f in findings]):
        Finding.objects.filter(pk__in=ids).update(alerted_on=today)
    note(team=team.code, calls=len(calls), findings=len(findings))
    return len(calls) + len(findings)


def _by_body(findings: Iterable[Finding]) -> dict[tuple[int, str], list[Finding]]:
    """By whose they are and what they are."""
    grouped: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.organisation.successor().pk, finding.kind].append(finding)
    return grouped


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


__all__ = ["alert", "alert_due", "on_duty"]
