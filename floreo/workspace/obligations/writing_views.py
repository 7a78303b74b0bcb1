"""What the operator's side does in the workspace: begin a notification, write its stages, withdraw it."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.uploads import uploaded_file
from floreo.obligations import presenters
from floreo.obligations.access import get_notification_for, get_stage_file_for, get_stage_of, may_write
from floreo.obligations.actions import writing as acts
from floreo.obligations.models import N_WRITE, Notification, NotificationStage
from floreo.obligations.queries import form_on
from floreo.obligations.sheet import StageSheet, autosaved, download_of
from floreo.workspace.commands import Command, allowed_by, command_view, new
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.obligations import forms

AREA = "notifications"
OWN_COMMANDS: Mapping[str, Command] = {
    "withdraw": Command(
        _l("Withdraw it as a false alarm"),
        _l("Withdraw"),
        N_WRITE,
        new(forms.WithdrawForm),
        acts.withdraw,
        allowed_by(acts.must_be_submitted),
        help=_l("What you submitted stays on record. Deadlines end."),
        done=_l("Withdrawn."),
    ),
    "discard": Command(
        _l("Discard the draft"),
        _l("Discard"),
        N_WRITE,
        new(CommandForm),
        acts.discard,
        allowed_by(acts.must_be_a_draft),
        help=_l("Nothing was submitted. All that was written is deleted."),
        done=_l("Discarded."),
        back=lambda _thing: reverse("workspace:notifications"),
    ),
}


def new_notification(request: HttpRequest) -> HttpResponse:
    form_in_force = form_on(clock.today())
    if form_in_force is None:
        raise Missing(_("No form of a notification is in force here. Ask the national team."))
    user = person(request)
    made: list[Notification] = []

    def do(facts: dict[str, object]) -> object:
        made.append(acts.start(by=user, form=form_in_force, language=user.language, **facts))  # type: ignore[arg-type]
        return made[0]

    words = FormPage(
        _("Notify an incident"),
        _("Begin"),
        reverse("workspace:notifications"),
        help=_("Nothing is sent yet. The next page asks what happened, and saves itself while you write."),
        area=AREA,
    )
    response = form_page(request, forms.StartForm(posted(request), viewer=user), do, words)
    if made and isinstance(response, HttpResponseRedirect):
        first = made[0].stages.order_by("pk")[0]
        return HttpResponseRedirect(reverse("workspace:notification_stage", args=[made[0].reference, first.pk]))
    return response


def _own(request: HttpRequest, reference: str) -> Notification:
    found = get_notification_for(request.user, reference)
    if not may_write(request.user, found):
        raise Missing
    return found


def own_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    return command_view(request, _own(request, reference), OWN_COMMANDS, name, area=AREA, about=reference)


@require_POST
def begin(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    found = _own(request, reference)
    if kind not in {"early_warning", "notification", "progress", "final"}:
        raise Missing
    try:
        made = acts.begin_stage(found, by=person(request), kind=kind)
    except Missing:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
        return HttpResponseRedirect(found.workspace_url())
    return HttpResponseRedirect(reverse("workspace:notification_stage", args=[reference, made.pk]))


def stage(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The form of a stage. It saves itself by script; without, by its button."""
    found = _own(request, reference)
    part = get_stage_of(found, pk)
    if not part.is_writable or not found.is_open:  # pressed twice: the receipt answers the second time too
        return HttpResponseRedirect(_after(found, part))
    user = person(request)
    if request.method == "POST" and request.POST.get("press") == "auto":
        answer, status = autosaved(part, user, request.POST)
        return JsonResponse(answer, status=status)
    sheet, status = StageSheet(part, user), 200
    if request.method == "POST":
        try:
            done = sheet.press(request.POST)
        except Missing:
            raise
        except Refused as refusal:
            messages.error(request, str(refusal.sentence))
            return HttpResponseRedirect(_after(found, part))
        if done == "submitted":
            messages.success(request, _("Submitted. This is your receipt."))
            return HttpResponseRedirect(_after(found, part))
        if done == "saved":
            messages.success(request, _("Saved. Nothing was submitted yet."))
            return HttpResponseRedirect(request.path)
        status = 409 if sheet.theirs else 422
    return _stage_page(request, found, sheet, status=status)


def _stage_page(
    request: HttpRequest, found: Notification, sheet: StageSheet, *, status: int, file_refusal: str = ""
) -> HttpResponse:
    part = sheet.stage
    context = {
        "workspace_section": AREA,
        "notification": found,
        "stage": part,
        "stage_at": reverse("workspace:notification_stage", args=[found.reference, part.pk]),
        "press_at": reverse("workspace:notification_stage_files", args=[found.reference, part.pk]),
        "title": presenters.stage_title(part),
        "sheet": sheet,
        "file_refusal": file_refusal,
        "files_at": files_at(found),
        "changes": sheet.changes(),
        "taken_over": sheet.taken_over(),
        "back": found.workspace_url(),
        "status": status,
    }
    return render(request, "workspace/obligations/stage.html", context, status=status)


@require_POST
def stage_files(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Attaches a file to a stage that is being written, or removes one."""
    found = _own(request, reference)
    sheet = StageSheet(get_stage_of(found, pk), person(request))
    try:
        if request.POST.get("press") == "remove-file":
            sheet.remove(request.POST.get("number", ""))
            messages.success(request, _("Removed."))
        else:
            sheet.attach(uploaded_file(request, "file"))
            messages.success(request, _("Attached. It goes to the national team when you submit the stage."))
    except (Missing, NotAllowed):
        raise
    except Refused as refusal:
        if not refusal.fields:  # nothing is written here any more
            messages.error(request, str(refusal.sentence))
            return HttpResponseRedirect(found.workspace_url())
        return _stage_page(request, found, sheet, status=422, file_refusal=str(refusal.sentence))
    return HttpResponseRedirect(f"{reverse('workspace:notification_stage', args=[reference, pk])}#files")


def files_at(found: Notification) -> str:
    """Before the number of a file of the notification, its address."""
    return f"{found.workspace_url()}files/"


def notification_file(request: HttpRequest, reference: str, pk: int) -> FileResponse:
    return download_of(get_stage_file_for(request.user, get_notification_for(request.user, reference), pk))


def _after(found: Notification, part: NotificationStage) -> str:
    part.refresh_from_db(fields=["first_at"])
    if part.first_at is not None:
        return reverse("workspace:notification_receipt", args=[found.reference, part.pk])
    return found.workspace_url()
