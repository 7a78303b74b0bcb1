"""A register for tests: organisations, people and networks, plain and small."""

from __future__ import annotations

from floreo.organisations.models import Kind, Network, Organisation, Person


def organisation(code: str, name: str = "", **facts: object) -> Organisation:
    given = {"name": name or code.replace("-", " ").title(), "kind": Kind.AGENCY} | facts
    return Organisation.objects.create(code=code, **given)


def person(code: str, body: Organisation | None = None, **facts: object) -> Person:
    return Person.objects.create(code=code, name=code.replace("-", " ").title(), organisation=body, **facts)


def network(asn: int, *prefixes: str, holder: Organisation | None = None) -> Network:
    return Network.objects.create(asn=asn, name=f"Network {asn}", prefixes=list(prefixes), holder=holder)
