"""Old cases from a file: checked, imported, and an import undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from floreo.core import languages
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.incidents import importing
from floreo.incidents.actions.importing import import_cases, undo_import
from floreo.incidents.import_text import kept_sentence, read_sentences
from floreo.incidents.models import ImportRun
from floreo.workspace.form_page import person, press
from floreo.workspace.incident_import.forms import OldCasesForm

LISTED = 50
MOST_HERE = 5_000  # more take minutes: those are for the command line


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The upload with its two buttons, what a check found, and earlier imports."""
    form, status, found = OldCasesForm(), 200, None
    if request.method == "POST":
        form = OldCasesForm(request.POST, request.FILES)
        try:
            given = uploaded_file(request, "file")
            found = importing.read(given.read(), given.name or "")
            if "import" in request.POST and not found.problems:
                return _import(request, found)
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            status = refusal.status
            refuse_on(form, refusal)
        if found is not None and found.problems:
            status = 422
    context = {
        "workspace_section": "case_imports",
        "form": form,
        "status": status,
        "sentences": list(read_sentences(found)) if found is not None else [],
        "is_sound": found is not None and not found.problems,
        "columns": [(each.title, each.note) for each in importing.COLUMNS],
        "languages": [(code, languages.name(code)) for code in languages.site()],
        "runs": ImportRun.objects.all()[:LISTED],
    }
    return render(request, "workspace/incident_import/imports.html", context, status=status)


def _import(request: HttpRequest, found: importing.Read) -> HttpResponse:
    if len(found.rows) > MOST_HERE:
        words = {"most": MOST_HERE, "command": "floreo incidents import"}
        raise Refused(
            _("More than %(most)d cases take minutes. Import them on the server: %(command)s.") % words, code="too_many"
        )
    run = import_cases(found, by=person(request))
    count = len(run.cases)
    messages.success(
        request, ngettext("%(count)d case imported.", "%(count)d cases imported.", count) % {"count": count}
    )
    return HttpResponseRedirect(reverse("workspace:case_imports"))


@require_safe
def template(request: HttpRequest, language: str) -> HttpResponse:
    """The header and an example, to be filled in a spreadsheet."""
    response = HttpResponse(importing.template(language), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="old-cases-{languages.spoken(language)}.csv"'
    return response


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ImportRun, pk=pk)

    def do() -> str:
        undo_import(run, by=person(request))
        run.refresh_from_db()
        return kept_sentence(run.cases)

    return press(request, do, str, reverse("workspace:case_imports"))
