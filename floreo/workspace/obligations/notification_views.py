"""Pages of notifications: the list, one, its receipts, and what the national team does with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import can
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.links import form_key
from floreo.core.lists import Listing
from floreo.core.ui import locale as ui
from floreo.core.ui.forms import refuse_on
from floreo.core.wording import colon
from floreo.incidents import moments
from floreo.incidents.models import Case
from floreo.obligations import presenters
from floreo.obligations.access import get_notification_for, get_stage_of, handles
from floreo.obligations.actions import handling as acts
from floreo.obligations.actions import writing
from floreo.obligations.models import N_HANDLE, N_WRITE, Notification
from floreo.obligations.receipts import receipt_of
from floreo.obligations.sheet import notification_page
from floreo.obligations.tables import NOTIFICATIONS
from floreo.organisations.models import Contact, Organisation
from floreo.workspace import sending
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm
from floreo.workspace.obligations import forms
from floreo.workspace.obligations.writing_views import files_at
from floreo.workspace.sending import ShowFirst, unless_unseen
from floreo.workspace.verbs import history_of

AREA = "notifications"


def commands(viewer: object) -> Mapping[str, Command]:
    return {
        "attach": Command(
            _l("Attach it to an organisation"),
            _l("Attach"),
            N_HANDLE,
            new(forms.AttachForm),
            acts.attach,
            allowed_by(acts.must_be_held),
            done=_l("Attached. Both sides get an e-mail."),
        ),
        "reject": Command(
            _l("Reject the notification"),
            _l("Reject"),
            N_HANDLE,
            new(forms.RejectForm),
            acts.reject,
            allowed_by(acts.must_be_held),
            done=_l("Rejected."),
        ),
        "ask": Command(
            _l("Ask for a progress report"),
            _l("Ask for a progress report"),
            N_HANDLE,
            new(forms.AskForm),
            acts.ask_progress,
            allowed_by(acts.must_be_attached),
            done=_l("Asked. The operator gets an e-mail."),
        ),
        "correct": Command(
            _l("Correct the facts"),
            _l("Correct the facts"),
            N_HANDLE,
            lambda data, thing: forms.CorrectForm(data, notification=thing),
            acts.correct,
            allowed_by(acts.must_be_out),
            help=_l("What you correct stays, whatever the operator submits later. The reference does not change."),
        ),
        "open-case": Command(
            _l("Open a case for it"),
            _l("Open a case"),
            N_HANDLE,
            new(forms.OpenCaseForm),
            acts.open_case_of,
            allowed_by(acts.must_have_no_case),
            help=_l("The case gets the times and the organisation. What the operator wrote stays here."),
            done=_l("The case is open."),
        ),
        "join-case": Command(
            _l("Bring it into a case"),
            _l("Join a case"),
            N_HANDLE,
            lambda data, _thing: forms.JoinCaseForm(data, viewer=viewer),
            acts.join_case,
            allowed_by(acts.must_have_no_case),
            help=_l(
                "The organisation is listed in the case as affected. What it wrote stays here, and no other organisation reads it."
            ),
            done=_l("It belongs to the case."),
        ),
        "link": Command(
            _l("Send a new link"),
            _l("Send a new link"),
            N_HANDLE,
            new(CommandForm),
            acts.renew_link,
            lambda thing, _viewer: bool(thing.mail),
            help=_l("Older links no longer work: the way to stop one that others got hold of."),
            done=_l("Sent."),
        ),
    }


STAGE_COMMANDS: Mapping[str, Command] = {
    "accept": Command(
        _l("Accept the stage"),
        _l("Accept"),
        N_HANDLE,
        new(CommandForm),
        acts.accept_stage,
        allowed_by(acts.must_wait_for_decision),
        done=_l("Accepted. The operator gets an e-mail."),
    ),
    "return": Command(
        _l("Return the stage with a reason"),
        _l("Return"),
        N_HANDLE,
        new(forms.ReturnForm),
        acts.return_stage,
        allowed_by(acts.must_wait_for_decision),
        help=_l("The operator’s clock does not begin again: it counts the first submission."),
        done=_l("Returned. The operator gets an e-mail."),
    ),
}


def waits(notification: Notification, viewer: object) -> str:
    """Whom it waits for: "you", or in words; "" for nobody."""
    match notification.waiting_for:
        case "regulator":
            return "you" if can(viewer, N_HANDLE) else presenters.waiting_text("regulator")
        case "operator":
            return "you" if not can(viewer, N_HANDLE) else notification.holder
    return ""


def notifications(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(NOTIFICATIONS, request)
    if file := listing.download():
        return file
    now = moments.now()
    rows = NOTIFICATIONS.rows(request.user)
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [
            (each, waits(each, request.user), _due(each, now), presenters.border_text(each)) for each in listing.rows
        ],
        "may_write": can(request.user, N_WRITE),
        "is_team": handles(request.user),
        "waiting": rows.filter(waiting_for="regulator" if handles(request.user) else "operator").count(),
        "held": rows.filter(organisation=None, state="open").count(),
    }
    return render(request, "workspace/obligations/notifications.html", context)


def _due(each: Any, now: Any) -> tuple[Any, bool]:
    """The next deadline, and whether it is over."""
    return each.due_at, each.due_at is not None and each.due_at < now


def notification(request: HttpRequest, reference: str) -> HttpResponse:
    found = get_notification_for(request.user, reference)
    page = notification_page(found, request.user)
    user = request.user
    is_team = handles(user)
    living = writing.living_case(found)
    context = {
        "workspace_section": AREA,
        "notification": found,
        "page": page,
        "files_at": files_at(found),
        "rows": [_row(found, each, user) for each in page.stages],
        "begin": [
            (words, reverse("workspace:begin_notification_stage", args=[reference, kind])) for kind, words in page.begin
        ],
        "waits": waits(found, user),
        "significance": presenters.significance_text(found),
        "border": presenters.border_text(found),
        "case": living if living is not None and Case.objects.visible_to(user).filter(pk=living.pk).exists() else None,
        "commands": [
            (command, reverse("workspace:notification_command", args=[reference, name]))
            for name, command in commands_for(user, found, commands(user)).items()
        ],
        "may_forward": is_team and allowed_by(acts.must_be_forwardable)(found, user),
        "forwardings": found.forwardings.select_related("organisation") if is_team else None,
        "may_withdraw": page.may_write and found.state == "open",
        "may_discard": page.may_write and found.state == "draft",
        "is_team": is_team,
        "history": history_of(found, viewer=user) if is_team else [],
    }
    return render(request, "workspace/obligations/notification.html", context)


def _row(found: Notification, each: Any, viewer: object) -> tuple[Any, str, str, list[Any]]:
    stage = each.stage
    stage.notification = found
    args = [found.reference, stage.pk]
    possible = commands_for(viewer, stage, STAGE_COMMANDS)
    return (
        each,
        reverse("workspace:notification_stage", args=args) if each.is_writable else "",
        reverse("workspace:notification_receipt", args=args) if stage.first_at else "",
        [
            (command, reverse("workspace:notification_stage_command", args=[*args, name]))
            for name, command in possible.items()
        ],
    )


def notification_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    found = get_notification_for(request.user, reference)
    return command_view(
        request, found, commands(request.user), name, area=AREA, about=f"{found.reference}{colon()} {found.holder}"
    )


def stage_command(request: HttpRequest, reference: str, pk: int, name: str) -> HttpResponse:
    found = get_notification_for(request.user, reference)
    stage = get_stage_of(found, pk)
    about = f"{found.reference}{colon()} {presenters.stage_title(stage)}"
    return command_view(request, stage, STAGE_COMMANDS, name, area=AREA, about=about, back=found.workspace_url())


def receipt(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    found = get_notification_for(request.user, reference)
    stage = get_stage_of(found, pk)
    if stage.first_at is None:
        raise Missing
    context = {"workspace_section": AREA, "back": found.workspace_url(), **receipt_of(found, stage)}
    return render(request, "workspace/obligations/receipt.html", context)


# --- Passing on ---------------------------------------------------------------------------------------------------


def forward(request: HttpRequest, reference: str) -> HttpResponse:
    """To whom and in which words; how it will leave; it is sent."""
    found = get_notification_for(request.user, reference)
    form, status = forms.ForwardForm(request.POST or None, initial=_begun(request, found)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            by, facts, title = person(request), form.facts(), _("Pass it on to another authority")
            try:
                unless_unseen(request, lambda: acts.forward(found, by=by, **facts), who=by.actor_code)
            except ShowFirst as first:
                here = found.workspace_url()
                return sending.page(request, first, title=title, about=found.reference, back=here, area=AREA)
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                messages.success(request, _("Sent. There is a record of it on this page."))
                return HttpResponseRedirect(found.workspace_url())
    context = {
        "workspace_section": AREA,
        "notification": found,
        "form": form,
        "once": request.POST.get("once", "") or form_key(),
        "status": status,
    }
    return render(request, "workspace/obligations/forward.html", context, status=status)


def _begun(request: HttpRequest, found: Notification) -> dict[str, str]:
    """What the form begins with: facts, and no answer in the operator's own words."""
    body = Organisation.objects.filter(code=request.GET.get("to", ""), merged_into=None).first()
    contact = Contact.objects.filter(organisation=body).exclude(email="").first() if body else None
    address = (contact.email if contact else "") or (body.email if body else "")
    facts = [
        f"{_('Reference')}{colon()} {found.reference}",
        f"{_('Organisation')}{colon()} {found.holder}",
        f"{_('Sector')}{colon()} {found.sector.in_language('name') if found.sector else '–'}",
        f"{_('Kind')}{colon()} {found.get_kind_display()}",
        f"{_('First submitted')}{colon()} {ui.moment(found.submitted_at) if found.submitted_at else '–'}",
        f"{_('The organisation became aware')}{colon()} {ui.moment(found.aware_at) if found.aware_at else '–'}",
        f"{_('Impact')}{colon()} {found.get_impact_display() or '–'}",
        presenters.border_text(found),
        presenters.significance_text(found),
    ]
    return {
        "organisation": body.code if body else "",
        "to": address,
        "subject": _("Incident notification"),
        "text": "\n".join(facts),
    }
