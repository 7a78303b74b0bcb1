"""The reading of a bill's file in a cage (core/cage.py): what it looks like from outside, and what runs inside. From the file to the
structure, Akoma Ntoso and what a drafter should look at, without Django."""

from __future__ import annotations

import re
import zipfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from floreo.core.cage import Died, run
from floreo.core.reading.document import Document, Unreadable
from floreo.core.reading.openers import Openers
from floreo.legislation.text.structure import Doubt

if TYPE_CHECKING:
    from floreo.legislation.text.outline import TextLine

_READERS = "floreo.core.reading.readers"
LOADS = (
    "floreo.core.reading.reading",
    f"{_READERS}.html",
    f"{_READERS}.pdf",
    f"{_READERS}.word",
    "floreo.legislation.text.outline",
    "floreo.legislation.text.akn",
    "bluebell.xml",
    "cobalt.schemas",
    "ftfy",
)
LAW = Openers(
    named="part|chapter|division|schedule|section|clause|article|regulation|parte|título|artículo|cláusula",
    alone="arrangement of sections|arrangement of clauses|interpretation|definitions|interpretación|definiciones",
    numbers=r"\d{1,3}[A-Z]{0,2}\.\s?(?:[—–-]\s?)?(?=[A-Z(“\"‘])|\d{1,3}[A-Z]{1,2}\s+(?=[A-Z][a-z])|\(\d{1,3}[A-Z]{1,2}\)\s|\((?:[a-z]{2}|[a-z]{1,2}[A-Z])\)\s",
)
MOST_SECTIONS = 12_000


@dataclass(frozen=True)
class ReadLaw:
    """A file as Akoma Ntoso, with its doubts and how many sections it has."""

    xml: str
    doubts: tuple[Doubt, ...]
    sections: int
    kind: str  # of the file: "word", "pdf", "html", "text"


def caged(
    path: Path, *, name: str, country: str, kind: str, on: str, number: str, title: str, language: str
) -> dict[str, Any]:
    """Runs inside."""
    # late: readers and schemas are large, and only the cage loads them (LOADS)
    from floreo.core.reading.reading import read_document
    from floreo.legislation.text import akn
    from floreo.legislation.text.outline import outline

    try:
        document = read_document(path, name=name, openers=LAW)
    except Unreadable as refusal:
        return {"unreadable": refusal.code, "facts": dict(refusal.sentence)}
    text = outline(lines_of_document(document))
    sections = sum(1 for _ in text.sections())
    if sections > MOST_SECTIONS:
        return {"unreadable": "too_long", "facts": {"name": name, "pages": sections, "limit": MOST_SECTIONS}}
    notes = notes_of_word(path) if document.kind == "word" else []
    doubts = list(dict.fromkeys([*notes, *text.doubts]))
    frame = akn.Frame(country, kind, date.fromisoformat(on), number, title, language)
    return {
        "xml": akn.to_xml(text, frame),
        "doubts": [asdict(each) for each in doubts],
        "sections": sections,
        "kind": document.kind,
    }


def lines_of_document(document: Document) -> list[TextLine]:
    """Paragraphs, headings and rows as the outline takes them, with the numbers that Word or HTML count themselves."""
    from floreo.legislation.text.outline import TextLine  # late: as above

    lines = []
    for block in document.blocks:
        if block.cells:
            lines.append(TextLine("", cells=tuple(document.text[start:end] for start, end in block.cells)))
        else:
            dot = "." if block.number.isalnum() else ""
            words = f"{block.number}{dot} {document.words_of(block)}" if block.number else document.words_of(block)
            lines.append(TextLine(words, block.kind == "heading"))
    return lines


def read_law(path: Path, *, name: str, frame: dict[str, str]) -> ReadLaw:
    """The file at `path`, which the person called `name`. Raises Unreadable, and Died where the reader itself failed."""
    try:
        arguments: dict[str, Any] = {"name": name, **frame}
        given: dict[str, Any] = run(caged.__module__, path, **arguments).value
    except Died as end:
        if end.reason in {"memory", "time", "output"}:
            raise Unreadable("bomb", name=name) from end
        if end.reason == "crash":
            raise Unreadable("damaged", name=name) from end
        raise
    if "unreadable" in given:
        raise Unreadable(given["unreadable"], **given["facts"])
    doubts = tuple(
        Doubt(d["code"], d["place"], tuple((str(a), str(b)) for a, b in d["facts"])) for d in given["doubts"]
    )
    return ReadLaw(str(given["xml"]), doubts, int(given["sections"]), str(given["kind"]))


def notes_of_word(path: Path) -> list[Doubt]:
    """What a Word file holds that the words alone do not show: changes that nobody accepted, footnotes, text boxes, comments."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        body = archive.read("word/document.xml").decode("utf-8", "replace")
        notes = archive.read("word/footnotes.xml").decode("utf-8", "replace") if "word/footnotes.xml" in names else ""
    found = []
    if count := len(re.findall(r"<w:(?:ins|del|moveFrom|moveTo) ", body)):
        found.append(Doubt("tracked_changes", "", (("count", str(count)),)))
    if count := len(re.findall(r"<w:footnote (?![^>]*w:type=)", notes)):
        found.append(Doubt("footnotes", "", (("count", str(count)),)))
    if count := len(re.findall(r"<w:txbxContent[ >]", body)):
        found.append(Doubt("text_boxes", "", (("count", str(count)),)))
    if "word/comments.xml" in names:
        found.append(Doubt("comments", ""))
    if re.search(r"<w:(?:drawing|pict)[ >]", body) and not re.search(r"<w:txbxContent[ >]", body):
        found.append(Doubt("pictures", ""))
    if re.search(r"<w:instrText[^>]*>\s*TOC\b|<w:pStyle w:val=\"TOC\d", body):
        found.append(Doubt("arrangement_left_out", ""))
    return found
