"""In which header of a request a key may be: any that is a name by RFC 9110 and that neither describes the request itself nor is
about the connection. Imports nothing of Floreo."""

from __future__ import annotations

import re

AUTHORIZATION = "Authorization"
LONGEST = 60
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, section 5.6.2
# By which servers and what is before them route, keep or change a request, and those that we set ourselves.
_NOT_FOR_KEYS = frozenset(
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "age",
        "cache-control",
        "connection",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "forwarded",
        "from",
        "hmac2",
        "host",
        "http2-settings",
        "keep-alive",
        "max-forwards",
        "origin",
        "pragma",
        "range",
        "referer",
        "set-cookie",
        "set-cookie2",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "warning",
    ]
)
_NOT_BEGINNING = (
    "accept-",
    "access-control-",
    "content-",
    "if-",
    "proxy-",
    "sec-",
    "x-forwarded-",
    "x-http-method",
    "x-method-",
)


def is_for_keys(name: str) -> bool:
    """Whether a key may be sent in a header of that name."""
    low = name.lower()
    is_name = len(name) <= LONGEST and _TOKEN.match(name) is not None
    return is_name and low not in _NOT_FOR_KEYS and not low.startswith(_NOT_BEGINNING)
