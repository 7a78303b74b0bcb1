"""Timestamps of an authority over our texts (RFC 3161): somebody else attests that a text existed at a moment. With one, a
signed head cannot be made later with an earlier date, not even by who holds our key.

An answer is kept whole, so that `openssl ts -verify -data head.txt -in head.tsr -CAfile authority.pem` checks it without us."""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any

from cryptography.x509 import load_pem_x509_certificates

SECONDS = 15.0  # that the authority may take
LARGEST = 64 * 1024  # bytes of an answer


class NoTimestamp(Exception):  # noqa: N818 -- says what there is not
    """The authority gave none that holds; the text says why."""


def roots_of(pem: bytes) -> list[Any]:
    """The certificates of an authority, from a PEM file. Raises ValueError."""
    return load_pem_x509_certificates(pem)


def ask(text: str, *, address: str, roots: Sequence[Any]) -> str:
    """The authority's answer over `text`, checked, in base64 (DER). Raises NoTimestamp."""
    from rfc3161_client import TimestampRequestBuilder  # late: of the worker alone

    asked = TimestampRequestBuilder().data(text.encode()).build()
    request = urllib.request.Request(  # noqa: S310 -- the operator's own setting, and only http(s) (config/settings.py)
        address,
        data=asked.as_bytes(),
        headers={"Content-Type": "application/timestamp-query", "User-Agent": "Floreo"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 -- as above
            given = answer.read(LARGEST + 1)
    except (OSError, HTTPException, ValueError) as problem:
        raise NoTimestamp(f"the authority did not answer: {problem}") from problem
    if len(given) > LARGEST:
        raise NoTimestamp("its answer is too large")
    stamp = base64.b64encode(given).decode("ascii")
    moment(stamp, text, roots=roots, nonce=asked.nonce)
    return stamp


def moment(stamp: str, text: str, *, roots: Sequence[Any], nonce: int | None = None) -> datetime:
    """When the authority saw `text`, in UTC. Raises NoTimestamp where the answer is not one of it over that text."""
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # late: as above

    try:
        found = decode_timestamp_response(base64.b64decode(stamp, validate=True))
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(found, text.encode())
    except (VerificationError, ValueError) as problem:
        raise NoTimestamp(f"its answer is no timestamp of it over this text: {problem}") from problem
    return found.tst_info.gen_time
