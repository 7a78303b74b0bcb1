"""Addresses that open something by themselves: whoever has one needs no account. They are declared here once; from this the log
hides their keys, the proxy example leaves them out of its log, and every answer under them gets its headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PrivateRoute:
    """`path` is what is before the key, after the language. `checks_origin`: its forms are compared with the browser's
    Origin against forgery, which "no-referrer" would take away; "strict-origin" sends the host and never the key."""

    path: str
    checks_origin: bool = False


PRIVATE_ROUTES = (
    PrivateRoute("answer"),
    PrivateRoute("assessment"),
    PrivateRoute("reports/preview"),
    PrivateRoute("findings"),
    PrivateRoute("calendar"),
    PrivateRoute("report/follow"),
    PrivateRoute("comment/follow"),
    PrivateRoute("comment/invited"),
    PrivateRoute("ambassador"),
    PrivateRoute("certificates/own"),
    PrivateRoute("training/mine"),
    PrivateRoute("training/group"),
    PrivateRoute("training/check-in"),
    PrivateRoute("training/here"),
    PrivateRoute("register/entry"),
    PrivateRoute("contacts/confirm"),
    PrivateRoute("contacts/drill"),
    PrivateRoute("committee/vote"),
    PrivateRoute("committee/dates"),
    PrivateRoute("courses/keep"),
    PrivateRoute("workforce/answer"),
    PrivateRoute("competitions/entry"),
    PrivateRoute("competitions/guardian"),
    PrivateRoute("competitions/jury"),
    PrivateRoute("survey/link"),
    PrivateRoute("survey/interview"),
    PrivateRoute("exercise/mine"),
    PrivateRoute("exercise/confirm"),
    PrivateRoute("notify/begin"),
    PrivateRoute("notify/own"),
    PrivateRoute("obligations/own"),
    PrivateRoute("advisories/confirm"),
    PrivateRoute("advisories/unsubscribe"),
    PrivateRoute("welcome", checks_origin=True),
    PrivateRoute("account/invitation", checks_origin=True),
    PrivateRoute("account/password/reset/key", checks_origin=True),
    PrivateRoute("account/confirm-email", checks_origin=True),
)
KEY_NAMES = frozenset({"token", "key"})  # of the part of a route that is the key
LANGUAGE = "([a-z][a-z][a-z]?/)?"  # before an address: two characters or three, as language_codes.py has them
PROXY_PATTERN = f"^/{LANGUAGE}({'|'.join(route.path for route in PRIVATE_ROUTES)})/"  # as nginx reads it

_PLACES = "|".join(re.escape(route.path) for route in PRIVATE_ROUTES)
# In any text: an address of the workspace under one of these names holds no key.
_KEYS = re.compile(rf"(?<!/workspace)(/|%2F)({_PLACES.replace('/', '(?:/|%2F)')})(/|%2F)[^/\s\"'?&#%]+", re.IGNORECASE)
_PATHS = re.compile(PROXY_PATTERN)
# What a program shows (organisations/actions/tokens.py), and the secret of a webhook (webhooks/signing.py): each has a prefix, by which it
# is known in any text, also where somebody put it into an address or a name.
_SECRETS = re.compile(r"\b(floreo_|whsec_)[A-Za-z0-9_+/=-]{8,}")
PLACEHOLDER = "[•••]"  # is written in place of a key in what is kept of a mail


def with_placeholders(text: str) -> str:
    """The same text in which no link opens anything: each key is replaced by PLACEHOLDER."""
    return _KEYS.sub(lambda found: f"{found[1]}{found[2]}{found[3]}{PLACEHOLDER}", text)


def without_keys(text: str) -> str:
    return without_secrets(_KEYS.sub(r"\1\2\3…", text))


def without_secrets(text: str) -> str:
    """The text without tokens of programs and secrets of webhooks: of each its prefix is left."""
    return _SECRETS.sub(r"\1…", text)


def headers_of(path: str) -> Mapping[str, str]:
    """What an answer under a private route says to browsers, caches and search engines; nothing for any other path."""
    found = _PATHS.match(path)
    if found is None:
        return {}
    route = next(route for route in PRIVATE_ROUTES if route.path == found[2])
    return {
        "Referrer-Policy": "strict-origin" if route.checks_origin else "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }
