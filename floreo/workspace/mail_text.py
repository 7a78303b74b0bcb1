"""What the outbox says, in sentences."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel.dates import format_datetime
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, delivery
from floreo.core.models import MailState, OutboxMail
from floreo.core.ui import locale


def moment(at: datetime) -> str:
    """ "Monday 10:12" within a week, else the day with it."""
    local = timezone.localtime(at)
    pattern = "EEEE HH:mm" if clock.now() - at < timedelta(days=6) else "d MMM y, HH:mm"
    return str(format_datetime(local, pattern, locale=locale.locale()))


def heading(waiting: int, silent: datetime | None) -> str:
    """ "3 e-mails waiting: the mail server has not answered since Monday 10:12." """
    n = {"n": locale.number(waiting)}
    if waiting and silent:
        text = ngettext(
            "%(n)s e-mail is waiting: the mail server has not accepted our e-mail since %(since)s.",
            "%(n)s e-mails are waiting: the mail server has not accepted our e-mail since %(since)s.",
            waiting,
        )
        return text % (n | {"since": moment(silent)})
    if waiting:
        return ngettext("%(n)s e-mail waiting.", "%(n)s e-mails waiting.", waiting) % n
    if silent:
        return _("The mail server has not accepted our e-mail since %(since)s.") % {"since": moment(silent)}
    return _("No e-mail is waiting.")


def problems(stuck: int, bad: int) -> list[str]:
    """What a person has to see to."""
    found = []
    if stuck:
        text = ngettext("%(n)s e-mail could not be sent.", "%(n)s e-mails could not be sent.", stuck)
        found.append(text % {"n": locale.number(stuck)})
    if bad:
        text = ngettext("E-mails to %(n)s address bounce.", "E-mails to %(n)s addresses bounce.", bad)
        found.append(text % {"n": locale.number(bad)})
    return found


def how(mail: OutboxMail) -> str:
    """The status of one mail."""
    if mail.state == MailState.SENT and mail.sent_at:
        return _("Sent %(when)s") % {"when": moment(mail.sent_at)}
    if mail.state == MailState.BOUNCED and mail.bounced_at:
        return _("Bounced %(when)s") % {"when": moment(mail.bounced_at)}
    if mail.state == MailState.WAITING and mail.attempts:
        tried = ngettext("%(n)s attempt, next %(when)s", "%(n)s attempts, next %(when)s", mail.attempts)
        return tried % {"n": locale.number(mail.attempts), "when": moment(mail.next_try_at)}
    return str(mail.get_state_display())


def state_of_outbox() -> tuple[str, int]:
    """The sentence that answers, and how many wait."""
    waiting = OutboxMail.objects.filter(state=MailState.WAITING).count()
    return heading(waiting, delivery.silent_since()), waiting
