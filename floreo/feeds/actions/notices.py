"""Notices to those concerned: sent, sent again, left out for once, their links ended; and the rules of who gets what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import AuditEntry
from floreo.core.writing import assign, delete, lock_latest, refuse, save, save_many
from floreo.feeds import logic, notice_mail, sent_words
from floreo.feeds.engine.store import Wanted
from floreo.feeds.holding_links import moment
from floreo.feeds.lines import read_ahead
from floreo.feeds.models import Every, Finding, Notice, NoticeLine, NoticeRule, Severity
from floreo.feeds.pools import Pools
from floreo.feeds.presenters.finding_text import changes_now, why_text
from floreo.feeds.selection import EVERY_WORDS, Chooser, Contacts, DraftNotice, Item, on_duty
from floreo.organisations.models import ContactRole, Organisation
from floreo.organisations.queries import bodies_of, the_country

HANDLE = Permission.FINDING_HANDLE
_CHUNK = 500
_LOOK_BACK = timedelta(days=30)
_LINES_AHEAD = 10_000  # evidence lines that a process holds


def send_notices(today: date, *, by: Actor = SYSTEM, hour: int | None = None) -> int:
    """Posts every notice that is due on `today` and returns how many. Run again it posts nothing twice. With `hour`, notices
    that keep to a day, week or month wait for the morning."""
    return _write(_due(Chooser(today, hour=hour)), by=by, today=today, hour=hour)


@dataclass
class _Due:
    """Who is written to, and which of their evidence lines are read together: of the first ones, so far as a process may hold them."""

    organisations: list[Organisation] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    lines: int = 0


def _due(chooser: Chooser) -> _Due:
    due, pools = _Due(), Pools.now()
    for organisation in chooser.organisations():
        if not (letters := chooser.plan(organisation).letters):
            continue
        due.organisations.append(organisation)
        if due.lines < _LINES_AHEAD:
            wanted, lines = notice_mail.wanted_ahead(letters, pools)
            due.lines += lines
            if due.lines <= _LINES_AHEAD:
                due.wanted += wanted
    return due


def _write(due: _Due, *, by: Actor, today: date, hour: int | None) -> int:
    with read_ahead(due.wanted):
        return sum(len(write_to(o, by=by, today=today, hour=hour)) for o in due.organisations)


def send_due(*, by: Actor = SYSTEM) -> int:
    """Posts what is due now, by the country's day and hour. For the worker. Where far more are due than usual, none is
    posted: they wait for a person (`release_notices`)."""
    country, today = the_country(), clock.today()
    hour = clock.now().astimezone(ZoneInfo(country.zone if country else "UTC")).hour
    due = _due(Chooser(today, hour=hour))
    if not is_released(today) and logic.are_many(len(due.organisations) + _written_to(today), _usual(today)):
        team = on_duty()
        hold_notices(team[0] if team else None, by=by, today=today, due=len(due.organisations))
        return 0
    unhold_notices(today, by=by)
    return _write(due, by=by, today=today, hour=hour)


def _written_to(today: date) -> int:
    return Notice.objects.filter(on=today).exclude(to=[]).values("organisation").distinct().count()


def _usual(today: date) -> list[int]:
    """To how many organisations notices went, day by day, where any went."""
    rows = Notice.objects.filter(on__lt=today, on__gte=today - _LOOK_BACK).exclude(to=[]).order_by()
    return list(rows.values("on").annotate(n=Count("organisation", distinct=True)).values_list("n", flat=True))


@action("notices.held", needs=HANDLE, quiet=True)
def hold_notices(team: Organisation | None, *, by: Actor, today: date, due: int) -> None:
    """Notes, once a day, that far more notices are due than usual: a mistake in a feed, or in the register, would otherwise
    reach all of them at once. The entry is about the national team, whose decision it is."""
    if held_today(today) is None:
        note(day=today.isoformat(), organisations=due, notices={"organisations": due})


@action("notices.unheld", needs=HANDLE, quiet=True)
def unhold_notices(today: date, *, by: Actor) -> None:
    """What was held is no longer due: a file was refused, or the findings closed. Notices go by themselves again."""
    if held_today(today) is not None and not is_released(today):
        note(day=today.isoformat())


@action("notices.released", needs=HANDLE)
def release_notices(today: date, *, by: Actor) -> int:
    """A person sends what was held, and what else becomes due that day goes by itself. How many notices."""
    held = held_today(today)
    if held is None or is_released(today):
        raise Refused(_("No notice waits any more. Reload the page."), code="not_held")
    note(day=today.isoformat(), organisations=held)
    return send_notices(today, by=by)


def held_today(today: date) -> int | None:
    """How many organisations were to be notified when their notices were held; None where none are."""
    entries = AuditEntry.objects.filter(verb__in=["notices.held", "notices.unheld"], detail__day=today.isoformat())
    newest = entries.order_by("-number").first()
    return int(newest.detail["organisations"]) if newest is not None and newest.verb == "notices.held" else None


def held_now(today: date) -> int | None:
    """The same where nobody has sent them yet."""
    held = held_today(today)
    return held if held and not is_released(today) else None


def is_released(today: date) -> bool:
    return AuditEntry.objects.filter(verb="notices.released", detail__day=today.isoformat()).exists()


@action("notice.sent", needs=HANDLE, quiet=True)
def write_to(
    organisation: Organisation, *, by: Actor, today: date | None = None, hour: int | None = None
) -> list[Notice]:
    """Posts what is due to one organisation, in one transaction with what it says. Chosen again under a lock, so that two
    workers never write the same notice."""
    organisation = lock_latest(organisation)
    chooser, words = Chooser(today or clock.today(), hour=hour), dict[str, str]()
    sent = [_send(letter, chooser.today, words) for letter in chooser.plan(organisation).letters]
    if words:
        note(words=words)
    return sent


def _send(letter: DraftNotice, today: date, words: dict[str, str]) -> Notice:
    """`words` takes the hashes of what is posted."""
    at = moment(today)
    notice = Notice(
        organisation=letter.organisation,
        contact_role=letter.role,
        on=today,
        start=letter.start,
        end=letter.end,
        to=[reach.address for reach in letter.to],
        tlp=letter.tlp,
        posted_at=at,
        link_until=at + logic.LINK_LIVES,
    )
    save(notice, full_clean=False)
    with translation.override("en"):  # the lines are the team's record; notice and page say it in the reader's language
        save_many([_line(notice, item, letter.asked_role) for item in letter.items], model=NoticeLine)
    mails = notice_mail.mails_of(notice, letter.to, letter.items, asked_role=letter.asked_role)
    outbox.post_all(mails)
    words |= sent_words.digests(mails)
    _mark_notified(letter.items, today)
    return notice


def _line(notice: Notice, item: Item, asked: str) -> NoticeLine:
    finding = item.finding
    why = why_text(finding.reason, finding.network, finding.service)
    rule = item.rule.reason or f"{ContactRole(asked).label}, {EVERY_WORDS[item.rule.every]}"
    return NoticeLine(notice=notice, finding=finding, state=finding.state, rule=rule[:300], why=why[:300])


def _mark_notified(items: Sequence[Item], today: date) -> None:
    """Bookkeeping of the notice: each finding says when it was last notified, and as what."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_state[item.finding.state].append(item.finding.pk)
    for state, ids in by_state.items():
        for at in range(0, len(ids), _CHUNK):
            Finding.objects.filter(pk__in=ids[at : at + _CHUNK]).update(notified_on=today, notified_state=state)


@action("notice.skipped", needs=HANDLE)
def skip(organisation: Organisation, *, by: Actor, role: str, reason: str) -> Notice:
    """Today's notice to these contacts is left out. What it would have said comes with the next."""
    organisation = lock_latest(organisation)
    if not reason.strip():
        raise refuse("reason", _("Give the reason for leaving it out."), code="missing")
    today = clock.today()
    letter = next((x for x in Chooser(today).plan(organisation).letters if x.role == role), None)
    if letter is None:
        raise Refused(_("No notice is due to them today. Reload the page."), code="not_due")
    note(reason=reason.strip()[:500])
    at = moment(today)
    return save(
        Notice(
            organisation=organisation,
            contact_role=role,
            on=today,
            start=letter.start,
            end=letter.end,
            tlp=letter.tlp,
            posted_at=at,
            link_until=at,
        ),
        full_clean=False,
    )


@action("notice.resent", needs=HANDLE)
def resend(notice: Notice, *, by: Actor) -> int:
    """The same notice once more, as things are now, to whom it is for today. An ended or old link opens again."""
    notice = lock_latest(notice)
    if not notice.to:
        raise Refused(_("This notice was left out, so there is nothing to send again."), code="skipped")
    organisation = notice.organisation.successor()
    role, to = Contacts(organisation, bodies_of([organisation.pk])).of(notice.contact_role)
    if not to:
        raise Refused(_("The register has no address for this organisation. Add a contact first."), code="no_address")
    at = moment(clock.today())
    outbox.withdraw_mail(notice_mail.KIND, key(notice))
    if notice.to != [r.address for r in to] or at >= notice.link_until:
        notice.link_version += 1
    notice.to, notice.link_until = [r.address for r in to], at + logic.LINK_LIVES
    save(notice, full_clean=False)
    mails = notice_mail.mails_of(notice, to, items_of(notice), asked_role=role)
    note(words=sent_words.digests(mails))
    return outbox.post_all(mails)


def items_of(notice: Notice) -> list[Item]:
    """What a notice said, as it is today. What has gone to another organisation since is left out."""
    rows = Finding.objects.filter(
        lines__notice=notice, organisation__in=bodies_of([notice.organisation.successor().pk])
    )
    ordered = rows.select_related("feed").order_by("severity_rank", "kind", "subject", "port", "pk")
    return [Item(finding, changes_now(finding), NoticeRule()) for finding in ordered]


@action("notice.link_ended", needs=HANDLE)
def end_link(notice: Notice, *, by: Actor, reason: str = "") -> Notice:
    """No link of this notice opens any more, for instance because it got into wrong hands. What waits is not sent."""
    notice = lock_latest(notice)
    notice.link_version += 1
    if reason.strip():
        note(reason=reason.strip()[:500])
    outbox.withdraw_mail(notice_mail.KIND, key(notice))
    outbox.withdraw_mail("feeds.receipt", key(notice))
    return save(notice, full_clean=False)


# Rules of notices.


class RuleFacts(TypedDict, total=False):
    position: int
    organisation: Organisation | None
    kind: str
    worst: str
    contact_role: str
    every: str
    resend_days: int
    reason: str


def check_rule(rule: NoticeRule) -> None:
    for name, allowed in (("contact_role", ContactRole), ("every", Every)):
        if getattr(rule, name) not in allowed.values:
            raise refuse(name, _("Choose an option from the list."), code="missing")
    if rule.worst and rule.worst not in Severity.values:
        raise refuse("worst", _("Choose an option from the list."), code="missing")
    if rule.every == Every.NEVER and not rule.reason.strip():
        raise refuse("reason", _("Give the reason for not notifying them."), code="missing")
    if not 0 <= rule.resend_days <= 366:
        raise refuse("resend_days", _("Enter a number of days up to 366."), code="bad_value")


@action("notice_rule.made", needs=HANDLE)
def make_rule(*, by: Actor, is_first: bool = False, **facts: Unpack[RuleFacts]) -> NoticeRule:
    """Comes last unless it says where, or `is_first`: of several that fit, the first counts."""
    last = NoticeRule.objects.order_by("-position").values_list("position", flat=True).first()
    rule = NoticeRule(position=0 if last is None or is_first else last + 1)
    for position, each in enumerate(NoticeRule.objects.select_for_update().order_by("position", "pk"), start=1):
        if is_first:
            each.position = position
            save(each)
    assign(rule, facts)
    check_rule(rule)
    return save(rule)


@action("notice_rule.changed", needs=HANDLE)
def change_rule(rule: NoticeRule, *, by: Actor, version: int | None = None, **facts: Unpack[RuleFacts]) -> NoticeRule:
    rule = lock_latest(rule, version)
    assign(rule, facts)
    check_rule(rule)
    return save(rule)


@action("notice_rule.moved", needs=HANDLE)
def move_rule(rule: NoticeRule, *, by: Actor, up: bool) -> None:
    """One place up or down: of several that fit, the first counts."""
    rules = list(NoticeRule.objects.select_for_update().order_by("position", "pk"))
    at = next(n for n, each in enumerate(rules) if each.pk == rule.pk)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rules):
        rules[at], rules[to] = rules[to], rules[at]
    for position, each in enumerate(rules):
        each.position = position
        save(each)


@action("notice_rule.removed", needs=HANDLE)
def remove_rule(rule: NoticeRule, *, by: Actor) -> None:
    delete(lock_latest(rule))


__all__ = [
    "change_rule",
    "check_rule",
    "end_link",
    "held_now",
    "held_today",
    "is_released",
    "items_of",
    "make_rule",
    "move_rule",
    "release_notices",
    "remove_rule",
    "resend",
    "send_due",
    "send_notices",
    "skip",
    "write_to",
]
