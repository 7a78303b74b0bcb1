"""What organisations may propose to change of their own entry: their public details, contacts, and what the team approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Actor
from floreo.core.proposals import ProposalKind
from floreo.organisations.actions.holdings import update_holding, withdraw_holding
from floreo.organisations.actions.people import sound_phone
from floreo.organisations.actions.register import (
    add_contact,
    check_contact,
    remove_contact,
    update_contact,
    update_organisation,
)
from floreo.organisations.models import Contact, Holding, HoldingKind, HoldingState, Organisation


def _itself(organisation: Organisation) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk=organisation.pk)


def _check_organisation(organisation: Organisation) -> None:
    organisation.phone = sound_phone(organisation.phone)


def known_domains(organisation: Organisation) -> set[str]:
    """Names under which its e-mail can be expected: of its approved domains, its website and its own address."""
    held = Holding.objects.approved().filter(organisation=organisation, kind=HoldingKind.DOMAIN)
    found = set(held.values_list("value", flat=True))
    host = (urlsplit(organisation.website).hostname or "").removeprefix("www.")
    found |= {host, organisation.email.rpartition("@")[2].lower()}
    found |= {
        address.rpartition("@")[2].lower()
        for address in Contact.objects.filter(organisation=organisation).values_list("email", flat=True)
    }
    return found - {""}


def _is_expected(address: str, domains: set[str]) -> bool:
    domain = address.rpartition("@")[2].lower()
    return any(domain == each or domain.endswith(f".{each}") for each in domains)


def contact_problems(organisation: Organisation, contact: Contact | None, facts: dict[str, Any]) -> Iterable[str]:
    """Whoever has a link could send what is meant for the organisation elsewhere: a person looks at that."""
    address = str(facts.get("email", ""))
    if contact is not None and contact.email and "email" in facts:
        yield _("E-mail to this contact would go to another address.")
    if address and not _is_expected(address, known_domains(organisation)):
        yield _("The address is under none of the domains that the register knows of the organisation.")
    if facts.get("may_answer") and (contact is None or not contact.may_answer) and _has_who_may_not(organisation):
        yield _("Whoever reads e-mail to this contact could reply to notices. Others of the organisation may not.")
    keys = ("openpgp_key", "smime_certificate")
    if contact is not None and any(facts.get(name) and getattr(contact, name) for name in keys):
        yield _("E-mail to this contact would be encrypted with another key.")


def _has_who_may_not(organisation: Organisation) -> bool:
    return Contact.objects.filter(organisation=organisation, may_answer=False).exists()


def _remove_holding(holding: Holding, *, by: Actor) -> Holding:
    return withdraw_holding(holding, by=by, reason=_("The organisation says that it no longer holds it."))


def _approved(organisation: Organisation) -> QuerySet[Holding]:
    return Holding.objects.filter(organisation=organisation, state=HoldingState.APPROVED)


KINDS = (
    ProposalKind(
        "organisation",
        _l("Details of the organisation"),
        Organisation,
        ("short_name", "role_text", "website", "email", "phone"),
        rows=_itself,
        update=update_organisation,
        check=_check_organisation,
    ),
    ProposalKind(
        "contact",
        _l("Contact"),
        Contact,
        ("purpose", "role", "email", "phone", "language", "openpgp_key", "smime_certificate", "may_answer"),
        rows=lambda organisation: Contact.objects.filter(organisation=organisation),
        add=add_contact,
        update=update_contact,
        remove=remove_contact,
        check=check_contact,
        problems=contact_problems,
    ),
    ProposalKind(
        "holding",
        _l("Addresses or a domain"),
        Holding,
        ("service",),
        rows=_approved,
        update=update_holding,
        remove=_remove_holding,
    ),
)
