"""What opens an account lies sealed in the database: seeds of authenticator apps and of recovery codes."""

from __future__ import annotations

import base64
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter

from floreo.core import seal as core_seal

_PURPOSE = "seeds of second factors"


def seal(text: str) -> str:
    return core_seal.seal(text, purpose=_PURPOSE)


def unseal(sealed: str) -> str:
    """The text. Where the secret key is another one now: a seed that nobody knows, never an empty one, whose codes anybody could
    compute. The second factor then has to be set up again."""
    try:
        return core_seal.unseal(sealed, purpose=_PURPOSE)
    except core_seal.CannotUnseal:
        return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors, with their seeds sealed."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
