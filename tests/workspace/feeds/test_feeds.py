"""Feeds, reports and the explorer in the workspace: what adds up, what is shown of text from outside, and who sees whose."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.feeds.holding_links import moment
from floreo.feeds.models import FeedFile
from floreo.organisations.actions.sectors import add_sector
from floreo.organisations.models import Organisation, User
from floreo.workspace.feeds.health import Figures
from tests.factories.strategy import TODAY
from tests.workspace.feeds.conftest import EVIL, Night

Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def page(browser: Client, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def rows_of(browser: Client, address: str) -> list[list[str]]:
    response: Any = browser.get(address)
    body = b"".join(response.streaming_content)
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def test_without_a_feed_the_page_says_what_to_do_first(administrator: User, browser_of: Browser) -> None:
    text = page(browser_of(administrator), "/workspace/feeds/")
    assert "No feeds yet." in text
    assert "/workspace/feeds/new/" in text


@pytest.mark.long
def test_a_feed_is_shown_with_its_sums_its_drift_and_its_silence(
    administrator: User, browser_of: Browser, night: Night
) -> None:
    FeedFile.objects.update(received_at=moment(TODAY) - timedelta(hours=5))
    text = page(browser_of(administrator), "/workspace/feeds/")
    for part in (
        "5 hours ago",
        "Rows received: 7. Rows that could not be read: 2 (28.6 %).",
        "1 file type has changed columns.",
    ):
        assert part in text
    assert "Silent" not in text
    one = page(browser_of(administrator), "/workspace/feeds/shadowserver/")
    assert "1 known column is missing. 1 column is new; it is saved as received." in one
    FeedFile.objects.update(received_at=moment(TODAY) - timedelta(days=4))
    text = page(browser_of(administrator), "/workspace/feeds/")
    assert "1 of 1 feeds is silent." in text
    assert "Silent: no file arrived when one was expected." in page(
        browser_of(administrator), "/workspace/feeds/shadowserver/"
    )


def test_every_row_of_a_file_is_accounted_for(administrator: User, browser_of: Browser, night: Night) -> None:
    report = night.report
    assert report.rows == report.kept + report.duplicates + report.dropped + report.rejected
    text = page(browser_of(administrator), f"/workspace/feeds/reports/{report.pk}/")
    assert "The value in the address column is not an address." in text
    assert "line 6: &lt;script&gt;x\ufffd" in " ".join(text.split())
    assert "<script>x" not in text
    assert "1 of them is not attributed to anyone in the register." in text


def test_rejects_are_a_file_that_no_spreadsheet_runs(administrator: User, browser_of: Browser, night: Night) -> None:
    browser = browser_of(administrator)
    head, first, second = rows_of(browser, f"/workspace/feeds/reports/{night.report.pk}/rejects/")
    assert (head, first[0], first[1], first[3]) == (
        ["line", "reason", "sentence", "text"],
        "5",
        "bad_address",
        f"'{EVIL}",
    )
    assert second[3] == "<script>x\ufffd"


def test_the_explorer_counts_narrows_and_tells_an_addresss_history(
    administrator: User, browser_of: Browser, night: Night
) -> None:
    browser, days = browser_of(administrator), "/workspace/findings/explorer/?start=2026-11-20&end=2026-11-24"
    assert rows_of(browser, f"{days}&download=csv") == [
        ["day", "label", "events"],
        ["2026-11-20", "20 Nov 2026", "0"],
        ["2026-11-21", "21 Nov 2026", "0"],
        ["2026-11-22", "22 Nov 2026", "0"],
        ["2026-11-23", "23 Nov 2026", "0"],
        ["2026-11-24", "24 Nov 2026", "3"],
    ]
    banking = add_sector(by=SYSTEM, name="Banking", broad="finance")
    Organisation.objects.filter(code="bank").update(sector=banking)
    assert rows_of(browser, f"{days}&by=sector&download=csv")[1:] == [
        ["banking", "Banking", "1"],
        ["", "No sector in the register", "1"],
        ["", "Not in the register", "1"],
    ]
    assert rows_of(browser, f"{days}&by=kind&download=csv")[1:] == [
        ["open-rdp", "open-rdp", "2"],
        ["open-telnet", "open-telnet", "1"],
    ]
    text = page(browser, f"{days}&organisation=bank&address=198.51.100.9")
    assert "192.0.2.7:3389" in text
    assert (
        "There are no events for this address that you have permission to see." in text
    )  # the address is the shop's, and the bank was asked for
    assert "open-telnet" in page(browser, f"{days}&address=203.0.113.5")
    events = rows_of(browser, f"{days}&download=events")
    assert sorted(row[2] for row in events[1:]) == ["192.0.2.7", "198.51.100.9", "203.0.113.5"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("start=2026-11-24&end=2026-11-20", "is before the start"),
        ("start=2020-01-01&end=2026-11-20", "days. Choose a shorter one."),
        ("address=192.0.2.0/24", "Enter one address, for example 192.0.2.7 or 2001:db8::7."),
        ("by=salary", "salary"),
        ("start=yesterday", "date"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_a_sentence(
    query: str, sentence: str, administrator: User, browser_of: Browser, night: Night
) -> None:
    assert sentence in page(browser_of(administrator), f"/workspace/findings/explorer/?{query}", 422)


@pytest.mark.long
def test_an_operator_sees_events_of_their_own_organisation_only(
    user_with: Callable[..., User], browser_of: Browser, night: Night
) -> None:
    browser = browser_of(user_with("operator", organisation=night.bank))
    days = "/workspace/findings/explorer/?start=2026-11-20&end=2026-11-24"
    assert [row[2] for row in rows_of(browser, f"{days}&download=events")[1:]] == ["192.0.2.7"]
    assert rows_of(browser, f"{days}&by=organisation&download=csv")[1:] == [["bank", "A bank", "1"]]
    page(browser, f"{days}&organisation=shop", 422)  # not among the choices
    for address in ("198.51.100.9", "203.0.113.5"):
        assert "There are no events for this address that you have permission to see." in page(
            browser, f"{days}&address={address}"
        )
    assert "open-rdp" in page(browser, f"{days}&address=192.0.2.7")
    for address in (
        "/workspace/feeds/",
        "/workspace/feeds/shadowserver/",
        f"/workspace/feeds/reports/{night.report.pk}/",
        f"/workspace/feeds/reports/{night.report.pk}/rejects/",
    ):
        page(browser, address, 403)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["lead", "analyst", "drafter", "coordinator", "observer"])
def test_whoever_has_nothing_to_do_with_it_sees_none_of_it(
    role: str, user_with: Callable[..., User], browser_of: Browser, night: Night
) -> None:
    browser = browser_of(user_with(role, organisation=night.bank))
    for address in (
        "/workspace/feeds/",
        f"/workspace/feeds/reports/{night.report.pk}/",
        "/workspace/findings/explorer/",
    ):
        page(browser, address, 403)
    assert "/workspace/findings/" not in page(browser, "/workspace/")


def test_rows_and_what_was_rejected_of_them_are_one_phrase() -> None:
    assert Figures(files=2, rows=1366, kept=1358, rejected=8).rows_text == "1,366 rows, 0.6\u00a0% rejected"
    assert Figures(files=1, rows=3, kept=3).rows_text == "3 rows"
