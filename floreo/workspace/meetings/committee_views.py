"""Committees: who sits on them, and the meetings that they call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.meetings import presenters
from floreo.meetings.access import get_committee_for, get_seat_for
from floreo.meetings.actions import calling
from floreo.meetings.actions import committees as acts
from floreo.meetings.models import Committee, Seat
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import ReasonForm
from floreo.workspace.meetings import forms
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
        "may_run": can(request.user, RUN),
        "may_people": can(request.user, Permission.PEOPLE_READ),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/meetings/committee.html", context)


def _question(committee: Committee, title: Any, button: Any, *, help_: Any = "", done: Any = "") -> FormPage:
    return FormPage(
        title,
        button,
        committee.workspace_url(),
        about=committee.in_language("name"),
        help=help_,
        done=done or _("Saved."),
        room="meetings",
    )


def new_committee(request: HttpRequest) -> HttpResponse:
    must(request.user, RUN)
    form = forms.NewCommitteeForm(posted(request), instance=Committee())
    question = FormPage(
        _("Add a committee"),
        _("Add committee"),
        reverse("workspace:committees"),
        room="meetings",
        done=_("Committee added. Next, add its seats."),
    )
    return form_page(request, form, lambda f: acts.add_committee(f.pop("code"), by=person(request), **f), question)


def edit_committee(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, RUN)
    found = get_committee_for(request.user, code)
    form = forms.CommitteeForm(posted(request), instance=found)
    question = _question(found, _("Change the committee"), _("Save changes"))
    return form_page(
        request, form, lambda f: acts.update_committee(found, by=person(request), **f), question, thing=found
    )


def new_seat(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, RUN)
    found = get_committee_for(request.user, code)
    form = forms.SeatForm(posted(request), instance=Seat(committee=found))
    question = _question(found, _("Add a seat"), _("Add seat"), done=_("Seat added."))
    return form_page(request, form, lambda f: acts.add_seat(found, by=person(request), **f), question)


def edit_seat(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, RUN)
    seat = get_seat_for(request.user, code, pk)
    form = forms.SeatForm(posted(request), instance=seat)
    question = _question(
        seat.committee,
        _("Change a seat"),
        _("Save changes"),
        help_=_("Use this to correct an entry. If a new person takes the seat, end this seat and add a new one."),
    )
    return form_page(request, form, lambda f: acts.update_seat(seat, by=person(request), **f), question, thing=seat)


def end_seat(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, RUN)
    seat = get_seat_for(request.user, code, pk)
    form = forms.EndSeatForm(posted(request), initial={"ends_on": clock.today()})
    question = _question(
        seat.committee, _("End the seat of %(who)s") % {"who": presenters.seat_name(seat)}, _("End seat")
    )
    return form_page(request, form, lambda f: acts.end_seat(seat, by=person(request), **f), question)


def remove_seat(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, RUN)
    seat = get_seat_for(request.user, code, pk)
    question = _question(
        seat.committee,
        _("Remove the seat of %(who)s") % {"who": presenters.seat_name(seat)},
        _("Remove seat"),
        help_=_("Only for entries made by mistake. If the seat has ended, use “End seat”."),
    )
    form = ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.remove_seat(seat, by=person(request), **f), question)


def call(request: HttpRequest, code: str) -> HttpResponse:
    """Calls a meeting, and goes on to it."""
    must(request.user, RUN)
    found = get_committee_for(request.user, code)
    form = forms.CallForm(posted(request))
    made: list[str] = []

    def do(facts: dict[str, Any]) -> None:
        made.append(calling.call_meeting(found, by=person(request), **facts).workspace_url())

    question = _question(
        found, _("Schedule a meeting"), _("Schedule meeting"), done=_("Meeting scheduled. Next: create the agenda.")
    )
    response = form_page(request, form, do, question)
    return HttpResponseRedirect(made[0]) if made else response
