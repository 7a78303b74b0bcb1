"""STIX 2.1 (OASIS Standard, 2021) out and in, by `stix2`, which only this module knows and loads late.

A case leaves as an `incident` in a `grouping` with its observables: cyber observables with their markings, an `indicator` for each
that is part of the attack, a `vulnerability` for a CVE, and a `note` for what STIX has no object for. Identifiers are made from
team and reference, so that a second export is a newer version of the same objects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from floreo.core import clock
from floreo.incidents.exchange.shared import (
    LARGEST,
    MOST_ITEMS,
    TLP,
    Problem,
    Read,
    Shared,
    SharedObservable,
    Unfit,
    may_block,
    narrowest,
)
from floreo.incidents.observables import LONGEST, Found, kind_of

if TYPE_CHECKING:
    from stix2.v21 import Bundle

MEDIA_TYPE = "application/stix+json;version=2.1"
_TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
# The marking definitions of TLP 2.0, as OASIS published them for STIX 2.1.
TLP_IDS: Mapping[str, str] = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# Those of TLP 1, which are built into STIX 2.1. WHITE is CLEAR.
_TLP_1 = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}
_TLP_OF = {name: tlp for tlp, name in TLP_IDS.items()} | _TLP_1
_HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}
_KIND_OF_HASH = {name: kind for kind, name in _HASHES.items()}
# Kind -> type and property of a cyber observable, and how a pattern compares it.
_OBJECTS = {
    "ipv4": ("ipv4-addr", "value"),
    "ipv6": ("ipv6-addr", "value"),
    "domain": ("domain-name", "value"),
    "url": ("url", "value"),
    "email": ("email-addr", "value"),
    "file": ("file", "name"),
    "account": ("user-account", "account_login"),
}
_KIND_OF_TYPE = {pair: kind for kind, pair in _OBJECTS.items()}
_NOTES = ("bitcoin", "phone", "other")
_PATTERN = re.compile(r"(?P<type>[a-z0-9-]+):(?P<path>[A-Za-z0-9_.'-]+)\s*=\s*'(?P<value>(?:[^'\\]|\\.)*)'")
_COMPARED = r"[a-z0-9-]+:[A-Za-z0-9_.'-]+\s*=\s*'(?:[^'\\]|\\.)*'"
_WHOLE_PATTERN = re.compile(rf"\[\s*{_COMPARED}(?:\s+OR\s+{_COMPARED})*\s*\]")
_SILENT = {
    "marking-definition",
    "identity",
    "relationship",
    "extension-definition",
}  # read for others, or no fact of a case


# Out


def _library() -> Any:
    from stix2 import v21  # late: large, and only who shares a case needs it

    return v21


def bundle(shared: Shared, *, team: str, address: str, at: datetime) -> bytes:
    """The JSON of a bundle. `team` and `address` are ours; `at`: when it is made, where the case has no time. Ask
    `what_may_leave` first: here everything goes that is given."""
    return str(_bundle(shared, team=team, address=address, at=at).serialize(pretty=True)).encode()


def _bundle(shared: Shared, *, team: str, address: str, at: datetime) -> Bundle:
    v21 = _library()
    make = _Making(address, shared, at)
    maker = v21.Identity(
        id=make.id_of("identity", ""), name=team, identity_class="organization", created=_EPOCH, modified=_EPOCH
    )
    make.common["created_by_ref"] = maker.id
    refs: list[str] = []
    if shared.title:
        labels = [f"rsit:{shared.rsit.replace('/', '=', 1)}"] if shared.rsit else []
        marks = make.marks(shared.tlp, shared.pap)
        references = [v21.ExternalReference(source_name=team, external_id=shared.reference)]
        incident = v21.Incident(
            id=make.id_of("incident", ""),
            name=shared.title,
            description=shared.summary or None,
            labels=labels or None,
            external_references=references,
            object_marking_refs=marks,
            **make.common,
        )
        make.objects.append(incident)
        refs.append(incident.id)
    for each in shared.observables:
        refs += _objects_of(each, make)
    tlp = narrowest(TLP, (shared.tlp, *(each.tlp for each in shared.observables)))
    group = v21.Grouping(
        id=make.id_of("grouping", ""),
        name=shared.title or f"{team}: indicators",
        context="suspicious-activity",
        object_refs=refs or [maker.id],
        object_marking_refs=make.marks(tlp, shared.pap),
        **make.common,
    )
    return v21.Bundle(
        id=make.id_of("bundle", str(make.common["modified"])),
        objects=[maker, *make.markings.values(), *make.objects, group],
        allow_custom=True,
    )


_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # of the identity, which has no age of its own


class _Making:
    """What is gathered for one bundle."""

    def __init__(self, address: str, shared: Shared, at: datetime) -> None:
        self._space = uuid5(NAMESPACE_URL, address)
        self._name = shared.reference or "\n".join(sorted(f"{o.kind} {o.value}" for o in shared.observables))
        self.common: dict[str, Any] = {
            "created": shared.created_at or at,
            "modified": max(shared.modified_at or at, shared.created_at or at),
        }
        self.occurred_at = shared.occurred_at or shared.created_at or at
        self.markings: dict[str, Any] = {}
        self.objects: list[Any] = []

    def id_of(self, kind: str, part: str) -> str:
        name = f"{kind}\n{part}" if kind == "identity" else f"{kind}\n{self._name}\n{part}"
        return f"{kind}--{uuid5(self._space, name)}"

    def marks(self, tlp: str, pap: str) -> list[str]:
        """The identifiers of both markings, which are then in the bundle."""
        for name in (tlp, f"PAP:{pap}"):
            if name not in self.markings:
                self.markings[name] = _pap(pap) if name.startswith("PAP:") else _tlp(tlp)
        return [self.markings[tlp].id, self.markings[f"PAP:{pap}"].id]


def _tlp(tlp: str) -> Any:
    v21 = _library()
    return v21.MarkingDefinition(
        id=TLP_IDS[tlp],
        created="2022-10-01T00:00:00.000Z",
        name=f"TLP:{tlp}",
        extensions={_TLP_2: {"extension_type": "property-extension", "tlp_2_0": tlp.lower()}},
    )


def _pap(pap: str) -> Any:
    """STIX has no marking for PAP: a statement says it."""
    v21 = _library()
    return v21.MarkingDefinition(
        id=f"marking-definition--{uuid5(_PAP_SPACE, pap)}",
        created="2026-01-01T00:00:00.000Z",
        definition_type="statement",
        definition=v21.StatementMarking(statement=f"PAP:{pap}"),
    )


_PAP_SPACE = UUID("0d5b7f5e-3b5a-4f0c-9a55-5f0a1d2c9b11")


def _objects_of(each: SharedObservable, make: _Making) -> list[str]:
    """Makes the objects of one observable; their identifiers."""
    v21 = _library()
    marks = make.marks(each.tlp, each.pap)
    common = make.common | {"object_marking_refs": marks}
    if each.kind == "cve":
        reference = v21.ExternalReference(source_name="cve", external_id=each.value)
        made = v21.Vulnerability(
            id=make.id_of("vulnerability", each.value),
            name=each.value,
            description=each.role or None,
            external_references=[reference],
            **common,
        )
        make.objects.append(made)
        return [made.id]
    if each.kind in _NOTES:
        seen = make.id_of("note", f"{each.kind}\n{each.value}")
        note = v21.Note(
            id=seen, abstract=each.kind, content=each.value, object_refs=[make.common["created_by_ref"]], **common
        )
        make.objects.append(note)
        return [note.id]
    kind, name = _OBJECTS.get(each.kind, ("file", ""))
    written = _uri(each.value) if each.kind == "url" else each.value
    facts: dict[str, Any] = {name: written} if name else {"hashes": {_HASHES[each.kind]: each.value}}
    seen_object = _class_of(kind)(object_marking_refs=marks, **facts)
    make.objects.append(seen_object)
    if not each.is_malicious:
        return [seen_object.id]
    path = name or f"hashes.'{_HASHES[each.kind]}'"
    value = written.replace("\\", "\\\\").replace("'", "\\'")
    indicator = v21.Indicator(
        id=make.id_of("indicator", f"{each.kind}\n{each.value}"),
        name=each.value,
        description=each.role or None,
        indicator_types=["malicious-activity"],
        labels=None if may_block(each) else ["do-not-block"],
        pattern=f"[{kind}:{path} = '{value}']",
        pattern_type="stix",
        valid_from=each.seen_at or make.occurred_at,
        **common,
    )
    make.objects.append(indicator)
    return [seen_object.id, indicator.id]


def _uri(address: str) -> str:
    """An address as RFC 3986 has it, which STIX asks for: characters beyond ASCII encoded, a name of other scripts in its ASCII form."""
    parts = urlsplit(address)
    where = parts.netloc
    with suppress(UnicodeError):
        where = where.encode("idna").decode() if not where.isascii() else where
    return quote(urlunsplit(parts._replace(netloc=where)), safe="%/:=&?~#+!$,;'@()*[]")


def _class_of(kind: str) -> Any:
    v21 = _library()
    return {
        "ipv4-addr": v21.IPv4Address,
        "ipv6-addr": v21.IPv6Address,
        "domain-name": v21.DomainName,
        "url": v21.URL,
        "email-addr": v21.EmailAddress,
        "file": v21.File,
        "user-account": v21.UserAccount,
    }[kind]


# In


def read(content: bytes) -> Read:
    """What a bundle holds. Raises Unfit where it is none; every object that is not taken is a problem."""
    objects = _objects(content)
    problems: list[Problem] = []
    known: dict[str, Any] = {}
    for number, each in enumerate(objects[:MOST_ITEMS], 1):
        name = str(each.get("id") or number)[:120] if isinstance(each, dict) else str(number)
        found = _parsed(each, name, problems)
        if found is not None:
            known[name] = found
    if len(objects) > MOST_ITEMS:
        problems.append(Problem("bundle", "too_many", str(MOST_ITEMS)))
    reader = _Reading(known, problems)
    found_all = tuple(reader.observables())
    shared = reader.whole()
    return Read(replace(shared, observables=found_all), tuple(problems))


def _objects(content: bytes) -> list[Any]:
    if len(content) > LARGEST:
        raise Unfit("too_large")
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as wrong:
        raise Unfit("no_json", str(wrong)[:200]) from wrong
    if not isinstance(given, dict) or given.get("type") != "bundle":
        raise Unfit("no_bundle")
    objects = given.get("objects", [])
    if not isinstance(objects, list):
        raise Unfit("no_bundle")
    return objects


def _parsed(given: object, name: str, problems: list[Problem]) -> Any:
    # late: as above
    from stix2 import parse
    from stix2.exceptions import STIXError

    if not isinstance(given, dict):
        problems.append(Problem(name, "no_object"))
        return None
    try:
        return parse(given, allow_custom=True, version="2.1")
    except (STIXError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
        problems.append(Problem(name, "not_valid", " ".join(str(wrong).split())[:200]))
        return None


class _Reading:
    def __init__(self, known: Mapping[str, Any], problems: list[Problem]) -> None:
        self.known, self.problems = known, problems
        self._readers: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
            "indicator": self._of_pattern,
            "vulnerability": self._of_vulnerability,
            "note": self._of_note,
            "file": self._of_file,
        }

    def whole(self) -> Shared:
        """The case: what an incident says, else a report or grouping, else the bundle as a whole."""
        kinds = ("incident", "report", "grouping")
        first = next((each for kind in kinds for each in self.known.values() if _value(each, "type") == kind), None)
        if first is None:
            return Shared("", "STIX")
        labels = [str(label) for label in _value(first, "labels") or []]
        rsit = next((label[5:].replace("=", "/", 1) for label in labels if label.startswith("rsit:")), "")
        references = _value(first, "external_references") or []
        reference = next((str(_value(each, "external_id")) for each in references if _value(each, "external_id")), "")
        maker = self.known.get(str(_value(first, "created_by_ref")))
        return Shared(
            reference,
            str(_value(first, "name") or "STIX"),
            summary=str(_value(first, "description") or ""),
            rsit=rsit,
            tlp=self._tlp(first) or "AMBER",
            pap=self._pap(first),
            created_at=_moment(_value(first, "created")),
            modified_at=_moment(_value(first, "modified")),
            source=str(_value(maker, "name") or "") if maker is not None else "",
        )

    def observables(self) -> Iterator[SharedObservable]:
        """Each value once: what an indicator names is part of the attack, what is only seen may be a victim's."""
        found: dict[tuple[str, str], SharedObservable] = {}
        for name, each in self.known.items():
            for kind, value in self._values(each, name):
                one = SharedObservable(
                    kind,
                    value,
                    role=str(_value(each, "description") or "")[:200],
                    tlp=self._tlp(each) or "AMBER",
                    pap=self._pap(each),
                    is_malicious=_value(each, "type") in {"indicator", "vulnerability", "note"},
                    seen_at=_moment(_value(each, "valid_from")),
                )
                before = found.get((kind, value))
                found[kind, value] = one if before is None else _both(before, one)
        yield from found.values()

    def _values(self, each: Any, name: str) -> Iterator[tuple[str, str]]:
        type_ = str(_value(each, "type"))
        if type_ in {"incident", "report", "grouping"} | _SILENT:
            return
        try:
            found = list(self._readers.get(type_, self._of_object)(each))
        except (TypeError, KeyError, AttributeError):
            found = []
        if not found:
            self.problems.append(Problem(name, "not_read", type_))
        for kind, value in found:
            checked = _checked(kind, value)
            if checked is None:
                self.problems.append(Problem(name, "no_value", value[:200]))
            else:
                yield checked

    def _of_object(self, each: Any) -> Iterator[tuple[str, str]]:
        for (type_, name), kind in _KIND_OF_TYPE.items():
            if _value(each, "type") == type_ and _value(each, name):
                yield kind, str(_value(each, name))

    def _of_file(self, each: Any) -> Iterator[tuple[str, str]]:
        if name := _value(each, "name"):
            yield "file", str(name)
        for algorithm, digest in (_value(each, "hashes") or {}).items():
            if kind := _KIND_OF_HASH.get(algorithm):
                yield kind, str(digest)

    def _of_vulnerability(self, each: Any) -> Iterator[tuple[str, str]]:
        named = [_value(each, "name"), *(_value(r, "external_id") for r in _value(each, "external_references") or [])]
        values = (found for name in named if (found := kind_of(str(name or ""))) is not None and found.kind == "cve")
        yield from dict.fromkeys((found.kind, found.value) for found in values)

    def _of_note(self, each: Any) -> Iterator[tuple[str, str]]:
        if _value(each, "abstract") in _NOTES:
            yield str(_value(each, "abstract")), str(_value(each, "content"))

    def _of_pattern(self, each: Any) -> Iterator[tuple[str, str]]:
        """Of a pattern that compares one thing with one value or several; of any other nothing, since a part of it is no sign."""
        pattern = str(_value(each, "pattern") or "").strip()
        if _value(each, "pattern_type") != "stix" or len(pattern) > 20_000 or not _WHOLE_PATTERN.fullmatch(pattern):
            return
        for match in _PATTERN.finditer(pattern):
            value = re.sub(r"\\(.)", r"\1", match["value"])
            path = match["path"]
            if (kind := _KIND_OF_TYPE.get((match["type"], path))) or (
                path.startswith("hashes.") and (kind := _KIND_OF_HASH.get(path[7:].strip("'")))
            ):
                yield kind, value

    def _tlp(self, each: Any) -> str:
        """The strictest of its markings; "" where it has none that is known."""
        names = [str(name) for name in _value(each, "object_marking_refs") or []]
        found = [_TLP_OF.get(name) or self._named_tlp(name) for name in names]
        return narrowest(TLP, [tlp for tlp in found if tlp]) if any(found) else ""

    def _named_tlp(self, name: str) -> str:
        marking = self.known.get(name)
        if marking is None:
            return ""
        definition = _value(marking, "definition")
        written = _value(definition, "tlp") if definition is not None else None
        for extension in (_value(marking, "extensions") or {}).values():
            written = written or _value(extension, "tlp_2_0")
        tlp = str(written or "").upper().replace("WHITE", "CLEAR")
        return tlp if tlp in TLP else ""

    def _pap(self, each: Any) -> str:
        for name in _value(each, "object_marking_refs") or []:
            definition = _value(self.known.get(str(name)), "definition")
            written = str(_value(definition, "statement") or "") if definition is not None else ""
            if written in {"PAP:CLEAR", "PAP:WHITE", "PAP:GREEN", "PAP:AMBER", "PAP:RED"}:
                return written[4:].replace("WHITE", "CLEAR")
        return "AMBER"


def _value(each: Any, name: str) -> Any:
    return each.get(name) if hasattr(each, "get") else getattr(each, name, None)


def _moment(value: Any) -> datetime | None:
    """A plain time: the library has a kind of its own. None where nobody can mean it."""
    found = clock.sound(value) if isinstance(value, datetime) else None
    return datetime.fromtimestamp(found.timestamp(), UTC) if found else None


def _checked(kind: str, value: str) -> tuple[str, str] | None:
    """The value as we write it; None where it is not of its kind."""
    value = " ".join(value.split())
    if not value or len(value) > LONGEST:
        return None
    if kind in {"account", "file", *_NOTES} - {"bitcoin"}:
        return kind, value
    found: Found | None = kind_of(value)
    return (found.kind, found.value) if found is not None and found.kind == kind else None


def _both(one: SharedObservable, other: SharedObservable) -> SharedObservable:
    """The same value twice: the stricter markings, and part of the attack where either says so."""
    return replace(
        one,
        role=one.role or other.role,
        tlp=narrowest(TLP, (one.tlp, other.tlp)),
        pap=narrowest(("CLEAR", "GREEN", "AMBER", "RED"), (one.pap, other.pap)),
        is_malicious=one.is_malicious or other.is_malicious,
        seen_at=one.seen_at or other.seen_at,
    )
