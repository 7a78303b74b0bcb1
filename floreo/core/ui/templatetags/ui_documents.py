"""A document's blocks as part of a page; `ui` takes the tag in, so that no page has to load it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Cell,
    Columns,
    Document,
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
from floreo.core.ui import bars
from floreo.core.ui.templatetags.ui_charts import drawn, figure_of

register = template.Library()
SHORT = {
    "done": "done",
    "on_track": "track",
    "at_risk": "risk",
    "late": "late",
    "stalled": "stalled",
    "not_started": "todo",
    "carried": "carried",
    "not_known": "unknown",
}
TONES = {"lede": "fl-lede", "note": "fl-note"}


@dataclass(frozen=True)
class Entry:
    """One line of a table of contents: its words, where it leads on the page, and how deep it is, 1 the chapters."""

    words: str
    name: str
    depth: int


@dataclass(frozen=True)
class Drawn:
    """A document as part of a page, and what its chapters are."""

    html: SafeString
    contents: list[Entry]


class _Page:
    """Draws blocks as HTML, with headings that never skip a level below the page's own."""

    def __init__(self, first_level: int) -> None:
        self.first, self.level = first_level, 0
        self.named: set[str] = set()
        self.contents: list[Entry] = []

    def heading(self, wanted: int) -> int:
        self.level = max(1, min(wanted, self.level + 1, 4))
        return self.first + self.level - 1

    def anchor(self, words: str) -> str:
        base = slugify(words)[:60] or "part"
        name, n = base, 2
        while name in self.named:
            name, n = f"{base}-{n}", n + 1
        self.named.add(name)
        return name

    def many(self, blocks: Sequence[Block]) -> SafeString:
        return mark_safe("\n".join(self.one(block) for block in blocks))  # noqa: S308 -- each is rendered by a template

    def one(self, block: Block) -> str:
        match block:
            case PageBreak():
                return ""
            case Picture():
                return figure_of(block.svg, caption=block.caption) if block.svg else ""
            case Boxed() | Columns() | Panels():
                return self.holder(block)
            case Grid():
                return self.grid(block)
        return self.words(block)

    def holder(self, block: Boxed | Columns | Panels) -> str:
        match block:
            case Columns():
                return self.put("columns", left=self.many(block.left), right=self.many(block.right))
            case Panels():
                panels = [made for panel in block.panels if (made := self.many(panel))]
                return self.put("panels", panels=panels, note=block.note) if panels else ""
        level, inner = self.heading(2), self.many(block.blocks)
        return self.put("boxed", title=clean(block.title), level=level, content=inner)

    def words(self, block: Any) -> str:
        match block:
            case Heading():
                level = self.heading(block.level)
                name = self.anchor(block.text)
                self.contents.append(Entry(clean(f"{block.number} {block.text}".strip()), name, self.level))
                return self.put("heading", level=level, block=block, name=name)
            case Paragraph():
                return self.put("paragraph", block=block, tone=TONES.get(block.tone, ""))
            case Bullets():
                items = [i if isinstance(i, Item) else Item(i) for i in block.items]
                return self.put("bullets", items=items, numbered=block.numbered) if items else ""
            case StatusBar():
                return self.bar(block)
        return self.put("facts", pairs=block.pairs) if block.pairs else ""

    def bar(self, block: StatusBar) -> str:
        counts = {s: n for s, _word, n in block.counts}
        if not sum(counts.values()):
            return ""
        items = [{"short": SHORT[s], "word": word, "n": n} for s, word, n in block.counts if s in SHORT]
        svg = bars.status_bar(counts, height=44, label=block.alt)
        return render_to_string("ui/status_bar.html", {"svg": drawn(svg), "items": items, "tall": True})

    def grid(self, grid: Grid) -> str:
        wide = max((len(grid.head), *(len(r) for r in grid.rows)))
        if not wide:
            return ""
        numbers = [bool(grid.rows) and all(i < len(r) and r[i].is_number for r in grid.rows) for i in range(wide)]
        head = [(words, numbers[i]) for i, words in enumerate(grid.head)]
        rows = [[_cell(c) for c in (*row, *[Cell("")] * (wide - len(row)))] for row in grid.rows]
        name = self.anchor(grid.caption)
        return self.put("grid", caption=grid.caption, bare=grid.bare, note=grid.note, head=head, rows=rows, name=name)

    def put(self, kind: str, **facts: Any) -> str:
        return render_to_string(f"ui/document/{kind}.html", facts)


SHORT_CELL, LONG_CELL = 17, 30  # characters: one line at most; words that want room


def _css(cell: Cell) -> str:
    if cell.is_number:
        return "fl-num"
    letters = len(cell.text) + len(cell.small)
    if letters <= SHORT_CELL and not cell.below:
        return "fl-nb"
    return "fl-long" if max(letters, len(cell.below)) > LONG_CELL else ""


def _cell(cell: Cell) -> dict[str, Any]:
    shown: dict[str, Any] = {
        name: getattr(cell, name) for name in ("text", "is_number", "href", "small", "below", "is_strong")
    }
    picture = cell.picture if cell.picture and cell.picture.svg else None
    return shown | {
        "css": _css(cell),
        "short": SHORT.get(cell.status, ""),
        "svg": drawn(picture.svg) if picture else "",
        "spoken": clean(picture.alt) if picture else "",
    }


@register.simple_tag
def document(doc: Document, level: int = 2) -> SafeString:
    """{% document doc %}: its blocks, without the title, which is the page's own heading. `level` is that of its first
    headings."""
    return _Page(level).many(doc.blocks)


@register.simple_tag
def drawn_document(doc: Document, level: int = 2) -> Drawn:
    """{% drawn_document doc as drawn %}: `drawn.html` as `document` gives it, and `drawn.contents`, its chapters."""
    page = _Page(level)
    html = page.many(doc.blocks)
    return Drawn(html, [entry for entry in page.contents if entry.depth == 1])


@register.filter
def cleaned(text: object) -> str:
    """{{ text|cleaned }}: without what cannot be shown."""
    return clean(text)
