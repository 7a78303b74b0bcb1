"""Badges by `openbadgeslib`, for which badges.py has the words: signs credentials (W3C Verifiable Credentials 2.0) twice, with
a Data Integrity proof (eddsa-rdfc-2022) and as JWT, puts them into pictures, and makes the status list. No Django, no network: the JSON-LD
contexts come with the library, which takes a while to load; so who needs this imports it late."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from openbadgeslib import baking
from openbadgeslib.ob3 import credential as ob3
from openbadgeslib.ob3.ldp import OB3LdpSigner, add_data_integrity_proof
from openbadgeslib.ob3.signer import OB3Signer
from openbadgeslib.ob3.status_list import build_status_list_credential, sign_status_list_credential

from floreo.certificates.badges import Issuer, Statement, method_of, public_of


class Signer:
    """Holds the private key, as the worker does, for one run."""

    def __init__(self, key: Any, issuer: Issuer) -> None:
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
    return baking.bake_svg(
        picture.encode(), credential, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3, as_text=True
    )


def bake_png(picture: bytes, credential: str) -> bytes:
    return baking.bake_png(picture, credential, keyword=baking.ITXT_KEYWORD_OB3)
