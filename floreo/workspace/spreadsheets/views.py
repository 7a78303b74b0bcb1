"""Imports of spreadsheets: uploaded, tables, columns and values matched, checked, imported, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core.errors import Missing, Refused
from floreo.core.importing import Remark
from floreo.core.tables import safe_text
from floreo.core.ui.forms import Answering
from floreo.core.uploads import uploaded_file
from floreo.core.wording import colon
from floreo.imports import actions as acts
from floreo.imports.access import get_import_for
from floreo.imports.choosing import field_texts
from floreo.imports.files import read_file
from floreo.imports.matching import Certainty, words_of
from floreo.imports.models import SheetImport
from floreo.imports.planning import Outcome, Reading, Result, heads_and_texts, shown_header
from floreo.imports.profiles import as_toml, changed_heads
from floreo.imports.tables import SheetTable, find_tables
from floreo.imports.targets import target_of
from floreo.imports.text import count_sentences, done_sentence, undone_sentence
from floreo.imports.undoing import records_to_undo
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.spreadsheets import forms

LISTED = 100
MOST_TEXTS = 150  # on one page
AREA = "spreadsheets"
CERTAINTIES = {
    Certainty.REMEMBERED: _l("as in the profile"),
    Certainty.NAME: _l("by its name"),
    Certainty.SIMILAR: _l("its name is similar: check it"),
    Certainty.VALUES: _l("by its values: check it"),
    Certainty.NONE: "",
}


def _undo_help(run: SheetImport) -> str:
    undone, stays = records_to_undo(run)
    first = ngettext(
        "%(n)d record is removed or changed back.", "%(n)d records are removed or changed back.", len(undone)
    )
    sentences = [first % {"n": len(undone)}]
    sentences += [
        _("It stays as it is: %(name)s. %(why)s") % {"name": name, "why": why} for name, why in stays[:LISTED]
    ]
    return " ".join(sentences)


COMMANDS: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove the file"),
        _l("Remove the file"),
        acts.OPEN,
        new(CommandForm),
        acts.remove_import,
        allowed_by(acts.must_be_open),
        help=_l("Nothing of it was imported."),
        done=_l("Removed."),
        back=lambda _each: reverse("workspace:spreadsheets"),
    ),
    "undo": Command(
        _l("Undo the import"),
        _l("Undo the import"),
        acts.OPEN,
        new(CommandForm),
        acts.undo_import,
        allowed_by(acts.must_be_undoable),
        help=_undo_help,
        done=_l("The import was undone."),
    ),
}


@require_http_methods(["GET", "POST"])
def spreadsheets(request: HttpRequest) -> HttpResponse:
    """The upload, and earlier files."""
    form = forms.UploadForm(posted(request), request.FILES or None, viewer=request.user)
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            if form.is_valid():
                given = uploaded_file(request, "file")
                target, scope = form.chosen()
                upload = read_file(given.read(), given.name or "")
                run = acts.begin_import(by=person(request), target=target, scope=scope, upload=upload)
                return HttpResponseRedirect(reverse("workspace:spreadsheet", args=[run.pk]))
            answer.status = 422
    runs = SheetImport.objects.visible_to(request.user)[:LISTED]
    context = {
        "workspace_section": AREA,
        "form": form,
        "status": answer.status,
        "runs": [(run, target_words(run), done_sentence(run)) for run in runs],
    }
    return render(request, "workspace/spreadsheets/spreadsheets.html", context, status=answer.status)


def target_words(run: SheetImport) -> str:
    title = str(target_of(run.target).title)
    return f"{title}, {run.scope}" if run.scope else title


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column is; of a file that was imported, what became of it."""
    run = get_import_for(request.user, pk)
    if not run.is_open:
        return _done(request, run)
    if not run.is_held:
        return render(request, "workspace/spreadsheets/gone.html", {"workspace_section": AREA, "run": run})
    rows, sheets = acts.rows_of(run, person(request)), acts.sheets_of(run)
    parts = [SheetTable.from_json(part) for part in run.parts]
    heads, texts, _skipped = heads_and_texts(sheets, parts, acts.TEXTS)
    target = target_of(run.target)
    form = forms.ColumnsForm(posted(request), run, rows, texts, day_fields=target.day_fields)
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            if form.is_valid():
                acts.match_columns(run, by=person(request), **form.facts())
                return HttpResponseRedirect(reverse("workspace:spreadsheet_values", args=[pk]))
            answer.status = 422
    more, less = changed_heads(run.profile, run.columns) if run.profile else ([], [])
    lines = [
        (
            form[name],
            form[shape] if shape else None,
            forms.samples(of_column),
            CERTAINTIES.get(column["certainty"], "") if column["field"] or column["certainty"] else "",
            head.is_twice,
        )
        for (name, shape), of_column, column, head in zip(form.lines, texts, run.columns, heads, strict=True)
    ]
    context = {
        "workspace_section": AREA,
        "run": run,
        "target": target_words(run),
        "tables": [(sheets[part.sheet].title, part.header_row) for part in parts],
        "form": form,
        "status": answer.status,
        "lines": lines,
        "needed": [each.title for each in rows.fields if each.is_needed],
        "more": [shown_header(head) for head in more],
        "less": less,
        "commands": commands_for(request.user, run, COMMANDS),
    }
    return render(request, "workspace/spreadsheets/columns.html", context, status=answer.status)


def _done(request: HttpRequest, run: SheetImport) -> HttpResponse:
    titles = {each.name: each.title for each in acts.rows_of(run, person(request)).fields}
    context = {
        "workspace_section": AREA,
        "run": run,
        "target": target_words(run),
        "sentences": count_sentences(run.counts),
        "undone": undone_sentence(run) if run.undone_at else "",
        "columns": [(shown_header(c["header"]), titles.get(c["field"], _l("Left out"))) for c in run.columns],
        "remarks": [(sheet, row, name, Remark(*remark)) for sheet, row, name, remark in run.remarks[:LISTED]],
        "more": max(0, len(run.remarks) - LISTED),
        "records": run.records.filter(is_new=True).count(),
        "commands": commands_for(request.user, run, COMMANDS),
    }
    return render(request, "workspace/spreadsheets/done.html", context)


@require_http_methods(["GET", "POST"])
def tables(request: HttpRequest, pk: int) -> HttpResponse:
    """Other tables of the file, or another header."""
    run = get_import_for(request.user, pk)
    words = FormPage(
        _l("Tables of the file"),
        _l("Use these"),
        reverse("workspace:spreadsheet", args=[pk]),
        about=run.name,
        help=_l("The columns are then guessed again."),
        area=AREA,
    )
    sheets = acts.sheets_of(run)
    found = find_tables(sheets, words_of(acts.rows_of(run, person(request)).fields))
    form = forms.TablesForm(posted(request), run, sheets, found)
    return form_page(request, form, doing(request, acts.choose_tables, run), words, thing=run)


@require_http_methods(["GET", "POST"])
def values(request: HttpRequest, pk: int) -> HttpResponse:
    """What the texts of the file mean that are called like nothing here, or like several."""
    run = get_import_for(request.user, pk)
    acts.must_be_open(run)
    rows, sheets = acts.rows_of(run, person(request)), acts.sheets_of(run)
    found = field_texts(
        rows, sheets, Reading([SheetTable.from_json(part) for part in run.parts], run.columns, run.values)
    )
    with_all = "all" in request.GET
    texts = [text for of_field in found for text in (of_field.texts if with_all else of_field.open_texts)]
    if not texts and request.method == "GET":
        return HttpResponseRedirect(reverse("workspace:spreadsheet_check", args=[pk]))
    form = forms.ValuesForm(posted(request), found, texts[:MOST_TEXTS])
    answer = Answering(form)
    if request.method == "POST":
        with answer:
            if form.is_valid():
                acts.match_values(run, by=person(request), **form.facts())
                return HttpResponseRedirect(reverse("workspace:spreadsheet_check", args=[pk]))
            answer.status = 422
    context = {
        "workspace_section": AREA,
        "run": run,
        "form": form,
        "status": answer.status,
        "fields": [_field_words(form, of_field) for of_field in found],
        "more": max(0, len(texts) - MOST_TEXTS),
        "with_all": with_all,
    }
    return render(request, "workspace/spreadsheets/values.html", context, status=answer.status)


def _field_words(form: forms.ValuesForm, of_field: Any) -> dict[str, Any]:
    others = f"others_{of_field.name}"
    return {
        "title": of_field.title,
        "others": form[others] if others in form.fields else None,
        "texts": [
            (text, form[text.name], form[f"{text.name}_code"] if f"{text.name}_code" in form.fields else None)
            for text in form.shown
            if text.field == of_field.name
        ],
        "settled": [
            (text.text, of_field.matcher.by_key[text.chosen].title)
            for text in of_field.texts
            if text.is_settled and text.chosen in of_field.matcher.by_key
        ],
    }


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would do, and the button that does it."""
    run = get_import_for(request.user, pk)
    if request.method == "POST":
        seen, source = request.POST.get("seen", ""), request.POST.get("source_name", "")
        back = "spreadsheet_check"

        def do() -> SheetImport:
            nonlocal back
            done = acts.import_rows(run, by=person(request), seen=seen, source_name=source)
            back = "spreadsheet"
            return done

        answer = press(request, do, done_sentence, "")
        answer["Location"] = reverse(f"workspace:{back}", args=[pk])
        return answer
    found, refusal = None, ""
    try:
        acts.must_be_open(run)
        found = acts.plan_of(run, by=person(request))
    except Refused as refused:
        refusal = str(refused.sentence)
    context = {
        "workspace_section": AREA,
        "run": run,
        "plan": found,
        "name_form": forms.NameForm(initial={"source_name": run.source_name}),
        "refusal": refusal,
        "sentences": count_sentences(found.counts) if found else [],
        "groups": _groups(found.results) if found else [],
        "digest": found.digest if found else "",
        "writes": len(found.writes) if found else 0,
    }
    return render(request, "workspace/spreadsheets/check.html", context)


def _groups(results: list[Result]) -> list[dict[str, Any]]:
    titles = (
        (Outcome.REFUSED, _("Refused")),
        (Outcome.CHANGED, _("Changed")),
        (Outcome.NEW, _("New rows")),
        (Outcome.SKIPPED, _("Rows that are no records")),
    )
    found = []
    for outcome, title in titles:
        rows = [each for each in results if each.outcome == outcome]
        if rows:
            found.append({"name": outcome, "title": title, "rows": rows[:LISTED], "more": max(0, len(rows) - LISTED)})
    return found


@require_safe
def rows_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row of the file with what becomes of it, as CSV, to correct the file by."""
    found = acts.plan_of(get_import_for(request.user, pk), by=person(request))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sheet", "row", "outcome", "name", "changes", "problems", "remarks"])
    for each in found.results:
        changes = "; ".join(f"{d.label}{colon()} {d.before} → {d.after}" for d in each.differences)
        faults = "; ".join(f"{f.column}: {f.sentence}" if f.column else f.sentence for f in each.faults)
        cells = [each.sheet, each.name, changes, faults, " ".join(map(str, each.remarks))]
        sheet, name, *rest = map(safe_text, cells)
        writer.writerow([sheet, each.number, each.outcome.value, name, *rest])
    return _attachment(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"rows-{pk}.csv")


@require_safe
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """The profile of the source, for the command line or another installation."""
    run = get_import_for(request.user, pk)
    if run.profile is None:
        raise Missing
    return _attachment(as_toml(run.profile).encode(), "application/toml", f"profile-{run.profile.pk}.toml")


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "POST"])
def import_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    return command_view(request, get_import_for(request.user, pk), COMMANDS, name, area=AREA)
