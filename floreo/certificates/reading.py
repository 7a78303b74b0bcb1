"""Reads a badge that a stranger brings, in a cage (core/cage.py): a file or a text with a credential as JSON or JWT, or a picture that
carries one. Checks its signature with the key that it names itself, and fetches nothing: no context, no key, no status list.

What comes back says what the badge says of itself, and whether it was changed since it was signed. Whose key it is, and whether the
certificate was revoked, is for checking.py."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from floreo.certificates.logic import Fault, Read, Signature

LOADS = ("openbadgeslib.ob3.ldp", "openbadgeslib.ob3.verifier", "pyld.jsonld", "jwt", "lxml.etree")
LARGEST = 2_000_000  # bytes of a picture; a credential has a few thousand
_LONGEST = 400  # characters of anything that a badge says of itself
# The library asks for this claim after it has checked the signature; 1EdTech's own good examples come without it.
_WITHOUT_SUBJECT = "missing the required 'sub'"
_OPEN_BADGES_2 = "https://w3id.org/openbadges/v2"
_PNG = b"\x89PNG\r\n\x1a\n"


def caged(path: Path) -> dict[str, Any]:
    """Runs inside."""
    found = read(path.read_bytes())
    return found.__dict__ | {"status_lists": list(found.status_lists)}


def read(content: bytes) -> Read:
    """What is in those bytes. Raises nothing that they could cause."""
    from openbadgeslib.errors import LibOpenBadgesException

    try:
        text = _text_in(content)
    except (LibOpenBadgesException, ValueError, KeyError, TypeError, RecursionError, IndexError):
        text = ""
    if text.startswith("{"):
        return _of_document(text)
    if text.count(".") == 2 and not any(c.isspace() for c in text):
        return _of_token(text)
    return Read(fault=Fault.NO_BADGE)


def _text_in(content: bytes) -> str:
    from openbadgeslib.ob3.verifier import OB3Verifier

    if content.startswith(_PNG):
        return str(OB3Verifier.extract_token_from_png(content)).strip()
    text = content.decode("utf-8-sig").strip()
    if text.startswith("<"):
        return str(OB3Verifier.extract_token_from_svg(content)).strip()
    return text.strip("\"' \r\n\t")


# --- JSON with a proof --------------------------------------------------------------------------------------------


def _of_document(text: str) -> Read:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Read(fault=Fault.NO_BADGE)
    if isinstance(document, dict) and _OPEN_BADGES_2 in _many(document.get("@context")):
        return Read(fault=Fault.OLD, signature=Signature.UNKNOWN)
    if not isinstance(document, dict) or not _is_credential(document):
        return Read(fault=Fault.NO_BADGE)
    stated = _stated(document)
    proofs = document.get("proof")
    proof = _proof(proofs if isinstance(proofs, list) else [proofs])
    if fault := _fault(document):
        if fault is Fault.OLD:
            stated["signature"] = Signature.UNKNOWN if proofs else Signature.MISSING
            return Read(fault=fault, **stated)
        return Read(fault=fault, **stated | _signed(document, proof, only_proof=True))
    signed = _signed(document, proof, only_proof=False)
    return Read(**stated | {"fault": _dated(document)} | signed)


def _proof(proofs: list[Any]) -> dict[str, Any] | None:
    kinds = [p for p in proofs if isinstance(p, dict) and p.get("type") == "DataIntegrityProof"]
    found = [p for p in kinds if p.get("cryptosuite") == "eddsa-rdfc-2022"]
    return found[0] if found else None


def _signed(document: dict[str, Any], proof: dict[str, Any] | None, *, only_proof: bool) -> dict[str, Any]:
    """Whether its proof fits it, and by which key."""
    from openbadgeslib.errors import LibOpenBadgesException
    from openbadgeslib.ob3.ldp import verify_data_integrity_proof

    if proof is None:
        return {"signature": Signature.UNKNOWN if document.get("proof") else Signature.MISSING}
    found = _key_named(proof.get("verificationMethod"))
    if found is None:
        return {"signature": Signature.UNKNOWN}
    pem, public = found
    signature, fault = Signature.HOLDS, None
    try:
        verify_data_integrity_proof(document, pem)
        if not only_proof:
            _verify_form(document, pem)
    except _Uncovered:
        signature, fault = Signature.BROKEN, Fault.MALFORMED
    except (LibOpenBadgesException, ValueError, TypeError, KeyError, RecursionError):
        signature = Signature.BROKEN
    return {"signature": signature, "key": public} | ({"fault": fault} if fault else {})


class _Uncovered(Exception):  # noqa: N818 -- says what it is
    """The proof fits what a machine makes of the document, and its text says something that the proof does not cover."""


def _verify_form(document: dict[str, Any], pem: bytes) -> None:
    from openbadgeslib.errors import LibOpenBadgesException
    from openbadgeslib.ob3.ldp import OB3LdpVerifier

    try:
        OB3LdpVerifier(pem).verify(document)
    except (LibOpenBadgesException, ValueError, TypeError, KeyError, RecursionError) as problem:
        if not _is_of_dates(problem):
            raise _Uncovered from problem


def _is_of_dates(problem: Exception) -> bool:
    words = str(problem)
    return words.startswith(("Credential has expired", "Credential is not yet valid", "The token is not yet valid"))


def _key_named(method: Any) -> tuple[bytes, str] | None:
    """The key that a proof names, where it can be read off the name: did:key, or a fragment that is the key."""
    from openbadgeslib.errors import LibOpenBadgesException
    from openbadgeslib.ob3.did import resolve_verification_method

    if not isinstance(method, str) or len(method) > 2000:
        return None
    did, _hash, fragment = method.partition("#")
    name = did.removeprefix("did:key:") if did.startswith("did:key:") else fragment
    if not name.startswith("z6Mk"):
        return None
    try:
        pem = resolve_verification_method(f"did:key:{name}#{name}", download=_no_network)
    except (LibOpenBadgesException, ValueError):
        return None
    return bytes(pem), _public(pem)


def _no_network(_address: str) -> NoReturn:
    raise ValueError("nothing is fetched")


def _public(pem: bytes) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = serialization.load_pem_public_key(pem)
    return base64.b64encode(key.public_bytes_raw()).decode("ascii") if isinstance(key, Ed25519PublicKey) else ""


# --- JWT ----------------------------------------------------------------------------------------------------------


def _of_token(token: str) -> Read:
    from openbadgeslib.errors import LibOpenBadgesException
    from openbadgeslib.ob3.verifier import OB3Verifier

    head, _dot, rest = token.partition(".")
    header, payload = _part(head), _part(rest.partition(".")[0])
    if header is None or payload is None:
        return Read(fault=Fault.NO_BADGE)
    document = payload.get("vc") if isinstance(payload.get("vc"), dict) else payload
    if not isinstance(document, dict) or not _is_credential(document):
        return Read(fault=Fault.NO_BADGE)
    stated, fault = _stated(document), _fault(document)
    pem = _key_of_header(header)
    if fault is Fault.OLD or pem is None:
        return Read(**stated | {"fault": fault or _dated(document), "signature": Signature.UNKNOWN})
    signed: dict[str, Any] = {"signature": Signature.HOLDS, "key": _public(pem)}
    try:
        OB3Verifier(pem).verify(token)
    except (LibOpenBadgesException, ValueError, TypeError, KeyError, RecursionError) as problem:
        words = str(problem)
        if "Invalid signature" in words or "Signature" in words:
            signed["signature"] = Signature.BROKEN
        elif not _is_of_dates(problem) and _WITHOUT_SUBJECT not in words:
            fault = fault or Fault.MALFORMED
    return Read(**stated | {"fault": fault or _dated(document)} | signed)


def _part(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _key_of_header(header: dict[str, Any]) -> bytes | None:
    """The key that stands in the header of a JWT, or that its `kid` is."""
    from cryptography.hazmat.primitives import serialization

    jwk = header.get("jwk")
    if isinstance(jwk, dict):
        try:
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            return bytes(_key_in(jwk).public_bytes(serialization.Encoding.PEM, form))
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None
    found = _key_named(header.get("kid"))
    return found[0] if found else None


def _key_in(jwk: dict[str, Any]) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    def number(name: str) -> int:
        return int.from_bytes(_bytes(jwk[name]))

    match jwk.get("kty"):
        case "RSA":
            if len(_bytes(jwk["n"])) > 1024:
                raise ValueError("too long")
            return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
        case "OKP" if jwk.get("crv") == "Ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
        case "EC":
            curve: Any = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}[jwk["crv"]]
            return ec.EllipticCurvePublicNumbers(number("x"), number("y"), curve()).public_key()
        case _:
            raise ValueError("no key that is known here")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- What it says of itself ---------------------------------------------------------------------------------------


def _is_credential(document: dict[str, Any]) -> bool:
    return "@context" in document and "credentialSubject" in document


def _fault(document: dict[str, Any]) -> Fault | None:
    """What is wrong with it whoever signed it."""
    types = _many(document.get("type"))
    contexts = _many(document.get("@context"))
    if "https://www.w3.org/2018/credentials/v1" in contexts:
        return Fault.OLD
    if not {"OpenBadgeCredential", "AchievementCredential"} & {t for t in types if isinstance(t, str)}:
        return Fault.NOT_A_BADGE
    issuer = document.get("issuer")
    if not (isinstance(issuer, str) and issuer) and not (isinstance(issuer, dict) and issuer.get("id")):
        return Fault.NO_ISSUER
    return None


def _dated(document: dict[str, Any]) -> Fault | None:
    """Its dates, by the machine's clock."""
    at = datetime.now(tz=UTC)
    try:
        begins, ends = _moment(document.get("validFrom")), _moment(document.get("validUntil"))
    except (ValueError, TypeError):
        return Fault.MALFORMED
    if ends is not None and ends < at:
        return Fault.EXPIRED
    return Fault.NOT_YET if begins is not None and begins > at else None


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _words(value: Any) -> str:
    """A text that a badge says; nothing where it says no text. No character that a page would obey."""
    if not isinstance(value, str):
        return ""
    kept = "".join(c if c.isprintable() else " " for c in value)
    return " ".join(kept.encode("utf-8", "replace").decode().split())[:_LONGEST]


def _inner(value: Any) -> dict[str, Any]:
    first: Any = next(iter(_many(value)), {})
    return first if isinstance(first, dict) else {}


def _stated(document: dict[str, Any]) -> dict[str, Any]:
    issuer = document.get("issuer")
    profile = issuer if isinstance(issuer, dict) else {"id": issuer}
    subject = _inner(document.get("credentialSubject"))
    achievement = _inner(subject.get("achievement"))
    named = [
        each
        for each in _many(subject.get("identifier"))
        if isinstance(each, dict) and each.get("identityType") == "name" and each.get("hashed") is False
    ]
    entries = [each for each in _many(document.get("credentialStatus")) if isinstance(each, dict)]
    return {
        "id": _words(document.get("id")),
        "issuer_id": _words(profile.get("id")),
        "issuer_name": _words(profile.get("name")),
        "title": _words(document.get("name")) or _words(achievement.get("name")),
        "achievement": _words(achievement.get("id")),
        "holder": _words(named[0].get("identityHash")) if named else _words(subject.get("name")),
        "valid_from": _words(document.get("validFrom") or document.get("issuanceDate")),
        "valid_until": _words(document.get("validUntil") or document.get("expirationDate")),
        "status_lists": tuple(_words(e.get("statusListCredential") or e.get("id")) for e in entries[:5]),
    }
