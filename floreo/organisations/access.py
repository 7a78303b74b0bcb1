"""Who may see and touch what of the register and of accounts. A view gets its objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from floreo.core.access import Permission, can
from floreo.core.errors import Missing
from floreo.organisations.models import Invitation, Network, Organisation, Person, User


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
