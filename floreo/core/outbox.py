"""Mail that leaves: kept first, sent afterwards, so that a mail server that is down for days loses nothing.

`post` within an action; `core/delivery.py` sends what is due. Here also what people do at the outbox page."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock, outgoing
from floreo.core.access import Actor, Permission
from floreo.core.action import action, trail
from floreo.core.errors import Refused
from floreo.core.models import HeldBecause, MailState, OutboxMail
from floreo.core.writing import save, save_many

BOUNCED_LATELY = timedelta(days=30)
# Kinds whose words are not kept once they have left, each with the reason.
WIPED: Mapping[str, str] = {
    "account.": "opens an account, and it expires soon",
    "feeds.duty": "names who asks for help: all of it is under My tasks, for those who may see it",
    "weekly_mail.": "lists what waits for one person, and nobody else reads it",
    "case": "the case keeps its own e-mails, for those who may see the case",
}
GIVE_UP_AFTER = timedelta(days=5)  # what mail servers themselves do
AGAIN = frozenset({MailState.WAITING, MailState.STUCK, MailState.BOUNCED, MailState.HELD})  # may be sent once more
_CHUNK = 300  # addresses asked for at once: SQLite takes only so many values in one query


class Attachment(NamedTuple):
    """One file of text that goes with a mail; wiped with the text when the mail is secret."""

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
    a newer mail of the same kind about the same thing replaces one that still waits.
    `not_after`: of no use later, so it is dropped rather than sent. `is_secret`: it holds a link that opens something, so
    the keys of its links are replaced once it has left, and no page shows them."""
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
    """Stable from the first try to the last, so that a server that got it twice can see it; and nobody can guess it, so
    that nobody can make a false bounce."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{secrets.token_hex(16)}@{domain}>"


def post(mail: OutboxMail) -> OutboxMail:
    """Puts one mail into the outbox. Within an action."""
    _replace_waiting([mail])
    mail.posted_by = trail().by.actor_name[:200]
    outgoing.take([mail])
    return save(mail, full_clean=False)


def post_all(mails: Iterable[OutboxMail]) -> int:
    """Puts many mails into the outbox at once. Within an action. Of several at somebody's press, those to an address at which the
    last e-mail bounced are held back: alone, each can be sent all the same. Returns how many leave."""
    rows = list({(m.to or m.name, m.kind, m.about or m.message_id): m for m in mails}.values())
    _replace_waiting(rows)
    if outgoing.is_pressed() and len(rows) > 1:
        _hold_bounced(rows)
    for mail in rows:
        mail.posted_by = trail().by.actor_name[:200]
    outgoing.take(rows)
    save_many(rows, model=OutboxMail)
    return sum(mail.state != MailState.HELD for mail in rows)


def held(
    *, name: str, subject: str, kind: str, about: str, why: HeldBecause, to: str = "", language: str = ""
) -> OutboxMail:
    """What would be written to `name` and is held back, to be posted with the others: it shows before they leave, and stays beside
    them afterwards."""
    mail = letter(to=to, subject=subject, text="", kind=kind, about=about, language=language)
    mail.name, mail.state, mail.held_because = name[:200], MailState.HELD, why
    return mail


def bounced(addresses: Iterable[str]) -> dict[str, OutboxMail]:
    """The newest mail that left to each of those addresses, where it came back within BOUNCED_LATELY."""
    wanted = sorted({address for address in addresses if address})
    found: dict[str, OutboxMail] = {}
    for at in range(0, len(wanted), _CHUNK):
        left = OutboxMail.objects.filter(to__in=wanted[at : at + _CHUNK], state__in=[MailState.SENT, MailState.BOUNCED])
        for mail in left.defer("text", "attachment").order_by("pk"):
            found[mail.to] = mail
    since = clock.now() - BOUNCED_LATELY
    return {
        to: mail
        for to, mail in found.items()
        if mail.state == MailState.BOUNCED and (mail.bounced_at is None or mail.bounced_at >= since)
    }


def _hold_bounced(mails: list[OutboxMail]) -> list[OutboxMail]:
    """Marks those to an address at which the last mail bounced, and returns them."""
    known = bounced(mail.to for mail in mails if mail.state == MailState.WAITING)
    found = [mail for mail in mails if mail.state == MailState.WAITING and mail.to in known]
    for mail in found:
        mail.state, mail.held_because = MailState.HELD, HeldBecause.BOUNCED
        mail.last_error = known[mail.to].last_error
    return found


def hold_bounced(press: outgoing.Press) -> None:
    """The same for all that one press put into the outbox by several acts. Within the press's transaction."""
    for mail in _hold_bounced(press.leaving) if len(press.leaving) > 1 else []:
        facts = {"state": mail.state, "held_because": mail.held_because, "last_error": mail.last_error}
        OutboxMail.objects.filter(pk=mail.pk).update(**facts)


def _replace_waiting(mails: list[OutboxMail]) -> None:
    """An older mail that says the same thing and has not left is discarded: its link may be dead already."""
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


def forget_mail(abouts: Iterable[str]) -> int:
    """What was posted about those things goes, sent or not: who was written to is erased with what they were written about. Returns how
    many."""
    rows = OutboxMail.objects.filter(about__in=list(abouts))
    return rows.delete()[0]


def discard(mails: QuerySet[OutboxMail], *, why: str) -> int:
    """Marks as no longer needed. A secret one keeps its words, without the keys of its links."""
    for mail in mails.filter(is_secret=True):
        OutboxMail.objects.filter(pk=mail.pk).update(**kept(mail))
    return mails.update(state=MailState.DROPPED, last_error=why, changed_at=clock.now())


def kept(mail: OutboxMail) -> dict[str, Any]:
    """What stays of a secret one when it has left or is not needed any more: its words, with nothing that opens anything."""
    if not mail.is_secret:
        return {}
    if any(mail.kind == name or (name.endswith(".") and mail.kind.startswith(name)) for name in WIPED):
        return {"text": "", "attachment": "", "is_masked": True}
    return {"text": outgoing.words_of(mail), "attachment": outgoing.file_of(mail), "is_masked": True}


# What people do at the outbox page.


@action("mail.tried_again", needs=Permission.ACCOUNT_MANAGE)
def try_again(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """At the next turn, and again for as long as a new mail would be."""
    fresh = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state not in AGAIN:
        raise Refused(_("This e-mail has been sent or is no longer needed. Reload the page."), code="not_waiting")
    if not fresh.to:
        raise Refused(
            _("There is no address. Enter one in the register, and send it from its own page."), code="no_address"
        )
    if fresh.is_masked:
        sentence = _(
            "The link in this e-mail was removed when it was sent. Send a new link from the page where it was created."
        )
        raise Refused(sentence, code="text_wiped")
    at = clock.now()
    fresh.state, fresh.attempts, fresh.next_try_at = MailState.WAITING, 0, at
    fresh.give_up_at, fresh.bounced_at = at + GIVE_UP_AFTER, None
    fresh.held_because = ""
    outgoing.take([fresh])
    return save(fresh, full_clean=False)


@action("mail.readdressed", needs=Permission.ACCOUNT_MANAGE)
def send_elsewhere(mail: OutboxMail, *, by: Actor, to: str) -> OutboxMail:
    """The same words alone once more, to an address that was corrected. One that holds a link is sent from the page of what it is
    about: the link is made for its address."""
    fresh = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    address = parseaddr(to.strip())[1]
    try:
        validate_email(address)
    except ValidationError:
        raise _refuse_address(_("Enter one e-mail address, for example name@example.org.")) from None
    if address.lower() == fresh.to.lower():
        raise _refuse_address(_("This is the address that the e-mail was for. Enter the corrected one."))
    if fresh.is_secret or not fresh.text:
        sentence = _(
            "This e-mail holds a link made for its address. Correct the address in the register, and send a new link."
        )
        raise Refused(sentence, code="link_of_address")
    if fresh.state not in AGAIN:
        raise Refused(_("This e-mail has been sent or is no longer needed. Reload the page."), code="not_waiting")
    again = letter(
        to=address,
        subject=fresh.subject,
        text=fresh.text,
        kind=fresh.kind,
        about=fresh.about,
        language=fresh.language,
        not_after=fresh.not_after,
        headers=fresh.headers,
        attachment=Attachment(fresh.attachment_name, fresh.attachment, fresh.attachment_type)
        if fresh.attachment
        else None,
    )
    if fresh.state != MailState.BOUNCED:  # what came back stays on record as it is
        fresh.state = MailState.DROPPED
        save(fresh, full_clean=False)
    return post(again)


def _refuse_address(sentence: str) -> Refused:
    return Refused(sentence, code="bad_address", fields={"to": sentence})


@action("mail.discarded", needs=Permission.ACCOUNT_MANAGE)
def discard_mail(mail: OutboxMail, *, by: Actor) -> OutboxMail:
    """It is not sent."""
    fresh = OutboxMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state not in {MailState.WAITING, MailState.STUCK, MailState.HELD}:
        raise Refused(_("This e-mail has been sent or cancelled. Reload the page."), code="not_waiting")
    fresh.state = MailState.DROPPED
    for name, value in kept(fresh).items():
        setattr(fresh, name, value)
    return save(fresh, full_clean=False)


@action("mail.test_posted", needs=Permission.ACCOUNT_MANAGE)
def post_test(*, by: Actor, to: str, language: str = "") -> OutboxMail:
    """A mail to oneself, to see that mail arrives."""
    text = (
        _("This e-mail was requested on the outbox page. It arrived, so e-mail works.")
        + f"\n\n{settings.SITE_ADDRESS}/\n"
    )
    return post(letter(to=to, subject=_("Floreo: test e-mail"), text=text, kind="test", language=language))
