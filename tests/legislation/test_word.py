"""Files as offices send them, read in the cage: the numbers that Word counts, what it hides, and what cannot be read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from floreo.core.reading.document import Unreadable
from floreo.core.reading.openers import GENERAL
from floreo.core.reading.reading import read_document
from floreo.legislation.presenters import doubt_text, unreadable_text
from floreo.legislation.text.akn import from_xml
from floreo.legislation.text.caged import LAW, ReadLaw, lines_of_document, read_law
from floreo.legislation.text.outline import outline
from tests.legislation.making import shape

FRAME = {"country": "xp", "kind": "bill", "on": "2026-03-02", "number": "14", "title": "A Bill", "language": "eng"}
# Level by level, as Word's own dialogue makes them: 1. Heading, (1), (a), (i)
LEVELS = (("decimal", "%1."), ("decimal", "(%2)"), ("lowerLetter", "(%3)"), ("lowerRoman", "(%4)"))


def law_of(path: Path) -> ReadLaw:
    return read_law(path, name=path.name, frame=FRAME)


def told(found: ReadLaw) -> list[str]:
    return [doubt_text((each.code, each.place, dict(each.facts)))[1] for each in found.doubts]


def with_list(word: Any) -> None:
    """A list of four levels under number 71, and under 72 the same one beginning again at its third level."""
    numbering: Any = word.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(LEVELS)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="71">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="71"><w:abstractNumId w:val="71"/></w:num>'))
    restart = '<w:lvlOverride w:ilvl="2"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="72"><w:abstractNumId w:val="71"/>{restart}</w:num>'))


def add(word: Any, words: str, level: int | None = None, *, number: int = 71) -> Any:
    paragraph = word.add_paragraph(words)
    if level is not None:
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        )
    return paragraph


@pytest.fixture
def word() -> Any:
    made = docx.Document()
    with_list(made)
    return made


def saved(word: Any, folder: Path, **parts: str) -> Path:
    path = folder / "bill.docx"
    word.save(str(path))
    with zipfile.ZipFile(path, "a") as archive:
        for name, data in parts.items():
            archive.writestr(f"word/{name}.xml", data)
    return path


def test_the_numbers_that_word_counts_are_those_of_the_text(word: Any, tmp_path: Path) -> None:
    word.add_paragraph("CYBERCRIME BILL")
    add(word, "Short title", 0)
    add(word, "This is the Act.", 1)
    add(word, "It begins on a day.", 1)
    add(word, "Offences", 0)
    add(word, "A person commits an offence who—", 1)
    add(word, "does one of—", 2)
    add(word, "this; or", 3)
    add(word, "that; or", 3)
    add(word, "does nothing.", 2)
    add(word, "In this section—", 1)
    add(word, "a word is a word; and", 2)
    add(word, "a thing is a thing.", 2)
    word.add_paragraph("2A. Typed by hand")
    word.add_paragraph("These words stand below it.")
    add(word, "Penalties", 0)
    add(word, "The penalty is a fine.", 1)
    found = law_of(saved(word, tmp_path))
    assert shape(from_xml(found.xml)) == [
        "section 1 | Short title",
        "  subsection (1)",
        "    This is the Act.",
        "  subsection (2)",
        "    It begins on a day.",
        "section 2 | Offences",
        "  subsection (1)",
        "    A person commits an offence who—",
        "    paragraph (a)",
        "      does one of—",
        "      subparagraph (i)",
        "        this; or",
        "      subparagraph (ii)",
        "        that; or",
        "    paragraph (b)",
        "      does nothing.",
        "  subsection (2)",
        "    In this section—",
        "    paragraph (a)",
        "      a word is a word; and",
        "    paragraph (b)",
        "      a thing is a thing.",
        "section 2A | Typed by hand",
        "  These words stand below it.",
        "section 3 | Penalties",
        "  subsection (1)",
        "    The penalty is a fine.",
    ]
    assert (found.sections, found.kind, told(found)) == (4, "word", [])


def test_a_list_that_begins_anew_begins_anew(word: Any, tmp_path: Path) -> None:
    add(word, "Offences", 0)
    add(word, "One is—", 1)
    add(word, "this; or", 2)
    add(word, "that.", 2)
    add(word, "Two is—", 1, number=71)
    add(word, "here; or", 2, number=72)
    add(word, "there.", 2, number=72)
    assert [line.strip() for line in shape(from_xml(law_of(saved(word, tmp_path)).xml)) if "graph" in line] == [
        "paragraph (a)",
        "paragraph (b)",
        "paragraph (a)",
        "paragraph (b)",
    ]


def _tracked(word: Any) -> None:
    paragraph = word.add_paragraph("The fine is ")
    for kind, text in (("ins", "<w:t>ten</w:t>"), ("del", "<w:delText>five</w:delText>")):
        paragraph._p.append(
            parse_xml(
                f'<w:{kind} {nsdecls("w")} w:id="1" w:author="A" w:date="2026-01-01T00:00:00Z"><w:r>{text}</w:r></w:{kind}>'
            )
        )


def _boxed(word: Any) -> None:
    paragraph = word.add_paragraph("Beside it.")
    paragraph._p.append(
        parse_xml(f"<w:r {nsdecls('w')}><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:r>")
    )


def _listed(word: Any) -> None:
    paragraph = word.add_paragraph("")
    paragraph._p.append(
        parse_xml(f'<w:r {nsdecls("w")}><w:instrText xml:space="preserve"> TOC \\o "1-3" </w:instrText></w:r>')
    )


FOOTNOTES = f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="-1"/><w:footnote w:id="1"><w:p/></w:footnote></w:footnotes>'


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "parts", "sentence"),
    [
        (_tracked, {}, "Tracked changes in the file: 2. They were read as if all were accepted."),
        (_boxed, {}, "Text boxes in the file: 1."),
        (_listed, {}, "The list of sections at the beginning was left out."),
        (lambda word: None, {"footnotes": FOOTNOTES}, "Footnotes in the file: 1. They were left out."),
        (lambda word: None, {"comments": f"<w:comments {nsdecls('w')}/>"}, "The file contains comments of reviewers."),
    ],
)
def test_what_word_holds_besides_the_words_is_told(
    word: Any, tmp_path: Path, change: Callable[[Any], None], parts: dict[str, str], sentence: str
) -> None:
    add(word, "Offences", 0)
    add(word, "No one shall.", 1)
    change(word)
    (only,) = told(law_of(saved(word, tmp_path, **parts)))
    assert only.startswith(sentence)


def test_what_was_deleted_in_word_is_no_word_of_the_law(word: Any, tmp_path: Path) -> None:
    add(word, "Offences", 0)
    _tracked(word)
    found = law_of(saved(word, tmp_path))
    assert "The fine is ten" in found.xml
    assert "five" not in found.xml


# --- What cannot be read ----------------------------------------------------------------------------------------------


def _scanned(path: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (200, 200), "grey").save(picture, "PNG")
    canvas = Canvas(str(path))
    canvas.drawImage(ImageReader(picture), 50, 50)
    canvas.showPage()
    canvas.save()


def _locked(path: Path) -> None:
    canvas = Canvas(str(path))
    canvas.drawString(100, 700, "1. Short title")
    canvas.save()
    writer = PdfWriter()
    writer.append(PdfReader(str(path)))
    writer.encrypt("secret")
    with path.open("wb") as file:
        writer.write(file)


def _bomb(path: Path) -> None:
    docx.Document().save(str(path))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/large.xml", b"\0" * 300_000_000)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("scan.pdf", _scanned, "scanned"),
        ("locked.pdf", _locked, "encrypted"),
        ("empty.docx", lambda path: path.write_bytes(b""), "empty"),
        ("old.doc", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000), "wrong_type"),
        ("bomb.docx", _bomb, "bomb"),
        ("broken.docx", lambda path: path.write_bytes(b"PK\x03\x04broken"), "damaged"),
    ],
)
def test_what_cannot_be_read_gets_its_sentence(
    name: str, make: Callable[[Path], object], code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    make(path)
    with pytest.raises(Unreadable) as refusal:
        law_of(path)
    sentence = unreadable_text(refusal.value)
    assert refusal.value.code == code
    assert name in sentence
    assert sentence.endswith(".")


def test_a_text_file_and_an_html_file_are_read_too(tmp_path: Path) -> None:
    text, page = tmp_path / "bill.txt", tmp_path / "bill.html"
    text.write_text("1. Short title\n\nThis is the Act.\n", encoding="utf-8")
    page.write_text("<h2>1. Short title</h2><p>This is the Act.</p><script>alert(1)</script>", encoding="utf-8")
    for path, kind in ((text, "text"), (page, "html")):
        found = law_of(path)
        assert (shape(from_xml(found.xml)), found.kind) == (["section 1 | Short title", "  This is the Act."], kind)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("12A. Fees", True),
        ("101. Fees", True),
        ("4.—(1) A fee", True),
        ("(2A) A fee", True),
        ("(aa) a fee", True),
        ("1976. The fee", False),
        ("12A of the Act", False),
        ("(the fee) is", False),
    ],
)
def test_a_law_has_numbers_of_its_own(line: str, counts: bool) -> None:
    assert LAW.counts(line) is counts
    assert not GENERAL.counts(line)


def test_a_line_with_a_number_of_a_law_begins_anew(tmp_path: Path) -> None:
    lines = [
        "(2) The minister may make rules under this law for the good",
        "(2A) The minister asks the committee first and then",
        "(3) the house",
    ]
    path = tmp_path / "law.txt"
    path.write_text("\n".join(lines))
    document = read_document(path, openers=LAW)
    assert [f"{block.number} {document.words_of(block)}".strip() for block in document.blocks] == lines


def a_page(canvas: Canvas, lines: Iterable[tuple[float, str]], top: float = 700) -> None:
    """Lines, each with how far below the last it is."""
    for gap, words in lines:
        top -= gap
        canvas.drawString(60, top, words)
    canvas.showPage()


def lines_of_pdf(tmp_path: Path, *pages: Iterable[tuple[float, str]]) -> list[str]:
    path = tmp_path / "act.pdf"
    canvas = Canvas(str(path), pagesize=(300, 800))
    for page in pages:
        a_page(canvas, page)
    canvas.save()
    document = read_document(path, openers=LAW)
    return [f"{block.number} {document.words_of(block)}".strip() for block in document.blocks]


LONG = "A person who has a kite may fly it and"


def test_a_line_of_a_pdf_that_left_room_for_the_next_word_ends_its_paragraph(tmp_path: Path) -> None:
    page = [
        (14, "Short title"),
        (14, "1. This Act is the Kites Act"),
        (14, LONG),
        (14, "Nobody asks."),
        (14, "In this Act,"),
        (14, "“kite” flies."),
    ]
    assert lines_of_pdf(tmp_path, page) == [
        "Short title",
        "1 This Act is the Kites Act",
        f"{LONG} Nobody asks.",
        "In this Act,",
        "“kite” flies.",
    ]


def test_a_gap_wider_than_that_between_lines_parts_paragraphs_though_most_gaps_are_wide(tmp_path: Path) -> None:
    wide = [
        (
            20.0,
            f"{LONG} may",
        )
        for _ in range(9)
    ]
    narrow = [(13.0, "they may fly it high"), (13.0, "and low and far away")]
    assert len(lines_of_pdf(tmp_path, [*wide, *narrow, *wide, *narrow, *wide, *narrow])) == 27


def test_a_part_that_begins_at_the_top_of_a_page_is_no_running_head(tmp_path: Path) -> None:
    pages = [[(14, f"PART {number}"), (14, "KITES"), (300, LONG)] for number in ("I", "II")]
    plain = [[(14, LONG)] for _ in range(3)]
    found = lines_of_pdf(
        tmp_path, *([(gap - 100 * (at == 0), words) for at, (gap, words) in enumerate(page)] for page in pages), *plain
    )
    assert [line for line in found if line.startswith("PART")] == ["PART I", "PART II"]


@pytest.mark.parametrize(("text", "margin"), [(120, 20), (20, 200)])
def test_notes_in_the_margin_of_a_pdf_head_their_sections(tmp_path: Path, text: int, margin: int) -> None:
    path = tmp_path / "act.pdf"
    canvas = Canvas(str(path), pagesize=(300, 800))
    body = [
        ("1. This is the Kites Act, which", ["Short", "title."]),
        ("all may fly and nobody may cut", []),
        ("down.", ["Cap. 4."]),
        ("2.—(1) A kite that has a string", ["Kites", "and strings."]),
        ("may fly wherever there is wind.", []),
        ("(2) It may be red if it wants.", []),
    ]
    for at, (words, note) in enumerate(body):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(text, 700 - 24 * at, words)
        canvas.setFont("Helvetica", 7)
        for below, line in enumerate(note):
            canvas.drawString(margin, 700 - 24 * at - 8 * below, line)
    canvas.save()
    lines = lines_of_document(read_document(path, openers=LAW))
    assert [line.words for line in lines] == [
        "Short title",
        "1. This is the Kites Act, which all may fly and nobody may cut down.",
        "[Cap. 4.]",
        "Kites and strings",
        "2.—(1) A kite that has a string may fly wherever there is wind.",
        "(2) It may be red if it wants.",
    ]
    assert [(each.number, each.heading) for each in outline(lines).sections()] == [
        ("1", "Short title"),
        ("2", "Kites and strings"),
    ]
    plain = read_document(path)
    assert "Kites and strings" not in [plain.words_of(block) for block in plain.blocks]
