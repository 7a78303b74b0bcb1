"""Networks whose addresses change hands or are shared, as the register has them today; and those that look so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings

from floreo.feeds import logic
from floreo.feeds.engine.addresses import text_of
from floreo.feeds.engine.store import Store, shared_addresses
from floreo.feeds.models import AddressPool, Finding, PoolKind

Network = IPv4Network | IPv6Network

LOOK_BACK = timedelta(days=60)  # in which addresses that change hands are looked for
NAT_BACK = timedelta(days=7)
SHORT_DAYS = 3  # for which a finding is seen where its machine soon has another address
_LEAST_SHORT = 6  # findings of one kind in a network
_MOST_LONG = 0.2  # of those, that are seen for longer
_MOST_AT_ONCE = 1.25  # on an average day


@dataclass(frozen=True)
class Pools:
    """Networks in force, by version and length of prefix."""

    networks: Mapping[tuple[int, int], Mapping[int, str]]  # the network as a number -> PoolKind

    @classmethod
    def now(cls) -> Pools:
        found: dict[tuple[int, int], dict[int, str]] = {}
        for prefix, kind in AddressPool.objects.active().order_by("pk").values_list("prefix", "kind"):
            network = ip_network(prefix)
            found.setdefault((network.version, network.prefixlen), {})[int(network.network_address)] = kind
        return cls(found)

    def kind_of(self, address: str | None) -> str:
        """How the address is used (a PoolKind), by the smallest network around it; "" where nothing is known."""
        if not address or not self.networks:
            return ""
        one = ip_address(address)
        for version, length in sorted(self.networks, reverse=True):
            rest = one.max_prefixlen - length
            if version == one.version and (kind := self.networks[version, length].get(int(one) >> rest << rest)):
                return kind
        return ""

    def hold(self, address: str | None) -> bool:
        return bool(self.kind_of(address))


@dataclass(frozen=True)
class Offer:
    """A network that looks like a pool. `findings`: short ones of one kind, or customers seen behind one address; `days`: on which."""

    prefix: str
    kind: str  # PoolKind
    findings: int
    days: int


def offers(today: date) -> Iterator[Offer]:
    """What a person is asked about: networks in which findings of one kind follow one another, and addresses with many infections."""
    yield from _dynamic(today)
    yield from _shared(today)


def _dynamic(today: date) -> Iterator[Offer]:
    """Of each /24 and kind: many findings, nearly all short, hardly two on one day, and each another address."""
    groups: dict[tuple[str, str], list[tuple[int, Mapping[str, list[list[str]]]]]] = {}
    rows = Finding.objects.filter(first_day__gt=today - LOOK_BACK).exclude(ip=None).order_by()
    for ip, kind, days_seen, seen in rows.values_list("ip", "kind", "days_seen", "seen").iterator(chunk_size=5000):
        if ip and ":" not in ip:
            network = str(ip_network((ip, 24), strict=False))
            groups.setdefault((network, kind), []).append((days_seen, seen))
    found: dict[str, Offer] = {}
    for (network, _kind), members in sorted(groups.items()):
        short = [(days_seen, seen) for days_seen, seen in members if days_seen <= SHORT_DAYS]
        if len(short) < _LEAST_SHORT or len(short) < (1 - _MOST_LONG) * len(members):
            continue
        days = {day for _days, seen in short for day in _days_of(seen)}
        if sum(days_seen for days_seen, _seen in short) <= _MOST_AT_ONCE * len(days):
            offer = Offer(network, PoolKind.DYNAMIC.value, len(short), len(days))
            found[network] = max(found.get(network, offer), offer, key=lambda each: each.findings)
    yield from found.values()


def _days_of(seen: Mapping[str, list[list[str]]]) -> Iterator[date]:
    for stretches in seen.values():
        for first, last in stretches:
            day = date.fromisoformat(first)
            while day <= date.fromisoformat(last):
                yield day
                day += timedelta(days=1)


def _shared(today: date) -> Iterator[Offer]:
    """Addresses behind which several customers are, by the infections that call from it on one day, each from its own source port."""
    for hi, lo, customers, days in shared_addresses(Store(settings.EVENTS_ROOT), today - NAT_BACK, today):
        address = text_of(hi, lo)
        if not logic.wanders(address):
            yield Offer(str(ip_network(address)), PoolKind.NAT.value, customers, days)
