"""Writing people. A person who has left is switched off, not removed: what they answered for stays theirs."""

from __future__ import annotations

from typing import TypedDict, Unpack

import phonenumbers
from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.writing import assign, free_code, lock_latest, refuse, require_name, save
from floreo.organisations.models import Organisation, Person
from floreo.organisations.queries import the_country


class PersonFacts(TypedDict, total=False):
    name: str
    organisation: Organisation | None
    post: str
    translations: dict[str, dict[str, str]]
    email: str
    phone: str
    deputy: Person | None
    language: str
    is_active: bool
    source: str
    confirmed: bool
    doubt: str


def sound_phone(given: str) -> str:
    """The number as the world dials it, where it can be known; short national numbers (911) stay as they are."""
    given = given.strip()
    if not given or sum(c.isdigit() for c in given) < 6:
        if given and not any(c.isdigit() for c in given):
            raise refuse("phone", _("Enter a telephone number, for example +1 202 555 0100."), code="bad_phone")
        return given
    country = the_country()
    try:
        number = phonenumbers.parse(given, country.code if country else None)
    except phonenumbers.NumberParseException as error:
        if given.startswith("+") or any(c.isalpha() for c in given):
            raise refuse("phone", _("Enter a valid telephone number."), code="bad_phone") from error
        return given
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def check_person(person: Person) -> None:
    require_name(person)
    person.phone = sound_phone(person.phone)
    if person.deputy_id and person.deputy_id == person.pk:
        raise refuse("deputy", _("A person cannot be their own deputy. Choose another person."), code="own_deputy")


@action("person.added", needs=Permission.PEOPLE_EDIT)
def add_person(*, by: Actor, code: str = "", **facts: Unpack[PersonFacts]) -> Person:
    person = Person()
    assign(person, facts)
    check_person(person)
    person.code = free_code(Person, person.name, wanted=code)
    return save(person)


@action("person.updated", needs=Permission.PEOPLE_EDIT)
def update_person(person: Person, *, by: Actor, version: int | None = None, **facts: Unpack[PersonFacts]) -> Person:
    person = lock_latest(person, version)
    person.set_text("post", facts.get("post", person.post).strip())
    assign(person, facts)
    check_person(person)
    return save(person)
