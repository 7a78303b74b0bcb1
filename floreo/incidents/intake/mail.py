"""A mail as reports: one, or one for each abuse report (XARF) that it brings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.mail_in.doubts import sentence, why
from floreo.core.mail_in.shape import Attachment, DoubtCode, IncomingMail, Proof
from floreo.incidents.incoming import Incoming, IncomingFile
from floreo.incidents.intake import xarf
from floreo.incidents.intake.language import WORDS, is_in_none, language_of
from floreo.incidents.observables import Own, extract

MOST_ABUSE_REPORTS = 100  # of one mail
_REFERENCE = re.compile(r"\b(?:INC|REP)-\d{4}-[0-9A-Z]{4,8}\b")
_LATEST = timedelta(minutes=10)  # that a sender's clock may be ahead of our own
_NOTHING = Own()


def from_mail(
    mail: IncomingMail, *, received_at: datetime, own: Own = _NOTHING, by_hand: bool = False
) -> tuple[Incoming, ...]:
    """What a mail reports. `own`: addresses and names that are no observables. `by_hand`: a person of the team gave it to the
    program, who then answers for where it came from."""
    doubts = (*map(sentence, mail.doubts), *_of_the_sender(mail, by_hand=by_hand))
    found = _abuse_reports(mail.files)
    if len(found) > MOST_ABUSE_REPORTS:
        words = {"most": MOST_ABUSE_REPORTS, "all": len(found)}
        doubts += (_("Of the %(all)s abuse reports of this e-mail, the first %(most)s were taken.") % words,)
    reports = [
        replace(
            each,
            doubts=(*each.doubts, *doubts),
            reporter_mail=each.reporter_mail or address_of(mail),
            is_proven=mail.proof is not Proof.NONE,
            is_automatic=True,
        )
        for each in (xarf.from_xarf(data, received_at=received_at, own=own) for data in found[:MOST_ABUSE_REPORTS])
    ]
    if reports:
        return tuple(reports)
    return (_from_text(mail, doubts, received_at=received_at, own=own),)


def _from_text(mail: IncomingMail, doubts: tuple[str, ...], *, received_at: datetime, own: Own) -> Incoming:
    if is_in_none(mail.text):
        known = ", ".join(languages.name(code) for code in WORDS)
        sentence = _("This text seems to be in none of these languages: %(languages)s. Ask somebody who reads it.")
        doubts += (sentence % {"languages": known},)
    reporter = address_of(mail)
    if mail.sender and not reporter:
        doubts += (_("The sender's address cannot be written to: %(address)s.") % {"address": mail.sender[:200]},)
    sent_at = mail.sent_at if mail.sent_at and mail.sent_at <= received_at + _LATEST else None
    if mail.sent_at and not sent_at:
        doubts += (_("The e-mail says that it was sent at a time that is still to come."),)
    answers = {"sent_at": sent_at.isoformat()} if sent_at else {}
    own_and_sender = Own([*own.names, *mail.recipients, mail.sender])
    return Incoming(
        channel="mail",
        source_key=source_key(mail),
        received_at=received_at,
        subject=mail.subject or mail.text[:200] or _("E-mail without a subject"),
        text=mail.text,
        language=language_of(mail.text),
        reporter_name=mail.sender_name,
        reporter_mail=reporter,
        answers=answers,
        doubts=doubts,
        files=tuple(_kept(mail)),
        observables=tuple(
            (each.kind, each.value) for each in extract(f"{mail.subject}\n{mail.text}", own=own_and_sender)
        ),
        replies_to=tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))),
        is_proven=mail.proof is not Proof.NONE,
        is_automatic=mail.is_automatic,
    )


def source_key(mail: IncomingMail) -> str:
    """By what it says, too: a Message-ID alone is the sender's word, and a second mail under it would be lost."""
    files = sorted(f"{each.name}:{hashlib.sha256(each.data).hexdigest()}" for each in mail.files)
    whole = "\0".join((mail.message_id, mail.sender, mail.subject, mail.text, *files))
    if not mail.message_id:
        whole += "\0" + hashlib.sha256(mail.raw).hexdigest()
    return f"mail:{mail.message_id[:150]}:{hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:24]}"


def address_of(mail: IncomingMail) -> str:
    """The sender's address where one can write to it, else ""."""
    try:
        validate_email(mail.sender)
    except ValidationError:
        return ""
    return mail.sender if len(mail.sender) <= 254 else ""


def references_in(mail: IncomingMail) -> tuple[str, ...]:
    """References of reports and cases that it names. Anybody can write one: it proves nothing."""
    return tuple(dict.fromkeys(_REFERENCE.findall(f"{mail.subject}\n{mail.text}")))[:20]


def _of_the_sender(mail: IncomingMail, *, by_hand: bool) -> Iterable[str]:
    if mail.not_proven is not None:
        yield why(mail.not_proven)
    elif mail.proof is Proof.NONE and not by_hand:
        yield _("Nobody checked who sent this e-mail.")


def _kept(mail: IncomingMail) -> Iterable[IncomingFile]:
    """Files of the mail; of an attached mail, that mail. The whole mail where it could not be read."""
    if any(each.code is DoubtCode.UNREADABLE for each in mail.doubts):
        yield IncomingFile("e-mail.eml", mail.raw)
    yield from (IncomingFile(each.name, each.data) for each in mail.files if not _lies_within(each, mail.files))


def _lies_within(file: Attachment, files: Sequence[Attachment]) -> bool:
    return file.is_within and any(each.media_type == "message/rfc822" and not each.is_within for each in files)


def _abuse_reports(files: Iterable[Attachment]) -> list[xarf.Data]:
    return [data for file in files if not file.is_within and _may_be_one(file) for data in xarf.reports_in(file.data)]


def _may_be_one(file: Attachment) -> bool:
    return file.name.lower().endswith((".json", ".xarf")) or file.media_type in {
        "application/json",
        "application/xarf+json",
        "message/feedback-report",
        "text/json",
    }
