"""What the register leaves open about networks: addresses that two claim, networks without a holder, bodies that no
notice reaches."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from floreo.organisations.models import Contact, Holding, HoldingKind, Network, Organisation

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class HeldPrefix:
    """A prefix and who holds it. `body` is none where the network has no holder."""

    prefix: Prefix
    body: Organisation | None
    by: str  # "AS64500 Island Telephone", or "" for a holding of its own


@dataclass(frozen=True)
class Overlap:
    """Two claims to the same addresses. The longer prefix counts; of two that are the same, the holding does."""

    wide: HeldPrefix
    exact: HeldPrefix

    @property
    def is_same(self) -> bool:
        return self.wide.prefix == self.exact.prefix


def held_prefixes() -> list[HeldPrefix]:
    """Every prefix that the register knows, shorter ones first, so that what lies within follows what it lies in."""
    found = []
    for network in Network.objects.select_related("holder__merged_into"):
        body = network.holder.successor() if network.holder else None
        found += [HeldPrefix(ipaddress.ip_network(p, strict=False), body, str(network)) for p in network.prefixes]
    held = Holding.objects.approved().filter(kind=HoldingKind.PREFIX).select_related("organisation__merged_into")
    found += [HeldPrefix(ipaddress.ip_network(h.value, strict=False), h.organisation.successor(), "") for h in held]
    return sorted(found, key=lambda c: (c.prefix.version, int(c.prefix.network_address), c.prefix.prefixlen, not c.by))


def overlaps(ordered: Iterable[HeldPrefix]) -> list[Overlap]:
    """Each prefix beside the narrowest one that holds it, where two different bodies claim them. Prefixes either lie
    within each other or apart, so one walk with a stack finds all."""
    found: list[Overlap] = []
    around: list[HeldPrefix] = []
    for claim in ordered:
        while around and not _holds(around[-1].prefix, claim.prefix):
            around.pop()
        if around and around[-1].body != claim.body:
            found.append(Overlap(around[-1], claim))
        around.append(claim)
    return found


def _holds(wide: Prefix, narrow: Prefix) -> bool:
    return wide.version == narrow.version and narrow.subnet_of(wide)  # type: ignore[arg-type]  # of one version


def without_holder() -> list[Network]:
    """What is seen there belongs to nobody."""
    return list(Network.objects.filter(holder=None))


def notified_of_findings() -> list[Organisation]:
    """Bodies with a network or a holding: what the notices of findings go to."""
    held = Holding.objects.approved().values("organisation")
    rows = Organisation.objects.filter(merged_into=None).filter(~Q(networks=None) | Q(pk__in=held))
    return list(rows.distinct().prefetch_related("contacts"))


def without_contact(bodies: Iterable[Organisation]) -> list[Organisation]:
    """Of them those that no notice can reach: no contact with an address, and no address of their own."""
    return [b for b in bodies if not b.email and not any(c.email for c in b.contacts.all())]


def never_answered(bodies: Iterable[Organisation]) -> list[Contact]:
    """Their contacts with an address from which nobody has answered yet."""
    rows = Contact.objects.filter(organisation__in=list(bodies), verified_on=None).exclude(email="")
    return list(rows.select_related("organisation").order_by("organisation__name", "purpose"))
