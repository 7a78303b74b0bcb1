"""Signatures of a mail by OpenPGP (RFC 3156), checked in a cage. Imports no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from floreo.core import cage

LOADS = ("pysequoia",)
_MEMORY, _SECONDS, _OUTPUT = 300 * 1024**2, 30, 1024**2
_SIGNED = re.compile(rb"multipart/signed\b", re.IGNORECASE)
_BOUNDARY = re.compile(rb'boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)


def signers_in_a_cage(raw: bytes, certificates: Iterable[str]) -> tuple[str, ...]:
    """Fingerprints of those armoured certificates whose signature over the whole of the mail's content holds."""
    given = list(certificates)
    if not given or signed_part(raw) is None:
        return ()
    try:
        memory = _MEMORY + 8 * len(raw)
        found = cage.run(__name__, raw, memory=memory, seconds=_SECONDS, output=_OUTPUT, certificates=given).value
    except cage.Died:
        return ()
    return tuple(map(str, found))


def signed_content(raw: bytes, certificates: Iterable[str]) -> bytes | None:
    """The part of the mail that one of these certificates signed, with its headers, to be read in the mail's place: whatever else a
    reader would find in the mail, nobody signed. None where no such signature holds."""
    part = signed_part(raw)
    return part[0] if part is not None and signers_in_a_cage(raw, certificates) else None


def signed_part(raw: bytes) -> tuple[bytes, bytes] | None:
    """What a signature of the whole mail covers, with lines as it covers them, and the signature; None where there is none."""
    text = re.sub(rb"\r?\n", b"\r\n", raw)
    head, _gap, body = text.partition(b"\r\n\r\n")
    kinds = re.findall(rb"(?im)^content-type:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head)
    if len(kinds) != 1 or not _SIGNED.search(kinds[0]) or not (named := _BOUNDARY.search(kinds[0])):
        return None
    line = b"\r\n--" + (named[1] or named[2])
    pieces = (b"\r\n" + body).split(line)
    if len(pieces) != 4 or not pieces[3].startswith(b"--"):  # before, two parts, the end
        return None
    data, signature = (piece.partition(b"\r\n")[2] for piece in pieces[1:3])
    head, _gap, armoured = signature.partition(b"\r\n\r\n")
    return (data, armoured) if b"application/pgp-signature" in head.lower() else None


def caged(path: Path, *, certificates: list[str]) -> Any:
    """Runs inside."""
    from pysequoia import Cert, Sig, verify  # late: only the cage loads it (LOADS)

    found = signed_part(path.read_bytes())
    if found is None:
        return []
    data, signature = found
    try:
        certs = [Cert.from_bytes(each.encode()) for each in certificates]
        good = verify(bytes=data, store=lambda _ids: certs, signature=Sig.from_bytes(signature.strip()))
    except Exception:  # it does not hold: the library raises what it likes
        return []
    return [str(each.certificate).upper() for each in good.valid_sigs]
