"""Notifying an incident without an account: ask for a link, begin, write the stages by the link of the notification. No cookie gives any
right here; every page works without script."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from floreo.core import clock, links, throttle
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.ui import locale as ui
from floreo.core.ui.forms import refuse_on
from floreo.core.uploads import uploaded_file
from floreo.obligations import presenters
from floreo.obligations.access import (
    PURPOSE_START,
    ByMail,
    Writer,
    get_own_file,
    get_stage_of,
    notification_of_token,
    token_of,
)
from floreo.obligations.actions import writing as acts
from floreo.obligations.actions.link_requests import post_start
from floreo.obligations.models import Notification, NotificationStage
from floreo.obligations.queries import form_on, organisation_of_address
from floreo.obligations.receipts import receipt_of
from floreo.obligations.sheet import StageSheet, autosaved, download_of, notification_page
from floreo.organisations.sender import sender
from floreo.portal.notify_forms import AddressForm, BeginForm, WithdrawForm
from floreo.portal.views.by_link import count_guess

SECTION = "infrastructure"
# Mails to one address; from one network (an office shares one); of all together.
MAILS, MAILS_PER_HOUR = 3, 3
ASKED, ASKED_PER_HOUR = 10, 20
OF_ALL, OF_ALL_PER_HOUR = 100, 300
PRESSES, PRESSES_PER_HOUR = 600, 2400  # by one link: it saves itself every few seconds
_NO_STORE = "private, no-cache"


# --- Asking for a link --------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def notify(request: HttpRequest) -> HttpResponse:
    """Who notifies what, and the address to which the link goes. The answer is the same for every address."""
    form, status = AddressForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _ask(request, form.cleaned_data["mail"])
                return HttpResponseRedirect(f"{request.path}?done=yes")
            except Refused as refusal:
                refuse_on(form, refusal)
                status = refusal.status
    context = {
        "section": SECTION,
        "form": form,
        "status": status,
        "done": request.GET.get("done") == "yes" and status == 200,
        "is_open": form_on(clock.today()) is not None,
        "team": sender(),
    }
    response = render(request, "portal/notify/notify.html", context, status=status)
    response.headers.setdefault("Cache-Control", _NO_STORE)
    return response


def _ask(request: HttpRequest, mail: str) -> None:
    throttle.charge("notify", throttle.address_of(request), capacity=ASKED, per_hour=ASKED_PER_HOUR)
    throttle.charge("notify-all", "", capacity=OF_ALL, per_hour=OF_ALL_PER_HOUR)
    throttle.spend("notify-mail", mail.lower(), capacity=MAILS, per_hour=MAILS_PER_HOUR)
    post_start(by=SYSTEM, mail=mail, language=ui.language())


# --- Beginning ----------------------------------------------------------------------------------------------------


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """By the link that was sent: what kind, for whom, who writes. It works once."""
    try:
        link = links.peek(PURPOSE_START, token)
    except Refused as refusal:
        count_guess(request, "notify-link")
        return render(
            request, "portal/notify/over.html", {"section": SECTION, "sentence": refusal.sentence}, status=404
        )
    mail, in_force = link.subject, form_on(clock.today())
    body = organisation_of_address(mail)
    if in_force is None:
        raise Missing
    form, status = BeginForm(request.POST or None, body=body), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    links.use(PURPOSE_START, token)
                    made = acts.start(
                        by=ByMail(mail),
                        form=in_force,
                        organisation=body,
                        mail=mail,
                        language=ui.language(),
                        **form.cleaned_data,
                    )
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                first = made.stages.order_by("pk")[0]
                return HttpResponseRedirect(reverse("portal:own_notification_stage", args=[token_of(made), first.pk]))
    context = {"section": SECTION, "form": form, "status": status, "mail": mail, "body": body}
    return render(request, "portal/notify/begin.html", context, status=status)


# --- One notification, by its link --------------------------------------------------------------------------------


def _own(request: HttpRequest, token: str) -> Notification:
    try:
        found = notification_of_token(token)
    except Missing:
        count_guess(request, "notify-link")
        raise
    if request.method == "POST":
        throttle.spend("notify-own", f"notification:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
    return found


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """What was submitted, whose waits it is, the clocks; begins the next stage, or withdraws."""
    found = _own(request, token)
    by, refusal = Writer(found), None
    form = WithdrawForm(request.POST if request.POST.get("press") == "withdraw" else None)
    if request.method == "POST":
        try:
            if (there := _press(request, token, found, by, form)) is not None:
                return there
        except Missing:
            raise
        except Refused as sentence:
            refusal = sentence
        found.refresh_from_db()
    page = notification_page(found, by)
    rows: list[tuple[Any, str, str, list[Any]]] = [
        (
            each,
            reverse("portal:own_notification_stage", args=[token, each.stage.pk]) if each.is_writable else "",
            reverse("portal:own_notification_receipt", args=[token, each.stage.pk]) if each.stage.first_at else "",
            [],
        )
        for each in page.stages
    ]
    status = 422 if refusal or form.errors else 200
    context = {
        "section": SECTION,
        "notification": found,
        "page": page,
        "files_at": reverse("portal:own_notification_file", args=[token, 0]).removesuffix("0/"),
        "rows": rows,
        "begin": page.begin,
        "waits": "you" if found.waiting_for == "operator" else "",
        "waiting_words": presenters.waiting_text(found.waiting_for),
        "significance": presenters.significance_text(found),
        "may_withdraw": page.may_write and found.state == "open",
        "may_discard": page.may_write and found.state == "draft",
        "form": form,
        "refusal": refusal,
        "done": request.GET.get("done", "") if status == 200 else "",
        "status": status,
        "team": sender(),
    }
    return render(request, "portal/notify/own.html", context, status=status)


def _press(
    request: HttpRequest, token: str, found: Notification, by: Writer, form: WithdrawForm
) -> HttpResponse | None:
    """Does what was pressed, and where to go on; None where the page is to be shown again."""
    match request.POST.get("press", ""):
        case "withdraw":
            if not form.is_valid():
                return None
            acts.withdraw(found, by=by, reason=form.cleaned_data["reason"])
            return HttpResponseRedirect(f"{request.path}?done=withdrawn")
        case "discard":
            acts.discard(found, by=by)
            return HttpResponseRedirect(f"{reverse('portal:notify')}?discarded=yes")
        case "early_warning" | "notification" | "progress" | "final" as kind:
            made = acts.begin_stage(found, by=by, kind=kind)
            return HttpResponseRedirect(reverse("portal:own_notification_stage", args=[token, made.pk]))
    return None


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stage(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """The form of a stage, by the link."""
    found = _own(request, token)
    part, by = get_stage_of(found, pk), Writer(found)
    if not part.is_writable or not found.is_open:
        return HttpResponseRedirect(_after(token, part))
    if request.method == "POST" and request.POST.get("press") == "auto":
        answer, status = autosaved(part, by, request.POST)
        return JsonResponse(answer, status=status)
    sheet, status = StageSheet(part, by), 200
    if request.method == "POST":
        try:
            done = sheet.press(request.POST)
        except (Missing, Slower):
            raise
        except Refused:
            return HttpResponseRedirect(_after(token, part))
        if done == "submitted":
            return HttpResponseRedirect(f"{_after(token, part)}?done=submitted")
        if done == "saved":
            return HttpResponseRedirect(f"{request.path}?done=saved")
        status = 409 if sheet.theirs else 422
    return _stage_page(request, token, sheet, status=status)


def _stage_page(
    request: HttpRequest, token: str, sheet: StageSheet, *, status: int, file_refusal: str = ""
) -> HttpResponse:
    part, found = sheet.stage, sheet.stage.notification
    context: dict[str, Any] = {
        "section": SECTION,
        "by_link": True,
        "stage_at": reverse("portal:own_notification_stage", args=[token, part.pk]),
        "press_at": reverse("portal:own_notification_stage_files", args=[token, part.pk]),
        "notification": found,
        "stage": part,
        "title": presenters.stage_title(part),
        "sheet": sheet,
        "changes": sheet.changes(),
        "taken_over": sheet.taken_over(),
        "back": reverse("portal:own_notification", args=[token]),
        "file_refusal": file_refusal,
        "files_at": reverse("portal:own_notification_file", args=[token, 0]).removesuffix("0/"),
        "done": _stage_done(request.GET.get("done", "")) if status == 200 else "",
        "status": status,
    }
    return render(request, "portal/notify/stage.html", context, status=status)


def _stage_done(done: str) -> str:
    return {
        "saved": _("Saved. Nothing was submitted yet."),
        "attached": _("Attached. It goes to the national team when you submit the stage."),
        "removed": _("Removed."),
    }.get(done, "")


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_POST
def stage_files(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """Attaches a file to a stage that is being written, or removes one, by the link."""
    found = _own(request, token)
    sheet, done = StageSheet(get_stage_of(found, pk), Writer(found)), "attached"
    try:
        if request.POST.get("press") == "remove-file":
            sheet.remove(request.POST.get("number", ""))
            done = "removed"
        else:
            sheet.attach(uploaded_file(request, "file"))
    except (Missing, Slower):
        raise
    except Refused as refusal:
        if not refusal.fields:  # nothing is written here any more
            return HttpResponseRedirect(_after(token, sheet.stage))
        return _stage_page(request, token, sheet, status=422, file_refusal=str(refusal.sentence))
    at = reverse("portal:own_notification_stage", args=[token, pk])
    return HttpResponseRedirect(f"{at}?done={done}#files")


@login_not_required
@require_safe
def file(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """A file of the notification as a download, by its link."""
    return download_of(get_own_file(_own(request, token), pk))


def _after(token: str, part: NotificationStage) -> str:
    part.refresh_from_db(fields=["first_at"])
    if part.first_at is not None:
        return reverse("portal:own_notification_receipt", args=[token, part.pk])
    return reverse("portal:own_notification", args=[token])


@login_not_required
@require_safe
def receipt(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    found = _own(request, token)
    part = get_stage_of(found, pk)
    if part.first_at is None:
        raise Missing
    context = {
        "section": SECTION,
        "back": reverse("portal:own_notification", args=[token]),
        "done": request.GET.get("done") == "submitted",
        **receipt_of(found, part),
    }
    return render(request, "portal/notify/receipt.html", context)
