"""Open Badges 3.0 by `openbadgeslib`, which only this module and reading.py know and load late: signs credentials (W3C Verifiable
Credentials 2.0) twice, with a Data Integrity proof (eddsa-rdfc-2022) and as JWT, puts them into pictures, and makes the status list and
the document in which others find the keys. No Django, no network: the JSON-LD contexts come with the library."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


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


class Signer:
    """Holds the private key, as the worker does, for one run."""

    def __init__(self, key: Any, issuer: Issuer) -> None:
        from cryptography.hazmat.primitives import serialization
        from openbadgeslib.ob3.ldp import OB3LdpSigner
        from openbadgeslib.ob3.signer import OB3Signer

        self.issuer = issuer
        self._pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.method = method_of(issuer.did, public_of(key))
        self._proofs = OB3LdpSigner(self._pem, self.method)
        self._tokens = OB3Signer(self._pem, "EdDSA")
        self._shapes = set[tuple[str, ...]]()

    def sign(self, statement: Statement, *, at: datetime) -> tuple[str, str]:
        """The credential as JSON with its proof, and as JWT.

        That the JSON is exactly what the proof covers is compared once for each shape of a credential; it doubles the time."""
        from openbadgeslib.ob3.ldp import add_data_integrity_proof

        credential = _credential(statement, self.issuer)
        shape = _shape(credential.to_vc())
        if shape in self._shapes:
            signed = add_data_integrity_proof(credential.to_vc(), self._pem, self.method, created=at)
        else:
            signed = self._proofs.sign(credential, created=at)
            self._shapes.add(shape)
        token = self._tokens.sign(credential)
        return json.dumps(signed, sort_keys=True, ensure_ascii=True), str(token)

    def status_list(self, address: str, revoked: Iterable[int], *, at: datetime, until: datetime) -> str:
        """The list as JWT: which of its certificates are revoked."""
        from openbadgeslib.ob3.status_list import build_status_list_credential, sign_status_list_credential

        made = build_status_list_credential(
            self.issuer.did, address, "revocation", revoked, issued=at, valid_until=until
        )
        return str(sign_status_list_credential(made, self._pem, "EdDSA"))


def _shape(value: Any) -> tuple[str, ...]:
    """Which members a credential has, whatever they say."""
    found = list[str]()

    def walk(each: Any, path: str) -> None:
        if isinstance(each, dict):
            for name, inner in each.items():
                walk(inner, f"{path}.{name}")
        elif isinstance(each, list):
            for inner in each:
                walk(inner, f"{path}[]")
        else:
            found.append(path)

    walk(value, "")
    return tuple(found)


def _credential(statement: Statement, issuer: Issuer) -> Any:
    from openbadgeslib.ob3 import credential as ob3

    parts = [
        ob3.Evidence(id=statement.evidence, name=statement.cohort or statement.title, narrative=statement.hours or None)
    ]
    if statement.renews:
        parts.append(ob3.Evidence(id=statement.renews, name="renews"))
    return ob3.OpenBadgeCredential(
        id=statement.id,
        name=statement.title,
        issuer=ob3.Issuer(id=issuer.did, name=issuer.name, url=issuer.address),
        recipient_id=None,
        identifiers=[ob3.IdentityObject(identity_hash=statement.holder, identity_type="name", hashed=False)],
        achievement=ob3.Achievement(
            id=statement.achievement,
            name=statement.title,
            description=statement.description,
            criteria_narrative=statement.criteria,
            achievement_type="Certificate",
            alignments=[ob3.Alignment(a.name, a.address, a.framework, a.code) for a in statement.alignments],
        ),
        issuance_date=statement.valid_from,
        expiration_date=statement.valid_until,
        evidence=parts,
        credential_status=[
            {
                "id": f"{statement.status_list}#{statement.status_index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(statement.status_index),
                "statusListCredential": statement.status_list,
            }
        ],
    )


def bake_svg(picture: str, credential: str) -> bytes:
    """The picture with the credential in it, as Open Badges 3.0 (5.3) says."""
    from openbadgeslib import baking

    return baking.bake_svg(
        picture.encode(), credential, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3, as_text=True
    )


def bake_png(picture: bytes, credential: str) -> bytes:
    from openbadgeslib import baking

    return baking.bake_png(picture, credential, keyword=baking.ITXT_KEYWORD_OB3)


# --- Keys ---------------------------------------------------------------------------------------------------------


def public_of(key: Any) -> str:
    """The 32 bytes of the public key, in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def multikey(public: str) -> str:
    """As the standards write an Ed25519 key: z6Mk..."""
    from openbadgeslib.ob3.did import multikey_from_pem

    return str(multikey_from_pem(pem_of(public)))


def pem_of(public: str) -> bytes:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

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
