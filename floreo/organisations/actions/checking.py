"""What every write of the register asks before it saves: known roles, whole addresses, known money."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from floreo.core.access import ROLES, Scope
from floreo.core.errors import Refused
from floreo.core.writing import refuse
from floreo.organisations.models import Organisation
from floreo.organisations.queries import the_country


def email_address(given: str) -> str:
    """The address in small letters. Raises Refused when it is not one."""
    address = given.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise refuse("email", _("Enter the whole e-mail address, for example name@example.org.")) from error
    return address


def known_role(role: str, organisation: Organisation | None) -> str:
    """One of our roles; one that speaks for an organisation needs to know which."""
    if role not in ROLES:
        raise refuse("role", _("Choose a role."))
    if organisation is None and Scope.OWN in ROLES[role].grants.values():
        sentence = _("The role “%(role)s” represents an organisation. Choose the organisation.") % {
            "role": ROLES[role].title
        }
        raise refuse("organisation", sentence, code="needs_organisation")
    return role


def known_currency(code: str) -> str:
    """The ISO 4217 code in capitals; the country's own currency is always known, even a fictional one."""
    import pycountry  # late: it is large, and only who enters money asks

    given = code.strip().upper()
    country = the_country()
    if country is not None and given == country.currency:
        return given
    if len(given) != 3 or pycountry.currencies.get(alpha_3=given) is None:
        sentence = _("“%(code)s” is not a currency. Use a code of three letters, for example USD or EUR.") % {
            "code": code
        }
        raise Refused(sentence, code="unknown_currency", fields={"currency": sentence})
    return given
