"""Signed heads of the audit chain: a short text that names the newest entry and its hash, signed with a key that only the worker
reads. Whoever keeps one can show later that the chain was rewritten, since its entry is then another or gone.

The signature is Ed25519 over the UTF-8 bytes of the text, so that it can be checked without this program:
`openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in head.txt -sigfile head.sig` (RFC 8032)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from floreo.core import audit, clock, timestamps
from floreo.core.models import AuditEntry, SignedHead

FIRST_LINE = "floreo audit head 1"
NOTHING_BEFORE = "0" * 64


@dataclass(frozen=True)
class Head:
    """What a signed text says."""

    site: str
    number: int
    hash: str
    before: str  # SHA-256 of the signed head before it, of text and signature


def text_of(head: audit.Head, *, before: str, at: datetime) -> str:
    """The text that is signed: one fact a line, times in UTC."""
    assert head.at is not None
    facts = {
        "site": settings.SITE_ADDRESS,
        "entry": head.number,
        "hash": head.hash,
        "entry of": _moment(head.at),
        "signed": _moment(at),
        "before": before,
    }
    return "\n".join((FIRST_LINE, *(f"{name}: {value}" for name, value in facts.items()), ""))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def read(text: str) -> Head:
    """Raises ValueError where it is no text of a head."""
    first, *lines = text.splitlines()
    facts = dict(line.split(": ", 1) for line in lines)
    if first != FIRST_LINE or not facts.keys() >= {"site", "entry", "hash", "before"}:
        raise ValueError("no text of a head")
    return Head(facts["site"], int(facts["entry"]), facts["hash"], facts["before"])


def digest(text: str, signature: str) -> str:
    """By which the next signed head names this one."""
    return hashlib.sha256(f"{text}{signature}".encode()).hexdigest()


def private_key(path: Path) -> Any:
    """The key in that file, made when there is none: Ed25519, PKCS #8, mode 0600. Raises OSError and ValueError."""
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(made)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")  # noqa: TRY004 -- what is wrong is the file's content
    return key


def public_text(key: Any) -> str:
    """The 32 bytes of the public key, in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def pem_of(public: str) -> str:
    """A public key as other programs read it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem: bytes = _public_key(public).public_bytes(serialization.Encoding.PEM, form)
    return pem.decode("ascii")


def public_of(pem: bytes) -> str:
    """The public key in a PEM file, as `public_text` says it. Raises ValueError."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004 -- what is wrong is the file's content
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def _public_key(public: str) -> Any:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))


def is_signed(text: str, signature: str, public: str) -> bool:
    try:
        _public_key(public).verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_newest(key: Any, *, stamp: Callable[[str], str] = lambda _text: "") -> SignedHead | None:
    """Signs the newest entry, where it is not signed already, with what `stamp` gives over the text. Changes nothing else, and
    is in no entry: that would be a newer head again."""
    head, last = audit.head(), SignedHead.objects.order_by("-number").first()
    if head.at is None or (last is not None and last.number >= head.number):
        return None
    before = digest(last.text, last.signature) if last else NOTHING_BEFORE
    at = clock.machine()
    text = text_of(head, before=before, at=at)
    signature = base64.b64encode(key.sign(text.encode())).decode("ascii")
    return SignedHead.objects.create(
        number=head.number,
        text=text,
        signature=signature,
        public_key=public_text(key),
        timestamp=stamp(text),
        signed_at=at,
    )


def as_line(head: SignedHead) -> str:
    """One signed head as a line of JSON: what is published, and what `problems` reads."""
    facts = {"text": head.text, "signature": head.signature, "key": head.public_key}
    facts |= {"timestamp": head.timestamp} if head.timestamp else {}
    return json.dumps(facts, ensure_ascii=True)


def problems(lines: Iterable[str], *, trusted: Collection[str] = (), authority: Sequence[Any] = ()) -> Iterator[str]:
    """What is wrong with signed heads that somebody kept, compared with the chain as it is: a sentence each. `trusted` are
    public keys; without any, that of the first line is taken for the right one. With the certificates of an `authority`
    each timestamp is checked too."""
    keys, before = set(trusted), ""
    for place, line in enumerate(filter(str.strip, lines), 1):
        try:
            facts = json.loads(line)
            text, signature, public = (str(facts[name]) for name in ("text", "signature", "key"))
            head = read(text)
        except (ValueError, KeyError, TypeError, RecursionError):
            yield f"Line {place} is no signed head."
            continue
        keys = keys or {public}
        if public not in keys or not is_signed(text, signature, public):
            yield f"Line {place}: the signature is not that of a trusted key."
            continue
        if before and head.before != before:
            yield f"Line {place} does not follow the line before it: one was left out or is from another list."
        before = digest(text, signature)
        if authority and (stamp := str(facts.get("timestamp", ""))):
            try:
                timestamps.moment(stamp, text, roots=authority)
            except timestamps.NoTimestamp as problem:
                yield f"Line {place}: the timestamp is not that of the authority: {problem}."
        if not AuditEntry.objects.filter(number=head.number, hash=head.hash).exists():
            yield f"Entry {head.number} was signed as {head.hash} and is not so in the chain: it was rewritten or removed."
