"""A ministry's untidy tracker, from the file to the plan and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, Refused
from floreo.core.importing import Remark
from floreo.core.models import AuditEntry
from floreo.imports.actions import (
    forget_old_sheets,
    import_rows,
    remove_import,
    rows_of,
    sheets_of,
    take_profile,
    undo_import,
)
from floreo.imports.choosing import field_texts
from floreo.imports.matching import likely
from floreo.imports.models import KEPT_DAYS, ImportProfile, SheetImport, UploadedSheets
from floreo.imports.planning import Outcome, Reading
from floreo.imports.tables import HEADING, SHEET, SheetTable
from floreo.organisations.models import Country, Organisation, Place
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition, Participation, Pillar, Update
from tests.imports.making import (
    begun,
    chosen,
    faults,
    field_of,
    imported,
    matched,
    outcomes,
    planned,
    untidy_tracker,
    workbook,
)
from tests.strategy.test_own_fields import field as own_field

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
OPEN = {"lead": {"*": "+"}, "partners": {"*": "+", "Police": "national-police"}, "pillar": {"*": "+"}}


def tracker() -> SheetImport:
    run = begun("actions", untidy_tracker(), scope="2025-2028")
    return matched(run, date(2026, 10, 15), {HEADING: "pillar"})


@pytest.fixture
def ready(edition: Edition) -> SheetImport:
    run = chosen(tracker(), **OPEN)
    return chosen(
        run,
        lead={"Min. of Justice": "moj", "Nat. CSIRT": "national-csirt"},
        pillar={"PILLAR 1: Governance and law": "1"},
    )


def test_its_tables_and_columns_are_found(edition: Edition) -> None:
    run = begun("actions", untidy_tracker(), scope="2025-2028")
    assert run.parts == [
        {"sheet": 0, "header_row": 4, "header_rows": 1, "last": 10},
        {"sheet": 1, "header_row": 1, "header_rows": 1, "last": 4},
    ]
    assert field_of(run) == {
        "No.": "code",
        "Activity": "title",
        "Lead Agency": "lead",
        "Supporting": "partners",
        "Start": "starts_on",
        "Deadline": "due_on",
        "Status": "status",
        "%": "",
        "Remarks": "progress",
        SHEET: "",
        HEADING: "",
    }
    assert [c["format"] for c in run.columns if c["field"] in {"starts_on", "due_on"}] == ["dmy", "dmy"]


def test_what_nobody_is_called_so_is_asked_with_the_likely_ones(edition: Edition) -> None:
    run = tracker()
    found = field_texts(
        rows_of(run, SYSTEM),
        sheets_of(run),
        Reading([SheetTable.from_json(p) for p in run.parts], run.columns, run.values),
    )
    asked = {
        text.text: (best.key if (best := likely(text.suggestions)) else None)
        for of_field in found
        for text in of_field.open_texts
    }
    assert asked == {
        "PILLAR 1: Governance and law": None,
        "PILLAR 2: Skills": None,
        "PILLAR 3: Protection": None,
        "Min. of Justice": "moj",
        "Nat. CSIRT": "national-csirt",
        "Police": None,
        "Attorney General": None,
        "University of Prueba": None,
    }
    police = next(text for of_field in found for text in of_field.texts if text.text == "Police")
    assert {each.option.key for each in police.suggestions} >= {"national-police", "harbour-police"}


def test_rows_whose_values_are_not_decided_are_refused(edition: Edition) -> None:
    plan = planned(tracker())
    assert plan.counts == {"new": 0, "changed": 0, "same": 0, "refused": 6, "skipped": 3}
    assert faults(plan)[0] == (
        6,
        "Lead Agency",
        "It is not known what this is. Choose it on the page of values. (Min. of Justice)",
    )


def test_the_rehearsal_shows_each_row(ready: SheetImport) -> None:
    plan = planned(ready)
    assert outcomes(plan) == [
        ("2025", 5, "skipped"),
        ("2025", 6, "new"),
        ("2025", 7, "new"),
        ("2025", 8, "new"),
        ("2025", 9, "skipped"),
        ("2025", 10, "new"),
        ("2026", 2, "skipped"),
        ("2026", 3, "new"),
        ("2026", 4, "refused"),
    ]
    assert faults(plan) == [(4, "", "It repeats row 3 of “2026”.")]
    assert [str(each) for each in plan.results[2].remarks] == ["Status in the file: Done. Calculated: Late."]
    assert not Action.objects.exists(), "a rehearsal writes nothing"


@pytest.mark.long
def test_it_becomes_a_plan(ready: SheetImport, edition: Edition) -> None:
    run = imported(ready)
    assert run.counts == {"new": 5, "changed": 0, "same": 0, "refused": 1, "skipped": 3}
    rows = [
        (act.objective.pillar.code, act.code, act.title, act.starts_on, act.due_on)
        for act in Action.objects.select_related("objective__pillar")
    ]
    assert rows == [
        ("1", "1.1", "Adopt the cybercrime bill", date(2025, 3, 1), date(2026, 12, 31)),
        ("1", "1.2", "Set up the national committee", date(2025, 1, 15), date(2025, 6, 30)),
        ("1", "1.3", "Publish the yearly report", date(2026, 1, 5), date(2026, 12, 31)),
        ("2", "2.1", "Train 200 officials", date(2025, 2, 1), date(2027, 3, 31)),
        ("3", "3.1", "Map the essential services", date(2025, 3, 2), date(2026, 12, 31)),
    ]
    assert [pillar.title for pillar in Pillar.objects.all()] == ["Law", "Skills", "Protection"]
    parts = {(p.action.code, p.part, p.organisation.name) for p in Participation.objects.all()}
    assert parts == {
        ("1.1", "lead", "Ministry of Justice"),
        ("1.1", "support", "National Police"),
        ("1.1", "support", "Attorney General"),
        ("1.2", "lead", "Ministry of Digital Affairs"),
        ("1.3", "lead", "Ministry of Digital Affairs"),
        ("1.3", "support", "National CSIRT"),
        ("2.1", "lead", "National CSIRT"),
        ("2.1", "support", "University of Prueba"),
        ("3.1", "lead", "Utilities Regulator"),
        ("3.1", "support", "Ministry of Digital Affairs"),
        ("3.1", "support", "National CSIRT"),
    }
    made = Organisation.objects.get(name="Attorney General")
    assert (made.is_public, made.kind, made.source) == (False, "justice", "Spreadsheet: tracker.xlsx")
    update = Update.objects.get(action__code="1.1")
    assert (update.done, update.on, update.is_public) == (
        "Status in the file: On track. Second reading held",
        date(2026, 10, 15),
        False,
    )
    assert not UploadedSheets.objects.exists()


@pytest.mark.long
def test_its_status_words_never_set_a_status(ready: SheetImport) -> None:
    imported(ready)
    assert [(act.code, act.status, act.override) for act in Action.objects.all()] == [
        ("1.1", "on_track", ""),
        ("1.2", "late", ""),
        ("1.3", "on_track", ""),
        ("2.1", "on_track", ""),
        ("3.1", "on_track", ""),
    ]
    run = SheetImport.objects.get()
    sentence = "Status in the file: %(theirs)s. Calculated: %(ours)s."
    row = ["2025", 7, "1.2 Set up the national committee", [sentence, {}, {"theirs": "Done", "ours": "Late"}]]
    assert row in run.remarks
    with override("es"):
        assert (
            str(Remark(sentence, labels={"theirs": "Done", "ours": "Late"}))
            == "Estado en el archivo: Terminada. Calculado: Atrasada."
        )


@pytest.mark.long
def test_the_same_file_again_changes_nothing_and_asks_nothing(ready: SheetImport) -> None:
    imported(ready)
    again = begun("actions", untidy_tracker(), scope="2025-2028", as_of=date(2026, 10, 15))
    assert again.profile == ImportProfile.objects.get()
    plan = planned(again)
    assert plan.counts == {"new": 0, "changed": 0, "same": 5, "refused": 1, "skipped": 3}
    with pytest.raises(Refused, match="nothing to import"):
        import_rows(again, by=SYSTEM, seen=plan.digest)


@pytest.mark.long
def test_one_undo_takes_all_of_it_back(ready: SheetImport, edition: Edition) -> None:
    before = Organisation.objects.count(), Pillar.objects.count()
    run = imported(ready)
    run = undo_import(run, by=SYSTEM)
    assert (Action.objects.count(), Update.objects.count(), Participation.objects.count()) == (0, 0, 0)
    assert (Organisation.objects.count(), Pillar.objects.count()) == before
    assert run.undone_at is not None
    with pytest.raises(Refused, match="undone already"):
        undo_import(run, by=SYSTEM)


@pytest.mark.long
def test_an_undo_leaves_what_somebody_changed_since(ready: SheetImport) -> None:
    run = imported(ready)
    update_action(Action.objects.get(code="1.2"), by=SYSTEM, title="Set up the committee")
    add_update(Action.objects.get(code="2.1"), by=SYSTEM, done="The first course ended.")
    run = undo_import(run, by=SYSTEM)
    assert sorted(Action.objects.values_list("code", flat=True)) == ["1.2", "2.1"]
    assert Update.objects.filter(done="The first course ended.").exists()
    assert run.counts["stays"] > 0


@pytest.mark.long
def test_import_and_undo_are_one_act_each(ready: SheetImport) -> None:
    number = AuditEntry.objects.latest("number").number
    run = undo_import(imported(ready), by=SYSTEM)
    entries = AuditEntry.objects.filter(number__gt=number).order_by("number")
    assert [entry.verb for entry in entries] == ["import.imported", "import.undone"]
    assert entries[0].detail["rows"]["new"] == 5
    assert entries[0].subject == f"imports.sheetimport:{run.pk}"


@pytest.mark.long
def test_what_was_shown_is_what_is_written(ready: SheetImport) -> None:
    seen = planned(ready).digest
    chosen(ready, lead={"Nat. CSIRT": "moda"})
    with pytest.raises(Changed):
        import_rows(ready, by=SYSTEM, seen=seen)
    assert not Action.objects.exists()


def test_updates_need_the_day_of_the_file(edition: Edition) -> None:
    run = matched(begun("actions", untidy_tracker(), scope="2025-2028"), None, {HEADING: "pillar"})
    with pytest.raises(Refused, match="day of the file"):
        planned(run)


@pytest.mark.long
def test_a_changed_row_shows_its_fields_and_is_given_back(ready: SheetImport) -> None:
    imported(ready)
    act = Action.objects.get(code="1.3")
    update_action(act, by=SYSTEM, due_on=date(2026, 11, 30), title="Yearly report")
    again = begun("actions", untidy_tracker(), scope="2025-2028", as_of=date(2026, 10, 15))
    (result,) = planned(again).of(Outcome.CHANGED)
    assert [(d.label, d.before, d.after) for d in result.differences] == [
        ("Working title", "Yearly report", "Publish the yearly report"),
        ("Due date", "30 November 2026", "31 December 2026"),
    ]
    undo_import(imported(again), by=SYSTEM)
    act.refresh_from_db()
    assert (act.title, act.due_on) == ("Yearly report", date(2026, 11, 30))


def test_a_file_is_removed_and_nothing_of_it_was_written(edition: Edition) -> None:
    run = begun("actions", untidy_tracker(), scope="2025-2028")
    remove_import(run, by=SYSTEM)
    assert not SheetImport.objects.exists()
    assert not UploadedSheets.objects.exists()


@pytest.mark.long
def test_an_import_is_not_removed_but_undone(ready: SheetImport) -> None:
    run = imported(ready)
    with pytest.raises(Refused, match="imported already"):
        remove_import(run, by=SYSTEM)


def test_sheets_that_nobody_imports_go_after_two_weeks(edition: Edition) -> None:
    run = begun("actions", untidy_tracker(), scope="2025-2028")
    assert forget_old_sheets() == 0
    SheetImport.objects.update(at=clock.now() - timedelta(days=KEPT_DAYS + 1))
    assert forget_old_sheets() == 1
    with pytest.raises(Refused, match="no longer kept"):
        sheets_of(run)


def test_a_profile_of_the_same_name_is_replaced(edition: Edition) -> None:
    text = 'target = "actions"\nname = "Ministry"\n[columns]\n"{head}" = {{ field = "title" }}\n'
    take_profile("actions", by=SYSTEM, text=text.format(head="what"))
    profile = take_profile("actions", by=SYSTEM, text=text.format(head="activity"))
    assert (ImportProfile.objects.get(), list(profile.columns)) == (profile, ["activity"])


# --- What a column holds says more than what it is called ---------------------------------------------------------


def simple(*columns: str, rows: Sequence[tuple[object, ...]]) -> SheetImport:
    return begun("actions", workbook(("Plan", [columns, *rows])), scope="2025-2028")


def test_a_progress_column_of_status_words_is_the_status(edition: Edition) -> None:
    rows = [("Train clerks", "In progress"), ("Buy locks", "Completed"), ("Open a line", "Not started")]
    run = simple("Action", "Progress", rows=rows)
    assert [(c["field"], c["certainty"]) for c in run.columns] == [("title", "name"), ("status", "values")]
    run = simple(
        "Acción", "Avances", rows=[("Capacitar", "En curso"), ("Comprar", "Completado"), ("Abrir", "Pendiente")]
    )
    assert field_of(run) == {"Acción": "title", "Avances": "status"}


def test_a_progress_column_of_one_status_word_is_the_status(edition: Edition) -> None:
    run = simple("Action", "Progress", rows=[("Train clerks", "Ongoing"), ("Buy locks", "Ongoing")])
    assert field_of(run)["Progress"] == "status"


@pytest.mark.parametrize(
    "texts",
    [
        ("Two workshops were held", "The tender is out", "Ongoing"),  # one word of three
        ("Completed the first of two workshops", "In progress since May", "Not started for lack of money"),  # sentences
    ],
)
def test_a_progress_column_of_sentences_is_what_was_done(edition: Edition, texts: tuple[str, ...]) -> None:
    run = simple("Action", "Progress", rows=[(f"Action {n}", text) for n, text in enumerate(texts)])
    assert field_of(run)["Progress"] == "progress"


def test_where_a_column_is_called_status_the_progress_column_keeps_its_own(edition: Edition) -> None:
    rows = [("Train clerks", "Green", "Completed"), ("Buy locks", "Red", "Ongoing")]
    run = simple("Action", "Status", "Progress", rows=rows)
    assert field_of(run) == {"Action": "title", "Status": "status", "Progress": "progress"}


# --- Fields of the country's own ----------------------------------------------------------------------------------


@pytest.fixture
def own(edition: Edition) -> Country:
    """Fields as a pack declares them, one of each kind, one of them internal."""
    country = Country.objects.get()
    country.action_fields = [
        own_field("nature", "choice", choices=("law", "course")),
        own_field("people", "number"),
        own_field("review", "date"),
        own_field("where", "place"),
        own_field("opinion", "text", public=False),
    ]
    country.save()
    Place.objects.create(code="XP-N", name="North", kind="district", translations={"es": {"name": "Norte"}})
    return country


OWN_HEADS = ("No.", "Action", "Pillar", "Objective", "nature es", "People", "Review", "Where", "Opinion")
OWN_ROW = ("7.1.1", "Train clerks", "One", "First", "course es", "1,200.50", "2027-05-31", "Norte", "Only for us")


def test_own_fields_of_the_pack_are_columns(own: Country, edition: Edition) -> None:
    run = simple(*OWN_HEADS, rows=[OWN_ROW])
    assert list(field_of(run).values())[4:] == ["own.nature", "own.people", "own.review", "own.where", "own.opinion"]
    run = chosen(matched(run, people="own.people"), pillar={"One": "+"}, objective={"First": "+"})
    assert faults(planned(run)) == []
    run = imported(run)
    act = Action.objects.get(code="7.1.1")
    assert act.own == {"nature": "course", "people": "1200.5", "review": "2027-05-31", "where": "XP-N"}
    assert act.own_internal == {"opinion": "Only for us"}
    assert outcomes(planned(simple(*OWN_HEADS, rows=[OWN_ROW]))) == [("Plan", 2, "same")]

    again = simple(*OWN_HEADS, rows=[(*OWN_ROW[:5], "30", "", "", "")])
    (result,) = planned(again).results
    assert [(d.label, d.before, d.after) for d in result.differences] == [("People", "1,200.5", "30")]
    again = imported(again)
    act.refresh_from_db()
    assert act.own == {
        "nature": "course",
        "people": "30",
        "review": "2027-05-31",
        "where": "XP-N",
    }  # empty cells take nothing
    undo_import(again, by=SYSTEM)
    act.refresh_from_db()
    assert act.own["people"] == "1200.5"


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (4, "a feast", "It is not known what this is. Choose it on the page of values. (a feast)"),
        (5, "many", "This is no number that can be read. (many)"),
        (6, "soon", "This is no date that can be read. (soon)"),
        (7, "Atlantis", "It is not known what this is. Choose it on the page of values. (Atlantis)"),
        (8, "x" * 2001, "“Opinion” is too long. It can have 2000 characters."),
    ],
)
def test_what_an_own_field_cannot_hold_is_refused_at_its_column(
    own: Country, edition: Edition, at: int, value: str, sentence: str
) -> None:
    row = [*OWN_ROW]
    row[at] = value
    names = ["own.nature", "own.people", "own.review", "own.where", "own.opinion"]
    run = simple(*OWN_HEADS, rows=[tuple(row)])
    also = dict(zip(("nature_es", "people", "review", "where", "opinion"), names, strict=True))
    run = chosen(matched(run, None, also), pillar={"One": "+"}, objective={"First": "+"})
    assert [(column, text) for _row, column, text in faults(planned(run))] == [(OWN_HEADS[at], sentence)]
