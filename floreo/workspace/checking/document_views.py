"""The documents that the rows quote: which are held here, and the form by which one is added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.access import Permission, must
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import named
from floreo.core.ui.forms import NeededFile, refuse_on
from floreo.core.uploads import uploaded_file
from floreo.core.wording import number_figures
from floreo.strategy.access import get_document_for
from floreo.strategy.actions.documents import take_in
from floreo.strategy.models import SourceDocument
from floreo.workspace.checking.views import AREA
from floreo.workspace.form_page import FormPage, person, posted
from floreo.workspace.forms import CommandForm


@dataclass(frozen=True)
class Shelved:
    """A document with how many passages are quoted from it, and how many of them are in the text that is held."""

    document: SourceDocument
    passages: int
    found: int

    @property
    def text(self) -> str:
        words = {"n": number_figures(self.passages), "found": number_figures(self.found)}
        if not self.document.is_held:
            return (
                ngettext("%(n)s passage, not compared yet", "%(n)s passages, not compared yet", self.passages) % words
            )
        return ngettext("%(found)s of %(n)s passage found", "%(found)s of %(n)s passages found", self.passages) % words

    @property
    def is_sound(self) -> bool:
        return self.document.is_held and self.found == self.passages


def _shelved(document: SourceDocument) -> Shelved:
    quotations = list(document.quotations.all())
    return Shelved(document, len(quotations), sum(each.is_found for each in quotations))


def documents(request: HttpRequest) -> HttpResponse:
    """Each document that rows quote, whether it is held here, and whether each passage is in it."""
    must(request.user, Permission.PLAN_EDIT)
    rows = [_shelved(each) for each in SourceDocument.objects.prefetch_related("quotations")]
    context = {
        "workspace_section": AREA,
        "rows": rows,
        "held": sum(row.document.is_held for row in rows),
    }
    return render(request, "workspace/checking/documents.html", context)


class DocumentForm(CommandForm):
    file = NeededFile(
        label=_l("File"),
        help_text=_l("Exactly the file that was published. A copy that was saved again or scanned is refused."),
    )


def _added(request: HttpRequest, document: SourceDocument) -> SourceDocument:
    try:
        given = uploaded_file(request, "file")
    except Refused as refusal:
        raise _too_large() if refusal.code == "too_large" else refusal from refusal
    if not isinstance(given, TemporaryUploadedFile):
        raise Refused(_("Choose a file first."), code="no_file")
    return take_in(document, by=person(request), path=Path(given.temporary_file_path()), name=given.name or "")


def _too_large() -> Refused:
    """The file cannot be made smaller: then it would be another."""
    sentence = _(
        "The file is larger than %(limit)d MB, so it cannot be uploaded. The server administrator can add it on the"
        " server: floreo document add FILE."
    ) % {"limit": settings.UPLOAD_LARGEST // (1024 * 1024)}
    return Refused(sentence, code="too_large", fields={"file": sentence})


def add_document(request: HttpRequest, code: str) -> HttpResponse:
    """Adds one document. It is read outside of a transaction."""
    must(request.user, Permission.PLAN_EDIT)
    document = get_document_for(request.user, code)
    back = reverse("workspace:documents")
    form, status = DocumentForm(posted(request)), 200
    if form.is_bound:
        status = 422
        form.is_valid()
        try:
            taken = _shelved(_added(request, document))
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            words = {"title": document, "passages": taken.text}
            messages.success(request, _("“%(title)s” is added: %(passages)s.") % words)
            return HttpResponseRedirect(back)
    page = FormPage(
        _("Add a document that is quoted"),
        _("Add the document"),
        back,
        about=named(document),
        help=_("Its SHA-256 must be %(digest)s. Its text is kept here and only the quoted passages are shown.")
        % {"digest": document.file_sha256},
        area=AREA,
    )
    context = {"workspace_section": AREA, "form": form, "question": page, "status": status}
    return render(request, "workspace/plan/form.html", context, status=status)
