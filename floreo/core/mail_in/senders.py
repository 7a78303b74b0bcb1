"""Who sent a mail, proven: by the signature (DKIM, RFC 6376) of the domain that its sender names. What the mail server noted of
it counts for nothing: anybody can write such a line into a mail before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from floreo.core.mail_in.shape import IncomingMail, NotProven, Proof
from floreo.core.mail_in.signatures import is_valid, signatures_of

Keys = Callable[[str], bytes | None]  # the text record under a name, None where there is none; or it raises NoAnswer

_DNS_SECONDS = 10.0


class NoAnswer(Exception):  # noqa: N818 -- the name service did not answer, which says nothing about the mail
    """Whether the mail is signed is not known now. It is looked at again later."""


def key_in_dns(name: str) -> bytes | None:
    # late: large, and only who takes in mail asks a name service
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


def looked_up(mail: IncomingMail, *, ours: Sequence[str], keys: Keys = key_in_dns) -> IncomingMail:
    """The mail with what is known of its sender. Raises NoAnswer."""
    reason = why_not_proven(mail, ours=ours, keys=keys)
    return replace(mail, not_proven=reason, proof=Proof.NONE if reason else Proof.DKIM)


def why_not_proven(mail: IncomingMail, *, ours: Sequence[str], keys: Keys) -> NotProven | None:
    """None where a valid signature of the sender's domain says that the sender sent this mail to us. A signature that does not
    cover to whom proves only that the sender sent it to somebody: whoever got one could send it on to us."""
    domain = mail.sender.rpartition("@")[2]
    found = NotProven.UNSIGNED
    for signature in signatures_of(mail.raw, domain) if domain else ():
        if not is_valid(mail.raw, domain, signature, {name: keys(name) for name in signature.names}):
            found = NotProven.NOT_VALID
            continue
        if not ours:
            return NotProven.NO_ADDRESS
        if _names_us(mail, signature.headers, ours):
            return None
        found = NotProven.NOT_TO_US
    return found


def _names_us(mail: IncomingMail, signed: Sequence[str], ours: Sequence[str]) -> bool:
    named = (mail.to if "to" in signed else ()) + (mail.cc if "cc" in signed else ())
    return any(without_tag(address) in ours for address in named)


def without_tag(address: str) -> str:
    """reports+isla@example.org -> reports@example.org"""
    local, at, host = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}"
