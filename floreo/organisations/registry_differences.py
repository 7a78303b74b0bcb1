"""How the delegated file of a registry and the networks of the register differ, for one country. No Django: what the register has is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, summarize_address_range

from floreo.organisations.held import Prefix
from floreo.organisations.registry import Block, Numbers


@dataclass(frozen=True)
class Had:
    """A network of the register; `automatic` are those of its prefixes that an earlier file brought."""

    asn: int
    automatic: tuple[Prefix, ...] = ()


@dataclass(frozen=True)
class Difference:
    """`kind` is a DifferenceKind; `asn` 0 where the file does not say of which network."""

    kind: str
    name: str
    asn: int = 0
    prefixes: tuple[str, ...] = ()
    holder: str = ""
    value: str = ""


def differences(
    country: str, blocks: Iterable[Block], numbers: Iterable[Numbers], networks: Sequence[Had], held: Iterable[Prefix]
) -> list[Difference]:
    """`held`: all addresses that the register has, of networks and organisations. Blocks are joined to a system number where their holder has
    one alone; a block of which the register has any part is known."""
    own = [block for block in blocks if block.country == country and block.is_given]
    by_holder: dict[str, list[int]] = defaultdict(list)
    holder_of: dict[int, str] = {}
    for row in numbers:
        for asn in range(row.first, row.first + row.count) if row.country == country else ():
            by_holder[row.holder].append(asn)
            holder_of[asn] = row.holder
    known, there = {network.asn for network in networks}, _Spans(held)
    new = {asn for asn in holder_of if asn not in known}
    found = [*_addresses(own, by_holder, there)]
    joined: dict[int, list[Difference]] = defaultdict(list)
    for each in found:
        joined[each.asn].append(each)
    yet = [each for each in found if each.asn not in new]
    networks_yet = [_network(asn, holder_of[asn], joined.get(asn, [])) for asn in sorted(new)]
    return [*networks_yet, *yet, *_gone(own, networks)]


def _network(asn: int, holder: str, found: list[Difference]) -> Difference:
    prefixes = tuple(prefix for each in found for prefix in each.prefixes)
    return Difference("network", f"AS{asn}", asn, prefixes, holder)


def _addresses(own: Iterable[Block], by_holder: Mapping[str, list[int]], there: _Spans) -> Iterator[Difference]:
    for block in own:
        if there.touch(block):
            continue
        asns = by_holder.get(block.holder, []) if block.holder else []
        prefixes = tuple(str(prefix) for prefix in _prefixes(block))
        yield Difference("prefix", prefixes[0], asns[0] if len(asns) == 1 else 0, prefixes, block.holder)


def _gone(own: Sequence[Block], networks: Iterable[Had]) -> Iterator[Difference]:
    """Only of what a file had brought, so that nothing is removed that a person entered."""
    for network in networks:
        for prefix in network.automatic:
            if not any(block.overlaps(prefix) for block in own):
                yield Difference("gone", str(prefix), network.asn, (str(prefix),))


def _prefixes(block: Block) -> Iterable[IPv4Network | IPv6Network]:
    """A block need not be one prefix: 768 addresses are two."""
    if isinstance(block.first, IPv4Address) and isinstance(block.last, IPv4Address):
        return summarize_address_range(block.first, block.last)
    assert isinstance(block.first, IPv6Address)
    assert isinstance(block.last, IPv6Address)
    return summarize_address_range(block.first, block.last)


class _Spans:
    """Addresses of the register; few thousand, asked for each block of a country."""

    def __init__(self, held: Iterable[Prefix]) -> None:
        self._held = list(held)

    def touch(self, block: Block) -> bool:
        return any(block.overlaps(prefix) for prefix in self._held)


# --- Answers about networks of the register -----------------------------------------------------------------------


def parts_of(prefix: Prefix, first: IPv4Address | IPv6Address, last: IPv4Address | IPv6Address) -> tuple[str, ...]:
    """`prefix` in the parts before, within and after `first` to `last`, which a registry has by themselves; () where they hold all of it
    or none of it."""
    if first.version != prefix.version:
        return ()
    low, high = max(int(first), int(prefix[0])), min(int(last), int(prefix[-1]))
    if low > high or (low, high) == (int(prefix[0]), int(prefix[-1])):
        return ()
    spans = ((int(prefix[0]), low - 1), (low, high), (high + 1, int(prefix[-1])))
    return tuple(str(part) for start, end in spans if start <= end for part in _between(start, end, prefix.version))


def _between(start: int, end: int, version: int) -> Iterable[IPv4Network | IPv6Network]:
    if version == 4:
        return summarize_address_range(IPv4Address(start), IPv4Address(end))
    return summarize_address_range(IPv6Address(start), IPv6Address(end))
