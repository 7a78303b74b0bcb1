"""Mail that leaves: kept first, sent afterwards, so that a mail server that is down for days loses nothing.

`post` within an action; `core/delivery.py` sends what is due. Here also what people do at the outbox page."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import save, save_many

GIVE_UP_AFTER = timedelta(days=5)  # what mail servers themselves do
_CHUNK = 300  # addresses asked for at once: SQLite takes only so many values in one query


class Attachment(NamedTuple):
    """One file of text that goes with a letter; wiped with the text when the letter is secret."""

    attachment_name: str
    attachment: str
    attachment_type: str = "text/csv"


def letter(
    *,
    to: str,
    subject: str,
    text: str,
    kind: str,
    about: str = "",
    language: str = "",
    not_after: datetime | None = None,
    is_secret: bool = False,
    headers: Mapping[str, str] | None = None,
    attachment: Attachment | None = None,
) -> OutboxMail:
    """A mail to one address, not yet kept. `kind` is a short word ("review.asked"), `about` the key of what it is about:
    a newer letter of the same kind about the same thing replaces one that still waits.
    `not_after`: worthless later, so it is dropped rather than sent. `is_secret`: it holds a link that opens something, so
    its text is wiped once it has left, and no page shows it."""
    at = clock.now()
    return OutboxMail(
        to=to,
        subject=" ".join(subject.split())[:300],
        text=text,
        kind=kind,
        about=about,
        language=language,
        not_after=not_after,
        is_secret=is_secret,
        headers=dict(headers or {}),
        next_try_at=at,
        give_up_at=at + GIVE_UP_AFTER,
        message_id=_message_id(),
        **(attachment._asdict() if attachment else {}),
    )


def _message_id() -> str:
    """Stable from the first try to the last, so that a server that got it twice can tell; and nobody can guess it, so
    that nobody can make a false bounce."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"


def post(mail: OutboxMail) -> OutboxMail:
    """Puts one letter into the outbox. Within an action."""
    _replace_waiting([mail])
    return save(mail, full_clean=False)


def post_all(mails: Iterable[OutboxMail]) -> int:
    """Puts many letters into the outbox at once. Within an action."""
    rows = list({(m.to, m.kind, m.about or m.message_id): m for m in mails}.values())
    _replace_waiting(rows)
    return save_many(rows, model=OutboxMail)


def _replace_waiting(mails: list[OutboxMail]) -> None:
    """An older letter that says the same thing and has not left is put aside: its link may be dead already."""
    named = [m for m in mails if m.about]
    for at in range(0, len(named), _CHUNK):
        part = named[at : at + _CHUNK]
        wanted = {(m.to, m.kind, m.about) for m in part}
        waiting = OutboxMail.objects.filter(
            state=MailState.WAITING, to__in={m.to for m in part}, about__in={m.about for m in part}
        )
        found = [row[0] for row in waiting.values_list("pk", "to", "kind", "about") if row[1:] in wanted]
        discard(OutboxMail.objects.filter(pk__in=found), why="Replaced by a newer e-mail.")


def withdraw_mail(kind: str, about: str) -> int:
    """What still waits of that kind about that thing is not sent: it was taken back."""
    mails = OutboxMail.objects.filter(state=MailState.WAITING, kind=kind, about=about)
    return discard(mails, why="It was taken back.")


def discard(mails: QuerySet[OutboxMail], *, why: str) -> int:
    """Marks as no longer needed. The text of a secret one goes."""
    nothing = When(is_secret=True, then=Value("", output_field=TextField()))
    text, attachment = Case(nothing, default=F("text")), Case(nothing, default=F("attachment"))
    facts = {"text": text, "attachment": attachment, "changed_at": clock.now()}
    return mails.update(state=MailState.DROPPED, last_error=why, **facts)


# What people do at the outbox page.


@action("mail.tried_again", needs=Permission.ACCOUNT_MANAGE)
def try_again(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """At the next turn, and again for as long as a new letter would be."""
    fresh = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state not in {MailState.WAITING, MailState.STUCK, MailState.BOUNCED}:
        raise Refused(_("This e-mail has been sent or is no longer needed. Reload the page."), code="not_waiting")
    if fresh.is_secret and not fresh.text:
        sentence = _(
            "The text was deleted when the e-mail was sent, because it contained a link. Send the link again"
            " from the page where it was created."
        )
        raise Refused(sentence, code="text_wiped")
    at = clock.now()
    fresh.state, fresh.attempts, fresh.next_try_at = MailState.WAITING, 0, at
    fresh.give_up_at, fresh.bounced_at = at + GIVE_UP_AFTER, None
    return save(fresh, full_clean=False)


@action("mail.discarded", needs=Permission.ACCOUNT_MANAGE)
def discard_mail(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """It is not sent."""
    fresh = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state not in {MailState.WAITING, MailState.STUCK}:
        raise Refused(_("This e-mail has been sent or cancelled. Reload the page."), code="not_waiting")
    fresh.state = MailState.DROPPED
    if fresh.is_secret:
        fresh.text = fresh.attachment = ""
    return save(fresh, full_clean=False)


@action("mail.test_posted", needs=Permission.ACCOUNT_MANAGE)
def post_test(*, by: Actor, to: str, language: str = "") -> OutboxMail:
    """A letter to oneself, to see that mail arrives."""
    text = (
        _("This e-mail was requested on the outbox page. It arrived, so e-mail works.")
        + f"\n\n{settings.SITE_ADDRESS}/\n"
    )
    return post(letter(to=to, subject=_("Floreo: test e-mail"), text=text, kind="test", language=language))
