"""Parts of a case: tasks, what happened, observables, evidence, organisations, related cases, merges and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.errors import Missing
from floreo.core.models import named
from floreo.core.uploads import uploaded_file
from floreo.incidents.access import get_case_for
from floreo.incidents.actions import evidence as evidence_actions
from floreo.incidents.actions import merging, parts, tasks
from floreo.incidents.incoming import IncomingFile
from floreo.incidents.models import (
    Case,
    CaseEvidence,
    CaseLink,
    CaseMerge,
    CaseOrganisation,
    CaseTask,
    Happening,
    Observable,
    Report,
)
from floreo.organisations.models import User
from floreo.workspace.cases import forms
from floreo.workspace.cases.commands import HAPPENINGS, OBSERVABLES, REPORTS, TASKS
from floreo.workspace.commands import Command, command_view
from floreo.workspace.form_page import FormPage, doing, form_page, person, posted, press

AREA = "cases"
Part = TypeVar("Part", bound=Model)


def _part(model: type[Part], case: Case, pk: int) -> Part:
    """That part of that case. Raises Missing for one of another case."""
    found = model._default_manager.filter(case=case, pk=pk).first()
    if found is None:
        raise Missing
    setattr(found, "case", case)  # noqa: B010 -- every model given here has it
    return found


def _command(request: HttpRequest, case: Case, thing: Any, commands: Mapping[str, Command], name: str) -> HttpResponse:
    return command_view(request, thing, commands, name, area=AREA, back=case.get_absolute_url(), of=case)


def task_command(request: HttpRequest, reference: str, pk: int, name: str) -> HttpResponse:
    case = get_case_for(request.user, reference)
    return _command(request, case, _part(CaseTask, case, pk), TASKS, name)


@require_POST
def reopen_task(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    case = get_case_for(request.user, reference)
    task = _part(CaseTask, case, pk)
    back = f"{case.get_absolute_url()}#tasks"
    return press(request, lambda: tasks.reopen_task(task, by=person(request)), _("The task is open again."), back)


def happening_command(request: HttpRequest, reference: str, pk: int, name: str) -> HttpResponse:
    case = get_case_for(request.user, reference)
    return _command(request, case, _part(Happening, case, pk), HAPPENINGS, name)


def observable_command(request: HttpRequest, reference: str, pk: int, name: str) -> HttpResponse:
    case = get_case_for(request.user, reference)
    return _command(request, case, _part(Observable, case, pk), OBSERVABLES, name)


# --- Evidence -----------------------------------------------------------------------------------------------------


def new_evidence(request: HttpRequest, reference: str) -> HttpResponse:
    case = get_case_for(request.user, reference)

    def add(facts: dict[str, Any]) -> object:
        facts.pop("file", None)
        return evidence_actions.add_evidence(case, by=person(request), file=_file(request), **facts)

    form = forms.EvidenceForm(posted(request), request.FILES or None, initial={"tlp": case.tlp})
    words = FormPage(
        _l("Add evidence"),
        _l("Add"),
        f"{case.get_absolute_url()}#evidence",
        about=named(case),
        help=_l("A file is kept as it is under its hash. Nobody can replace it."),
        done=_l("Evidence added."),
        area=AREA,
    )
    return form_page(request, form, add, words, thing=case)


def _file(request: HttpRequest) -> IncomingFile | None:
    if not request.FILES.get("file") and not hasattr(request, "upload_refused"):
        return None
    given = uploaded_file(request, "file")
    return IncomingFile(str(given.name), given.read())


def evidence_file(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    """As a download, whatever it is: never shown in the browser."""
    case = get_case_for(request.user, reference)
    found = _part(CaseEvidence, case, pk)
    if not found.file:
        raise Missing
    try:
        opened = found.file.open("rb")
    except OSError:
        raise Missing(
            _("This file is no longer on the server. Contact the administrator: it can be restored from a backup.")
        ) from None
    name = found.name or found.number
    return FileResponse(opened, as_attachment=True, filename=name, content_type="application/octet-stream")


def custody(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    case = get_case_for(request.user, reference)
    found = _part(CaseEvidence, case, pk)
    words = FormPage(
        _l("Hand over evidence"),
        _l("Record the handover"),
        f"{case.get_absolute_url()}#evidence",
        about=named(found),
        help=_l("A step of the chain of custody is never changed. A wrong one is followed by a right one."),
        done=_l("Recorded."),
        area=AREA,
    )
    do = doing(request, evidence_actions.hand_over, found)
    return form_page(request, forms.CustodyForm(posted(request)), do, words, thing=case)


# --- One button each ----------------------------------------------------------------------------------------------

_ORGANISATION: Mapping[str, tuple[Callable[[CaseOrganisation, User], object], Promise]] = {
    "share": (lambda place, by: parts.share(place, by=by, is_shared=True), _l("The organisation can read the case.")),
    "unshare": (
        lambda place, by: parts.share(place, by=by, is_shared=False),
        _l("The organisation cannot read the case any more."),
    ),
    "remove": (lambda place, by: parts.remove_organisation(place, by=by), _l("Removed.")),
}


@require_POST
def organisation_press(request: HttpRequest, reference: str, pk: int, name: str) -> HttpResponse:
    case = get_case_for(request.user, reference)
    if name not in _ORGANISATION:
        raise Missing
    do, done = _ORGANISATION[name]
    place = _part(CaseOrganisation, case, pk)
    return press(request, lambda: do(place, person(request)), str(done), case.get_absolute_url())


@require_POST
def unlink(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    case = get_case_for(request.user, reference)
    link = CaseLink.objects.visible_to(request.user).filter(pk=pk).select_related("case", "other").first()
    if link is None or case not in {link.case, link.other}:
        raise Missing
    return press(request, lambda: parts.unlink_case(link, by=person(request)), _("Removed."), case.get_absolute_url())


@require_POST
def undo_merge(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    case = get_case_for(request.user, reference)
    made = CaseMerge.objects.filter(pk=pk).select_related("case", "source").first()
    if made is None or case not in {made.case, made.source}:
        raise Missing
    for each in (made.case, made.source):
        get_case_for(request.user, each.reference)  # both, or none
    back = case.get_absolute_url()
    return press(request, lambda: merging.undo_merge(made, by=person(request)), _("The merge was undone."), back)


def split(request: HttpRequest, reference: str, report: str) -> HttpResponse:
    case = get_case_for(request.user, reference)
    found = Report.objects.visible_to(request.user).filter(case=case, reference=report).first()
    if found is None:
        raise Missing
    return _command(request, case, found, REPORTS, "split")
