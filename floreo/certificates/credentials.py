"""What a badge is, by `openbadgeslib`: whether its signature fits the key that it names itself,
and what it states about itself. In a cage: reading.py. Nothing is fetched."""

from __future__ import annotations

import base64
import binascii
import json
import time
from datetime import UTC, datetime
from typing import Any, NoReturn

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from defusedxml.minidom import parseString
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3.credential import OpenBadgeCredential
from openbadgeslib.ob3.did import resolve_did, resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3Verifier, _check_validity_window

from floreo.certificates.logic import Fault, Read, Signature, host_of
from floreo.certificates.reading import LONGEST, words

_MOST_HOSTS = 100  # that a badge names; a sound one names a few
_OPEN_BADGES_2 = "https://w3id.org/openbadges/v2"
_PNG = b"\x89PNG\r\n\x1a\n"


def read(content: bytes) -> Read:
    """What is in those bytes. Raises nothing that they could cause."""
    try:
        text = _text_in(content)
        if text.startswith("{"):
            return _of_document(text)
        if text.count(".") == 2 and not any(c.isspace() for c in text):
            return _of_token(text)
    except _Ambiguous:
        return Read(fault=Fault.AMBIGUOUS)
    except (LibOpenBadgesException, ValueError, KeyError, TypeError, RecursionError, IndexError):
        return Read(fault=Fault.NO_BADGE)
    return Read(fault=Fault.NO_BADGE)


class _Ambiguous(Exception):  # noqa: N818 -- says what it is
    """It holds two badges, or says a thing twice: which of both counts is for each reader to choose, and readers choose differently."""


def _text_in(content: bytes) -> str:
    if content.startswith(_PNG):
        found = str(OB3Verifier.extract_token_from_png(content)).strip()
        _refuse_second(_places_in_png(content))
        return found
    text = content.decode("utf-8-sig").strip()
    if text.startswith("<"):
        found = str(OB3Verifier.extract_token_from_svg(content)).strip()
        _refuse_second(_places_in_svg(content))
        return found
    return text.strip("\"' \r\n\t")


def _refuse_second(places: int) -> None:
    if places > 1:
        raise _Ambiguous


def _places_in_png(content: bytes) -> int:
    """How many texts of a picture are a credential by their keyword, whether or not they can be read."""
    found, at = 0, len(_PNG)
    while at + 8 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        keyword = content[at + 8 : at + 8 + min(length, 100)].partition(b"\0")[0]
        if kind in {b"iTXt", b"tEXt", b"zTXt"} and keyword.strip().lower() == ITXT_KEYWORD_OB3:
            found += 1
        at += 12 + length  # with its length, kind and checksum
    return found


def _places_in_svg(content: bytes) -> int:
    """In how many places of a drawing a credential is: in the attribute or in the text of each element that is one by its name."""
    drawing = parseString(content)  # type: ignore[arg-type]  # it takes bytes too, with the encoding that they declare
    try:
        named = drawing.getElementsByTagName(SVG_ELEMENT_OB3)
        nodes = [*named, *(n for n in drawing.getElementsByTagNameNS(SVG_NS_OB3, "credential") if n not in named)]
        return sum(max(1, _places_in_node(node)) for node in nodes)
    finally:
        drawing.unlink()


def _places_in_node(node: Any) -> int:
    texts = "".join(c.data for c in node.childNodes if c.nodeType in {c.TEXT_NODE, c.CDATA_SECTION_NODE})
    return int(node.hasAttribute("verify")) + int(bool(texts.strip()))


def _parsed(text: str | bytes) -> Any:
    """JSON in which no object has a name twice."""
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Ambiguous
    return found


# --- JSON with a proof --------------------------------------------------------------------------------------------


def _of_document(text: str) -> Read:
    document = _parsed(text)
    if isinstance(document, dict) and _OPEN_BADGES_2 in _many(document.get("@context")):
        return Read(fault=Fault.OLD, signature=Signature.UNKNOWN)
    if not isinstance(document, dict) or not _is_credential(document):
        return Read(fault=Fault.NO_BADGE)
    stated, proofs = _stated(document), document.get("proof")
    if fault := _fault(document):
        # Its form is not that of a badge: then no signature is looked at, since none could make it one.
        return Read(**stated | {"fault": fault, "signature": Signature.UNKNOWN if proofs else Signature.MISSING})
    signed = _signed(document, _proof(proofs if isinstance(proofs, list) else [proofs]))
    return Read(**stated | {"fault": _dated(document)} | signed)


def _proof(proofs: list[Any]) -> dict[str, Any] | None:
    kinds = [p for p in proofs if isinstance(p, dict) and p.get("type") == "DataIntegrityProof"]
    found = [p for p in kinds if p.get("cryptosuite") == "eddsa-rdfc-2022"]
    return found[0] if found else None


def _signed(document: dict[str, Any], proof: dict[str, Any] | None) -> dict[str, Any]:
    """Whether its proof fits it, and by which key."""
    if proof is None:
        return {"signature": Signature.UNKNOWN if document.get("proof") else Signature.MISSING}
    found = _key_named(proof.get("verificationMethod"))
    if found is None:
        return {"signature": Signature.UNKNOWN}
    pem, public = found
    try:
        verify_data_integrity_proof(document, pem)
    except (LibOpenBadgesException, ValueError, TypeError, KeyError, RecursionError):
        return {"signature": Signature.BROKEN, "key": public}
    if not _is_covered(document, pem):
        return {"signature": Signature.BROKEN, "key": public, "fault": Fault.MALFORMED}
    return {"signature": _by_whom(document, pem), "key": public}


def _is_covered(document: dict[str, Any], pem: bytes) -> bool:
    """Whether the text of the document says what its proof covers, and no more. The proof fits what a machine makes of the text."""
    try:
        OB3LdpVerifier(pem).verify(document)
    except LibOpenBadgesException as problem:
        return _is_of_dates(problem)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return True


def _is_of_dates(problem: Exception) -> bool:
    """Whether all but the dates was found sound: they are looked at last. Recognised by where it was raised, and not by its words, which quote
    what the badge says."""
    step = problem.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step is not None and step.tb_frame.f_code is _check_validity_window.__code__


def _by_whom(document: dict[str, Any], pem: bytes) -> Signature:
    """A signature holds. An issuer that is called by a key must have made it with that key."""
    issuer = document.get("issuer")
    name = str(issuer.get("id") if isinstance(issuer, dict) else issuer).strip()
    if not name.casefold().startswith("did:key:"):
        return Signature.HOLDS
    try:
        own = resolve_did("did:key:" + name[8:].partition("#")[0], download=_no_network)
        return Signature.HOLDS if _same_key(own, pem) else Signature.OTHER_KEY
    except (LibOpenBadgesException, ValueError, TypeError, IndexError):
        return Signature.OTHER_KEY if _public(pem) else Signature.UNKNOWN


def _same_key(one: bytes, other: bytes) -> bool:
    return bool(load_pem_public_key(one) == load_pem_public_key(other))


def _key_named(method: Any) -> tuple[bytes, str] | None:
    """The key that a proof names, where it can be read off the name: did:key, or a fragment that is the key."""
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
    key = serialization.load_pem_public_key(pem)
    return base64.b64encode(key.public_bytes_raw()).decode("ascii") if isinstance(key, Ed25519PublicKey) else ""


# --- JWT ----------------------------------------------------------------------------------------------------------


def _of_token(token: str) -> Read:
    head, _dot, rest = token.partition(".")
    header, payload = _part(head), _part(rest.partition(".")[0])
    if header is None or payload is None:
        return Read(fault=Fault.NO_BADGE)
    wrapped = payload.get("vc")
    document = wrapped if isinstance(wrapped, dict) and not _is_credential(payload) else payload
    if not _is_credential(document):
        return Read(fault=Fault.NO_BADGE)
    stated, fault = _stated(document), _fault(document)
    pem = _key_of_header(header)
    if fault is not None or pem is None:
        return Read(**stated | {"fault": fault or _dated(document), "signature": Signature.UNKNOWN})
    if not _fits(token, header, pem):
        return Read(**stated | {"fault": _dated(document), "signature": Signature.BROKEN, "key": _public(pem)})
    fault = _dated(document, payload) if _is_sound(payload) else Fault.MALFORMED
    return Read(**stated | {"fault": fault, "signature": _by_whom(document, pem), "key": _public(pem)})


def _fits(token: str, header: dict[str, Any], pem: bytes) -> bool:
    """Whether the signature of a token holds by that key. How it must have been made follows from the key, never from the token, and
    whatever goes wrong on the way means that it does not hold."""
    if "crit" in header or "b64" in header:  # nothing is known here that a header could demand
        return False
    try:
        jwt.PyJWS().decode_complete(token, pem, algorithms=_algorithms(pem))
    except Exception:  # each reason for which a signature cannot be checked is one for not believing it
        return False
    return True


def _algorithms(pem: bytes) -> list[str]:
    match load_pem_public_key(pem):
        case ed25519.Ed25519PublicKey():
            return ["EdDSA"]
        case rsa.RSAPublicKey():
            return ["RS256", "RS384", "RS512"]
        case ec.EllipticCurvePublicKey() as key:
            return {"secp256r1": ["ES256"], "secp384r1": ["ES384"], "secp521r1": ["ES512"]}.get(key.curve.name, [])
        case _:
            return []


def _is_sound(payload: dict[str, Any]) -> bool:
    """Whether what was signed is a badge, and its claims say what it says (Open Badges 3.0, 8.2.4). The claim `sub` may be missing: 1EdTech's
    own good examples come without it."""
    issuer, subject = payload.get("issuer"), _inner(payload.get("credentialSubject"))
    pairs = (
        (payload.get("iss"), issuer.get("id") if isinstance(issuer, dict) else issuer),
        (payload.get("jti"), payload.get("id")),
        (payload.get("sub", subject.get("id")), subject.get("id")),
    )
    try:
        OpenBadgeCredential.from_jwt_payload(payload)
    except (LibOpenBadgesException, ValueError, TypeError, KeyError, OverflowError, RecursionError, AttributeError):
        return False
    types = _many(payload.get("type"))
    is_whole = payload.get("iss") is not None and payload.get("nbf") is not None and "VerifiableCredential" in types
    return is_whole and all(claim == given for claim, given in pairs)


def _part(text: str) -> dict[str, Any] | None:
    try:
        found = _parsed(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _key_of_header(header: dict[str, Any]) -> bytes | None:
    """The key that is in the header of a JWT, or that its `kid` is."""
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


# --- What it states about itself -----------------------------------------------------------------------------------


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
    if len(_many(document.get("credentialSubject"))) != 1:  # the standard knows one
        return Fault.AMBIGUOUS
    return Fault.MALFORMED if len(_hosts(document)) > _MOST_HOSTS else None


def _dated(document: dict[str, Any], claims: dict[str, Any] | None = None) -> Fault | None:
    """Its dates, and those that a token has beside them, by the machine's clock."""
    at, given = datetime.fromtimestamp(time.time(), tz=UTC), claims or {}
    try:
        begins = [_moment(document.get("validFrom")), _second(given.get("nbf"))]
        ends = [_moment(document.get("validUntil")), _second(given.get("exp"))]
    except (ValueError, TypeError, OverflowError, OSError):
        return Fault.MALFORMED
    if any(each is not None and each < at for each in ends):
        return Fault.EXPIRED
    return Fault.NOT_YET if any(each is not None and each > at for each in begins) else None


def _second(number: Any) -> datetime | None:
    return None if number is None else datetime.fromtimestamp(int(number), tz=UTC)


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


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
        "id": words(document.get("id")),
        "issuer_id": words(profile.get("id")),
        "issuer_name": words(profile.get("name")),
        "title": words(document.get("name")) or words(achievement.get("name")),
        "achievement": words(achievement.get("id")),
        "holder": words(named[0].get("identityHash")) if named else words(subject.get("name")),
        "valid_from": words(document.get("validFrom") or document.get("issuanceDate")),
        "valid_until": words(document.get("validUntil") or document.get("expirationDate")),
        "status_lists": tuple(words(e.get("statusListCredential") or e.get("id")) for e in entries[:5]),
        "hosts": _hosts(document),
    }


def _hosts(document: dict[str, Any]) -> tuple[str, ...]:
    """Where it leads. Not what it refers to: a course may be aligned to a page of somebody else."""
    found, waiting = set[str](), list[Any]([document])
    while waiting and len(found) <= _MOST_HOSTS:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(value for name, value in each.items() if name not in {"alignment", "alignments"})
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, str) and (host := host_of(each[:2000])):
            found.add(host[:LONGEST])
    return tuple(sorted(found))
