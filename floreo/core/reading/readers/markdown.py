"""Reads Markdown by its own tokens, so that emphasis, links and code marks never reach the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from floreo.core.reading.building import Piece
from floreo.core.reading.readers.labels import split_label

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def pieces_of_markdown(text: str) -> Iterator[Piece]:
    """Headings, paragraphs, list items and table rows of a Markdown text, in order."""
    reader = _Reader()
    for token in _PARSER.parse(_without_front_matter(text)):
        yield from reader.take(token)


class _Reader:
    """Where in the token stream we are: which lists are open, and whether an item still waits for its words."""

    def __init__(self) -> None:
        self.lists: list[int | None] = []
        self.waiting = False
        self.heading = 0
        self.row: list[str] | None = None
        self.tables = 0

    def take(self, token: Token) -> Iterator[Piece]:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
        elif token.type == "list_item_open":
            self.waiting = True
        elif token.type == "heading_open":
            self.heading = int(token.tag[1:])
        elif token.type == "table_open":
            self.tables += 1
        elif token.type == "tr_open":
            self.row = []
        elif token.type == "tr_close":
            yield Piece("cell_row", level=self.tables, cells=tuple(self.row or ()))
            self.row = None
        elif token.type == "inline":
            yield from self._words(_plain(token.children or ()))

    def _words(self, text: str) -> Iterator[Piece]:
        if self.row is not None:
            self.row.append(text)
        elif self.heading:
            level, self.heading = self.heading, 0
            _, number, rest = split_label(text)
            yield Piece("heading", rest, level=level, number=number)
        elif self.waiting:
            yield self._item(text)
        else:
            _, number, rest = split_label(text)
            yield Piece("item" if number else "paragraph", rest, level=1 if number else 0, number=number)

    def _item(self, text: str) -> Piece:
        self.waiting = False
        count = self.lists[-1] if self.lists else None
        _, number, rest = split_label(text)
        if count is not None:
            self.lists[-1] = count + 1
            number = number or str(count)
        return Piece("item", rest, level=max(len(self.lists), 1), number=number)


def _plain(children: Sequence[Token]) -> str:
    parts = []
    address = ""
    for token in children:
        if token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "link_open":
            address = str(token.attrs.get("href", ""))
        elif token.type == "link_close" and address.startswith("http"):
            # The address is a fact of the text (where something is published), so it stays beside its words.
            parts.append(f" ({address})" if address not in "".join(parts) else "")
    return "".join(parts).strip()


def _without_front_matter(text: str) -> str:
    text = text.lstrip("\ufeff")
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 4)
    return text[end + 5 :] if end > 0 else text
