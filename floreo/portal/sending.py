"""The key of a public form and the secret of the link that it gives: the same form sent again has the same."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from floreo.core.links import form_key, hash_of

_SHORTEST_KEY = 16


def keys(purpose: str, once: str, *parts: object) -> tuple[str, str]:
    """(secret of the link, key of the form) for what was typed. The same form sent again is the same thing and its link is shown again;
    with another text it is another one."""
    if len(once) < _SHORTEST_KEY:
        once = form_key()
    content = "\0".join([purpose, once, *(str(part) for part in parts)])
    seal = hmac.new(settings.SECRET_KEY.encode(), content.encode("utf-8", "replace"), hashlib.sha256)
    secret = base64.urlsafe_b64encode(seal.digest()).decode().rstrip("=")
    return secret, hash_of(f"form\0{secret}")
