"""The words of a file, for the search alone: read in a cage (core/cage.py), as plain text in reading order, up to a limit. Imports no
Django. Nothing is shown from it but passages, so it may leave out how a page looks; what cannot be read says why."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.reading.document import DEFAULT, Unreadable
from floreo.core.reading.readers.archive import check_archive
from floreo.core.reading.readers.encoding import decode

LONGEST = 200_000  # characters that are kept of one file
_BYTES_OF_TEXT = 4 * LONGEST  # that many of a text are read
_BYTES_OF_HTML = 8_000_000
_BYTES_OF_FILE = 200_000_000  # of a document that has to be opened as a whole
_SECONDS = 60  # of processor time; the reader itself stops after half of them and gives what it has
_ENOUGH = 30
_COLUMNS = 200  # of a sheet
_PAGES = 2_000  # of a PDF
_GOES_ON = "\x00"  # in place of a piece: the file holds more than its reader looks at
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPEN_XML = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "ppt/slides/",
}
_OPEN_DOCUMENT = frozenset(
    f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")
)
_PLAIN = frozenset(
    {"text/plain", "text/markdown", "text/csv", "text/tab-separated-values", "application/json", "application/geo+json"}
)
READABLE = (
    frozenset({"application/pdf", "text/html", _SPREADSHEET}) | set(_OPEN_XML) | _OPEN_DOCUMENT | _PLAIN
)  # media types
LOADS = (
    "floreo.core.reading.readers.html",
    "floreo.core.reading.readers.archive",
    "openpyxl",
    "pypdfium2",
    "lxml.etree",
)


class Problem(StrEnum):
    """Why the words of a file are not known. Lasting, but for a file that is gone, which may come back."""

    KIND = "kind"  # of a kind whose words are not read
    LOCKED = "locked"
    NO_WORDS = "no_words"  # pages of pictures, or nothing
    TOO_MUCH = "too_much"  # takes more memory, time or room than a file may
    DAMAGED = "damaged"
    GONE = "gone"


@dataclass(frozen=True)
class Read:
    """`text` is empty where there is a `problem`. `is_cut`: the file goes on."""

    text: str = ""
    is_cut: bool = False
    problem: Problem | None = None


def words_in_a_cage(path: Path, *, media_type: str) -> Read:
    """The words of a file on the disk, whose `media_type` is what its content says. Raises cage.Died only where the reader itself has a
    fault of its own."""
    if media_type not in READABLE:
        return Read(problem=Problem.KIND)
    try:
        given = cage.run(__name__, path, seconds=_SECONDS, media_type=media_type).value
        problem = Problem(given["problem"]) if given["problem"] else None
        text = str(given["text"]).replace("\x00", " ")
    except cage.Died as end:
        if end.reason == "fault":
            raise
        return Read(problem=Problem.TOO_MUCH if end.reason in cage.TOO_MUCH else Problem.DAMAGED)
    except (OSError, ValueError) as wrong:
        return Read(problem=Problem.GONE if isinstance(wrong, OSError) else Problem.DAMAGED)
    if problem is None and not any(each.isalnum() for each in text):
        problem = Problem.NO_WORDS
    return Read(problem=problem) if problem else Read(text[:LONGEST], bool(given["is_cut"]) or len(text) > LONGEST)


# Inside


class _Refused(Exception):  # noqa: N818 -- it is the file that is refused
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def caged(path: Path, *, media_type: str) -> dict[str, Any]:
    """Runs inside."""
    problems = {"encrypted": Problem.LOCKED, "empty": Problem.NO_WORDS, "bomb": Problem.TOO_MUCH}
    try:
        text, is_cut = _up_to_the_limit(_pieces(path, media_type))
    except _Refused as refusal:
        return {"problem": refusal.problem.value, "text": ""}
    except Unreadable as refusal:
        return {"problem": problems.get(refusal.code, Problem.DAMAGED).value, "text": ""}
    return {"text": text, "is_cut": is_cut, "problem": ""}


def _up_to_the_limit(pieces: Iterator[str]) -> tuple[str, bool]:
    """The pieces as lines, and whether there were more: so many characters, or so much time."""
    found, size = list[str](), 0
    for piece in pieces:
        if piece == _GOES_ON:
            return "\n".join(found), True
        words = " ".join(piece[: LONGEST + 1].split())
        if words:
            found.append(words)
            size += len(words) + 1
        if size > LONGEST or time.process_time() > _ENOUGH:
            return "\n".join(found)[:LONGEST], True
    return "\n".join(found), False


def _pieces(path: Path, media_type: str) -> Iterator[str]:
    if media_type in _PLAIN:
        return _of_text(path)
    if path.stat().st_size > _BYTES_OF_FILE:
        raise _Refused(Problem.TOO_MUCH)
    if media_type == "application/pdf":
        return _of_pdf(path)
    if media_type == "text/html":
        return _of_html(path)
    _check(path)
    return _of_workbook(path) if media_type == _SPREADSHEET else _of_xml(path, media_type)


def _of_text(path: Path) -> Iterator[str]:
    """Of a text that is larger, its beginning, cut where no character is torn apart."""
    with path.open("rb") as opened:
        data = opened.read(_BYTES_OF_TEXT + 1)
    is_cut = len(data) > _BYTES_OF_TEXT
    if is_cut:
        data = _whole_characters(data[:_BYTES_OF_TEXT])
    yield from decode(data, name="").splitlines()
    if is_cut:
        yield _GOES_ON


def _whole_characters(data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.rpartition(b"\n\x00" if data.startswith(b"\xff\xfe") else b"\x00\n")[0] or data[:-4]
    rest = data[-4:].rstrip(bytes(range(0x80, 0xC0)))  # of UTF-8: what goes on, and what a character begins with
    rest = rest[:-1] if rest and rest[-1] >= 0xC0 else rest
    return data[:-4] + rest


def _of_html(path: Path) -> Iterator[str]:
    # late: its library is large, and only the cage loads it (LOADS)
    from floreo.core.reading.readers.html import declared_encoding, pieces_of_html

    with path.open("rb") as opened:
        data = opened.read(_BYTES_OF_HTML)
    data = _whole_characters(data) if len(data) == _BYTES_OF_HTML else data
    text = decode(data, name="", declared=declared_encoding(data))
    return (piece.text or " | ".join(piece.cells) for piece in pieces_of_html(text, name=""))


def _of_pdf(path: Path) -> Iterator[str]:
    import pypdfium2  # late: large, and only the cage loads it (LOADS)

    try:
        opened = pypdfium2.PdfDocument(path)
        for number in range(min(len(opened), _PAGES)):
            page = opened[number]
            text = page.get_textpage()
            # A word that was parted at the end of a line is one again: that character is where the hyphen was.
            yield text.get_text_bounded().replace("\ufffe\r\n", "").replace("\ufffe", "")
            text.close()
            page.close()
        if len(opened) > _PAGES:
            yield _GOES_ON
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise _Refused(Problem.LOCKED if is_locked else Problem.DAMAGED) from error


def _check(path: Path) -> None:
    """Every part of the archive is whole, and none defines entities: what these could bring in is never asked for."""
    check_archive(path, name="", limits=DEFAULT)


def _of_workbook(path: Path) -> Iterator[str]:
    """A line for each row of the sheets that are not hidden; of a formula, the value that was saved."""
    import openpyxl  # late: large, and only the cage loads it (LOADS)

    try:
        with path.open("rb") as opened:
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True, keep_links=False)
            for sheet in (sheet for sheet in book.worksheets if sheet.sheet_state == "visible"):
                yield sheet.title
                for row in sheet.iter_rows(values_only=True, max_col=_COLUMNS):
                    yield " | ".join(str(cell) for cell in row if cell is not None)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file makes the reader raise
        raise _Refused(Problem.DAMAGED) from error


def _of_xml(path: Path, media_type: str) -> Iterator[str]:
    """The paragraphs of a document or of slides."""
    from lxml import etree  # late: large, and only the cage loads it (LOADS)

    try:
        with zipfile.ZipFile(path) as archive:
            for name in _parts(archive.namelist(), media_type):
                with archive.open(name) as part:
                    yield from _paragraphs(part)
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError) as error:
        raise _Refused(Problem.DAMAGED) from error


def _parts(names: list[str], media_type: str) -> list[str]:
    """Those parts that hold words, the text itself before its notes, slides by their number."""
    if media_type in _OPEN_DOCUMENT:
        return ["content.xml"]
    folder = _OPEN_XML[media_type]
    if folder == "word/":
        wanted = ("document", "footnotes", "endnotes", "header", "footer")
        own = [(name, name.removeprefix(folder)) for name in names if name.startswith(folder) and name.endswith(".xml")]
        found = [(wanted.index(start), name) for name, rest in own for start in wanted if rest.startswith(start)]
        return [name for _place, name in sorted(found)]
    slides = [name for name in names if name.startswith(folder) and name.endswith(".xml") and "/_" not in name]
    return sorted(slides, key=lambda name: (len(name), name))


def _paragraphs(part: Any) -> Iterator[str]:
    """Each paragraph when it is whole, and then let go. What was struck out is in elements of other names; entities stay as they are, so
    that a name never becomes the content of a file or an address."""
    from lxml import etree  # late: large, and only the cage loads it (LOADS)

    steps = etree.iterparse(
        part,
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    found: list[str] = []
    for _event, element in steps:
        local = etree.QName(element).localname if isinstance(element.tag, str) else ""
        is_open_document = "opendocument" in str(element.tag)
        if local == "t":
            found.append(element.text or "")
        elif local in {"tab", "br", "cr"}:
            found.append(" ")
        elif local in {"p", "h"}:
            yield "".join(element.itertext()) if is_open_document else "".join(found)
            found.clear()
            element.clear()
            while element.getprevious() is not None and element.getparent() is not None:
                del element.getparent()[0]


__all__ = ["LONGEST", "READABLE", "Problem", "Read", "caged", "words_in_a_cage"]
