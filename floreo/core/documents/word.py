"""A document as a Word file: real headings, tables whose first row repeats, pictures with their words, its language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from docx.enum.section import WD_SECTION
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
    Panels,
    Paragraph,
    Picture,
    StatusBar,
)
from floreo.core.documents.labels import Labels, labels_in
from floreo.core.documents.plain import clean
from floreo.core.documents.word_frame import IN_TABLES, LINE, Frame, element
from floreo.core.ui import bars

GAP = Mm(8)  # between two columns of text
AFTER_BORDERS = (
    "w:shd",
    "w:tblLayout",
    "w:tblCellMar",
    "w:tblLook",
    "w:tblCaption",
)  # the order that the schema asks for


def _hairlines() -> Any:
    """Lines between rows and none between columns, as on our paper."""
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        drawn = side in {"bottom", "insideH"}
        colour = ink.colours()["edge"].lstrip("#")
        borders.append(
            element(f"w:{side}", val="single" if drawn else "nil", **({"sz": "4", "color": colour} if drawn else {}))
        )
    return borders


class _Writer(Frame):
    """Writes blocks one after the other."""

    # -- blocks ----------------------------------------------------------------------------------------------------------

    def many(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.one(block)

    def one(self, block: Block) -> None:
        writers: dict[type, Any] = {
            Heading: self.heading,
            Paragraph: self.text,
            Bullets: self.bullets,
            Facts: self.facts,
            Grid: self.grid,
            Picture: self.chart,
            StatusBar: self.bar,
            Boxed: self.boxed,
            Columns: self.columns,
            Panels: self.panels,
        }
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
            paragraph.paragraph_format.space_after = Pt(2)
            self.run(paragraph, f"{clean(name)}: ", strong=True)
            self.run(paragraph, value)

    def chart(self, block: Picture) -> None:
        svg = ink.first_picture(block.svg)
        if not svg:
            return
        if block.caption:
            self._caption(block.caption)
        width = int(LINE * ink.share(svg))
        self.picture(self.paragraph(), svg, block.alt, min(width, self.width))

    def _caption(self, words: str) -> None:
        caption = self.paragraph("Caption")
        caption.add_run(clean(words))
        caption.paragraph_format.keep_with_next = True

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
        self._cells(1, [[Heading(block.title, 2), *block.blocks]], edge=True)

    def columns(self, block: Columns) -> None:
        if self.into is self.word and self.document.one_page:
            self._cells(2, [block.left, block.right], edge=False)
        else:
            self.many([*block.left, *block.right])

    def panels(self, block: Panels) -> None:
        """Two in a row by two columns of text, which every reader follows, and not by a table that holds no data."""
        if block.note:
            note = self.paragraph()
            self.run(note, block.note, small=True)
            note.paragraph_format.keep_with_next = True
        if self.into is not self.word:
            self.many([inner for panel in block.panels for inner in panel])
            return
        width = self.width
        self._columns_of_text(1)
        self.width = (width - int(GAP)) // 2
        for panel in block.panels:
            self._together(panel)
        self._columns_of_text(2)
        self.width = width

    def _columns_of_text(self, until_here: int) -> None:
        """Ends a stretch of the text that was set in so many columns; what follows has the other number."""
        body = self.word.element.body
        after = self.word.add_section(WD_SECTION.CONTINUOUS)
        end = [child for child in body.iterchildren() if child.tag != qn("w:sectPr")][-1]
        before = end.getprevious()
        if before is not None and before.tag == qn("w:p") and not before.xpath("w:pPr/w:sectPr"):  # no empty line
            before.get_or_add_pPr().append(end.pPr.find(qn("w:sectPr")))
            body.remove(end)
        columns = after._sectPr.find(qn("w:cols"))
        columns.set(qn("w:num"), str(3 - until_here))
        columns.set(qn("w:space"), str(int(GAP.pt * 20)))

    def _together(self, blocks: Sequence[Block]) -> None:
        """Blocks that stay in one column, unless they are higher than it."""
        joined: WordParagraph | None = None
        for block in blocks:
            if isinstance(block, Picture) and joined is not None and (svg := ink.first_picture(block.svg)):
                self.run(joined, f"\n{clean(block.caption)}\n", small=True)
                self.picture(joined, svg, block.alt, self.width)
                joined.paragraph_format.keep_together = True
            else:
                self.one(block)
            joined = self.word.paragraphs[-1] if isinstance(block, Paragraph) else None

    def _cells(self, count: int, lists: Sequence[Sequence[Block]], *, edge: bool) -> None:
        """A frame for layout: one row, which says that it is no table of data by having no header."""
        outer, width = self.into, self.width
        table = self._table(1, count)
        table.style = "Table Grid" if edge else None
        if edge:
            space = element("w:tblCellMar")
            for side in ("top", "left", "bottom", "right"):
                space.append(element(f"w:{side}", w="120", type="dxa"))
            table._tbl.tblPr.insert_element_before(space, "w:tblLook")
        for cell, blocks in zip(table.rows[0].cells, lists, strict=True):
            self.into, self.width = cell, int(width / count) - Mm(4)
            cell.width = int(width / count)
            self.many(blocks)
            cell.paragraphs[0].paragraph_format.space_before = Pt(0)
            if cell.tables and cell._element[-1].tag != qn("w:p"):
                cell.add_paragraph()
        self.into, self.width = outer, width
        if outer is self.word:
            self._little_space()

    def _little_space(self) -> WordParagraph:
        """The paragraph that Word wants between two tables, no higher than it must be."""
        after = self.paragraph()
        after.paragraph_format.space_after, after.paragraph_format.line_spacing = Pt(0), Pt(8)
        return after

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
            self._caption(grid.caption)
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
        if grid.note:
            note = self.paragraph()
            note.paragraph_format.space_before = Pt(3)
            self.run(note, grid.note, small=True)
        else:
            self._little_space()

    def _describe(self, table: Any, grid: Grid) -> None:
        properties = table._tbl.tblPr
        properties.insert_element_before(_hairlines(), *AFTER_BORDERS)
        if grid.caption:
            properties.append(element("w:tblCaption", val=clean(grid.caption)[:255]))
        look = properties.find(qn("w:tblLook"))
        if look is not None:
            look.set(qn("w:firstRow"), "1")
            look.set(qn("w:firstColumn"), "1")

    def _head(self, row: Any, grid: Grid) -> None:
        row._tr.get_or_add_trPr().append(element("w:tblHeader"))
        self._whole(row)
        for n, (cell, words) in enumerate(zip(row.cells, grid.head, strict=False)):
            paragraph = self._styled(cell.paragraphs[0], IN_TABLES)
            paragraph.paragraph_format.keep_with_next = True
            if grid.rows and all(n < len(r) and r[n].is_number for r in grid.rows):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.run(paragraph, words, strong=True, small=True)
            edges = element("w:tcBorders")
            edges.append(element("w:bottom", val="single", sz="8", color=ink.colours()["ink"].lstrip("#")))
            cell._tc.get_or_add_tcPr().append(edges)

    def _whole(self, row: Any) -> None:
        """A row is not torn over two pages."""
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))

    def _widths(self, table: Any, grid: Grid, wide: int) -> None:
        shares = [w or 0.5 for w in grid.widths] if len(grid.widths) == wide else [1.0] * wide
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            width = column.width = Emu(int(self.width * share / sum(shares)))
            for cell in column.cells:
                cell.width = width

    def cell(self, place: Any, cell: Cell, width: int) -> None:
        paragraph = self._styled(place.paragraphs[0], IN_TABLES)
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
            self.run(self._styled(place.add_paragraph(), IN_TABLES), cell.below)

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
