"""The words with which something new starts: those of any text, and those that an app gives the readers of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.openers import GENERAL, Openers
from floreo.core.reading.reading import read_document

OF_A_BILL = Openers(named="article|artículo", alone="definitions|definiciones")
LINES = [
    "The minister may make rules under this law for the",
    "Article 2 of it",
    "Definitions:",
    "in this law the words have these senses",
]


@pytest.mark.parametrize("line", ["Annex I", "CHAPTER 3", "Capítulo tres: De la pena", "sección 1", "Appendix two"])
def test_annexes_and_chapters_open_a_line_in_any_text(line: str) -> None:
    assert GENERAL.opens(line)
    assert OF_A_BILL.opens(line)


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("Article 2", True),
        ("ARTÍCULO IV", True),
        ("Article one: Title", True),
        ("Article one of these", False),
        ("Articles", False),
    ],
)
def test_a_subject_adds_its_own_words(line: str, opens: bool) -> None:
    assert OF_A_BILL.opens(line) is opens
    assert not GENERAL.opens(line)


@pytest.mark.parametrize("line", ["", ":", "Definitions:", "Chapter 1"])
def test_no_line_is_a_heading_by_itself_where_no_words_are_given(line: str) -> None:
    assert not GENERAL.heads(line)


def test_only_a_whole_line_is_a_heading_by_itself() -> None:
    assert [OF_A_BILL.heads(line) for line in ("Definitions:", "definiciones", "Definitions of words", ":", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def a_text(path: Path) -> Path:
    path.write_text("\n".join(LINES))
    return path


def a_pdf(path: Path) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    for at, line in enumerate(LINES):
        canvas.drawString(60, 700 - 14 * at, line)
    canvas.save()
    return path


def test_a_text_is_parted_where_they_say(tmp_path: Path) -> None:
    path = a_text(tmp_path / "bill.txt")
    plain, parted = read_document(path), read_document(path, openers=OF_A_BILL)
    assert [plain.words_of(block) for block in plain.blocks] != LINES
    assert [parted.words_of(block) for block in parted.blocks] == LINES


def test_a_pdf_is_parted_where_they_say(tmp_path: Path) -> None:
    path = a_pdf(tmp_path / "bill.pdf")
    starts = [
        [document.words_of(block).startswith("Article 2") for block in document.blocks]
        for document in (read_document(path), read_document(path, openers=OF_A_BILL))
    ]
    assert [any(each) for each in starts] == [False, True]


def test_they_go_into_the_cage(tmp_path: Path) -> None:
    for path in (a_text(tmp_path / "bill.txt"), a_pdf(tmp_path / "bill.pdf")):
        assert read_in_a_cage(path, openers=OF_A_BILL) == read_document(path, openers=OF_A_BILL)
        assert read_in_a_cage(path) == read_document(path) != read_document(path, openers=OF_A_BILL)
