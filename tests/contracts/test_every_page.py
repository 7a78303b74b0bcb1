"""One walk through every page of the sample country, as a visitor, as who may do most, and by private link; and what it shows.

To look changes nothing. No page prints a name that is not there. No page asks the database the same question again and again. Every way to the form of a decision
carries what its page showed. No list asks more of the database for many rows than for few."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, reset_queries
from django.http.response import HttpResponseBase
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, get_resolver, resolve, reverse

from floreo.config import readiness
from floreo.consultation.models import Consultation
from floreo.core import audit, heartbeat
from floreo.core.access import Permission, roles_that
from floreo.core.lists import Listing
from floreo.core.models import AuditEntry
from floreo.feeds.holding_links import token_of as findings_token
from floreo.feeds.models import Notice
from floreo.organisations.models import Country, Membership, User
from floreo.reviews.access import token_of as answer_token
from floreo.reviews.models import UpdateRequest
from floreo.tasks.access import feed_token
from floreo.workspace import menu
from tests.conftest import ROOT
from tests.contracts import missing_names
from tests.contracts.test_urls import filled, routes

pytestmark = pytest.mark.two_databases

# Who is signed in since when, what was asked how often, and what a calendar program was given last of each event (iCalendar
# wants a number that grows with each change): none of it is a fact of record, and nobody reads it.
PASSING = {"sessions.session", "usersessions.usersession", "core.tokenbucket", "tasks.feedkey"}
A_ROUTE = 1  # addresses of one route that are opened, plain and with a query: its view is the same for all
# /ready/ looks over a connection of its own, which sees nothing of a test's transaction: tests/config/test_monitors.py.
SKIPPED = ("/static/", "/account/logout/", "/es/", "/ready/")
# The gate opens each page plain, as the team, who see what the public sees, too; of the second database, which it asks whether it answers what
# pages ask, the lists and what is next to them. LONG=1 opens each with a query as well, and as a visitor.
is_whole = bool(os.environ.get("LONG"))
PAGES = 90 if connection.vendor == "postgresql" and not is_whole else 10**6
AT_MOST = 3  # a page and what is round it may ask the same thing apart: who I am, and what may be seen
# Pages that ask once for each of a few things, how often at most, and what of.
KNOWN = {
    "account/reauthenticate/": 6,  # the library's: it asks for each way of signing in
    "workspace/": 5,  # each kind of what is to be done reads the tree of organisations
    "workspace/waiting/": 5,
    "workspace/discussion/<str:name>/": 4,  # who may read it asks what may be seen
    "workspace/notices/<int:pk>/": 4,  # what left, and what may be seen of it
    "strategy/<slug:code>/decisions/": 4,  # what decisions are about, with what may be seen of it
    "workspace/feeds/": 4,
    "workspace/feeds/types/<path:report_type>/": 4,
    "workspace/feeds/rules/<int:pk>/": 8,  # a rule is tried on four files
    "workspace/plan/<slug:edition>/actions/<str:code>/": 4,  # its history asks which of its things may be seen
    "workspace/translations/": 6,  # each kind of an edition's things asks which editions may be seen
    "workspace/translations/texts-<slug:language>.po": 6,
    "workspace/notices/today/": 13,  # notices are chosen organisation by organisation, as they are sent
}


@dataclass(frozen=True)
class List:
    """A list of a page: the function that makes it, its table, and how many rows the page shows."""

    made_in: str
    table: str
    rows: int


@dataclass(frozen=True)
class Page:
    """What was opened, and what it asked of the database: each question without its values, and how often."""

    address: str
    route: str
    text: str  # of a page; empty of a file
    questions: Counter[str]
    lists: tuple[List, ...] = ()

    @property
    def links(self) -> list[tuple[str, str]]:
        """Path and query of each."""
        return re.findall(r'(?:href|hx-get)="(/[^"#?]*)(\?[^"#]*)?', unescape(self.text))


@dataclass
class Walk:
    """What there was to see, and what was different afterwards."""

    stranger: list[Page] = field(default_factory=list)
    team: list[Page] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)
    missing: set[tuple[str, str]] = field(default_factory=set)  # what templates printed and was not there


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


def shape(sql: str) -> str:
    """A statement without its values."""
    sql = re.sub(r"'(?:[^']|'')*'", "?", sql)
    sql = re.sub(r"\b\d+(\.\d+)?\b", "?", sql)
    return re.sub(r"\((?:\?, )+\?\)", "(?)", sql)


def text_of(response: HttpResponseBase) -> str:
    """Of a page; nothing of a file, which is read to its end."""
    if response.streaming:
        list(response)
        return ""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""  # type: ignore[attr-defined]


class Lists:
    """Every `Listing` that is made while this is in its place, each with a page of `at_most` rows where one is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, Listing]] = []
        self.at_most = 0
        make: Callable[..., None] = Listing.__init__

        def recorded(listing: Listing, *given: Any, **more: Any) -> None:
            make(listing, *given, **more)
            listing.page = self.at_most or listing.page
            by = sys._getframe(1)
            self.made.append((f"{by.f_globals['__name__']}.{by.f_code.co_qualname}", listing))

        monkeypatch.setattr(Listing, "__init__", recorded)

    def taken(self) -> tuple[List, ...]:
        """Those made since it was asked last, of which rows were shown."""
        shown = [(by, each) for by, each in self.made if "_fetched" in vars(each)]
        self.made = []
        return tuple(List(by, each.table.name, len(each.rows)) for by, each in shown)


def look_round(client: Client, starts: Iterable[str], lists: Lists, *, further: bool = True) -> Iterator[Page]:
    """Opens what is linked from `starts`, and what is linked from there, one of every route plain and one with a query, until
    there are `PAGES`."""
    counts, seen, waiting = Counter[str](), set(starts), deque(starts)
    read = 0
    while waiting and read < PAGES:
        address = waiting.popleft()
        path, _mark, query = address.partition("?")
        route = route_of(path)
        kind = f"{route} {bool(query)}"
        if path.startswith(SKIPPED) or counts[kind] >= A_ROUTE or (query and not is_whole):
            continue
        counts[kind] += 1
        reset_queries()  # Django remembers so many and no more: those of one page
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
            text = text_of(response)
        assert response.status_code < 500, address
        read += bool(text)
        yield Page(address, route, text, Counter(shape(q["sql"]) for q in asked), lists.taken())
        for href in re.findall(r'(?:href|hx-get)="([^"#]+)', text) if further else ():
            parts = urlsplit(urljoin(path, unescape(href)))
            link = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if link not in seen and not parts.scheme and parts.netloc in {"", "testserver"}:
                seen.add(link)
                waiting.append(link)


_walks: list[Walk] = []  # by the first test that asks


@pytest.fixture
def walk(isla_feeds: Country, secretariat: User, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Done once by the worker that runs these tests."""
    if not _walks:
        Membership.objects.create(user=secretariat, role="administrator")
        heartbeat.beat()  # a worker is at work, so that the page that says so answers, also on a busy machine
        monkeypatch.setattr(heartbeat, "STALE", timedelta(days=1))
        monkeypatch.setattr(readiness._looks, "seconds", 120.0)
        _walks.append(_walked(secretariat, Lists(monkeypatch)))
    return _walks[0]


def _walked(who: User, lists: Lists) -> Walk:
    ask = UpdateRequest.objects.exclude(review__state="closed").first() or UpdateRequest.objects.all()[0]
    notice = Notice.objects.order_by("-link_until")[0]
    by_link = [
        reverse("portal:answer", args=[answer_token(ask)]),
        reverse("portal:findings", args=[findings_token(notice, 0)]),
        reverse("portal:calendar", args=[feed_token(who)]),
    ]
    everywhere = [filled(route) for route, _pattern in routes(get_resolver()) if "<" not in route]
    inside, before, head = Client(), facts(), audit.head()
    inside.force_login(who)
    with missing_names.noted() as missing:
        found = Walk(
            stranger=list(look_round(Client(), ["/", *by_link, *everywhere], lists)) if is_whole else [],
            team=list(look_round(inside, ["/workspace/", *by_link, *everywhere], lists)),
        )
    found.missing = missing
    after = facts()
    found.changed = {name for name in before if after[name] != before[name]}
    found.written = list(AuditEntry.objects.filter(number__gt=head.number).values_list("verb", flat=True))
    return found


@pytest.mark.guards("every page opens, and to look changes nothing")
def test_a_get_writes_nothing(walk: Walk) -> None:
    assert (walk.changed, walk.written) == (set(), [])
    assert (len(walk.stranger) > 60) is is_whole
    assert len(walk.team) > min(PAGES - 1, 150)


def test_every_page_names_the_language_that_it_is_in(walk: Walk) -> None:
    """What a page calls `language` for itself would take its place."""
    named = {
        page.address: found[1]
        for page in (*walk.stranger, *walk.team)
        if page.text and (found := re.search(r'<html lang="([^"]*)"', page.text))
    }
    assert {address: code for address, code in named.items() if code not in dict(settings.LANGUAGES)} == {}
    assert len(named) > (120 if is_whole else 60)


# What parts of pages take from who includes them, where that gives it.
OPTIONAL = {"at", "change", "me_key", "note", "once", "section", "title", "workspace_section"}


def test_no_page_prints_a_name_that_is_not_there(walk: Walk) -> None:
    assert walk.missing - {(name, "context") for name in OPTIONAL} == set()


def test_a_name_that_is_not_there_is_noted() -> None:
    due = SimpleNamespace(owner="", at=None)
    text = "{{ due.owner }}{{ due.whose|default:'nobody' }}{{ due.at.day }}{{ due.owner.name }}{{ nowhere }}{% if due.what %}{% endif %}"
    with missing_names.noted() as missing:
        assert Template(text).render(Context({"due": due})) == "nobody"
    assert missing == {("due.whose", "SimpleNamespace"), ("nowhere", "context")}


def test_no_page_asks_the_same_question_again_and_again(walk: Walk) -> None:
    found, pages = {}, {page.route for page in (*walk.stranger, *walk.team) if page.text}
    for page in (*walk.stranger, *walk.team):
        often = {asked: times for asked, times in page.questions.items() if times > AT_MOST and "FROM" in asked}
        if page.text and often and max(often.values()) > KNOWN.get(page.route, 0):
            found[page.address] = often
    assert found == {}
    assert len(pages) > (120 if is_whole else 60)


def test_every_way_to_the_form_of_a_decision_carries_what_its_page_showed(walk: Walk) -> None:
    forms = {
        page.address.partition("?")[0]
        for page in walk.team
        if 'name="shown"' in page.text and "data-part=" in page.text
    }
    links: dict[str, set[str]] = {}
    for page in walk.team:
        for href, query in page.links:
            links.setdefault(href, set()).add(query)
    bound = {href for href, queries in links.items() if any("shown=" in query for query in queries)}
    assert {href for href in forms if any("shown=" not in query for query in links.get(href, set()))} == set()
    assert not is_whole or len(bound) >= 5, "no form of a decision was come to"


FEW, MANY = 2, 20
# Of these the sample has no more rows than FEW: how many.
SHORT = {
    "floreo.portal.views.advisories.advisories": 2,
    "floreo.portal.views.tabletops.tabletops": 1,
    "floreo.workspace.accounts.views.accounts": 1,
    "floreo.workspace.advisories.catalogue_views.known_exploited": 0,
    "floreo.workspace.assessments.campaign_views.campaigns": 2,
    "floreo.workspace.awareness.exercise_views.exercises": 1,
    "floreo.workspace.plan.edition_views.editions": 2,
    "floreo.workspace.surveys.views.surveys": 2,
}
# Its list gives filters and files; the page shows drills, whose recipients are read at once.
WITHOUT_ROWS = {"floreo.workspace.contact_drills.views.drills"}


def declared() -> set[str]:
    """Every function that makes a list for a page. The lists of the API are those of test_queries.py."""
    found = set()
    for path in sorted((ROOT / "floreo").rglob("*.py")):
        text = path.read_text("utf-8")
        if "Listing(" in text and path.parent.name not in {"core", "api"}:
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for function in (each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef)):
                calls = (each.func for each in ast.walk(function) if isinstance(each, ast.Call))
                if any(isinstance(each, ast.Name) and each.id == "Listing" for each in calls):
                    found.add(f"{module}.{function.name}")
    return found


def widest(pages: Iterable[Page]) -> dict[tuple[str, str], tuple[int, str]]:
    """Of each list and table the page that shows most rows: how many, and its address."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for page in pages:
        for each in page.lists:
            place = each.made_in, each.table
            if each.made_in.startswith(("floreo.workspace.", "floreo.portal.")):
                found[place] = max(found.get(place, (-1, "")), (each.rows, page.address))
    return found


def grown(few: Counter[str], many: Counter[str]) -> dict[str, tuple[int, int]]:
    """What is asked more often for many rows. Not what is asked once, of rows as the few have none."""
    return {asked: (few[asked], times) for asked, times in many.items() if times > max(few[asked], 1)}


@pytest.mark.long
@pytest.mark.one_database
def test_no_list_asks_more_for_twenty_rows_than_for_two(
    walk: Walk, secretariat: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every list that is declared, with the rows of the sample country."""
    handling = {*roles_that(Permission.INCIDENT_READ), *roles_that(Permission.NOTIFICATION_READ)}
    for role in {"administrator", *handling}:
        Membership.objects.get_or_create(user=secretariat, role=role)
    # Kept for a while, the counts of the menu would be asked again of one page and not of another.
    monkeypatch.setattr(menu, "waits_for", lambda user: {})
    lists, client = Lists(monkeypatch), Client()
    client.force_login(secretariat)
    commented = Consultation.objects.filter(comments__number=1).order_by("code")[0]
    besides = [  # to which the walk does not come
        reverse("workspace:cases"),
        reverse("workspace:notifications"),
        reverse("portal:consultation_comments", args=[commented.code]),
    ]
    pages = [*walk.team, *walk.stranger, *look_round(client, besides, lists, further=False)]

    def asked(address: str, rows: int) -> Counter[str]:
        lists.at_most = rows
        with CaptureQueriesContext(connection) as questions:
            text_of(client.get(address))
        return Counter(shape(q["sql"]) for q in questions)

    more, short = {}, {}
    for (made_in, table), (rows, address) in widest(pages).items():
        if rows <= FEW:
            short[made_in] = rows
            continue
        asked(address, MANY)  # fills what is remembered
        if found := grown(asked(address, FEW), asked(address, MANY)):
            more[f"{table}: {address}"] = found
    assert more == {}
    assert short == SHORT
    assert declared() - {made_in for made_in, _table in widest(pages)} == WITHOUT_ROWS
