"""What those concerned say of their findings, by a letter's link or signed in; taking it back; and the team seeing to it.

An answer only says something: it closes nothing and mutes nothing. What was said before stays in the trail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, drop, keep, keep_all, note
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.feeds import letters
from floreo.feeds.holding_links import Holder, moment
from floreo.feeds.models import (
    Answer,
    Claim,
    Correction,
    CorrectionState,
    Digest,
    DigestLine,
    Finding,
    FindingState,
    Said,
)
from floreo.organisations.actions.checking import newest, refuse
from floreo.organisations.models import Contact, Organisation
from floreo.organisations.queries import bodies_of

MOST_NOTE = 4000
RECEIPT_WAITS = timedelta(minutes=10)  # so that several answers in a row are told in one mail
FOR_THE_TEAM = (Said.NEED_HELP, Said.FALSE_ALARM)  # somebody of the team sees to these; "not ours" is a correction
_CHUNK = 500
Part = TypeVar("Part")


def _parts(things: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """So many at once as a database takes in one question."""
    return (things[at : at + _CHUNK] for at in range(0, len(things), _CHUNK))


@action("finding.answered", needs=Permission.FINDING_ANSWER, quiet=True)
def answer(digest: Digest, *, by: Actor, said: Mapping[int, str], remark: str = "") -> list[Answer]:
    """By a letter's link: what they say of its findings, by id. The very same said again changes nothing. Everybody whom
    the letter went to is told."""
    digest = newest(digest)
    bodies = bodies_of([digest.organisation.heir().pk, digest.organisation_id])
    known = {f.pk: f for f in _held(said, digest=digest, bodies=bodies)}
    if set(said) - set(known):
        raise Missing(_("That finding is not in this letter, or is no longer yours."))
    made = _say(list(known.values()), said, remark, digest=digest, by=by)
    if made:
        _first_answer(digest, by)
        _tell(digest, by)
    return made


@action("finding.answered_signed_in", needs=Permission.FINDING_ANSWER, quiet=True)
def answer_signed_in(
    organisation: Organisation, *, by: Actor, said: Mapping[int, str], remark: str = ""
) -> list[Answer]:
    """By whoever speaks for the organisation, or the team for it: of its findings, by id."""
    bodies = bodies_of([organisation.pk])
    known = {f.pk: f for f in _held(said, bodies=bodies)}
    if set(said) - set(known):
        raise Missing(_("That finding is not of this organisation."))
    made = _say(list(known.values()), said, remark, digest=None, by=by)
    for part in _parts([row.finding_id for row in made]):
        told = Digest.objects.select_for_update().filter(organisation__in=bodies, answered_at=None)
        for digest in told.filter(pk__in=DigestLine.objects.filter(finding__in=part).order_by().values("digest")):
            digest.answered_at = moment(clock.today())  # whichever way it was answered
            keep(digest, full_clean=False)
    return made


def _held(said: Mapping[int, str], *, bodies: set[int], digest: Digest | None = None) -> list[Finding]:
    """The findings that were meant, of these bodies and in that letter, held until the end."""
    found: list[Finding] = []
    for ids in _parts(sorted(said)):
        rows = Finding.objects.select_for_update(of=("self",)).filter(pk__in=ids, organisation__in=bodies)
        if digest is not None:
            rows = rows.filter(pk__in=digest.lines.order_by().values("finding"))
        found += rows
    return found


def _say(
    findings: Sequence[Finding], said: Mapping[int, str], remark: str, *, digest: Digest | None, by: Actor
) -> list[Answer]:
    words = _remark(remark)
    if set(said.values()) - set(Said.values):
        raise refuse("said", _("Choose what you want to say."), code="missing")
    last, asked = _last_answers(findings), _asked_networks(findings)
    at, today = moment(clock.today()), clock.today()
    made, changed = [], []
    for finding in findings:
        word, before = said[finding.pk], last.get(finding.pk)
        if before is not None and _stands(finding, before, word, words, asked):
            continue
        made.append(Answer(finding=finding, digest=digest, said=word, note=words, at=at, said_by=by.actor_name[:200]))
        _put(finding, word, today)
        changed.append(finding)
    if made:
        _keep(made, changed)
        _open_corrections(made, asked)
    return made


def _stands(finding: Finding, before: Answer, word: str, words: str, asked: set[tuple[int, str]]) -> bool:
    """Whether the very same was said and still waits for its outcome, so that saying it again adds nothing."""
    if not (finding.said == before.said == word and words in ("", before.note)):
        return False
    if word == Said.NOT_OURS:
        return (finding.organisation_id, _network(finding)) in asked
    return before.handled_at is None and finding.claim != Claim.CONTRADICTED


def _network(finding: Finding) -> str:
    return finding.network or finding.subject


def _asked_networks(findings: Sequence[Finding]) -> set[tuple[int, str]]:
    """About which networks of theirs a question waits for a decision."""
    bodies = {finding.organisation_id for finding in findings}
    rows = Correction.objects.filter(state=CorrectionState.OPEN, organisation__in=bodies)
    return set(rows.values_list("organisation_id", "network"))


def _remark(said: str) -> str:
    words = said.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(words) > MOST_NOTE:
        sentence = _("This is %(length)d characters long. Shorten it to %(most)d.") % {
            "length": len(words),
            "most": MOST_NOTE,
        }
        raise refuse("remark", sentence, code="too_long")
    return words


def _put(finding: Finding, word: str, today: date) -> None:
    """What the finding shows of its last answer. Mended already: the reports have shown it before anybody said so."""
    finding.said, finding.said_on = word, today
    is_mended = finding.state == FindingState.FIXED
    finding.claim = (Claim.SHOWN if is_mended else Claim.CLAIMED) if word == Said.FIXED else ""


def _last_answers(findings: Sequence[Finding]) -> dict[int, Answer]:
    found: dict[int, Answer] = {}
    for part in _parts(findings):
        for row in Answer.objects.filter(finding__in=[f.pk for f in part]).order_by("at", "pk"):
            found[row.finding_id] = row
    return found


def _keep(made: list[Answer], changed: list[Finding]) -> None:
    """Thousands may be answered at once, so rows go together; the trail names the findings and what was said of each."""
    keep_all(made, model=Answer)
    Finding.objects.bulk_update(changed, ["said", "said_on", "claim"], batch_size=200)
    said: dict[str, list[int]] = {}
    for row in made:
        said.setdefault(row.said, []).append(row.finding_id)
    note(said=said, remark=made[0].note[:500])


def _open_corrections(made: Sequence[Answer], asked: set[tuple[int, str]]) -> None:
    """One a network, however many findings lie in it; what waits for a decision already is not asked twice."""
    for row in made:
        name = row.finding.organisation_id, _network(row.finding)
        if row.said != Said.NOT_OURS or name in asked:
            continue
        asked.add(name)
        correction = Correction(
            answer=row,
            organisation_id=name[0],
            network=name[1],
            reason=row.finding.reason,
            source=row.said_by,
        )
        keep(correction, full_clean=False)


def _first_answer(digest: Digest, by: Actor) -> None:
    if digest.answered_at is None:
        digest.answered_at = moment(clock.today())
        keep(digest, full_clean=False)
    _verify(digest, by)


def _verify(digest: Digest, by: Actor) -> None:
    """Somebody there answered by the link sent to this address: the contact is known to be read, as of today."""
    if not isinstance(by, Holder):
        return
    bodies = bodies_of([digest.organisation.heir().pk, digest.organisation_id])
    for contact in Contact.objects.filter(organisation__in=bodies, email__iexact=by.address):
        if contact.verified_on is None or contact.verified_on < clock.today():
            contact.verified_on = clock.today()
            keep(contact, full_clean=False)


@action("digest.received", needs=Permission.FINDING_ANSWER, quiet=True)
def say_received(digest: Digest, *, by: Actor) -> Digest:
    """One press: the letter reached the right people. Says nothing of any finding."""
    digest = newest(digest)
    _verify(digest, by)
    return digest


def _tell(digest: Digest, by: Actor) -> None:
    """Each address of the letter gets a receipt of all that stands answered. A receipt that waits is replaced and keeps its
    turn, so that nobody is sent one a press, nor kept from getting any."""
    rows = digest.answers.select_related("finding").order_by("at", "pk")
    current = sorted({a.finding_id: a for a in rows}.values(), key=lambda a: (a.at, a.pk), reverse=True)
    waiting = OutboxMail.objects.filter(kind="feeds.receipt", about=key(digest), state=MailState.WAITING)
    due = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first() or clock.now() + RECEIPT_WAITS
    mails = [letters.receipt(digest, place, current, said_by=by.actor_name) for place in range(len(digest.to))]
    for mail in mails:
        mail.next_try_at = due
    outbox.post_all(mails)


@action("finding.answer_taken_back", needs=Permission.FINDING_ANSWER, quiet=True)
def take_back(digest: Digest, *, by: Actor, findings: Sequence[int]) -> int:
    """What was said by this letter's link of these findings goes, with the questions that it opened; what was said before
    stands again. What the team has seen to stays."""
    digest = newest(digest)
    rows = list(digest.answers.filter(finding__in=findings).select_related("finding", "correction"))
    if any(_is_handled(row) for row in rows):
        raise Refused(_("The team has seen to it already. Answer the mail to tell them."), code="handled")
    touched = {row.finding_id: row.finding for row in rows}
    for row in rows:
        _hand_on(row, but=touched)
        drop(row)
    last = _last_answers(list(touched.values()))
    for pk, finding in touched.items():
        before = last.get(pk)
        finding.said, finding.claim, finding.said_on = "", "", None
        if before is not None:
            _put(finding, before.said, before.at.date())
        keep(finding, full_clean=False)
    if rows:
        _tell(digest, by)
    return len(touched)


def _hand_on(row: Answer, *, but: Mapping[int, Finding]) -> None:
    """A question about a network stands as long as anybody says so: it passes to another answer that does."""
    correction = Correction.objects.filter(answer=row).first()
    if correction is None:
        return
    network = {"finding__network": row.finding.network, "finding__organisation": row.finding.organisation_id}
    others = Answer.objects.filter(said=Said.NOT_OURS, finding__said=Said.NOT_OURS, **network)
    other = others.exclude(finding__in=list(but)).order_by("pk").first() if row.finding.network else None
    if other is not None:
        correction.answer, correction.source = other, other.said_by
        keep(correction, full_clean=False)


def _is_handled(row: Answer) -> bool:
    correction = getattr(row, "correction", None)
    return row.handled_at is not None or (correction is not None and correction.state != CorrectionState.OPEN)


@action("answer.handled", needs=Permission.FINDING_HANDLE)
def see_to(row: Answer, *, by: Actor, reply: str = "", with_its_like: bool = True) -> int:
    """The team has seen to a call for help or a false alarm; with words, these go to whoever asked. Those that said the same
    of the same organisation at the same time are seen to together. Returns how many."""
    row = newest(row)
    if row.said not in FOR_THE_TEAM:
        raise Refused(_("This answer asks nothing of the team."), code="not_asked")
    if row.handled_at is not None:
        raise Refused(_("%(who)s has seen to it already. Reload the page.") % {"who": row.handled_by}, code="handled")
    rows = [row]
    if with_its_like:
        like = Answer.objects.select_for_update().filter(said=row.said, handled_at=None, at=row.at, said_by=row.said_by)
        rows += like.filter(digest=row.digest_id).exclude(pk=row.pk)
    words = _remark(reply)
    for each in rows:
        each.handled_at, each.handled_by, each.reply = moment(clock.today()), by.actor_name[:200], words
        keep(each, full_clean=False)
    if words and row.digest is not None:
        outbox.post_all([letters.reply(row, to, words, by=by.actor_name) for to in row.digest.to])
    return len(rows)


__all__ = ["FOR_THE_TEAM", "answer", "answer_signed_in", "say_received", "see_to", "take_back"]
