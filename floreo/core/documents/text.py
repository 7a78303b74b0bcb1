"""A document as plain text, for the text of a mail: the same blocks, without their dress."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Columns,
    Document,
    Facts,
    Grid,
    Heading,
    Item,
    PageBreak,
    Panels,
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.documents.plain import clean

WIDTH = 76


def as_text(document: Document) -> str:
    head = [document.kicker, document.title, document.subtitle, document.notice]
    parts = ["\n".join(filter(None, head)), *_blocks(document.blocks), document.foot]
    return clean("\n\n".join(filter(None, parts)))


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    lines = [textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=rest) for line in text.splitlines()]
    return "\n".join(lines)


def _blocks(blocks: Iterable[Block]) -> list[str]:
    return [_block(block) for block in blocks]


def _block(block: Block) -> str:
    match block:
        case Heading():
            sentence = f"{block.number} {block.text}".strip()
            text = f"{sentence}\n{'-' * min(len(sentence), WIDTH)}"
        case Paragraph():
            text = _wrapped(block.text)
        case Bullets():
            text = _bullets(block)
        case Facts():
            text = "\n".join(f"{name}: {value}" for name, value in block.pairs)
        case Grid():
            text = _grid(block)
        case Picture() | StatusBar():
            text = _wrapped(block.alt)
        case Boxed():
            text = "\n\n".join([block.title, *_blocks(block.blocks)])
        case Columns():
            text = "\n\n".join(_blocks([*block.left, *block.right]))
        case Panels():
            inner = [block for panel in block.panels for block in panel]
            text = "\n\n".join(filter(None, [_wrapped(block.note), *_blocks(inner)]))
        case PageBreak():
            text = ""
    return text


def _bullets(block: Bullets) -> str:
    lines = []
    for number, item in enumerate(block.items, start=1):
        sentence = f"{item.lead} {item.text}".strip() if isinstance(item, Item) else item
        mark = f"{number}. " if block.numbered else "* "
        lines.append(_wrapped(sentence, mark, " " * len(mark)))
    return "\n".join(lines)


def _grid(grid: Grid) -> str:
    """A row a paragraph: mail programs have no columns that hold."""
    rows = []
    for row in grid.rows:
        cells = [
            f"{head}: {cell.text}" if n else cell.text
            for n, (head, cell) in enumerate(zip(grid.head, row, strict=False))
        ]
        rows.append(_wrapped("; ".join(c for c in cells if c), "* ", "  "))
    return "\n".join([f"{grid.caption}:", *rows, *filter(None, [grid.note])])
