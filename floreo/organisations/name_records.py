"""Name server records that prove a claim: asked of the machine's name servers, or of those that FLOREO_NAME_SERVERS names."""

from __future__ import annotations

from typing import Any

from django.conf import settings

_SECONDS = 10.0
_MOST = 100  # texts of one name
_LONGEST = 1000


class NoAnswer(Exception):  # noqa: N818 -- says what happened
    """The name service did not answer, which says nothing about the domain."""


def texts_at(name: str) -> list[str]:
    """The text records under a name; none where it does not exist. Raises NoAnswer."""
    import dns.exception  # late: it is large, and only proofs and signatures of mail ask
    import dns.resolver

    try:
        answer = _resolver().resolve(name, "TXT", lifetime=_SECONDS, search=False)
    except (dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, dns.exception.Timeout) as problem:
        raise NoAnswer(str(problem)[:200]) from problem
    except (dns.exception.DNSException, UnicodeError, ValueError):
        return []  # no such name, or none that a name service could know
    texts = [b"".join(record.strings) for record in answer][:_MOST]
    return [text[:_LONGEST].decode("utf-8", "replace") for text in texts]


def _resolver() -> Any:
    import dns.resolver  # late: as above

    if not settings.NAME_SERVERS:
        return dns.resolver.get_default_resolver()
    found = dns.resolver.Resolver(configure=False)
    found.nameservers = [dns_server(text) for text in settings.NAME_SERVERS]
    return found


def dns_server(text: str) -> Any:
    """An address, or an address and a port: 192.0.2.1:5353, [2001:db8::1]:5353."""
    import dns.nameserver  # late: as above

    address, port = text, 53
    if text.startswith("["):
        address, _bracket, rest = text[1:].partition("]")
        port = int(rest.removeprefix(":") or 53)
    elif text.count(":") == 1:
        address, _colon, rest = text.partition(":")
        port = int(rest)
    return dns.nameserver.Do53Nameserver(address, port)
