"""Headers that other programs and people write, and what is made of them. The headers are those of asset registers that others
published; none was written for this."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.delimited import plain
from floreo.register_imports.grid import Grid
from floreo.register_imports.kinds import KINDS, words_of
from floreo.register_imports.matching import guess_columns, guess_header, header_texts, letter

ASSETS = words_of(KINDS["asset"])


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
    found = dict(zip(columns, guess_columns(columns, ASSETS, {}), strict=True))
    assert {text: field for text, field in found.items() if field} == wanted


def test_a_header_in_two_rows_is_read_by_its_last() -> None:
    grid = Grid("", [["Producto instalado"] * 3, ["Fabricante", "Modelo", "Versión"]])
    header = header_texts(grid, 1, 2)
    assert header[2] == "Producto instalado: Versión"
    assert guess_columns(header, ASSETS, {}) == ["vendor", "product", "product_version"]


def test_what_was_said_of_earlier_files_counts_most() -> None:
    remembered = {plain("Vendor"): "owner", plain("Location"): ""}
    assert guess_columns(["Vendor", "Location"], ASSETS, remembered) == ["owner", ""]


def test_the_header_is_found_below_a_title() -> None:
    rows = [
        ["Inventory 2026"] * 4,
        ["By: Operations"],
        [],
        ["Servicio", "Nombre", "Tipo", "Marca"],
        ["a", "b", "c", "d"],
    ]
    assert guess_header(Grid("", rows), ASSETS) == 4


@given(st.lists(st.text(max_size=12), max_size=12), st.dictionaries(st.text(max_size=6), st.sampled_from(["name", ""])))
def test_each_field_is_taken_once_and_is_known(header: list[str], remembered: dict[str, str]) -> None:
    fields = [name for name in guess_columns(header, ASSETS, remembered) if name]
    assert len(fields) == len(set(fields))
    assert set(fields) <= {each.name for each in KINDS["asset"].fields}


@given(st.integers(min_value=0, max_value=20_000), st.integers(min_value=0, max_value=20_000))
def test_letters_of_columns_are_those_of_spreadsheets(a: int, b: int) -> None:
    assert (letter(a) == letter(b)) == (a == b)
    assert [letter(0), letter(25), letter(26), letter(701), letter(702)] == ["A", "Z", "AA", "ZZ", "AAA"]
