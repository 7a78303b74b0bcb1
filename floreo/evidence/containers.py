"""Files that hold files: archives, documents of office suites. Each part is looked at as if it had come alone."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import BinaryIO

from floreo.evidence.sniffing import (
    HEAD,
    OLE,
    PDF,
    RICH_TEXT,
    ZIP,
    Kind,
    Unwelcome,
    has_program,
    refuse_closed,
    refuse_programs,
)

MOST_PARTS = 5_000  # of an archive with all the archives in it
MOST_BYTES = 512 * 1024 * 1024  # of all those parts, unpacked
MOST_INDEX = 2 * 1024 * 1024  # of the list of its parts, which is read whole before any part is counted
LARGEST_INNER = 64 * 1024 * 1024  # of an archive in an archive, unpacked to be looked into
DEEPEST = 3
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    "word/": Kind(_OPEN_XML + "wordprocessingml.document", "docx"),
    "xl/": Kind(_OPEN_XML + "spreadsheetml.sheet", "xlsx"),
    "ppt/": Kind(_OPEN_XML + "presentationml.presentation", "pptx"),
}
_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    "application/epub+zip": "epub",
}
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "macrosheets/", "dialogsheets/")


def _wide(text: str) -> bytes:
    """As the older office files write the names of their parts."""
    return text.encode("utf-16-le")


_OLD_OFFICE = (
    (_wide("WordDocument"), Kind("application/msword", "doc")),
    (_wide("Workbook"), Kind("application/vnd.ms-excel", "xls")),
    (_wide("Book"), Kind("application/vnd.ms-excel", "xls")),
    (_wide("PowerPoint Document"), Kind("application/vnd.ms-powerpoint", "ppt")),
    (_wide("__properties_version1.0"), Kind("application/vnd.ms-outlook", "msg")),
)
_OLD_MACROS = (_wide("_VBA_PROJECT"), _wide("VBA\0"), _wide("Macros\0"))
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")


class _Space:
    """How much may still be unpacked of one file: shared by all archives in it, so that many small ones in each other
    cost no more than one."""

    def __init__(self) -> None:
        self.parts, self.bytes = MOST_PARTS, MOST_BYTES

    def take(self, parts: list[zipfile.ZipInfo], inside: str) -> None:
        self.parts -= len(parts)
        self.bytes -= sum(part.file_size for part in parts)
        if self.parts < 0 or self.bytes < 0:
            raise Unwelcome("bomb", inside)


def kind_of_zip(opened: BinaryIO, *, depth: int = 0, inside: str = "", space: _Space | None = None) -> Kind:
    """An archive, or the document it is. Raises Unwelcome for any part that would be turned away by itself."""
    if depth >= DEEPEST:
        raise Unwelcome("deep", inside)
    try:
        end = zipfile._EndRecData(opened)  # type: ignore[attr-defined]  # read as the library reads it, so both see one list
        if end and end[5] > MOST_INDEX:
            raise Unwelcome("bomb", inside)
        with zipfile.ZipFile(opened) as archive:
            return _look_into(archive, depth=depth, inside=inside, space=space or _Space())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as wrong:
        raise Unwelcome("broken", inside) from wrong


def _look_into(archive: zipfile.ZipFile, *, depth: int, inside: str, space: _Space) -> Kind:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    space.take(parts, inside)
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    document = _document(archive, names)
    if any(name in {"meta-inf/manifest.mf", "androidmanifest.xml"} for name in names) and document is None:
        raise Unwelcome("program", inside)
    if _has_macros(archive, names, document):
        raise Unwelcome("macros", inside)
    for part in parts:
        _part(archive, part, is_document=document is not None, depth=depth, space=space)
    return document or Kind("application/zip", "zip")


def _document(archive: zipfile.ZipFile, names: list[str]) -> Kind | None:
    if "[content_types].xml" in names:
        return next((kind for start, kind in _OFFICE.items() if any(n.startswith(start) for n in names)), None)
    if "mimetype" in names:
        given = _read(archive, "mimetype")[:100].decode("ascii", errors="ignore").strip()
        return Kind(given, _OPEN_DOCUMENT[given]) if given in _OPEN_DOCUMENT else None
    return None


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of the part of that name, however it is spelled."""
    actual = next(n for n in archive.namelist() if n.replace("\\", "/").lower() == name)
    with archive.open(actual) as opened:
        return opened.read(1024 * 1024)


def _has_macros(archive: zipfile.ZipFile, names: list[str], document: Kind | None) -> bool:
    if any(part in name for name in names for part in _MACRO_PARTS):
        return True
    if document is not None and document.ending in {"odt", "ods", "odp", "odg"}:
        return any(name.startswith(("basic/", "scripts/")) for name in names)
    return "[content_types].xml" in names and b"macroenabled" in _read(archive, "[content_types].xml").lower()


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, is_document: bool, depth: int, space: _Space) -> None:
    name = part.filename
    if part.flag_bits & 1:
        raise Unwelcome("locked", name)
    with archive.open(part) as opened:
        head = opened.read(HEAD)
        # The parts of a document have names of its own making ("oleObject1.bin"): what they hold decides.
        refuse_programs(head, "" if is_document else name, inside=name)
        refuse_closed(head, inside=name)
        if head.startswith((ZIP, OLE)):
            if part.file_size > LARGEST_INNER:
                raise Unwelcome("bomb", name)
            inner = io.BytesIO(head + opened.read(LARGEST_INNER))
            if head.startswith(ZIP):
                kind_of_zip(inner, depth=depth + 1, inside=name, space=space)
            else:
                kind_of_office(inner, inside=name)


def kind_of_office(opened: BinaryIO, *, inside: str = "") -> Kind:
    """A document of the older office suites; an installer looks the same from outside."""
    opened.seek(0)
    body = opened.read(LARGEST_INNER)
    if _INSTALLER in body:
        raise Unwelcome("program", inside)
    if any(sign in body for sign in _OLD_MACROS):
        raise Unwelcome("macros", inside)
    if has_program(opened):
        raise Unwelcome("program", inside)
    for sign, kind in _OLD_OFFICE:
        if sign in body:
            return kind
    if inside:  # an object of a document, without a name of its own
        return Kind("application/x-ole-storage", "bin")
    raise Unwelcome("unknown")


KINDS = frozenset(
    {
        PDF,
        RICH_TEXT,
        Kind("application/zip", "zip"),
        *_OFFICE.values(),
        *(Kind(*each) for each in _OPEN_DOCUMENT.items()),
        *(kind for _sign, kind in _OLD_OFFICE),
    }
)  # of files that are looked into
