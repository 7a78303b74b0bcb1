"""Pages that visitors get, kept in memory until anything is written.

A page is kept under its address, its language, the country's day and the head of the audit chain. Whatever an action
writes moves that head in the same transaction, so the next request finds nothing kept and makes the page again. What is
written without an entry is either not on these pages (sessions, the outbox, throttles), or is in the key (the day for which
statuses were last worked out); and no page is kept longer than other caches may keep it, so that what only time brings
about (an embargo that ends) comes out as announced.

Only who has no cookie at all gets a kept page or gives one: whoever signed in, is being shown a message, or holds a token
of a form has one. Only addresses listed here are kept, and of their answers only those that their view marks as public."""

from __future__ import annotations

import gzip
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from floreo.core import clock
from floreo.open_data.made import head

KEPT = frozenset(
    f"portal:{name}"
    for name in (
        "home",
        "strategy",
        "edition",
        "strategy_text",
        "edition_calendar",
        "timeline",
        "decisions",
        "pillar",
        "objective",
        "action",
        "action_history",
        "indicators",
        "indicator",
        "organisations",
        "organisation",
        "districts",
        "district",
        "observatory",
        "observatory_year",
        "outreach",
        "data",
        "changes_feed",
        "sitemap",
        "sitemap_file",
        "catalogue",
        "table",
        "advisories",
        "advisory",
        "team",
        "frameworks",
        "framework",
        "about",
        "status_rules",
        "roles",
        "unconfirmed",
        "audit",
        "accessibility",
        "privacy",
        "report",
        "notices",
        "help",
        "guide",
        "learn",
        "material",
        "campaigns",
        "campaign",
        "quiz",
        "self_check",
        "self_check_of",
        "exercises",
        "exercise",
    )
)
PAGES = 400  # kept at most in one process; the one that was longest not asked for goes first
LARGEST = 2 * 1024 * 1024  # bytes of one page
ALL = 32 * 1024 * 1024  # bytes of all pages together

_GZIP = re.compile(r"\bgzip\b")

Key = tuple[object, ...]
View = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class CachedPage:
    """A finished page: its bytes and the headers that its view gave it, and its bytes compressed. It holds nothing that is of one
    visitor alone, so its length reveals nothing, and no padding is needed."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    until: float  # on the process's own clock
    packed: bytes = b""

    def answer(self, *, packed: bool = False) -> HttpResponse:
        packed = packed and 0 < len(self.packed) < len(self.body)
        response = HttpResponse(self.packed if packed else self.body)
        for name, value in self.headers:
            response.headers[name] = value
        if packed:
            response.headers["Content-Encoding"] = "gzip"
            patch_vary_headers(response, ("Accept-Encoding",))
        return response

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class PageCache:
    """Kept pages of one process, bounded in number and in bytes. Several threads may use it at once."""

    def __init__(self, *, pages: int = PAGES, all_bytes: int = ALL) -> None:
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self._lock = Lock()
        self._most, self._most_bytes, self._bytes = pages, all_bytes, 0

    def take(self, key: Key, *, now: float) -> CachedPage | None:
        with self._lock:
            found = self._pages.get(key)
            if found is None:
                return None
            if found.until <= now:
                self._discard(key)
                return None
            self._pages.move_to_end(key)
            return found

    def put(self, key: Key, page: CachedPage) -> None:
        with self._lock:
            self._discard(key)
            self._pages[key] = page
            self._bytes += page.size
            while len(self._pages) > self._most or self._bytes > self._most_bytes:
                self._discard(next(iter(self._pages)))

    def _discard(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)


SHELF = PageCache()


def may_be_cached(request: HttpRequest) -> bool:
    """A visitor's plain look at a page: nothing in the request says who asks, or asks for a part."""
    if request.method != "GET" or request.COOKIES:
        return False
    headers = request.headers
    return not any(headers.get(name, "").strip() for name in ("Authorization", "HX-Request", "Range", "Cookie"))


def key_of(request: HttpRequest) -> Key:
    """What distinguishes one kept page from another. Taken before the page is made: a page that mixes two states is then kept
    under the older one, which nobody asks for any more."""
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        get_language(),
        clock.today(),
        *head(),
    )


def is_for_anybody(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the finished page may be given to the next visitor."""
    match = request.resolver_match
    if match is None or match.view_name not in KEPT or response.status_code != 200:
        return False
    if response.streaming or response.cookies or "public" not in response.get("Cache-Control", ""):
        return False
    holds_token = "CSRF_COOKIE" in request.META  # made while the page was drawn: it belongs to this visitor alone
    return not holds_token and len(getattr(response, "content", b"")) <= LARGEST


def cache_pages(get_response: View) -> View:
    """The middleware. It is inside whatever knows the country, the language and the visitor."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        seconds: int = settings.KEEP_PAGES_SECONDS
        if seconds <= 0 or not may_be_cached(request):
            return get_response(request)
        key, packed = key_of(request), bool(_GZIP.search(request.headers.get("Accept-Encoding", "")))
        found = SHELF.take(key, now=time.monotonic())
        if found is not None:
            return found.answer(packed=packed)
        response = get_response(request)
        if isinstance(response, HttpResponse) and is_for_anybody(request, response):
            body, headers = bytes(response.content), tuple(response.headers.items())
            made = CachedPage(body, headers, time.monotonic() + seconds, gzip.compress(body, 6, mtime=0))
            SHELF.put(key, made)
            return made.answer(packed=packed)
        return response

    return respond
