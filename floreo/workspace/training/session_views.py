"""Pages of one session: who came, by list or from paper; walk-ins; the sheet to print; the trainer's link."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import paper
from floreo.organisations.queries import the_country
from floreo.training import presenters
from floreo.training.access import get_session_for, get_walk_in_for
from floreo.training.actions import attending, running
from floreo.training.logic import CheckIn
from floreo.training.mails import check_in_link
from floreo.training.models import Session
from floreo.training.papers import attendance_sheet
from floreo.training.queries import list_of, walk_ins
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.form_page import person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.training import forms

AREA = "training"
_RUN = Permission.TRAINING_RUN


def _is_kept(session: Session, _viewer: object) -> bool:
    return session.cohort.is_running


COMMANDS: Mapping[str, Command] = {
    "walk-in": Command(
        _l("Somebody who came without being enrolled"),
        _l("Add a walk-in"),
        _RUN,
        new(forms.WalkInForm),
        attending.add_walk_in,
        allowed_by(attending.must_take_attendance),
    ),
    "link": Command(
        _l("Send the trainer the check-in link"),
        _l("Send the trainer’s link"),
        _RUN,
        starting_with(forms.CheckInLinkForm, mail=lambda s: s.trainer_mail or (s.trainer.email if s.trainer else "")),
        running.send_check_in_link,
        _is_kept,
        help=_l("By it the trainer shows the code at the door and records who came, without an account."),
        done=_l("The link is in the outbox."),
    ),
    "edit": Command(
        _l("Edit the session"), _l("Edit"), _RUN, over_row(forms.SessionForm), running.update_session, _is_kept
    ),
    "end-link": Command(
        _l("End the trainer’s link"),
        _l("End the trainer’s link"),
        _RUN,
        new(CommandForm),
        running.end_check_in_link,
        _is_kept,
        help=_l("The link that was sent stops working. A new one can be sent."),
        done=_l("The link does not work any more."),
    ),
    "remove": Command(
        _l("Remove the session"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        running.remove_session,
        lambda s, _viewer: s.cohort.is_running and not s.attendances.exists(),
        back=lambda s: str(s.cohort.workspace_url()),
    ),
}
OF_WALK_IN: Mapping[str, Command] = {
    "enrol": Command(
        _l("Enrol who walked in"),
        _l("Enrol"),
        _RUN,
        new(CommandForm),
        attending.enrol_from_walk_in,
        help=_l("All sessions of this cohort to which the same name came then count for this person."),
    ),
    "remove": Command(_l("Remove from the list"), _l("Remove"), _RUN, new(CommandForm), attending.remove_walk_in),
}


def session(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_session_for(request.user, code, number)
    lines = list_of(found)
    may_run = can(request.user, _RUN) and found.cohort.is_running
    context = {
        "workspace_section": AREA,
        "session": found,
        "cohort": found.cohort,
        "when": presenters.session_text(found),
        "crowding": presenters.crowding_text(found),
        "lines": lines,
        "came": sum(line.is_present for line in lines),
        "walk_ins": walk_ins(found),
        "held_in": presenters.language_word(found.spoken_language) if found.spoken_language else "",
        "is_early": found.check_in is CheckIn.EARLY,
        "link": check_in_link(found) if may_run else "",
        "commands": [
            (command, reverse("workspace:training_session_command", args=[code, number, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "may_run": may_run,
    }
    return render(request, "workspace/training/session.html", context)


def session_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_session_for(request.user, code, number), COMMANDS, name, area=AREA)


def attendance(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The list, to be ticked."""
    found = get_session_for(request.user, code, number)
    form = forms.AttendanceForm(posted(request), list_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            attending.record_list(found, by=person(request), **form.facts())
        except (NotAllowed, Missing):
            raise
        except Refused as refusal:
            refuse_on(form, refusal)
        else:
            messages.success(request, _("Attendance recorded."))
            return HttpResponseRedirect(found.workspace_url())
    status = 422 if form.is_bound else 200
    context = {
        "workspace_section": AREA,
        "session": found,
        "cohort": found.cohort,
        "when": presenters.session_text(found),
        "form": form,
        "status": status,
    }
    return render(request, "workspace/training/attendance.html", context, status=status)


def sheet(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponseBase:
    """The list to print and sign."""
    found, country = get_session_for(request.user, code, number), the_country()
    if country is None:
        raise Missing
    return paper(attendance_sheet(country, found), kind, name=f"{code}-{number}")


def walk_in(request: HttpRequest, code: str, number: int, pk: int, name: str) -> HttpResponse:
    found = get_walk_in_for(request.user, code, number, pk)
    back = reverse("workspace:training_session", args=[code, number])
    return command_view(request, found, OF_WALK_IN, name, area=AREA, about=found.name, back=back)
