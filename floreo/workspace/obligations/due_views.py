"""Pages of obligations and of what is due under them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import can
from floreo.core.lists import Listing
from floreo.core.wording import colon
from floreo.obligations import mails, presenters
from floreo.obligations.access import get_due_for, get_obligation_for
from floreo.obligations.actions import dues as acts
from floreo.obligations.logic import Rhythm
from floreo.obligations.models import ANSWER, EDIT, Obligation, ObligationDue
from floreo.obligations.queries import bound_by
from floreo.obligations.tables import DUES, WITH_SECTORS
from floreo.organisations.models import Organisation
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.obligations import forms
from floreo.workspace.verbs import history_of

AREA = "obligations"
COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the obligation"),
        _l("Edit"),
        EDIT,
        over_row(forms.ObligationForm),
        acts.update_obligation,
        help=_l("What is due already stays as it is."),
    ),
    "event": Command(
        _l("Record an event"),
        _l("Record an event"),
        EDIT,
        new(forms.EventForm),
        acts.record_event,
        lambda obligation, _viewer: obligation.rhythm == Rhythm.EVENT,
        help=_l("Something happened after which the law asks something of an organisation."),
        done=_l("Recorded. It is in the organisation’s list."),
    ),
}
NEW: Mapping[str, Command] = {
    "obligation": Command(
        _l("Add an obligation"),
        _l("Add obligation"),
        EDIT,
        new(forms.ObligationForm),
        acts.add_obligation,
        help=_l("One for each thing that a section of a law asks. Enter only what you can name the section of."),
        done=_l("Added."),
    ),
}


def due_commands(viewer: object) -> Mapping[str, Command]:
    return {
        "submit": Command(
            _l("Submit it"),
            _l("Submit"),
            ANSWER,
            lambda data, due: forms.SubmitForm(data, due=due, viewer=viewer),
            acts.submit_due,
            allowed_by(acts.must_wait_for_operator),
            done=_l("Submitted. The national team accepts it, or returns it with a reason."),
        ),
        "accept": Command(
            _l("Accept it"),
            _l("Accept"),
            EDIT,
            new(CommandForm),
            acts.accept_due,
            allowed_by(acts.must_be_submitted),
            done=_l("Accepted."),
        ),
        "return": Command(
            _l("Return it with a reason"),
            _l("Return"),
            EDIT,
            new(forms.ReturnForm),
            acts.return_due,
            allowed_by(acts.must_be_submitted),
            done=_l("Returned. Its contacts get an e-mail."),
        ),
        "link": Command(
            _l("Send a new link"),
            _l("Send a link"),
            EDIT,
            new(CommandForm),
            acts.renew_due_link,
            allowed_by(acts.must_not_be_over),
            help=_l("To the contacts of the organisation that have answered before. Older links no longer work."),
            done=_l("Sent."),
        ),
        "lapse": Command(
            _l("It is no longer due"),
            _l("No longer due"),
            EDIT,
            new(forms.LapseForm),
            acts.lapse_due,
            allowed_by(acts.must_not_be_over),
            done=_l("Recorded."),
        ),
    }


def obligations(request: HttpRequest) -> HttpResponseBase:
    """What is due, of all organisations or of one's own; and the obligations behind it."""
    listing = Listing(DUES, request)
    if file := listing.download():
        return file
    today = clock.today()
    rules = Obligation.objects.visible_to(request.user).prefetch_related(WITH_SECTORS)
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.due_state_text(each, today), _waits(each, request.user)) for each in listing.rows],
        "rules": [(each, presenters.law_text(each), presenters.rhythm_text(each)) for each in rules],
        "may_edit": can(request.user, EDIT),
        "is_team": can(request.user, EDIT),
        "late": DUES.rows(request.user).filter(state__in=["open", "returned"], due_on__lt=today).count(),
        "to_decide": DUES.rows(request.user).filter(state="submitted").count(),
    }
    return render(request, "workspace/obligations/obligations.html", context)


def _waits(due: ObligationDue, viewer: object) -> str:
    """Whom it waits for: "you", or in words."""
    match str(due.waiting_for):
        case "operator":
            return due.organisation.label if can(viewer, EDIT) else "you"
        case "regulator":
            return "you" if can(viewer, EDIT) else presenters.waiting_text("regulator")
    return ""


def new_obligation(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "obligation", area=AREA, back=reverse("workspace:obligations"))


def obligation(request: HttpRequest, code: str) -> HttpResponse:
    found = get_obligation_for(request.user, code)
    today = clock.today()
    rows = ObligationDue.objects.visible_to(request.user).filter(obligation=found).select_related("organisation")
    may_edit = can(request.user, EDIT)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "obligation": found,
        "law": presenters.law_text(found),
        "binds": presenters.binds_text(found),
        "rhythm": presenters.rhythm_text(found),
        "bound": Organisation.objects.filter(pk__in=bound_by(found)).order_by("name") if may_edit else None,
        "dues": [
            (each, presenters.due_state_text(each, today), _waits(each, request.user))
            for each in rows.select_related("obligation").order_by("-due_on", "organisation__name")[:200]
        ],
        "commands": [
            (command, reverse("workspace:obligation_command", args=[code, name]))
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user) if may_edit else [],
        "may_edit": may_edit,
    }
    return render(request, "workspace/obligations/obligation.html", context)


def obligation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_obligation_for(request.user, code), COMMANDS, name, area=AREA)


def due(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_due_for(request.user, pk)
    context = {
        "workspace_section": AREA,
        "due": found,
        "state": presenters.due_state_text(found, clock.today()),
        "law": presenters.law_text(found.obligation),
        "waits": _waits(found, request.user),
        "contacts": len(mails.contacts_of(found)) if can(request.user, EDIT) else None,
        "commands": [
            (command, reverse("workspace:obligation_due_command", args=[pk, name]), name)
            for name, command in commands_for(request.user, found, due_commands(request.user)).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/obligations/due.html", context)


def due_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_due_for(request.user, pk)
    about = f"{found.obligation.named()}{colon()} {found.organisation.label}"
    return command_view(request, found, due_commands(request.user), name, area=AREA, about=about)
