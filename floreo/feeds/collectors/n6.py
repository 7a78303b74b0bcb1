"""The REST API of n6, the exchange of CERT Polska: events of a day as lines of JSON (`sjson`), with an API key as bearer.

Source: the project's own description of its REST API (https://github.com/CERT-Polska/n6, docs). Its categories are put under the types of RSIT
below."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from floreo.feeds.collectors.answers import (
    MB,
    Batch,
    Event,
    NotUnderstood,
    Odd,
    SourceRequest,
    line,
    rows_of,
    text_of,
)
from floreo.feeds.collectors.fetching import Reply, fetched

API = "https://n6api.cert.pl/report/inside"
LONGEST_LINE = 4 * MB
# Category: type, kind, and whether `fqdn` and `url` name the source itself, and not where it called.
_CATEGORIES: dict[str, tuple[str, str, bool]] = {
    "amplifier": ("ddos-amplifier", "udp-amplifier", False),
    "backdoor": ("system-compromise", "backdoor", True),
    "bots": ("infected-system", "infected", False),
    "cnc": ("c2-server", "c2-server", True),
    "deface": ("unauthorised-information-modification", "compromised-website", True),
    "dos-attacker": ("ddos", "ddos-participant", False),
    "dos-victim": ("ddos", "ddos-victim", True),
    "leak": ("data-leak", "leaked-account", True),
    "malurl": ("malware-distribution", "malware-url", True),
    "malware-action": ("malware-configuration", "malware-action", True),
    "phish": ("phishing", "phishing", True),
    "proxy": ("potentially-unwanted-accessible", "open-proxy", False),
    "sandbox-url": ("malware-configuration", "sandbox-url", True),
    "scam": ("masquerade", "scam", True),
    "scanning": ("scanner", "scanner", False),
    "server-exploit": ("exploit", "server-exploit", False),
    "spam": ("spam", "spam", False),
    "spam-url": ("spam", "spam-url", True),
    "vulnerable": ("vulnerable-system", "vulnerable", False),
    "webinject": ("malware-configuration", "webinject", True),
}
_OF_LISTS = {"delisted", "expired", "replaced"}  # entries that hold no longer
_PLAIN = {
    "destination.ip": "dip",
    "destination.port": "dport",
    "source.port": "sport",
    "protocol.transport": "proto",
    "malware.hash.md5": "md5",
    "malware.hash.sha1": "sha1",
    "malware.hash.sha256": "sha256",
    "product.name": "product",
    "feed.name": "source",
}


def batches(request: SourceRequest) -> Iterator[Batch]:
    """A batch a day, the whole of it each time: one that grew takes the place of the one before."""
    for number in range((request.today - request.first).days + 1):
        day = request.first + timedelta(days=number)
        with fetched(request.asked(_address(request.place, day), "*/*"), allow=request.allow) as reply:
            yield Batch(f"{day.isoformat()}-n6.jsonl", _Lines(reply), day=day)


def _address(place: str, day: date) -> str:
    parts = urlsplit(place)
    path = parts.path
    for ending in (".json", ".sjson", ".csv"):
        path = path.removesuffix(ending)
    query = urlencode({"time.min": f"{day}T00:00:00Z", "time.until": f"{day + timedelta(days=1)}T00:00:00Z"})
    more = f"{parts.query}&" if parts.query else ""
    return urlunsplit((parts.scheme, parts.netloc, f"{path}.sjson", more + query, ""))


class _Lines:
    """An answer that is read as lines of IntelMQ's events, some at a time."""

    def __init__(self, reply: Reply) -> None:
        self._reply, self._rest, self._made, self._is_over = reply, b"", b"", False

    def read(self, _size: int = -1, /) -> bytes:
        while not self._made and not self._is_over:
            block = self._reply.read(MB)
            self._is_over = not block
            *whole, self._rest = (self._rest + block).split(b"\n")
            if self._is_over:
                whole, self._rest = [*whole, self._rest], b""
            if len(self._rest) > LONGEST_LINE:
                raise NotUnderstood(Odd.TOO_LARGE, limit=LONGEST_LINE // MB)
            self._made = b"".join(line(event) for text in whole if text.strip() for event in _events(_row(text)))
        made, self._made = self._made, b""
        return made


def _row(text: bytes) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise NotUnderstood(Odd.OTHERWISE) from wrong
    if not isinstance(row, dict):
        raise NotUnderstood(Odd.OTHERWISE)
    return row


def _events(row: dict[str, Any]) -> Iterator[Event]:
    """One for each address; without any, one for its name or account. What is for the other team alone is left out."""
    if row.get("status") in _OF_LISTS or row.get("restriction") == "internal":
        return
    category, name = text_of(row.get("category")), text_of(row.get("name"), 100)
    kind, identifier, is_own = _CATEGORIES.get(category, ("undetermined", category or "other", True))
    side = "source" if is_own else "destination"
    event: Event = {
        "time.source": text_of(row.get("time")),
        "classification.type": kind,
        "classification.identifier": f"infected-{name.lower()}" if category == "bots" and name else identifier,
        "malware.name": name.lower() if kind in {"infected-system", "c2-server", "malware-distribution"} else "",
        "event_description.text": "" if category == "bots" else name,
        f"{side}.fqdn": text_of(row.get("fqdn"), 255),
        f"{side}.url": text_of(row.get("url"), 2000),
        "source.account": text_of(row.get("email"), 255) if category == "leak" else "",
    }
    event |= {name: row[key] for name, key in _PLAIN.items() if isinstance(row.get(key), str | int)}
    addresses = [each for each in rows_of(row.get("address")) if text_of(each.get("ip"))]
    for each in addresses:
        yield event | {"source.ip": text_of(each["ip"]), "source.geolocation.cc": text_of(each.get("cc"), 2)}
    if not addresses and any(event.get(f"source.{part}") for part in ("fqdn", "url", "account")):
        yield event
