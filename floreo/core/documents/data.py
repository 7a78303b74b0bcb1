"""Blocks as plain data, ready to draw: cleaned words, whole addresses, charts that are complete in themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from floreo.core.documents import ink
from floreo.core.documents.blocks import (
    Block,
    Boxed,
    Bullets,
    Cell,
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
    headings_of,
)
from floreo.core.documents.plain import bounded, breakable, clean, has_text
from floreo.core.ui import bars

LISTED = 30  # more headings than this, and a table of contents holds only the chapters
PANEL = 1200  # characters: a panel with more to read may be torn over two pages
PANEL_LINE = 45  # characters: about how many a line of a panel holds


def contents_depth(blocks: Sequence[Block]) -> int:
    """How deep a table of contents goes, so that it stays one page."""
    return 2 if sum(h.level <= 2 for h in headings_of(blocks)) <= LISTED else 1


class Drawer:
    """Turns blocks into plain data, keeping headings from skipping a level, which no reader aloud could follow."""

    def __init__(self, document: Document) -> None:
        self.site = document.site
        self.level = 0

    def heading(self, wanted: int) -> int:
        self.level = max(1, min(wanted, self.level + 1, 3))
        return self.level

    def boxed(self) -> int:
        """The level of a box's title: under the chapter it is in, if it is in one."""
        return self.heading(2)

    def href(self, given: str) -> str:
        href = clean(given).strip()
        if href.startswith("/") and not href.startswith("//"):
            href = f"{self.site.rstrip('/')}{href}" if self.site else ""
        return href if href.startswith(("https://", "http://", "mailto:")) else ""

    def picture(self, one: Picture) -> dict[str, Any] | None:
        svg = ink.first_picture(one.svg)
        if not svg:
            return None
        return {"svg": ink.alone(svg), "alt": clean(one.alt) if has_text(one.alt) else clean(one.caption) or "–"}

    def cell(self, cell: Cell) -> dict[str, Any]:
        return {
            "text": breakable(cell.text),
            "status": cell.status if cell.status in ink.SHORT else "",
            "href": self.href(cell.href),
            "small": breakable(cell.small),
            "below": breakable(cell.below),
            "picture": self.picture(cell.picture) if cell.picture else None,
            "is_strong": cell.is_strong,
        }

    def grid(self, grid: Grid) -> list[dict[str, Any]]:
        wide = max((len(grid.head), *(len(r) for r in grid.rows)))
        if not wide:
            return []
        rows = [[*row, *[Cell("")] * (wide - len(row))] for row in grid.rows]
        numbers = [bool(rows) and all(r[i].is_number or not r[i].text for r in rows) for i in range(wide)]
        widths = list(grid.widths)
        if len(widths) != wide:
            widths = [0 if n else 1 for n in numbers]
        if not any(widths):
            widths[0] = 1
        head = [bounded(w, 300) for w in grid.head] + [""] * (wide - len(grid.head))
        return [
            {
                "kind": "grid",
                "caption": breakable(grid.caption),
                "head": head,
                "widths": widths,
                "numbers": numbers,
                "rows": [[self.cell(c) for c in row] for row in rows],
                "note": breakable(grid.note),
                "bare": grid.bare or not grid.caption,
            }
        ]

    def items(self, items: Iterable[str | Item]) -> list[dict[str, str]]:
        made = [i if isinstance(i, Item) else Item(i) for i in items]
        return [{"text": breakable(i.text), "lead": breakable(i.lead), "href": self.href(i.href)} for i in made]

    def bar(self, bar: StatusBar) -> list[dict[str, Any]]:
        counts = [c for c in bar.counts if c[0] in ink.SHORT]
        if not sum(n for _s, _w, n in counts):
            return []
        svg = bars.status_bar({s: n for s, _w, n in counts}, label=bar.alt)
        words = [[s, breakable(w), str(n)] for s, w, n in counts]
        return [{"kind": "status_bar", "svg": ink.alone(svg), "alt": clean(bar.alt), "counts": words}]

    def many(self, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        return [made for block in blocks for made in self.one(block)]

    def one(self, block: Block) -> list[dict[str, Any]]:
        match block:
            case Grid():
                return self.grid(block)
            case StatusBar():
                return self.bar(block)
            case Picture():
                return self.shown(block)
            case Boxed() | Columns():
                return [self.holder(block)]
            case Panels():
                panels = [{"blocks": made, "is_long": _is_long(made)} for p in block.panels if (made := self.many(p))]
                return [{"kind": "panels", "panels": panels, "note": breakable(block.note)}] if panels else []
        return [self.words(block)] if not _is_empty(block) else []

    def holder(self, block: Boxed | Columns) -> dict[str, Any]:
        if isinstance(block, Columns):
            return {"kind": "columns", "left": self.many(block.left), "right": self.many(block.right)}
        level = self.boxed()
        inner = self.many(block.blocks)
        return {
            "kind": "boxed",
            "level": level,
            "title": breakable(block.title) if has_text(block.title) else "–",
            "blocks": inner,
        }

    def shown(self, picture: Picture) -> list[dict[str, Any]]:
        made = self.picture(picture)
        more = {"kind": "picture", "caption": breakable(picture.caption)}
        return [more | made | {"share": ink.share(made["svg"])}] if made else []

    def words(self, block: Heading | Paragraph | Bullets | Facts | PageBreak) -> dict[str, Any]:
        match block:
            case Heading(text=text, number=number):
                level = self.heading(block.level)
                return {"kind": "heading", "level": level, "text": breakable(text), "number": breakable(number)}
            case Paragraph(text=text, tone=tone, href=href):
                return {"kind": "paragraph", "text": breakable(text), "tone": tone, "href": self.href(href)}
            case Bullets(items=items):
                return {"kind": "bullets", "items": self.items(items), "numbered": block.numbered}
            case Facts(pairs=pairs):
                return {"kind": "facts", "pairs": [[breakable(a), breakable(b)] for a, b in pairs]}
        return {"kind": "page_break"}


def _is_long(made: Sequence[dict[str, Any]]) -> bool:
    """Whether a panel may be higher than a page, as far as its words show."""
    if any(one["kind"] not in {"heading", "paragraph", "bullets", "picture"} for one in made):
        return True
    sentence = [one.get("text") or one.get("caption") or "" for one in made]
    sentence += [f"{item['lead']} {item['text']}" for one in made for item in one.get("items", ())]
    return sum(len(words) + PANEL_LINE * (1 + words.count("\n")) for words in sentence) > PANEL


def _is_empty(block: Heading | Paragraph | Bullets | Facts | PageBreak) -> bool:
    match block:
        case Heading():  # one without words would be a step that leads nowhere, and PDF/UA refuses it
            return not has_text(f"{block.number}{block.text}")
        case Bullets():
            return not block.items
        case Facts():
            return not block.pairs
    return False
