"""The frame of a Word file: styles, language, what is on every page, and how words and pictures are set."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from floreo.core.documents import ink
from floreo.core.documents.blocks import Document, headings_of
from floreo.core.documents.data import Drawer, contents_depth
from floreo.core.documents.labels import Labels
from floreo.core.documents.pdf import to_png
from floreo.core.documents.plain import clean
from floreo.core.language_codes import LOCALES

MARK = Mm(9)  # how wide a country's own mark is in the head
LINE = Mm(166)  # A4 less its margins
READING, DISPLAY = "Calibri", "Georgia"  # what every ministry's computer has
SIZES = {
    "Normal": 10.5,
    "Title": 24,
    "Subtitle": 12.5,
    "Heading 1": 16,
    "Heading 2": 12.5,
    "Heading 3": 11,
    "Caption": 9.5,
}
TIGHT = SIZES | {"Normal": 9.5, "Title": 19, "Heading 1": 12, "Heading 2": 10.5, "Heading 3": 10}  # one page
IN_TABLES = "Table Text"


def colour_of(name: str) -> RGBColor:
    return RGBColor.from_string(ink.colours()[name].lstrip("#").upper())


def element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _locale(language: str) -> str:
    return LOCALES.get(language, language).replace("_", "-")


def _is_new(cell: Any) -> bool:
    """Whether nothing was written into the cell yet: Word wants a paragraph in each."""
    inside = [child for child in cell._element if child.tag != qn("w:tcPr")]
    return len(inside) == 1 and inside[0].tag == qn("w:p") and not len(inside[0])


class Frame:
    """The file itself: styles, what is on every page, and how a run of words is set."""

    def __init__(self, document: Document, labels: Labels) -> None:
        self.document, self.labels = document, labels
        self.word: WordFile = docx.Document()
        self.drawer = Drawer(document)
        self.into: Any = self.word  # where paragraphs and tables go: the body, or a cell
        self.width = int(LINE)
        self.images: dict[bytes, tuple[str, Any]] = {}
        self.pictures = 0
        self.styles: dict[str, str] = {}  # the file's own name of each style already used

    # -- the frame -------------------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        document, core = self.document, self.word.core_properties
        core.title, core.author, core.language = (
            clean(document.title)[:255],
            clean(document.author)[:255],
            document.language,
        )
        core.subject, core.keywords = clean(document.subtitle)[:255], clean(", ".join(document.keywords))[:255]
        core.comments = ""
        section = self.word.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(15 if document.one_page else 22)
        section.header_distance = section.footer_distance = Mm(9 if document.one_page else 12)
        self._styles()
        self._spaces()

    def _styles(self) -> None:
        styles = self.word.styles
        for name, size in TIGHT.items() if self.document.one_page else SIZES.items():
            style = styles[name]
            face = DISPLAY if name in {"Title", "Heading 1"} else READING
            style.font.name, style.font.size = face, Pt(size)
            style.font.color.rgb = colour_of("ink-2" if name == "Subtitle" else "ink")
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{kind}"), None)
            for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{kind}"), face)
        border = styles["Title"].element.pPr.find(qn("w:pBdr")) if styles["Title"].element.pPr is not None else None
        if border is not None:
            styles["Title"].element.pPr.remove(border)
        styles["Subtitle"].font.italic = False
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        tongue = _locale(self.document.language)
        defaults.append(element("w:lang", val=tongue, eastAsia=tongue, bidi="ar-SA"))

    def _spaces(self) -> None:
        """Room above and below, and a style of its own for what is in tables."""
        styles, tight = self.word.styles, self.document.one_page
        above = {"Heading 1": 20, "Heading 2": 13, "Heading 3": 10}
        for name, after in (
            ("Normal", 6),
            ("Title", 4),
            ("Subtitle", 14),
            ("Caption", 4),
            *dict.fromkeys(above, 4).items(),
        ):
            shape = styles[name].paragraph_format
            shape.space_after = Pt(after * 0.5 if tight else after)
            shape.line_spacing = 1.0 if tight else 1.1
            if name in above:
                shape.space_before = Pt(above[name] * 0.4 if tight else above[name])
        cells = styles.add_style(IN_TABLES, WD_STYLE_TYPE.PARAGRAPH)
        cells.base_style, cells.font.size = styles["Normal"], Pt(8.5 if tight else 9.5)
        cells.paragraph_format.space_after, cells.paragraph_format.line_spacing = Pt(0), 1.0

    def masthead(self) -> None:
        document = self.document
        header = self.word.sections[0].header.paragraphs[0]
        first, _line, second = clean(document.kicker).partition("\n")
        if mark := ink.own_mark():
            self.picture(header, mark, "", int(MARK))
            self.run(header, "  ", small=True)
        self.run(header, " · ".join(w for w in (first, second or ink.branding().programme) if w), small=True)
        if document.notice:
            self.run(header, f"  {clean(document.notice)}", small=True, colour="risk")
        if document.kicker_lines:
            self.run(self.word.add_paragraph(), "\n".join(clean(b) for b in document.kicker_lines), small=True)
        self.word.add_paragraph(clean(document.title) or "–", style="Title")
        if document.subtitle and not document.one_page:
            self.word.add_paragraph(clean(document.subtitle), style="Subtitle")
        if document.contents:
            self._contents()

    def footer(self) -> None:
        paragraph = self.word.sections[0].footer.paragraphs[0]
        if self.document.foot:
            self.run(paragraph, f"{clean(self.document.foot)}\n", small=True)
        before, _page, rest = self.labels.page.partition("{page}")
        between, _pages, after = rest.partition("{pages}")
        self.run(paragraph, before, small=True)
        self._field(paragraph, "PAGE", "1")
        self.run(paragraph, between, small=True)
        self._field(paragraph, "NUMPAGES", "1")
        self.run(paragraph, after, small=True)

    def _field(self, paragraph: WordParagraph, code: str, shown: str) -> None:
        field = element("w:fldSimple", instr=code)
        run = self.run(paragraph, shown, small=True)
        field.append(run._r)
        paragraph._p.append(field)

    def _contents(self) -> None:
        """A field that Word fills when the file is opened; until then it lists the headings."""
        title = self.word.add_paragraph()
        self.run(title, self.document.contents_title or self.labels.contents, strong=True)
        depth = contents_depth(self.document.blocks)
        heads = [h for h in headings_of(self.document.blocks) if h.level <= depth]
        paragraph = self.word.add_paragraph()
        field = element("w:fldSimple", instr=f'TOC \\o "1-{depth}" \\h \\z \\u', dirty="true")
        for i, head in enumerate(heads):
            inset = "\u2003" * (head.level - 1)
            words = inset + f"{head.number} {head.text}".strip() + ("\n" if i + 1 < len(heads) else "")
            field.append(self.run(paragraph, words)._r)
        paragraph._p.append(field)
        self.page_break()

    # -- words -----------------------------------------------------------------------------------------------------------

    def run(
        self, paragraph: WordParagraph, text: str, *, strong: bool = False, small: bool = False, colour: str = ""
    ) -> Any:
        run = paragraph.add_run(clean(text))
        if strong:
            run.bold = True
        if small:
            run.font.size = Pt(9)
        if colour or small:
            run.font.color.rgb = colour_of(colour or "ink-2")
        return run

    def linked(self, paragraph: WordParagraph, text: str, href: str, **more: Any) -> None:
        address = self.drawer.href(href)
        run = self.run(paragraph, text, **more)
        if not address:
            return
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, kind, is_external=True))
        run.font.underline, run.font.color.rgb = True, colour_of("sea")
        paragraph._p.replace(run._r, link)
        link.append(run._r)

    def paragraph(self, style: str = "") -> WordParagraph:
        """A new paragraph; in a cell, the empty one that every new cell has."""
        if self.into is not self.word and _is_new(self.into):
            return self._styled(self.into.paragraphs[0], style)
        return self._styled(self.into.add_paragraph(), style)

    def _styled(self, paragraph: WordParagraph, style: str) -> WordParagraph:
        """With that style. The library looks through every style each time it is asked; once is enough."""
        if style:
            if style not in self.styles:
                paragraph.style = style
                self.styles[style] = paragraph._p.style or ""
            paragraph._p.style = self.styles[style] or None
        return paragraph

    def page_break(self) -> None:
        self.word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def picture(self, paragraph: WordParagraph, svg: str, alt: str, width: int) -> None:
        """A chart or a silhouette. Each is in the file once, however often it is shown."""
        png = to_png(svg, ppi=max(20, round(200 * width / LINE)))
        if not png:
            return
        if png not in self.images:
            self.images[png] = paragraph.part.get_or_add_image(io.BytesIO(png))
        relation, image = self.images[png]
        self.pictures += 1
        inline = CT_Inline.new_pic_inline(self.pictures, relation, "chart.png", *image.scaled_dimensions(width, None))
        for side in "TBLR":  # without these some programs leave room round it
            inline.set(f"dist{side}", "0")
        inline.docPr.set("descr", clean(alt))
        inline.docPr.set("name", f"P{self.pictures}")
        paragraph.add_run()._r.add_drawing(inline)
