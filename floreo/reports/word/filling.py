"""The Word template that comes with the program: every kind of field once."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from docx.oxml import OxmlElement

from floreo.core import languages
from floreo.core.documents.blocks import Document
from floreo.core.documents.labels import labels_in
from floreo.core.documents.word_frame import IN_TABLES, LINE, Frame

_PROPERTIES = ("author", "category", "comments", "identifier", "keywords", "subject", "title")


def _row(table: Any, *texts: str) -> None:
    for cell, text in zip(table.add_row().cells, texts, strict=False):
        cell.text = text
        cell.paragraphs[0].style = IN_TABLES


def _repeated(
    document: Any, head: tuple[str, ...], list_name: str, cells: tuple[str, ...], shares: tuple[float, ...]
) -> None:
    """A table whose middle row is repeated for each item of a list; `shares` of the line are its columns."""
    table = document.add_table(rows=1, cols=len(head))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
        cell.paragraphs[0].style = IN_TABLES
        for run in cell.paragraphs[0].runs:
            run.bold = True
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    _row(table, "{%tr for one in " + list_name + " %}")
    _row(table, *("{{ one." + name + " }}" for name in cells))
    _row(table, "{%tr endfor %}")
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(LINE * share / sum(shares))
        for cell in column.cells:
            cell.width = column.width
    document.add_paragraph()


def default_template() -> bytes:
    """A template to begin with: every kind of field once, in the reader's language."""
    title, language = _("Progress report, {{ period }}"), languages.now()
    frame = Frame(Document(title, language, []), labels_in(language))
    frame.set_up()
    document = frame.word
    document.add_heading(title, 0)
    document.add_paragraph("{{ country }}. {{ strategy }}")
    document.add_paragraph("{{ headline }} {{ change }}")
    document.add_heading(_("Decisions requested"), 1)
    document.add_paragraph("{%p for one in decisions %}")
    document.add_paragraph("{{ one.title }}. {{ one.text }}", style="List Bullet")
    document.add_paragraph("{%p else %}")
    document.add_paragraph(_("No decision is requested."))
    document.add_paragraph("{%p endfor %}")
    document.add_heading(_("Late items, and reasons"), 1)
    late = ("title", "status", "lead", "why")
    _repeated(document, (_("Action"), _("Status"), _("Lead"), _("Reason")), "late", late, (2.4, 1, 1.6, 2.8))
    document.add_heading(_("Recent progress"), 1)
    document.add_paragraph("{%p for one in milestones %}")
    document.add_paragraph("{{ one.day }}: {{ one.text }}", style="List Bullet")
    document.add_paragraph("{%p endfor %}")
    document.add_heading(_("Indicators"), 1)
    _repeated(
        document, (_("Indicator"), _("Value"), _("Target")), "figures", ("title", "value", "target"), (3, 1.4, 1.9)
    )
    document.add_heading(_("Money"), 1)
    document.add_paragraph("{% if money %}{{ money }}{% else %}" + _("Its money is not known.") + "{% endif %}")
    _repeated(
        document, (_("Funder"), _("Planned"), _("Spent")), "by_funder", ("name", "planned", "spent"), (3, 1.4, 1.4)
    )
    document.sections[0].footer.paragraphs[0].text = "{{ foot }} {{ sample }}"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
