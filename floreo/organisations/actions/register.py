"""Writing organisations: their names over time, their roles from a day to a day, contacts, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock, openpgp, smime
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, free_code, lock_latest, refuse, require_name, require_period, save
from floreo.organisations.actions.people import sound_phone
from floreo.organisations.models import Contact, FormerName, Organisation, OrganisationRole, Place


class OrganisationFacts(TypedDict, total=False):
    """What may be said of an organisation, apart from its name, which is changed by renaming."""

    short_name: str
    kind: str
    role_text: str
    internal_notes: str
    parent: Organisation | None
    website: str
    email: str
    phone: str
    place: Place | None
    starts_on: date | None
    ends_on: date | None
    is_public: bool
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


class RoleFacts(TypedDict, total=False):
    title: str
    translations: dict[str, dict[str, str]]
    starts_on: date | None
    ends_on: date | None
    precision: str
    source: str
    source_url: str
    confirmed: bool


class ContactFacts(TypedDict, total=False):
    purpose: str
    role: str
    email: str
    phone: str
    language: str
    openpgp_key: str
    smime_certificate: str
    may_answer: bool
    verified_on: date | None
    is_public: bool
    source: str
    confirmed: bool


def check_organisation(organisation: Organisation) -> None:
    require_name(organisation)
    require_period(organisation.starts_on, organisation.ends_on)
    organisation.phone = sound_phone(organisation.phone)
    above, seen = organisation.parent, {organisation.pk}
    while above is not None:
        if above.pk in seen:
            raise refuse("parent", _("An organisation cannot be part of itself. Choose another."), code="circle")
        seen.add(above.pk)
        above = above.parent


@action("organisation.added", needs=Permission.REGISTER_EDIT)
def add_organisation(*, by: Actor, name: str, code: str = "", **facts: Unpack[OrganisationFacts]) -> Organisation:
    organisation = Organisation(name=name.strip())
    assign(organisation, facts)
    check_organisation(organisation)
    organisation.code = free_code(Organisation, name, wanted=code)
    return save(organisation)


@action("organisation.updated", needs=Permission.REGISTER_EDIT)
def update_organisation(
    organisation: Organisation, *, by: Actor, version: int | None = None, **facts: Unpack[OrganisationFacts]
) -> Organisation:
    organisation = lock_latest(organisation, version)
    assign(organisation, facts)
    check_organisation(organisation)
    return save(organisation)


@action("organisation.renamed", needs=Permission.REGISTER_EDIT)
def rename_organisation(
    organisation: Organisation,
    *,
    by: Actor,
    name: str,
    ends_on: date,
    version: int | None = None,
    short_name: str | None = None,
    source: str = "",
) -> Organisation:
    """Gives it a new name; the old one is kept until the last day it was called so. Corrections of a typing mistake are
    renamings too: the trail keeps both."""
    organisation = lock_latest(organisation, version)
    given = " ".join(name.split())
    if not given or given == organisation.name:
        raise refuse("name", _("Enter the new name."), code="missing")
    if ends_on > clock.today():
        raise refuse(
            "ends_on", _("This date is in the future. Enter the last day of the old name."), code="date_to_come"
        )
    last = organisation.former_names.order_by("-ends_on").first()
    if last is not None and ends_on <= last.ends_on:
        sentence = _("It used the name “%(name)s” until a later date. Enter a date after that.") % {"name": last.name}
        raise refuse("ends_on", sentence, code="dates_in_order")
    save(FormerName(organisation=organisation, name=organisation.name, ends_on=ends_on, source=source, confirmed=True))
    organisation.name = given
    if short_name is not None:
        organisation.short_name = short_name.strip()
    return save(organisation)


@action("organisation.merged", needs=Permission.REGISTER_EDIT)
def merge_organisation(
    organisation: Organisation, *, by: Actor, into: Organisation, on: date, version: int | None = None
) -> Organisation:
    """From the day after `on`, `into` acts for it. Its own parts in the plan stay where they are: history is not
    rewritten, and `successor()` finds who answers today."""
    organisation = lock_latest(organisation, version)
    if organisation.merged_into_id:
        raise Refused(_("It has already been merged."), code="merged")
    if into.pk == organisation.pk or into.successor().pk == organisation.pk:
        raise refuse("into", _("An organisation cannot be merged into itself. Choose another."), code="circle")
    if organisation.starts_on and on < organisation.starts_on:
        raise refuse("on", _("It did not exist on that day."), code="dates_in_order")
    organisation.merged_into, organisation.ends_on = into, on
    return save(organisation)


@action("organisation_role.added", needs=Permission.REGISTER_EDIT)
def add_role(organisation: Organisation, *, by: Actor, code: str = "", **facts: Unpack[RoleFacts]) -> OrganisationRole:
    """A dated role: "leads national cybersecurity since 2025"."""
    role = OrganisationRole(organisation=organisation)
    assign(role, facts)
    require_name(role, "title")
    require_period(role.starts_on, role.ends_on)
    role.code = code or free_code(OrganisationRole, role.title)
    if organisation.roles.filter(code=role.code).exists():
        raise refuse("code", _("It already has a role with this code."), code="code_taken")
    return save(role)


@action("organisation_role.updated", needs=Permission.REGISTER_EDIT)
def update_role(
    role: OrganisationRole, *, by: Actor, version: int | None = None, **facts: Unpack[RoleFacts]
) -> OrganisationRole:
    role = lock_latest(role, version)
    assign(role, facts)
    require_name(role, "title")
    require_period(role.starts_on, role.ends_on)
    return save(role)


@action("organisation_role.removed", needs=Permission.REGISTER_EDIT)
def remove_role(role: OrganisationRole, *, by: Actor) -> None:
    delete(lock_latest(role))


def check_contact(contact: Contact) -> None:
    """What every contact has to be; its keys too."""
    _check_keys(contact)
    check_contact_facts(contact)


def check_contact_facts(contact: Contact) -> None:
    require_name(contact, "purpose")
    if contact.verified_on and contact.verified_on > clock.today():
        raise refuse("verified_on", _("This date is in the future."), code="date_to_come")
    contact.phone = sound_phone(contact.phone)
    if not contact.email and not contact.phone:
        raise refuse("email", _("Enter an e-mail address or a telephone number."), code="missing")


_KEYS: Mapping[str, Callable[[str], str]] = {
    "openpgp_key": lambda text: openpgp.certificate(text).armoured,
    "smime_certificate": lambda text: smime.certificate(text).pem,
}


def _check_keys(contact: Contact, before: Mapping[str, str] | None = None) -> None:
    """Keys that can be used now, as their owner exported them. Refuses any other at its field; one that expired `before` and was not
    touched stops no other change."""
    for name, read in _KEYS.items():
        text = getattr(contact, name).strip()
        if not text or (before is not None and text == before[name].strip()):
            continue
        try:
            setattr(contact, name, read(text))
        except Refused as refusal:
            raise refuse(name, str(refusal.sentence), code=refusal.code) from refusal


@action("contact.added", needs=Permission.REGISTER_EDIT)
def add_contact(organisation: Organisation, *, by: Actor, **facts: Unpack[ContactFacts]) -> Contact:
    contact = Contact(organisation=organisation)
    assign(contact, facts)
    _check_keys(contact)
    check_contact_facts(contact)
    return save(contact)


@action("contact.updated", needs=Permission.REGISTER_EDIT)
def update_contact(
    contact: Contact, *, by: Actor, version: int | None = None, **facts: Unpack[ContactFacts]
) -> Contact:
    contact = lock_latest(contact, version)
    before = {name: getattr(contact, name) for name in _KEYS}
    assign(contact, facts)
    _check_keys(contact, before)
    check_contact_facts(contact)
    return save(contact)


@action("contact.removed", needs=Permission.REGISTER_EDIT)
def remove_contact(contact: Contact, *, by: Actor) -> None:
    delete(lock_latest(contact))
