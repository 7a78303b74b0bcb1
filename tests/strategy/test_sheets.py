"""The plan as a workbook: what goes out comes back unchanged, and changes are shown before they are saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from floreo.core import audit
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import workbooks
from floreo.strategy.actions.workbooks import import_workbook
from floreo.strategy.models import Action, BudgetLine, Edition, Milestone
from floreo.strategy.sheets.columns import CUT, LONGEST, sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of
from tests.examples import drawn
from tests.strategy.workbooks import add, cell, changed, places_of, put, rehearsed


def test_what_goes_out_comes_back_unchanged(full: Edition, secretariat: User) -> None:
    before = AuditEntry.objects.count()
    report = rehearsed(full, workbook_of(full), secretariat)
    assert (report.problems, report.changes) == ([], 0)
    assert {row.sheet for row in report.rows} == {sheet.name for sheet in sheets()}, "every sheet had a row to compare"
    assert AuditEntry.objects.count() == before


@pytest.mark.long
def test_it_survives_a_spreadsheet_program_that_saves_it_anew(full: Edition, secretariat: User) -> None:
    report = rehearsed(full, changed(full, lambda book: None), secretariat)
    assert (report.problems, report.changes) == ([], 0)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60)


@pytest.mark.long
@settings(
    max_examples=drawn(40, in_the_gate=15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(title="_x0041_ \\ &amp;", note="\u2028", day=None, amount=Decimal("0.10"))
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


@pytest.mark.long
def test_a_text_longer_than_a_cell_is_cut_in_the_file_and_not_in_the_plan(full: Edition, secretariat: User) -> None:
    long = "word " * 8000
    Action.objects.update(internal_notes=long)
    content = workbook_of(full)
    shown = cell(openpyxl.load_workbook(io.BytesIO(content)), "actions", "internal_notes").value
    assert shown.endswith(CUT)
    assert len(shown) <= LONGEST + len(CUT)
    assert rehearsed(full, content, secretariat).changes == 0


@pytest.mark.long
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
    add(book, "participations", action="2.1.1", organisation="csirt", part="lead", starts_on=date(2026, 1, 1))
    add(book, "budget", action="2.1.1", fiscal_year=2026, currency="USD", amount=0.1 + 0.2)


@pytest.mark.long
def test_a_rehearsal_says_what_would_happen_and_does_nothing(full: Edition, secretariat: User) -> None:
    before = (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values()))
    report = rehearsed(full, changed(full, _work), secretariat)
    assert report.problems == []
    assert [(r.sheet, r.number, r.what) for r in report.rows if r.what != "same"] == [
        ("pillars", 3, "added"),
        ("objectives", 3, "added"),
        ("actions", 2, "changed"),
        ("milestones", 3, "removed"),
        ("actions", 3, "added"),
        ("milestones", 4, "added"),
        ("participations", 3, "added"),
        ("budget", 3, "added"),
    ]
    (change,) = [r for r in report.of("changed") if r.sheet == "actions"]
    assert set(change.fields) == {
        ("title", "Action 1.1.1", "New words"),
        ("due_on", date(2027, 6, 30), date(2027, 12, 31)),
        ("title_es", "Acción", "Palabras nuevas"),
    }
    assert (AuditEntry.objects.count(), list(Action.objects.values()), list(Milestone.objects.values())) == before


@pytest.mark.long
def test_importing_does_it_all_and_each_action_keeps_its_history(full: Edition, act: Action, secretariat: User) -> None:
    content = changed(full, _work)
    import_workbook(full, by=secretariat, book=read_workbook(content, sheets()), file="plan.xlsx", sha256="abc")
    fresh = Action.objects.get(pk=act.pk)
    assert (fresh.title, fresh.due_on, fresh.translations["es"]["title"]) == (
        "New words",
        date(2027, 12, 31),
        "Palabras nuevas",
    )
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


@pytest.mark.long
def test_the_sample_country_goes_out_and_comes_back_unchanged(isla: object, secretariat: User) -> None:
    for edition in Edition.objects.all():
        report = rehearsed(edition, workbook_of(edition), secretariat)
        assert (report.problems, report.changes) == ([], 0)
        assert len(report.rows) > 12


@pytest.mark.long
def test_nothing_is_removed_by_absence(full: Edition, secretariat: User) -> None:
    def drop_rows(book: Workbook) -> None:
        for name in ("actions", "milestones", "budget"):
            book[name].delete_rows(2, 10)
        del book["risks"]

    assert rehearsed(full, changed(full, drop_rows), secretariat).changes == 0


@pytest.mark.long
def test_a_column_left_out_is_left_alone_but_a_key_is_asked_for(full: Edition, secretariat: User) -> None:
    def drop(*columns: str) -> Callable[[Workbook], None]:
        def change(book: Workbook) -> None:
            for column in columns:
                page = book["actions"]
                page.delete_cols([c.value for c in page[1]].index(column) + 1)

        return change

    assert rehearsed(full, changed(full, drop("public_text", "due_on")), secretariat).changes == 0
    report = rehearsed(full, changed(full, drop("objective")), secretariat)
    assert places_of(report) == [("actions", 1, "objective")]
    assert report.problems[0].sentence == "The column “objective” is missing. Add it again: Its code."


@pytest.mark.long
def test_a_missing_code_column_never_breaks_the_import(full: Edition, secretariat: User) -> None:
    def drop_keys(book: Workbook) -> None:
        for name, column in (("actions", "code"), ("milestones", "action"), ("pillars", "code"), ("edition", "code")):
            page = book[name]
            page.delete_cols([c.value for c in page[1]].index(column) + 1)

    report = rehearsed(full, changed(full, drop_keys), secretariat)
    assert {("actions", 1, "code"), ("milestones", 1, "action"), ("pillars", 1, "code")} <= set(places_of(report))
