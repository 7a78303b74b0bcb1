"""Laws on paper: a version, and two versions compared, as PDF and Word; in Word with tracked changes that a drafter accepts or rejects."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock, languages
from floreo.core.documents.blocks import Block, Cell, Document, Grid, Heading, Paragraph
from floreo.core.wording import day_text
from floreo.frameworks.models import Framework
from floreo.legislation import presenters
from floreo.legislation.models import Instrument, LawVersion
from floreo.legislation.queries import MatrixRow, coverage, provisions
from floreo.legislation.text.compare import ComparedLine, ComparedProvision, Run, summary
from floreo.legislation.text.provisions import PrintedLine, Provision

_SPACE = "\u2003"  # one for each step inwards
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def text_document(version: LawVersion) -> Document:
    """The whole text of a version."""
    from floreo.legislation.printing import front_of  # late: prints HTML, which only this needs of it

    front = front_of(version)
    blocks: list[Block] = [Paragraph(line) for line in front.title_lines]
    if front.long_title:
        blocks.append(Paragraph(front.long_title, "lede"))
    blocks += [Paragraph(line) for line in front.preamble]
    for each in provisions(version):
        blocks += _provision(each)
    law = version.instrument
    return Document(
        title=law.title,
        language=version.language,
        blocks=blocks,
        kicker=f"{version.title}, {day_text(version.dated)}",
        made_on=clock.today(),
        foot=_("Not the official edition. SHA-256 of the text: %(hash)s") % {"hash": version.sha256[:16]},
        contents=True,
        contents_title=_("Contents"),
    )


def _provision(each: Provision) -> Iterator[Block]:
    if each.kind in {"part", "chapter", "division"}:
        yield Heading(f"{each.label}. {each.heading}" if each.heading else each.label, 1)
    elif each.kind == "crossheading":
        yield Paragraph(each.heading, "lede")
    elif each.kind == "schedule":
        yield Heading(each.heading, 1)
        yield from _lines(each.lines)
    else:
        yield Heading(each.heading or "–", 2, each.number)
        yield from _lines(each.lines)


def _lines(rows: Iterable[PrintedLine]) -> Iterator[Block]:
    table: list[Sequence[Cell]] = []
    for line in rows:
        if line.cells:
            table.append([Cell(cell) for cell in line.cells])
            continue
        if table:
            yield _grid(table)
            table = []
        yield Paragraph(f"{_SPACE * line.depth}{line.as_text()}", "quote" if line.style == "quote" else "")
    if table:
        yield _grid(table)


def _grid(rows: list[Sequence[Cell]]) -> Grid:
    width = max(len(row) for row in rows)
    full = [[*row, *[Cell("")] * (width - len(row))] for row in rows]
    return Grid(_("Table of the law"), [""] * width, full, bare=True)


def compared_document(old: LawVersion, new: LawVersion, found: Sequence[ComparedProvision]) -> Document:
    """What changed, clause by clause: removed words in square brackets with a line, added words underlined, in signs that print."""
    blocks: list[Block] = [
        Paragraph(presenters.summary_text(summary(found)), "lede"),
        Paragraph(_("Removed words are shown as [−removed−], added words as [+added+].")),
    ]
    for each in found:
        if each.change == "same":
            continue
        one = each.new or each.old
        assert one is not None
        blocks.append(Heading(_marked(each.heading) or one.label, 2, one.number))
        for line in each.lines:
            words = _marked(line.runs)
            blocks.append(Paragraph(f"{_SPACE * line.depth}{line.number} {words}".strip()))
    return Document(
        title=_("What changed: %(law)s") % {"law": new.instrument.title},
        language=languages.now(),
        blocks=blocks,
        kicker=f"{old.title} → {new.title}",
        made_on=clock.today(),
    )


def _marked(runs: Sequence[Run]) -> str:
    signs = {"same": "{}", "added": "[+{}+]", "removed": "[−{}−]"}
    return "".join(signs[run.kind].format(run.words) for run in runs)


def matrix_document(law: Instrument, treaty: Framework, rows: Sequence[MatrixRow]) -> Document:
    """How a law meets a treaty, article by article in the treaty's order, as a country profile asks it."""
    cells = [
        [
            Cell(f"{row.item.code} {row.item.in_language('title')}", is_strong=True),
            Cell(", ".join(row.verdict.provisions) if row.verdict else ""),
            Cell(_verdict_text(row)),
            Cell(row.verdict.in_language("reason") if row.verdict else ""),
        ]
        for row in rows
    ]
    head = [_("Article"), _("Provisions"), _("Verdict"), _("Reason")]
    return Document(
        title=_("%(law)s and the %(treaty)s")
        % {"law": law.in_language("title"), "treaty": treaty.in_language("title")},
        language=languages.now(),
        blocks=[
            Paragraph(presenters.coverage_text(coverage(rows)), "lede"),
            Grid(treaty.in_language("title"), head, cells, (0.28, 0.17, 0.15, 0.4)),
        ],
        kicker=_("The country’s own assessment"),
        made_on=clock.today(),
    )


def _verdict_text(row: MatrixRow) -> str:
    if row.verdict is None:
        return _("Not rated")
    if row.is_stale:
        return _("Check again")
    text = str(row.verdict.get_verdict_display())
    return text if row.verdict.is_reviewed else _("%(verdict)s, not reviewed") % {"verdict": text}


# --- Tracked changes ------------------------------------------------------------------------------------------------


def tracked_changes(old: LawVersion, new: LawVersion, found: Sequence[ComparedProvision]) -> bytes:
    """A Word file of the new version in which every difference from the old is a change that can be accepted or rejected."""
    import docx  # late: large, and only for who asks for it

    file = docx.Document()
    file.core_properties.title = new.instrument.title
    file.core_properties.author = ""
    at = clock.now()
    file.add_heading(new.instrument.title, 0)
    file.add_paragraph(f"{old.title} → {new.title}")
    number = 1
    for each in found:
        one = each.new or each.old
        assert one is not None
        head = file.add_heading("", 2)
        kind = {"added": "added", "removed": "removed"}.get(each.change, "same")
        heading = [Run(kind, f"{one.number or ''} "), *each.heading] if one.number else list(each.heading)  # type: ignore[arg-type]
        number = _put(head, heading, at, number)
        for line in each.lines:
            paragraph = file.add_paragraph()
            paragraph.paragraph_format.left_indent = docx.shared.Cm(0.9 * line.depth)
            number = _put(paragraph, _numbered(line), at, number)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _numbered(line: ComparedLine) -> list[Run]:
    kind = line.change if line.change in {"added", "removed"} else "same"
    if line.was and line.was != line.number:
        return [Run("removed", f"{line.was} "), Run("added", f"{line.number} "), *line.runs]
    return [Run(kind, f"{line.number} "), *line.runs] if line.number else list(line.runs)


def _put(paragraph: Any, runs: Sequence[Run], at: datetime, number: int) -> int:
    # late: as above
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for run in runs:
        holder = paragraph._p
        if run.kind != "same":
            change = OxmlElement("w:ins" if run.kind == "added" else "w:del")
            change.set(qn("w:id"), str(number))
            change.set(qn("w:author"), "Floreo")
            change.set(qn("w:date"), at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            holder.append(change)
            holder = change
            number += 1
        element = OxmlElement("w:r")
        text = OxmlElement("w:delText" if run.kind == "removed" else "w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = run.words
        element.append(text)
        holder.append(element)
    return number
