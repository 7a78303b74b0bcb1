"""The filled pack: in the order of the questionnaire, only what may leave, no name twice, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from floreo.core.access import SYSTEM
from floreo.evidence.actions import attach, withdraw
from floreo.evidence.models import Evidence
from floreo.frameworks import actions as acts
from floreo.frameworks import export, queries
from floreo.frameworks.logic import Purpose
from floreo.frameworks.models import Assessment
from floreo.organisations.models import User
from tests.evidence.making import make_file, make_link
from tests.frameworks.making import TODAY, make_assessment

pytestmark = pytest.mark.usefixtures("today")
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def put(assessment: Assessment, code: str, evidence: Evidence, note: str = "") -> None:
    attach(evidence, by=SYSTEM, thing=assessment.answers.get(item__code=code), note=note)


def rows_of(
    assessment: Assessment, purpose: Purpose = Purpose.SEND, *, viewer: Any = SYSTEM
) -> list[export.FilledItem]:
    return export.filled(queries.sheet(assessment.in_version, assessment, viewer), purpose, TODAY)


def opened(assessment: Assessment, purpose: Purpose = Purpose.SEND) -> zipfile.ZipFile:
    sheet = queries.sheet(assessment.in_version, assessment, SYSTEM)
    rows = export.filled(sheet, purpose, TODAY)
    return zipfile.ZipFile(export.Archive(sheet, rows, headline="=OWN 2026", notes=["A note."], at=AT).write())


def test_items_stand_in_the_order_of_the_questionnaire_with_what_is_missing(user_with: Any, secretariat: User) -> None:
    assessment = make_assessment()
    answer = assessment.answers.get(item__code="A-1")
    acts.rate(answer, by=user_with("lead"), level="0.5", reason="=cmd|' /C calc'!A0")
    acts.review_answer(answer, by=secretariat, level="0.5")
    acts.rate(assessment.answers.get(item__code="B-1"), by=user_with("analyst"), level=1, reason="Yes.")
    put(assessment, "A-1", make_link("Act"))
    found = [(r.line.item.code, r.level_word, r.missing) for r in rows_of(assessment)]
    assert found == [
        ("A", "", ()),
        ("A-1", "Partly", ()),
        ("A-2", "", ("Not rated", "No evidence")),
        ("B", "", ()),
        ("B-1", "", ("Not reviewed", "No evidence")),
    ]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("tlp", "sent", "kept"),
    [
        ("CLEAR", True, True),
        ("GREEN", True, True),
        ("AMBER", False, True),
        ("AMBER+STRICT", False, True),
        ("RED", False, False),
    ],
)
def test_evidence_leaves_as_its_marking_says(tlp: str, sent: bool, kept: bool) -> None:
    assessment = make_assessment()
    put(assessment, "A-1", make_file("Secret name", name="secret.pdf", tlp=tlp))
    for purpose, goes in ((Purpose.SEND, sent), (Purpose.KEEP, kept)):
        archive = opened(assessment, purpose)
        assert ("A-1/secret.pdf" in archive.namelist()) is goes
        for name in ("index.html", "index.csv"):
            assert (b"Secret name" in archive.read(name)) is goes
        row = next(r for r in rows_of(assessment, purpose) if r.line.item.code == "A-1")
        assert row.kept_back == (0 if goes else 1)
        if not goes:
            assert "None of its evidence can be sent, because of its marking" in row.missing


def test_what_was_withdrawn_does_not_leave() -> None:
    assessment = make_assessment()
    evidence = make_file("Old", name="old.pdf")
    put(assessment, "A-1", evidence)
    withdraw(evidence, by=SYSTEM, reason="Replaced.")
    assert opened(assessment).namelist() == ["index.html", "index.csv", "answers.xlsx", "SHA256SUMS.txt"]


def test_two_files_of_one_name_both_lie_there_and_one_file_of_two_items_once() -> None:
    assessment = make_assessment()
    for title, name in (("One", "minutes.pdf"), ("Two", "minutes.pdf"), ("Three", "MINUTES.PDF")):
        put(assessment, "A-1", make_file(title, name=name))
    both = make_file("Both", name="both.pdf")
    put(assessment, "A-1", both)
    put(assessment, "B-1", both)
    archive = opened(assessment)
    assert [n for n in archive.namelist() if "/" in n] == [
        "A-1/minutes.pdf",
        "A-1/minutes (2).pdf",
        "A-1/MINUTES (3).PDF",
        "A-1/both.pdf",
    ]
    lines = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    assert [line["file"] for line in lines if line["item"] == "B-1"] == ["A-1/both.pdf"]


def test_checksums_are_those_of_the_files() -> None:
    assessment = make_assessment()
    evidence = make_file("Minutes")
    put(assessment, "A-1", evidence)
    archive = opened(assessment)
    lines = [line.split("  ", 1) for line in archive.read("SHA256SUMS.txt").decode().splitlines()]
    sums = {path: digest for digest, path in lines}
    assert sums == {n: hashlib.sha256(archive.read(n)).hexdigest() for n in archive.namelist() if n != "SHA256SUMS.txt"}
    assert sums["A-1/minutes.pdf"] == evidence.sha256


def test_a_file_that_is_gone_or_changed_is_told_and_stops_nothing(own_disk: Any) -> None:
    assessment = make_assessment()
    gone, changed = make_file("Gone", name="gone.pdf"), make_file("Changed", name="changed.pdf")
    put(assessment, "A-1", gone)
    put(assessment, "A-1", changed)
    gone.file.delete(save=False)
    (own_disk / changed.file.name).chmod(0o644)
    (own_disk / changed.file.name).write_bytes(b"other")
    page = opened(assessment).read("index.html").decode()
    assert "Its file is no longer on the server, so it is not in this archive." in page
    assert "Its file is not the one that was saved: the checksums differ." in page


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*.pdf", "a_b_c_.pdf"),
        ("CON.txt", "_CON.txt"),
        ("", "_"),
        ("..", "_"),
        ("evil\u202efdp.exe", "evil_fdp.exe"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("acta sesión.pdf", "acta sesión.pdf"),
    ],
)
def test_a_name_that_no_system_stumbles_over(name: str, safe: str) -> None:
    assert export.safe_name(name) == safe


def test_the_workbook_opens_and_runs_nothing(user_with: Any, secretariat: User) -> None:
    assessment = make_assessment()
    answer = assessment.answers.get(item__code="A-2")
    acts.rate(answer, by=user_with("lead"), level=1, reason='=HYPERLINK("http://example.org")')
    acts.review_answer(answer, by=secretariat, level=1)
    put(assessment, "A-2", make_link("+Act", "https://example.org/act?a=1"), note="page 4")
    body = opened(assessment).read("answers.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(body))["Answers"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == [
        "Code",
        "Item",
        "Level",
        "Reason",
        "Evidence",
        "Files",
        "Links",
        "Marking",
        "Not sent",
        "What is missing",
    ]
    assert rows[3] == [
        "A-2",
        "=A rule",
        "In place",
        '=HYPERLINK("http://example.org")',
        "+Act (page 4)",
        None,
        "https://example.org/act?a=1",
        "TLP:GREEN",
        None,
        None,
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert rows[5][1] == "A team (title not checked)"


def test_the_index_escapes_what_people_wrote() -> None:
    assessment = make_assessment()
    put(assessment, "A-1", make_link("<script>alert(1)</script>"))
    page = opened(assessment).read("index.html").decode()
    assert "<script>" not in page
    line = next(csv.DictReader(io.StringIO(opened(assessment).read("index.csv").decode("utf-8-sig"))))
    assert line["item"] == "A"
    assert "'=A rule" in opened(assessment).read("index.csv").decode()


def test_evidence_that_ran_out_is_told() -> None:
    assessment = make_assessment()
    put(assessment, "A-1", make_link("Old letter", valid_until=date(2026, 1, 1)))
    row = next(r for r in rows_of(assessment) if r.line.item.code == "A-1")
    assert row.missing == ("Not rated", "1 piece of evidence has expired")
