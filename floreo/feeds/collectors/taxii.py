"""Collections of TAXII 2.1 servers: indicators and observations in STIX 2.1, as far as they name addresses, domains and URLs.

A server says where its API roots are, each of them which collections it has, and a collection gives what was added after a moment, page by page
(`more`, `next`). Source: OASIS, TAXII Version 2.1 and STIX Version 2.1 (https://docs.oasis-open.org/cti/). OASIS's own client (taxii2-client) is
not used: it opens connections of its own, past the one guarded fetch, and had no release since 2021."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from floreo.core import clock
from floreo.feeds.collectors.answers import (
    MB,
    Answer,
    Batch,
    Event,
    NotUnderstood,
    Odd,
    SourceRequest,
    content_of,
    host_of,
    json_of,
    rows_of,
    text_of,
)

MEDIA = "application/taxii+json;version=2.1"
LARGEST_PAGE, PAGE, MOST_PAGES, MOST_ROOTS = 32 * MB, 500, 2000, 20
_WANTED = "indicator,observed-data,ipv4-addr,ipv6-addr,domain-name,url"
_COLLECTION = re.compile(r"/collections/[^/]+/?$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_LONGEST_PATTERN = 20_000  # characters; what is behind them is not looked at
_MISSING_AT_ONCE, _MOST_MISSING = 40, 2000  # objects that an observation names and no page had
_HARMLESS = {"benign", "anonymization", "attribution"}  # of STIX's words for what an indicator shows
# TLP:RED and TLP:AMBER+STRICT, which go to no other organisation: the marking objects of STIX and of FIRST's TLP 2.0.
_NOT_FOR_OTHERS = {
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
}
# A comparison of a pattern, with its whole value, so that nothing within a text is taken for one.
_COMPARISON = re.compile(
    r"(?P<negated>\bNOT\s+)?(?<![a-z0-9-])(?P<path>[a-z0-9-]{1,60}:[^\s=!<>']{1,250}(?:'[^']{0,250}'\]?)?)\s*(?P<after>NOT\s+)?"
    r"(?P<how>!=|<>|<=|>=|=|<|>|IN\b|LIKE\b|MATCHES\b|ISSUBSET\b|ISSUPERSET\b)\s*"
    r"(?P<value>[hbt]?'(?:\\.|[^'\\])*'|\([^()]*\)|[^\s\]()]+)"
)
_TEXT = re.compile(r"'((?:\\.|[^'\\])*)'")
_VALUES = ("ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value")
_REFERRED = re.compile(r"network-traffic:(src|dst)_ref\.value")


def batches(request: SourceRequest) -> Iterator[Batch]:
    """A batch a page. Where the fetch came to is said with the last: what breaks off is asked for again as a whole, since objects of one
    moment may be on two pages."""
    url = _objects_of(request)
    after = request.reached or _start_of(request)
    here: dict[str, Any] = {}  # observables by id
    waiting: list[dict[str, Any]] = []  # observations that name others
    reached, more = after, dict[str, str]()
    for number in range(1, MOST_PAGES + 1):
        got = _page(request, url, {"added_after": after, "limit": str(PAGE), "match[type]": _WANTED} | more)
        found = rows_of(got.value.get("objects", []))
        here |= {str(row.get("id")): row for row in found if f"{row.get('type')}:value" in _VALUES}
        waiting += [row for row in found if row.get("type") == "observed-data" and row.get("object_refs")]
        reached = _added(got) or reached
        more = {"next": str(got.value["next"])} if got.value.get("more") and got.value.get("next") else {}
        if not more and got.value.get("more"):
            if reached == after:
                raise NotUnderstood(Odd.OTHERWISE)
            after = reached  # a server without `next` goes on by the moment
        elif not more:
            seen = [*_events(found), *_observed(request, url, waiting, here)]
            yield Batch(_name(number), content_of(seen), reached=reached)
            return
        yield Batch(_name(number), content_of(_events(found)))
    raise NotUnderstood(Odd.TOO_MANY)


def _name(number: int) -> str:
    return f"taxii-{clock.now():%H%M%S}-{number}.jsonl"


def _start_of(request: SourceRequest) -> str:
    return datetime.combine(request.first, time(), tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _added(got: Answer) -> str:
    """The moment at which the last object of a page was added; some servers say of a single one only the first."""
    for name in ("x-taxii-date-added-last", "x-taxii-date-added-first"):
        if _MOMENT.fullmatch(given := got.headers.get(name, "")):
            return given
    return ""


def _page(request: SourceRequest, url: str, query: Mapping[str, str]) -> Answer:
    got = json_of(request.asked(f"{url}?{urlencode(query)}", MEDIA), most=LARGEST_PAGE, allow=request.allow)
    if not isinstance(got.value, dict) or not isinstance(got.value.get("objects", []), list):
        raise NotUnderstood(Odd.OTHERWISE)
    return got


# --- Where the objects are ----------------------------------------------------------------------------------------


def _objects_of(request: SourceRequest) -> str:
    """The address of a collection's objects: the place itself, or found by way of discovery and API roots; which of several is behind
    a # in the place."""
    place, wanted = urldefrag(request.place)
    if _COLLECTION.search(urlsplit(place).path):
        return urljoin(_folder(place), "objects/")
    found = [(root, row) for root in _roots(request, place) for row in _collections(request, root)]
    readable = [(root, row) for root, row in found if row.get("can_read") is True and text_of(row.get("id"))]
    chosen = [(root, row) for root, row in readable if not wanted or wanted in _names_of(row)]
    if not readable:
        raise NotUnderstood(Odd.NOTHING_OPEN)
    if len(chosen) != 1:
        raise NotUnderstood(
            Odd.CHOOSE, names=", ".join(text_of(row.get("title"), 60) or row["id"] for _r, row in readable)
        )
    root, row = chosen[0]
    return urljoin(root, f"collections/{row['id']}/objects/")


def _names_of(row: Mapping[str, Any]) -> set[str]:
    return {str(row.get(name)) for name in ("id", "alias", "title") if row.get(name)}


def _roots(request: SourceRequest, place: str) -> list[str]:
    """Of the server that discovery names, or the place itself. One at another origin is not asked: it would be sent our key."""
    got = json_of(request.asked(place, MEDIA), most=MB, allow=request.allow).value
    if not isinstance(got, dict):
        raise NotUnderstood(Odd.OTHERWISE)
    if "api_roots" not in got:
        return [_folder(place)]
    named = [urljoin(place, root) for root in got["api_roots"] if isinstance(root, str)]
    origin = urlsplit(place)[:2]
    return [_folder(root) for root in named if urlsplit(root)[:2] == origin][:MOST_ROOTS]


def _collections(request: SourceRequest, root: str) -> list[dict[str, Any]]:
    got = json_of(request.asked(urljoin(root, "collections/"), MEDIA), most=MB, allow=request.allow).value
    if not isinstance(got, dict):
        raise NotUnderstood(Odd.OTHERWISE)
    return rows_of(got.get("collections", []))


def _folder(place: str) -> str:
    return place if place.endswith("/") else f"{place}/"


# --- What the objects say -----------------------------------------------------------------------------------------


def _events(found: list[dict[str, Any]]) -> Iterator[Event]:
    now = f"{clock.now():%Y-%m-%dT%H:%M:%S}Z"
    for row in found:
        kinds = {text_of(kind) for kind in row.get("indicator_types") or [] if isinstance(kind, str)}
        if row.get("type") != "indicator" or not _holds(row) or kinds & _HARMLESS:
            continue
        if row.get("pattern_type", "stix") != "stix" or "" < text_of(row.get("valid_until")) < now:
            continue
        is_ours = "compromised" in kinds
        facts = {
            "time.source": text_of(row.get("valid_from") or row.get("created")),
            "classification.type": "system-compromise" if is_ours else "other",
            "classification.identifier": "system-compromise" if is_ours else "blocklisted",
            "event_description.text": text_of(row.get("name")) or text_of(row.get("description")),
        }
        for path, value in dict.fromkeys(values_of(str(row.get("pattern") or ""))):
            if subject := _subject(path, value):
                yield subject | facts


def _holds(row: Mapping[str, Any]) -> bool:
    """Whether it holds still, and may be sent to whom it concerns."""
    marks = row.get("object_marking_refs") or []
    return row.get("revoked") is not True and not (isinstance(marks, list) and _NOT_FOR_OTHERS & set(map(str, marks)))


def values_of(pattern: str) -> Iterator[tuple[str, str]]:
    """What a pattern is equal to, by path: of addresses, names and URLs; what it excludes is left out."""
    for found in _COMPARISON.finditer(pattern[:_LONGEST_PATTERN]):
        path, how = found["path"], found["how"]
        if referred := _REFERRED.fullmatch(path):
            path = f"network-traffic:{referred[1]}"
        if (path in _VALUES or referred) and how in {"=", "IN"} and not found["negated"] and not found["after"]:
            for text in _TEXT.findall(found["value"]):
                yield path, re.sub(r"\\(.)", r"\1", text)


def _subject(path: str, value: str) -> Event | None:
    """The part of an event that names it. A whole network is none: nobody knows which machine of it is meant."""
    value = text_of(value, 2000)
    if path.startswith(("network-traffic:", "ipv")):
        try:
            network = ip_network(value, strict=False)
            return {"source.ip": str(network.network_address)} if network.num_addresses == 1 else None
        except ValueError:
            return None
    if path == "url:value":
        return {"source.url": value} | _host(host) if (host := host_of(value)) else None
    return {"source.fqdn": value.rstrip(".").lower()} if "." in value else None


def _host(host: str) -> Event:
    try:
        return {"source.ip": str(ip_address(host))}
    except ValueError:
        return {"source.fqdn": host}


def _observed(request: SourceRequest, url: str, waiting: list[dict[str, Any]], here: dict[str, Any]) -> Iterator[Event]:
    """What observations saw. Objects that no page had are asked for by their ids."""
    named = [str(ref) for row in waiting for ref in row["object_refs"] if isinstance(ref, str)]
    missing = [ref for ref in dict.fromkeys(named) if ref not in here and f"{ref.partition('--')[0]}:value" in _VALUES]
    for start in range(0, min(len(missing), _MOST_MISSING), _MISSING_AT_ONCE):
        ids = ",".join(missing[start : start + _MISSING_AT_ONCE])
        got = _page(request, url, {"match[id]": ids})
        here |= {str(row.get("id")): row for row in rows_of(got.value.get("objects", []))}
    for row in waiting:
        if not _holds(row):
            continue
        facts = {
            "time.source": text_of(row.get("last_observed")),
            "classification.type": "undetermined",
            "classification.identifier": "observed",
        }
        for ref in row["object_refs"]:
            seen = here.get(str(ref), {})
            if subject := _subject(f"{seen.get('type')}:value", str(seen.get("value") or "")) if seen else None:
                yield subject | facts
