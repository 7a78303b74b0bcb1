"""What holds for any text: drafts repeat, passages are exact, nothing but Unreadable is raised."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.reading.building import build_document
from floreo.core.reading.document import Document, Unreadable
from floreo.core.reading.readers.html import pieces_of_html
from floreo.core.reading.readers.markdown import pieces_of_markdown
from floreo.core.reading.readers.text import pieces_of_text
from floreo.core.reading.reading import read_document
from floreo.strategy.drafting.drafting import draft_rows
from floreo.strategy.drafting.rows import Draft, DraftedRow, Kind
from floreo.strategy.drafting.vocabulary import OPENERS
from tests.examples import drawn
from tests.strategy.drafting.score import answers

SCRAPS = st.sampled_from(
    [
        "three pillars of the Strategy include: pillars",
        "- Legal framework;",
        "Pillar 2: Response",
        "Objective 1.1: Train",
        "1.1.1 Do it",
        "Lead: Treasury. By June 2027.",
        "National Cybersecurity Strategy 2020-2023",
        "guided by the OAS, and coordinated by the",
        "will train 30 officers by 2028",
        "at least 80 per cent of",
        "can be found on the following pages:",
        "https://a.example/b",
        "funded by the European Union",
        "Eje 1. Marco jurídico",
        "Acción 1.1.1.",
        "Belmopánís",
        "2020ñ2023",
        "ìquotedî",
        "|",
        "\n\n",
        "\n",
        "such as drafting the Bill, conducting",
        "TABLE OF CONTENTS",
        "Actions:",
        "(a) Adopt",
        "….... 4",
        "el objetivo general es",
        "é",
        "donâ€™t",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=400), st.lists(SCRAPS, max_size=25).map(" ".join), st.lists(SCRAPS, max_size=25).map("\n".join)
)


def drafted(text: str, kind: str = "text") -> Draft | None:
    readers = {
        "text": lambda: pieces_of_text(text, openers=OPENERS),
        "markdown": lambda: pieces_of_markdown(text),
        "html": lambda: pieces_of_html(text, name="x"),
    }
    try:
        return draft_rows(build_document(readers[kind](), name="x", kind=kind))
    except Unreadable:
        return None


@pytest.mark.long
@settings(deadline=None, max_examples=drawn(150))
@given(TEXTS, st.sampled_from(["text", "markdown", "html"]))
def test_any_text_gives_the_same_exact_draft_or_a_refusal(text: str, kind: str) -> None:
    draft = drafted(text, kind)
    assert draft == drafted(text, kind)
    if draft is None:
        return
    check(draft.document)
    for at, row in enumerate(draft.rows, start=1):
        assert row.number == at
        assert draft.document.text[row.start : row.end] == row.passage
        assert row.passage.strip()
        assert row.parent is None or draft.rows[row.parent - 1].kind in {Kind.PILLAR, Kind.OBJECTIVE}
        json.dumps(dict(row.fields))


def check(document: Document) -> None:
    at = 0
    for block in document.blocks:
        assert at <= block.start <= block.end <= len(document.text)
        assert all(block.start <= start <= end <= block.end for start, end in block.cells)
        at = block.end
    assert all(0 <= start < end <= len(document.text) for start, end in document.repaired)


@pytest.mark.long
@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=600), st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a"]))
def test_any_bytes_give_a_document_or_a_refusal(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            draft = draft_rows(read_document(path, openers=OPENERS))
        except Unreadable:
            return
        check(draft.document)


@pytest.mark.long
@settings(deadline=None, max_examples=drawn(60, in_the_gate=25))
@given(st.sampled_from(["automatic-numbers.docx", "two-columns.pdf"]), st.data())
def test_spoilt_files_give_a_document_or_a_refusal(name: str, data: st.DataObject) -> None:
    whole = bytearray((Path(__file__).parent / "documents" / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(bytes(whole))
        try:
            draft = draft_rows(read_document(path, openers=OPENERS))
        except Unreadable:
            return
        check(draft.document)


@pytest.mark.long
@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "scrap",
    [
        "Alpha Beta of Gamma and ",
        "guided by A, B, C, D, ",
        "the three pillars are a, b, c and ",
        "train 12 ",
        "Pillar 1: Law\n",
    ],
)
def test_text_without_end_takes_no_time_without_end(scrap: str) -> None:
    assert drafted(scrap * (100_000 // len(scrap))) is not None


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("answer", answers(), ids=lambda answer: str(answer.name))
def test_every_row_of_every_document_quotes_its_document(answer: object) -> None:
    path = answer.path  # type: ignore[attr-defined]
    draft = draft_rows(read_document(path, openers=OPENERS))
    check(draft.document)
    assert draft == draft_rows(read_document(path, openers=OPENERS))
    assert all(draft.document.text[row.start : row.end] == row.passage for row in draft.rows)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"passage": "", "end": 3},
        {"passage": "   ", "end": 6},
        {"title": " "},
        {"end": 9},
        {"number": 0},
        {"parent": 1},
        {"start": -1},
    ],
)
def test_a_row_without_its_passage_cannot_exist(spoilt: dict[str, object]) -> None:
    whole: dict[str, object] = {
        "number": 1,
        "kind": Kind.PILLAR,
        "title": "Law",
        "start": 3,
        "end": 6,
        "passage": "Law",
    }
    DraftedRow(**whole)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="drafted row"):
        DraftedRow(**whole | spoilt)  # type: ignore[arg-type]


def test_a_draft_cannot_quote_words_that_are_not_there() -> None:
    document = build_document(
        pieces_of_text("pillars are law and order. pillars", openers=OPENERS), name="x", kind="text"
    )
    with pytest.raises(ValueError, match="not in the document"):
        Draft(document, (DraftedRow(1, Kind.PILLAR, "Law", 0, 3, "Law"),))
