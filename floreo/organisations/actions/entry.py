"""An organisation keeps its own entry: links that are sent to its contacts, and its word that all of it is right."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock, links, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import OneTimeLink
from floreo.core.writing import lock_latest, save
from floreo.organisations import entry_mails
from floreo.organisations.access import ENTRY, ENTRY_HOURS, entry_subject, must_speak_for
from floreo.organisations.models import Contact, Organisation, RegisterEntry


def entry_of(organisation: Organisation) -> RegisterEntry:
    """The row about its entry, held until the end; not saved yet where there is none."""
    rows = RegisterEntry.objects.select_for_update()
    return rows.filter(organisation=organisation).first() or RegisterEntry(organisation=organisation)


def must_have_address(contact: Contact) -> None:
    if not contact.email:
        raise Refused(_("This contact has no e-mail address. Enter one, or choose another contact."), code="no_mail")


def _send(contact: Contact) -> None:
    token = links.make(ENTRY, subject=entry_subject(contact), hours=ENTRY_HOURS)
    outbox.post(entry_mails.link(contact, token))


@action("entry.link_sent", needs=Permission.REGISTER_EDIT)
def send_entry_link(contact: Contact, *, by: Actor) -> Contact:
    """The team asks a contact to look at its organisation's entry. An older link of this contact works no more."""
    contact = lock_latest(contact)
    must_have_address(contact)
    _send(contact)
    entry = entry_of(contact.organisation)
    entry.asked_on = clock.today()
    save(entry)
    return contact


@action("entry.link_asked", needs=None, quiet=True)
def ask_for_entry_link(*, by: Actor, address: str) -> int:
    """Somebody asks for the link of an address: it is sent there, once for each organisation whose contact it is, and only there.
    Returns how many went out, which is noted in the trail alone."""
    rows = Contact.objects.filter(email__iexact=address.strip(), organisation__merged_into=None)
    seen, sent = set[int](), 0
    for contact in rows.select_related("organisation").order_by("organisation__name", "pk"):
        if contact.organisation_id not in seen:
            seen.add(contact.organisation_id)
            _send(contact)
            sent += 1
    if sent:
        note(links_sent=sent)
    return sent


@action("entry.links_ended", needs=Permission.REGISTER_EDIT)
def end_entry_links(contact: Contact, *, by: Actor) -> Contact:
    """Every link that was sent to this contact works no more, and an e-mail with one that waits is not sent."""
    contact = lock_latest(contact)
    OneTimeLink.objects.filter(purpose=ENTRY, subject__startswith=f"{contact.pk}.").delete()
    outbox.withdraw_mail(entry_mails.KIND_LINK, key(contact))
    contact.link_version += 1
    return save(contact, full_clean=False)


@action("entry.confirmed", needs=None)
def confirm_entry(organisation: Organisation, *, by: Actor) -> RegisterEntry:
    """All of it is right as it is. Whoever says so by a link is known to be read, as of today."""
    must_speak_for(by, organisation)
    entry = entry_of(organisation)
    entry.confirmed_on, entry.confirmed_by = clock.today(), by.actor_name[:200]
    contact = getattr(by, "contact", None)
    if isinstance(contact, Contact):
        fresh = lock_latest(contact)
        fresh.verified_on = clock.today()
        save(fresh, full_clean=False)
    return save(entry)
