"""Sending what the outbox holds. Bookkeeping of the machine, like a schedule: nothing here enters the trail.

A refusal of the address ends a mail, a "not now" puts it off for minutes to hours, a server that does not answer
puts everything off: then nothing is asked of it for a while, so that the worker is free for other work."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail, Schedule
from floreo.core.outbox import discard, kept
from floreo.core.protection import KeysOf, KeyUnfit, Protected, maker_for, no_keys

JOB = "mail"  # its row in the schedules says since when the server has not answered
BATCH = 50
LEASE = timedelta(seconds=90)  # a worker that died holds its mails no longer than that
BUDGET = 25.0  # seconds a turn: with the slowest server there is, one more mail and the lease is not over
_FEWEST, _MOST = timedelta(seconds=30), timedelta(minutes=15)  # between two tries to reach a silent server
_STEPS = [5, 15, 30, 60, 120, 240, 480]  # minutes until a mail that was put off is tried again
_FURTHEST = timedelta(hours=9)  # no mail is put off for longer
_KEPT_FOR = timedelta(days=365)


class ServerSilent(Refused):
    """The mail server cannot be reached, or takes nothing from us."""


@dataclass(frozen=True)
class Verdict:
    """What a refusal means for a mail."""

    state: MailState  # WAITING: try again
    words: str


def wait_after(attempts: int) -> timedelta:
    """How long a mail waits that was put off for the `attempts`th time."""
    return timedelta(minutes=_STEPS[min(max(attempts, 1), len(_STEPS)) - 1])


def pause_after(silent_for: timedelta) -> timedelta:
    """How long a server is left alone that has not answered for `silent_for`."""
    return min(max(silent_for / 4, _FEWEST), _MOST)


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join("".join(c if c.isprintable() else " " for c in f"{code} {text}").split())[:300]


def verdict(problem: Exception) -> Verdict:
    """Of what a server said to one mail. Its sender refused is our own problem, not the mail's: it waits."""
    if isinstance(problem, SMTPRecipientsRefused):
        code, answer = next(iter(problem.recipients.values()), (550, b""))
        return Verdict(MailState.BOUNCED if code >= 500 else MailState.WAITING, _words(code, answer))
    if isinstance(problem, SMTPDataError):
        code = problem.smtp_code
        return Verdict(MailState.STUCK if code >= 500 else MailState.WAITING, _words(code, problem.smtp_error))
    if isinstance(problem, SMTPResponseException):
        return Verdict(MailState.WAITING, _words(problem.smtp_code, problem.smtp_error))
    if isinstance(problem, SMTPNotSupportedError | ValueError):  # an address or a header that no mail can have
        return Verdict(MailState.STUCK, _words(0, str(problem)).removeprefix("0 "))
    return Verdict(MailState.WAITING, f"{type(problem).__name__} {problem}"[:300])


MayLeave = Callable[[OutboxMail], bool]  # asked right before a mail leaves: whether it still may


def _whatever(_mail: OutboxMail) -> bool:
    return True


def message_of(mail: OutboxMail, make: Callable[..., EmailMessage] = EmailMessage) -> EmailMessage:
    """The mail as it is written. Marked as written by a machine, so that no answering machine answers it."""
    headers = dict(mail.headers) | {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    if mail.language:
        headers["Content-Language"] = mail.language
    if settings.MAIL_RETURN:
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    reply_to = [settings.MAIL_REPLY_TO] if settings.MAIL_REPLY_TO else None
    message = make(
        mail.subject,
        mail.text,
        settings.MAIL_RETURN or settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        headers=headers,
        reply_to=reply_to,
    )
    if mail.attachment:
        message.attach(mail.attachment_name, mail.attachment, mail.attachment_type)
    return message


def deliver_due(keys_of: KeysOf = no_keys, may_leave: MayLeave = _whatever) -> int:
    """Sends what is due and returns how many left; what may not leave any more is dropped. Raises ServerSilent, once all is
    put off, when the server is not to be reached; more than one worker may run it at once."""
    sent, until = 0, time.monotonic() + BUDGET
    _let_go(clock.now())
    with _Server(keys_of, may_leave) as server:
        for batch in iter(_claim, []):
            sent += _send_batch(server, batch, until)
            if time.monotonic() > until:
                break
    return sent


def _let_go(at: datetime) -> None:
    """What has expired is dropped; what has been tried for days is stuck."""
    waiting = OutboxMail.objects.filter(state=MailState.WAITING)
    if waiting.filter(not_after__lte=at).exists():
        discard(waiting.filter(not_after__lte=at), why="It came to nothing before it could be sent.")
    given_up = waiting.filter(give_up_at__lte=at, attempts__gt=0)
    if given_up.exists():
        given_up.update(state=MailState.STUCK, changed_at=at)


def _claim() -> list[OutboxMail]:
    """The next mails, put off for as long as this worker may need: no other takes them."""
    too_far = Q(next_try_at__gt=clock.now() + _FURTHEST)  # put off while the clock was wrong
    due = OutboxMail.objects.filter(Q(next_try_at__lte=clock.now()) | too_far, state=MailState.WAITING)
    if not due.exists():  # asks for no lock when there is nothing to do
        return []
    with transaction.atomic():
        # What expires soon goes first: a link to sign in does not wait behind a thousand notices.
        soonest = F("not_after").asc(nulls_last=True)
        rows = list(due.select_for_update(skip_locked=True).order_by(soonest, "next_try_at", "pk")[:BATCH])
        at = clock.now()
        OutboxMail.objects.filter(pk__in=[r.pk for r in rows]).update(next_try_at=at + LEASE, tried_at=at)
    return rows


class _Server:
    """One connection for many mails, made when the first is sent and made again when it breaks."""

    def __init__(self, keys_of: KeysOf = no_keys, may_leave: MayLeave = _whatever) -> None:
        self.keys_of, self.may_leave = keys_of, may_leave
        self.connection: Any = get_connection()
        self.is_open = False
        self.broken = 0  # times in a row that the line was cut

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            try:
                self.connection.close()
            except (OSError, SMTPException):  # it is gone already
                return

    def send(self, mail: OutboxMail) -> EmailMessage:
        """Returns the message as it left."""
        message = message_of(mail, maker_for(mail.kind, mail.to, self.keys_of))
        if not self.is_open:
            try:
                self.connection.open()
            except (OSError, SMTPException) as problem:
                raise ServerSilent(_silent(problem), code="mail_silent") from problem
            self.is_open = True
        try:
            self.connection.send_messages([message])
        except (SMTPServerDisconnected, OSError) as problem:
            # SMTPException is an OSError too: only those without a server's answer mean a line that was cut.
            if isinstance(problem, SMTPException) and not isinstance(problem, SMTPServerDisconnected):
                raise
            self.close()
            self.broken += 1
            if self.broken >= 3:
                raise ServerSilent(_silent(problem), code="mail_silent") from problem
            raise
        self.broken = 0
        return message


def _silent(problem: Exception) -> str:
    words = verdict(problem).words if isinstance(problem, SMTPResponseException) else str(problem)
    return _("The mail server does not accept our e-mail: %(words)s") % {"words": words[:250] or type(problem).__name__}


def _send_batch(server: _Server, batch: list[OutboxMail], until: float) -> int:
    """Sends each; whatever happens to one is noted at once, so that nothing is sent twice. When the time is up, the rest is
    due at once, for the next turn."""
    sent = 0
    full = _over_their_share(batch)
    for at, mail in enumerate(batch):
        if at and time.monotonic() > until:  # one at least, however slow the server
            _give_back(batch[at:])
            break
        if not server.may_leave(mail):
            discard(OutboxMail.objects.filter(pk=mail.pk), why="It may not be sent to this address any more.")
            continue
        if mail.pk in full:
            words = _("This address has received as many e-mails as one day allows.")
            _put_off(mail, Verdict(MailState.WAITING, words), timedelta(hours=4))
            continue
        try:
            message = server.send(mail)
        except ServerSilent as silence:
            _leave_alone(batch[at:], silence)
            raise
        except Refused as refusal:  # a key: the receiver's waits for a person, ours for who runs the server
            state = MailState.STUCK if isinstance(refusal, KeyUnfit) else MailState.WAITING
            _put_off(mail, Verdict(state, str(refusal.sentence)[:300]), wait_after(mail.attempts + 1))
        except (SMTPException, OSError, ValueError) as problem:
            found = verdict(problem)
            _put_off(mail, found, wait_after(mail.attempts + 1))
        else:
            _mark_sent(mail, message)
            sent += 1
    return sent


def _over_their_share(batch: list[OutboxMail]) -> set[int]:
    """An address that has had its e-mails of a day: two machines that answer each other stop here."""
    since = clock.now() - timedelta(days=1)
    rows = OutboxMail.objects.filter(to__in={m.to for m in batch}, sent_at__range=(since, clock.now())).values_list(
        "to"
    )
    had = Counter(dict(rows.annotate(n=Count("pk")).order_by()))
    found = set()
    for mail in batch:
        had[mail.to] += 1
        if had[mail.to] > settings.MAIL_PER_DAY:
            found.add(mail.pk)
    return found


def _mark_sent(mail: OutboxMail, message: EmailMessage) -> None:
    at = clock.now()
    facts = kept(mail)
    if isinstance(message, Protected):
        facts |= {"is_signed": True, "is_encrypted": bool(message.receivers)}
    OutboxMail.objects.filter(pk=mail.pk).update(
        state=MailState.SENT, sent_at=at, changed_at=at, attempts=F("attempts") + 1, last_error="", **facts
    )


def _put_off(mail: OutboxMail, found: Verdict, wait: timedelta) -> None:
    at = clock.now()
    bounced = {"bounced_at": at} if found.state == MailState.BOUNCED else {}
    OutboxMail.objects.filter(pk=mail.pk, state=MailState.WAITING).update(
        state=found.state,
        last_error=found.words[:300],
        next_try_at=at + wait,
        attempts=F("attempts") + 1,
        changed_at=at,
        **bounced,
    )


def _give_back(batch: list[OutboxMail]) -> None:
    waiting = OutboxMail.objects.filter(pk__in=[m.pk for m in batch], state=MailState.WAITING)
    waiting.update(next_try_at=clock.now())


def _leave_alone(batch: list[OutboxMail], silence: ServerSilent) -> None:
    """The server is left alone for a while, and all that was taken up is due again then."""
    at = clock.now()
    row = Schedule.objects.filter(name=JOB).first()
    until = at + pause_after(at - (row.failing_since if row and row.failing_since else at))
    Schedule.objects.filter(name=JOB).update(due_at=until)
    OutboxMail.objects.filter(pk__in=[m.pk for m in batch], state=MailState.WAITING).update(
        next_try_at=until, attempts=F("attempts") + 1, last_error=str(silence.sentence)[:300], changed_at=at
    )


def forget_old() -> int:
    """Mails that left or were dropped a year ago go."""
    old = OutboxMail.objects.filter(
        state__in=[MailState.SENT, MailState.DROPPED, MailState.BOUNCED, MailState.HELD],
        changed_at__lt=clock.now() - _KEPT_FOR,
    )
    return old.delete()[0]


def silent_since() -> datetime | None:
    """Since when the mail server has not answered; None when it last did."""
    row = Schedule.objects.filter(name=JOB).exclude(last_error="").first()
    return row.failing_since if row else None
