"""The yearly report and the quarterly briefing: the same on page and paper, and no small number in what is published together."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.figures import SMALL
from floreo.core.suppression import suppressed_list
from floreo.incidents import briefings, observatory
from floreo.incidents.models import Case, Report
from floreo.organisations.models import Country

pytestmark = pytest.mark.django_db


@pytest.fixture
def country() -> Country:
    return Country.objects.create(code="XP", name="Isla Prueba", languages=["en", "es"], currency="USD", pack="x")


def _cases(year: int, quarter: int, number: int, **facts: Any) -> None:
    start = briefings.period_of(year, quarter).start
    at = datetime(start.year, start.month, 2, 12, tzinfo=clock.zone())
    last = Case.objects.count()
    for n in range(number):
        Case.objects.create(
            reference=f"INC-{year}-{last + n + 1:04}", title="A case", received_at=at, touched_at=at, **facts
        )


@pytest.mark.long
def test_the_report_and_the_briefing_are_pages_and_files(country: Country, stranger: Client) -> None:
    for quarter in (1, 2, 3, 4):
        _cases(2025, quarter, 12, rsit_class="fraud", rsit_type="phishing", sector="finance")
    for place in ("report", "q2"):
        page = stranger.get(f"/observatory/2025/{place}/")
        assert (page.status_code, "12" in page.content.decode()) == (200, True)
        assert stranger.get(f"/observatory/2025/{place}.pdf").content[:5] == b"%PDF-"
        assert stranger.get(f"/observatory/2025/{place}.docx").content[:2] == b"PK"
        assert stranger.get(f"/observatory/2025/{place}.exe").status_code == 404
    assert stranger.get("/es/observatory/2025/q2/").status_code == 200


@pytest.mark.parametrize("address", ["/observatory/2025/report/", "/observatory/2025/q1/", "/observatory/2026/q9/"])
def test_of_a_time_of_which_nothing_is_known_there_is_no_paper(
    country: Country, stranger: Client, address: str
) -> None:
    _cases(2026, 1, 3)
    assert stranger.get(address).status_code == 404


@pytest.mark.long
def test_a_quarter_is_not_computed_from_its_year_and_the_others(country: Country) -> None:
    for quarter, number in ((1, 6), (2, 7), (3, 9), (4, 2)):
        _cases(2025, quarter, number, rsit_class="fraud", rsit_type="phishing")
        _cases(2025, quarter, 10, rsit_class="availability", rsit_type="ddos")
    shown = [{c: n for c, _l, n in briefings.of_quarter(2025, q).classes}["fraud"] for q in (1, 2, 3, 4)]
    assert shown[3] is None
    assert shown.count(None) >= 2


_ROWS = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=2, max_size=3)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(_ROWS)
def test_whoever_knows_the_year_and_all_quarters_finds_no_small_number(counts: list[list[int]]) -> None:
    """Every table that fits all that is published is tried: no small cell is the same in all of them."""
    codes = [f"c{n}" for n in range(len(counts))]
    by_class = suppressed_list([sum(row) for row in counts])
    total = sum(map(sum, counts))
    lines = tuple(observatory.PublishedCount(c, c, n) for c, n in zip(codes, by_class.cells, strict=True))
    whole = observatory.Year(
        2025,
        clock.now(),
        None if 0 < total < SMALL else total,
        0,
        (observatory.Breakdown("class", "Class", lines, by_class.is_withheld),),
        (),
    )
    shown = briefings._shown_classes(whole, codes, counts)
    by_quarter = suppressed_list([sum(row[q] for row in counts) for q in range(4)]).cells
    for r, q in product(range(len(counts)), range(4)):
        value, cell = counts[r][q], shown[r][q]
        assert cell is None or cell == value
        if not 0 < value < SMALL:
            continue
        assert cell is None
        row_known = by_class.cells[r] is not None and all(shown[r][o] is not None for o in range(4) if o != q)
        column_known = by_quarter[q] is not None and all(shown[o][q] is not None for o in range(len(counts)) if o != r)
        assert not row_known
        assert not column_known


def test_that_nobody_was_asked_about_the_police_is_not_that_nobody_wants_them(
    country: Country, stranger: Client
) -> None:
    for n in range(8):
        _report(n, wants_police=None)
    assert "Not known: no reporter was asked" in stranger.get("/observatory/2025/q1/").content.decode()
    for n in range(8, 14):
        _report(n, wants_police=True)
    found = briefings.of_quarter(2025, 1)
    assert (found.asked_about_police, found.wanted_police) == (6, 6)
    _report(20, wants_police=False)  # one who does not want them is a small number
    assert briefings.of_quarter(2025, 1).wanted_police is None


def _report(number: int, *, wants_police: bool | None) -> None:
    at = datetime(2025, 2, 3, 12, tzinfo=clock.zone())
    Report.objects.create(
        reference=f"REP-2025-{number:06}",
        channel="form",
        source_key=f"form:{number}",
        received_at=at,
        subject="A report",
        wants_police=wants_police,
    )
