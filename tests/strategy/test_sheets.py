"""The plan as a workbook: what goes out comes back unchanged, changes are shown before they are saved, and bad input is
told cell by cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from floreo.core import audit
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import workbooks
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.milestones import reach_milestone
from floreo.strategy.actions.money import add_budget_line
from floreo.strategy.actions.risks import add_risk
from floreo.strategy.actions.workbooks import Report, WorkbookRefused, import_workbook, rehearse
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone, Participation, Pillar
from floreo.strategy.sheets.columns import CUT, LONGEST, sheets
from floreo.strategy.sheets.reading import MOST_ROWS, read_workbook
from floreo.strategy.sheets.writing import workbook_of
from tests.factories import strategy as make


@pytest.fixture
def full(edition: Edition, act: Action, csirt: Organisation) -> Edition:
    """An edition with a row in every sheet."""
    update_action(
        act, by=SYSTEM, person=make.make_person("ana"), public_text="One line\r\nand another", official_wording="=1+1",
        translations={"es": {"title": "Acción"}}, internal_notes="+notes", source_url="https://example.org/a",
    )  # fmt: skip
    add_budget_line(act, by=SYSTEM, amount=Decimal("9999999999999.99"), currency="USD", fiscal_year=2026, funder=csirt)
    add_risk(act, by=SYSTEM, title="@risk", likelihood=3, impact=4)
    return edition


def rehearsed(edition: Edition, content: bytes, by: User) -> Report:
    return rehearse(edition, by=by, book=read_workbook(content, sheets()))


def changed(edition: Edition, change: Callable[[Workbook], object]) -> bytes:
    """The edition's workbook after somebody worked on it in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(edition)))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell(book: Workbook, sheet: str, column: str, row: int = 2) -> Any:
    page = book[sheet]
    names = [c.value for c in page[1]]
    return page.cell(row=row, column=names.index(column) + 1)


def put(book: Workbook, sheet: str, column: str, value: object, row: int = 2) -> None:
    cell(book, sheet, column, row).value = value


def add(book: Workbook, sheet: str, **values: object) -> None:
    names = [c.value for c in book[sheet][1]]
    book[sheet].append([values.get(str(name)) for name in names])


def told(report: Report) -> list[tuple[str, int, str]]:
    return [(p.sheet, p.row, p.column) for p in report.problems]


def test_what_goes_out_comes_back_unchanged(full: Edition, secretariat: User) -> None:
    before = AuditEntry.objects.count()
    report = rehearsed(full, workbook_of(full), secretariat)
    assert (report.problems, report.changes) == ([], 0)
    assert {row.sheet for row in report.rows} == {sheet.name for sheet in sheets()}, "every sheet had a row to compare"
    assert AuditEntry.objects.count() == before


def test_it_survives_a_spreadsheet_program_that_saves_it_anew(full: Edition, secretariat: User) -> None:
    report = rehearsed(full, changed(full, lambda book: None), secretariat)
    assert (report.problems, report.changes) == ([], 0)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    title="_x0041_ \\ @given(texts, texts, st.none() | st.datesamp;", note="\u2028", day=None, amount=Decimal("0.10")
)
@given(texts, texts, st.none() | st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.decimals(0, 10**9, places=2))
def test_any_text_date_and_amount_survive_the_round_trip(  # noqa: PLR0917 -- hypothesis gives them by name
    full: Edition, secretariat: User, title: str, note: str, day: date | None, amount: Decimal
) -> None:
    Action.objects.filter(edition=full).update(
        title=title.strip() or "x", internal_notes=note, starts_on=None, due_on=day, official_wording=title
    )
    BudgetLine.objects.update(amount=amount, note=note[:300])
    report = rehearsed(full, workbook_of(full), secretariat)
    assert (report.problems, report.changes) == ([], 0)


def test_a_text_longer_than_a_cell_is_cut_in_the_file_and_not_in_the_plan(full: Edition, secretariat: User) -> None:
    long = "word " * 8000
    Action.objects.update(internal_notes=long)
    content = workbook_of(full)
    shown = cell(openpyxl.load_workbook(io.BytesIO(content)), "actions", "internal_notes").value
    assert shown.endswith(CUT)
    assert len(shown) <= LONGEST + len(CUT)
    assert rehearsed(full, content, secretariat).changes == 0


def test_text_that_looks_like_a_formula_is_written_as_text(full: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(full)))
    kinds = {c.data_type for page in book for row in page.iter_rows() for c in row if c.value is not None}
    assert kinds <= {"s", "n", "d", "inlineStr"}
    assert cell(book, "actions", "official_wording").value == "=1+1"


def _work(book: Workbook) -> None:
    put(book, "actions", "title", "New words")
    put(book, "actions", "due_on", date(2027, 12, 31))
    put(book, "actions", "title_es", "Palabras nuevas")
    put(book, "milestones", "remove", "yes", row=3)
    add(book, "pillars", code="2", title="Second pillar")
    add(book, "objectives", code="2.1", pillar="2", title="Goal")
    add(book, "actions", code="2.1.1", objective="2.1", title="Added", due_on=date(2027, 5, 1), is_public="no")
    add(book, "milestones", action="2.1.1", code="2.1.1.1", title="Seen", due_on=date(2027, 4, 1))
    add(book, "participations", action="2.1.1", organisation="csirt", part="lead", since=date(2026, 1, 1))
    add(book, "budget", action="2.1.1", fiscal_year=2026, currency="USD", amount=0.1 + 0.2)


def test_a_rehearsal_says_what_would_happen_and_does_nothing(full: Edition, secretariat: User) -> None:
    before = (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values()))
    report = rehearsed(full, changed(full, _work), secretariat)
    assert report.problems == []
    assert [(r.sheet, r.number, r.what) for r in report.rows if r.what != "same"] == [
        ("pillars", 3, "added"), ("objectives", 3, "added"), ("actions", 2, "changed"), ("milestones", 3, "removed"),
        ("actions", 3, "added"), ("milestones", 4, "added"), ("participations", 3, "added"), ("budget", 3, "added"),
    ]  # fmt: skip
    (change,) = [r for r in report.of("changed") if r.sheet == "actions"]
    assert set(change.fields) == {
        ("title", "Action 1.1.1", "New words"), ("due_on", date(2027, 6, 30), date(2027, 12, 31)),
        ("title_es", "Acción", "Palabras nuevas"),
    }  # fmt: skip
    assert (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values())) == before


def test_importing_does_it_all_and_each_action_keeps_its_history(full: Edition, act: Action, secretariat: User) -> None:
    content = changed(full, _work)
    import_workbook(full, by=secretariat, book=read_workbook(content, sheets()), file="plan.xlsx", sha256="abc")
    fresh = Action.objects.get(pk=act.pk)
    assert (fresh.title, fresh.due_on, fresh.translations["es"]["title"]) == (
        "New words", date(2027, 12, 31), "Palabras nuevas",
    )  # fmt: skip
    added = Action.objects.get(code="2.1.1")
    assert (added.is_public, added.status, added.budget_lines.get().amount) == (False, "on_track", Decimal("0.30"))
    assert added.owner_ids() == {Organisation.objects.get(code="csirt").pk}
    assert next(e.verb for e in audit.history(act)) == "action.imported"
    assert [e.verb for e in audit.history(added)] == ["action.imported"]
    entry = AuditEntry.objects.get(verb="plan.imported")
    assert (entry.detail["file"], entry.detail["rows"]) == ("plan.xlsx", {"added": 6, "changed": 1, "removed": 1})
    assert list(audit.walk()) == []
    assert rehearsed(full, workbook_of(full), secretariat).changes == 0


def test_what_breaks_in_the_middle_of_an_import_leaves_nothing(
    full: Edition, secretariat: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(_edition: Edition) -> None:
        raise RuntimeError("power cut")

    content = changed(full, _work)
    before = (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values()))
    monkeypatch.setattr(workbooks, "renumber", power_cut)  # every row is saved by then
    with pytest.raises(RuntimeError):
        import_workbook(full, by=secretariat, book=read_workbook(content, sheets()))
    assert (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values())) == before


def test_the_sample_country_goes_out_and_comes_back_unchanged(isla: object, secretariat: User) -> None:
    for edition in Edition.objects.all():
        report = rehearsed(edition, workbook_of(edition), secretariat)
        assert (report.problems, report.changes) == ([], 0)
        assert len(report.rows) > 12


def test_nothing_is_removed_by_absence(full: Edition, secretariat: User) -> None:
    def drop_rows(book: Workbook) -> None:
        for name in ("actions", "milestones", "budget"):
            book[name].delete_rows(2, 10)
        del book["risks"]

    assert rehearsed(full, changed(full, drop_rows), secretariat).changes == 0


def test_a_column_left_out_is_left_alone_but_a_key_is_asked_for(full: Edition, secretariat: User) -> None:
    def drop(*columns: str) -> Callable[[Workbook], None]:
        def change(book: Workbook) -> None:
            for column in columns:
                page = book["actions"]
                page.delete_cols([c.value for c in page[1]].index(column) + 1)

        return change

    assert rehearsed(full, changed(full, drop("public_text", "due_on")), secretariat).changes == 0
    report = rehearsed(full, changed(full, drop("objective")), secretariat)
    assert told(report) == [("actions", 1, "objective")]
    assert report.problems[0].sentence == "The column “objective” is missing. Put it back: Code of its objective."


def test_a_missing_code_column_never_breaks_the_import(full: Edition, secretariat: User) -> None:
    def drop_keys(book: Workbook) -> None:
        for name, column in (("actions", "code"), ("milestones", "action"), ("pillars", "code"), ("edition", "code")):
            page = book[name]
            page.delete_cols([c.value for c in page[1]].index(column) + 1)

    report = rehearsed(full, changed(full, drop_keys), secretariat)
    assert {("actions", 1, "code"), ("milestones", 1, "action"), ("pillars", 1, "code")} <= set(told(report))


def test_a_formula_in_every_cell_is_told_and_never_run(full: Edition, secretariat: User) -> None:
    def formulas(book: Workbook) -> None:
        for page in book:
            for row in page.iter_rows(min_row=2):
                for one in row:
                    one.value = '=HYPERLINK("http://example.org/"&A1)'

    report = rehearsed(full, changed(full, formulas), secretariat)
    assert report.changes == 0
    assert {p.sheet for p in report.problems} == {sheet.name for sheet in sheets()}
    assert {p.sentence for p in report.problems} == {
        "This is a formula or its error. Formulas are not read: paste the value."
    }


@pytest.mark.parametrize(
    ("sheet", "column", "value", "says"),
    [
        ("actions", "due_on", "31/12/2026", "“31/12/2026” is not a date here. Write it as 2026-12-31."),
        (
            "actions",
            "due_on",
            date(2026, 8, 31),
            "The start (1 September 2026) comes after the due date (31 August 2026)",
        ),
        ("actions", "objective", "9.9", "There is no objective “9.9” in this edition."),
        ("actions", "person", "nobody", "The register has no person with the code “nobody”. Add them there first."),
        ("actions", "title", None, "This cannot be empty."),
        ("actions", "title", "x" * 301, "Ensure this value has at most 300 characters (it has 301)."),
        ("actions", "is_public", "perhaps", "“perhaps” is neither yes nor no."),
        ("actions", "source_url", "not an address", "Enter a valid URL."),
        (
            "actions",
            "closed_on",
            date(2026, 11, 1),
            "“closed_on” and “closed_by” go together: fill in both or neither.",
        ),
        (
            "actions",
            "on_hold_since",
            date(2027, 1, 1),
            "1 January 2027 is still to come. Give today or a day before it.",
        ),
        ("budget", "currency", "DOLLAR", "“DOLLAR” is not a currency. Use its three letters, for example USD or EUR."),
        ("budget", "amount", "a lot", "“a lot” is not a number. Use digits only, with a point before cents."),
        ("budget", "amount", "1.005", "Money has two digits after the point at most."),
        ("budget", "amount", 10**13, "That is more than any budget. Check the number of zeros."),
        ("budget", "amount", -5, "Money cannot be less than nothing. Enter 0 or more."),
        ("budget", "fiscal_year", 2026.5, "This must be a whole number."),
        ("budget", "id", 999999, "There is no row with this number in the edition. Leave it empty for a new row."),
        ("budget", "action", "9.9.9", "There is no action with this code in the edition."),
        ("participations", "organisation", "nobody", "The register has no organisation with the code “nobody”."),
        ("participations", "part", "boss", "Value 'boss' is not a valid choice."),
        ("participations", "until", date(2025, 1, 1), "The first day (1 January 2026) comes after the last day"),
        ("risks", "impact", 9, "Choose a number from 1 (low) to 5 (high)."),
        ("milestones", "reached_on", date(2030, 1, 1), "1 January 2030 is still to come."),
        ("pillars", "remove", "yes", "It still has objectives."),
        ("edition", "code", "2020-2023", "This is the workbook of another edition. Its code here is 2025-2028."),
    ],
)
def test_every_bad_cell_is_told_with_its_place_and_nothing_is_saved(  # noqa: PLR0917 -- given by name
    full: Edition, secretariat: User, sheet: str, column: str, value: object, says: str
) -> None:
    def two_cells(book: Any) -> None:
        put(book, "actions", "internal_notes", "new")
        put(book, sheet, column, value)

    content = changed(full, two_cells)
    report = rehearsed(full, content, secretariat)
    assert (sheet, 2, column) in told(report)
    (problem,) = [p for p in report.problems if (p.sheet, p.row, p.column) == (sheet, 2, column)]
    assert problem.sentence.startswith(says)
    before = AuditEntry.objects.count()
    with pytest.raises(WorkbookRefused):
        import_workbook(full, by=secretariat, book=read_workbook(content, sheets()))
    assert AuditEntry.objects.count() == before
    assert Action.objects.get(edition=full).internal_notes == "+notes"


def test_blank_rows_are_skipped_and_codes_are_said_once(full: Edition, secretariat: User) -> None:
    def change(book: Workbook) -> None:
        book["actions"].insert_rows(2, 3)
        add(book, "pillars", code="1", title="Again")

    report = rehearsed(full, changed(full, change), secretariat)
    assert told(report) == [("pillars", 3, "code")]
    assert report.problems[0].sentence == "Row 2 says the same code. Keep one of them."


def test_a_sheet_or_column_that_nobody_knows_is_told(full: Edition, secretariat: User) -> None:
    def change(book: Workbook) -> None:
        book["risks"].title = "riks"
        book["actions"].cell(row=1, column=60, value="colour")

    report = rehearsed(full, changed(full, change), secretariat)
    assert set(told(report)) == {("riks", 0, ""), ("actions", 1, "colour")}


def test_an_action_with_open_milestones_cannot_be_closed_by_a_workbook(full: Edition, secretariat: User) -> None:
    def close(book: Workbook) -> None:
        put(book, "actions", "closed_on", date(2026, 11, 20))
        put(book, "actions", "closed_by", "Minister")

    def close_and_tick(book: Workbook) -> None:
        close(book)
        for row in (2, 3):
            put(book, "milestones", "reached_on", date(2026, 11, 1), row=row)

    assert told(rehearsed(full, changed(full, close), secretariat)) == [("actions", 2, "closed_on")]
    assert rehearsed(full, changed(full, close_and_tick), secretariat).problems == []


def test_what_was_reported_on_is_not_removed_by_a_workbook(full: Edition, act: Action, secretariat: User) -> None:
    first = act.milestones.first()
    assert first is not None
    reach_milestone(first, by=SYSTEM)
    report = rehearsed(full, changed(full, lambda book: put(book, "actions", "remove", "yes")), secretariat)
    assert told(report) == [("actions", 2, "remove")]


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


def test_a_hundred_thousand_rows_stop_being_read(country: object) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("pillars")
    page.append(["code", "title"])
    for number in range(100_000):
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
    assert told(report) == [("participations", 2, "id")]
    assert Pillar.objects.filter(edition=other).count() == 1
