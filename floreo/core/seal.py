"""What must be read again but never lie in clear in the database: seeds of second factors, headers with which files of feeds are
fetched. The key comes from the secret key, so a database or a backup without it gives none of them away."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

PREFIX = "sealed:"


class CannotUnseal(ValueError):  # noqa: N818 -- says what happened
    """It was sealed with a secret key that this installation does not have any more, or is damaged."""


def seal(text: str, *, purpose: str) -> str:
    """`text`, readable again by who has the secret key and names the same purpose: 7 characters, and 4 for each 3 bytes of
    the text and about 70 more (Fernet)."""
    return PREFIX + str(_cipher(purpose).encrypt(text.encode()).decode("ascii"))


def unseal(sealed: str, *, purpose: str) -> str:
    """The text. Raises CannotUnseal."""
    try:
        return str(_cipher(purpose).decrypt(sealed.removeprefix(PREFIX).encode()).decode())
    except InvalidToken as problem:
        raise CannotUnseal from problem


def _cipher(purpose: str) -> Any:
    """Seals with the newest secret key; opens what older ones sealed, too (FLOREO_SECRET_KEY_FALLBACKS)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, purpose))) for key in keys])


def _derived(secret: str, purpose: str) -> bytes:
    """32 bytes for this purpose alone: BLAKE2b with the secret key as key."""
    return hashlib.blake2b(purpose.encode(), key=hashlib.sha512(secret.encode()).digest(), digest_size=32).digest()
