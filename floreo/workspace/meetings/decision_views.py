"""Decisions: the list, one decision with what became of it, and each thing that is done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.keys import thing_of
from floreo.core.lists import Listing
from floreo.meetings import presenters, queries
from floreo.meetings.access import get_decision_for
from floreo.meetings.actions import decisions as acts
from floreo.meetings.models import Decision, WrittenProcedure
from floreo.meetings.tables import DECISIONS
from floreo.organisations.models import User
from floreo.strategy.models import Action, Edition
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import ReasonForm
from floreo.workspace.meetings import forms
from floreo.workspace.verbs import history_of

RUN, UPDATE = Permission.MEETING_RUN, Permission.PLAN_UPDATE


def decisions(request: HttpRequest) -> HttpResponseBase:
    """Every decision as a list, with filters: open, late, carried out."""
    must(request.user, Permission.MEETING_READ)
    listing = Listing(DECISIONS, request)
    if file := listing.download():
        return file
    rows = [
        (
            d,
            presenters.history_text(d.decision, d.state),
            presenters.due_text(d.decision),
            presenters.owner_text(d.decision, names=False),
        )
        for d in queries.shown(listing.rows)
    ]
    context = {"workspace_section": "meetings", "listing": listing, "rows": rows, "may_run": can(request.user, RUN)}
    return render(request, "workspace/meetings/decisions.html", context)


def decision(request: HttpRequest, number: str) -> HttpResponse:
    """One decision: its words, who carries it out, what it became and the status of that."""
    must(request.user, Permission.MEETING_READ)
    found = get_decision_for(request.user, number)
    shown = queries.shown([found])[0]
    context: dict[str, Any] = {
        "workspace_section": "meetings",
        "decision": found,
        "shown": shown,
        "history_text": presenters.history_text(found, shown.state),
        "due": presenters.due_text(found),
        "owner": presenters.owner_text(found, names=can(request.user, Permission.PEOPLE_READ)),
        "waits": presenters.waits(found) if found.is_open and shown.state == found.state else "",
        "procedure": WrittenProcedure.objects.filter(decision=found).first(),
        "tasks": _tasks(request, found),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/meetings/decision.html", context)


def _decide(*, by: User, edition: Edition, addressed_to: str, **facts: Any) -> Decision:
    """Asked of somebody outside where a post is named, else the committee's own."""
    if addressed_to.strip():
        return acts.ask_decision(edition, by=by, addressed_to=addressed_to, **facts)
    return acts.take_decision(edition, by=by, **facts)


NEW: Mapping[str, Command] = {
    "decision": Command(
        _l("Record a decision"),
        _l("Record decision"),
        RUN,
        new(forms.EditionDecisionForm),
        _decide,
        help=_l("For decisions made by circular, or requested from the minister between two meetings."),
        done=_l("Decision recorded."),
    ),
}


def new_decision(request: HttpRequest) -> HttpResponse:
    """A decision outside a meeting."""
    return command_view(request, None, NEW, "decision", area="meetings", back=reverse("workspace:decisions"))


def _about(found: Decision) -> Action | None:
    thing = thing_of(found.about)
    return thing if isinstance(thing, Action) else None


COMMANDS: dict[str, Command] = {
    "answer": Command(
        _l("Record the answer"),
        _l("Record answer"),
        RUN,
        lambda d, _f: forms.AnswerForm(d, initial={"on": clock.today()}),
        acts.answer_decision,
        allowed_by(acts.must_be_asked),
        done=_l("Answer recorded."),
    ),
    "milestone": Command(
        _l("Make it a milestone"),
        _l("Add milestone"),
        RUN,
        lambda d, f: forms.ToMilestoneForm(f, d, about=_about(f)),
        acts.become_milestone,
        allowed_by(acts.must_be_turnable),
        help=_l("It is added to the plan. When the milestone is reached, the decision counts as carried out."),
        done=_l("It is now a milestone of the plan."),
    ),
    "action": Command(
        _l("Make it an action"),
        _l("Add action"),
        RUN,
        lambda d, f: forms.ToActionForm(f, d),
        acts.become_action,
        allowed_by(acts.must_be_turnable),
        help=_l("It is added to the plan under its own code, led by the organisation that carries it out."),
        done=_l("It is now an action of the plan."),
    ),
    "done": Command(
        _l("Mark the decision as carried out"),
        _l("Mark as carried out"),
        UPDATE,
        lambda d, _f: forms.DoneForm(d, initial={"on": clock.today()}),
        acts.carry_out_decision,
        allowed_by(acts.must_be_doable),
        done=_l("Decision carried out."),
    ),
    "edit": Command(
        _l("Change the decision"), _l("Save changes"), RUN, over_row(forms.DecisionForm), acts.update_decision
    ),
    "drop": Command(
        _l("Discard the decision"),
        _l("Discard"),
        RUN,
        new(ReasonForm),
        acts.discard_decision,
        allowed_by(acts.must_be_droppable),
        help=_l("It stays in the record, with the reason."),
        done=_l("Decision discarded."),
    ),
}


def _tasks(request: HttpRequest, found: Decision) -> list[tuple[Any, str]]:
    """What may be done to it now, by this person."""
    return [
        (one.title, reverse("workspace:decision_command", args=[found.number, name]))
        for name, one in commands_for(request.user, found, COMMANDS).items()
    ]


def task(request: HttpRequest, number: str, task: str) -> HttpResponse:
    """The page of one command of a decision."""
    return command_view(request, get_decision_for(request.user, number), COMMANDS, task, area="meetings")
