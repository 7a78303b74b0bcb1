"""Versions of a law at the workspace: import, read, edit clause by clause, compare, amend, publish."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing, Refused
from floreo.core.models import named
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.legislation import files, presenters, printing, queries
from floreo.legislation.access import get_law_for, get_version_for
from floreo.legislation.actions import versions as acts
from floreo.legislation.models import LawVersion
from floreo.legislation.text.compare import summary
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.laws import forms

AREA = "laws"
_EDIT, _PUBLISH = Permission.LAW_EDIT, Permission.LAW_PUBLISH


def _amends(version: LawVersion, _viewer: object) -> bool:
    return version.instrument.amends is not None and bool(version.text)


COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish this version"),
        _l("Publish"),
        _PUBLISH,
        new(CommandForm),
        acts.publish_version,
        lambda version, _viewer: not version.is_public,
        help=_l("Everybody can read it at a permanent address. From then on it changes only as a new version."),
        done=_l("Published."),
    ),
    "hide": Command(
        _l("Remove it from the public site"),
        _l("Remove"),
        _PUBLISH,
        new(CommandForm),
        acts.hide_version,
        lambda version, _viewer: version.is_public,
        done=_l("Removed from the public site."),
    ),
    "copy": Command(
        _l("Start a new version from this one"),
        _l("Start the new version"),
        _EDIT,
        new(forms.CopyForm),
        acts.copy_version,
        allowed_by(),
    ),
    "apply": Command(
        _l("Show the Act as it would read"),
        _l("Apply the bill"),
        _EDIT,
        forms.ApplyForm,
        acts.apply_bill,
        _amends,
        help=_l(
            "Each instruction of the bill is applied to the Act. What does not fit is listed, and nothing is guessed."
        ),
        done=_l("A version of the Act was created. Read what does not fit before you use it."),
    ),
}


def import_file(request: HttpRequest, code: str) -> HttpResponse:
    """A version from a file."""
    must(request.user, _EDIT)
    law, status = get_law_for(request.user, code), 200
    form = forms.ImportForm(posted(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        try:
            upload = uploaded_file(request, "file")
            if form.is_valid():
                facts = {name: value for name, value in form.facts().items() if name != "file"}
                with tempfile.NamedTemporaryFile(suffix=Path(upload.name or "").suffix) as kept:
                    for piece in upload.chunks():
                        kept.write(piece)
                    kept.flush()
                    made = acts.import_version(
                        law, by=person(request), file=Path(kept.name), name=upload.name or "file", **facts
                    )
                messages.success(request, _("Imported. Check what is listed under “To check”."))
                return HttpResponseRedirect(reverse("workspace:law_version", args=[code, made.code]))
        except Refused as refusal:
            if refusal.status != 422:
                raise
            refuse_on(form, refusal)
    context = {"workspace_section": AREA, "law": law, "form": form, "status": status}
    return render(request, "workspace/laws/import.html", context, status=status)


def version(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One version: its contents and text, what a drafter should look at, what can be done."""
    must(request.user, Permission.LAW_READ)
    found = get_version_for(request.user, code, version)
    may = commands_for(request.user, found, COMMANDS)
    before = queries.version_before(found, request.user)
    changed = printing.changed_labels(before, found) if before else {}
    provisions = queries.provisions(found)
    context = {
        "workspace_section": AREA,
        "law": found.instrument,
        "version": found,
        "tasks": [
            (name, each, reverse("workspace:law_version_command", args=[code, version, name]))
            for name, each in may.items()
        ],
        "doubts": [presenters.doubt_text(row) for row in found.doubts],
        "contents": printing.contents(provisions, changed),
        "body": mark_safe(printing.html(provisions, changed)),  # noqa: S308 -- printing.py escapes each word
        "before": before,
        "others": [v for v in found.instrument.versions.defer("text") if v.pk != found.pk],
        "instructions": [
            (
                each,
                presenters.problem_text(each.problem) if each.problem else "",
                mark_safe(printing.instruction_html(each.before, each.after)),  # noqa: S308 -- as above
            )
            for each in found.instructions.all()
        ],
        "may_edit": can(request.user, _EDIT) and not found.is_locked,
    }
    return render(request, "workspace/laws/version.html", context)


def version_command(request: HttpRequest, code: str, version: str, name: str) -> HttpResponse:
    found = get_version_for(request.user, code, version)
    back = reverse("workspace:law", args=[code])
    return command_view(request, found, COMMANDS, name, area=AREA, back=back, about=named(found))


def version_file(request: HttpRequest, code: str, version: str, kind: str) -> HttpResponse:
    must(request.user, Permission.LAW_READ)
    return files.text_file(get_version_for(request.user, code, version), kind)


def compare(request: HttpRequest, code: str, version: str, other: str) -> HttpResponse:
    must(request.user, Permission.LAW_READ)
    new_one, old = get_version_for(request.user, code, version), get_version_for(request.user, code, other)
    found = queries.compared(old, new_one)
    context = {
        "workspace_section": AREA,
        "law": new_one.instrument,
        "new": new_one,
        "old": old,
        "summary": presenters.summary_text(summary(found)),
        "body": mark_safe("".join(printing.compared_html(each) for each in found if each.change != "same")),  # noqa: S308 -- as above
    }
    return render(request, "workspace/laws/compare.html", context)


def compare_file(request: HttpRequest, code: str, version: str, other: str, kind: str) -> HttpResponse:
    must(request.user, Permission.LAW_READ)
    new_one, old = get_version_for(request.user, code, version), get_version_for(request.user, code, other)
    return files.compared_file(old, new_one, kind)


# --- Clauses --------------------------------------------------------------------------------------------------------


def clause(request: HttpRequest, code: str, version: str, number: str) -> HttpResponse:
    """One clause in a form that shows it as it will print."""
    must(request.user, _EDIT)
    found = get_version_for(request.user, code, version)
    row = found.provisions.filter(kind="section", number=number).first()
    if row is None:
        raise Missing
    first = {"heading": row.heading, "words": acts.clause_text(found, number), "seen": row.digest}
    form = forms.ClauseForm(posted(request), initial=first)
    words = FormPage(
        _("Clause %(number)s") % {"number": number},
        _l("Save"),
        reverse("workspace:law_version", args=[code, version]) + f"#{row.eid}",
        about=named(found),
        area=AREA,
    )
    save = doing(request, acts.edit_clause, found)
    return form_page(request, form, lambda facts: save(facts | {"number": number}), words)


def new_clause(request: HttpRequest, code: str, version: str) -> HttpResponse:
    must(request.user, _EDIT)
    found = get_version_for(request.user, code, version)
    form = forms.NewClauseForm(posted(request))
    words = FormPage(
        _("Add a clause"),
        _l("Add"),
        reverse("workspace:law_version", args=[code, version]),
        about=named(found),
        area=AREA,
    )
    return form_page(request, form, doing(request, acts.add_clause, found), words)


def remove_clause(request: HttpRequest, code: str, version: str, number: str) -> HttpResponse:
    must(request.user, _EDIT)
    found = get_version_for(request.user, code, version)
    words = FormPage(
        _("Remove clause %(number)s") % {"number": number},
        _l("Remove"),
        reverse("workspace:law_version", args=[code, version]),
        about=named(found),
        area=AREA,
    )
    remove = doing(request, acts.remove_clause, found)
    return form_page(request, CommandForm(posted(request)), lambda facts: remove(facts | {"number": number}), words)
