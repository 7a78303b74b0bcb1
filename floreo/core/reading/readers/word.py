"""Reads a Word file in the order a person reads it, with the numbers Word counts itself put back in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from lxml import etree

from floreo.core.reading.building import Piece
from floreo.core.reading.document import Limits, Unreadable
from floreo.core.reading.readers.archive import check_archive
from floreo.core.reading.readers.labels import split_label
from floreo.core.reading.readers.word_lists import Element, Lists, Style, W, chain, lists_of, styles_of, value
from floreo.core.whole import whole

_HEADING_NAME = re.compile(r"(?:heading|título|titulo|encabezado)\s*(\d)$")
_TITLE_NAMES = {"title", "título", "titulo", "puesto"}
_CONTENTS_NAME = re.compile(r"(?:toc|tdc|table of (?:contents|figures))\b")
_DELETED = (W + "del", W + "moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_BODY_TEXT = 9


def pieces_of_word(path: Path, *, name: str, limits: Limits) -> Iterator[Piece]:
    """Headings, paragraphs, list items and table rows of a Word file, in order."""
    check_archive(path, name=name, limits=limits)
    try:
        opened: Any = docx.Document(str(path))
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError, docx.exceptions.PythonDocxError) as error:
        raise Unreadable("damaged", name=name) from error
    styles = styles_of(opened.styles.element)
    yield from _Reader(styles, lists_of(_numbering_root(opened), styles)).pieces(opened.element.body)


def _numbering_root(opened: Any) -> Element | None:
    for relation in opened.part.rels.values():
        if relation.reltype.endswith("/numbering"):
            return relation.target_part.element
    return None


class _Reader:
    """Walks the body once, counting lists as it goes, since a label depends on all paragraphs before it."""

    def __init__(self, styles: dict[str, Style], lists: Lists) -> None:
        self.styles = styles
        self.lists = lists
        self.tables = 0

    def pieces(self, parent: Element) -> Iterator[Piece]:
        for child in parent.iterchildren():
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag in {W + "sdt", W + "sdtContent", W + "customXml", W + "ins"}:
                yield from self.pieces(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Piece]:
        text = text_of(paragraph)
        styles = chain(self.styles, value(paragraph, "pPr/pStyle"))
        place = self.lists.place(paragraph, self.styles)
        if not text.strip() or any(_CONTENTS_NAME.match(style.name) for style in styles):
            return
        label = self.lists.numbering.label(*place) if place else None
        kind, typed, rest = split_label(text)
        number = (label or "").rstrip(".") or typed
        if depth := self._heading_depth(paragraph, styles):
            yield Piece("heading", rest, depth, number)
        elif place or kind:
            yield Piece("item", rest, place[1] + 1 if place else 1, number)
        else:
            yield Piece("paragraph", text)

    def _heading_depth(self, paragraph: Element, styles: list[Style]) -> int:
        for style in styles:
            if found := _HEADING_NAME.match(style.name):
                return int(found[1])
            if style.name in _TITLE_NAMES:
                return 1
        own = whole(value(paragraph, "pPr/outlineLvl"))
        outlines = [own] if own is not None else [style.outline for style in styles if style.outline is not None]
        return outlines[0] + 1 if outlines and outlines[0] < _BODY_TEXT else 0

    def _table(self, table: Element) -> Iterator[Piece]:
        self.tables += 1
        own = self.tables
        for row in table.iter(W + "tr"):
            cells = tuple(text for cell in row.iterchildren(W + "tc", W + "sdt") for text in self._cell(cell))
            if any(cells):
                yield Piece("cell_row", level=own, cells=cells, line_gap="; ")

    def _cell(self, cell: Element) -> Iterator[str]:
        yield "\n".join(line for line in map(self._cell_line, cell.iter(W + "p")) if line)
        span = whole(value(cell, "tcPr/gridSpan", "1"))
        # A cell across several columns keeps the columns after it in their place.
        yield from [""] * (min(span or 1, 60) - 1)

    def _cell_line(self, paragraph: Element) -> str:
        place = self.lists.place(paragraph, self.styles)
        text = " ".join(text_of(paragraph).split())
        label = self.lists.numbering.label(*place) if place and text else None
        return f"{label.rstrip('.')} {text}" if label else text


def text_of(paragraph: Element) -> str:
    """The words of a paragraph as Word shows them: insertions in, deletions and hidden copies out."""
    parts: list[str] = []
    for element in paragraph.iter():
        if element.tag == W + "t":
            parts.append("" if _is_deleted(element, paragraph) else element.text or "")
        elif element.tag in {W + "tab", W + "br", W + "cr"} and element.getparent().tag == W + "r":
            parts.append(" ")
        elif element.tag == W + "noBreakHyphen":
            parts.append("-")
    return "".join(parts).strip()


def _is_deleted(element: Element, paragraph: Element) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is paragraph:
            return False
        if ancestor.tag in _DELETED:
            return True
    return False
