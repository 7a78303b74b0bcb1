"""Who receives advisories by e-mail: asked for in a public form, confirmed by a link, ended by one press."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.advisories import mails
from floreo.advisories.models import Subscriber
from floreo.core import clock, languages, outbox
from floreo.core.access import SYSTEM, Actor
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.models import MailState, OutboxMail
from floreo.core.sectors import Sector
from floreo.core.writing import delete, refuse, save

MOST_PRODUCTS, LONGEST_PRODUCT = 30, 100
RETURNED = 3  # so many mails in a row that came back end a subscription


@dataclass(frozen=True)
class Visitor:
    """Somebody without an account, by the form or by a link in a mail. Nothing of them enters the trail."""

    actor_code: str = "visitor"
    actor_name: str = "Visitor"

    def grants(self) -> tuple[()]:
        return ()


VISITOR = Visitor()


@action("subscription.asked", needs=None)  # anybody: the form is throttled, and nothing is sent before the link is used
def subscribe(*, by: Actor, email: str, sectors: Sequence[str], products: Sequence[str], language: str) -> Subscriber:
    """Posts one mail: with a link that confirms, or, to an address that receives advisories already, that it does. Nothing
    is changed for an address that is subscribed: whoever fills in the form need not own it."""
    address = _address(email)
    _check(sectors, products)
    given = {
        "sectors": list(dict.fromkeys(sectors)),
        "products": list(dict.fromkeys(" ".join(name.split()) for name in products if name.strip())),
        "language": languages.spoken(language),
    }
    known = Subscriber.objects.select_for_update().filter(email=address).first()
    if known is not None and known.confirmed_at is not None:
        outbox.post_all([mails.already(known)])  # many at once: the trail then holds no address
        return known
    row = known or Subscriber(email=address)
    for name, value in given.items():
        setattr(row, name, value)
    row.link_version, row.asked_at = secrets.randbelow(2**31), clock.now()
    save(row)
    outbox.post_all([mails.confirmation(row)])
    return row


def _address(email: str) -> str:
    """In small letters: the same person twice would get each mail twice."""
    given = email.strip().lower()
    try:
        validate_email(given)
    except ValidationError:
        sentence = _("Enter an e-mail address, for example name@example.org.")
        raise refuse("email", sentence, code="bad_email") from None
    if len(given) > 254:
        raise refuse("email", _("This e-mail address is too long."), code="bad_email")
    return given


def _check(sectors: Sequence[str], products: Sequence[str]) -> None:
    unknown = sorted(set(sectors) - set(Sector.values))
    if unknown:
        raise refuse("sectors", _("“%(sector)s” is not a sector.") % {"sector": unknown[0][:80]})
    if len(products) > MOST_PRODUCTS or any(len(name) > LONGEST_PRODUCT for name in products):
        sentence = _("Name at most %(most)d products, each in at most %(long)d characters.")
        raise refuse("products", sentence % {"most": MOST_PRODUCTS, "long": LONGEST_PRODUCT})


@action("subscription.confirmed", needs=None)  # whoever holds the link of the mail
def confirm(subscriber: Subscriber, *, by: Actor) -> Subscriber:
    """From now on advisories are sent there. Refuses a link that is older than a week."""
    row = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if row is None or (row.confirmed_at is None and row.asked_at + mails.CONFIRM_WITHIN <= clock.now()):
        raise Refused(_("This link has expired. Subscribe again."), code="link_expired")
    if row.confirmed_at is None:
        row.confirmed_at = clock.now()
        save(row)
    return row


@action("subscription.ended", needs=None)  # whoever holds the link of a mail
def unsubscribe(subscriber: Subscriber, *, by: Actor) -> None:
    """Nothing more is sent there, and the address is deleted. What still waits in the outbox is not sent either."""
    waiting = OutboxMail.objects.filter(
        to=subscriber.email, kind__in=(mails.KIND, mails.KIND_ASKED), state=MailState.WAITING
    )
    outbox.discard(waiting, why="The subscription was ended.")
    delete(subscriber)


@action("subscription.expired", needs=None, quiet=True)  # the worker's: addresses that nobody confirmed
def forget_subscriber(subscriber: Subscriber, *, by: Actor) -> None:
    delete(subscriber)


def forget_unconfirmed(*, by: Actor = SYSTEM) -> int:
    """Deletes addresses whose link was not used within a week. Returns how many."""
    rows = list(Subscriber.objects.filter(confirmed_at=None, asked_at__lte=clock.now() - mails.CONFIRM_WITHIN)[:1000])
    for each in rows:
        forget_subscriber(each, by=by)
    return len(rows)


@action("subscription.bounced", needs=None, quiet=True)  # the worker's: addresses that do not exist any more
def forget_returned(subscriber: Subscriber, *, by: Actor) -> None:
    delete(subscriber)


def forget_all_returned(*, by: Actor = SYSTEM) -> int:
    """Deletes addresses from which the last mails came back, RETURNED of them and none between them that arrived. Returns how
    many."""
    came_back = OutboxMail.objects.filter(kind=mails.KIND, state=MailState.BOUNCED).values_list("to", flat=True)
    gone = 0
    for each in Subscriber.objects.filter(email__in=came_back).exclude(confirmed_at=None)[:1000]:
        last = OutboxMail.objects.filter(
            to=each.email,
            kind=mails.KIND,
            state__in=(MailState.SENT, MailState.BOUNCED),
            changed_at__gt=each.confirmed_at,
        )
        states = list(last.order_by("-pk").values_list("state", flat=True)[:RETURNED])
        if states == [MailState.BOUNCED] * RETURNED:
            forget_returned(each, by=by)
            gone += 1
    return gone
