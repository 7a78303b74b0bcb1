"""Writing networks: their numbers and prefixes, checked, and reported when two claim the same addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.writing import assign, delete, lock_latest, refuse, require_name, save
from floreo.organisations.held import LARGEST_ASN
from floreo.organisations.models import Network, Organisation

Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


class NetworkFacts(TypedDict, total=False):
    name: str
    holder: Organisation | None
    is_public: bool
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def read_prefixes(given: Iterable[str]) -> list[Prefix]:
    """Prefixes in order, each once. Raises Refused that names the first one which is not a prefix."""
    found: list[Prefix] = []
    for each in (s.strip() for s in given):
        if not each:
            continue
        try:
            prefix = ipaddress.ip_network(each)
        except ValueError as error:
            sentence = _(
                "“%(prefix)s” is not a prefix. Enter the first address and the length, for example 192.0.2.0/24."
            )
            raise refuse("prefixes", sentence % {"prefix": each[:60]}, code="bad_prefix") from error
        if prefix not in found:
            found.append(prefix)
    return sorted(found, key=lambda p: (p.version, p))


def overlaps(
    prefixes: Sequence[Prefix], *, but: int | None = None, among: Iterable[Network] | None = None
) -> list[tuple[str, str, Network]]:
    """Every prefix that shares addresses with one of another network: (ours, theirs, whose). `among`: where they were read before."""
    found = []
    for network in Network.objects.all() if among is None else among:
        if but is not None and network.asn == but:
            continue
        for theirs in (ipaddress.ip_network(p, strict=False) for p in network.prefixes):
            found += [
                (str(ours), str(theirs), network)
                for ours in prefixes
                if ours.version == theirs.version and ours.overlaps(theirs)
            ]
    return found


def must_be_asn(asn: int) -> None:
    if not 1 <= asn <= LARGEST_ASN:
        raise refuse("asn", _("Enter an autonomous system number from 1 to 4,294,967,294."), code="bad_asn")


def overlap_sentence(ours: str, theirs: str, owner: Network) -> str:
    sentence = _("%(ours)s shares addresses with %(theirs)s of %(whose)s. Correct it, or confirm that both are right.")
    return sentence % {"ours": ours, "theirs": theirs, "whose": owner}


def _set_prefixes(network: Network, given: Iterable[str], *, accept_overlap: bool) -> None:
    prefixes = read_prefixes(given)
    shared = overlaps(prefixes, but=network.asn)
    if shared and not accept_overlap:
        raise refuse("prefixes", overlap_sentence(*shared[0]), code="overlap")
    if shared:
        note(shared_with=sorted({network.code for _ours, _theirs, network in shared}))
    network.prefixes = [str(p) for p in prefixes]
    network.registry_prefixes = {p: of for p, of in network.registry_prefixes.items() if p in network.prefixes}


@action("network.added", needs=Permission.REGISTER_EDIT)
def add_network(
    *, by: Actor, asn: int, prefixes: Iterable[str] = (), accept_overlap: bool = False, **facts: Unpack[NetworkFacts]
) -> Network:
    must_be_asn(asn)
    if Network.objects.filter(asn=asn).exists():
        raise refuse("asn", _("AS%(asn)d is already in the register.") % {"asn": asn}, code="asn_taken")
    network = Network(asn=asn)
    assign(network, facts)
    require_name(network)
    _set_prefixes(network, prefixes, accept_overlap=accept_overlap)
    return _kept(network)


@action("network.updated", needs=Permission.REGISTER_EDIT)
def update_network(
    network: Network,
    *,
    by: Actor,
    version: int | None = None,
    prefixes: Iterable[str] | None = None,
    accept_overlap: bool = False,
    **facts: Unpack[NetworkFacts],
) -> Network:
    network = lock_latest(network, version)
    assign(network, facts)
    require_name(network)
    if prefixes is not None:
        _set_prefixes(network, prefixes, accept_overlap=accept_overlap)
    return _kept(network)


def _kept(network: Network) -> Network:
    """A network may have no prefix of the country's own, which Django's own check takes for an empty field."""
    return save(network, full_clean=bool(network.prefixes))


@action("network.removed", needs=Permission.REGISTER_EDIT)
def remove_network(network: Network, *, by: Actor, reason: str) -> None:
    if not reason.strip():
        raise refuse("reason", _("Give the reason for removing it."), code="missing")
    note(reason=reason.strip()[:500])
    delete(lock_latest(network))
