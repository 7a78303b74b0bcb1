"""MISP events (core format, draft-dulaunoy-misp-core-format) out and in, by `pymisp`, which only this module knows and loads late."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from floreo.core import clock
from floreo.incidents.exchange.shared import (
    LARGEST,
    MOST_ITEMS,
    PAP,
    TLP,
    Audience,
    Problem,
    Read,
    Shared,
    SharedObservable,
    Unfit,
    may_block,
    narrowest,
)
from floreo.incidents.observables import LONGEST, kind_of

if TYPE_CHECKING:
    from pymisp import MISPEvent

MEDIA_TYPE = "application/json"
# Kind -> type and category of an attribute.
_TYPES: Mapping[str, tuple[str, str]] = {
    "ipv4": ("ip-dst", "Network activity"),
    "ipv6": ("ip-dst", "Network activity"),
    "domain": ("domain", "Network activity"),
    "url": ("url", "Network activity"),
    "email": ("email", "Payload delivery"),
    "md5": ("md5", "Payload delivery"),
    "sha1": ("sha1", "Payload delivery"),
    "sha256": ("sha256", "Payload delivery"),
    "cve": ("vulnerability", "External analysis"),
    "file": ("filename", "Payload delivery"),
    "account": ("target-user", "Targeting data"),
    "phone": ("phone-number", "Person"),
    "bitcoin": ("btc", "Financial fraud"),
    "other": ("text", "Other"),
}
# Type of an attribute that comes in -> kind of each of its parts, between "|".
_KINDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("ip-src", "ip-dst", "ip"), ("ip",)),
    **dict.fromkeys(("ip-src|port", "ip-dst|port"), ("ip", "")),
    **dict.fromkeys(("domain", "hostname"), ("domain",)),
    "domain|ip": ("domain", "ip"),
    "hostname|port": ("domain", ""),
    **dict.fromkeys(("url", "uri", "link"), ("url",)),
    **dict.fromkeys(("email", "email-src", "email-dst", "email-reply-to", "whois-registrant-email"), ("email",)),
    **{name: (name,) for name in ("md5", "sha1", "sha256")},
    **{f"filename|{name}": ("file", name) for name in ("md5", "sha1", "sha256")},
    "filename": ("file",),
    "attachment": ("file",),
    "malware-sample": ("file", "md5"),
    "vulnerability": ("cve",),
    "btc": ("bitcoin",),
    "phone-number": ("phone",),
    **dict.fromkeys(("target-user", "github-username"), ("account",)),
    "text": ("other",),
}
_SEEN_ONLY = {"email-dst", "target-user", "link"}  # what was attacked, or is only mentioned
_ATTACK, _SEEN = 'floreo:part="attack"', 'floreo:part="seen"'
_DISTRIBUTION = {  # 0 your organisation, 1 this community, 2 connected communities, 3 all
    Audience.ORGANISATION: 0,
    Audience.CLIENTS: 1,
    Audience.COMMUNITY: 2,
    Audience.PUBLIC: 3,
}
_INHERIT = 5
_RSIT = re.compile(r'^rsit:([a-z-]+)(?:="([a-z0-9-]+)")?$')


# Out


def event(shared: Shared, audience: Audience, *, team: str, address: str, at: datetime) -> bytes:
    """The JSON of an event. Ask `what_may_leave` first: here everything goes that is given."""
    return str(_event(shared, audience, team=team, address=address, at=at).to_json(indent=2)).encode()


def _event(shared: Shared, audience: Audience, *, team: str, address: str, at: datetime) -> MISPEvent:
    from pymisp import MISPEvent, MISPOrganisation  # late: large, and only who shares a case needs it

    space = uuid5(NAMESPACE_URL, address)
    name = shared.reference or "\n".join(sorted(f"{o.kind} {o.value}" for o in shared.observables))
    made = MISPEvent()
    maker = MISPOrganisation()
    maker.from_dict(name=team, uuid=str(space))
    made.Orgc = maker
    made.from_dict(
        uuid=str(uuid5(space, f"misp\n{name}")),
        info=shared.title or f"{team}: indicators",
        date=(shared.occurred_at or shared.created_at or at).date().isoformat(),
        threat_level_id=4,
        analysis=1,
        distribution=_DISTRIBUTION[audience],
        timestamp=int((shared.modified_at or at).timestamp()),
    )
    _tag(made, shared.tlp, shared.pap)
    if shared.rsit:
        rsit_class, _slash, rsit_type = shared.rsit.partition("/")
        made.add_tag(f'rsit:{rsit_class}="{rsit_type}"' if rsit_type else f"rsit:{rsit_class}")
    if shared.reference:
        made.add_attribute("text", shared.reference, category="Internal reference", to_ids=False, distribution=_INHERIT)
    if shared.summary:
        made.add_attribute("comment", shared.summary, category="Other", to_ids=False, distribution=_INHERIT)
    for each in shared.observables:
        kind, category = _TYPES[each.kind]
        attribute: Any = made.add_attribute(
            kind,
            each.value,
            category=category,
            to_ids=may_block(each),
            comment=each.role,
            distribution=_INHERIT,
            uuid=str(uuid5(space, f"misp\n{name}\n{each.kind}\n{each.value}")),
            **({"first_seen": each.seen_at} if each.seen_at else {}),
        )
        _tag(attribute, each.tlp, each.pap)
        attribute.add_tag(_ATTACK if each.is_malicious else _SEEN)
    return made


def _tag(thing: Any, tlp: str, pap: str) -> None:
    thing.add_tag(f"tlp:{tlp.lower()}")
    thing.add_tag(f"PAP:{pap}")


# In


def read(content: bytes) -> Read:
    """What an event holds. Raises Unfit where it is none; every attribute that is not taken is a problem."""
    loaded = _loaded(content)
    problems: list[Problem] = []
    tags = [str(tag.name) for tag in loaded.tags]
    tlp, pap = _tlp(tags) or "AMBER", _pap(tags) or "AMBER"
    shared = Shared(
        "",
        str(getattr(loaded, "info", "") or "MISP"),
        rsit=next((_rsit(tag) for tag in tags if _rsit(tag)), ""),
        tlp=tlp,
        pap=pap,
        created_at=_at_midnight(getattr(loaded, "date", None)),
        modified_at=_plain(getattr(loaded, "timestamp", None)),
        source=str(getattr(getattr(loaded, "Orgc", None), "name", "") or ""),
    )
    found: dict[tuple[str, str], SharedObservable] = {}
    for number, attribute in enumerate(_attributes(loaded), 1):
        if number > MOST_ITEMS:
            problems.append(Problem("event", "too_many", str(MOST_ITEMS)))
            break
        kind, category = str(attribute.type), str(getattr(attribute, "category", ""))
        if getattr(attribute, "deleted", False):
            continue
        if kind == "text" and category == "Internal reference":
            shared = replace(shared, reference=str(attribute.value)[:120])
        elif kind == "comment":
            shared = replace(shared, summary=f"{shared.summary}\n\n{attribute.value}".strip()[:20_000])
        else:
            for each in _observables(attribute, tlp, pap, problems):
                found.setdefault((each.kind, each.value), each)
    return Read(replace(shared, observables=tuple(found.values())), tuple(problems))


def _loaded(content: bytes) -> MISPEvent:
    from pymisp import MISPEvent, PyMISPError  # late: as above

    if len(content) > LARGEST:
        raise Unfit("too_large")
    try:
        given = json.loads(content)
        given = given.get("response", given) if isinstance(given, dict) else given
        given = given[0] if isinstance(given, list) and len(given) == 1 else given
        given = given.get("Event", given)
        if "info" not in given:
            raise Unfit("no_event")
        loaded = MISPEvent()
        loaded.from_dict(**_without_files(given))
    except (PyMISPError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as wrong:
        raise Unfit("no_event", " ".join(str(wrong).split())[:200]) from wrong
    return loaded


def _without_files(given: Any) -> Any:
    """Without the bytes of files: the library unpacks samples of malware, and a case takes none in this way."""
    if isinstance(given, dict):
        return {key: _without_files(value) for key, value in given.items() if key != "data"}
    return [_without_files(each) for each in given] if isinstance(given, list) else given


def _attributes(loaded: MISPEvent) -> Iterator[Any]:
    yield from loaded.attributes
    for each in loaded.objects:
        yield from each.attributes


def _observables(attribute: Any, tlp: str, pap: str, problems: list[Problem]) -> Iterator[SharedObservable]:
    kind, value = str(attribute.type), str(attribute.value)
    name = str(getattr(attribute, "uuid", "") or value)[:120]
    kinds = _KINDS.get(kind)
    if kinds is None:
        problems.append(Problem(name, "not_read", kind))
        return
    tags = [str(tag.name) for tag in attribute.tags]
    for one, text in zip(kinds, value.split("|") if len(kinds) > 1 else [value], strict=False):
        if not one:
            continue
        checked = _checked(one, text)
        if checked is None:
            problems.append(Problem(name, "no_value", text[:200]))
            continue
        yield SharedObservable(
            *checked,
            role=" ".join(str(getattr(attribute, "comment", "") or "").split())[:200],
            tlp=_tlp(tags) or tlp,
            pap=_pap(tags) or pap,
            is_malicious=_ATTACK in tags or (kind not in _SEEN_ONLY and _SEEN not in tags),
            seen_at=_plain(getattr(attribute, "first_seen", None)),
        )


def _checked(kind: str, value: str) -> tuple[str, str] | None:
    value = " ".join(value.split())
    if not value or len(value) > LONGEST:
        return None
    if kind in {"file", "account", "phone", "other"}:
        return kind, value
    found = kind_of(value)
    if found is None or (found.kind != kind and not (kind == "ip" and found.kind in {"ipv4", "ipv6"})):
        return None
    return found.kind, found.value


def _tlp(tags: list[str]) -> str:
    """The strictest TLP among the tags; "" where there is none. A marking that nobody knows ("tlp:unclear") is RED."""
    return _strictest(TLP, "TLP:", tags)


def _pap(tags: list[str]) -> str:
    return _strictest(PAP, "PAP:", tags)


def _strictest(order: tuple[str, ...], prefix: str, tags: list[str]) -> str:
    found = [tag[4:].upper().replace("WHITE", "CLEAR") for tag in tags if tag.upper().startswith(prefix)]
    known = [name if name in order else "RED" for name in found]
    return narrowest(order, known) if known else ""


def _rsit(tag: str) -> str:
    match = _RSIT.match(tag)
    return "/".join(filter(None, match.groups())) if match else ""


def _plain(value: Any) -> datetime | None:
    """A time in UTC; none where nobody can mean it."""
    if not isinstance(value, datetime):
        return None
    found = clock.sound(value if value.tzinfo else value.replace(tzinfo=UTC))
    return found.astimezone(UTC) if found else None


def _at_midnight(value: Any) -> datetime | None:
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if hasattr(value, "year") else None
