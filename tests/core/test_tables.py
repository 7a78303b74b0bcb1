"""Tables and lists: one declaration, many exits, stable pages, and no formula ever leaves."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import lists, tables
from floreo.core.access import SYSTEM, Permission
from floreo.core.errors import Refused
from floreo.core.lists import Listing
from floreo.core.tables import CellKind, Column, Filter, Table
from floreo.organisations.models import Organisation

pytestmark = pytest.mark.two_databases

BODIES = Table(
    "bodies",
    "Bodies",
    "Test bodies.",
    rows=Organisation.objects.visible_to,
    columns=(
        Column("code", "Code", "", lambda o: o.code),
        Column("name", "Name", "", lambda o: o.name),
        Column("starts_on", "Since", "", lambda o: o.starts_on, CellKind.DATE),
        Column("notes", "Notes", "", lambda o: o.internal_notes, needs=Permission.REGISTER_READ),
    ),
    order=("kind", "-name", "pk"),
    search=("name", "code"),
    filters=(
        Filter("kind", "Kind", lambda: [("agency", "Agency"), ("csirt", "CSIRT")], lambda rows, v: rows.filter(kind=v)),
    ),
)


def listing(address: str = "/", user: object = SYSTEM, page: int = 3) -> Listing:
    request = RequestFactory().get(address)
    request.user = user  # type: ignore[assignment]  # any viewer will do
    return Listing(BODIES, request, page=page)


@pytest.fixture
def bodies(db: None) -> None:
    for n in range(8):
        Organisation.objects.create(
            code=f"b{n}",
            name=f"Body {n % 3}",
            kind="agency" if n % 2 else "csirt",
            internal_notes=f"secret {n}",
            is_public=n != 5,
            starts_on=date(2020, 1, n + 1),
        )


@pytest.mark.usefixtures("bodies")
class TestPages:
    def test_pages_walk_every_row_once_in_order(self) -> None:
        seen, address = [], "/"
        while address:
            page = listing(address)
            seen += [o.code for o in page.rows]
            address = page.next_href
        assert seen == [o.code for o in Organisation.objects.order_by("kind", "-name", "pk")]

    def test_a_row_added_on_an_earlier_page_moves_nothing(self) -> None:
        first = listing()
        Organisation.objects.create(code="new", name="Zzz", kind="agency")
        second = listing(first.next_href)
        assert not {o.code for o in first.rows} & {o.code for o in second.rows}

    def test_search_and_filter_narrow(self) -> None:
        assert {o.code for o in listing("/?kind=csirt&q=body+0", page=50).rows} == {"b0", "b6"}

    @pytest.mark.parametrize("most", [20_000, 3], ids=["keys read at once", "counted by the database"])
    def test_pages_of_a_search_walk_every_row_once_in_order(self, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lists, "MOST_KEYS", most)
        seen, address, totals = [], "/?q=body", set()
        while address:
            page = listing(address)
            seen += [o.code for o in page.rows]
            totals.add(page.total)
            address = page.next_href
        assert seen == [o.code for o in Organisation.objects.order_by("kind", "-name", "pk")]
        assert totals == {8}

    def test_the_next_page_of_a_search_is_there_when_its_last_row_has_gone(self) -> None:
        first = listing("/?q=body")
        Organisation.objects.filter(pk=first.rows[-1].pk).update(name="Other", code="gone")
        rest = [o.code for o in listing(first.next_href, page=50).rows]
        assert rest == [o.code for o in Organisation.objects.order_by("kind", "-name", "pk") if o.name != "Other"][2:]

    def test_words_of_a_search_are_looked_for_once(self) -> None:
        page = listing("/?q=body")
        with CaptureQueriesContext(connection) as asked:
            assert (len(page.rows), page.total) == (3, 8)
        assert sum("LIKE" in each["sql"] for each in asked.captured_queries) == 1

    def test_an_unknown_choice_is_ignored(self) -> None:
        assert listing("/?kind=nonsense", page=50).total == 8

    @pytest.mark.parametrize("cursor", ["x", "W10", "bm90IGpzb24", "WyJhIl0", "W251bGwsbnVsbCxudWxsXQ"])
    def test_a_broken_cursor_is_refused_with_a_sentence(self, cursor: str) -> None:
        with pytest.raises(Refused, match="Start again"):
            assert listing(f"/?after={cursor}").rows is None


@pytest.mark.usefixtures("bodies")
class TestExits:
    def test_every_exit_gives_the_same_rows_and_columns(self) -> None:
        for viewer in (SYSTEM, AnonymousUser()):
            rows = list(BODIES.ordered(viewer))
            from_csv = list(csv.DictReader(io.StringIO("".join(tables.as_csv(BODIES, rows, viewer)).lstrip("\ufeff"))))
            from_json = json.loads("".join(tables.as_json(BODIES, rows, viewer)))
            sheet = openpyxl.load_workbook(io.BytesIO(tables.as_xlsx({"b": (BODIES, rows)}, viewer)))["b"]
            codes = [r["code"] for r in from_json]
            assert [r["code"] for r in from_csv] == codes
            assert [row[0].value for row in sheet.iter_rows(min_row=2)] == codes
            assert list(from_csv[0]) == list(from_json[0]) == [c.value for c in sheet[1]]

    def test_internal_columns_and_rows_never_reach_a_stranger(self) -> None:
        stranger = AnonymousUser()
        rows = list(BODIES.ordered(stranger))
        out = "".join(tables.as_csv(BODIES, rows, stranger)) + "".join(tables.as_json(BODIES, rows, stranger))
        assert "secret" not in out
        assert "b5" not in out
        assert "secret" in "".join(tables.as_csv(BODIES, rows, SYSTEM))


@pytest.mark.parametrize(
    "text", ["OpenSSH 7;=cmd|'/C calc'!A0", "a\t+1", "a; @SUM(1)", "first\n-2+3", "a;\n=1;=2", ";=1"]
)
def test_no_cell_that_a_semicolon_or_a_line_end_begins_is_a_formula(text: str) -> None:
    """Spreadsheets of half the world split at semicolons, and know no quotes that do not begin a cell."""
    (line,) = csv.reader([tables.safe_text(text).replace("\n", ";").replace("\t", ";")], delimiter=";")
    assert not [cell for cell in line if cell.strip().startswith(("=", "+", "-", "@"))]


@pytest.mark.long
@given(st.text(max_size=30))
def test_no_text_leaves_as_a_formula(text: str) -> None:
    assert not tables.safe_text(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.long
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_a_sheet_gives_text_back_as_it_was(text: str) -> None:
    table = Table(
        "t", "T", "", rows=lambda _v: Organisation.objects.none(), columns=(Column("x", "X", "", lambda r: r),)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(tables.as_xlsx({"t": (table, [text])}, SYSTEM)))["t"]
    assert sheet["A2"].value == text
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Decimal("2.00"), 2),
        (Decimal("2.50"), 2.5),
        (date(2026, 1, 2), "2026-01-02"),
        (None, None),
        (True, True),
        (["a"], ["a"]),
    ],
)
def test_cells_as_json(cell: Any, text: Any) -> None:
    assert tables.plain(cell) == text
