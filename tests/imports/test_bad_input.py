"""Bad files, each with its sentence: nothing of them is written, and what can be read of the others is."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.imports.actions import choose_tables, match_columns, match_values
from floreo.imports.files import read_file
from floreo.imports.grid import NO_VALUE
from floreo.imports.profiles import changed_heads
from floreo.imports.tables import SheetTable
from floreo.organisations.models import Organisation
from floreo.strategy.models import Action, Edition
from tests.factories import strategy as make
from tests.imports.making import begun, chosen, faults, field_of, imported, matched, outcomes, planned, workbook

HEADS = ("Code", "Activity", "Lead", "Deadline")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("edition")]


def refusal(content: bytes, name: str = "file.xlsx") -> str:
    with pytest.raises(Refused) as refused:
        read_file(content, name)
    return str(refused.value.fields["file"])


# --- Files


# The limit is one of rows: four million cells, which take fifteen seconds to write, show besides that nobody waits for them long.
@pytest.mark.parametrize(("rows", "columns"), [(50_200, 2), pytest.param(100_000, 40, marks=pytest.mark.long)])
def test_a_workbook_of_100_000_rows_with_40_columns(rows: int, columns: int, tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for y in range(rows):
            sheet.write_row(y, 0, [y] * columns)
    assert refusal(path.read_bytes()) == f"A sheet has {rows} rows; at most 50000 can be imported at once. Split it."


def test_a_csv_file_of_too_many_rows() -> None:
    assert "at most 50000 can be imported at once" in refusal(b"a,b\n" + b"1,2\n" * 60_000, "large.csv")


def test_a_workbook_with_a_password() -> None:
    # How Office encrypts a workbook: an old container with a stream of this name.
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert refusal(content).startswith("This workbook is protected by a password. Remove the password")


def test_an_opendocument_workbook_with_a_password() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert refusal(out.getvalue(), "plan.ods").startswith("This workbook is protected by a password.")


@pytest.mark.long
def test_a_bomb() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 400 * 1024 * 1024)
    assert len(out.getvalue()) < 1024 * 1024
    assert refusal(out.getvalue()).startswith("This workbook expands to more than can be read here.")


@pytest.mark.long
def test_a_bomb_that_lies_about_its_size() -> None:
    content = workbook(("A", [HEADS, ("1", "x", "y", "z")]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>' + b"x" * 30_000 + b"</t></is></c></row>"
                data = data.replace(b"</sheetData>", b"".join(row % (n, n) for n in range(3, 8_000)) + b"</sheetData>")
            packed.writestr(part.filename, data)
    found = read_file(out.getvalue(), "plan.xlsx")  # 240 MB unpacked, under the limit: long cells are cut
    assert max(len(cell) for row in found.sheets[0].rows for cell in row) == 5_000


def test_repeated_rows_of_an_opendocument_bomb() -> None:
    table = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="A"><table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr("content.xml", table)
    assert refusal(out.getvalue(), "plan.ods")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook(("Empty", [])), "This file has no cell with a value."),
        (b"", "This file has no cell with a value."),
        (b"PK\x03\x04 torn", "This workbook is damaged and cannot be read."),
        (b"\xd0\xcf\x11\xe0" + bytes(3000), "This workbook is damaged and cannot be read."),
        (b"%PDF-1.7\x00\x00\xff", "This is neither a workbook (XLSX, XLS, ODS) nor a CSV file."),
        (b'a,b\n"open,1\n', "The file breaks off in line 2"),
    ],
)
def test_files_of_which_nothing_can_be_read(content: bytes, sentence: str) -> None:
    assert refusal(content).startswith(sentence)


def test_a_word_file_with_another_ending() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    assert refusal(out.getvalue(), "plan.xlsx").startswith("This is neither a workbook")


def test_encodings_that_are_not_utf_8() -> None:
    text = "Código;Actividad\n1;Campaña de educación\n"
    for encoding, name in (
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-8-sig", "UTF-8"),
    ):
        found = read_file(text.encode(encoding), "plan.csv")
        assert found.sheets[0].rows == [["Código", "Actividad"], ["1", "Campaña de educación"]], encoding
        assert found.encoding == name


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str) -> None:
    rows = [["Code", "Activity", "Amount"], ["1.1", "One", "12"], ["1.2", "Two, and three; four", "13"]]
    text = "\n".join(separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in rows)
    assert read_file(text.encode(), "plan.csv").sheets[0].rows == rows


# --- Tables


def test_two_sheets_that_are_one_table_with_columns_in_another_order() -> None:
    run = begun(
        "actions",
        workbook(
            ("2025", [HEADS, ("1.1.1", "One", None, "2026-01-01")]),
            ("2026", [("Activity", "Deadline", "Code", "Lead"), ("Two", "2026-02-01", "1.1.2", None)]),
            ("Key", [("Colour", "Meaning"), ("red", "late")]),
        ),
        scope="2025-2028",
    )
    assert [part["sheet"] for part in run.parts] == [0, 1]
    imported(matched(run))
    assert list(Action.objects.values_list("code", "title", "due_on")) == [
        ("1.1.1", "One", date(2026, 1, 1)),
        ("1.1.2", "Two", date(2026, 2, 1)),
    ]


def test_several_tables_in_a_sheet_and_the_other_one_chosen() -> None:
    rows = [
        ("Staff",),
        ("Name", "Position"),
        ("Ana", "Director"),
        (),
        ("Plan",),
        HEADS,
        ("1.1.1", "One", None, None),
        ("1.1.2", "Two", None, None),
        (),
        ("Printed on Monday",),
    ]
    run = begun("actions", workbook(("All", rows)), scope="2025-2028")
    assert [(p["header_row"], p["last"]) for p in run.parts] == [(6, 10)]
    run = choose_tables(run, by=SYSTEM, parts=[SheetTable(0, 2, 1, 3)])
    assert [c["header"] for c in run.columns] == ["Name", "Position"]


def test_duplicated_heads_are_parted_by_their_letters_and_shown() -> None:
    run = begun(
        "actions",
        workbook(("A", [("Code", "Activity", "Date", "Date"), ("1", "x", "2026-01-01", "2026-02-01")])),
        scope="2025-2028",
    )
    assert [c["header"] for c in run.columns] == ["Code", "Activity", "Date (C)", "Date (D)"]
    twice = match_columns(run, by=SYSTEM, fields=["code", "title", "due_on", "due_on"], formats_of=[""] * 4)
    with pytest.raises(Refused, match="Two columns are “Due date”"):
        planned(twice)


def test_a_file_whose_header_changed_since_its_profile() -> None:
    old = workbook(("A", [("Ref", "What to do", "Until", "Cost"), ("1.1.1", "One", "2026-01-01", 5)]))
    run = begun("actions", old, "old.xlsx", scope="2025-2028")
    run = match_columns(run, by=SYSTEM, fields=["code", "title", "due_on", ""], formats_of=[""] * 4)
    imported(run)
    new = workbook(("A", [("Ref", "What to do", "Until", "Region"), ("1.1.1", "One", "2026-03-01", "north")]))
    again = begun("actions", new, "new.xlsx", scope="2025-2028")
    assert field_of(again) == {"Ref": "code", "What to do": "title", "Until": "due_on", "Region": ""}
    assert [c["certainty"] for c in again.columns] == ["remembered", "remembered", "remembered", ""]
    assert again.profile is not None
    assert changed_heads(again.profile, again.columns) == (["Region"], [])
    other = workbook(("A", [("Ref", "What to do", "Region", "Place"), ("1.1.1", "One", "north", "x")]))
    third = begun("actions", other, "third.xlsx", scope="2025-2028")
    assert third.profile is None, "too little of it is the same"


def test_a_needed_column_that_nothing_is() -> None:
    run = begun("people", workbook(("A", [("Post", "Telephone"), ("Director", "223 4455")])))
    with pytest.raises(Refused, match="Choose the column for: Name"):
        planned(run)


# --- Values


def test_dates_as_text_in_three_orders() -> None:
    texts = ["2026-03-31", "31/03/2026", "March 31, 2026", "31 de marzo de 2026", "31 mars 2026", "31-Mar-26", "46112"]
    rows = [(f"1.1.{n}", f"Action {n}", None, text) for n, text in enumerate(texts, start=1)]
    run = matched(begun("actions", workbook(("A", [HEADS, *rows])), scope="2025-2028"))
    imported(run)
    assert set(Action.objects.values_list("due_on", flat=True)) == {date(2026, 3, 31)}


def test_an_order_that_the_values_do_not_decide_is_asked() -> None:
    rows = [("1.1.1", "One", None, "03/04/2026"), ("1.1.2", "Two", None, "05/06/2026")]
    run = matched(begun("actions", workbook(("A", [HEADS, *rows])), scope="2025-2028"))
    with pytest.raises(Refused, match="Choose how the days or numbers of these columns are written: Deadline"):
        planned(run)
    fields, shapes = [c["field"] for c in run.columns], ["", "", "", "mdy"]
    imported(match_columns(run, by=SYSTEM, fields=fields, formats_of=shapes))
    assert list(Action.objects.values_list("due_on", flat=True)) == [date(2026, 3, 4), date(2026, 5, 6)]


def test_days_that_contradict_each_other_are_refused_in_the_order_that_was_chosen() -> None:
    rows = [("1.1.1", "One", None, "31/12/2026"), ("1.1.2", "Two", None, "12/31/2026")]
    run = begun("actions", workbook(("A", [HEADS, *rows])), scope="2025-2028")
    run = match_columns(run, by=SYSTEM, fields=[c["field"] for c in run.columns], formats_of=["", "", "", "dmy"])
    assert faults(planned(run)) == [(3, "Deadline", "This is no date that can be read. (12/31/2026)")]


@pytest.mark.usefixtures("register")
def test_a_name_that_fits_two_organisations_is_asked() -> None:
    make.make_organisation("it-north", "IT Unit")
    make.make_organisation("it-south", "IT unit")
    run = begun("actions", workbook(("A", [HEADS, ("1.1.1", "One", "IT Unit", None)])), scope="2025-2028")
    assert faults(planned(run)) == [(2, "Lead", "Several are called so. Choose one on the page of values. (IT Unit)")]
    run = chosen(run, lead={"IT Unit": "it-south"})
    imported(run)
    assert Action.objects.get().participations.get().organisation.code == "it-south"


@pytest.mark.usefixtures("register")
def test_a_choice_that_is_no_option_is_refused() -> None:
    run = begun("actions", workbook(("A", [HEADS, ("1.1.1", "One", "Police", None)])), scope="2025-2028")
    with pytest.raises(Refused, match="nothing with the code “nobody”"):
        match_values(run, by=SYSTEM, chosen={"lead": {"Police": "nobody"}})


def test_formulas_are_values_where_the_file_holds_them_and_refused_where_not() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, ["1.1.1"])
        sheet.write_formula(1, 1, '="Train "&"officials"', value="Train officials")
        sheet.write_row(2, 0, ["1.1.2", "Two"])
        sheet.write_formula(2, 3, "=TODAY()+10", value="")
    run = matched(begun("actions", out.getvalue(), scope="2025-2028"))
    plan = planned(run)
    assert outcomes(plan) == [("Sheet1", 2, "new"), ("Sheet1", 3, "refused")]
    assert plan.results[0].name == "1.1.1 Train officials"
    assert faults(plan) == [
        (3, "Deadline", "It is a formula without a saved value, or an error. Save the file in a spreadsheet program.")
    ]


def test_a_text_that_looks_like_a_formula_is_only_text() -> None:
    run = matched(
        begun("actions", b'Code,Activity\n1.1.1,"=HYPERLINK(""http://evil.example"")"\n', "a.csv", scope="2025-2028")
    )
    imported(run)
    assert Action.objects.get().title == '=HYPERLINK("http://evil.example")'


def test_a_row_that_repeats_another() -> None:
    rows = [("1.1.1", "One", None, None), ("1.1.1", "Other", None, None), (None, "One", None, None)]
    run = matched(begun("actions", workbook(("A", [HEADS, *rows])), scope="2025-2028"))
    assert faults(planned(run)) == [(3, "", "It repeats row 2 of “A”.")]


def test_a_row_that_repeats_one_that_is_there() -> None:
    act = make.make_action(Edition.objects.get(), "1.1.1")
    rows = [("1.1.1", "One", None, None), (None, act.title, None, None)]
    run = matched(begun("actions", workbook(("A", [HEADS, *rows])), scope="2025-2028"))
    assert faults(planned(run)) == [(3, "", "It repeats row 2 of “A”.")]


def test_percentages_merged_cells_and_errors_are_read_as_a_person_sees_them() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    rows: list[list[Any]] = [["Name", "Share"], ["A", 0.45], [None, 0.5], ["B", None]]
    for row in rows:
        page.append(row)
    page["B2"].number_format = page["B3"].number_format = "0.0%"
    page["B4"] = "=1/0"
    page.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    assert read_file(out.getvalue(), "a.xlsx").sheets[0].rows == [
        ["Name", "Share"],
        ["A", "45%"],
        ["A", "50%"],
        ["B", NO_VALUE],
    ]


def test_a_long_name_and_a_bad_address_are_refused_at_their_columns() -> None:
    rows = [
        ("Organisation", "Website"),
        ("A" * 250, "https://example.org/"),
        ("B", "not an address"),
        ("C", "https://example.org/"),
    ]
    run = begun("organisations", workbook(("A", rows)))
    assert [(number, column) for number, column, _sentence in faults(planned(run))] == [
        (2, "Organisation"),
        (3, "Website"),
    ]
    imported(run)
    assert list(Organisation.objects.values_list("name", flat=True)) == ["C"]


@pytest.mark.long
def test_files_of_other_programs_on_this_machine() -> None:
    """Workbooks that none of our tests made: those that ship with the libraries that are installed here."""
    root = Path(openpyxl.__file__).parents[1]
    found = [path for ending in ("xlsx", "xls", "ods") for path in root.rglob(f"*.{ending}")][:20]
    if not found:
        pytest.skip("no workbook ships with the installed libraries")
    for path in found:
        assert read_file(path.read_bytes(), path.name).sheets, path.name
