"""Mail that comes in: from a pipe of the mail server, or from a mailbox. It marks our own mails, and nothing else:
a report about a Message-ID that we never gave does nothing, and nothing is ever answered."""

from __future__ import annotations

import imaplib
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import bounces, clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action
from floreo.core.bounces import Kind, Report
from floreo.core.errors import Refused
from floreo.core.mail_in.mailbox import answered, mailbox, new_messages
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import save

_MOST = 200  # messages a turn


def take_in(raw: bytes) -> Report:
    """One message as it came. Says what it was; a bounce marks the mail that it is about."""
    report = bounces.read_in_a_cage(raw)
    if report.kind is Kind.BOUNCED:
        mark_bounced([report], by=SYSTEM)
    return report


@action("mail.came_back", needs=Permission.ACCOUNT_MANAGE, quiet=True)
def mark_bounced(reports: Iterable[Report], *, by: Actor) -> int:
    """Marks the mail that each report is about. Only one that has left can come back."""
    count = 0
    for report in reports:
        mail = (
            OutboxMail.objects.filter(message_id__in=report.about, state=MailState.SENT).first()
            if report.about
            else None
        )
        if mail is not None:
            mail.state, mail.bounced_at, mail.last_error = MailState.BOUNCED, clock.now(), _clean(report.words)
            save(mail, full_clean=False)
            count += 1
    return count


def _clean(words: str) -> str:
    return "".join(c if c.isprintable() else " " for c in words)[:300]


def read_mailbox(address: str) -> int:
    """Reads what is new there, marks it as read, and returns how many of our mails came back. Each message is marked
    as read only after it was taken in, so that none is lost when we stop in between."""
    marked = 0
    try:
        with mailbox(address, setting="FLOREO_BOUNCE_IMAP") as box:
            for message in new_messages(box, most=_MOST, first=bounces.LARGEST):
                report = take_in(message.raw or b"")
                marked += report.kind is Kind.BOUNCED
                answered(box, message)
    except (OSError, imaplib.IMAP4.error) as problem:
        words = {"words": str(problem)[:200]}
        raise Refused(
            _("The mailbox for returned mail cannot be read: %(words)s") % words, code="no_mailbox"
        ) from problem
    return marked


def read_returned() -> int:
    """The job: only where a mailbox is named."""
    return read_mailbox(settings.BOUNCE_IMAP) if settings.BOUNCE_IMAP else 0


def bad_addresses() -> list[OutboxMail]:
    """The newest mail to each address to which the last mail that left did not arrive."""
    latest: dict[str, OutboxMail] = {}
    ours = OutboxMail.objects.filter(state__in=[MailState.SENT, MailState.BOUNCED])
    wanted = set(ours.filter(state=MailState.BOUNCED).values_list("to", flat=True))
    for mail in ours.filter(to__in=wanted).order_by("pk"):
        latest[mail.to] = mail
    return [m for m in latest.values() if m.state == MailState.BOUNCED]
