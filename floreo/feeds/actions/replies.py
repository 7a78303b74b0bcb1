"""What those concerned say of their findings, by a notice's link or signed in; taking it back; and the team seeing to it.

An answer only says something: it closes nothing and mutes nothing. What was said before stays in the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import delete, lock_latest, refuse, save, save_many
from floreo.feeds import notice_mail
from floreo.feeds.holding_links import Holder, moment
from floreo.feeds.models import (
    Correction,
    CorrectionState,
    Finding,
    FindingState,
    FixClaim,
    Notice,
    NoticeLine,
    Reply,
    ReplyKind,
)
from floreo.organisations.models import Contact, Organisation
from floreo.organisations.queries import bodies_of

MOST_NOTE = 4000
RECEIPT_WAITS = timedelta(minutes=10)  # so that several answers in a row are reported in one mail
FOR_THE_TEAM = (
    ReplyKind.NEED_HELP,
    ReplyKind.FALSE_ALARM,
)  # somebody of the team sees to these; "not ours" is a correction
_CHUNK = 500
Part = TypeVar("Part")


def _parts(things: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """So many at once as a database takes in one question."""
    return (things[at : at + _CHUNK] for at in range(0, len(things), _CHUNK))


def must_answer(by: Actor) -> None:
    """Refuses whoever holds the link of an address that the register does not let reply."""
    if isinstance(by, Holder) and not by.may_answer:
        sentence = _("The register does not let %(address)s reply to notices. Ask a colleague who may, or the team.")
        raise Refused(sentence % {"address": by.address}, code="may_not_answer")


@action("finding.answered", needs=Permission.FINDING_ANSWER, quiet=True)
def answer(notice: Notice, *, by: Actor, replies: Mapping[int, str], remark: str = "") -> list[Reply]:
    """By a notice's link: what they say of its findings, by id. The very same said again changes nothing. Everybody whom
    the notice went to is informed."""
    notice = lock_latest(notice)
    must_answer(by)
    bodies = bodies_of([notice.organisation.successor().pk, notice.organisation_id])
    known = {f.pk: f for f in _held(replies, notice=notice, bodies=bodies)}
    if set(replies) - set(known):
        raise Missing(_("This finding is not in this notice, or is no longer yours."))
    made = _save_replies(list(known.values()), replies, remark, notice=notice, by=by)
    if made:
        _first_answer(notice, by)
        _notify_team(notice, by)
    return made


@action("finding.answered_signed_in", needs=Permission.FINDING_ANSWER, quiet=True)
def answer_signed_in(
    organisation: Organisation, *, by: Actor, replies: Mapping[int, str], remark: str = ""
) -> list[Reply]:
    """By whoever speaks for the organisation, or the team for it: of its findings, by id."""
    bodies = bodies_of([organisation.pk])
    known = {f.pk: f for f in _held(replies, bodies=bodies)}
    if set(replies) - set(known):
        raise Missing(_("This finding does not belong to this organisation."))
    made = _save_replies(list(known.values()), replies, remark, notice=None, by=by)
    for part in _parts([row.finding_id for row in made]):
        notified = Notice.objects.select_for_update().filter(organisation__in=bodies, answered_at=None)
        for notice in notified.filter(pk__in=NoticeLine.objects.filter(finding__in=part).order_by().values("notice")):
            notice.answered_at = moment(clock.today())  # whichever way it was answered
            save(notice, full_clean=False)
    return made


def _held(replies: Mapping[int, str], *, bodies: set[int], notice: Notice | None = None) -> list[Finding]:
    """The findings that were meant, of these bodies and in that notice, held until the end."""
    found: list[Finding] = []
    for ids in _parts(sorted(replies)):
        rows = Finding.objects.select_for_update(of=("self",)).filter(pk__in=ids, organisation__in=bodies)
        if notice is not None:
            rows = rows.filter(pk__in=notice.lines.order_by().values("finding"))
        found += rows
    return found


def _save_replies(
    findings: Sequence[Finding], replies: Mapping[int, str], remark: str, *, notice: Notice | None, by: Actor
) -> list[Reply]:
    words = _remark(remark)
    if set(replies.values()) - set(ReplyKind.values):
        raise refuse("reply", _("Choose a reply."), code="missing")
    last, asked = _last_answers(findings), _asked_networks(findings)
    at, today = moment(clock.today()), clock.today()
    made, changed = [], []
    for finding in findings:
        word, before = replies[finding.pk], last.get(finding.pk)
        if before is not None and _is_repeated(finding, before, word, words, asked):
            continue
        made.append(
            Reply(
                finding=finding,
                notice=notice,
                kind=word,
                note=words,
                at=at,
                replied_by=by.actor_name[:200],
                link_to=by.address if isinstance(by, Holder) else "",
            )
        )
        _put(finding, word, today)
        changed.append(finding)
    if made:
        _store(made, changed)
        _open_corrections(made, asked)
        note(replies=dict(Counter(str(row.kind) for row in made)))
    return made


def _is_repeated(finding: Finding, before: Reply, word: str, words: str, asked: set[tuple[int, str]]) -> bool:
    """Whether the very same was said and still waits for its outcome, so that saying it again adds nothing."""
    if not (finding.reply == before.kind == word and words in ("", before.note)):
        return False
    if word == ReplyKind.NOT_OURS:
        return (finding.organisation_id, _network(finding)) in asked
    return before.handled_at is None and finding.claim != FixClaim.CONTRADICTED


def _network(finding: Finding) -> str:
    return finding.network or finding.subject


def _asked_networks(findings: Sequence[Finding]) -> set[tuple[int, str]]:
    """About which of their networks a question waits for a decision."""
    bodies = {finding.organisation_id for finding in findings}
    rows = Correction.objects.filter(state=CorrectionState.OPEN, organisation__in=bodies)
    return set(rows.values_list("organisation_id", "network"))


def _remark(replies: str) -> str:
    words = replies.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > MOST_NOTE:
        sentence = _("This text has %(length)d characters. Shorten it to %(most)d.") % {
            "length": len(words),
            "most": MOST_NOTE,
        }
        raise refuse("remark", sentence, code="too_long")
    return words


def _put(finding: Finding, word: str, today: date) -> None:
    """What the finding shows of its last answer. Fixed already: the reports have shown it before anybody said so."""
    finding.reply, finding.replied_on = word, today
    finding.claim = ""
    if word == ReplyKind.FIXED:
        finding.claim = FixClaim.SHOWN if finding.state == FindingState.FIXED else FixClaim.CLAIMED


def _last_answers(findings: Sequence[Finding]) -> dict[int, Reply]:
    found: dict[int, Reply] = {}
    for part in _parts(findings):
        for row in Reply.objects.filter(finding__in=[f.pk for f in part]).order_by("at", "pk"):
            found[row.finding_id] = row
    return found


def _store(made: list[Reply], changed: list[Finding]) -> None:
    """Thousands may be answered at once, so rows go together; the trail names the findings and what was said of each."""
    save_many(made, model=Reply)
    alike: dict[tuple[str, date | None, str], list[int]] = {}
    for finding in changed:
        alike.setdefault((finding.reply, finding.replied_on, finding.claim), []).append(finding.pk)
    for (word, on, claim), pks in alike.items():
        for part in _parts(pks):
            Finding.objects.filter(pk__in=part).update(reply=word, replied_on=on, claim=claim)
    named: dict[str, list[int]] = {}
    for row in made:
        named.setdefault(row.kind, []).append(row.finding_id)
    note(replies=named, remark=made[0].note[:500])


def _open_corrections(made: Sequence[Reply], asked: set[tuple[int, str]]) -> None:
    """One a network, however many findings lie in it; what waits for a decision already is not asked twice."""
    for row in made:
        name = row.finding.organisation_id, _network(row.finding)
        if row.kind != ReplyKind.NOT_OURS or name in asked:
            continue
        asked.add(name)
        correction = Correction(
            answer=row,
            organisation_id=name[0],
            network=name[1],
            reason=row.finding.reason,
            source=row.replied_by,
        )
        save(correction, full_clean=False)


def _first_answer(notice: Notice, by: Actor) -> None:
    if notice.answered_at is None:
        notice.answered_at = moment(clock.today())
        save(notice, full_clean=False)
    _verify(notice, by)


def _verify(notice: Notice, by: Actor) -> None:
    """Somebody there answered by the link sent to this address: the contact is known to be read, as of today."""
    if not isinstance(by, Holder):
        return
    bodies = bodies_of([notice.organisation.successor().pk, notice.organisation_id])
    for contact in Contact.objects.filter(organisation__in=bodies, email__iexact=by.address):
        if contact.verified_on is None or contact.verified_on < clock.today():
            contact.verified_on = clock.today()
            save(contact, full_clean=False)


@action("notice.received", needs=Permission.FINDING_ANSWER, quiet=True)
def record_received(notice: Notice, *, by: Actor) -> Notice:
    """One press: the notice reached the right people. Says nothing of any finding."""
    notice = lock_latest(notice)
    _verify(notice, by)
    return notice


def _notify_team(notice: Notice, by: Actor) -> None:
    """Each address of the notice gets a receipt of all that is answered. A receipt that waits is replaced and keeps its
    turn, so that nobody is sent one a press, nor kept from getting any."""
    rows = notice.answers.select_related("finding").order_by("at", "pk")
    current = sorted({a.finding_id: a for a in rows}.values(), key=lambda a: (a.at, a.pk), reverse=True)
    waiting = OutboxMail.objects.filter(kind="feeds.receipt", about=key(notice), state=MailState.WAITING)
    due = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first() or clock.now() + RECEIPT_WAITS
    mails = [notice_mail.receipt(notice, place, current, replied_by=by.actor_name) for place in range(len(notice.to))]
    for mail in mails:
        mail.next_try_at = due
    outbox.post_all(mails)


@action("finding.answer_taken_back", needs=Permission.FINDING_ANSWER, quiet=True)
def take_back(notice: Notice, *, by: Actor, findings: Sequence[int]) -> int:
    """What was said by this notice's link of these findings goes, with the questions that it opened; what was said before
    counts again. What the team has seen to stays."""
    notice = lock_latest(notice)
    must_answer(by)
    rows = list(notice.answers.filter(finding__in=findings).select_related("finding", "correction"))
    if any(_is_handled(row) for row in rows):
        raise Refused(_("The team has already dealt with this. Reply to the e-mail to contact them."), code="handled")
    touched = _delete_replies(rows)
    if rows:
        _notify_team(notice, by)
    return len(touched)


@action("finding.answer_undone", needs=Permission.FINDING_ANSWER, quiet=True)
def undo_answers(organisation: Organisation, *, by: Actor, replies: Sequence[int], notices: Sequence[int] = ()) -> int:
    """Takes back replies that were given signed in, with the questions that they opened; what was replied before counts again. `notices`
    are those that they made answered: where nothing else answers one, it waits for its first reply again. Refuses when the team dealt
    with one of them, and when a finding has a newer reply. Returns how many findings."""
    bodies = bodies_of([organisation.pk])
    rows = list(
        Reply.objects.filter(pk__in=replies, notice=None, finding__organisation__in=bodies)
        .select_related("finding", "correction")
        .order_by("pk")
    )
    if len(rows) != len(set(replies)):
        raise Refused(_("A reply is no longer there, or its finding went to another organisation."), code="gone")
    if any(_is_handled(row) for row in rows):
        raise Refused(_("The team has already dealt with a reply, so it stays."), code="handled")
    last = _last_answers([row.finding for row in rows])
    if any(last[row.finding_id].pk not in replies for row in rows):
        raise Refused(_("A finding has a newer reply, so the one before it stays."), code="newer")
    touched = _delete_replies(rows)
    waiting = Notice.objects.select_for_update().filter(pk__in=notices, organisation__in=bodies)
    for notice in waiting.exclude(answered_at=None):
        if not _is_answered(notice):
            notice.answered_at = None
            save(notice, full_clean=False)
    return len(touched)


def _is_answered(notice: Notice) -> bool:
    """Whether a reply is kept that came by it, or signed in to one of its findings since it was sent."""
    signed_in = Reply.objects.filter(notice=None, finding__in=notice.lines.order_by().values("finding"))
    if notice.posted_at is not None:
        signed_in = signed_in.filter(at__gte=notice.posted_at)
    return notice.answers.exists() or signed_in.exists()


def _delete_replies(rows: Sequence[Reply]) -> dict[int, Finding]:
    """Their findings show what was replied before them. A run may be writing the findings, so they are held until the end."""
    held = Finding.objects.select_for_update().filter(pk__in={row.finding_id for row in rows})
    touched = {finding.pk: finding for finding in held.order_by("pk")}
    for row in rows:
        _hand_on(row, but=touched)
        delete(row)
    last = _last_answers(list(touched.values()))
    for pk, finding in touched.items():
        before = last.get(pk)
        finding.reply, finding.claim, finding.replied_on = "", "", None
        if before is not None:
            _put(finding, before.kind, before.at.date())
        save(finding, full_clean=False)
    return touched


def _hand_on(row: Reply, *, but: Mapping[int, Finding]) -> None:
    """A question about a network stays open as long as anybody says so: it passes to another answer that does."""
    correction = Correction.objects.filter(answer=row).first()
    if correction is None:
        return
    network = {"finding__network": row.finding.network, "finding__organisation": row.finding.organisation_id}
    others = Reply.objects.filter(kind=ReplyKind.NOT_OURS, finding__reply=ReplyKind.NOT_OURS, **network)
    other = others.exclude(finding__in=list(but)).order_by("pk").first() if row.finding.network else None
    if other is not None:
        correction.answer, correction.source = other, other.replied_by
        save(correction, full_clean=False)


def _is_handled(row: Reply) -> bool:
    correction = getattr(row, "correction", None)
    return row.handled_at is not None or (correction is not None and correction.state != CorrectionState.OPEN)


@action("answer.handled", needs=Permission.FINDING_HANDLE)
def see_to(row: Reply, *, by: Actor, answer: str = "", with_its_like: bool = True) -> int:
    """The team has seen to a call for help or a false alarm; with words, these go to whoever asked. Those that said the same
    of the same organisation at the same time are seen to together. Returns how many."""
    row = lock_latest(row)
    if row.kind not in FOR_THE_TEAM:
        raise Refused(_("This reply needs no action from the team."), code="not_asked")
    if row.handled_at is not None:
        raise Refused(
            _("%(who)s has already dealt with this. Reload the page.") % {"who": row.handled_by}, code="handled"
        )
    rows = [row]
    if with_its_like:
        like = Reply.objects.select_for_update().filter(
            kind=row.kind, handled_at=None, at=row.at, replied_by=row.replied_by
        )
        rows += like.filter(notice=row.notice_id).exclude(pk=row.pk)
    words = _remark(answer)
    for each in rows:
        each.handled_at, each.handled_by, each.answer = moment(clock.today()), by.actor_name[:200], words
        save(each, full_clean=False)
    if words and row.notice is not None:
        outbox.post_all([notice_mail.reply(row, to, words, by=by.actor_name) for to in row.notice.to])
    return len(rows)


@action("answer.unhandled", needs=Permission.FINDING_HANDLE)
def unhandle(row: Reply, *, by: Actor) -> Reply:
    """Takes back that somebody saw to it. Not once words went to whoever asked: an e-mail cannot be taken back."""
    row = lock_latest(row)
    if row.answer:
        raise Refused(_("A reply was sent with it, which cannot be taken back."), code="answered")
    row.handled_at, row.handled_by = None, ""
    return save(row, full_clean=False)


__all__ = [
    "FOR_THE_TEAM",
    "answer",
    "answer_signed_in",
    "record_received",
    "see_to",
    "take_back",
    "undo_answers",
    "unhandle",
]
