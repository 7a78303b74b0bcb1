"""Mails of a case: what the team writes, and what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.core import outbox
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.incidents import clocks, files, moments
from floreo.incidents.actions.cases import locked, must_be_open
from floreo.incidents.actions.evidence import put_in
from floreo.incidents.actions.making import log
from floreo.incidents.files import Kept
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import Case, CaseState, Direction, Message, WaitingFor

HANDLE = Permission.INCIDENT_HANDLE
MOST_CHARACTERS = 60_000


def is_known_party(case: Case, address: str) -> bool:
    """Whether the team has written to that address before, or it reported to the team in this case."""
    written = Message.objects.filter(direction=Direction.OUT, to__iexact=address, is_withheld=False)
    return written.exists() or case.reports.filter(reporter_mail__iexact=address).exists()


def subject_of(case: Case, subject: str, tlp: str) -> str:
    """ "[INC-2026-0047] [TLP:AMBER] What it is about": replies find their case by it. In an exercise it says so."""
    marks = f"[{case.reference}] [TLP:{tlp}]"
    exercise = f" [{_('EXERCISE')}]" if case.is_exercise else ""
    return f"{marks}{exercise} {' '.join(subject.split())}"[:300]


def body_of(text: str, tlp: str) -> str:
    """The text between its marking, which is at the top and at the end, as the protocol asks of mails."""
    return f"TLP:{tlp}\n\n{text.strip()}\n\nTLP:{tlp}\n"


@action("case.message_sent", needs=HANDLE)
def send_message(
    case: Case,
    *,
    by: Actor,
    to: str,
    subject: str,
    text: str,
    tlp: str = "",
    confirmed: str = "",
    waiting_for: str = "",
    language: str = "",
) -> Message:
    """Writes to one address. The first time to a party asks once more: `confirmed` is then the address again. What is written in an
    exercise stays here."""
    fresh = locked(case)
    address = _address(to)
    subject = require_text(subject, field="subject", sentence=_("Say in one line what it is about."))
    text = require_text(text, field="text", sentence=_("Write the text."))[:MOST_CHARACTERS]
    marking = tlp or fresh.tlp
    if marking == Tlp.RED:
        sentence = _(
            "TLP:RED is for the ears of those named, and is not sent from here. Telephone, or choose another marking."
        )
        raise refuse("tlp", sentence, code="red")
    if not fresh.is_exercise and not is_known_party(fresh, address) and confirmed.strip().lower() != address.lower():
        sentence = _("This is the first time that you send to %(address)s. Check the address, and press again to send.")
        raise refuse("confirmed", sentence % {"address": address}, code="first_time")
    last = fresh.messages.filter(direction=Direction.IN, sender__icontains=address).exclude(message_id="").first()
    made = Message(
        case=fresh,
        direction=Direction.OUT,
        at=moments.now(),
        to=address,
        subject=subject_of(fresh, subject, marking),
        text=body_of(text, marking),
        tlp=marking,
        in_reply_to=last.message_id if last else "",
        by=by.actor_name[:200],
        is_withheld=fresh.is_exercise,
    )
    _post(made, language)
    before = fresh.waiting_for
    if waiting_for and waiting_for != before:
        fresh.waiting_for, fresh.waiting_since = waiting_for, moments.now()
    if fresh.acknowledged_at is None and fresh.reports.filter(reporter_mail__iexact=address).exists():
        fresh.acknowledged_at = made.at
    save(fresh)
    log(fresh, what="message_withheld" if made.is_withheld else "message_sent", facts={"to": address})
    clocks.refresh(fresh)
    return made


def _address(to: str) -> str:
    address = parseaddr(to.strip())[1]
    try:
        validate_email(address)
    except ValidationError:
        raise refuse("to", _("Enter one e-mail address."), code="bad_address") from None
    return address


def _post(made: Message, language: str) -> None:
    """Into the outbox, unless it is an exercise. Its text is nobody's who looks after the outbox: it is wiped when it has left."""
    if made.is_withheld:
        save(made)
        return
    headers: Mapping[str, str] = (
        {"In-Reply-To": made.in_reply_to, "References": made.in_reply_to} if made.in_reply_to else {}
    )
    mail = outbox.letter(
        to=made.to,
        subject=made.subject,
        text=made.text,
        kind="case",
        language=language,
        is_secret=True,
        headers=headers,
    )
    made.message_id = mail.message_id
    save(made)
    mail.about = key(made)
    outbox.post(mail)


def receive_message(
    case: Case,
    *,
    by: Actor,
    sender: str,
    subject: str,
    text: str,
    at: datetime | None = None,
    to: str = "",
    message_id: str = "",
    in_reply_to: str = "",
    source_key: str = "",
    is_proven: bool = False,
    given: Sequence[IncomingFile] = (),
) -> Message:
    """A mail that belongs to the case, as intake found, and its files as evidence: all of it or nothing. The same one again, as its
    `source_key` or what it says shows, changes nothing. The team is to act; a closed case stays closed until somebody reopens it, and
    refuses files (case_not_open). Of a merged case it goes to the one that it was merged into."""
    must(by, HANDLE, case)
    source = (source_key or _hash_of_words(message_id, sender, subject, text))[:200]
    if (here := earlier_message(source)) is not None:
        return here
    message = Message(
        direction=Direction.IN,
        at=at or moments.now(),
        sender=_line(sender, 320),
        to=_line(to, 320),
        subject=_line(subject, 300) or "-",
        text=text.replace("\x00", " ")[:MOST_CHARACTERS] or "-",
        message_id=message_id[:250],
        in_reply_to=in_reply_to[:250],
        source_key=source,
        is_proven=is_proven,
    )
    with files.stored(given) as kept:
        made = _receive(case, by=by, message=message, kept=kept)
        if made is not message:  # two at once: the other was first
            files.let_all_go(kept)
        return made


def _hash_of_words(message_id: str, *words: str) -> str:
    """In place of a `source_key`. A mail without a Message-ID may well come twice with the same words."""
    whole = "\0".join((message_id, *words)).encode("utf-8", "replace")
    return f"message:{hashlib.sha256(whole).hexdigest()}" if message_id else ""


def earlier_message(source_key: str) -> Message | None:
    """The mail that came in already, in whichever case: it may have been merged since."""
    came = Message.objects.filter(source_key=source_key[:200], direction=Direction.IN).select_related("case")
    return came.first() if source_key else None


@action("case.message_received", needs=HANDLE)
def _receive(case: Case, *, by: Actor, message: Message, kept: Sequence[Kept]) -> Message:
    fresh = _where_it_lives(case)
    if (here := earlier_message(message.source_key)) is not None:
        return here
    if kept:
        must_be_open(fresh)
    named_before = Message.objects.filter(direction=Direction.IN, message_id=message.message_id)
    is_second = bool(message.message_id) and named_before.exists()
    message.case, message.tlp = fresh, fresh.tlp
    save(message)
    if fresh.waiting_for != WaitingFor.TEAM:
        fresh.waiting_for, fresh.waiting_since = WaitingFor.TEAM, moments.now()
        save(fresh)
    log(fresh, what="message_received", facts={"from": message.sender})
    if is_second:
        log(fresh, what="message_id_used", facts={"from": message.sender})
    for each in kept:
        title = _("File of an e-mail from %(sender)s: %(name)s") % {"sender": message.sender, "name": each.name}
        put_in(fresh, by=by, title=title[:200], kept=each, collected_at=message.at, collected_by=message.sender)
    return message


def _where_it_lives(case: Case) -> Case:
    fresh, seen = lock_latest(case), {case.pk}
    while fresh.state == CaseState.MERGED and fresh.merged_into is not None and fresh.merged_into.pk not in seen:
        seen.add(fresh.merged_into.pk)
        fresh = lock_latest(fresh.merged_into)
    return fresh


def _line(text: str, most: int) -> str:
    return " ".join(text.replace("\x00", " ").split())[:most]
