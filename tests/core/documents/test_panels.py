"""Panels: small charts side by side. Read in their order, kept whole, never parted from their heading."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import html
from pypdf import PdfReader

from floreo.core.documents.blocks import Block, Bullets, Cell, Grid, Heading, Panels, Paragraph, Picture
from floreo.core.documents.pdf import to_pdf
from floreo.core.documents.text import as_text
from floreo.core.documents.word import to_word
from tests.core.documents.making import LINE, SMALL, document
from tests.core.documents.test_page import drawn
from tests.core.documents.test_pdf import tags_of


def charts(many: int) -> list[list[Block]]:
    return [
        [Heading(f"Figure {n}", 2), Paragraph(f"It stands at {n}."), Picture(SMALL, f"Chart {n}", f"Unit {n}.")]
        for n in range(1, many + 1)
    ]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.long
def test_two_in_a_row_make_a_report_short() -> None:
    side_by_side = pages(to_pdf(document([Panels(charts(24))])))
    below = pages(to_pdf(document([block for panel in charts(24) for block in panel])))
    assert len(side_by_side) < 0.7 * len(below)


def memory() -> int:
    """What this process holds now, in MB."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) // 1024


@pytest.mark.long
def test_drawing_long_reports_again_and_again_does_not_fill_the_memory() -> None:
    grids = [
        Grid(f"Table {t}", ["A", "B"], [[Cell(f"a {t} {n}"), Cell("words " * 9)] for n in range(150)]) for t in range(8)
    ]
    held = []
    for n in range(7):
        to_pdf(document([Paragraph(f"Report {n}"), Panels(charts(60)), *grids]))
        held.append(memory())
    assert held[-1] - held[2] < 60, held


@pytest.mark.long
def test_a_panel_is_never_torn_from_its_chart() -> None:
    for n, page in ((n, p) for p in pages(to_pdf(document([Panels(charts(24))]))) for n in range(1, 25)):
        if f"Figure {n}\n" in page:
            assert f"Unit {n}." in page, n


def test_they_are_read_one_after_the_other_and_every_chart_is_spoken() -> None:
    kinds = tags_of(to_pdf(document([Heading("Charts"), Panels(charts(4))])))
    assert [k for k in kinds if k in {"/H2", "/Figure"}] == ["/H2", "/Figure"] * 4


@pytest.mark.long
def test_words_longer_than_a_page_run_on() -> None:
    long = " ".join(f"word{n}" for n in range(3000))
    made = pages(to_pdf(document([Panels([[Heading("Long", 2), Bullets([long])], [Heading("Short", 2)]])])))
    assert len(made) > 1
    assert "word2999" in made[-1]


@pytest.mark.long
def test_no_heading_stands_alone_at_the_end_of_a_page() -> None:
    """Whatever is before it and after it: a chart, a table, small charts."""
    followers: list[Block] = [
        Picture(LINE, "A chart", "Chart"),
        Panels(charts(2), "Dotted: the target."),
        Grid("A table", ["A", "B"], [[Cell("a"), Cell("b")]] * 5, note="A note."),
        Bullets(["One", "Two"]),
    ]
    for lines in range(0, 44, 2):
        blocks: list[Block] = [Paragraph(f"line {n}") for n in range(lines)]
        for number, follower in enumerate(followers):
            blocks += [Heading(f"Heading {number}", 1), follower, *[Paragraph("between")] * 5]
        for page in pages(to_pdf(document(blocks, foot="", kicker="", title="T"))):
            text = [line for line in page.splitlines() if line and not line.startswith("Page ")]
            assert not text[-1].startswith(("Heading", "A table", "Chart", "Dotted")), (lines, text[-1])


@pytest.mark.long
def test_rows_of_a_table_stay_whole() -> None:
    rows = [[Cell(f"first{n}. " + "words " * 12 + f"last{n}."), Cell("x")] for n in range(60)]
    for page in pages(to_pdf(document([Grid("Rows", ["A", "B"], rows, widths=(1, 3))]))):
        for n in range(60):
            assert (f"first{n}." in page) == (f"last{n}." in page), n


def test_in_word_they_are_two_columns_of_text_and_no_table() -> None:
    blocks = [Heading("Before"), Panels(charts(3), "Dotted: the target."), Paragraph("after")]
    word: Any = docx.Document(io.BytesIO(to_word(document(blocks))))
    columns = [section._sectPr.find(qn("w:cols")).get(qn("w:num")) for section in word.sections]
    assert columns in ([None, "2", "1"], ["1", "2", "1"])
    assert word.tables == []
    assert [e.get("descr") for e in word.element.body.iter(qn("wp:docPr"))] == ["Chart 1", "Chart 2", "Chart 3"]
    assert [p.text for p in word.paragraphs if p.style.name == "Heading 2"] == ["Figure 1", "Figure 2", "Figure 3"]
    assert all(p.text or p._p.findall(f".//{qn('w:drawing')}") for p in word.paragraphs[1:])


def test_on_the_page_each_chart_is_drawn_once_under_its_heading() -> None:
    page = html.fromstring(f"<main>{drawn(document([Heading('Charts'), Panels(charts(3), 'Dotted.')]))}</main>")
    panels: Any = page.find("div[@class='fl-panels']")
    assert [str(p.xpath("string(h3)")) for p in panels] == ["Figure 1", "Figure 2", "Figure 3"]
    assert [len(p.findall("figure/svg")) for p in panels] == [1, 1, 1]
    assert page.findtext("p") == "Dotted."


def test_as_plain_text_they_follow_each_other() -> None:
    text = as_text(document([Panels(charts(2), "Dotted.")]))
    assert text.index("Dotted.") < text.index("Figure 1") < text.index("Chart 1") < text.index("Figure 2")
