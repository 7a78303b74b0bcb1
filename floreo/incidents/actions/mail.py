"""Mail to the team: a reply goes to its case or report, anything else becomes a report. Nothing is ever answered here, so that two
machines cannot write to each other for ever.

A reply is known by the Message-ID that it answers: ours are random, so that only who got the mail can name one. A reference in the
subject proves nothing, since anybody can write one: such a mail is a report of its own, which says what it names."""

from __future__ import annotations

import hashlib
import imaplib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from floreo.core import bounces, clock
from floreo.core.access import SYSTEM, Actor, Permission, must
from floreo.core.action import action
from floreo.core.bounce_mailbox import mark_bounced
from floreo.core.errors import Refused
from floreo.core.keys import thing_of
from floreo.core.mail_in.mailbox import Message as InMailbox
from floreo.core.mail_in.mailbox import answered, headers_of, mailbox, new_messages
from floreo.core.mail_in.pgp import signed_content
from floreo.core.mail_in.reading import read_in_a_cage
from floreo.core.mail_in.senders import Keys, NoAnswer, key_in_dns, looked_up, without_tag
from floreo.core.mail_in.shape import IncomingMail, Proof
from floreo.core.models import OutboxMail
from floreo.core.scanning import AWAY
from floreo.core.writing import lock_latest, save
from floreo.incidents import files
from floreo.incidents.actions.making import log
from floreo.incidents.actions.messages import earlier_message, receive_message
from floreo.incidents.actions.receiving import add_file, receive
from floreo.incidents.files import Kept
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.intake.mail import from_mail, references_in, source_key
from floreo.incidents.models import Case, Direction, Message, Report, ReportState
from floreo.incidents.observables import Own
from floreo.organisations.queries import openpgp_key_of

logger = logging.getLogger(__name__)
LARGEST_MAIL = 40 * 1024 * 1024  # bytes of one that is read whole; of a larger one the headers are
_MOST_MAIL = 100  # messages a turn
_LONGEST = 20_000  # characters of a reply to a report
_LATER = {"disk_full", AWAY}  # refusals that say nothing about the mail: it is tried again


class Became(StrEnum):
    """What became of a mail."""

    REPORT = "report"
    MESSAGE = "message"  # of a case
    ADDITION = "addition"  # to a report that no case was made of
    AUTOMATIC = "automatic"  # an answering machine wrote to one of our cases or reports: noted, nothing more
    RETURNED = "returned"  # one of our mails that came back


@dataclass(frozen=True)
class Taken:
    """`reports`: those it became, or the one it was added to. `already`: it had been taken in before, and nothing changed."""

    became: Became
    reports: tuple[Report, ...] = ()
    case: Case | None = None
    already: bool = False


@dataclass(frozen=True)
class _Thread:
    """Which of our mails is answered: of a case or of a report, and to whom it went."""

    message_id: str
    to: str
    case: Case | None = None
    report: Report | None = None

    @property
    def reference(self) -> str:
        thing = self.case or self.report
        return thing.reference if thing is not None else ""


def read_incident_mail() -> int:
    """The job: only where a mailbox is named."""
    return read_team_mailbox(settings.INCIDENT_IMAP, by=SYSTEM) if settings.INCIDENT_IMAP else 0


def read_team_mailbox(address: str, *, by: Actor, keys: Keys = key_in_dns) -> int:
    """Takes in what nobody has read in the mailbox; how many. A mail is marked as read only after it is in the database. One that is
    too large to be read whole is flagged for a person, and a report says so."""
    count = 0
    try:
        with mailbox(address, setting="FLOREO_INCIDENT_IMAP") as box:
            for each in new_messages(box, most=_MOST_MAIL, largest=LARGEST_MAIL):
                is_whole = each.raw is not None
                raw = each.raw if each.raw is not None else headers_of(box, each)
                try:
                    take_in_mail(raw, by=by, keys=keys, size=0 if is_whole else each.size)
                except Refused as refusal:
                    if refusal.code in _LATER:
                        raise
                    _flag(box, each, str(refusal.sentence))
                    continue
                except DatabaseError:
                    raise
                except Exception as wrong:  # one mail, whatever is wrong with it, holds up no other
                    _flag(box, each, repr(wrong)[:300])
                    continue
                answered(box, each, flagged=not is_whole)
                count += 1
    except (OSError, imaplib.IMAP4.error) as problem:
        words = {"words": str(problem)[:200]}
        raise Refused(_("The team's mailbox cannot be read: %(words)s") % words, code="no_mailbox") from problem
    return count


def _flag(box: imaplib.IMAP4, each: InMailbox, words: str) -> None:
    logger.error("a mail to the team could not be taken in and is flagged in the mailbox: %s", words)
    answered(box, each, flagged=True)


def take_in_mail(
    raw: bytes, *, by: Actor, keys: Keys = key_in_dns, by_hand: bool = False, size: int = 0, at: datetime | None = None
) -> Taken:
    """One mail, .eml or .msg. `by_hand`: a person of the team gave it to the program. `size`: of a mail of which only the headers
    were read. The same mail again changes nothing."""
    must(by, Permission.INCIDENT_HANDLE)
    if not by_hand:
        back = bounces.read_in_a_cage(raw)
        if back.kind in {bounces.Kind.BOUNCED, bounces.Kind.DELAYED, bounces.Kind.ARRIVED} and _is_ours(back.about):
            if back.kind is bounces.Kind.BOUNCED:
                mark_bounced([back], by=SYSTEM)
            return Taken(Became.RETURNED)
    mail = _proven(read_in_a_cage(raw, largest=settings.UPLOAD_LARGEST), keys)
    now = at or clock.now()
    thread = _thread_of(mail)
    replied = thread if thread is not None and _is_from_the_receiver(mail, thread) else None
    if replied is not None:
        if mail.is_answering_machine:
            return _note_automatic(replied, mail, by=by)
        if (taken := _reply(replied, mail, by=by, at=now)) is not None:
            return taken
    own = Own([*settings.INCIDENT_ADDRESSES, *_own_domains()])
    incoming = from_mail(mail, received_at=now, own=own, by_hand=by_hand)
    more = tuple(_notes(mail, thread, size))
    received = [receive(replace(each, doubts=(*each.doubts, *more)), by=by) for each in incoming]
    if replied is not None and replied.case is not None:  # closed: its files are with the report, which is there by now
        _message_of(replied.case, replied, mail, (), by=by, at=now)
    return Taken(Became.REPORT, tuple(each.report for each in received), already=all(each.already for each in received))


def take_in_all(incoming: Iterable[Incoming], *, by: Actor) -> Taken:
    """Reports of a file, as of XARF, each once."""
    received = [receive(each, by=by) for each in incoming]
    return Taken(Became.REPORT, tuple(each.report for each in received), already=all(each.already for each in received))


def _is_ours(ids: Sequence[str]) -> bool:
    return bool(ids) and OutboxMail.objects.filter(message_id__in=ids).exists()


def _own_domains() -> tuple[str, ...]:
    return tuple({address.rpartition("@")[2] for address in settings.INCIDENT_ADDRESSES})


def _proven(mail: IncomingMail, keys: Keys) -> IncomingMail:
    """With what proves its sender: the key that the register has, else the signature of the sender's domain. While the name service
    does not answer nothing is proven: a report does not wait for it."""
    if mail.raw[:8].startswith(b"\xd0\xcf\x11\xe0"):  # an Outlook file holds no signature that can be checked
        return mail
    key = openpgp_key_of(mail.sender) if mail.sender else ""
    if key and (content := signed_content(mail.raw, [key])) is not None:
        inner = read_in_a_cage(content, largest=settings.UPLOAD_LARGEST)
        return replace(mail, proof=Proof.OPENPGP, text=inner.text, files=inner.files)
    try:
        return looked_up(mail, ours=[without_tag(each) for each in settings.INCIDENT_ADDRESSES], keys=keys)
    except NoAnswer as problem:
        logger.warning("the signature of a mail could not be looked up: %s", problem)
        return mail


# Replies


def _thread_of(mail: IncomingMail) -> _Thread | None:
    """The newest of our mails that it answers."""
    ids = list(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))[:50]
    if not ids:
        return None
    sent = {
        each.message_id: each
        for each in Message.objects.filter(message_id__in=ids, direction=Direction.OUT).select_related("case")
    }
    letters = {each.message_id: each for each in OutboxMail.objects.filter(message_id__in=ids, kind="incident_report")}
    for name in ids:
        if (message := sent.get(name)) is not None:
            return _Thread(name, message.to, case=message.case)
        if (mailed := letters.get(name)) is not None:
            report = thing_of(mailed.about)
            if isinstance(report, Report):
                return _Thread(name, mailed.to, case=report.case, report=report)
    return None


def _is_from_the_receiver(mail: IncomingMail, thread: _Thread) -> bool:
    """From the address that our mail went to, or, proven, from another of its domain."""
    to = thread.to.lower()
    if mail.sender == to:
        return True
    return mail.proof is not Proof.NONE and mail.sender.rpartition("@")[2] == to.rpartition("@")[2] != ""


def _reply(thread: _Thread, mail: IncomingMail, *, by: Actor, at: datetime) -> Taken | None:
    """None where a closed case takes no files: then it is a report first, and a message of the case after it."""
    given = tuple(_files(mail))
    if thread.case is None:
        assert thread.report is not None
        return _add_to_report(thread.report, mail, given, by=by, at=at)
    already = earlier_message(source_key(mail)) is not None
    try:
        message = _message_of(thread.case, thread, mail, given, by=by, at=at)
    except Refused as refusal:
        if refusal.code != "case_not_open":
            raise
        return None
    return Taken(Became.MESSAGE, case=message.case, already=already)


def _message_of(
    case: Case, thread: _Thread, mail: IncomingMail, given: Sequence[IncomingFile], *, by: Actor, at: datetime
) -> Message:
    source = source_key(mail)
    return receive_message(
        case,
        by=by,
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text,
        at=at,
        to=", ".join(mail.to),
        message_id=mail.message_id or f"<{source.rpartition(':')[2]}@without-id>",
        in_reply_to=thread.message_id,
        source_key=source,
        is_proven=mail.proof is not Proof.NONE,
        given=given,
    )


def _files(mail: IncomingMail) -> Iterable[IncomingFile]:
    yield from (IncomingFile(each.name, each.data) for each in mail.files if not each.is_within)


def _add_to_report(
    report: Report, mail: IncomingMail, given: Sequence[IncomingFile], *, by: Actor, at: datetime
) -> Taken:
    key = hashlib.sha256(source_key(mail).encode()).hexdigest()[:32]
    if any(each.get("key") == key for each in report.additions):
        return Taken(Became.ADDITION, (report,), already=True)
    with files.stored(given) as kept:
        return Taken(Became.ADDITION, (_add(report, by=by, mail=mail, key=key, kept=kept, at=at),))


@action("incident_report.answered_by_mail", needs=Permission.INCIDENT_HANDLE)
def _add(report: Report, *, by: Actor, mail: IncomingMail, key: str, kept: list[Kept], at: datetime) -> Report:
    fresh = lock_latest(report)
    addition = {"at": at.isoformat(timespec="seconds"), "text": mail.text[:_LONGEST] or mail.subject, "key": key}
    if kept:
        addition["files"] = ", ".join(each.name for each in kept)
    fresh.additions = [*fresh.additions, addition]
    if fresh.state == ReportState.ASKED:
        fresh.state = ReportState.NEW
    saved = save(fresh)
    for each in kept:
        add_file(saved, each)
    return saved


def _note_automatic(thread: _Thread, mail: IncomingMail, *, by: Actor) -> Taken:
    if thread.case is not None:
        _note(thread.case, by=by, sender=mail.sender, subject=mail.subject)
    return Taken(Became.AUTOMATIC, (thread.report,) if thread.report else (), case=thread.case)


@action("case.automatic_reply_received", needs=Permission.INCIDENT_HANDLE)
def _note(case: Case, *, by: Actor, sender: str, subject: str) -> None:
    log(lock_latest(case), what="automatic_reply", facts={"from": sender[:320], "subject": subject[:200]})


def _notes(mail: IncomingMail, thread: _Thread | None, size: int) -> Iterable[str]:
    """What a person must know who decides where this report belongs."""
    if size:
        words = {"size": f"{size / 1024**2:.0f} MB"}
        yield _("The e-mail (%(size)s) is too large to be read whole. It is flagged in the team's mailbox.") % words
    if thread is not None:
        words = {"reference": thread.reference, "sender": mail.sender, "to": thread.to}
        if mail.sender != thread.to.lower():
            yield (
                _(
                    "It answers an e-mail about %(reference)s that went to %(to)s, but comes from %(sender)s."
                    " It was not added there."
                )
                % words
            )
        else:
            yield _("It answers an e-mail about %(reference)s, which is closed.") % words
    elif named := references_in(mail):
        yield _(
            "It names %(references)s but answers none of our e-mails. Anybody can write a reference: it was not added there."
        ) % {"references": ", ".join(named)}
    if mail.is_answering_machine:
        yield _("An answering machine wrote this.")
