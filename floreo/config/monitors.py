"""Addresses for whoever watches the machine, and to whom each opens. Without models: the web server asks it of a request that
has no thread yet."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings

HEALTH, READY, METRICS = "/health/", "/ready/", "/metrics"
# A proxy on this machine asks us from this machine too, but says in one of these for whom.
_PASSED_ON = frozenset({"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP"})
_PASSED_ON_ALL = "HTTP_X_FORWARDED_"


def opens(path: str, environ: Mapping[str, Any]) -> bool:
    """Whether `path` is one of these addresses and opens to whoever sent the request; `environ` is what WSGI says of it."""
    if path == READY:
        return is_from_here(environ) or has_token(environ)
    if path == METRICS:
        return has_token(environ)
    return path == HEALTH


def is_from_here(environ: Mapping[str, Any]) -> bool:
    """Whether the request comes from this machine itself, and through no proxy."""
    try:
        address = ip_address(str(environ.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (inner or address).is_loopback and not any(
        name in _PASSED_ON or name.startswith(_PASSED_ON_ALL) for name in environ
    )


def has_token(environ: Mapping[str, Any]) -> bool:
    """Whether the request bears the token of FLOREO_METRICS_TOKEN. Takes as long whatever it bears; without the setting nobody
    has it."""
    kind, _space, given = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    wanted: str = settings.METRICS_TOKEN
    is_same = hmac.compare_digest(_bytes(given.strip()), _bytes(wanted))
    return is_same and bool(wanted) and kind.lower() == "bearer"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
