"""The observatory: nothing of a single case, what is open counts, and what is not known is said."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.incidents.models import Case
from floreo.organisations.models import Country, Place
from tests.incidents.made import case, hours, report
from tests.portal.crawl import body, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hundred_hours_later() -> Iterator[None]:
    at = hours(100)
    assert at is not None
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def country() -> Country:
    return Country.objects.create(code="XX", name="Here", languages=["en", "es"], currency="USD", pack="x")


def places() -> tuple[Place, Place]:
    north = Place.objects.create(code="N", name="North", kind="district")
    return north, Place.objects.create(code="T", name="Town", kind="town", parent=north)


def many(number: int, **facts: Any) -> None:
    for _each in range(number):
        case(**facts)


def rows(text: str, heading: str) -> dict[str, str]:
    """A table of the page by its heading: first column to the last."""
    part = text.split(f">{heading}</h2>")[1].split("</section>", maxsplit=1)[0]
    found = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", part, re.DOTALL)
    return {words(name): words(cells.split("<td")[-1].split(">", 1)[1]) for name, cells in found}


def test_where_nothing_was_recorded_it_says_so_and_claims_no_zero(country: Country, stranger: Client) -> None:
    case(is_exercise=True)
    report(is_exercise=True)
    page = words(body(stranger, "/observatory/"))
    assert "No report and no case has been recorded here yet" in page
    assert "Cases: 0" not in page
    assert stranger.get("/observatory/2026/").status_code == 404
    assert stranger.get("/observatory/2026.csv").status_code == 404


def test_small_numbers_are_withheld_with_what_would_give_them_away(country: Country, stranger: Client) -> None:
    north, town = places()
    many(20, rsit_class="fraud", place=north, sector="health", channel="phone")
    many(9, rsit_class="malicious-code", place=town, channel="phone")
    many(3, rsit_class="availability", channel="phone")
    many(7, is_exercise=True, rsit_class="fraud")
    page = body(stranger, "/observatory/")
    assert "32 incident cases in 2026" in words(page)
    kinds = rows(page, "Class (RSIT)")
    assert {name: cell for name, cell in kinds.items() if cell != "0"} == {
        "Fraud": "20",
        "Malicious Code": "withheld",
        "Availability": "withheld",
    }
    assert rows(page, "District") == {}  # 29 in the north would give 3 away, so the whole list is withheld
    assert {name: cell for name, cell in rows(page, "Sector").items() if cell != "0"} == {
        "Health": "20",
        "Not recorded": "12",
    }
    assert rows(page, "Channel")["Telephone"] == "32"
    assert rows(page, "Quarter") == {"Q1 2026": "0", "Q2 2026": "0", "Q3 2026": "32"}
    many(38)
    assert rows(body(stranger, "/observatory/"), "Month")["July"] == "70"  # ten for each month that has begun


def test_a_year_with_few_cases_shows_no_number_of_them(country: Country, stranger: Client) -> None:
    many(3, rsit_class="fraud", closed=5)
    page = words(body(stranger, "/observatory/"))
    assert "Fewer than 5 incident cases in 2026" in page
    assert page.count("Withheld: numbers below 5") == 5
    shown = list(csv.DictReader(io.StringIO(body(stranger, "/observatory/2026.csv").removeprefix("\ufeff"))))
    assert {row["value"] for row in shown if row["figure"].startswith(("cases", "hours_to_c"))} == {""}
    assert {row["note"] for row in shown if row["figure"] == "cases_by_class"} == {"withheld"}


def test_times_count_what_is_open_and_say_what_is_not_known(country: Country, stranger: Client) -> None:
    many(4, closed=3, contained=2)
    many(2, closed=30)  # closed without having been contained: seen for 30 hours
    many(4)
    report(decided=5, state="rejected")
    found = re.findall(r'<th scope="row">Until a (.*?)</th>(.*?)</tr>', body(stranger, "/observatory/"), re.DOTALL)
    assert {name: re.findall(r"<td.*?>(.*?)</td>", cells) for name, cells in found} == {
        "report is triaged": ["withheld", "withheld", "fewer than 5"],
        "case is contained": ["Not known yet: more than 4 days", "Not known yet: more than 4 days", "10"],
        "case is closed": ["30 hours", "Not known yet: more than 4 days", "10"],
    }


def test_what_was_counted_tells_no_small_rest(country: Country, stranger: Client) -> None:
    for _each in range(8):
        report(answered=3, decided=5)
    for _each in range(2):
        report(decided=5, reporter_mail="")
    page = body(stranger, "/observatory/")
    counted = rows(page, "How long it takes")
    assert (counted["Until the reporter is answered"], counted["Until a report is triaged"]) == ("withheld", "10")
    assert "3 hours" in words(page)
    for _each in range(3):
        report(decided=5, reporter_mail="")
    counted = rows(body(stranger, "/observatory/"), "How long it takes")
    assert counted["Until the reporter is answered"] == "8"


def test_the_file_has_the_same_numbers_and_no_reference(country: Country, stranger: Client) -> None:
    many(6, rsit_class="fraud", closed=8)
    text = body(stranger, "/es/observatory/2026.csv")
    shown = {(row["figure"], row["code"]): row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}
    assert (shown["cases_by_class", "fraud"]["value"], shown["cases_by_class", "fraud"]["label"]) == ("6", "Fraude")
    assert shown["hours_to_close_median", ""]["value"] == "8"
    assert "INC-" not in text


def test_earlier_years_are_pages_of_their_own(country: Country, stranger: Client) -> None:
    many(5)
    Case.objects.update(received_at=Case.objects.all()[0].received_at.replace(year=2025))
    assert "No incident case in 2026" in words(body(stranger, "/observatory/"))
    page = body(stranger, "/observatory/2025/")
    assert ("5 incident cases in 2025" in words(page), rows(page, "Quarter")["Q3 2025"]) == (True, "5")


@pytest.mark.long
def test_only_years_that_hold_something_and_this_one_are_named(country: Country, stranger: Client) -> None:
    many(5)
    kept = list(Case.objects.order_by("pk"))
    for row, year in zip(
        kept, (1, 1985, 2019, 2026, 2999), strict=True
    ):  # as rows of an older edition of the program may be
        Case.objects.filter(pk=row.pk).update(received_at=row.received_at.replace(year=year))
    page = body(stranger, "/observatory/")
    assert "in 2026" in words(page)
    assert set(re.findall(r"/observatory/(\d+)/", page)) <= {"2026", "2019", "1985"}
    assert {year: stranger.get(f"/observatory/{year}/").status_code for year in (1985, 2019, 2000, 2999)} == {
        1985: 200,
        2019: 200,
        2000: 404,
        2999: 404,
    }


@pytest.mark.parametrize("zone", ["America/Belize", "Asia/Tokyo"])
def test_rows_at_the_edges_of_the_calendar_break_no_page(country: Country, stranger: Client, zone: str) -> None:
    Country.objects.update(zone=zone)
    many(2)
    for row, when in zip(
        Case.objects.order_by("pk"), (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)), strict=True
    ):
        Case.objects.filter(pk=row.pk).update(received_at=when)
    assert stranger.get("/observatory/").status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_as_much_of_one_case_as_of_thirty(country: Country, stranger: Client, number: int) -> None:
    places()
    many(number, rsit_class="fraud")
    report()
    body(stranger, "/observatory/")
    with CaptureQueriesContext(connection) as asked:
        body(stranger, "/observatory/")
    assert len(asked) == 11


def test_legal_deadlines_are_listed_and_one_of_no_law_says_so(isla: Country, stranger: Client) -> None:
    page = words(body(stranger, "/observatory/"))
    first = "Early warning Essential Services Security Act 2025, section 21(1)(a) Example, of no law in force Source:"
    assert first in page
    assert "Ejemplo, de ninguna ley vigente" in words(body(stranger, "/es/observatory/"))
    assert "First answer to the reporter" not in page  # what the team commits to is no law


def test_the_first_real_country_says_that_it_records_no_legal_deadline(real_country: Country, stranger: Client) -> None:
    page = words(body(stranger, "/observatory/"))
    assert "No legal deadline for reporting or handling an incident is recorded here." in page
    assert "That does not say that no law sets one." in page
