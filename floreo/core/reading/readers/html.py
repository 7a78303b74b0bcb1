"""Reads an HTML page: its words in order, without scripts, styles, menus, headers and footers of the site."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from lxml import etree, html

from floreo.core.reading.building import Piece
from floreo.core.reading.document import Unreadable
from floreo.core.reading.numbering import in_format
from floreo.core.reading.readers.labels import split_label
from floreo.core.whole import whole

_DROPPED = (
    "script",
    "style",
    "nav",
    "noscript",
    "template",
    "iframe",
    "svg",
    "form",
    "button",
    "select",
    "head",
    "aside",
)
_BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "main",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "td",
    "th",
    "body",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "header",
    "footer",
    "thead",
    "tbody",
    "address",
    "hr",
    "center",
    "details",
    "summary",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SITE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary"}
_LIST_TYPES = {
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman))\b", re.IGNORECASE)
_MAX_DEPTH = 150
_SPAN_AT_MOST = 60


def pieces_of_html(text: str, *, name: str) -> Iterator[Piece]:
    """Headings, paragraphs, list items and table rows of a page, in order."""
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise Unreadable("bomb", name=name)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, recover=True)
    try:
        root = html.document_fromstring(_without_declaration(text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("damaged", name=name) from error
    for element in list(root.iter(*_DROPPED)):
        _discard(element)
    for element in [found for found in root.iter() if _belongs_to_site(found)]:
        _discard(element)
    yield from _Walk().pieces(root)


def declared_encoding(data: bytes) -> str:
    """The encoding a page names for itself in its first lines, or an empty string."""
    found = _DECLARED.search(data[:2048])
    return found[1].decode("ascii", "ignore").lower() if found else ""


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,9});?")


def _without_declaration(text: str) -> str:
    # lxml refuses str input that still declares a byte encoding, and stumbles later over what no XML holds.
    text = _REFERENCE.sub(_in_xml, _NOT_IN_XML.sub("", text))
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)


def _in_xml(reference: re.Match[str]) -> str:
    """The reference; nothing for one to a character that no XML holds."""
    number = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    return "" if number > sys.maxunicode or _NOT_IN_XML.match(chr(number)) else reference[0]


def _belongs_to_site(element: html.HtmlElement) -> bool:
    if element.get("role", "") in _SITE_ROLES or element.get("hidden") is not None:
        return True
    # A <header> or <footer> of an article is its words; one that is straight in the body is the site's.
    return element.tag in {"header", "footer"} and element.getparent() is not None and element.getparent().tag == "body"


def _discard(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


class _Walk:
    """Goes through the tree once; loose words between blocks become paragraphs of their own."""

    def __init__(self) -> None:
        self.loose: list[str] = []
        self.tables = 0
        self.heading = 0

    def pieces(self, element: html.HtmlElement, depth: int = 0, nesting: int = 0) -> Iterator[Piece]:
        if element.tag == "table" and not element.xpath(".//table"):
            yield from self._flush()
            yield from self._table(element)
            return
        self._add_text(element.text)
        counter = _first_number(element)
        for child in element:
            if isinstance(child.tag, str):
                counter = _own_number(child, counter)
                yield from self._child(child, depth, nesting, counter)
                counter += child.tag == "li"
            self._add_text(child.tail)

    def _child(self, child: html.HtmlElement, depth: int, nesting: int, counter: int) -> Iterator[Piece]:
        tag = child.tag
        if tag == "br":
            yield from self._flush()
        elif tag not in _BLOCKS or depth > _MAX_DEPTH:
            yield from self._inline(child, depth, nesting)
        else:
            yield from self._flush()
            self.heading = int(tag[1]) if tag in _HEADINGS else self.heading
            inner = list(self.pieces(child, depth + 1, nesting + (tag in {"ul", "ol"})))
            inner += list(self._flush())
            yield from self._as(child, inner, nesting, counter)

    def _inline(self, child: html.HtmlElement, depth: int, nesting: int) -> Iterator[Piece]:
        if depth > _MAX_DEPTH:
            self._add_text(" ".join(child.itertext()))
            return
        yield from self.pieces(child, depth + 1, nesting)
        address = child.get("href", "") if child.tag == "a" else ""
        if address.startswith("http") and address not in "".join(self.loose):
            self._add_text(f" ({address})")

    def _as(self, child: html.HtmlElement, inner: list[Piece], nesting: int, counter: int) -> Iterator[Piece]:
        for at, piece in enumerate(inner):
            first = at == 0 and piece.kind in {"paragraph", "item"}
            if first and child.tag in _HEADINGS:
                yield _titled(piece, int(child.tag[1]))
            elif first and child.tag == "dt":
                # The term of a definition list heads its definition.
                yield _titled(piece, self.heading + 1)
            elif first and child.tag == "li" and piece.kind == "paragraph":
                yield _listed(child, piece.text, max(nesting, 1), counter)
            else:
                yield piece

    def _table(self, table: html.HtmlElement) -> Iterator[Piece]:
        self.tables += 1
        below: dict[int, int] = {}
        for row in table.iter("tr"):
            cells = tuple(_cells(row, below))
            if any(cells):
                yield Piece("cell_row", level=self.tables, cells=cells)

    def _add_text(self, text: str | None) -> None:
        if text:
            self.loose.append(re.sub(r"\s+", " ", text))

    def _flush(self) -> Iterator[Piece]:
        text = re.sub(r"\s+", " ", "".join(self.loose)).strip()
        self.loose = []
        if text:
            kind, number, rest = split_label(text)
            yield Piece("item", rest, 1, number) if kind else Piece("paragraph", text)


def _cells(row: html.HtmlElement, below: dict[int, int]) -> Iterator[str]:
    """A row's cells, with empty ones where a cell from the left or from above takes the place, so that columns agree.

    `below` holds, for each column, how many more rows a cell from above reaches down.
    """
    at = 0
    for cell in row.iter("td", "th"):
        while below.get(at, 0) > 0:
            below[at] -= 1
            at += 1
            yield ""
        wide, high = (min(max(_whole(cell.get(name)), 1), _SPAN_AT_MOST) for name in ("colspan", "rowspan"))
        for column in range(at, at + wide):
            below[column] = high - 1
        yield " ".join(" ".join(cell.itertext()).split())
        yield from [""] * (wide - 1)
        at += wide


def _whole(text: str | None) -> int:
    found = whole(text)
    return 1 if found is None else found


def _titled(piece: Piece, level: int) -> Piece:
    # Its number was already taken off if the words were alone.
    _, number, rest = split_label(piece.text)
    return Piece("heading", piece.text if piece.number else rest, level, piece.number or number)


def _listed(child: html.HtmlElement, text: str, level: int, counter: int) -> Piece:
    _, number, rest = split_label(text)
    parent = child.getparent()
    ordered = parent is not None and parent.tag == "ol"
    return Piece("item", rest, level, number or (in_format(counter, _list_type(parent)) if ordered else ""))


def _list_type(listed: html.HtmlElement) -> str:
    """How a list is numbered: (a), (i) or 1, by its attribute or its style."""
    style = _LIST_STYLE.search(listed.get("style", ""))
    return _LIST_TYPES.get(style[1].lower() if style else listed.get("type", "").strip(), "decimal")


def _own_number(child: html.HtmlElement, counter: int) -> int:
    """The number that an item gives itself, or the next one."""
    given = whole(child.get("value")) if child.tag == "li" else None
    return counter if given is None else given


def _first_number(element: html.HtmlElement) -> int:
    return _whole(element.get("start")) if element.tag == "ol" else 1
