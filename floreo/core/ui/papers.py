"""A document as a file that is handed out: its PDF or Word form, with a name that says what it is."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from floreo.core import action
from floreo.core.documents.blocks import Document
from floreo.core.documents.labels import Labels
from floreo.core.errors import Missing

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def labels_of(language: str) -> Labels:
    """The words the drawing adds, in that language."""
    with override(language):
        return Labels(
            page=_("Page {page} of {pages}"),
            internal=_("Internal. Not published"),
            nothing=_("Nothing to show."),
            contents=_("Contents"),
        )


def bytes_of(document: Document, kind: str) -> bytes:
    """The document as `kind` pdf or docx. Raises Missing for another kind."""
    if kind not in KINDS:
        raise Missing
    if action.is_running():
        raise RuntimeError("A document is drawn before the action that keeps it: it takes seconds.")
    labels = labels_of(document.language)
    if kind == "pdf":
        from floreo.core.documents.pdf import to_pdf  # late: what draws is large, and only for whoever asks for it

        return to_pdf(document, labels=labels)
    from floreo.core.documents.word import to_word  # late: as above

    return to_word(document, labels=labels)


def paper(document: Document, kind: str, *, name: str) -> HttpResponse:
    """The document as a download called `name`, which becomes plain characters."""
    response = HttpResponse(bytes_of(document, kind), content_type=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(name) or "document"}.{kind}"'
    return response
