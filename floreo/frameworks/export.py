"""A filled pack of evidence, in the order of the questionnaire: one workbook, or one archive with the files."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from floreo.core.errors import Refused
from floreo.core.tables import flat
from floreo.evidence.files import opened_file
from floreo.evidence.models import Attachment, Evidence, EvidenceKind
from floreo.frameworks.logic import Purpose, may_go
from floreo.frameworks.presenters import kind_text, missing_of
from floreo.frameworks.queries import ItemLine, Sheet

CHUNK = 1 << 20
MOST_NAME = 100  # characters of a file's name in the archive: some systems stop at 260 for the whole path
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Proof:
    """One piece of evidence of one item, as it goes into the pack."""

    evidence: Evidence
    note: str
    path: str = ""  # in the archive; empty for a link or a record, and in a workbook
    problem: str = ""  # why its file is not there

    @property
    def link(self) -> str:
        return self.evidence.url


@dataclass(frozen=True)
class FilledItem:
    """One item of the questionnaire, filled in."""

    line: ItemLine
    proofs: tuple[Proof, ...]
    kept_back: int  # pieces that stay because of their marking
    missing: tuple[str, ...]

    @property
    def level_word(self) -> str:
        level = self.line.answer.level if self.line.answer else None
        return self.line.item.in_version.word_of(level)

    @property
    def wording(self) -> str:
        """The publisher's wording, its heading first."""
        found = self.line.item.worded
        return "\n".join(filter(None, [found.heading, found.text])) if found else ""

    @property
    def reason(self) -> str:
        return self.line.answer.in_language("reason") if self.line.answer and self.line.answer.level is not None else ""


def filled(sheet: Sheet, purpose: Purpose, today: date) -> list[FilledItem]:
    """Every item in order. Evidence whose marking does not allow the purpose is left out, and only counted."""
    return [_row(line, purpose, today) for line in sheet.lines]


def _row(line: ItemLine, purpose: Purpose, today: date) -> FilledItem:
    going = [a for a in line.evidence if goes(a, purpose)]
    proofs = tuple(Proof(a.evidence, a.note) for a in going)
    missing = missing_of(replace(line, evidence=tuple(going)) if going else line, today, may_leave=len(going))
    return FilledItem(line, proofs, len(line.evidence) - len(going), tuple(missing))


def goes(attachment: Attachment, purpose: Purpose) -> bool:
    evidence = attachment.evidence
    return may_go(evidence.tlp, purpose, is_current=evidence.withdrawn_on is None)


# ---------------------------------------------------------------------- the workbook


def _columns(*, worded: bool) -> list[tuple[str, int]]:
    return [
        (_("Code"), 10),
        (_("Item"), 42),
        *([(_("Wording of the publisher"), 60)] if worded else []),
        (_("Level"), 18),
        (_("Reason"), 60),
        (_("Evidence"), 50),
        (_("Files"), 36),
        (_("Links"), 44),
        (_("Marking"), 14),
        (_("Not sent"), 10),
        (_("What is missing"), 44),
    ]


def _cells(row: FilledItem, *, worded: bool) -> list[str]:
    """One row of the workbook; several pieces of evidence are in one cell, a line each."""
    item = row.line.item
    title = item.in_language("title") or kind_text(item.kind)
    proofs = row.proofs
    return [
        item.code,
        title + ("" if not item.is_doubtful else " " + _("(title not checked)")),
        *([row.wording] if worded else []),
        row.level_word,
        row.reason,
        "\n".join(p.evidence.in_language("title") + (f" ({p.note})" if p.note else "") for p in proofs),
        "\n".join(p.evidence.file_name for p in proofs if p.evidence.file_name),
        "\n".join(p.link for p in proofs if p.link),
        "\n".join(sorted({f"TLP:{p.evidence.tlp}" for p in proofs})),
        str(row.kept_back) if row.kept_back else "",
        "\n".join(row.missing),
    ]


def workbook(sheet: Sheet, rows: list[FilledItem], *, headline: str, notes: list[str]) -> bytes:
    """The filled questionnaire for a spreadsheet. Text stays text: nothing in it is ever a formula or a link."""
    buffer, worded = io.BytesIO(), bool(sheet.wording_files)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(_("Answers")[:31])
        bold = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        part = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "top": 1})
        page.freeze_panes(1, 2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for x, (title, width) in enumerate(_columns(worded=worded)):
            page.write_string(0, x, title, bold)
            page.set_column(x, x, width)
        for y, row in enumerate(rows, start=1):
            for x, text in enumerate(_cells(row, worded=worded)):
                how = wrap if row.line.item.is_rated else part
                page.write_string(y, x, text, how) if text else page.write_blank(y, x, None, how)
        about = book.add_worksheet(_("About")[:31])
        about.set_column(0, 0, 110)
        for y, text in enumerate([headline, *notes]):
            about.write_string(y, 0, text, bold if y == 0 else wrap)
    return buffer.getvalue()


# ---------------------------------------------------------------------- the archive


def safe_name(name: str) -> str:
    """A file's name that every system takes: no path, no control or bidirectional marks, no reserved word, not endless."""
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    if not name or _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > MOST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = ending[:12]
        name = f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}" if dot and stem else name[:MOST_NAME]
    return name


class _Names:
    """Paths in the archive: never the same twice, whatever a system thinks of capitals."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def path(self, folder: str, name: str) -> str:
        stem, dot, ending = safe_name(name).rpartition(".")
        stem, ending = (stem, f".{ending}") if dot and stem else (safe_name(name), "")
        number, path = 1, f"{folder}/{stem}{ending}"
        while path.casefold() in self.taken:
            number += 1
            path = f"{folder}/{stem} ({number}){ending}"
        self.taken.add(path.casefold())
        return path


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    total = hashlib.sha256()
    while block := source.read(CHUNK):
        total.update(block)
        target.write(block)
    return total.hexdigest()


class Archive:
    """Writes the archive onto a temporary file, block by block, so that a large file never is in memory as a whole."""

    def __init__(self, sheet: Sheet, rows: list[FilledItem], *, headline: str, notes: list[str], at: datetime) -> None:
        self.sheet, self.rows, self.headline, self.notes = sheet, rows, headline, notes
        self.stamp = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        self.names, self.sums = _Names(), list[tuple[str, str]]()
        self.placed: dict[int, tuple[str, str]] = {}  # evidence -> where its file lies, or why not

    def write(self) -> IO[bytes]:
        """The whole archive, at its beginning. Raises Refused when the disk is full."""
        out = tempfile.TemporaryFile(dir=settings.DATA)  # noqa: SIM115 -- whoever sends it closes it
        try:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as self.zip:
                done = [replace(row, proofs=tuple(self._place(row, p) for p in row.proofs)) for row in self.rows]
                self._text("index.html", self._page(done))
                self._text("index.csv", "\ufeff" + self._csv(done))
                self._bytes("answers.xlsx", workbook(self.sheet, done, headline=self.headline, notes=self.notes))
                self._text("SHA256SUMS.txt", "".join(f"{digest}  {path}\n" for path, digest in self.sums))
        except OSError as error:
            out.close()
            raise Refused(
                _("There is no space on the server to prepare the archive. Contact the server administrator."),
                code="disk_full",
            ) from error
        out.seek(0)
        return out

    def _place(self, row: FilledItem, proof: Proof) -> Proof:
        """Puts its file into the folder of the first item that it answers; the others point there."""
        evidence = proof.evidence
        if evidence.kind != EvidenceKind.FILE:
            return proof
        if evidence.pk not in self.placed:
            self.placed[evidence.pk] = self._file(row.line.item.code, evidence)
        path, problem = self.placed[evidence.pk]
        return replace(proof, path=path, problem=problem)

    def _file(self, folder: str, evidence: Evidence) -> tuple[str, str]:
        try:
            source = opened_file(evidence)
        except Refused:
            return "", _("Its file is no longer on the server, so it is not in this archive.")
        path = self.names.path(safe_name(folder), evidence.file_name or evidence.code)
        with source, self.zip.open(self._info(path, zipfile.ZIP_STORED), "w", force_zip64=True) as target:
            digest = _copy(source, target)
        self.sums.append((path, digest))
        changed = digest != evidence.sha256
        return path, _("Its file is not the one that was saved: the checksums differ.") if changed else ""

    def _info(self, path: str, how: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self.stamp)
        info.compress_type, info.external_attr = how, 0o644 << 16
        return info

    def _bytes(self, path: str, body: bytes) -> None:
        self.zip.writestr(self._info(path), body)
        self.sums.append((path, hashlib.sha256(body).hexdigest()))

    def _text(self, path: str, text: str) -> None:
        self._bytes(path, text.encode())

    def _page(self, rows: list[FilledItem]) -> str:
        context = {"sheet": self.sheet, "rows": rows, "headline": self.headline, "notes": self.notes}
        return render_to_string("frameworks/pack_index.html", context)

    def _csv(self, rows: list[FilledItem]) -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(
            ["item", "title", "wording", "level", "reason", "evidence", "file", "link", "tlp", "sha256", "missing"]
        )
        for row in rows:
            for cells in _lines(row):
                writer.writerow([flat(cell) for cell in cells])
        return buffer.getvalue()


def _lines(row: FilledItem) -> Iterator[list[Any]]:
    """One line a piece of evidence; one without for an item that has none."""
    item = row.line.item
    first = [item.code, item.in_language("title"), row.wording, row.level_word, row.reason]
    missing = "; ".join(row.missing)
    for proof in row.proofs:
        e = proof.evidence
        yield [
            *first,
            e.in_language("title"),
            proof.path or proof.problem,
            proof.link,
            f"TLP:{e.tlp}",
            e.sha256,
            missing,
        ]
    if not row.proofs:
        yield [*first, "", "", "", "", "", missing]
