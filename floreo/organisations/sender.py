"""Who writes the mails of the national team, and where an answer goes."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from floreo.organisations.models import Kind, Organisation
from floreo.organisations.queries import the_country


@dataclass(frozen=True)
class Sender:
    """Who writes, and where an answer goes."""

    name: str
    reply: str
    phone: str = ""


def national_team() -> Organisation | None:
    """The national team as the register has it, with an address: whoever writes the notices."""
    return Organisation.objects.filter(kind=Kind.CSIRT, merged_into=None, is_public=True).exclude(email="").first()


def sender() -> Sender:
    """The national team as the register has it; else the country and the address that mail leaves from."""
    team = national_team()
    if team is not None:
        return Sender(team.in_language("name"), team.email, team.phone)
    country = the_country()
    return Sender(
        country.in_language("name") if country else "Floreo", settings.MAIL_REPLY_TO or settings.DEFAULT_FROM_EMAIL
    )
