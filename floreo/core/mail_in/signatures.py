"""Signatures of a mail (DKIM, RFC 6376), read and checked in a cage (core/cage.py). The keys are looked up outside. Imports no Django."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floreo.core import cage

if TYPE_CHECKING:
    from dkim import DKIM

LOADS = ("dkim",)
_MOST = 5  # of one mail that are looked at
_SMALLEST_KEY = 1024  # bits: RFC 8301
_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}  # SHA-1 proves nothing any more: RFC 8301
_TRIAL = re.compile(rb"(?:^|;)\s*t\s*=[^;]*\by\b")  # a key under trial makes no mail a signed one: RFC 6376, 3.6.1
_FRAMING = (b"content-type", b"content-transfer-encoding", b"mime-version")
_MEMORY, _SECONDS, _OUTPUT = 300 * 1024**2, 60, 1024**2


@dataclass(frozen=True)
class Signature:
    """The `number`-th of a mail: headers that it covers, in small letters, and the names under which its key is to be found."""

    number: int
    headers: tuple[str, ...]
    names: tuple[str, ...]


def signatures_of(raw: bytes, domain: str) -> list[Signature]:
    """Those of the domain that cover the whole mail."""
    return [
        Signature(int(n), tuple(map(str, covered)), tuple(map(str, names)))
        for n, covered, names in _asked(raw, domain) or []
    ]


def is_valid(raw: bytes, domain: str, signature: Signature, keys: Mapping[str, bytes | None]) -> bool:
    """Whether the signature holds with those keys: the text record under each name, None where there is none."""
    given = {name: key.decode("latin-1") if key is not None else None for name, key in keys.items()}
    return _asked(raw, domain, number=signature.number, keys=given) is True


def _asked(raw: bytes, domain: str, **more: Any) -> Any:
    """None for a mail that takes more memory or time than one may."""
    try:
        memory = _MEMORY + 8 * len(raw)
        return cage.run(__name__, raw, memory=memory, seconds=_SECONDS, output=_OUTPUT, domain=domain, **more).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return None


# Inside


def caged(path: Path, *, domain: str, number: int | None = None, keys: Mapping[str, str | None] | None = None) -> Any:
    mail = _parsed(path.read_bytes())
    if mail is None or not mail.present() or _is_framed_twice(mail):
        return []
    if number is not None:
        return _holds(mail, number, keys or {}, [])
    found = []
    for n in range(_MOST):
        covered = _covered(mail, n, domain)
        if covered is not None:
            names: list[str] = []
            _holds(mail, n, {}, names)
            found.append([n, [each.decode("ascii", "replace").lower() for each in covered], names])
    return found


def _is_framed_twice(mail: DKIM) -> bool:
    """Whether a header that says how to read the body is there twice: the signature covers the last, and readers take the first."""
    names = [name.strip().lower() for name, _value in mail.headers]
    return any(names.count(each) > 1 for each in _FRAMING)


def _parsed(raw: bytes) -> DKIM | None:
    import dkim  # late: only the cage loads it (LOADS)

    try:
        return dkim.DKIM(raw, minkey=_SMALLEST_KEY)
    except Exception:  # bytes from outside in a library that raises what it likes
        return None


def _covered(mail: DKIM, n: int, domain: str) -> tuple[bytes, ...] | None:
    """The headers that the n-th signature covers, if it is of the sender's domain and covers the whole mail; else None."""
    try:
        prepared = mail.verify_headerprep(n)
    except Exception:  # as above
        return None
    if not prepared:
        return None
    tags, signed, _headers = prepared
    is_whole = b"l" not in tags and b"from" in signed  # with l= anybody can append to it
    if not is_whole or tags[b"a"] not in _ALGORITHMS or not _is_of(tags[b"d"], domain):
        return None
    return tuple(signed)


def _is_of(signer: bytes, domain: str) -> bool:
    """Whether the signing domain is the sender's own or one above it."""
    name = signer.decode("ascii", "replace").strip().rstrip(".").lower()
    return name == domain or ("." in name and domain.endswith(f".{name}"))


def _holds(mail: DKIM, n: int, keys: Mapping[str, str | None], asked: list[str]) -> bool:
    def look_up(name: bytes, timeout: float = 0) -> bytes | None:
        asked.append(name.decode("ascii", "replace"))
        text = (keys.get(asked[-1]) or "").encode("latin-1")
        return None if not text or _TRIAL.search(text) else text

    try:
        return bool(mail.verify(n, dnsfunc=look_up))
    except Exception:  # as above: not valid
        return False
