"""Headers, days and numbers that other programs and people write, and what is made of them. The headers of assets are those of registers that
others published; none was written for this."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.delimited import Wrong
from floreo.core.importing import Option
from floreo.core.spelling import plain
from floreo.imports import formats
from floreo.imports.grid import Grid
from floreo.imports.matching import Matcher, guess_columns, likely, words_of
from floreo.imports.tables import Head, SheetTable, find_tables, header_texts, letter
from floreo.infrastructure.importing import AssetRows

FIELDS = AssetRows.fields
ASSETS = words_of(FIELDS)


def guessed(headers: list[str], remembered: dict[str, str] | None = None) -> list[str]:
    heads = [Head(text, x) for x, text in enumerate(headers)]
    return [each.field for each in guess_columns(heads, [[] for _head in heads], FIELDS, {}, remembered or {})]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "Asset Tag,Asset Name,Asset Type,Serial No.,Status,Location,Station No.,Warranty,Vendor,Date Purchased,Remarks",
            {"Asset Name": "name", "Asset Type": "kind", "Location": "place", "Vendor": "vendor", "Remarks": "note"},
        ),
        (
            "Asset Name,Asset Type,Serial Number,Model,Manufacturer,Status,Condition,Location,Purchase Price",
            {
                "Asset Name": "name",
                "Asset Type": "kind",
                "Model": "product",
                "Manufacturer": "vendor",
                "Location": "place",
            },
        ),
        ("Nombre del Activo,Macroproceso,Amenazas,Vulnerabilidades", {"Nombre del Activo": "name"}),
        ("code,name,kind,service,owner,place,vendor,product,product_version,note,source", None),
    ],
)
def test_headers_of_others(header: str, expected: dict[str, str] | None) -> None:
    columns = header.split(",")
    wanted = {name: name for name in columns} if expected is None else expected
    found = dict(zip(columns, guessed(columns), strict=True))
    assert {text: field for text, field in found.items() if field} == wanted


def test_a_header_in_two_rows_is_read_by_its_last() -> None:
    grid = Grid("", [["Producto instalado"] * 3, ["Fabricante", "Modelo", "Versión"]])
    header = header_texts(grid, SheetTable(0, 1, 2, 2))
    assert header[2] == "Producto instalado: Versión"
    assert guessed(header) == ["vendor", "product", "product_version"]


def test_what_was_chosen_for_earlier_files_counts_most() -> None:
    assert guessed(["Vendor", "Location"], {plain("Vendor"): "owner", plain("Location"): ""}) == ["owner", ""]


def test_the_header_is_found_below_a_title() -> None:
    rows = [
        ["Inventory 2026"] * 4,
        ["By: Operations"],
        [],
        ["Servicio", "Nombre", "Tipo", "Marca"],
        ["a", "b", "c", "d"],
    ]
    assert find_tables([Grid("", rows)], ASSETS) == [SheetTable(0, 4, 1, 5)]


@pytest.mark.long
@given(st.lists(st.text(max_size=12), max_size=12), st.dictionaries(st.text(max_size=6), st.sampled_from(["name", ""])))
def test_each_field_is_taken_once_and_is_known(header: list[str], remembered: dict[str, str]) -> None:
    fields = [name for name in guessed(header, remembered) if name]
    assert len(fields) == len(set(fields))
    assert set(fields) <= {each.name for each in FIELDS}


@pytest.mark.long
@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=12))
def test_any_sheet_has_tables_within_itself(rows: list[list[str]]) -> None:
    for part in find_tables([Grid("", rows)], ASSETS):
        assert 1 <= part.header_row <= part.last <= len(rows)


@given(st.integers(min_value=0, max_value=20_000), st.integers(min_value=0, max_value=20_000))
def test_letters_of_columns_are_those_of_spreadsheets(a: int, b: int) -> None:
    assert (letter(a) == letter(b)) == (a == b)
    assert [letter(0), letter(25), letter(26), letter(701), letter(702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# --- Days and numbers


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-31", date(2026, 3, 31), None),
        ("31/03/2026", date(2026, 3, 31), None),
        ("31.3.26", date(2026, 3, 31), None),
        ("31 March 2026", date(2026, 3, 31), None),
        ("Tuesday, 31 March 2026", date(2026, 3, 31), None),
        ("31st of March 2026", date(2026, 3, 31), None),
        ("March 31st, 2026", date(2026, 3, 31), None),
        ("31 de marzo del 2026", date(2026, 3, 31), None),
        ("31 août 2026", date(2026, 8, 31), None),
        ("46112", date(2026, 3, 31), None),
        ("2026-03-31 10:30", date(2026, 3, 31), None),
        ("febrero de 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("déc. 2026", date(2026, 12, 1), date(2026, 12, 31)),
        ("Q3 2026", date(2026, 7, 1), date(2026, 9, 30)),
        ("T1 2026", date(2026, 1, 1), date(2026, 3, 31)),
        ("H2 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("02/2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_days(text: str, first: date, last: date | None) -> None:
    assert formats.day(text, "dmy") == first
    assert formats.day(text, "dmy", at_end=True) == (last or first)


@pytest.mark.parametrize("text", ["soon", "32/01/2026", "2026-13-01", "12", "123456", "Q5 2026", "0/0/2026", "ongoing"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Wrong):
        formats.day(text, "dmy")


@pytest.mark.long
@given(st.text(max_size=20))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (
        lambda: formats.day(text, "mdy"),
        lambda: formats.period(text, ""),
        lambda: formats.number(text, "comma"),
    ):
        with contextlib.suppress(Wrong):
            assert read() is not None


@pytest.mark.parametrize(
    ("texts", "format_", "is_asked"),
    [
        (["03/04/2026", "31/12/2026"], "dmy", False),
        (["03/04/2026", "12/31/2026"], "mdy", False),
        (["03/04/2026", "05/05/2026"], "dmy", True),
        (["05/05/2026"], "", False),
        (["2026-03-04", "March 2026"], "", False),
        (["31/12/2026", "12/31/2026"], "dmy", True),
    ],
)
def test_the_order_is_decided_by_the_whole_column(texts: list[str], format_: str, is_asked: bool) -> None:
    verdict = formats.order_of(texts)
    assert (verdict.format, verdict.is_asked) == (format_, is_asked)


@pytest.mark.parametrize(
    ("texts", "format_", "is_asked"),
    [
        (["1.234,56", "7"], "comma", False),
        (["1,234.56", "12,500"], "point", False),
        (["1,234,567"], "point", False),
        (["3,5"], "comma", False),
        (["12.500"], "point", True),
        (["12", "7000"], "", False),
        (["1,5", "2.5"], "point", True),
    ],
)
def test_the_decimal_sign_is_decided_by_the_whole_column(texts: list[str], format_: str, is_asked: bool) -> None:
    verdict = formats.point_of(texts)
    assert (verdict.format, verdict.is_asked) == (format_, is_asked)


@pytest.mark.parametrize(
    ("text", "point", "number"),
    [
        ("1.234,56", "comma", "1234.56"),
        ("BZ$ 12,500", "point", "12500"),
        ("USD 1 250", "", "1250"),
        ("(300)", "", "-300"),
        ("45%", "", "45"),
        ("1'000.5", "point", "1000.5"),
        ("€ 7", "", "7"),
    ],
)
def test_numbers(text: str, point: str, number: str) -> None:
    assert formats.number(text, point) == Decimal(number)


# --- Names

BODIES = Matcher(
    Option(code, name, code, (name,))
    for code, name in (
        ("moh", "Ministry of Health"),
        ("moe", "Ministry of Education"),
        ("mof", "Ministry of Finance"),
        ("np", "National Police"),
        ("csirt", "National CSIRT"),
    )
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Min. of Health", "moh"),
        ("Ministry of health ", "moh"),
        ("Health Ministry", "moh"),
        ("Ministry of Finanace", "mof"),
        ("MoE", "moe"),
        ("Nat. Police", "np"),
        ("Police", None),
        ("Ministry", None),
        ("Central Bank", None),
    ],
)
def test_only_a_name_that_is_clearly_one_is_proposed(text: str, code: str | None) -> None:
    found = likely(BODIES.suggestions(text))
    assert (found.key if found else None) == code


def test_a_cell_is_parted_only_where_its_parts_are_names() -> None:
    assert BODIES.parts("Ministry of Health; National Police", {}) == ["Ministry of Health", "National Police"]
    assert BODIES.parts("Ministry of Health and National Police", {}) == ["Ministry of Health", "National Police"]
    assert BODIES.parts("Trade and Industry", {}) == ["Trade and Industry"]
    assert BODIES.parts("Ministry of Trade, Industry and Work", {}) == ["Ministry of Trade, Industry and Work"]
