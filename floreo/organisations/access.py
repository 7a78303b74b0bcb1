"""Who may see and touch what of the register and of accounts. A view gets its objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.core import links
from floreo.core.access import Actor, Permission, can, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.wording import BY_LINK
from floreo.organisations.models import (
    Contact,
    Holding,
    Invitation,
    Network,
    Organisation,
    Person,
    ProposedChange,
    User,
)


@dataclass(frozen=True)
class Guest:
    """Somebody with a one-time link and no account yet. May do nothing but what the link is for."""

    actor_name: str
    actor_code: str = "guest"

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def get_organisation_for(viewer: object, code: str) -> Organisation:
    """Raises Missing when there is no such organisation or the viewer may not know of it."""
    found = Organisation.objects.visible_to(viewer).select_related("merged_into", "parent", "place").filter(code=code)
    organisation = found.first()
    if organisation is None:
        raise Missing
    return organisation


def get_person_for(viewer: object, code: str) -> Person:
    """People are seen by whoever may see them all, or answers for their organisation."""
    person = Person.objects.visible_to(viewer).filter(code=code).select_related("organisation").first()
    if person is None:
        raise Missing
    return person


def get_network_for(viewer: object, asn: int) -> Network:
    network = Network.objects.visible_to(viewer).filter(asn=asn).select_related("holder").first()
    if network is None:
        raise Missing
    return network


def get_account_for(viewer: object, pk: int) -> User:
    account = User.objects.filter(pk=pk).first() if can(viewer, Permission.ACCOUNT_MANAGE) else None
    if account is None:
        raise Missing
    return account


def get_invitation_for(viewer: object, pk: int) -> Invitation:
    invitation = Invitation.objects.filter(pk=pk).first() if can(viewer, Permission.ACCOUNT_MANAGE) else None
    if invitation is None:
        raise Missing
    return invitation


def get_holding_for(viewer: object, code: str, pk: int) -> Holding:
    rows = Holding.objects.visible_to(viewer).select_related("organisation")
    found = rows.filter(organisation__code=code, pk=pk).first()
    if found is None:
        raise Missing
    return found


def get_proposal_for(viewer: object, pk: int) -> ProposedChange:
    found = ProposedChange.objects.visible_to(viewer).select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found


# --- An organisation keeps its own entry, by a link sent to one of its contacts ------------------------------------

ENTRY = "register.entry"  # purpose of such links
ENTRY_HOURS = 14 * 24


@dataclass(frozen=True)
class Keeper:
    """Whoever has the link sent to a contact: may claim networks and propose changes for its organisation, and nothing else."""

    contact: Contact

    @property
    def organisation(self) -> Organisation:
        return self.contact.organisation

    @property
    def actor_code(self) -> str:
        return f"contact:{self.contact.pk}"

    @property
    def actor_name(self) -> str:
        return BY_LINK % {"address": self.contact.email}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def entry_subject(contact: Contact) -> str:
    """Of its links: one that was sent to an address which the contact no longer has opens nothing."""
    return f"{contact.pk}.{contact.link_version}.{links.hash_of(contact.email.lower())[:24]}"


def keeper_of(token: str) -> Keeper:
    """Whoever holds that link. Raises Missing, with a sentence, for one that opens nothing or nothing any more."""
    try:
        link = links.peek(ENTRY, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from refusal
    pk = link.subject.partition(".")[0]
    rows = Contact.objects.select_related("organisation__merged_into")
    contact = rows.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if contact is None or entry_subject(contact) != link.subject:
        raise _left()
    return Keeper(contact)


def _left() -> Missing:
    return Missing(
        _("This link was sent to a contact that the organisation no longer has. Ask for a new one at its new address.")
    )


def must_speak_for(by: Actor, organisation: Organisation) -> None:
    """Whoever has a link of the organisation's contact as it is now, or represents it signed in. That the link was not ended since the page
    was asked for is looked at again."""
    if not isinstance(by, Keeper):
        must(by, Permission.REGISTER_PROPOSE, organisation)
        return
    if by.organisation.pk != organisation.pk:
        raise NotAllowed
    now = Contact.objects.filter(pk=by.contact.pk).first()
    if now is None or entry_subject(now) != entry_subject(by.contact):
        raise _left()
