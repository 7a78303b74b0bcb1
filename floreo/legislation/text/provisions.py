"""The provisions of a document: each numbered part with its permanent name (eId), its words, and its lines as they print."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from floreo.legislation.text.akn import NAMESPACE, parsed

_A = f"{{{NAMESPACE}}}"
_PARTS = {"part", "chapter", "division", "subpart", "title", "book"}
_SECTIONS = {"section", "article", "rule", "clause"}
_BELOW = {"subsection", "paragraph", "subparagraph", "point", "indent", "item", "subrule", "subclause"}
_WORD = re.compile(r"\w+|[^\w\s]")

Style = Literal["text", "number", "heading", "definition", "quote", "row"]


@dataclass(frozen=True)
class PrintedLine:
    """One line as it prints: how deep, its number, its words; `eid` where it begins a numbered part."""

    words: str
    depth: int = 0
    number: str = ""
    style: Style = "text"
    eid: str = ""
    cells: tuple[str, ...] = ()

    def as_data(self) -> list[Any]:
        return [self.words, self.depth, self.number, self.style, self.eid, list(self.cells)]

    @classmethod
    def of_data(cls, row: Sequence[Any]) -> PrintedLine:
        words, depth, number, style, eid, cells = row
        return cls(words, depth, number, style, eid, tuple(cells))

    def as_text(self) -> str:
        return f"{self.number} {self.words}".strip() if not self.cells else " | ".join(self.cells)


@dataclass(frozen=True)
class Provision:
    """A part, a section or a schedule, and what is numbered within a section."""

    eid: str
    kind: str  # "part", "section", "subsection", ..., "schedule"
    number: str  # "12A", "(a)"
    heading: str
    label: str  # how people name it: "12A(1)(a)", "Part II"
    parent: str  # eId of what holds it, or ""
    words: str  # its own and all below it, in reading order
    lines: tuple[PrintedLine, ...] = field(
        default=(), repr=False
    )  # of a section or schedule: all that prints below its heading

    @property
    def digest(self) -> str:
        """Changes when a word does: by number, heading and words, and not by where it is."""
        return hashlib.sha256(f"{self.number}\0{self.heading}\0{self.words}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Front:
    title_lines: tuple[str, ...]
    long_title: str
    preamble: tuple[str, ...]


def provisions_of(xml: str | bytes) -> tuple[Front, list[Provision]]:
    """What is before the body, and each provision in reading order."""
    root = parsed(xml)
    document = next((each for each in root if _tag(each) in {"act", "bill"}), root)
    found: list[Provision] = []
    front = Front((), "", ())
    for each in document:
        tag = _tag(each)
        if tag == "preface":
            titles = tuple(_words(one) for one in each if _tag(one) != "longTitle" and _words(one))
            front = Front(titles, " ".join(_words(one) for one in each if _tag(one) == "longTitle"), front.preamble)
        elif tag == "preamble":
            front = Front(front.title_lines, front.long_title, tuple(_words(one) for one in each if _words(one)))
        elif tag == "body":
            found += _within(each, "")
        elif tag == "attachments":
            for one in each:
                found += _schedule(one)
    return front, found


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _child(element: Any, name: str) -> str:
    found = element.find(_A + name)
    return "" if found is None else _words(found)


def _within(element: Any, parent: str) -> Iterator[Provision]:
    for each in element:
        tag = _tag(each)
        if tag in _PARTS:
            number, heading, eid = _child(each, "num"), _child(each, "heading"), each.get("eId", "")
            label = f"{tag.capitalize()} {number}".strip()
            yield Provision(eid, tag, number, heading, label, parent, heading)
            yield from _within(each, eid)
        elif tag in _SECTIONS:
            yield from _section(each, parent)
        elif tag == "crossHeading":
            yield Provision(each.get("eId", ""), "crossheading", "", _words(each), "", parent, _words(each))
        elif tag == "hcontainer":
            yield from _within(each, parent)


def _section(element: Any, parent: str) -> Iterator[Provision]:
    number, eid = _child(element, "num").removesuffix("."), element.get("eId", "")
    lines = tuple(_lines(element, 0))
    words = "\n".join(line.as_text() for line in lines)
    yield Provision(eid, "section", number, _child(element, "heading"), number, parent, words, lines)
    yield from _below(element, eid, number)


def _below(element: Any, parent: str, label: str) -> Iterator[Provision]:
    for each in element:
        if _tag(each) in _BELOW and each.find(_A + "num") is not None:
            number, eid = _child(each, "num"), each.get("eId", "")
            words = "\n".join(line.as_text() for line in _lines(each, 0))
            yield Provision(eid, _tag(each), number, _child(each, "heading"), label + number, parent, words)
            yield from _below(each, eid, label + number)


def _schedule(element: Any) -> Iterator[Provision]:
    name, eid = _child(element, "heading"), element.get("eId", "")
    body = element.find(f"{_A}doc/{_A}mainBody")
    lines = tuple(_lines(body, 0)) if body is not None else ()
    yield Provision(eid, "schedule", "", name, name, "", "\n".join(line.as_text() for line in lines), lines)


# --- Lines --------------------------------------------------------------------------------------------------------


def _lines(element: Any, depth: int) -> Iterator[PrintedLine]:
    """What prints below the number and heading of `element`."""
    for each in element:
        tag = _tag(each)
        if tag in {"num", "heading", "subheading"}:
            continue
        if tag in _BELOW | _SECTIONS | _PARTS:
            yield from _numbered(each, depth)
        elif tag in {"content", "intro", "wrapUp", "hcontainer", "mainBody"}:
            yield from _lines(each, depth)
        else:
            yield from _block(each, depth)


def _numbered(element: Any, depth: int) -> Iterator[PrintedLine]:
    """ "(a) the first words", then the rest one deeper."""
    number, heading, eid = _child(element, "num"), _child(element, "heading"), element.get("eId", "")
    inner = list(_lines(element, depth + 1))
    if heading:
        yield PrintedLine(heading, depth, number, "heading", eid)
        yield from inner
        return
    first = inner[0] if inner else None
    if first is not None and not first.number and first.style == "text" and not first.cells:
        yield PrintedLine(first.words, depth, number, "number", eid)
        yield from inner[1:]
    else:
        yield PrintedLine("", depth, number, "number", eid)
        yield from inner


def _block(element: Any, depth: int) -> Iterator[PrintedLine]:
    tag = _tag(element)
    if tag == "blockContainer":
        yield from _container(element, depth)
    elif tag == "blockList":
        yield from _list(element, depth)
    elif tag == "table":
        for row in element.iter(_A + "tr"):
            yield PrintedLine("", depth, "", "row", "", tuple(_words(cell) for cell in row))
    elif tag == "block":
        for inner in element:
            yield from _quoted(inner, depth + 1)
    elif tag == "crossHeading":
        yield PrintedLine(_words(element), depth, "", "heading")
    elif tag and (words := _words(element)):
        yield PrintedLine(words, depth)


def _container(element: Any, depth: int) -> Iterator[PrintedLine]:
    style: Style = "definition" if "definition" in (element.get("class") or "") else "text"
    for at, each in enumerate(element):
        if at == 0 and _tag(each) == "p":
            yield PrintedLine(_words(each), depth, "", style)
        else:
            yield from _block(each, depth)


def _list(element: Any, depth: int) -> Iterator[PrintedLine]:
    for each in element:
        if _tag(each) == "item":
            yield from _numbered(each, depth + 1)
        elif words := _words(each):
            yield PrintedLine(words, depth)


def _quoted(element: Any, depth: int) -> Iterator[PrintedLine]:
    lines = [
        PrintedLine(line.words, line.depth, line.number, "quote", "", line.cells) for line in _lines(element, depth)
    ]
    start, end = element.get("startQuote") or "“", element.get("endQuote") or "”"
    if not lines:
        return
    first, last = lines[0], lines[-1]
    if first.number:
        lines[0] = PrintedLine(first.words, first.depth, start + first.number, "quote", "", first.cells)
    else:
        lines[0] = PrintedLine(start + first.words, first.depth, "", "quote", "", first.cells)
    last = lines[-1]
    lines[-1] = PrintedLine(last.words + end, last.depth, last.number, "quote", "", last.cells)
    yield from lines


def tokens(words: str) -> list[str]:
    """Words and signs, as versions are compared by."""
    return _WORD.findall(words)
