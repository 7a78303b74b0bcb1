"""Which addresses are of the web, and which lie on the open internet. No Django."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

# Closed networks that the library calls open: protocols' own addresses, and what sites once kept to themselves.
_CLOSED = (ip_network("192.0.0.0/24"), ip_network("fec0::/10"))
_CARRIER_GRADE = IPv6Address("64:ff9b::"), 96  # addresses of the old internet inside the new one


def is_web_address(url: str) -> bool:
    """Whether it is an http or https address with a host, and without a name and password in it."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises when it is no number
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The old address that a new one replaces, where it does."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if int(address) >> 32 == int(_CARRIER_GRADE[0]) >> 32:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.teredo[1] if address.teredo else None


def is_public_address(address: str) -> bool:
    """Whether an IP address lies on the open internet: not this machine, not a private network."""
    try:
        found = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (older := _inside(found)) is not None:
        found = older
    if any(found in network for network in _CLOSED):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved
