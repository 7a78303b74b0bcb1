"""Shadowserver's Reports API: which files there are for a day, and the files themselves.

A call is JSON that names our key, posted with the header HMAC2: HMAC-SHA256 of the body under our secret, in hexadecimal. `reports/list`
answers with the files of a day, each with an id by which it is had. Source: the Shadowserver Foundation's own client
(https://github.com/The-Shadowserver-Foundation/api_utils, call-api.py and report-manager.py)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from floreo.core.outbound import Allow
from floreo.core.reachable import may_ask
from floreo.feeds.collectors.fetching import Asked, fetched

API = "https://transform.shadowserver.org/api2/"
_DOWNLOADS = {"transform.shadowserver.org": "https://dl.shadowserver.org/"}  # any other server: below its own /dl/
_LARGEST_LIST = 10 * 1024 * 1024  # bytes
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


class NotListed(Exception):  # noqa: N818 -- says what happened
    """The server answered otherwise than its description says; `words` are its own, or empty."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class ListedFile:
    """A file that can be had."""

    id: str
    name: str


def call(place: str, method: str, facts: dict[str, Any], secret: str) -> Asked:
    """A call as it is posted. `secret`: the key, a colon, the secret."""
    key, _colon, word = secret.partition(":")
    body = json.dumps({**facts, "apikey": key}).encode("latin-1", "replace")
    sign = hmac.new(word.encode("latin-1", "replace"), body, hashlib.sha256).hexdigest()
    headers = (("HMAC2", sign), ("Content-Type", "application/json"))
    return Asked(urljoin(_folder(place), method), body=body, headers=headers)


def files_of(place: str, day: date, secret: str, *, allow: Allow = may_ask) -> list[ListedFile]:
    """The files of that day. Raises NotFetched and NotListed."""
    with fetched(call(place, "reports/list", {"date": day.isoformat()}, secret), allow=allow) as answer:
        content = answer.read(_LARGEST_LIST + 1)
        while len(content) <= _LARGEST_LIST and (more := answer.read(_LARGEST_LIST + 1 - len(content))):
            content += more
    if len(content) > _LARGEST_LIST:
        raise NotListed
    try:
        rows = json.loads(content)
    except ValueError as wrong:
        raise NotListed from wrong
    if isinstance(rows, dict) and rows.get("error"):
        raise NotListed(str(rows["error"])[:200])
    if not isinstance(rows, list):
        raise NotListed
    return [ListedFile(row["id"], row["file"]) for row in rows if _is_file(row)]


def _is_file(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("id"), str)
        and isinstance(row.get("file"), str)
        and _ID.fullmatch(row["id"]) is not None
        and bool(row["file"].strip())
    )


def download(place: str, listed: ListedFile) -> Asked:
    """Where a file is had: its id is what opens it, so no key is sent."""
    base = _DOWNLOADS.get(urlsplit(place).hostname or "", urljoin(_folder(place), "/dl/"))
    return Asked(base + quote(listed.id, safe=""))


def _folder(place: str) -> str:
    return place if place.endswith("/") else f"{place}/"
