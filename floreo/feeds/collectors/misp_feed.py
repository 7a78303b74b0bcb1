"""Feeds of MISP: a folder on the web with `manifest.json`, which lists events with the moment of their last change, and a file an event.

Source: the MISP core format and feed description (https://www.misp-standard.org/rfc/misp-standard-core.html, section "manifest"), and feeds that PyMISP
writes. Feeds of MISP that are plain lists or CSV are fetched as any list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin

from floreo.feeds.collectors.answers import (
    MB,
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
from floreo.feeds.collectors.blobs import Readable

LARGEST_MANIFEST, LARGEST_EVENT, MOST_EVENTS = 64 * MB, 64 * MB, 2000
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_RSIT = re.compile(r'rsit:[a-z-]+="([a-z0-9-]+)"')
_TLP = re.compile(r"tlp:(red|amber\+strict|amber|green|clear|white)", re.IGNORECASE)
_NOT_FOR_OTHERS = {"RED", "AMBER+STRICT"}
_ADDRESSES = {"ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"}
_NAMES = {"domain", "hostname", "hostname|port"}
_URLS = {"url", "uri"}


def batches(request: SourceRequest) -> Iterator[Batch]:
    """A batch an event that was changed since the first day wanted and is not here as it is now, from the oldest change."""
    manifest_url = (
        request.place if request.place.endswith(".json") else urljoin(_folder(request.place), "manifest.json")
    )
    manifest = json_of(request.asked(manifest_url), most=LARGEST_MANIFEST, allow=request.allow).value
    if not isinstance(manifest, dict):
        raise NotUnderstood(Odd.OTHERWISE)
    first = datetime.combine(request.first, time(), tzinfo=UTC).timestamp()
    listed = sorted((_changed(facts), uuid) for uuid, facts in manifest.items() if _UUID.fullmatch(uuid))
    names = {_name(uuid, at): (uuid, at) for at, uuid in listed if at >= first}
    here = request.is_here(names)
    for name, (uuid, at) in [(name, each) for name, each in names.items() if name not in here][:MOST_EVENTS]:
        day = min(datetime.fromtimestamp(at, UTC).date(), request.today)
        yield Batch(name, _Later(request, urljoin(manifest_url, f"{uuid}.json")), day=day)


def _name(uuid: str, at: int) -> str:
    return f"misp-{uuid.lower()}-{at}.jsonl"


def _changed(facts: Any) -> int:
    """Seconds since 1970; 0 where the manifest does not say."""
    given = str(facts.get("timestamp", "")) if isinstance(facts, dict) else ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 11 else 0


class _Later:
    """A file of an event, fetched when it is read: one that cannot be had stops no other."""

    def __init__(self, request: SourceRequest, url: str) -> None:
        self._request_of, self._url = request, url
        self._content: Readable | None = None

    def read(self, size: int = -1, /) -> bytes:
        if self._content is None:
            self._content = content_of(_events(_event(self._request_of, self._url)))
        return self._content.read(size)


def _event(request: SourceRequest, url: str) -> dict[str, Any]:
    got = json_of(request.asked(url), most=LARGEST_EVENT, allow=request.allow).value
    event = got.get("Event") if isinstance(got, dict) else None
    if not isinstance(event, dict):
        raise NotUnderstood(Odd.OTHERWISE)
    return event


def _events(event: dict[str, Any]) -> Iterator[Event]:
    """An event for each attribute by which something is detected (`to_ids`), of the event itself and of its objects."""
    attributes = rows_of(event.get("Attribute"))
    attributes += [each for thing in rows_of(event.get("Object")) for each in rows_of(thing.get("Attribute"))]
    of_event = _of_tags(event)
    if of_event.get("tlp") in _NOT_FOR_OTHERS:
        return
    for attribute in attributes:
        if attribute.get("to_ids") is not True or attribute.get("deleted") in (True, 1, "1"):
            continue
        if subject := _subject(text_of(attribute.get("type")), text_of(attribute.get("value"), 2000)):
            tags = of_event | _of_tags(attribute, only_tagged=True)
            facts = {
                "time.source": _moment(attribute) or _moment(event),
                "event_description.text": text_of(event.get("info")),
            }
            if tags.get("tlp") not in _NOT_FOR_OTHERS:
                yield subject | tags | facts


def _of_tags(thing: dict[str, Any], *, only_tagged: bool = False) -> Event:
    """By the tags of RSIT and TLP."""
    names = [text_of(tag.get("name")) for tag in rows_of(thing.get("Tag"))]
    kinds = [found[1] for name in names if (found := _RSIT.fullmatch(name))]
    marks = [found[1].lower() for name in names if (found := _TLP.fullmatch(name))]
    tagged = {"classification.type": kinds[0], "classification.identifier": kinds[0]} if kinds else {}
    usual = {} if only_tagged else {"classification.type": "other", "classification.identifier": "blocklisted"}
    return usual | tagged | ({"tlp": marks[0].upper()} if marks else {})


def _moment(thing: dict[str, Any]) -> str:
    at = _changed(thing)
    return datetime.fromtimestamp(at, UTC).isoformat() if at else ""


def _subject(kind: str, value: str) -> Event | None:
    if kind in _ADDRESSES:
        first, _bar, second = value.partition("|")
        is_pair = kind == "domain|ip"
        event = _address(second if is_pair else first)
        more = {"source.fqdn": first.lower()} if is_pair else _port(kind, second)
        return event and event | more
    if kind in _NAMES:
        name, _bar, port = value.partition("|")
        return {"source.fqdn": name.rstrip(".").lower()} | _port(kind, port) if "." in name else None
    if kind in _URLS and (host := host_of(value)):
        return {"source.url": value} | (_address(host) or {"source.fqdn": host})
    return None


def _address(text: str) -> Event | None:
    try:
        return {"source.ip": str(ip_address(text))}
    except ValueError:
        return None


def _port(kind: str, port: str) -> Event:
    return {"source.port": int(port)} if "|port" in kind and port.isascii() and port.isdigit() and len(port) < 6 else {}


def _folder(place: str) -> str:
    return place if place.endswith("/") else f"{place}/"
