"""What each reader makes of its kind of file: encodings, correcting, Word's numbers, columns, furniture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from floreo.core.reading.document import Document
from floreo.core.reading.reading import read_document
from floreo.core.reading.repair import repair
from tests.conftest import ROOT
from tests.strategy.drafting.documents.make_word import _use

DOCUMENTS = ROOT / "tests" / "strategy" / "drafting" / "documents"


def read(tmp_path: Path, content: str | bytes, name: str = "a.txt") -> Document:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path)


def shape(document: Document) -> list[tuple[str, str, str]]:
    return [(block.kind, block.number, document.words_of(block)) for block in document.blocks]


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("Norvaneís first strategy", "Norvane’s first strategy"),
        ("the Attorney Generalís Ministry", "the Attorney General’s Ministry"),
        ("they donít know", "they don’t know"),
        ("the ministriesí staff", "the ministries’ staff"),
        ("ìCyber Shieldî begins", "“Cyber Shield” begins"),
        ("2020ñ2023", "2020–2023"),
        ("donâ€™t", "don't"),
        ("polÃ\xadtica", "política"),
    ],
)
def test_broken_characters_are_corrected(broken: str, meant: str) -> None:
    repaired, spans = repair(broken, english=True)
    assert repaired.replace("'", "’") == meant.replace("'", "’")
    assert spans


@pytest.mark.parametrize(
    "word", ["política", "país", "Belmopán", "María Solís", "París", "Ruíz", "Asís", "garantía", "así"]
)
def test_genuine_spanish_is_left_alone(word: str) -> None:
    assert repair(word, english=True) == (word, ())
    assert repair(word, english=False) == (word, ())


SENTENCE = "La política del país: “educación” — año 2025, and the Ministry’s plan for the nation."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, SENTENCE.encode(encoding)).text == SENTENCE


def test_a_page_may_name_its_own_encoding(tmp_path: Path) -> None:
    page = '<html><meta charset="iso-8859-1"><body><p>La educación del país y de la nación</p></body></html>'
    assert "educación" in read(tmp_path, page.encode("cp1252"), "a.html").text


def test_lists_of_a_page_are_counted_as_they_say(tmp_path: Path) -> None:
    page = (
        '<ol start="3"><li>The third of these<ol type="a"><li>the first of the words</li><li value="4">the fourth of the words</li>'
        '<li>the last of the words<ol style="list-style-type: lower-roman"><li>of the inner list</li><li>the last of the inner list</li></ol></li></ol></li><li>The fourth of these</li></ol>'
    )
    document = read(tmp_path, f"<html><body>{page}</body></html>".encode(), "a.html")
    assert [(block.number, document.words_of(block)) for block in document.blocks] == [
        ("3", "The third of these"),
        ("a", "the first of the words"),
        ("d", "the fourth of the words"),
        ("e", "the last of the words"),
        ("i", "of the inner list"),
        ("ii", "the last of the inner list"),
        ("4", "The fourth of these"),
    ]


def test_wrapped_lines_become_paragraphs_again(tmp_path: Path) -> None:
    text = (
        "The Ministry of Digital Affairs prepared this text over three years and\n"
        "asked many people for their views on it before it was published.\n\n"
        "   (a) first item that is long enough to be wrapped by hand onto another\n"
        "       line of the file;\n"
        "   (b) second item.\n"
    )
    assert shape(read(tmp_path, text)) == [
        (
            "paragraph",
            "",
            (
                "The Ministry of Digital Affairs prepared this text over three years and asked many people for their "
                "views on it before it was published."
            ),
        ),
        ("item", "(a)", "first item that is long enough to be wrapped by hand onto another line of the file;"),
        ("item", "(b)", "second item."),
    ]


def test_short_lines_stay_apart(tmp_path: Path) -> None:
    document = read(
        tmp_path, "The strategy is on these pages:\n\nMinistry of Health -\nGovernment ActionLink Office -\n"
    )
    assert [document.words_of(block) for block in document.blocks[1:]] == [
        "Ministry of Health -",
        "Government ActionLink Office -",
    ]


def test_words_numbers_are_resolved() -> None:
    document = read_document(DOCUMENTS / "automatic-numbers.docx")
    numbered = [(number, words) for _, number, words in shape(document) if number]
    assert numbered == [
        ("1", "Introduction"),
        ("2", "Strategic pillars"),
        ("2.1", "Legal and regulatory framework"),
        ("(a)", "Give investigators lawful powers"),
        ("(b)", "Protect personal data"),
        ("2.2", "Incident response"),
        ("(a)", "Detect and handle incidents round the clock"),
        ("2.3", "Skills and awareness"),
        ("3", "Action plan"),
    ]


def test_words_table_of_contents_is_not_text() -> None:
    assert "\t" not in read_document(DOCUMENTS / "automatic-numbers.docx").text
    assert read_document(DOCUMENTS / "automatic-numbers.docx").text.count("Action plan") == 1


def test_tracked_changes_show_the_new_wording(tmp_path: Path) -> None:
    word = docx.Document()
    paragraph = word.add_paragraph("The plan covers ")
    for tag, inner in (("del", "<w:delText>two</w:delText>"), ("ins", "<w:t>three</w:t>")):
        paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')}><w:r>{inner}</w:r></w:{tag}>"))
    paragraph.add_run(" pillars.")
    word.save(str(tmp_path / "tracked.docx"))
    assert read_document(tmp_path / "tracked.docx").text == "The plan covers three pillars."


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("formats", "labels"),
    [
        (("upperRoman", "%1."), ["I", "II", "III"]),
        (("lowerLetter", "(%1)"), ["(a)", "(b)", "(c)"]),
        (("decimalZero", "%1"), ["01", "02", "03"]),
        (("upperLetter", "Annex %1:"), ["Annex A:", "Annex B:", "Annex C:"]),
        (("bullet", "·"), ["", "", ""]),
    ],
)
def test_number_formats_of_word(tmp_path: Path, formats: tuple[str, str], labels: list[str]) -> None:
    word = docx.Document()
    numbering = word.part.numbering_part.element
    inner = f'<w:start w:val="1"/><w:numFmt w:val="{formats[0]}"/><w:lvlText w:val="{formats[1]}"/>'
    level = f'<w:lvl w:ilvl="0">{inner}</w:lvl>'
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{level}</w:abstractNum>'))
    numbering.append(_use(90, 90))
    for line in ("one", "two", "three"):
        properties: Any = word.add_paragraph(line)._p.get_or_add_pPr()
        numbered = properties.get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = 90
    word.save(str(tmp_path / "list.docx"))
    assert [block.number for block in read_document(tmp_path / "list.docx").blocks] == labels


def test_columns_are_read_one_after_the_other() -> None:
    text = read_document(DOCUMENTS / "two-columns.pdf").text
    places = [
        text.index(words)
        for words in ("Foreword", "Strategic Goal 1", "Strategic Goal 2", "Strategic Goal 4", "Where to")
    ]
    assert places == sorted(places)
    assert "Page 2" not in text
    assert "Isles of Marrow National" not in text
    assert "administration of the smaller islands" in text
    assert "-\n" not in text


def test_ruled_tables_of_a_pdf_become_rows() -> None:
    document = read_document(DOCUMENTS / "one-column-table.pdf")
    rows = [block for block in document.blocks if block.kind == "cell_row"]
    assert len(rows) == 6
    assert document.words_of(rows[3]).startswith("B1 | Set up a 24/7 incident desk | Sanderling Telecom Authority")


def test_a_page_loses_its_menus_and_scripts() -> None:
    text = read_document(DOCUMENTS / "page.html").text
    assert "Pillar 9" not in text
    assert "Pillar 8" not in text
    assert "Facebook" not in text
    assert text.startswith("Commonwealth of Brightwater National Cybersecurity Strategy")


def test_the_name_of_the_uploaded_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "f81d4fae"
    path.write_text("The strategy has three pillars.")
    assert read_document(path, name="Our strategy.txt").name == "Our strategy.txt"
