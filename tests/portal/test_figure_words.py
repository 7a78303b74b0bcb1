"""How the page of an indicator says what its value is, how sure it is, and on how many it rests."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import at_risk_text, band_text, value_text
from floreo.indicators.tables import READINGS
from floreo.indicators.working import working_of
from tests.factories.strategy import make_country
from tests.pages import squeezed

MEASURE = "share_findings_fixed_within_7_days"


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("unit", "band", "words"),
    [
        ("%", ["10", "20"], "Between 10 % and 20 %, with 95 % confidence"),
        ("days", ["10", "20"], "Between 10 days and 20 days, with 95 % confidence"),
        ("days", ["10", None], "At least 10 days, with 95 % confidence"),
        ("days", [None, "20"], "At most 20 days, with 95 % confidence"),
        ("days", None, ""),
    ],
)
def test_a_band_is_in_the_unit_of_its_value(unit: str, band: list[str | None] | None, words: str) -> None:
    indicator = Indicator(code="x", title="Median", unit=unit)
    reading = Reading(indicator=indicator, value=Decimal(15), working={"band": band} if band else {})
    assert plain(band_text(reading)) == words


def reading(working: dict[str, Any], value: int | None = 15, *, about_people: bool = False) -> Reading:
    indicator = Indicator(code="x", title="Share", unit="%", about_people=about_people)
    return Reading(
        indicator=indicator,
        value=value,
        numerator=Decimal(15),
        denominator=Decimal(100),
        working=working,
        measure=MEASURE,
    )


def test_the_number_at_risk_is_said_and_a_small_one_about_people_is_not() -> None:
    text = "Number at risk: 3 (still open, and looked at for so long)"
    assert at_risk_text(reading({"at_risk": 3})) == text
    assert at_risk_text(reading({"at_risk": 3}, about_people=True)) == ""
    assert at_risk_text(reading({"at_risk": 7}, about_people=True)) == text.replace("3", "7")
    assert at_risk_text(reading({})) == ""
    few = reading({"at_risk": 60}, about_people=True)
    few.numerator = Decimal(2)
    assert at_risk_text(few) == ""


def test_that_it_is_not_reached_is_an_answer() -> None:
    assert value_text(reading({"without_value": "not_reached"}, None)) == "Not reached"
    assert value_text(reading({"without_value": "not_looked_at"}, None)) == "Not known yet"
    assert value_text(reading({}, None)) == "No value"


@pytest.fixture
def published(db: None) -> Indicator:
    """Two quarters: a share with its band, and then one that nobody has been looked at for so long."""
    make_country()
    found = Indicator.objects.create(
        code="fixed", title="Fixed within a week", definition="D", unit="%", measure=MEASURE, is_public=True
    )
    given = {"numerator": 40, "denominator": 120, "measure": MEASURE, "taken_at": clock.now(), "taken_by": "Floreo"}
    for starts, ends, value, working in (
        (date(2026, 4, 1), date(2026, 6, 30), 33, {"band": ["25.00", "42.00"], "at_risk": 61}),
        (date(2026, 7, 1), date(2026, 9, 30), None, {"without_value": "not_looked_at", "at_risk": 0}),
    ):
        Reading.objects.create(indicator=found, starts_on=starts, ends_on=ends, value=value, working=working, **given)
    return found


def test_the_public_page_has_band_and_number_at_risk_of_each_value(published: Indicator, client: Client) -> None:
    page = plain(squeezed(client.get("/indicators/fixed/").content.decode()))
    assert "Q3 2026: not known yet. Nothing has been looked at for so long." in page
    assert "<li>Number at risk: 0 (still open, and looked at for so long)</li>" in page
    assert '<th scope="col" class="fl-num">Band</th>' in page
    assert '<td class="fl-num">25 to 42</td><td class="fl-num">61</td>' in page
    Reading.objects.filter(value=None).delete()
    page = plain(squeezed(client.get("/indicators/fixed/").content.decode()))
    assert "<li>Between 25 % and 42 %, with 95 % confidence</li>" in page
    assert "<li>Number at risk: 61 (still open, and looked at for so long)</li>" in page


def test_an_estimate_is_not_shown_as_one_number_divided_by_the_other(published: Indicator, client: Client) -> None:
    """59 fixed of 98 was there as a fraction that was equal to 57 %, and to 26 days."""
    words = "The value is an estimate, and not one of these numbers divided by the other."
    Reading.objects.filter(value=None).delete()
    page = client.get("/indicators/fixed/").content.decode()
    assert "fl-fraction" not in page
    assert words in page
    Reading.objects.update(
        working={"band": ["25.00", "42.00"]}, value=Decimal("33.33")
    )  # a survey's share, with its band
    page = client.get("/indicators/fixed/").content.decode()
    assert "fl-fraction" in page
    assert words not in page
    Reading.objects.update(value=Decimal("12.00"))  # percentage points between two groups
    assert words in client.get("/indicators/fixed/").content.decode()


def test_the_chart_draws_the_band_and_says_what_it_is(published: Indicator, client: Client) -> None:
    Reading.objects.filter(value=None).update(value=40, working={"band": ["31.00", "50.00"], "at_risk": 55})
    page = client.get("/indicators/fixed/").content.decode()
    assert page.count('class="fl-c-band"') == 2 * 2 * 3  # two values in two drawings
    assert "Upright lines: the band in which an estimated value lies." in page


def test_files_and_programs_get_band_and_number_at_risk(published: Indicator, client: Client) -> None:
    names = ("band_low", "band_high", "at_risk", "without_value")
    columns = {column.name: column for column in READINGS.columns}
    rows = [[columns[name].value(row) for name in names] for row in Reading.objects.order_by("ends_on")]
    assert rows == [[Decimal(25), Decimal(42), 61, ""], [None, None, 0, "not_looked_at"]]
    lines = client.get("/indicators/fixed/?download=csv").content.decode().splitlines()
    head = next(number for number, line in enumerate(lines) if "band_low" in line)
    assert "40,120,25,42,61,," in lines[head + 1]


def test_how_it_was_calculated_says_both(published: Indicator) -> None:
    working = working_of(Reading.objects.get(value=33))
    assert plain(working.band) == "Between 25 % and 42 %, with 95 % confidence"
    assert working.at_risk == "Number at risk: 61 (still open, and looked at for so long)"


def test_the_interface_of_an_indicator_has_both(published: Indicator, client: Client) -> None:
    items = client.get("/api/v1/indicators/fixed/readings").json()["items"]
    found = sorted(
        (item["band_low"], item["band_high"], item["at_risk"], item["without_value"])
        for item in items
        if item["band_low"] is not None
    )
    assert [(float(low), float(high), n, why) for low, high, n, why in found] == [(25.0, 42.0, 61, "")]
    assert [item["without_value"] for item in items if item["value"] is None] == ["not_looked_at"]
