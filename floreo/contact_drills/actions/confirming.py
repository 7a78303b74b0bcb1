"""Asking contacts whether they are still right, and what they answer by the link."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.contact_drills.access import Answering
from floreo.contact_drills.mails import KIND_CONFIRMATION, confirmation
from floreo.contact_drills.models import RUN, ConfirmationRequest, ContactPolicy
from floreo.contact_drills.queries import policy, stale_contacts
from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.writing import assign, lock_latest, refuse, save
from floreo.organisations.models import Contact

MOST_A_DAY = 200  # asked by one press, or by the worker in one day


def must_have_address(contact: Contact) -> None:
    if not contact.email:
        raise Refused(_("This contact has no e-mail address. Call it, and enter the day below."), code="no_mail")


def _ask(contact: Contact, by: Actor) -> None:
    today = clock.today()
    for waiting in ConfirmationRequest.objects.select_for_update().filter(
        contact=contact, confirmed_at=None, closed_on=None
    ):
        waiting.closed_on, waiting.closed_by = today, _("Asked again.")
        save(waiting)
    made = save(ConfirmationRequest(contact=contact, asked_on=today, address=contact.email))
    outbox.post(confirmation(made))


@action("contact.asked", needs=RUN)
def ask_contact(contact: Contact, *, by: Actor) -> Contact:
    """One contact, by a press. A question that waits is replaced; its link works no more."""
    contact = lock_latest(contact)
    must_have_address(contact)
    _ask(contact, by)
    return contact


@action("contacts.asked", needs=RUN, quiet=True)
def ask_stale_contacts(*, by: Actor, only_if_on: bool = False) -> int:
    """Every contact that did not reply for as long as the policy says, and that no question waits for. Those without an
    address are tasks at once (tasks.py). `only_if_on`: the worker's daily turn, which the team turns on. Returns how many were asked."""
    if only_if_on and not policy().is_automatic:
        return 0
    asked_already = ConfirmationRequest.objects.filter(confirmed_at=None, closed_on=None).values("contact")
    rows = list(stale_contacts(clock.today()).exclude(email="").exclude(pk__in=asked_already)[:MOST_A_DAY])
    for contact in rows:
        _ask(contact, by)
    if rows:
        note(asked=len(rows))
    return len(rows)


@action("contact.confirmed", needs=None)
def confirm_contact(asked: ConfirmationRequest, *, by: Actor) -> ConfirmationRequest:
    """Whoever holds the link says that the contact is right. Pressed twice, it is the same."""
    asked = _own(asked, by)
    if asked.confirmed_at is not None:
        return asked
    if asked.closed_on is not None:
        raise Refused(_("This question was asked again, or the team saw to it. Use the newest e-mail."), code="closed")
    note_reply(asked.contact)
    asked.confirmed_at = clock.now()
    return save(asked)


@action("contact.said_to_be_wrong", needs=None)
def report_wrong(asked: ConfirmationRequest, *, by: Actor) -> ConfirmationRequest:
    """Whoever holds the link says that they are not, or no more, that contact. Nothing of it changes: the team gets the task at once."""
    asked = _own(asked, by)
    if asked.confirmed_at is not None or asked.closed_on is not None:
        raise Refused(_("This question was answered already."), code="closed")
    asked.is_wrong = True
    return save(asked)


def _own(asked: ConfirmationRequest, by: Actor) -> ConfirmationRequest:
    fresh = lock_latest(asked)
    if not isinstance(by, Answering) or by.key != key(fresh):
        raise NotAllowed
    return fresh


def note_reply(contact: Contact) -> None:
    """Somebody there answered today. Within an action."""
    fresh = lock_latest(contact)
    if fresh.verified_on is None or fresh.verified_on < clock.today():
        fresh.verified_on = clock.today()
        save(fresh, full_clean=False)


def must_wait(asked: ConfirmationRequest) -> None:
    if asked.confirmed_at is not None or asked.closed_on is not None:
        raise Refused(_("Nothing waits here any more."), code="closed")


@action("contact.confirmation_closed", needs=RUN)
def close_confirmation(asked: ConfirmationRequest, *, by: Actor, is_right: bool = False) -> ConfirmationRequest:
    """A person saw to it: called, or corrected the contact. `is_right`: somebody there said that it is right."""
    asked = lock_latest(asked)
    must_wait(asked)
    asked.closed_on, asked.closed_by = clock.today(), by.actor_name[:200]
    outbox.withdraw_mail(KIND_CONFIRMATION, key(asked.contact))
    if is_right:
        note_reply(asked.contact)
    return save(asked)


@action("contact_policy.set", needs=RUN)
def set_policy(*, by: Actor, stale_days: int, wait_days: int, is_automatic: bool = False) -> ContactPolicy:
    """After how many days contacts are asked, how long for, and whether by itself."""
    for field, value in (("stale_days", stale_days), ("wait_days", wait_days)):
        if not 1 <= value <= 1000:
            raise refuse(field, _("Enter a number of days from 1 to 1,000."), code="bad_days")
    row = ContactPolicy.objects.select_for_update().order_by("pk").first() or ContactPolicy()
    assign(row, {"stale_days": stale_days, "wait_days": wait_days, "is_automatic": is_automatic})
    return save(row)
