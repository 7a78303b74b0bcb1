"""Makes the Word document with automatic numbering and a table of actions; run it to make the file again."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

HERE = Path(__file__).parent

HEADINGS = (("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3"))
LETTERS = (("lowerLetter", "(%1)"), ("lowerRoman", "(%2)"))

ACTIONS = (
    ("Pillar 1: Legal and regulatory framework",),
    (
        "1.1",
        "Draft regulations under the Data Protection Act",
        "Attorney General's Chambers",
        "Data Commissioner; Law Reform Commission",
        "January 2024",
        "30 June 2025",
        "CRD 80,000",
    ),
    ("1.2", "Review the evidence rules for electronic records", "Judiciary of Corallia", "", "Q1 2025", "Q4 2025", ""),
    ("Pillar 2: Incident response",),
    (
        "2.1",
        "Stand up the national incident response team (CORCERT)",
        "Ministry of Digital Economy",
        "Corallia Telecom Regulator",
        "March 2024",
        "March 2026",
        "CRD 1.2 million",
    ),
    ("2.2", "Hold four national exercises by 2027", "CORCERT", "National Disaster Office", "", "2027", "CRD 60,000"),
    ("Pillar 3: Skills and awareness",),
    (
        "3.1",
        "Train 250 public officers in secure administration",
        "Public Service Academy",
        "CORCERT",
        "2025",
        "December 2026",
        "",
    ),
)


def main() -> None:
    word = docx.Document()
    word.core_properties.created = word.core_properties.modified = datetime.datetime(2024, 1, 1)  # noqa: DTZ001
    headings = _add_list(word, 71, HEADINGS, styles=("Heading1", "Heading2", "Heading3"))
    first, second = _add_list(word, 72, LETTERS), _restart(word, 72, 74)
    word.add_paragraph("Corallia National Cybersecurity Strategy 2024–2027", style="Title")
    word.add_paragraph("Ministry of Digital Economy", style="Subtitle")
    _contents(word)
    _text(word, headings, first, second)
    _table(word)
    word.save(str(HERE / "automatic-numbers.docx"))


def _text(word: Any, headings: int, first: int, second: int) -> None:
    _heading(word, "Introduction", 1, headings)
    word.add_paragraph(
        "This Strategy was developed by the Ministry of Digital Economy in partnership with the University of Corallia "
        "and the Corallia Bankers Association. Its development was funded by the Government of the United Kingdom."
    )
    word.add_paragraph(
        "The overall goal of this Strategy is to let the people of Corallia trade, learn and govern themselves online without fear."
    )
    _heading(word, "Strategic pillars", 1, headings)
    _heading(word, "Legal and regulatory framework", 2, headings)
    word.add_paragraph("Objectives:")
    _items(word, first, ["Give investigators lawful powers", "Protect personal data"])
    _heading(word, "Incident response", 2, headings)
    word.add_paragraph("Objectives:")
    _items(word, second, ["Detect and handle incidents round the clock"])
    _heading(word, "Skills and awareness", 2, headings)
    word.add_paragraph("Pillar 3 speaks to every citizen. In 2022 only 18 per cent of users had two-step sign-in.")
    _heading(word, "Action plan", 1, headings)


def _contents(word: Any) -> None:
    word.styles.add_style("toc 1", 1)
    for line in ("1 Introduction\t2", "2 Strategic pillars\t3", "3 Action plan\t5"):
        word.add_paragraph(line, style="toc 1")


def _heading(word: Any, text: str, level: int, use: int) -> None:
    # The number comes from the style alone, as in most ministries' templates.
    style = word.styles[f"Heading {level}"]
    properties = style.element.get_or_add_pPr()
    if properties.numPr is None:
        properties.get_or_add_numPr().get_or_add_numId().val = use
    word.add_paragraph(text, style=style)


def _items(word: Any, use: int, lines: list[str]) -> None:
    for line in lines:
        numbered = word.add_paragraph(line).paragraph_format.element.get_or_add_pPr().get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = use


def _add_list(word: Any, key: int, levels: tuple[tuple[str, str], ...], styles: tuple[str, ...] = ()) -> int:
    numbering = word.part.numbering_part.element
    inner = ""
    for depth, (format_, text) in enumerate(levels):
        linked = f'<w:pStyle w:val="{styles[depth]}"/>' if styles else ""
        inner += (
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format_}"/>{linked}'
            f'<w:lvlText w:val="{text}"/></w:lvl>'
        )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{key}">{inner}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(_use(key, key))
    return key


def _restart(word: Any, key: int, use: int) -> int:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    word.part.numbering_part.element.append(_use(key, use, override))
    return use


def _use(key: int, use: int, inner: str = "") -> Any:
    return parse_xml(f'<w:num {nsdecls("w")} w:numId="{use}"><w:abstractNumId w:val="{key}"/>{inner}</w:num>')


def _table(word: Any) -> None:
    columns = ("Ref.", "Action", "Lead agency", "Supporting agencies", "Start", "Due date", "Budget")
    table = word.add_table(rows=1, cols=len(columns))
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        cell.text = column
    for row in ACTIONS:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[-1]).text = row[0]
            continue
        for cell, text in zip(cells, row, strict=True):
            cell.text = text


if __name__ == "__main__":
    main()
