"""Prefixes and domains as they are compared everywhere, and those that no organisation can hold. No Django."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

Prefix = IPv4Network | IPv6Network

# IANA's registries of special addresses (RFC 6890 and what followed): nobody holds them.
_NOBODYS = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/8",
        "100::/64",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
# For examples and documents (RFC 5737, 3849, 9637): a fictional country has no others.
_EXAMPLES = tuple(
    ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)
LARGEST_ASN = 4_294_967_294  # RFC 7300 keeps the last one
WIDEST = {4: 8, 6: 16}  # length of the widest prefix that a claim may name: all of them is no claim
_MAPPED = ip_network("::ffff:0:0/96")


class NotHeld(StrEnum):
    """Why nobody can claim it."""

    WIDE = "too_wide"
    PRIVATE = "private"
    EXAMPLE = "example"


def plain_prefix(text: str) -> Prefix:
    """The prefix, however it was spelled; one address counts as a prefix of its own length, and an IPv4 prefix written as IPv6 is the
    IPv4 one. Raises ValueError."""
    found = ip_network(text.strip())
    if isinstance(found, IPv6Network) and found.network_address.scope_id:
        raise ValueError("an address with a zone is of one machine's link")
    if isinstance(found, IPv6Network) and found.prefixlen >= 96 and found.subnet_of(_MAPPED):  # type: ignore[arg-type]
        return IPv4Network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - 96))
    return found


def within(narrow: Prefix, wide: Prefix) -> bool:
    return narrow.version == wide.version and narrow.subnet_of(wide)  # type: ignore[arg-type]


def why_not_held(prefix: Prefix, *, is_sample: bool) -> NotHeld | None:
    """Why nobody can claim that prefix; None where somebody may."""
    if prefix.prefixlen < WIDEST[prefix.version]:
        return NotHeld.WIDE
    if any(prefix.version == each.version and prefix.overlaps(each) for each in _NOBODYS):
        return NotHeld.PRIVATE
    if not is_sample and any(within(prefix, each) for each in _EXAMPLES):
        return NotHeld.EXAMPLE
    return None


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # late: it reads a long list

    return PublicSuffixList()


def is_public_suffix(domain: str) -> bool:
    """Whether anybody registers names directly under it, as under co.uk: nobody holds all of them. By the list of the Public Suffix
    List that is installed; a name of one label always is."""
    return bool(_suffixes().publicsuffix(domain) == domain)


def reverse_name(prefix: Prefix) -> str | None:
    """The name of the reverse zone of exactly that prefix, where there is one: an IPv4 length of whole octets, an IPv6 length of whole
    nibbles."""
    if isinstance(prefix, IPv4Network):
        octets, rest = divmod(prefix.prefixlen, 8)
        if rest or not octets:
            return None
        return ".".join(reversed(str(prefix.network_address).split(".")[:octets])) + ".in-addr.arpa"
    nibbles, rest = divmod(prefix.prefixlen, 4)
    if rest or not nibbles:
        return None
    digits = prefix.network_address.exploded.replace(":", "")[:nibbles]
    return ".".join(reversed(digits)) + ".ip6.arpa"
