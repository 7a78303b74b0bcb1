"""What a document is made of. Texts are final words in the reader's language; charts are SVG with their words.

A document is a tree of nothing: a flat list of blocks, with headings by level. `pdf.py`, `word.py` and the tag
`{% document %}` draw it; each draws every kind of block, or it is not a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1  # 1 to 3; the document's title is above them
    number: str = ""


@dataclass(frozen=True)
class Paragraph:
    text: str
    tone: str = ""  # "" or "lede", "note", "quote", "internal" (marked as not for the public)
    href: str = ""  # where the whole paragraph leads, if anywhere


@dataclass(frozen=True)
class Item:
    """A point of a list that begins with words that are emphasised: **Sign the protocol.** Agreed on 2 November."""

    text: str
    lead: str = ""
    href: str = ""


@dataclass(frozen=True)
class Bullets:
    items: Sequence[str | Item]
    numbered: bool = False


@dataclass(frozen=True)
class Facts:
    """Pairs of a word and what it is: Meeting, 3 December 2026."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Picture:
    """A drawn chart. `alt` says in words what it shows; without it no PDF is made. An empty `svg` draws nothing."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool = False
    status: str = ""  # a strategy Status: drawn with its silhouette before the word
    href: str = ""
    small: str = ""  # after the text, in small print: "40 days"
    below: str = ""  # under it, on a line of its own
    picture: Picture | None = None  # a line beside a figure; its `alt` is what it says
    is_strong: bool = False


@dataclass(frozen=True)
class Grid:
    """A table. `caption` says what it shows; the first column heads its row. `widths` are shares of the line.
    `bare`: the caption is already in the heading right above, so it is only read aloud."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float] = ()
    note: str = ""
    bare: bool = False


@dataclass(frozen=True)
class StatusBar:
    """How many of each status, in the order of every bar, with the words beside them."""

    counts: Sequence[tuple[str, str, int]]  # (status, word, how many)
    alt: str


@dataclass(frozen=True)
class Boxed:
    """A box that must be seen: decisions asked of the reader."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Columns:
    """Two lists of blocks side by side; one under the other where there is no room, and in Word."""

    left: Sequence[Block]
    right: Sequence[Block]


@dataclass(frozen=True)
class Panels:
    """Small pieces of one kind, each a list of blocks: as many side by side as there is room; two on paper. `note`
    is before them and says what holds for all."""

    panels: Sequence[Sequence[Block]]
    note: str = ""


@dataclass(frozen=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Bullets | Facts | Grid | Picture | StatusBar | Boxed | Columns | Panels | PageBreak


def headings_of(blocks: Sequence[Block]) -> list[Heading]:
    """The headings that a table of contents would list, those of panels among them."""
    found: list[Heading] = []
    for block in blocks:
        if isinstance(block, Heading):
            found.append(block)
        elif isinstance(block, Panels):
            found += [heading for panel in block.panels for heading in headings_of(panel)]
    return found


@dataclass(frozen=True)
class Document:
    """`kicker` is above the title (the state and the strategy), `foot` on every page; `notice` is a ribbon
    on every page; `contents` puts a table of contents after the title."""

    title: str
    language: str
    blocks: Sequence[Block]
    kicker: str = ""
    subtitle: str = ""
    author: str = ""
    made_on: date | None = None
    foot: str = ""
    notice: str = ""  # on every page: "Sample data. ...", "Unofficial. ..."; empty for an official site
    contents: bool = False
    contents_title: str = ""
    one_page: bool = False  # one A4, drawn tighter
    kicker_lines: Sequence[str] = ()  # lines at the right of the kicker: for whom, of which period
    site: str = (
        ""  # "https://strategy.example": completes addresses that begin with "/"; without it files hold no links
    )
    keywords: Sequence[str] = field(default=())
    paper: str = "a4"  # or "a5"
