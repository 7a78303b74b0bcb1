"""Bad workbooks: each bad cell is named with what to correct, and nothing is saved."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from floreo.core.access import SYSTEM
from floreo.core.cells import MOST_ROWS
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.milestones import reach_milestone
from floreo.strategy.actions.workbooks import WorkbookRefused, import_workbook
from floreo.strategy.models import Action, Edition, Participation, Pillar
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from tests.factories import strategy as make
from tests.strategy.workbooks import add, changed, places_of, put, rehearsed


def test_a_formula_in_every_cell_is_named_and_never_run(full: Edition, secretariat: User) -> None:
    def formulas(book: Workbook) -> None:
        for page in book:
            for row in page.iter_rows(min_row=2):
                for one in row:
                    one.value = '=HYPERLINK("http://example.org/"&A1)'

    report = rehearsed(full, changed(full, formulas), secretariat)
    assert report.changes == 0
    assert {p.sheet for p in report.problems} == {sheet.name for sheet in sheets()}
    assert {p.sentence for p in report.problems} == {
        "This cell contains a formula or its error. Paste the value instead."
    }


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("sheet", "column", "value", "says"),
    [
        ("actions", "due_on", "31/12/2026", "“31/12/2026” is not a valid date. Write it as 2026-12-31."),
        (
            "actions",
            "due_on",
            date(2026, 8, 31),
            "The start date (1 September 2026) is after the due date (31 August 2026). Change one of them.",
        ),
        ("actions", "objective", "9.9", "Objective: this edition has no “9.9”."),
        ("actions", "person", "nobody", "The register has no person with the code “nobody”. Add them there first."),
        ("actions", "title", None, "Fill in this cell."),
        ("actions", "title", "x" * 301, "Ensure this value has at most 300 characters (it has 301)."),
        ("actions", "is_public", "perhaps", "“perhaps” is not valid. Write yes or no."),
        ("actions", "source_url", "not an address", "Enter a valid URL."),
        (
            "actions",
            "closed_on",
            date(2026, 11, 1),
            "Fill in both “closed_on” and “closed_by”, or neither.",
        ),
        (
            "actions",
            "on_hold_since",
            date(2027, 1, 1),
            "1 January 2027 is in the future. Enter today or an earlier day.",
        ),
        (
            "budget",
            "currency",
            "DOLLAR",
            "“DOLLAR” is not a currency. Use a code of three letters, for example USD or EUR.",
        ),
        (
            "budget",
            "amount",
            "a lot",
            "“a lot” is not a number. Use digits only, with a point before cents.",
        ),
        ("budget", "amount", "1.005", "Amounts can have at most two digits after the point."),
        ("budget", "amount", 10**13, "This amount is too large. Check the number of zeros."),
        ("budget", "amount", -5, "The amount cannot be negative. Enter 0 or more."),
        ("budget", "fiscal_year", 2026.5, "Enter a whole number."),
        ("budget", "id", 999999, "This edition has no row with this number. Leave the number empty for a new row."),
        ("budget", "action", "9.9.9", "This edition has no action with this code."),
        ("participations", "organisation", "nobody", "The register has no organisation with the code “nobody”."),
        ("participations", "part", "boss", "Value 'boss' is not a valid choice."),
        (
            "participations",
            "ends_on",
            date(2025, 1, 1),
            "The first day (1 January 2026) is after the last day (1 January 2025). Change one of them.",
        ),
        ("risks", "impact", 9, "Choose a number from 1 (low) to 5 (high)."),
        (
            "milestones",
            "reached_on",
            date(2030, 1, 1),
            "1 January 2030 is in the future. Enter today or an earlier day.",
        ),
        ("pillars", "remove", "yes", "Not empty: it has objectives."),
        (
            "edition",
            "code",
            "2020-2023",
            "This workbook belongs to another edition. The code of this edition is 2025-2028.",
        ),
    ],
)
def test_every_bad_cell_is_named_with_its_place_and_nothing_is_saved(  # noqa: PLR0917 -- given by name
    full: Edition, secretariat: User, sheet: str, column: str, value: object, says: str
) -> None:
    def two_cells(book: Any) -> None:
        put(book, "actions", "internal_notes", "new")
        put(book, sheet, column, value)

    content = changed(full, two_cells)
    report = rehearsed(full, content, secretariat)
    assert (sheet, 2, column) in places_of(report)
    (problem,) = [p for p in report.problems if (p.sheet, p.row, p.column) == (sheet, 2, column)]
    assert problem.sentence.startswith(says)
    before = AuditEntry.objects.count()
    with pytest.raises(WorkbookRefused):
        import_workbook(full, by=secretariat, book=read_workbook(content, sheets()))
    assert AuditEntry.objects.count() == before
    assert Action.objects.get(edition=full).internal_notes == "+notes"


def test_one_wrong_cell_of_an_action_is_one_problem(full: Edition, secretariat: User) -> None:
    """What hangs on the action is not reported too."""
    content = changed(full, lambda book: put(book, "actions", "title", "x" * 400))
    assert places_of(rehearsed(full, content, secretariat)) == [("actions", 2, "title")]


def test_blank_rows_are_skipped_and_codes_are_used_once(full: Edition, secretariat: User) -> None:
    def change(book: Workbook) -> None:
        book["actions"].insert_rows(2, 3)
        add(book, "pillars", code="1", title="Again")

    report = rehearsed(full, changed(full, change), secretariat)
    assert places_of(report) == [("pillars", 3, "code")]
    assert report.problems[0].sentence == "Row 2 has the same code. Remove one of them."


def test_a_sheet_or_column_that_nobody_knows_is_named(full: Edition, secretariat: User) -> None:
    def change(book: Workbook) -> None:
        book["risks"].title = "riks"
        book["actions"].cell(row=1, column=60, value="colour")

    report = rehearsed(full, changed(full, change), secretariat)
    assert set(places_of(report)) == {("riks", 0, ""), ("actions", 1, "colour")}


def test_an_action_with_open_milestones_cannot_be_closed_by_a_workbook(full: Edition, secretariat: User) -> None:
    def close(book: Workbook) -> None:
        put(book, "actions", "closed_on", date(2026, 11, 20))
        put(book, "actions", "closed_by", "Minister")

    def close_and_tick(book: Workbook) -> None:
        close(book)
        for row in (2, 3):
            put(book, "milestones", "reached_on", date(2026, 11, 1), row=row)

    assert places_of(rehearsed(full, changed(full, close), secretariat)) == [("actions", 2, "closed_on")]
    assert rehearsed(full, changed(full, close_and_tick), secretariat).problems == []


def test_what_was_reported_on_is_not_removed_by_a_workbook(full: Edition, act: Action, secretariat: User) -> None:
    first = act.milestones.first()
    assert first is not None
    reach_milestone(first, by=SYSTEM)
    report = rehearsed(full, changed(full, lambda book: put(book, "actions", "remove", "yes")), secretariat)
    assert places_of(report) == [("actions", 2, "remove")]


def test_a_lead_and_an_observer_import_nothing(full: Edition, lead: User, observer: User) -> None:
    for user in (lead, observer):
        with pytest.raises(NotAllowed):
            rehearsed(full, workbook_of(full), user)


def _zip(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_workbook"),
        (b"code;title\n1;Law\n", "not_a_workbook"),
        (b"%PDF-1.7 nothing", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (_zip(**{"word/document.xml": b"<w/>"}), "not_a_workbook"),
        (_zip(**{"xl/workbook.xml": b"<broken"}), "unreadable"),
        (_zip(**{"xl/workbook.xml": b"0" * (70 * 1024 * 1024)}), "too_large"),
        (_zip(**{f"xl/{n}.xml": b"" for n in range(600)}), "too_large"),
    ],
    ids=["empty", "csv", "pdf", "xls", "docx", "broken", "bomb", "many parts"],
)
def test_a_file_that_is_no_workbook_is_refused_in_a_sentence(country: object, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_workbook(content, sheets())
    assert refused.value.code == code
    assert set(refused.value.fields) == {"file"}


def test_a_workbook_of_something_else_is_refused(country: object) -> None:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    with pytest.raises(Refused) as refused:
        read_workbook(buffer.getvalue(), sheets())
    assert refused.value.code == "no_sheets"


@pytest.mark.long
def test_more_rows_than_a_sheet_may_have_are_not_read(country: object) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("pillars")
    page.append(["code", "title"])
    for number in range(MOST_ROWS + 3000):
        page.append([str(number), "x"])
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_workbook(buffer.getvalue(), sheets())
    assert len(read.rows["pillars"]) == MOST_ROWS
    assert [p.sentence for p in read.problems] == [
        f"The sheet has more than {MOST_ROWS} rows. Remove the empty ones or split the file."
    ]


def test_rows_of_another_edition_cannot_be_reached(full: Edition, csirt: Organisation, secretariat: User) -> None:
    other = make.make_edition("2029-2032")
    theirs = make.make_action(other, "1.1.1", lead=csirt)
    part = Participation.objects.get(action=theirs)
    report = rehearsed(full, changed(full, lambda book: put(book, "participations", "id", part.pk)), secretariat)
    assert places_of(report) == [("participations", 2, "id")]
    assert Pillar.objects.filter(edition=other).count() == 1
