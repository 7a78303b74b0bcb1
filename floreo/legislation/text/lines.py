"""A provision as plain lines, one a paragraph with its number in front: as a drafter edits it, and as outline reads it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from floreo.legislation.text.structure import Block, Definition, Item, Node, Quote, Text

CELLS = " | "  # between the cells of a row


def lines_of(node: Node) -> list[str]:
    """What is below the number and heading of a section."""
    found: list[str] = []
    for block in node.before:
        found += _block(block)
    for child in node.children:
        found += whole(child)
    for block in node.after:
        found += _block(block)
    return found


def whole(node: Node) -> list[str]:
    """With its number and heading. Words are beside a number that has no heading."""
    below = lines_of(node)
    if node.kind == "crossheading":
        return [node.heading]
    if node.kind in {"part", "chapter", "division"}:
        return [f"{node.kind.upper()} {node.number} – {node.heading}".rstrip(" –"), *below]
    number = f"{node.number}." if node.kind == "section" and node.number else node.number
    if node.heading:
        return [f"{number} {node.heading}".strip(), *below]
    if node.before and isinstance(node.before[0], Text | Definition):
        return [f"{number} {below[0]}".strip(), *below[1:]]
    return [number, *below]


def _block(block: Block) -> list[str]:
    if isinstance(block, Text):
        found = [block.words]
    elif isinstance(block, Definition):
        found = [block.words, *_items(block.items), block.after]
    elif isinstance(block, Quote):
        found = _quote(block)
    else:
        found = [CELLS.join(row) for row in block.rows]
    return [line for line in found if line]


def _items(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        yield f"{item.number} {item.text}".strip()
        yield from _items(item.items)


def _quote(quote: Quote) -> list[str]:
    """Between its quotation marks, the last with the sign that the amendment ends in."""
    found = [line for block in quote.blocks for line in _block(block)]
    found += [line for node in quote.nodes for line in whole(node)]
    if not found:
        return []
    found[0] = quote.start + found[0]
    found[-1] += quote.end
    return found
