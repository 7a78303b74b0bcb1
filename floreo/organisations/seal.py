"""What opens an account lies sealed in the database: seeds of authenticator apps and of recovery codes. The key comes from the
secret key, so a database or a backup without it gives none of them away."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

_PREFIX = "sealed:"


def _cipher() -> Any:
    """Seals with the newest secret key; opens what older ones sealed, too (FLOREO_SECRET_KEY_FALLBACKS)."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(secret: str) -> bytes:
    """32 bytes for this purpose alone: BLAKE2b with the secret key as key."""
    return hashlib.blake2b(
        b"seeds of second factors", key=hashlib.sha512(secret.encode()).digest(), digest_size=32
    ).digest()


def seal(text: str) -> str:
    return _PREFIX + str(_cipher().encrypt(text.encode()).decode("ascii"))


def unseal(sealed: str) -> str:
    """The text. Where the secret key is another one now: a seed that nobody knows, never an empty one, whose codes anybody could
    compute. The second factor then has to be set up anew."""
    from cryptography.fernet import InvalidToken

    try:
        return str(_cipher().decrypt(sealed.removeprefix(_PREFIX).encode("ascii")).decode())
    except InvalidToken:
        return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors, with their seeds sealed."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
