"""Laws as files that are handed out: Akoma Ntoso, PDF, Word; comparisons as PDF, and as Word with tracked changes."""

from __future__ import annotations

from django.http import HttpResponse

from floreo.core.errors import Missing
from floreo.core.ui.papers import KINDS, paper
from floreo.legislation import documents, queries
from floreo.legislation.models import LawVersion


def text_file(found: LawVersion, kind: str) -> HttpResponse:
    """The text as `kind` xml, pdf or docx. Raises Missing for another kind, and where there is no text."""
    if not found.text:
        raise Missing
    name = f"{found.instrument.code}-{found.code}"
    if kind == "xml":
        response = HttpResponse(found.text.encode(), content_type="application/akn+xml; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.xml"'
        return response
    if kind not in KINDS:
        raise Missing
    return paper(documents.text_document(found), kind, name=name)


def compared_file(old: LawVersion, new: LawVersion, kind: str) -> HttpResponse:
    """What changed as `kind` pdf, or docx with tracked changes."""
    name = f"{new.instrument.code}-{old.code}-{new.code}"
    found = queries.compared(old, new)
    if kind == "docx":
        response = HttpResponse(documents.tracked_changes(old, new, found), content_type=KINDS["docx"])
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
        return response
    if kind != "pdf":
        raise Missing
    return paper(documents.compared_document(old, new, found), "pdf", name=name)
