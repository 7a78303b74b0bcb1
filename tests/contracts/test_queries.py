"""No list asks the database once for each of its rows: what it asks at one row it asks at three, and no page asks the same
question again and again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from floreo.core.tables import Table, records
from floreo.offers import tables
from floreo.organisations.models import Country, User

BESIDES = {"actions": 2, "events": 2}  # their rows, and one more for what stands in another table
AT_MOST = 3  # a page and what stands round it may ask the same thing apart: who I am, and what may be seen
# Pages that ask once for each of a few things, how often at most, and what of.
KNOWN = {
    "workspace/": 5,  # each kind of what is to be done reads the tree of organisations
    "workspace/waiting/": 5,
    "workspace/feeds/": 4,
    "workspace/feeds/types/<path:report_type>/": 4,
    "workspace/feeds/rules/<int:pk>/": 8,  # a rule is tried on four files
    "workspace/plan/<slug:edition>/actions/<str:code>/": 4,  # its history asks which of its things may be seen
    "workspace/notices/today/": 13,  # letters are chosen organisation by organisation, as they are sent
}

pytestmark = pytest.mark.two_databases


def asked_by(table: Table, viewer: User, rows: int) -> int:
    """How many questions the table asks to say that many of its rows. The first time is not counted: it fills caches."""
    wanted = table.ordered(viewer)[:rows]
    list(records(table, wanted.all(), viewer))
    with CaptureQueriesContext(connection) as asked:
        text = list(records(table, wanted.all(), viewer))
    assert len(text) <= rows
    return len(asked)


def test_every_table_asks_as_much_for_one_row_as_for_three(isla_feeds: Country, administrator: User) -> None:
    asked = {name: (asked_by(t, administrator, 1), asked_by(t, administrator, 3)) for name, t in tables().items()}
    assert asked == {name: (BESIDES.get(name, 1), BESIDES.get(name, 1)) for name in tables()}
    assert {name for name, t in tables().items() if t.rows(administrator).count() < 3} <= {"editions"}


def links_in(html: str) -> Iterator[str]:
    for href in re.findall(r'href="([^"#]+)', html):
        parts = urlsplit(unescape(href))
        if not parts.netloc and parts.path.endswith("/"):  # a page; files end on what they are
            yield parts.path


def one_page_of_each_route(browser: Client, *starts: str) -> Iterator[tuple[str, Counter[str]]]:
    """Follows links, one address of each route: the route, and how often each question was asked."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        address = waiting.pop(0)
        with suppress(Resolver404):
            route = resolve(address).route
            if route not in seen and "logout" not in route:
                seen.add(route)
                with CaptureQueriesContext(connection) as asked:
                    response = browser.get(address)
                if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                    yield route, Counter(shape(q["sql"]) for q in asked)
                    waiting += links_in(response.content.decode())


def shape(sql: str) -> str:
    """A statement without its values."""
    sql = re.sub(r"'(?:[^']|'')*'", "?", sql)
    sql = re.sub(r"\b\d+(\.\d+)?\b", "?", sql)
    return re.sub(r"\((?:\?, )+\?\)", "(?)", sql)


def test_no_page_asks_the_same_question_again_and_again(
    isla_feeds: Country, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    found, pages = {}, 0
    for route, questions in one_page_of_each_route(browser_of(administrator), "/", "/workspace/"):
        pages += 1
        often = {question: times for question, times in questions.items() if times > AT_MOST and "FROM" in question}
        if often and max(often.values()) > KNOWN.get(route, 0):
            found[route] = often
    assert found == {}
    assert pages > 120
