"""The shape of the register's pack files and how their rows become objects."""

from floreo.organisations.pack.rows import (
    SHAPES,
    ContactShape,
    CountryShape,
    FormerNameShape,
    HoldingShape,
    NetworkShape,
    OrganisationShape,
    PersonShape,
    PlaceShape,
    ProposalShape,
    RoleShape,
    SectorShape,
)

__all__ = [
    "SHAPES",
    "ContactShape",
    "CountryShape",
    "FormerNameShape",
    "HoldingShape",
    "NetworkShape",
    "OrganisationShape",
    "PersonShape",
    "PlaceShape",
    "ProposalShape",
    "RoleShape",
    "SectorShape",
]
