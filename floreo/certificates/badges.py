"""What our badges state (Open Badges 3.0), how its keys are written, and the document in which others find them. signatures.py signs
it. No Django."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True)
class Alignment:
    """An item of a framework to which the course is aligned: a role of NICE, a profile of ECSF."""

    name: str
    address: str
    framework: str
    code: str


@dataclass(frozen=True)
class Statement:
    """What is signed. `holder` is the name in clear: a certificate is shown to be read."""

    id: str  # the address of its public page
    title: str
    description: str
    criteria: str
    achievement: str  # the address that names what was achieved
    holder: str
    valid_from: datetime
    valid_until: datetime | None
    cohort: str
    hours: str
    evidence: str  # where the course is described
    alignments: tuple[Alignment, ...]
    status_list: str
    status_index: int
    renews: str = ""  # the id of the one before
    language: str = ""


@dataclass(frozen=True)
class Issuer:
    did: str
    name: str
    address: str


def public_of(key: Any) -> str:
    """The 32 bytes of the public key, in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def multikey(public: str) -> str:
    """As the standards write an Ed25519 key: z6Mk..."""
    from openbadgeslib.ob3.did import multikey_from_pem  # late: the library takes a while to load

    return str(multikey_from_pem(pem_of(public)))


def pem_of(public: str) -> bytes:
    found = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(found.public_bytes(serialization.Encoding.PEM, form))


def key_did(public: str) -> str:
    return f"did:key:{multikey(public)}"


def method_of(did: str, public: str) -> str:
    """By which address a proof names the key: the fragment is the key itself, so who has the proof has the key too."""
    return f"{did}#{multikey(public)}"


def did_document(did: str, publics: Sequence[str]) -> dict[str, Any]:
    """What did:web leads to: every key that counts, the newest first."""
    methods = [
        {
            "id": method_of(did, public),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multikey(public),
        }
        for public in publics
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [each["id"] for each in methods],
    }
