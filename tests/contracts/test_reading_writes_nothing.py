"""To look changes nothing: every page of the sample country, as a stranger, as the secretariat and by private link."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse

from floreo.config import readiness
from floreo.core import audit, heartbeat
from floreo.core.models import AuditEntry
from floreo.feeds.holding_links import token_of as findings_token
from floreo.feeds.models import Notice
from floreo.organisations.models import User
from floreo.reviews.access import token_of as answer_token
from floreo.reviews.models import UpdateRequest
from floreo.tasks.access import feed_token
from tests.contracts.test_urls import filled, routes

# Who is signed in since when, what was asked how often, and what a calendar program was given last of each event (iCalendar
# wants a number that grows with each change): none of it is a fact of record, and nobody reads it.
PASSING = {"sessions.session", "usersessions.usersession", "core.tokenbucket", "tasks.feedkey"}
A_ROUTE = 1  # addresses of one route that are opened, plain and with a query: its view is the same for all
# /ready/ looks over a connection of its own, which sees nothing of a test's transaction: tests/config/test_monitors.py.
SKIPPED = ("/static/", "/account/logout/", "/es/", "/ready/")


def facts() -> Mapping[str, tuple[int, str]]:
    """Of each table how many rows, and a hash of all that they say."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if model._meta.managed and label not in PASSING:
            names = [f.attname for f in model._meta.concrete_fields if f.name != "last_login"]
            rows = list(model._base_manager.order_by("pk").values_list(*names))
            found[label] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found


def route_of(path: str) -> str:
    try:
        return resolve(path).route
    except Resolver404:
        return path


def links_in(page: str, response: HttpResponseBase) -> Iterable[str]:
    if not response.headers.get("Content-Type", "").startswith("text/html") or response.streaming:
        return
    for href in re.findall(r'(?:href|hx-get)="([^"#]+)', response.content.decode()):  # type: ignore[attr-defined]
        parts = urlsplit(urljoin(page, unescape(href)))
        if not parts.netloc or parts.netloc == "testserver":
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def look_round(client: Client, starts: Iterable[str]) -> dict[str, int]:
    """Opens what is linked from `starts`, and what is linked from there, some of every route; how many of each."""
    opened: dict[str, int] = {}
    seen, waiting = set(starts), deque(starts)
    while waiting:
        address = waiting.popleft()
        path, _mark, query = address.partition("?")
        if path.startswith(SKIPPED):
            continue
        kind = f"{route_of(path)} {bool(query)}"
        if opened.get(kind, 0) >= A_ROUTE:
            continue
        opened[kind] = opened.get(kind, 0) + 1
        response = client.get(address)
        if response.streaming:
            list(response)
        assert response.status_code < 500, address
        for link in links_in(path, response):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return opened


@pytest.mark.usefixtures("isla_feeds")
def test_a_get_writes_nothing(secretariat: User, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat.beat()  # a worker is at work, so that the page that says so answers, also on a busy machine
    monkeypatch.setattr(heartbeat, "STALE", timedelta(days=1))
    monkeypatch.setattr(readiness._looks, "seconds", 120.0)
    ask = UpdateRequest.objects.exclude(review__state="closed").first() or UpdateRequest.objects.all()[0]
    digest = Notice.objects.order_by("-link_until")[0]
    by_link = [
        reverse("portal:answer", args=[answer_token(ask)]),
        reverse("portal:findings", args=[findings_token(digest, 0)]),
        reverse("portal:calendar", args=[feed_token(secretariat)]),
    ]
    everywhere = [filled(route) for route, _pattern in routes(get_resolver()) if "<" not in route]
    inside = Client()
    inside.force_login(secretariat)
    before, head = facts(), audit.head()
    stranger = look_round(Client(), ["/", *by_link, *everywhere])
    team = look_round(inside, ["/workspace/", *everywhere])
    after, verbs = facts(), AuditEntry.objects.filter(number__gt=head.number).values_list("verb", flat=True)
    assert ({name for name in before if after[name] != before[name]}, list(verbs)) == (set(), [])
    assert (len(stranger) > 60, len(team) > 150) == (True, True), (len(stranger), len(team))
