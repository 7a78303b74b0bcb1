"""Every public page: it opens for a visitor in both languages, says what it is, and carries what machines need."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings

from floreo.core import clock, heartbeat
from floreo.organisations.models import Country, Organisation
from floreo.strategy.models import Action, Event, Objective
from tests.pages import squeezed
from tests.portal.crawl import body, files, heading, pages, some_of_each


def needs_nothing_else(html: str, address: str) -> None:
    """No script, no other host: what it says is in it."""
    assert not re.search(r'(src|srcset)="(https?:)?//', html), address
    assert 'href="http' not in "".join(re.findall(r"<link rel=\"stylesheet\"[^>]*>", html)), address
    for word in ("<script>", " style=", " onclick="):
        assert word not in html, address


@pytest.mark.long
def test_every_page_opens_in_both_languages_with_one_heading_and_needs_nothing_else(
    isla: Country, stranger: Client
) -> None:
    titles: dict[str, str] = {}
    for address in some_of_each(pages()):
        for prefix in ("", "/es"):
            html = body(stranger, prefix + address)
            assert heading(html), address
            needs_nothing_else(html, address)
            title = re.search(r"<title>(.+?)</title>", squeezed(html))
            assert title, address
            titles[prefix + address] = title.group(1)
            assert '<meta name="description" content="' in html, address
            assert (
                f'<link rel="canonical" href="http://localhost:8000{(prefix + address).split("?", maxsplit=1)[0]}">'
                in html
            )
            assert html.count('rel="alternate" hreflang=') == 2, address
            assert f'<html lang="{prefix.strip("/") or "en"}"' in html
    plain = [t for a, t in titles.items() if not a.startswith("/es") and "?" not in a and "/objectives/" not in a]
    assert len(set(plain)) > len(plain) * 0.9  # titles distinguish pages


def test_every_file_can_be_downloaded(isla: Country, stranger: Client) -> None:
    for address in some_of_each(files()):
        assert body(stranger, address)


def without_actions() -> None:
    """The real country as it was before its plan was entered."""
    Event.objects.update(action=None)
    Action.objects.all().delete()
    Objective.objects.all().delete()


@pytest.mark.long
def test_a_country_without_actions_shows_every_page_too(real_country: Country, stranger: Client) -> None:
    without_actions()
    for address in some_of_each(pages()):
        assert heading(body(stranger, address)), address


PLACES = (
    "/",
    "/strategy/",
    "/indicators/",
    "/organisations/",
    "/districts/",
    "/data/",
    "/search/",
    "/about/unconfirmed/",
)


@pytest.mark.first_cases(2)
@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PLACES, "/about/audit/", "/report/", "/privacy/", "/about/"])
def test_a_fresh_installation_says_what_to_do(stranger: Client, address: str) -> None:
    assert heading(body(stranger, address))


@pytest.mark.django_db
def test_the_first_page_of_a_fresh_installation(stranger: Client) -> None:
    html = body(stranger, "/")
    assert heading(html) == "Nothing has been published here yet."
    assert "floreo up" in html


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "/strategy/none/",
        "/strategy/none/timeline/",
        "/strategy/none/pillars/1/",
        "/strategy/none/objectives/1.1/",
        "/strategy/none/actions/1/",
        "/strategy/none/actions/1/history/",
        "/strategy/2025-2028/actions/9.9.9/",
        "/indicators/none/",
        "/organisations/none/",
        "/districts/none/",
        "/data/none/",
        "/data/none.csv",
        "/data/actions.exe",
        "/nothing/at/all/",
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(isla: Country, stranger: Client, address: str) -> None:
    response = stranger.get(address)
    assert response.status_code == 404
    assert heading(response.content.decode()) == "We cannot find this page"
    assert response.content.decode().count('href="/indicators/"') == 2  # wide, and under "Menu" on a telephone
    assert "This page or record does not exist, or is not public." in response.content.decode()


def test_a_long_text_of_a_list_is_escaped_once(isla: Country, stranger: Client) -> None:
    Organisation.objects.filter(code="national-csirt").update(role_text="Runs the government's <network>. " * 9)
    page = stranger.get("/organisations/?q=csirt").content.decode()
    assert "the government&#x27;s &lt;network&gt;" in page
    assert "&amp;#x27;" not in page
    assert "&amp;lt;" not in page


def test_pages_only_read(isla: Country, stranger: Client) -> None:
    assert {stranger.post(a).status_code for a in ("/", "/strategy/", "/indicators/", "/data/", "/about/")} == {405}


def test_a_strangers_copy_may_be_kept_for_a_minute_and_nobody_elses(
    isla: Country, stranger: Client, secretariat: object, browser_of: object
) -> None:
    response = stranger.get("/strategy/")
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in response.headers["Vary"]
    signed_in = browser_of(secretariat).get("/strategy/")  # type: ignore[operator]  # a fixture that makes browsers
    assert signed_in.headers["Cache-Control"] == "private, no-store"


def test_robots_and_health(db: None, stranger: Client) -> None:
    assert stranger.get("/robots.txt").content.decode().startswith("User-agent: *\nDisallow: /workspace/\n")
    heartbeat.beat()
    healthy = stranger.get("/health/")
    assert (healthy.status_code, healthy.content) == (200, b"ok\n")
    assert "no-store" in healthy.headers["Cache-Control"]


def test_who_finds_a_weakness_learns_where_to_report_it(db: None, stranger: Client) -> None:
    """RFC 9116: a contact, an end within a year, at its own address."""
    answer = stranger.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert fields["Contact"] == "http://localhost:8000/report/"
    assert fields["Canonical"] == "http://localhost:8000/.well-known/security.txt"
    ahead = datetime.fromisoformat(fields["Expires"]) - clock.machine()
    assert timedelta(days=100) < ahead < timedelta(days=365)
    assert stranger.get("/report/").status_code == 200


def test_health_tells_a_monitor_that_the_worker_is_not_at_work_without_tls(db: None, stranger: Client) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        given = stranger.get("/health/")
    assert (given.status_code, given.content) == (503, b"worker not at work\n")


def test_health_answers_a_monitor_when_the_database_is_away(stranger: Client) -> None:
    given = stranger.get("/health/")  # none of our tests reaches a database that it did not ask for
    assert (given.status_code, given.content) == (503, b"database unreachable\n")


def test_search_finds_what_is_public_in_the_readers_language(isla: Country, stranger: Client) -> None:
    html = body(stranger, "/search/?q=reporting+form")
    assert "/strategy/2025-2028/actions/2.1.1/" in html
    assert "/es/strategy/2025-2028/actions/2.1.1/" in body(stranger, "/es/search/?q=reporting+form")
    assert heading(body(stranger, "/search/?q=zzzz")) == "0 pages for “zzzz”"


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "/es"])
def test_search_shows_the_strategy_in_force_first_and_what_was_before_last(
    isla: Country, stranger: Client, language: str
) -> None:
    """ "cyber" is nearly everywhere, "edition" in the texts of both."""
    found = stranger.get(f"{language}/search/?q=cyber").context["found"]
    places = [row.address.removeprefix("/es") for row in found]
    assert places[0] == "/strategy/2025-2028/"
    before = [at for at, address in enumerate(places) if address.startswith("/strategy/2021-2024/")]
    assert before == list(range(len(places) - len(before), len(places)))
    assert before
    assert all(row.word for row in found)


@pytest.mark.long
def test_search_without_end_is_slowed_down(isla: Country, stranger: Client) -> None:
    answers = list[int]()
    while len(answers) < 600 and 429 not in answers:  # on a busy machine some of the allowance comes back meanwhile
        answers.append(stranger.get("/search/?q=act").status_code)
    assert (set(answers[:60]), answers[-1]) == ({200}, 429)


def test_who_watches_the_machine_needs_no_tls(isla: Country, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    heartbeat.beat()  # a worker is at work
    assert (Client().get("/health/").status_code, Client().get("/about/").status_code) == (200, 301)
