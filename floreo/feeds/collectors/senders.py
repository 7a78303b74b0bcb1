"""Who sent a mail, proven: by the signature (DKIM, RFC 6376) of the domain that its sender names. What the mail server noted of
it counts for nothing: anybody can write such a line into a mail before it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from floreo.feeds.collectors.mail import ReceivedMail
from floreo.feeds.models import HeldReason

if TYPE_CHECKING:  # both libraries are loaded with the first mail
    from dkim import DKIM

Keys = Callable[[str], bytes | None]  # the text record under a name, None where there is none; or it raises NoAnswer

_MOST_SIGNATURES = 5  # of one mail that are looked at
_SMALLEST_KEY = 1024  # bits: RFC 8301
_ALGORITHMS = {b"rsa-sha256", b"ed25519-sha256"}  # SHA-1 proves nothing any more: RFC 8301
_DNS_SECONDS = 10.0
_TRIAL = re.compile(rb"(?:^|;)\s*t\s*=[^;]*\by\b")  # a key under trial makes no mail a signed one: RFC 6376, 3.6.1


class NoAnswer(Exception):  # noqa: N818 -- the name service did not answer, which says nothing about the mail
    """Whether the mail is signed is not known now. It is looked at again later."""


def key_in_dns(name: str) -> bytes | None:
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_DNS_SECONDS, search=False)
    except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, dns.exception.Timeout) as problem:
        raise NoAnswer(str(problem)[:200]) from problem
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return None  # no such name, or none that a name service could know
    texts = [b"".join(record.strings) for record in answer]
    return next((text for text in texts if b"p=" in text), None)


def why_not_proven(letter: ReceivedMail, *, ours: Sequence[str], keys: Keys) -> HeldReason | None:
    """None where a valid signature of the sender's domain says that the sender sent this mail to us. A signature that does not
    cover to whom proves only that the sender sent it to somebody: whoever got one could send it on to us."""
    domain = letter.sender.rpartition("@")[2]
    mail = _parsed(letter.raw)
    if not domain or mail is None or not mail.present():
        return HeldReason.UNSIGNED
    found = HeldReason.UNSIGNED
    for n in range(_MOST_SIGNATURES):
        signed = _signed_headers(mail, n, domain)
        if signed is None:
            continue
        if not _is_valid(mail, n, keys):
            found = HeldReason.NOT_VALID
            continue
        if not ours:
            return HeldReason.ADDRESS_UNKNOWN
        if _names_us(letter, signed, ours):
            return None
        found = HeldReason.NOT_TO_US
    return found


def _parsed(raw: bytes) -> DKIM | None:
    import dkim

    try:
        return dkim.DKIM(raw, minkey=_SMALLEST_KEY)
    except Exception:  # a stranger's bytes in a library that raises what it likes
        return None


def _signed_headers(mail: DKIM, n: int, domain: str) -> tuple[bytes, ...] | None:
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


def _is_valid(mail: DKIM, n: int, keys: Keys) -> bool:
    def look_up(name: bytes, timeout: float = _DNS_SECONDS) -> bytes | None:
        text = keys(name.decode("ascii", "replace"))
        return None if text is None or _TRIAL.search(text) else text

    try:
        return bool(mail.verify(n, dnsfunc=look_up))
    except NoAnswer:
        raise
    except Exception:  # as above: not valid
        return False


def _names_us(letter: ReceivedMail, signed: Sequence[bytes], ours: Sequence[str]) -> bool:
    named = (letter.to if b"to" in signed else ()) + (letter.cc if b"cc" in signed else ())
    return any(without_tag(address) in ours for address in named)


def without_tag(address: str) -> str:
    """reports+isla@example.org -> reports@example.org"""
    local, at, host = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}"
