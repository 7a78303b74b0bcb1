"""A document as a Word file: real headings, tables whose first row repeats, pictures with their words, its language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

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
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.documents.labels import Labels, labels_in
from floreo.core.documents.plain import clean
from floreo.core.documents.word_frame import Frame, element
from floreo.core.ui import bars


class _Writer(Frame):
    """Writes blocks one after the other."""

    # -- blocks ----------------------------------------------------------------------------------------------------------

    def many(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.one(block)

    def one(self, block: Block) -> None:
        writers: dict[type, Any] = {
            Heading: self.heading, Paragraph: self.text, Bullets: self.bullets, Facts: self.facts, Grid: self.grid,
            Picture: self.chart, StatusBar: self.bar, Boxed: self.boxed, Columns: self.columns,
        }  # fmt: skip
        if isinstance(block, PageBreak):
            self.page_break()
        else:
            writers[type(block)](block)

    def heading(self, block: Heading) -> None:
        paragraph = self.paragraph(f"Heading {self.drawer.heading(block.level)}")
        paragraph.add_run(clean(f"{block.number} {block.text}".strip()))

    def text(self, block: Paragraph) -> None:
        style = {"quote": "Quote"}.get(block.tone, "")
        paragraph = self.paragraph(style)
        if block.tone == "internal":
            shade = element("w:shd", val="clear", color="auto", fill=ink.colours()["inner"].lstrip("#"))
            paragraph._p.get_or_add_pPr().append(shade)
            self.run(paragraph, f"{self.labels.internal}. ", strong=True, colour="inner-ink")
        colour = "inner-ink" if block.tone == "internal" else ""
        self.linked(paragraph, block.text, block.href, small=block.tone == "note", colour=colour)
        if block.tone == "lede":
            for run in paragraph.runs:
                run.font.size = Pt(12.5)

    def bullets(self, block: Bullets) -> None:
        number = self._new_numbers() if block.numbered and block.items else ""
        for given in block.items:
            item = given if isinstance(given, Item) else Item(given)
            paragraph = self.paragraph("List Number" if block.numbered else "List Bullet")
            if number:
                counted = element("w:numPr")
                counted.append(element("w:ilvl", val="0"))
                counted.append(element("w:numId", val=number))
                paragraph._p.get_or_add_pPr().append(counted)
            if item.lead:
                self.run(paragraph, f"{item.lead} ", strong=True)
            self.linked(paragraph, item.text, item.href)

    def _new_numbers(self) -> str:
        """A list that begins at 1 again: a numbering of its own over the style's."""
        style = self.word.styles["List Number"].element
        numbers = self.word.part.numbering_part.element
        base = style.pPr.numPr.numId.val
        kept = next(n for n in numbers.findall(qn("w:num")) if n.get(qn("w:numId")) == str(base))
        fresh = deepcopy(kept)
        new = str(max(int(n.get(qn("w:numId"))) for n in numbers.findall(qn("w:num"))) + 1)
        fresh.set(qn("w:numId"), new)
        again = element("w:lvlOverride", ilvl="0")
        again.append(element("w:startOverride", val="1"))
        fresh.append(again)
        kept.getparent().append(fresh)
        return new

    def facts(self, block: Facts) -> None:
        for name, value in block.pairs:
            paragraph = self.paragraph()
            self.run(paragraph, f"{clean(name)}: ", strong=True)
            self.run(paragraph, value)

    def chart(self, block: Picture) -> None:
        if not block.svg:
            return
        if block.caption:
            caption = self.paragraph("Caption")
            caption.add_run(clean(block.caption))
            caption.paragraph_format.keep_with_next = True
        self.picture(self.paragraph(), block.svg, block.alt, self.width if block.wide else self.width // 2)

    def bar(self, block: StatusBar) -> None:
        counts = {s: n for s, _word, n in block.counts if s in ink.SHORT}
        if not sum(counts.values()):
            return
        self.picture(self.paragraph(), bars.status_bar(counts, label=block.alt), block.alt, self.width)
        paragraph = self.paragraph()
        for status, word, n in block.counts:
            self.run(paragraph, f"{n} ", strong=True)
            self.run(paragraph, f"{word}   ", strong=True, colour=ink.SHORT.get(status, ""))

    def boxed(self, block: Boxed) -> None:
        self._cells(1, [[Heading(block.title, max(self.drawer.level, 1)), *block.blocks]], edge=True)

    def columns(self, block: Columns) -> None:
        if self.into is self.word and self.document.one_page:
            self._cells(2, [block.left, block.right], edge=False)
        else:
            self.many([*block.left, *block.right])

    def _cells(self, count: int, lists: Sequence[Sequence[Block]], *, edge: bool) -> None:
        """A frame for layout: one row, which says that it is no table of data by having no header."""
        outer, width = self.into, self.width
        table = self._table(1, count)
        table.style = "Table Grid" if edge else None
        for cell, blocks in zip(table.rows[0].cells, lists, strict=True):
            self.into, self.width = cell, int(width / count) - Mm(4)
            self.many(blocks)
            if cell.tables and cell._element[-1].tag != qn("w:p"):
                cell.add_paragraph()
        self.into, self.width = outer, width
        if outer is self.word:
            outer.add_paragraph()

    def _table(self, rows: int, columns: int) -> Any:
        if self.into is self.word:
            return self.word.add_table(rows=rows, cols=columns)
        return self.into.add_table(rows, columns)

    # -- tables ----------------------------------------------------------------------------------------------------------

    def grid(self, grid: Grid) -> None:
        wide = max((len(grid.head), *(len(r) for r in grid.rows)))
        if not wide:
            return
        if grid.caption and not grid.bare:
            caption = self.paragraph("Caption")
            caption.add_run(clean(grid.caption))
            caption.paragraph_format.keep_with_next = True
        table = self._table(1 + len(grid.rows), wide)
        table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.LEFT
        self._describe(table, grid)
        self._head(table.rows[0], grid)
        for row, cells in zip(list(table.rows)[1:], grid.rows, strict=True):
            self._whole(row)
            for place, cell in zip(row.cells, cells, strict=False):
                self.cell(place, cell, self.width // wide)
        self._widths(table, grid, wide)
        if not grid.rows:
            self.run(self.paragraph(), self.labels.nothing, small=True)
        after = self.paragraph()
        if grid.note:
            self.run(after, grid.note, small=True)

    def _describe(self, table: Any, grid: Grid) -> None:
        properties = table._tbl.tblPr
        if grid.caption:
            properties.append(element("w:tblCaption", val=clean(grid.caption)[:255]))
        look = properties.find(qn("w:tblLook"))
        if look is not None:
            look.set(qn("w:firstRow"), "1")
            look.set(qn("w:firstColumn"), "1")

    def _head(self, row: Any, grid: Grid) -> None:
        row._tr.get_or_add_trPr().append(element("w:tblHeader"))
        self._whole(row)
        for cell, words in zip(row.cells, grid.head, strict=False):
            self.run(cell.paragraphs[0], words, strong=True, small=True)
            shade = element("w:shd", val="clear", color="auto", fill=ink.colours()["ground"].lstrip("#"))
            cell._tc.get_or_add_tcPr().append(shade)

    def _whole(self, row: Any) -> None:
        """A row is not torn over two pages."""
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))

    def _widths(self, table: Any, grid: Grid, wide: int) -> None:
        shares = [w or 0.5 for w in grid.widths] if len(grid.widths) == wide else [1.0] * wide
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            width = Emu(int(self.width * share / sum(shares)))
            for cell in column.cells:
                cell.width = width

    def cell(self, place: Any, cell: Cell, width: int) -> None:
        paragraph = place.paragraphs[0]
        if cell.is_number:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if cell.picture is not None and cell.picture.svg:
            self.picture(paragraph, cell.picture.svg, cell.picture.alt, min(width - Mm(5), Mm(40)))
        status = cell.status if cell.status in ink.SHORT else ""
        if status:
            self._silhouette(paragraph, status)
        self.linked(
            paragraph, cell.text, cell.href, strong=bool(status) or cell.is_strong, colour=ink.SHORT.get(status, "")
        )
        if cell.small:
            self.run(paragraph, f" {clean(cell.small)}", small=True)
        if cell.below:
            self.run(place.add_paragraph(), cell.below)

    def _silhouette(self, paragraph: WordParagraph, status: str) -> None:
        """The shape before the word; the word says the same, so it is marked as decoration."""
        self.picture(paragraph, ink.silhouettes()[status], "", Mm(3))
        self.run(paragraph, " ")


def to_word(document: Document, *, labels: Labels | None = None) -> bytes:
    """The document as .docx."""
    writer = _Writer(document, labels or labels_in(document.language))
    writer.set_up()
    writer.masthead()
    writer.many(document.blocks)
    writer.footer()
    out = io.BytesIO()
    writer.word.save(out)
    return out.getvalue()
