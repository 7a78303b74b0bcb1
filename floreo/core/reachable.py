"""Which machines this installation may ask over a network."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings

from floreo.core.addresses import is_public_address


def may_ask(address: str) -> bool:
    """Whether a machine may be asked: it is on the open internet, or in a network that FLOREO_FETCH_PRIVATE names."""
    if is_public_address(address):
        return True
    try:
        found = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in settings.FETCH_PRIVATE)
