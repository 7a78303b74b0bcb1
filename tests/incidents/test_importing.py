"""Old cases from a file: read in both languages, nothing guessed, undone as a whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.incidents import importing
from floreo.incidents.actions.cases import open_case, reopen
from floreo.incidents.actions.importing import begin_import, import_cases, import_part, undo_import
from floreo.incidents.actions.parts import link_case
from floreo.incidents.import_text import kept_sentence
from floreo.incidents.models import Case, CaseLink, Clock, ImportRun, LogEntry
from floreo.organisations.models import User
from tests.incidents.desk import a_rule

pytestmark = pytest.mark.django_db

ENGLISH = """reference,title,received,closed,type,severity,sector,summary
2019-1,Website altered,2019-03-12 09:30,2019-03-20,defacement,High,Education and research,=HYPERLINK("http://x.example")
,"Files, locked",12/04/2019,2019-05-02,malicious-code/infected-system,,,
"""
SPANISH = "título;recibido;cerrado;gravedad;estado\nCorreo falso;2020-01-02;;Baja;Abierto\n"


def _read(text: str, encoding: str = "utf-8") -> importing.Read:
    return importing.read(text.encode(encoding), "old.csv")


def _sentences(text: str) -> list[str]:
    return [str(problem) for problem in _read(text).problems]


def test_cases_are_read_in_english_and_in_spanish_and_text_stays_text() -> None:
    run = import_cases(_read(ENGLISH), by=SYSTEM)
    first, second = Case.objects.order_by("received_at")
    assert (first.reference, first.rsit_class, first.severity, first.sector, first.state, first.is_imported) == (
        "2019-1",
        "information-content-security",
        "high",
        "education",
        "closed",
        True,
    )
    assert (first.summary, second.reference, second.title) == (
        '=HYPERLINK("http://x.example")',
        "OLD-2019-00001",
        "Files, locked",
    )
    assert (run.cases, LogEntry.objects.filter(what="imported").count()) == (["2019-1", "OLD-2019-00001"], 2)
    spanish = _read(SPANISH, "cp1252")
    assert (spanish.encoding, next(dict(row.fields) for row in spanish.rows)["severity"]) == ("cp1252", "low")
    assert spanish.rows[0].fields["state"] == "open"


def test_each_wrong_cell_has_its_line_its_column_and_its_sentence() -> None:
    text = (
        "reference,title,received,closed,type,severity\n"
        "a b,,2019-13-01,2019-01-01,weather,awful\n"
        "1,Good,2019-01-02,2019-01-01,,\n"
        "2,Good,2019-01-02,,,\n"
        "3,Good,2031-01-02,2031-01-03,,\n"
        "4,Good,2019-01-01,2019-01-02,,\n"
        "4,Good,2019-01-01,2019-01-02,,\n"
        "5,Good,2019-01-01,2019-01-02,,,,extra\n"
    )
    assert _sentences(text) == [
        "Line 2, reference: A reference has at most 20 characters: A to Z, digits, hyphens.",
        "Line 2, received: Write the day as 2019-03-12 or 12/03/2019, day first, with or without 14:30.",
        "Line 2, type: This is no type of RSIT or of CSIRTAmericas.",
        "Line 2, severity: It is none of: unknown, low, medium, high, critical.",
        "Line 3, closed: It is before “received”.",
        "Line 4, closed: A closed case needs the day on which it was closed.",
        "Line 5, received: It is still to come.",
        "Line 5, closed: It is still to come.",
        "Line 7, reference: Line 6 has the same reference.",
        "Line 8: It has more cells than the header.",
    ]
    with pytest.raises(Refused, match="Nothing was imported: 10 problems"):
        import_cases(_read(text), by=SYSTEM)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x01\x02title", "This file is not text"),
        (b"title\nA\n", "The header has no column “received”"),
        (b"title,received,title\n", "twice"),
        (b"title,received\n", "a header and no row"),
        ("\ufefftitle,received,closed\n".encode("utf-16"), "a header and no row"),
        (b'title,received\n"open, 2019-01-01\n', ""),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(content: bytes, sentence: str) -> None:
    if not sentence:
        assert next(str(p) for p in importing.read(content, "x.csv").problems).startswith("Line 2: The file breaks off")
        return
    with pytest.raises(Refused, match=sentence):
        importing.read(content, "x.csv")


def test_where_a_file_breaks_off_is_the_line_at_which_that_row_begins() -> None:
    content = b'title,received\nA,2019-01-01\n\n,\n"open, 2019-01-01\nB,2019-01-02\n'
    assert importing.read(content, "x.csv").problems[-1].line == 5


def test_an_import_is_undone_but_for_a_case_that_somebody_worked_on() -> None:
    run = import_cases(_read(ENGLISH), by=SYSTEM)
    with pytest.raises(Refused, match="imported already, as number"):
        import_cases(_read(ENGLISH), by=SYSTEM)
    reopen(Case.objects.get(reference="2019-1"), by=SYSTEM, reason="The page is back.")
    assert undo_import(run, by=SYSTEM) == 1
    run.refresh_from_db()
    assert [case.reference for case in Case.objects.all()] == run.cases == ["2019-1"]
    assert kept_sentence(run.cases) == ("The import was undone. 1 case stays, since somebody worked on it: 2019-1.")
    with pytest.raises(Refused, match="undone already"):
        undo_import(run, by=SYSTEM)


@pytest.mark.long
def test_rows_go_in_by_many_and_not_one_by_one(django_assert_max_num_queries: object) -> None:
    rows = "".join(f"Case {n},2019-01-01,2019-01-02\n" for n in range(1000))
    read = _read("title,received,closed\n" + rows)
    run = begin_import(by=SYSTEM, name="many.csv", sha256="1" * 64)
    with django_assert_max_num_queries(100):  # type: ignore[operator]  # a fixture of pytest-django
        import_part(run, by=SYSTEM, rows=read.rows)
    assert (Case.objects.count(), ImportRun.objects.get().cases[-1]) == (1000, "OLD-2019-01000")


def test_a_case_that_is_open_has_its_clocks_at_once_and_a_closed_one_none() -> None:
    a_rule()
    run = import_cases(
        _read("title,received,closed,state\nOpen one,2019-01-01,,open\nClosed one,2019-01-01,2019-01-02,\n"), by=SYSTEM
    )
    assert list(Clock.objects.values_list("case__title", "rule")) == [("Open one", "early-warning")]
    assert undo_import(run, by=SYSTEM) == 0
    assert Clock.objects.count() == 0


def test_an_imported_red_case_is_read_by_who_imported_it_and_a_linked_one_is_not_removed(
    user_with: Callable[..., User],
) -> None:
    ana = user_with("responder")
    rows = "title,received,closed,marking\nOne,2019-01-01,2019-01-02,RED\nTwo,2019-01-01,2019-01-02,AMBER\n"
    run = import_cases(_read(rows + "Three,2019-01-01,2019-01-02,\n"), by=ana)
    one, two, _three = Case.objects.order_by("pk")
    assert list(Case.objects.visible_to(ana).filter(tlp="RED")) == [one]
    link_case(two, by=ana, other=open_case(by=ana, title="New"))
    assert undo_import(run, by=ana) == 1
    assert set(Case.objects.values_list("title", flat=True)) == {"Two", "New"}
    assert CaseLink.objects.count() == 1
