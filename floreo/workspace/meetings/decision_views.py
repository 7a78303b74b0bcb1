"""Decisions: the list, one decision with what became of it, and each thing that is done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.keys import thing_of
from floreo.core.lists import Listing
from floreo.meetings import presenters as say
from floreo.meetings import queries
from floreo.meetings.access import get_decision_for
from floreo.meetings.actions import decisions as acts
from floreo.meetings.logic import DecisionState
from floreo.meetings.models import Decision
from floreo.meetings.tables import DECISIONS
from floreo.strategy.models import Action
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import ReasonForm
from floreo.workspace.meetings import forms
from floreo.workspace.verbs import history_of

RUN, SAY = Permission.MEETING_RUN, Permission.PLAN_UPDATE


def decisions(request: HttpRequest) -> HttpResponseBase:
    """Every decision as a list, with filters: open, late, carried out."""
    must(request.user, Permission.MEETING_READ)
    listing = Listing(DECISIONS, request)
    if file := listing.download():
        return file
    rows = [
        (d, say.history_text(d.decision, d.state), say.due_text(d.decision), say.owner_text(d.decision, names=False))
        for d in queries.shown(listing.rows)
    ]
    context = {"workspace_section": "meetings", "listing": listing, "rows": rows, "may_run": can(request.user, RUN)}
    return render(request, "workspace/meetings/decisions.html", context)


def decision(request: HttpRequest, number: str) -> HttpResponse:
    """One decision: its words, who carries it out, what it became and how that stands."""
    must(request.user, Permission.MEETING_READ)
    found = get_decision_for(request.user, number)
    shown = queries.shown([found])[0]
    context: dict[str, Any] = {
        "workspace_section": "meetings",
        "decision": found,
        "shown": shown,
        "history_text": say.history_text(found, shown.state),
        "due": say.due_text(found),
        "owner": say.owner_text(found, names=can(request.user, Permission.PEOPLE_READ)),
        "waits": say.waits(found) if found.is_open and shown.state == found.state else "",
        "tasks": _tasks(request, found),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/meetings/decision.html", context)


def new_decision(request: HttpRequest) -> HttpResponse:
    """A decision outside a meeting."""
    must(request.user, RUN)
    form = forms.EditionDecisionForm(posted(request), instance=Decision())
    question = FormPage(
        _("Record a decision"),
        _("Record decision"),
        reverse("workspace:decisions"),
        room="meetings",
        help=_("For what was decided by circular, or is asked of the minister between two meetings."),
        done=_("The decision is recorded."),
    )

    def do(facts: dict[str, Any]) -> Decision:
        edition = facts.pop("edition")
        if facts["addressed_to"].strip():
            return acts.ask_decision(edition, by=person(request), **facts)
        facts.pop("addressed_to")
        return acts.take_decision(edition, by=person(request), **facts)

    return form_page(request, form, do, question)


SAVED = _l("Saved.")


@dataclass(frozen=True)
class Command:
    title: Promise
    button: Promise
    needs: Permission
    form: Callable[[Any, Decision], Any]
    do: Callable[..., object]
    is_open: Callable[[Decision], bool]
    help: Promise | str = ""
    done: Promise = SAVED


def _about(found: Decision) -> Action | None:
    thing = thing_of(found.about)
    return thing if isinstance(thing, Action) else None


def _is_taken(found: Decision) -> bool:
    return found.state == DecisionState.TAKEN and not found.became


COMMANDS: dict[str, Command] = {
    "answer": Command(
        _l("Record the answer"),
        _l("Record answer"),
        RUN,
        lambda d, _f: forms.AnswerForm(d, initial={"on": clock.today()}),
        acts.answer_decision,
        lambda f: f.state == DecisionState.ASKED,
        done=_l("The answer is recorded."),
    ),
    "milestone": Command(
        _l("Make it a milestone"),
        _l("Add milestone"),
        RUN,
        lambda d, f: forms.ToMilestoneForm(f, d, about=_about(f)),
        acts.turn_into_milestone,
        _is_taken,
        help=_l("It then stands in the plan, and the decision is carried out when it is reached."),
        done=_l("It is a milestone of the plan now."),
    ),
    "action": Command(
        _l("Make it an action"),
        _l("Add action"),
        RUN,
        lambda d, f: forms.ToActionForm(f, d),
        acts.turn_into_action,
        _is_taken,
        help=_l("It then stands in the plan under its own code, led by the body that carries it out."),
        done=_l("It is an action of the plan now."),
    ),
    "done": Command(
        _l("Say that it is carried out"),
        _l("It is carried out"),
        SAY,
        lambda d, _f: forms.DoneForm(d, initial={"on": clock.today()}),
        acts.carry_out_decision,
        _is_taken,
        done=_l("It is carried out."),
    ),
    "edit": Command(
        _l("Change the decision"),
        _l("Save changes"),
        RUN,
        lambda d, f: forms.DecisionForm(d, instance=f),
        acts.update_decision,
        lambda _f: True,
    ),
    "drop": Command(
        _l("Drop the decision"),
        _l("Drop it"),
        RUN,
        lambda d, _f: ReasonForm(d),
        acts.discard_decision,
        lambda f: f.is_open,
        help=_l("It stays in the record, with the reason."),
        done=_l("The decision is dropped."),
    ),
}


def _tasks(request: HttpRequest, found: Decision) -> list[tuple[Promise, str]]:
    """What may be done to it now, by this person."""
    return [
        (one.title, reverse("workspace:decision_command", args=[found.number, name]))
        for name, one in COMMANDS.items()
        if one.is_open(found) and can(request.user, one.needs, found)
    ]


def task(request: HttpRequest, number: str, task: str) -> HttpResponse:
    """A form of one act on the decision."""
    found = get_decision_for(request.user, number)
    one = COMMANDS.get(task)
    if one is None:
        raise Missing
    must(request.user, one.needs, found)
    question = FormPage(
        one.title, one.button, found.workspace_url(), about=found.named(), help=one.help, done=one.done, room="meetings"
    )
    form = one.form(posted(request), found)
    return form_page(request, form, lambda f: one.do(found, by=person(request), **f), question, thing=found)
