"""What the team says ends findings: a false alarm, an acceptance until a day, not ours. It changes no published figure, has a reason
and an end day, and can be undone; when its day has passed the findings are open again, and somebody is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, refuse, save
from floreo.feeds import logic
from floreo.feeds.actions.aggregate import settle_again
from floreo.feeds.actions.finding_rows import network_of, plain, see_again
from floreo.feeds.models import EndingKind, Feed, Finding, FindingEnding

HANDLE = Permission.FINDING_HANDLE
LONGEST = timedelta(days=366)
BY_PEOPLE = (EndingKind.FALSE_ALARM, EndingKind.ACCEPTED, EndingKind.OUTSIDE)


@action("ending.made", needs=HANDLE)
def end_findings(
    kind: str,
    *,
    by: Actor,
    reason: str,
    ends_on: date | None,
    finding: Finding | None = None,
    subject: str = "",
    finding_kind: str = "",
    feed: Feed | None = None,
) -> FindingEnding:
    """Of one finding, or of all that fit an address, prefix or name, a kind and a feed: those of today, and those to come until the
    day."""
    ending = FindingEnding(
        kind=kind,
        finding=finding,
        subject=_subject(subject),
        finding_kind=finding_kind.strip(),
        feed=feed,
        reason=_reason(reason),
        made_by=by.actor_name[:200],
        made_on=clock.today(),
        ends_on=last_day(ends_on),
    )
    if kind not in BY_PEOPLE:
        raise refuse("kind", _("Choose how the findings end."))
    if finding is None and not (ending.subject or ending.finding_kind or feed):
        raise refuse(
            "subject", _("Enter an address, a network, a name, a kind or a feed: not all findings can end at once.")
        )
    save(ending)
    note(findings=settle_again(fitting(ending)))
    return ending


def _reason(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise refuse("reason", _("Give the reason. It is shown with each finding."), code="missing")
    return words[:500]


def last_day(day: date | None) -> date:
    """The day until which findings end, as it may be: from today, within a year."""
    today = clock.today()
    if day is None:
        raise refuse("ends_on", _("Enter the last day. It comes back to My tasks after that."), code="missing")
    if day < today:
        raise refuse("ends_on", _("This day has passed. Enter today or a later day."))
    if day > today + LONGEST:
        raise refuse("ends_on", _("Enter a day within a year. It can be extended then."))
    return day


def _subject(text: str) -> str:
    """An address or prefix in the way that the register writes it; a name in small letters."""
    words = text.replace("\x00", "").strip()
    network = network_of(words)
    if network is None:
        if "/" in words:
            raise refuse("subject", _("This is no network. Write it as 192.0.2.0/24."))
        return words.lower()[:255]
    if network.prefixlen < (8 if network.version == 4 else 16):
        raise refuse("subject", _("This network is larger than any organisation’s. Enter a smaller one."))
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def fitting(ending: FindingEnding) -> QuerySet[Finding]:
    """The findings that it acts on, also those that it ended before."""
    if ending.finding_id is not None:
        return Finding.objects.filter(pk=ending.finding_id)
    rows = Finding.objects.all()
    if ending.finding_kind:
        rows = rows.filter(kind=ending.finding_kind)
    if ending.feed_id is not None:
        rows = rows.filter(feed_id=ending.feed_id)
    network = network_of(ending.subject)
    if network is None:
        rows = rows.filter(subject=ending.subject) if ending.subject else rows
    elif network.num_addresses == 1:
        rows = rows.filter(ip=str(network.network_address))
    else:
        at = rows.exclude(ip=None).filter(Q(observed__in=logic.OPEN_STATES) | Q(ending=ending))
        inside = [pk for pk, ip in at.values_list("pk", "ip").iterator() if network_of(ip).subnet_of(network)]  # type: ignore[union-attr,arg-type]
        return Finding.objects.filter(pk__in=inside)
    return rows.filter(Q(observed__in=logic.OPEN_STATES) | Q(ending=ending))


def must_hold(ending: FindingEnding) -> None:
    if ending.undone_on is not None:
        raise Refused(_("This was undone already. Reload the page."), code="undone")


def must_be_by_people(ending: FindingEnding) -> None:
    must_hold(ending)
    if ending.ends_on is None:
        raise Refused(_("This has no end day: it ends when the finding is seen again."), code="no_day")


@action("ending.undone", needs=HANDLE)
def undo_ending(ending: FindingEnding, *, by: Actor, version: int | None = None) -> FindingEnding:
    """As if it had not been said: what is still seen is open again, and what a source took back counts as seen on those days."""
    ending = lock_latest(ending, version)
    must_hold(ending)
    ending.undone_on, ending.undone_by = clock.today(), by.actor_name[:200]
    save(ending)
    touched = list(Finding.objects.filter(ending=ending).values_list("pk", flat=True))
    if ending.taken_back and ending.finding_id is not None:
        (row,) = plain(Finding.objects.select_for_update().filter(pk=ending.finding_id))
        for source, days in ending.taken_back.items():
            for day in days:
                see_again(row, source, date.fromisoformat(day))
        Finding.objects.filter(pk=ending.finding_id).update(seen=row["seen"])
    note(findings=settle_again(_with(touched, ending)))
    return ending


def _with(pks: Iterable[int], ending: FindingEnding) -> QuerySet[Finding]:
    return Finding.objects.filter(pk__in={*pks, *([ending.finding_id] if ending.finding_id else [])})


@action("ending.renewed", needs=HANDLE)
def renew_ending(
    ending: FindingEnding, *, by: Actor, ends_on: date | None, reason: str, version: int | None = None
) -> FindingEnding:
    """For longer, with a reason of today."""
    ending = lock_latest(ending, version)
    must_be_by_people(ending)
    ending.ends_on, ending.reason, ending.made_by = last_day(ends_on), _reason(reason), by.actor_name[:200]
    save(ending)
    note(findings=settle_again(fitting(ending)))
    return ending


@action("endings.ran_out", needs=Permission.FEED_RUN, quiet=True)
def open_what_ran_out(*, by: Actor) -> int:
    """The job: findings whose acceptance, false alarm or *not ours* has run out are open again. Returns how many."""
    ran_out = FindingEnding.objects.ran_out(clock.today())
    pks = list(Finding.objects.filter(ending__in=ran_out).values_list("pk", flat=True))
    if pks:
        note(findings=settle_again(Finding.objects.filter(pk__in=pks)))
    return len(pks)
