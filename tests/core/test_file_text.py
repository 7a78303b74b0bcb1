"""The words of files for the search: every kind that is read, and files that are made to keep them from being read or to take too much."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from unittest import mock

import pytest
from openpyxl.workbook import Workbook
from pypdf import PdfWriter

from floreo.core import cage
from floreo.core.file_text import LONGEST, Problem, Read, words_in_a_cage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def read(tmp_path: Path, body: bytes, media_type: str) -> Read:
    """Under a name that says nothing, as the vault keeps it."""
    kept = tmp_path / "0f3a"
    kept.write_bytes(body)
    return words_in_a_cage(kept, media_type=media_type)


def packed(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in parts.items():
            opened.writestr(name.replace("__", "/") + ".xml", body)
    return made.getvalue()


def a_pdf(*pages: str) -> bytes:
    """One line of words on each page."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for page in pages:
        stream = f"BT /F1 12 Tf 20 100 Td ({page}) Tj ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 200]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, o) for n, o in enumerate(objects, start=1))
    return body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_workbook() -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Ports"
    page.append(["Harbour", 12, None, "crane"])
    hidden = book.create_sheet("Draft")
    hidden.append(["unfinished"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


READ: dict[str, tuple[bytes, str, str]] = {
    "a PDF of two pages": (a_pdf("Harbour plan", "Second page"), "application/pdf", "Harbour plan\nSecond page"),
    "a Word file, without what was struck out": (
        packed(
            word__footnotes=f"<w:footnotes {W}><w:p><w:t>A note</w:t></w:p></w:footnotes>",
            word__document=f"<w:document {W}><w:p><w:t>Har</w:t><w:t>bour</w:t><w:tab/><w:t>plan</w:t>"
            "<w:del><w:delText>secret</w:delText></w:del></w:p></w:document>",
        ),
        WORD,
        "Harbour plan\nA note",
    ),
    "slides, by their number": (
        packed(
            ppt__slides__slide10='<p:s xmlns:p="p" xmlns:a="a"><a:p><a:t>Tenth</a:t></a:p></p:s>',
            ppt__slides__slide2='<p:s xmlns:p="p" xmlns:a="a"><a:p><a:t>Second</a:t></a:p></p:s>',
        ),
        SLIDES,
        "Second\nTenth",
    ),
    "an open document": (
        packed(content=f"<text:x {ODF}><text:h>Title</text:h><text:p>Har<text:span>bour</text:span></text:p></text:x>"),
        OPEN_TEXT,
        "Title\nHarbour",
    ),
    "a workbook, without hidden sheets": (a_workbook(), SHEETS, "Ports\nHarbour | 12 | crane"),
    "a text of an old code page": ("Señal\r\nñandú".encode("cp1252"), "text/plain", "Señal\nñandú"),
    "a page without its scripts": (
        b"<html><body><script>var x</script><p>Harbour</p></body></html>",
        "text/html",
        "Harbour",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_the_words_of_each_kind_are_read_in_their_order(name: str, tmp_path: Path) -> None:
    body, media_type, text = READ[name]
    assert read(tmp_path, body, media_type) == Read(text)


ENTITY = (
    f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document {W}><w:p><w:t>a &x; b</w:t></w:p></w:document>'
)
LATE = "<!--" + "x" * 5_000 + "-->" + ENTITY
NOT_READ: dict[str, tuple[bytes, str, Problem]] = {
    "a PDF with a password": (locked(), "application/pdf", Problem.LOCKED),
    "a PDF of pictures": (a_pdf(""), "application/pdf", Problem.NO_WORDS),
    "half a PDF": (b"%PDF-1.4\n1 0 obj<</Ty", "application/pdf", Problem.DAMAGED),
    "a Word file that names a file of the server": (packed(word__document=ENTITY), WORD, Problem.TOO_MUCH),
    "a Word file without an end": (packed(word__document=f"<w:document {W}><w:p>"), WORD, Problem.DAMAGED),
    "a Word file that unpacks to far more": (
        packed(word__document="x" * 1_000, word__padding=" " * 30_000_000),
        WORD,
        Problem.TOO_MUCH,
    ),
    "a text under the name of a workbook": (b"Harbour", SHEETS, Problem.DAMAGED),
    "a picture": (b"\x89PNG\r\n\x1a\n", "image/png", Problem.KIND),
    "a document of an old suite": (b"\xd0\xcf\x11\xe0", "application/msword", Problem.KIND),
}


@pytest.mark.parametrize("name", NOT_READ)
def test_what_cannot_be_read_says_why(name: str, tmp_path: Path) -> None:
    body, media_type, problem = NOT_READ[name]
    assert read(tmp_path, body, media_type) == Read(problem=problem)


def test_an_entity_that_is_declared_late_brings_nothing_in(tmp_path: Path) -> None:
    found = read(tmp_path, packed(word__document=LATE), WORD)
    assert "root:" not in found.text


def test_of_200_megabytes_of_text_the_beginning_is_kept_in_whole_letters(tmp_path: Path) -> None:
    kept = tmp_path / "0f3a"
    with kept.open("wb") as opened:
        for _n in range(200):
            opened.write("ñ".encode() * 500_000 + b" " * 24_000)
    found = words_in_a_cage(kept, media_type="text/plain")
    assert found == Read("ñ" * LONGEST, is_cut=True)


def test_a_pdf_that_unfolds_without_end_takes_no_more_than_a_file_may(tmp_path: Path) -> None:
    """Its form draws itself."""
    form = b"5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>/Length 12>>stream\n/A Do /A Do \nendstream endobj\n"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>/Contents 4 0 R>>"
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj"
        + page
        + b"endobj\n4 0 obj<</Length 6>>stream\n/A Do \nendstream endobj\n"
        + form
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    assert read(tmp_path, body, "application/pdf").problem in {Problem.TOO_MUCH, Problem.NO_WORDS, Problem.DAMAGED}


def test_a_file_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    assert words_in_a_cage(tmp_path / "none", media_type="text/plain") == Read(problem=Problem.GONE)


@pytest.mark.parametrize(
    ("reason", "problem"), [("memory", Problem.TOO_MUCH), ("time", Problem.TOO_MUCH), ("crash", Problem.DAMAGED)]
)
def test_a_reader_that_dies_over_a_file_says_so(reason: str, problem: Problem, tmp_path: Path) -> None:
    with mock.patch.object(cage, "run", side_effect=cage.Died(reason, "")):
        assert read(tmp_path, b"x", "text/plain") == Read(problem=problem)


def test_what_a_reader_that_was_taken_over_says_is_a_text_within_the_limit(tmp_path: Path) -> None:
    said = {"problem": "", "text": "a\x00" * LONGEST, "is_cut": False}
    with mock.patch.object(cage, "run", return_value=cage.Verdict(said, frozenset())):
        found = read(tmp_path, b"x", "text/plain")
    assert (len(found.text), "\x00" in found.text, found.is_cut) == (LONGEST, False, True)
