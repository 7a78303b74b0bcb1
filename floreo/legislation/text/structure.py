"""What a bill or an Act is made of, without markup: parts, sections, paragraphs, definitions, quoted amendments, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

NodeKind = Literal["part", "chapter", "division", "section", "subsection", "paragraph", "subparagraph", "crossheading"]
# From the outside in. A subparagraph may hold subparagraphs: (a), (i), (A).
RANKS: tuple[NodeKind, ...] = ("part", "chapter", "division", "section", "subsection", "paragraph", "subparagraph")


@dataclass
class Item:
    """A lettered line of a definition: "(a)" with its words."""

    number: str
    text: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass
class Text:
    words: str


@dataclass
class Definition:
    """A term with its meaning; `after` is what follows its lettered lines."""

    words: str
    items: list[Item] = field(default_factory=list)
    after: str = ""


@dataclass
class Quote:
    """Words that an amendment inserts in another law: plain lines, then sections and paragraphs, between two quotation marks."""

    blocks: list[Block] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    start: str = "“"
    end: str = "”"


@dataclass
class Rows:
    """A table: its rows, each the words of its cells."""

    rows: list[tuple[str, ...]] = field(default_factory=list)


Block = Text | Definition | Quote | Rows


@dataclass
class Node:
    """One numbered part of the text. `before` is before its children, `after` follows them."""

    kind: NodeKind
    number: str = ""  # as printed: "12A", "(a)"
    heading: str = ""
    before: list[Block] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Schedule:
    """What follows the body: "FIRST SCHEDULE", its heading, the section that it belongs to, and its text."""

    title: str
    heading: str = ""
    blocks: list[Block] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Doubt:
    """Something that a drafter looks at: `code` with its facts, and the place as printed ("section 12")."""

    code: str
    place: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass
class LegalText:
    """A whole bill or Act."""

    preface: list[str] = field(default_factory=list)
    long_title: str = ""
    preamble: list[str] = field(default_factory=list)
    body: list[Node] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def sections(self) -> Iterator[Node]:
        for node in self.body:
            yield from (each for each in node.walk() if each.kind == "section")
