"""Detached signatures over published documents. Nobody signs until an installation has a key: `use(signer)`."""

from __future__ import annotations

from typing import Protocol


class Signer(Protocol):
    """Signs with the OpenPGP key of the team."""

    @property
    def fingerprint(self) -> str:
        """Of the key: 40 hexadecimal digits (or 64), capital letters."""
        ...

    def public_key(self) -> str:
        """The public key, armoured."""
        ...

    def detached(self, data: bytes) -> str:
        """A detached signature over `data`, armoured."""
        ...


class _InUse:
    signer: Signer | None = None


def use(signer: Signer | None) -> None:
    """From now on this one signs, in this process; None: nobody."""
    _InUse.signer = signer


def in_use() -> Signer | None:
    return _InUse.signer


def signature_over(data: bytes) -> str:
    """Empty while nobody signs."""
    signer = in_use()
    return signer.detached(data) if signer is not None else ""
