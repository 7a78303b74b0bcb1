"""Spreadsheets into the register: uploaded, columns matched, checked, imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_http_methods

from floreo.core.errors import Refused
from floreo.core.tables import safe_text
from floreo.core.ui.forms import Answering
from floreo.core.uploads import uploaded_file
from floreo.register_imports import actions as acts
from floreo.register_imports.access import get_import_for
from floreo.register_imports.grid import read_file
from floreo.register_imports.kinds import KINDS
from floreo.register_imports.models import RegisterImport
from floreo.register_imports.reading import Plan
from floreo.register_imports.text import done_sentence, plan_sentences
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.register_imports import forms

LISTED = 100
AREA = "register_imports"
COMMANDS: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove the file"),
        _l("Remove the file"),
        acts.BRING_IN,
        new(CommandForm),
        acts.remove_import,
        allowed_by(acts.must_be_open),
        help=_l("Nothing of it was imported."),
        done=_l("Removed."),
        back=lambda _each: reverse("workspace:register_imports"),
    ),
}


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The upload, and earlier files."""
    form = forms.UploadForm(posted(request), request.FILES or None, viewer=request.user)
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            if form.is_valid():
                given = uploaded_file(request, "file")
                upload = read_file(given.read(), given.name or "")
                run = acts.begin_import(by=person(request), kind=form.cleaned_data["kind"], upload=upload)
                return HttpResponseRedirect(reverse("workspace:register_import", args=[run.pk]))
            answer.status = 422
    context = {
        "workspace_section": AREA,
        "form": form,
        "status": answer.status,
        "runs": [(run, done_sentence(run)) for run in RegisterImport.objects.visible_to(request.user)[:LISTED]],
    }
    return render(request, "workspace/register_imports/imports.html", context, status=answer.status)


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column is; of a file that was imported, what became of it."""
    run = get_import_for(request.user, pk)
    if not run.is_open:
        titles = {each.name: each.title for each in KINDS[run.kind].fields}
        context = {
            "workspace_section": AREA,
            "run": run,
            "done": done_sentence(run),
            "columns": [(column["header"], titles.get(column["field"], _l("Left out"))) for column in run.columns],
        }
        return render(request, "workspace/register_imports/done.html", context)
    if not run.is_held:
        return render(request, "workspace/register_imports/gone.html", {"workspace_section": AREA, "run": run})
    grid = acts.grid_of(run)[run.sheet]
    form = forms.ColumnsForm(posted(request), run)
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            if form.is_valid():
                acts.match_columns(run, by=person(request), fields=form.chosen())
                return HttpResponseRedirect(reverse("workspace:register_import_check", args=[pk]))
            answer.status = 422
    context = {
        "workspace_section": AREA,
        "run": run,
        "grid": grid,
        "form": form,
        "status": answer.status,
        "columns": list(zip(form, forms.samples(run, grid), strict=True)),
        "needed": [each.title for each in KINDS[run.kind].fields if each.is_needed],
    }
    return render(request, "workspace/register_imports/columns.html", context, status=answer.status)


@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest, pk: int) -> HttpResponse:
    """Another sheet, another header."""
    run = get_import_for(request.user, pk)
    words = FormPage(
        _l("Sheet and header"),
        _l("Use this"),
        reverse("workspace:register_import", args=[pk]),
        about=run.name,
        help=_l("The columns are then guessed again."),
        area=AREA,
    )
    form = forms.LayoutForm(posted(request), run, acts.grid_of(run))
    return form_page(request, form, doing(request, acts.choose_layout, run), words, thing=run)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, and the button that does it."""
    run = get_import_for(request.user, pk)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        back = "register_import_check"

        def do() -> RegisterImport:
            nonlocal back
            done = acts.import_rows(run, by=person(request), seen=seen)
            back = "register_import"
            return done

        answer = press(request, do, done_sentence, "")
        answer["Location"] = reverse(f"workspace:{back}", args=[pk])
        return answer
    found, refusal = Plan(), ""
    try:
        acts.must_be_open(run)
        found = acts.plan_of(run)
    except Refused as refused:
        refusal = str(refused.sentence)
    context = {
        "workspace_section": AREA,
        "run": run,
        "plan": found,
        "refusal": refusal,
        "sentences": plan_sentences(found),
        "problems": found.problems[:LISTED],
        "skipped": found.skipped[:LISTED],
        "changed": found.changed[:LISTED],
        "added": found.added[:LISTED],
        "more": {
            "problems": max(0, len(found.problems) - LISTED),
            "skipped": max(0, len(found.skipped) - LISTED),
            "changed": max(0, len(found.changed) - LISTED),
            "added": max(0, len(found.added) - LISTED),
        },
    }
    return render(request, "workspace/register_imports/check.html", context)


@require_GET
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """Every problem and every row that is left out, as CSV, to correct the file by."""
    found = acts.plan_of(get_import_for(request.user, pk))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["row", "column", "problem"])
    for each in sorted([*found.problems, *found.skipped], key=lambda problem: problem.line):
        writer.writerow([each.line, safe_text(each.column), safe_text(each.sentence)])
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{pk}.csv"'
    return response


@require_http_methods(["GET", "POST"])
def import_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    return command_view(request, get_import_for(request.user, pk), COMMANDS, name, area=AREA)
