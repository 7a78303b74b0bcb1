"""Detached signatures over published documents, with the OpenPGP key of the team (core/openpgp.py). Only the worker can read
the key, so that it signs what others drew. `use` puts another signer in its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from floreo.core import openpgp


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


@dataclass(frozen=True)
class TeamSigner:
    key: openpgp.TeamKey

    @property
    def fingerprint(self) -> str:
        return self.key.certificate.fingerprint

    def public_key(self) -> str:
        return self.key.certificate.armoured

    def detached(self, data: bytes) -> str:
        return self.key.sign(data)


class _InUse:
    signer: Signer | None = None


def use(signer: Signer | None) -> None:
    """From now on this one signs, in this process; None: the key that the installation names."""
    _InUse.signer = signer


def in_use() -> Signer | None:
    """Who signs; None where the installation names no key. Raises Refused where the key cannot be read or used."""
    if _InUse.signer is not None:
        return _InUse.signer
    key = openpgp.team_key()
    return TeamSigner(key) if key is not None else None
