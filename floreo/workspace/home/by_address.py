"""What the workspace knows of an address, a network or a name that somebody types into the search: asked of the records themselves, each by
the rule of its kind, because an index of words takes addresses apart differently on each database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import islice

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _l

from floreo.core.keys import key
from floreo.core.policy import things_seen
from floreo.feeds.models import Finding, Notice
from floreo.incidents.models import Case
from floreo.organisations.models import Holding, Network

Addresses = IPv4Network | IPv6Network
SHOWN = 10  # of a kind
SHORTEST = 3  # letters and digits of a word by which networks are sought
LOOKED_AT = 5_000  # networks of the register: their prefixes are a list in one column
_NUMBER = re.compile(r"(?:as\s?)?(\d{1,10})", re.IGNORECASE)
_NAME = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)


@dataclass(frozen=True)
class Hit:
    """One thing that has the address, and what kind of thing it is."""

    title: str
    href: str
    kind: str | Promise


def found_by_address(words: str, viewer: object) -> list[Hit]:
    """Networks, holdings, findings, notices and cases with exactly that address, prefix, number or name, as far as the viewer may know of
    them; of the networks and holdings also those in which it lies. For other words, networks that are called so."""
    sought = words.strip().strip(".").lower()
    addresses, number = _addresses(sought), _NUMBER.fullmatch(sought)
    if addresses is None and number is None and not _NAME.fullmatch(sought):
        return list(_networks_called(words.split()[:12], viewer))
    found = [*_networks(addresses, number, viewer), *_holdings(addresses, sought, viewer)]
    if number is None or addresses is not None:
        subject = str(addresses.network_address) if addresses is not None and addresses.num_addresses == 1 else sought
        found += [*_findings(subject, viewer), *_notices(subject, viewer), *_cases(subject, viewer)]
    return found


def _addresses(sought: str) -> Addresses | None:
    """What was typed as a network: one address is one of itself. Only what has a point or a colon: a number alone is a network's."""
    if not ("." in sought or ":" in sought):
        return None
    try:
        return ip_network(sought, strict=False)
    except ValueError:
        return None


def _networks(addresses: Addresses | None, number: re.Match[str] | None, viewer: object) -> Iterator[Hit]:
    rows = Network.objects.visible_to(viewer)
    if number is not None and addresses is None:
        found = list(rows.filter(asn=int(number[1])))
    elif addresses is not None:
        looked_at = rows.only("asn", "name", "prefixes")[:LOOKED_AT]
        found = list(islice((n for n in looked_at if _holds(n.prefixes, addresses)), SHOWN))
    else:
        found = []
    for network in found:
        yield Hit(str(network), network.workspace_url(), _l("Network"))


def _networks_called(words: list[str], viewer: object) -> Iterator[Hit]:
    """Those whose name holds every word. A short word alone is in too many."""
    if max((sum(map(str.isalnum, word)) for word in words), default=0) < SHORTEST:
        return
    rows = Network.objects.visible_to(viewer)
    for word in words:
        rows = rows.filter(name__icontains=word)
    for network in rows.order_by("name", "pk")[:SHOWN]:
        yield Hit(str(network), network.workspace_url(), _l("Network"))


def _holds(prefixes: list[str], addresses: Addresses) -> bool:
    for prefix in prefixes:
        try:
            network = ip_network(prefix, strict=False)
        except ValueError:
            continue
        if network.version == addresses.version and addresses.subnet_of(network):  # type: ignore[arg-type]  # of one version
            return True
    return False


def _holdings(addresses: Addresses | None, sought: str, viewer: object) -> Iterator[Hit]:
    """Those of which the address, or the name, is a part: asked for by every value that may hold it."""
    if addresses is not None:
        values = [str(addresses.supernet(new_prefix=length)) for length in range(addresses.prefixlen + 1)]
    elif _NAME.fullmatch(sought):
        labels = sought.split(".")[:20]
        values = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    else:
        return
    rows = Holding.objects.visible_to(viewer).live().filter(value__in=values).select_related("organisation")
    for holding in rows.order_by("value", "pk")[:SHOWN]:
        yield Hit(
            f"{holding.value}, {holding.organisation.in_language('name')}",
            holding.workspace_url(),
            _l("Addresses or domain"),
        )


def _findings(subject: str, viewer: object) -> Iterator[Hit]:
    for finding in Finding.objects.visible_to(viewer).filter(subject=subject)[:SHOWN]:
        yield Hit(str(finding), finding.get_absolute_url(), _l("Finding"))


def _notices(subject: str, viewer: object) -> Iterator[Hit]:
    rows = Notice.objects.filter(lines__finding__subject=subject).select_related("organisation").distinct()
    found = {key(notice): notice for notice in rows[:SHOWN]}
    seen = things_seen(found, viewer)
    for name, notice in found.items():
        if name in seen:
            yield Hit(str(notice), notice.get_absolute_url(), _l("Notice"))


def _cases(subject: str, viewer: object) -> Iterator[Hit]:
    """Cases of the viewer's in which it is among the observables."""
    rows = Case.objects.visible_to(viewer).filter(Q(observables__value=subject)).distinct()
    found = {key(case): case for case in rows[:SHOWN]}
    for name, case in found.items():
        if name in things_seen([name], viewer):
            yield Hit(str(case), case.get_absolute_url(), _l("Case"))
