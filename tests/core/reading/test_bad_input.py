"""Files that cannot be read: each is refused with a stable code and a sentence that helps."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import docx
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from floreo.core.reading.document import DEFAULT, SENTENCES, Limits, Unreadable
from floreo.core.reading.reading import read_document
from tests.conftest import ROOT

DOCUMENTS = ROOT / "tests" / "strategy" / "drafting" / "documents"
CONTENT_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def refusal(path: Path, limits: Limits = DEFAULT) -> str:
    """The code of the refusal; its sentence must name the file and end like a sentence."""
    with pytest.raises(Unreadable) as caught:
        read_document(path, limits=limits)
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "{" not in sentence
    return caught.value.code


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def word_file(path: Path, document: bytes, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("word/document.xml", document)
        for name, data in parts.items():
            archive.writestr(f"word/{name}.xml", data)
    return path


def test_a_picture_named_pdf(tmp_path: Path) -> None:
    path = tmp_path / "strategy.pdf"
    Image.new("RGB", (4, 4)).save(path, format="PNG")
    assert refusal(path) == "wrong_type"


def test_a_program_named_docx(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "strategy.docx", b"MZ\x90\x00" + b"\x00" * 200)) == "wrong_type"


def test_a_workbook_named_docx(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(path) == "wrong_type"


def test_an_old_word_file(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)) == "wrong_type"


def test_data_named_txt(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "notes.txt", bytes(range(256)) * 20)) == "not_text"


@pytest.mark.parametrize("content", [b"", b"   \n\t \r\n", b"\xef\xbb\xbf", b"1 2 3 ... ---\n"])
def test_a_text_without_text(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path / "empty.txt", content)) == "empty"


def test_an_empty_pdf(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "empty.pdf"), pagesize=A4)
    canvas.showPage()
    canvas.save()
    assert refusal(tmp_path / "empty.pdf") == "empty"


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password(tmp_path: Path, algorithm: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(DOCUMENTS / "two-columns.pdf"))
    writer.encrypt("secret", algorithm=algorithm)
    writer.write(tmp_path / "locked.pdf")
    assert refusal(tmp_path / "locked.pdf") == "encrypted"


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(DOCUMENTS / "two-columns.pdf"))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    writer.write(tmp_path / "open.pdf")
    assert "Strategic Goal 1" in read_document(tmp_path / "open.pdf").text


def test_a_word_file_with_a_password(tmp_path: Path) -> None:
    content = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 100
    )
    assert refusal(written(tmp_path / "locked.docx", content)) == "encrypted"


def test_a_scanned_pdf(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    Image.new("L", (200, 300), 220).save(picture)
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=A4)
    for _ in range(3):
        canvas.drawImage(str(picture), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    assert refusal(tmp_path / "scan.pdf") == "scanned"


def test_a_pdf_cut_short(tmp_path: Path) -> None:
    whole = (DOCUMENTS / "two-columns.pdf").read_bytes()
    assert refusal(written(tmp_path / "half.pdf", whole[:300])) == "damaged"


def test_a_pdf_of_too_many_pages() -> None:
    assert refusal(DOCUMENTS / "two-columns.pdf", limits=Limits(pages=1)) == "too_long"


def test_200_mb_of_text_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as opened:
        opened.write(b"National Cybersecurity Strategy\n")
        os.ftruncate(opened.fileno(), 200_000_000)
    assert refusal(path) == "too_large"


def test_a_zip_bomb_named_docx(tmp_path: Path) -> None:
    path = word_file(tmp_path / "bomb.docx", b"<w/>", media=b"\x00" * 60_000_000)
    assert path.stat().st_size < 200_000
    assert refusal(path) == "bomb"


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = word_file(tmp_path / "liar.docx", b"<w/>", media=b"\x00" * 60_000_000)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 60_000_000), struct.pack("<I", 10)))
    assert refusal(path) in {"bomb", "damaged"}


def test_an_entity_bomb_in_a_word_file(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
    assert refusal(word_file(tmp_path / "laughs.docx", bomb)) == "bomb"


def test_an_entity_bomb_in_a_page(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><html><body><p>&b; strategy</p></body></html>'
    assert refusal(written(tmp_path / "laughs.html", bomb)) == "bomb"


def test_a_word_file_cut_short(tmp_path: Path) -> None:
    whole = (DOCUMENTS / "automatic-numbers.docx").read_bytes()
    assert refusal(written(tmp_path / "half.docx", whole[: len(whole) // 2])) == "damaged"


def test_a_word_file_with_a_spoilt_part(tmp_path: Path) -> None:
    assert refusal(word_file(tmp_path / "spoilt.docx", b"<w:document><w:body>")) == "damaged"


def test_a_word_file_without_text(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "blank.docx"))
    assert refusal(tmp_path / "blank.docx") == "empty"


THIRD_LANGUAGES = {
    "French": (
        "La stratégie nationale de cybersécurité a été lancée par le ministère de l'Intérieur avec le "
        "soutien de l'Union européenne. Elle repose sur trois piliers et vise à protéger les citoyens et"
        " les entreprises dans le cyberespace pour les cinq prochaines années."
    ),
    "Portuguese": (
        "A estratégia nacional de cibersegurança foi elaborada pelo Ministério da Justiça com o apoio da"
        " União Europeia. O documento assenta em três pilares e não se limita às instituições do Estado,"
        " que são responsáveis pela sua execução até ao fim do período."
    ),
    "Dutch": (
        "De nationale strategie voor cyberveiligheid is door het ministerie van Justitie opgesteld. Zij "
        "rust op drie pijlers en wordt door de regering in de komende jaren uitgevoerd met de steun van "
        "bedrijven en burgers."
    ),
    "Haitian Creole": (
        "Estrateji nasyonal la chita sou twa poto. Gouvènman an ap travay ak tout moun nan peyi a pou yo"
        " ka sèvi ak entènèt la san danje, epi li pral fòme jèn yo nan lekòl ki sou tout teritwa a."
    ),
}


@pytest.mark.parametrize(("language", "text"), THIRD_LANGUAGES.items())
def test_a_third_language_is_named_and_refused(tmp_path: Path, language: str, text: str) -> None:
    path = written(tmp_path / "strategy.txt", text.encode())
    with pytest.raises(Unreadable) as caught:
        read_document(path)
    assert caught.value.code == "language"
    assert language in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "CSIRT, CERT-EU, NIST CSF 2.0, ISO 27001, SIM3",
        "Le Gouvernement launches its strategy. The Ministry of Justice and the police will work with schools.",
        "Ministère de la Justice",
    ],
)
def test_short_and_mixed_texts_are_not_refused(tmp_path: Path, text: str) -> None:
    assert read_document(written(tmp_path / "strategy.txt", text.encode())).text == text


def test_every_sentence_can_be_said() -> None:
    params: dict[str, str | int] = {
        "name": "a.pdf",
        "found": "x",
        "size_mb": 1,
        "limit_mb": 1,
        "language": "x",
        "pages": 1,
        "limit": 1,
    }
    for code in SENTENCES:
        assert str(Unreadable(code, **params)).startswith("a.pdf")


def test_a_pdf_whose_tables_cannot_be_followed_is_read_without_them(tmp_path: Path) -> None:
    """The reader of ruled tables is stricter than the reader of characters, and stops at pages that every viewer shows."""
    whole = (DOCUMENTS / "one-column-table.pdf").read_bytes()
    path = tmp_path / "odd.pdf"
    path.write_bytes(whole.replace(b"/Parent", b"/Parent /X"))
    assert len(read_document(path).blocks) > 20


def test_widths_and_levels_in_no_digits_of_ours_are_passed_over(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<table><tr><td colspan='²'>Pillar 1</td><td rowspan='٣'>Response of the team</td></tr></table>" * 3
    )
    assert read_document(page).blocks
    document = docx.Document()
    document.add_paragraph("The first words of a plan.")
    level = document.paragraphs[0]._p.get_or_add_pPr()
    for part in ("outlineLvl", "ilvl"):
        level.append(level.makeelement(f"{{{level.nsmap['w']}}}{part}", {f"{{{level.nsmap['w']}}}val": "²"}))
    document.save(str(tmp_path / "plan.docx"))
    assert read_document(tmp_path / "plan.docx").blocks


def test_control_characters_of_a_page_are_left_out(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    words = "Pillar 1: Response of the team to incidents, day and night"
    page.write_text(
        f"<body><header>x</header>\x01{words}\x0b<nav>y</nav>\x1f\ufffe{words}&#1;&#xB;&#xd800;&#99999999;<nav>z</nav>&#233;</body>"
    )
    assert words in read_document(page).text
