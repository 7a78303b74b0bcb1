"""Where a webhook may be sent: by https, to machines on the open internet."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

from floreo.core.addresses import is_public_address, is_web_address


def may_be_asked(address: str) -> bool:
    """Whether a machine may be notified: it is on the open internet, or in a network that FLOREO_WEBHOOK_PRIVATE names."""
    if is_public_address(address):
        return True
    try:
        found = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return any(found in ip_network(network, strict=False) for network in settings.WEBHOOK_PRIVATE)


def is_usable(url: str) -> bool:
    """Whether messages may go to that address at all: https, or http on this machine where the setting allows that."""
    if not is_web_address(url) or "#" in url:
        return False
    parts = urlsplit(url)
    is_here = parts.hostname in {"localhost", "127.0.0.1", "::1"} and bool(settings.WEBHOOK_PRIVATE)
    return parts.scheme == "https" or is_here
