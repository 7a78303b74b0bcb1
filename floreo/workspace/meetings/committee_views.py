"""Committees: who sits on them, and the meetings that they call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.meetings import between_text, presenters
from floreo.meetings.access import get_committee_for, get_seat_for, seats_of
from floreo.meetings.actions import calling
from floreo.meetings.actions import committees as acts
from floreo.meetings.models import Committee, PollState, Seat
from floreo.workspace.commands import Command, command_view, new, over_row, starting_with
from floreo.workspace.form_page import FormPage, doing, form_page, posted
from floreo.workspace.forms import ReasonForm
from floreo.workspace.meetings import forms
from floreo.workspace.meetings.between_views import stage
from floreo.workspace.verbs import history_of

RUN = Permission.MEETING_RUN


def committees(request: HttpRequest) -> HttpResponse:
    """Every committee, with how many sit on it and when it meets next."""
    must(request.user, Permission.MEETING_READ)
    rows = []
    for found in Committee.objects.prefetch_related("seats", "meetings"):
        seats = [s for s in found.seats.all() if s.ends_on is None or s.ends_on >= clock.today()]
        coming = sorted((m for m in found.meetings.all() if m.state == "planned" and not m.is_over), key=lambda m: m.on)
        rows.append((found, len(seats), coming[0] if coming else None))
    context = {"workspace_section": "meetings", "rows": rows, "may_run": can(request.user, RUN)}
    return render(request, "workspace/meetings/committees.html", context)


def committee(request: HttpRequest, code: str) -> HttpResponse:
    """One committee: its seats today and before, its meetings, what it decided that is still open."""
    must(request.user, Permission.MEETING_READ)
    found = get_committee_for(request.user, code)
    today, known = clock.today(), Seat.objects.visible_to(request.user)
    seats = known.filter(committee=found).select_related("organisation__merged_into", "person")
    now = [s for s in seats if s.ends_on is None or s.ends_on >= today]
    context: dict[str, Any] = {
        "workspace_section": "meetings",
        "committee": found,
        "seats": now,
        "former": [s for s in seats if s not in now],
        "meetings": [(m, presenters.stage(m)) for m in found.meetings.select_related("committee")[:24]],
        "decisions": [(d, presenters.waits(d)) for d in found.decisions.open().select_related("organisation")],
        "proposals": [
            (each, between_text.body_name(each.organisation, request.user))
            for each in found.proposals.select_related("organisation", "item__meeting__committee")[:24]
        ],
        "procedures": [(p, stage(p)) for p in found.procedures.prefetch_related("members")[:24]],
        "polls": list(found.polls.filter(state=PollState.OPEN)),
        "may_propose": can(request.user, RUN) or bool(seats_of(request.user, found)),
        "may_run": can(request.user, RUN),
        "may_people": can(request.user, Permission.PEOPLE_READ),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/meetings/committee.html", context)


NEW: Mapping[str, Command] = {
    "committee": Command(
        _l("Add a committee"),
        _l("Add committee"),
        RUN,
        new(forms.NewCommitteeForm),
        acts.add_committee,
        done=_l("Committee added. Next, add its seats."),
    ),
}
COMMITTEE_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the committee"), _l("Save changes"), RUN, over_row(forms.CommitteeForm), acts.update_committee
    ),
    "new-seat": Command(
        _l("Add a seat"), _l("Add seat"), RUN, new(forms.SeatForm), acts.add_seat, done=_l("Seat added.")
    ),
}
SEAT_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change a seat"),
        _l("Save changes"),
        RUN,
        over_row(forms.SeatForm),
        acts.update_seat,
        help=_l("Use this to correct an entry. If a new person takes the seat, end this seat and add a new one."),
    ),
    "end": Command(
        lambda seat: _("End the seat of %(who)s") % {"who": presenters.seat_name(seat)},
        _l("End seat"),
        RUN,
        starting_with(forms.EndSeatForm, ends_on=lambda _seat: clock.today()),
        acts.end_seat,
    ),
    "remove": Command(
        lambda seat: _("Remove the seat of %(who)s") % {"who": presenters.seat_name(seat)},
        _l("Remove seat"),
        RUN,
        new(ReasonForm),
        acts.remove_seat,
        help=_l("Only for entries made by mistake. If the seat has ended, use “End seat”."),
    ),
}


def new_committee(request: HttpRequest) -> HttpResponse:
    back = reverse("workspace:committees")
    return command_view(request, None, NEW, "committee", area="meetings", back=back)


def _page_of(committee: Committee) -> dict[str, Any]:
    """What the pages of its commands say of it, and where they go back to."""
    return {"area": "meetings", "about": committee.in_language("name"), "back": committee.workspace_url()}


def committee_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_committee_for(request.user, code)
    return command_view(request, found, COMMITTEE_COMMANDS, name, **_page_of(found))


def seat_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    seat = get_seat_for(request.user, code, pk)
    return command_view(request, seat, SEAT_COMMANDS, name, **_page_of(seat.committee))


def call(request: HttpRequest, code: str) -> HttpResponse:
    """Calls a meeting, and goes on to it."""
    must(request.user, RUN)
    found = get_committee_for(request.user, code)
    form = forms.CallForm(posted(request))
    words = FormPage(
        _("Schedule a meeting"),
        _("Schedule meeting"),
        done=_("Meeting scheduled. Next: create the agenda."),
        shows_made=True,
        **_page_of(found),
    )
    return form_page(request, form, doing(request, calling.call_meeting, found), words)
