"""The plan as a workbook: download, upload with every difference shown first, and the saving of what was shown."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, must
from floreo.core.errors import Refused
from floreo.core.scanning import refuse_infected
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.strategy.access import get_edition_for
from floreo.strategy.actions.workbooks import Report, RowChange, import_workbook, rehearse
from floreo.strategy.models import Edition
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import BookRead, read_workbook
from floreo.strategy.sheets.writing import workbook_of
from floreo.workspace.form_page import in_text, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SALT = "floreo.workbook"
KEPT_HOURS = 12  # how long an upload waits to be applied
SHOWN = 200  # rows a page lists; the count is always the whole


class WorkbookForm(forms.Form):
    file = forms.FileField(
        label=_l("Workbook"),
        help_text=_l("An .xlsx file: the plan as downloaded here, with your changes."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        required=False,
    )


def workbook(request: HttpRequest, edition: str) -> HttpResponse:
    """The whole plan, internal notes included: for those who may read them."""
    must(request.user, Permission.PLAN_EDIT)
    found = get_edition_for(request.user, edition)
    response = HttpResponse(workbook_of(found), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="plan-{found.code}.xlsx"'
    return response


@dataclass(frozen=True)
class ShownRow:
    """A row of the difference in words."""

    row: RowChange
    fields: list[tuple[str, str, str]]


def _shown(report: Report) -> dict[str, list[ShownRow]]:
    def words(row: RowChange) -> ShownRow:
        return ShownRow(row, [(name, in_text(old), in_text(new)) for name, old, new in row.fields])

    return {what: [words(row) for row in report.of(what)[:SHOWN]] for what in ("added", "changed", "removed")}


def _place(digest: str) -> str:
    return f"workbooks/{digest}.xlsx"


def _clear_old() -> None:
    """Uploads that nobody applied do not stay."""
    if not default_storage.exists("workbooks"):
        return
    for name in default_storage.listdir("workbooks")[1]:
        path = f"workbooks/{name}"
        if clock.now() - default_storage.get_modified_time(path) > timedelta(hours=KEPT_HOURS):
            default_storage.delete(path)


def _store(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    _clear_old()
    if not default_storage.exists(_place(digest)):
        default_storage.save(_place(digest), ContentFile(content))
    return digest


def _fingerprint(report: Report) -> str:
    """What was shown, as a hash: applying must do exactly that."""
    return hashlib.sha256(repr([(r.sheet, r.number, r.what, r.fields) for r in report.rows]).encode()).hexdigest()


def _safe_name(name: str) -> str:
    return re.sub(r"[^\w.\- ]", "", Path(name).name)[:100]


def upload(request: HttpRequest, edition: str) -> HttpResponse:
    """Asks for a workbook and shows what it would do. Nothing is saved here."""
    must(request.user, Permission.PLAN_EDIT)
    found = get_edition_for(request.user, edition)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if not form.is_bound or not form.is_valid():
        return _page(request, found, form)
    try:
        file = uploaded_file(request, "file")
        content = file.read()
        refuse_infected(content, name=file.name or "", who=person(request).actor_name)
        report = rehearse(found, by=person(request), book=read_workbook(content, sheets(found)))
    except Refused as refusal:
        if refusal.status != 422:
            raise
        refuse_on(form, refusal)
        return _page(request, found, form, status=422)
    ticket = ""
    if report.changes and not report.problems:
        facts = {
            "sha256": _store(content),
            "edition": found.code,
            "shown": _fingerprint(report),
            "file": _safe_name(file.name or ""),
        }
        ticket = signing.dumps(facts, salt=SALT)
    status = 422 if report.problems else 200
    return _page(request, found, form, report=report, ticket=ticket, status=status)


def _page(request: HttpRequest, edition: Edition, form: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    report: Report | None = more.get("report")
    context = {
        "workspace_section": "plan",
        "edition": edition,
        "form": form,
        "status": status,
        "ticket": more.get("ticket", ""),
        "report": report,
        "shown": _shown(report) if report else {},
        "limit": SHOWN,
        "problems": sorted(report.problems, key=lambda p: (p.sheet, p.row))[:SHOWN] if report else [],
    }
    return render(request, "workspace/plan/workbook.html", context, status=status)


def _again(request: HttpRequest, edition: Edition, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("workspace:import_workbook", args=[edition.code]))


def _read_kept(digest: str, edition: Edition) -> BookRead | None:
    if not default_storage.exists(_place(digest)):
        return None
    with default_storage.open(_place(digest)) as file:
        return read_workbook(file.read(), sheets(edition))


@require_POST
def apply(request: HttpRequest, edition: str) -> HttpResponse:
    """Saves what the page before showed; when the plan has changed since, it asks for the upload again."""
    must(request.user, Permission.PLAN_EDIT)
    found = get_edition_for(request.user, edition)
    try:
        facts = signing.loads(request.POST.get("ticket", ""), salt=SALT, max_age=KEPT_HOURS * 3600)
    except signing.BadSignature:
        return _again(request, found, _("This upload has expired. Send the workbook again."))
    book = _read_kept(facts["sha256"], found) if facts["edition"] == found.code else None
    if book is None:
        return _again(request, found, _("This upload is no longer available. Send the workbook again."))
    if _fingerprint(rehearse(found, by=person(request), book=book)) != facts["shown"]:
        return _again(
            request, found, _("The plan has changed since then. Send the workbook again to see the new differences.")
        )
    report = import_workbook(found, by=person(request), book=book, file=facts["file"], sha256=facts["sha256"])
    default_storage.delete(_place(facts["sha256"]))
    text = ngettext("%(number)d row imported.", "%(number)d rows imported.", report.changes)
    messages.success(request, text % {"number": report.changes})
    return HttpResponseRedirect(reverse("workspace:plan", args=[found.code]))
