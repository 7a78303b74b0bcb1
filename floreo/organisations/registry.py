"""What registries say of addresses, system numbers and domains: answers of RDAP (RFC 9083) and the delegated files ("extended" and plain) that each
regional registry publishes daily. No Django."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from floreo.organisations.held import LARGEST_ASN, Prefix, is_public_suffix, plain_prefix, within

LARGEST_ANSWER = 512 * 1024
LARGEST_FILE = 64 * 1024 * 1024
Address = IPv4Address | IPv6Address
_GIVEN = {"allocated", "assigned"}
_MOST_NUMBERS = 70_000  # of one row
_DEEPEST, _MOST_MAILS = 3, 5  # entities within entities; addresses of one answer
_LEFT_OUT = ("object truncated", "result set truncated")  # types of notices and remarks


class Wrong(StrEnum):
    """Why it cannot be read; presenters say each in a sentence."""

    NOT_JSON = "not_json"
    AN_ERROR = "an_error"  # the server answered that it has nothing, or not for us
    NOT_ONE = "not_one"  # no answer about addresses, a system number or a domain
    NO_ADDRESSES = "no_addresses"
    NOT_DELEGATED = "not_delegated"  # not a delegated file
    CUT_OFF = "cut_off"  # fewer rows than its first line says
    TOO_LONG = "too_long"
    NOT_BOOTSTRAP = "not_bootstrap"  # no list of which server answers for which addresses


class Unreadable(ValueError):  # noqa: N818 -- says what it is
    def __init__(self, wrong: Wrong, detail: str = "") -> None:
        super().__init__(f"{wrong}: {detail}")
        self.wrong, self.detail = wrong, detail


@dataclass(frozen=True)
class RdapAnswer:
    """An answer about addresses (`first` to `last`), about system numbers (`numbers`, of which the last counts too) or about a domain.
    `names` are those of its registrant, or where the answer names
    none, of whoever it names; `holder` is the one name of its registrant, an organisation before a person or a maintainer, and "" where
    it has none; `abuse` are the addresses of e-mail for abuse; `country` is "" where it does not say. `is_partial`: its server says
    that it left something out (RFC 9083, section 9)."""

    domain: str
    first: Address | None
    last: Address | None
    country: str
    names: tuple[str, ...]
    handle: str
    statuses: tuple[str, ...]
    holder: str = ""
    abuse: tuple[str, ...] = ()
    is_partial: bool = False
    numbers: tuple[int, int] | None = None

    def covers(self, prefix: Prefix) -> bool:
        if self.first is None or self.last is None or self.first.version != prefix.version:
            return False
        return int(self.first) <= int(prefix[0]) and int(prefix[-1]) <= int(self.last)

    def covers_domain(self, name: str) -> bool:
        """Whether it is about that domain or one above it; not one under which anybody registers, whose holder runs the registry."""
        if not self.domain or (name != self.domain and not name.endswith(f".{self.domain}")):
            return False
        return not is_public_suffix(self.domain)

    @property
    def range_text(self) -> str:
        if self.numbers is not None:
            first, last = self.numbers
            return f"AS{first}" if first == last else f"AS{first} - AS{last}"
        return f"{self.first} - {self.last}" if self.first is not None else self.domain


def read_rdap(content: bytes) -> RdapAnswer:
    """Raises Unreadable."""
    if len(content) > LARGEST_ANSWER:
        raise Unreadable(Wrong.TOO_LONG)
    try:
        given = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(Wrong.NOT_JSON) from error
    if not isinstance(given, dict):
        raise Unreadable(Wrong.NOT_ONE)
    if "errorCode" in given:
        raise Unreadable(Wrong.AN_ERROR, _text(given.get("title")) or str(given["errorCode"])[:40])
    kind = given.get("objectClassName")
    if kind == "ip network":
        first, last = _range(given)
        return _answer(given, first=first, last=last)
    if kind == "autnum":
        return _answer(given, numbers=_numbers(given))
    if kind == "domain":
        return _answer(given, domain=_text(given.get("ldhName")).rstrip(".").lower())
    raise Unreadable(Wrong.NOT_ONE)


def _range(given: dict[str, Any]) -> tuple[Address, Address]:
    try:
        first, last = ip_address(_text(given.get("startAddress"))), ip_address(_text(given.get("endAddress")))
    except ValueError as error:
        raise Unreadable(Wrong.NO_ADDRESSES) from error
    if first.version != last.version or int(first) > int(last):
        raise Unreadable(Wrong.NO_ADDRESSES)
    return first, last


def _numbers(given: dict[str, Any]) -> tuple[int, int]:
    """RFC 9083, section 5.5."""
    first, last = given.get("startAutnum"), given.get("endAutnum")
    if type(first) is not int or type(last) is not int or not 0 < first <= last <= LARGEST_ASN:
        raise Unreadable(Wrong.NOT_ONE)
    return first, last


def _answer(
    given: dict[str, Any],
    *,
    domain: str = "",
    first: Address | None = None,
    last: Address | None = None,
    numbers: tuple[int, int] | None = None,
) -> RdapAnswer:
    statuses = given.get("status")
    return RdapAnswer(
        domain=domain,
        first=first,
        last=last,
        country=_text(given.get("country")).upper()[:2],
        names=tuple(dict.fromkeys(_holders(given))),
        handle=_text(given.get("handle")),
        statuses=tuple(_text(s) for s in statuses if _text(s)) if isinstance(statuses, list) else (),
        holder=_holder(given),
        abuse=tuple(dict.fromkeys(_abuse(given)))[:_MOST_MAILS],
        is_partial=any(_text(kind).startswith(_LEFT_OUT) for kind in _types(given)),
        numbers=numbers,
    )


def _entities(given: dict[str, Any], depth: int = _DEEPEST) -> Iterator[dict[str, Any]]:
    """Those of the answer and those within them: ARIN names the abuse contact within the holder, RIPE beside it."""
    for entity in _list(given, "entities"):
        if isinstance(entity, dict):
            yield entity
            if depth > 1:
                yield from _entities(entity, depth - 1)


def _roles(entity: dict[str, Any]) -> list[object]:
    return _list(entity, "roles")


def _holder(given: dict[str, Any]) -> str:
    registrants = [each for each in _entities(given, 1) if "registrant" in _roles(each)]
    organisations = [each for each in registrants if "org" in _values(each, "kind")]
    return next((name for each in organisations or registrants for name in _values(each, "fn")), "")


def _abuse(given: dict[str, Any]) -> Iterator[str]:
    for entity in _entities(given):
        if "abuse" in _roles(entity):
            yield from (text.lower() for text in _values(entity, "email") if text.count("@") == 1 and " " not in text)


def _types(given: dict[str, Any]) -> Iterator[object]:
    for name in ("notices", "remarks"):
        yield from (each.get("type") for each in _list(given, name) if isinstance(each, dict))


def _holders(given: dict[str, Any]) -> Iterator[str]:
    entities = list(_entities(given, 1))
    registrants = [each for each in entities if "registrant" in _roles(each)]
    for entity in registrants or entities:
        yield from _names(entity)


def _list(given: dict[str, Any], name: str) -> list[Any]:
    found = given.get(name)
    return found if isinstance(found, list) else []


def _names(entity: dict[str, Any]) -> Iterator[str]:
    return _values(entity, "fn", "org")


def _values(entity: dict[str, Any], *names: str) -> Iterator[str]:
    """The texts of a jCard (RFC 7095) under these names, in its order: "fn" is its full name, "org" its organisation."""
    card = entity.get("vcardArray")
    rows = card[1] if isinstance(card, list) and len(card) == 2 and isinstance(card[1], list) else []
    for row in rows:
        if isinstance(row, list) and len(row) >= 4 and row[0] in names:
            value = row[3][0] if isinstance(row[3], list) and row[3] else row[3]
            if text := _text(value):
                yield text


def _text(value: object) -> str:
    """In one line, without what no database keeps: NUL, and half of a character."""
    if not isinstance(value, str):
        return ""
    return " ".join(value.replace("\0", " ").encode("utf-8", "ignore").decode().split())[:200]


# --- Which server to ask ------------------------------------------------------------------------------------------


_ZONE = re.compile(r"(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)*")
_NUMBERS = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?")


@dataclass(frozen=True)
class Bootstrap:
    """Which server answers for which addresses, the longest prefix first, for which zones of domains ("bz"), and for which system
    numbers."""

    prefixes: tuple[tuple[Prefix, str], ...] = ()
    zones: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[tuple[range, str], ...] = ()

    def joined(self, other: Bootstrap) -> Bootstrap:
        rows = sorted((*self.prefixes, *other.prefixes), key=lambda row: -row[0].prefixlen)
        return Bootstrap(tuple(rows), {**self.zones, **other.zones}, (*self.numbers, *other.numbers))

    def server_for(self, about: Prefix | str | int) -> str:
        """The server of the longest prefix, or zone, or of the numbers, that hold it, else ""."""
        if isinstance(about, int):
            return next((url for numbers, url in self.numbers if about in numbers), "")
        if not isinstance(about, str):
            return next((url for around, url in self.prefixes if within(about, around)), "")
        while about and about not in self.zones:
            about = about.partition(".")[2]
        return self.zones.get(about, "")


def read_bootstrap(content: bytes) -> Bootstrap:
    """Which server answers for which addresses, system numbers or domains, as IANA publishes it (RFC 9224). Raises Unreadable."""
    prefixes, zones, numbers = list[tuple[Prefix, str]](), dict[str, str](), list[tuple[range, str]]()
    try:
        for names, urls in json.loads(content.decode("utf-8-sig"))["services"]:
            server = _server(urls)
            for text in names:
                if "/" in text:
                    prefixes.append((plain_prefix(text), server))
                elif _ZONE.fullmatch(text.lower()):
                    zones[text.lower()] = server
                elif found := _NUMBERS.fullmatch(text):
                    numbers.append((range(int(found[1]), int(found[2] or found[1]) + 1), server))
                else:
                    raise Unreadable(Wrong.NOT_BOOTSTRAP)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(Wrong.NOT_BOOTSTRAP) from error
    rows = sorted((row for row in prefixes if row[1]), key=lambda row: -row[0].prefixlen)
    known = {zone: server for zone, server in zones.items() if server}
    return Bootstrap(tuple(rows), known, tuple(row for row in numbers if row[1]))


def _server(urls: Iterable[object]) -> str:
    """The encrypted one, where it names several."""
    found = [url for url in urls if isinstance(url, str) and url.startswith(("https://", "http://"))]
    return next((url for url in found if url.startswith("https://")), found[0] if found else "").rstrip("/")


# --- Delegated files ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """Addresses that a registry gave to somebody in a country: `holder` is the registry's number for whom, in extended files."""

    registry: str
    country: str
    first: Address
    last: Address
    status: str
    holder: str

    def covers(self, prefix: Prefix) -> bool:
        return (
            self.first.version == prefix.version
            and int(self.first) <= int(prefix[0])
            and int(prefix[-1]) <= int(self.last)
        )

    def overlaps(self, prefix: Prefix) -> bool:
        return (
            self.first.version == prefix.version
            and int(self.first) <= int(prefix[-1])
            and int(prefix[0]) <= int(self.last)
        )

    @property
    def range_text(self) -> str:
        return f"{self.first} - {self.last}"

    @property
    def is_given(self) -> bool:
        return self.status in _GIVEN


@dataclass(frozen=True)
class FileHead:
    registry: str
    on: date
    records: int


def read_head(lines: Iterable[str]) -> FileHead:
    """The first line that is no comment: 2|lacnic|20261101|103567|... Raises Unreadable."""
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        parts = text.split("|")
        try:
            version, registry, serial, records = parts[0], parts[1], parts[2], int(parts[3])
            on = _day(parts[5] if len(parts) > 5 and parts[5] else serial)
            is_head = version.replace(".", "").isdecimal() and registry.isalnum() and len(registry) <= 20
        except (IndexError, ValueError) as error:
            raise Unreadable(Wrong.NOT_DELEGATED, text[:80]) from error
        if not is_head:
            raise Unreadable(Wrong.NOT_DELEGATED, text[:80])
        return FileHead(registry.lower(), on, records)
    raise Unreadable(Wrong.NOT_DELEGATED)


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def read_blocks(lines: Iterable[str]) -> Iterator[Block]:
    """The rows about addresses, in the order of the file. A row that cannot be read raises Unreadable with its text."""
    for line in lines:
        parts = line.strip().split("|")
        if len(parts) < 7 or parts[2] not in {"ipv4", "ipv6"} or parts[3] == "*":
            continue
        try:
            yield _block(parts)
        except ValueError as error:
            raise Unreadable(Wrong.NOT_DELEGATED, line.strip()[:80]) from error


@dataclass(frozen=True)
class Numbers:
    """System numbers that a registry gave to somebody in a country, from `first` on."""

    country: str
    first: int
    count: int
    holder: str


def read_numbers(lines: Iterable[str]) -> Iterator[Numbers]:
    """The rows about system numbers that are given out. A row that cannot be read raises Unreadable with its text."""
    for line in lines:
        parts = line.strip().split("|")
        if len(parts) < 7 or parts[2] != "asn" or parts[3] == "*" or parts[6] not in _GIVEN:
            continue
        try:
            found = Numbers(parts[1].upper(), int(parts[3]), int(parts[4]), parts[7] if len(parts) > 7 else "")
        except ValueError as error:
            raise Unreadable(Wrong.NOT_DELEGATED, line.strip()[:80]) from error
        if not (found.first > 0 and 0 < found.count <= _MOST_NUMBERS):
            raise Unreadable(Wrong.NOT_DELEGATED, line.strip()[:80])
        yield found


def _block(parts: list[str]) -> Block:
    if parts[2] == "ipv4":
        first: Address = IPv4Address(parts[3])
        last: Address = IPv4Address(int(first) + int(parts[4]) - 1)
    else:
        network = IPv6Network(f"{parts[3]}/{parts[4]}")
        first, last = network[0], network[-1]
    holder = parts[7] if len(parts) > 7 else ""
    return Block(parts[0].lower(), parts[1].upper(), first, last, parts[6], holder)


def blocks_for(prefixes: Iterable[Prefix], blocks: Iterable[Block]) -> dict[Prefix, list[Block]]:
    """For each prefix the given-out blocks that it shares addresses with."""
    wanted = list(prefixes)
    found: dict[Prefix, list[Block]] = {prefix: [] for prefix in wanted}
    spans = sorted({(p.version, int(p[0]), int(p[-1])) for p in wanted})
    if not spans:
        return found
    lowest = {v: min(s[1] for s in spans if s[0] == v) for v in {s[0] for s in spans}}
    highest = {v: max(s[2] for s in spans if s[0] == v) for v in {s[0] for s in spans}}
    for block in blocks:
        version = block.first.version
        if version not in lowest or int(block.last) < lowest[version] or int(block.first) > highest[version]:
            continue
        if block.status not in _GIVEN:
            continue
        for prefix in wanted:
            if block.overlaps(prefix):
                found[prefix].append(block)
    return found


def covering_range(prefix: Prefix, blocks: Iterable[Block]) -> tuple[Address, Address, set[str]] | None:
    """The addresses around `prefix` that follow each other without a gap and were given to one holder, with their countries; None
    where that does not hold all of it. A prefix wider than any row may be whole from several rows of one holder."""
    rows = sorted(blocks, key=lambda b: int(b.first))
    for holder in dict.fromkeys((b.registry, b.holder or b.range_text) for b in rows):
        own = [b for b in rows if (b.registry, b.holder or b.range_text) == holder]
        at, countries, first = int(prefix[0]), set[str](), None
        last = own[0].first
        for block in own:
            if int(block.first) > at:
                break
            if int(block.last) >= at:
                first = block.first if first is None else first
                at, last = int(block.last) + 1, block.last
                countries.add(block.country)
        if first is not None and at > int(prefix[-1]):
            return first, last, countries
    return None
