"""The register and its accounts, by their tables."""

from floreo.organisations.models.accounts import Invitation, Membership, User, UserManager
from floreo.organisations.models.attendance import Attended, PresenceChoice
from floreo.organisations.models.register import (
    Contact,
    ContactRole,
    Country,
    DatePrecision,
    FormerName,
    Holding,
    HoldingKind,
    Kind,
    NationalSector,
    Network,
    Organisation,
    OrganisationQuerySet,
    OrganisationRole,
    Person,
    Place,
    PlaceSort,
)

__all__ = [
    "Attended",
    "Contact",
    "ContactRole",
    "Country",
    "DatePrecision",
    "FormerName",
    "Holding",
    "HoldingKind",
    "Invitation",
    "Kind",
    "Membership",
    "NationalSector",
    "Network",
    "Organisation",
    "OrganisationQuerySet",
    "OrganisationRole",
    "Person",
    "Place",
    "PlaceSort",
    "PresenceChoice",
    "User",
    "UserManager",
]
