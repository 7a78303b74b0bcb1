"""How a message is signed, and when it is tried again. Plain Python."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

PREFIX = (
    "whsec_"  # as the Standard Webhooks specification writes secrets; logs know them by it (core/private_routes.py)
)

# Until the next try, after the first, the second and so on: close at first, days in all. Then the message is given up.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
DISABLED_AFTER = timedelta(days=5)  # without one success, while something was tried
BOTH_SIGN = timedelta(hours=24)  # how long the secret before a renewed one still signs beside it
LONGEST_ASKED = timedelta(hours=1)  # that a receiver may ask us to wait


def new_secret() -> str:
    """32 random bytes, in the form of the specification."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def signature(secret: str, *, number: str, at: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 over number, moment (seconds) and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{number}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode("ascii")


def wait_after(attempts: int) -> timedelta | None:
    """How long until the next try, when so many failed; None when there is none."""
    return WAITS[attempts - 1] if 0 < attempts <= len(WAITS) else None
