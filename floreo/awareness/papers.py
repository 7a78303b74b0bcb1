"""A material as a paper: its Markdown as blocks of a document, on A4 or A5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from floreo.awareness.models import Material
from floreo.core.documents.blocks import Block, Bullets, Cell, Document, Grid, Heading, Paragraph
from floreo.core.ui import locale
from floreo.organisations.models import Country

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def material_paper(country: Country, material: Material) -> Document:
    blocks: list[Block] = []
    if material.summary:
        blocks.append(Paragraph(material.in_language("summary"), tone="lede"))
    blocks += blocks_of(material.in_language("body"))
    words = {"licence": material.licence, "source": material.source}
    blocks.append(Paragraph(_("Licence: %(licence)s. Source: %(source)s.") % words, tone="note"))
    return Document(
        title=material.in_language("title"),
        language=locale.language(),
        blocks=blocks,
        kicker=country.in_language("name"),
        subtitle=str(material.get_audience_display()),
        foot=f"{settings.SITE_ADDRESS}{material.get_absolute_url()}",
        notice=country.site_notice,
        site=settings.SITE_ADDRESS,
        paper=material.paper,
    )


def blocks_of(text: str) -> list[Block]:
    """Headings, paragraphs, lists, quotations and tables. What is within a line is plain words; a link shows its address."""
    return list(_blocks(_markdown.parse(text or "")))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end(tokens, at)
        inner = tokens[at + 1 : end]
        if token.type == "heading_open":
            yield Heading(_words(inner), min(max(int(token.tag[1:]) - 1, 1), 3))
        elif token.type == "paragraph_open":
            yield Paragraph(_words(inner))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield Bullets(tuple(_items(inner)), numbered=token.type == "ordered_list_open")
        elif token.type == "blockquote_open":
            yield Paragraph(_words(inner), tone="quote")
        elif token.type in {"fence", "code_block"}:
            yield Paragraph(token.content.strip())
        elif token.type == "table_open":
            yield _grid(inner)
        at = end + 1


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where what begins at `at` ends: tokens say by how much they nest."""
    depth = 0
    for number in range(at, len(tokens)):
        depth += tokens[number].nesting
        if depth <= 0:
            return number
    return len(tokens) - 1


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        if tokens[at].type == "list_item_open":
            yield _words(tokens[at + 1 : end])
        at = end + 1


def _grid(tokens: Sequence[Token]) -> Grid:
    rows, row = list[list[str]](), list[str]()
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(_inline(token))
        elif token.type == "tr_close":
            rows.append(row)
    head, *body = rows or [[]]
    return Grid(" / ".join(head), head, [[Cell(text) for text in each] for each in body])


def _words(tokens: Sequence[Token]) -> str:
    return " ".join(_inline(token) for token in tokens if token.type == "inline").strip()


def _inline(token: Token) -> str:
    parts = []
    address = ""
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "link_open":
            address = str(child.attrGet("href") or "")
        elif child.type == "link_close" and address and address not in "".join(parts):
            parts.append(f" ({address})")
    return "".join(parts)
