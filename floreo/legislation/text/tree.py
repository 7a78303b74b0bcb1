"""The structure of a text as the tree of which bluebell makes Akoma Ntoso. Its own notation, which people type, would be read back into
the same tree: of an Act of four hundred sections that takes more than a second. A test holds this tree against what it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from floreo.legislation.text.structure import Block, Definition, Item, LegalText, Node, Rows, Schedule, Text

Tree = dict[str, Any]
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what XML does not hold, and nobody sees


def clean(words: str) -> str:
    """Words on one line, as XML holds them."""
    return " ".join(CONTROL.sub(" ", words).split())


def tree_of(text: LegalText, root: str) -> Tree:
    """The whole document; `root` is "act" or "bill"."""
    children: list[Tree] = []
    if text.preface or text.long_title:
        front = [_paragraph(words) for words in text.preface]
        if text.long_title:
            front.append(_element("longTitle", [_paragraph(text.long_title)]))
        children.append(_element("preface", front))
    if text.preamble:
        children.append(_element("preamble", [_paragraph(words) for words in text.preamble]))
    children.append(_element("body", _at_top(text.body) or [_nothing()]))
    if text.schedules:
        children.append(_element("attachments", [_schedule(each) for each in text.schedules]))
    return _element(root, children, name=root)


def _element(kind: str, children: Sequence[Tree], **attribs: str) -> Tree:
    made: Tree = {"type": "element", "name": kind, "children": list(children)}
    return made | {"attribs": attribs} if attribs else made


def _at_top(nodes: Iterable[Node]) -> list[Tree]:
    """The schema takes a cross-heading beside sections within a part, and not at the top of a body."""
    made: list[Tree] = []
    for is_heading, group in groupby(nodes, lambda each: each.kind == "crossheading"):
        inner = [_node(each) for each in group]
        made += [_element("hcontainer", inner, name="hcontainer")] if is_heading else inner
    return made


def _nothing() -> Tree:
    """What the schema asks for where there is no section."""
    return _element("hcontainer", [_element("content", [_paragraph("")])], name="hcontainer")


def _words(words: str) -> list[Tree]:
    return [{"type": "text", "value": words}] if words else []


def _paragraph(words: str) -> Tree:
    return {"type": "content", "name": "p", "children": _words(clean(words))}


def _node(node: Node) -> Tree:
    if node.kind == "crossheading":
        return _element("crossHeading", _words(clean(node.heading)))
    number = clean(node.number).replace(" - ", "-")
    if node.kind == "section" and number and not number.endswith("."):
        number += "."
    children = [*_blocks(node.before), *(_node(each) for each in node.children), *_blocks(node.after)]
    made: Tree = {"type": "hier", "name": node.kind, "children": children}
    if number:
        made["num"] = number
    if heading := clean(node.heading):
        made["heading"] = _words(heading)
    return made


def _blocks(blocks: Iterable[Block]) -> list[Tree]:
    return [made for each in blocks if (made := _block(each)) is not None]


def _block(block: Block) -> Tree | None:
    """None for a line without words."""
    if isinstance(block, Text):
        return _paragraph(block.words) if clean(block.words) else None
    if isinstance(block, Definition):
        inner = [_paragraph(block.words), *([_items(block.items)] if block.items else [])]
        inner += [_paragraph(block.after)] if clean(block.after) else []
        return {"type": "block", "name": "blockContainer", "children": inner, "attribs": {"class": "definition"}}
    if isinstance(block, Rows):
        rows = [_element("tr", [_element("td", [_paragraph(cell)]) for cell in row]) for row in block.rows]
        return _element("table", rows)
    marks = {"startQuote": block.start, "endQuote": block.end.replace("|", " ").replace("}", " ")}
    inner = [*_blocks(block.blocks), *(_node(each) for each in block.nodes)]
    return _element("block", [_element("embeddedStructure", inner, **marks)], name="quote")


def _items(items: Sequence[Item]) -> Tree:
    made = []
    for each in items:
        inner = [_paragraph(each.text)] if each.text or not each.items else []
        inner += [_items(each.items)] if each.items else []
        made.append({"type": "block", "name": "item", "children": inner, "num": clean(each.number)})
    return {"type": "block", "name": "blockList", "children": made}


def _schedule(schedule: Schedule) -> Tree:
    inner = [*_blocks(schedule.blocks), *_at_top(schedule.nodes)]
    made = _element("attachment", [_element("mainBody", inner or [_paragraph("")])], name="schedule")
    return made | {"heading": _words(clean(f"{schedule.title} {schedule.heading}"))}
