"""Texts of laws for tests: lines to a structure, the sample bill and Act, a short printed form of a structure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from floreo.legislation.text.akn import Frame, to_xml
from floreo.legislation.text.outline import TextLine, outline
from floreo.legislation.text.provisions import Provision, provisions_of
from floreo.legislation.text.structure import Block, Definition, Item, LegalText, Node, Quote, Text

FILES = Path(__file__).parent / "files"
ACT, AMENDED = "cybercrime-act-2014", "cybercrime-act-2014-as-amended"
BILL = "cybercrime-amendment-bill-2026-v"
FRAME = Frame("xp", "act", date(2014, 6, 24), "9", "Cybercrime Act 2014")


def read(*lines: str) -> LegalText:
    return outline([TextLine(line) for line in lines])


def sample(name: str) -> LegalText:
    return read(*(FILES / f"{name}.txt").read_text(encoding="utf-8").split("\n"))


def provisions(text: LegalText) -> list[Provision]:
    return provisions_of(to_xml(text, FRAME))[1]


def doubts(text: LegalText) -> list[tuple[str, ...]]:
    """(code, place, facts ...)"""
    return [(each.code, each.place, *(value for _name, value in each.facts)) for each in text.doubts]


def shape(text: LegalText) -> list[str]:
    """The body and the schedules as indented lines: kind, number, heading, words."""
    found = [line for node in text.body for line in _node(node, 0)]
    for schedule in text.schedules:
        found.append(f"schedule {schedule.title} | {schedule.heading}")
        found += [line for block in schedule.blocks for line in _block(block, 1)]
        found += [line for node in schedule.nodes for line in _node(node, 1)]
    return found


def _node(node: Node, depth: int) -> list[str]:
    pad = "  " * depth
    found = [f"{pad}{node.kind} {node.number}" + (f" | {node.heading}" if node.heading else "")]
    found += [line for block in node.before for line in _block(block, depth + 1)]
    found += [line for child in node.children for line in _node(child, depth + 1)]
    return found + [f"{line} <after>" for block in node.after for line in _block(block, depth + 1)]


def _block(block: Block, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(block, Text):
        return [pad + block.words]
    if isinstance(block, Definition):
        found = [f"{pad}def {block.words}", *_items(block.items, depth + 1)]
        return found + ([f"{pad}after {block.after}"] if block.after else [])
    if isinstance(block, Quote):
        found = [f"{pad}quote {block.start} {block.end}"]
        found += [line for one in block.blocks for line in _block(one, depth + 1)]
        return found + [line for node in block.nodes for line in _node(node, depth + 1)]
    return [pad + " | ".join(row) for row in block.rows]


def _items(items: list[Item], depth: int) -> list[str]:
    return [
        line for item in items for line in (f"{'  ' * depth}{item.number} {item.text}", *_items(item.items, depth + 1))
    ]
