"""What can be done to the parts of an exercise: injects, expected actions, objectives, questions of the evaluation, participants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _l

from floreo.core.errors import Missing
from floreo.tabletops.access import (
    get_expected_for,
    get_inject_for,
    get_objective_for,
    get_participant_for,
    get_point_for,
)
from floreo.tabletops.actions import evaluating, joining, planning, playing, running
from floreo.tabletops.logic import State
from floreo.tabletops.mails import own_link
from floreo.tabletops.models import RUN, EvaluationPoint, ExpectedAction, Participant, Tabletop
from floreo.workspace.commands import Command, allowed_by, command_view, new, over_row, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.tabletops import forms

AREA = "tabletops"


def at(section: str) -> Callable[[Any], str]:
    """Where it goes on: that part of the page of the exercise."""

    def back(thing: Any) -> str:
        tabletop = thing if isinstance(thing, Tabletop) else _exercise_of(thing)
        return f"{tabletop.workspace_url()}#{section}"

    return back


def _exercise_of(part: Any) -> Tabletop:
    found: Tabletop = part.inject.tabletop if isinstance(part, ExpectedAction) else part.tabletop
    return found


OF_INJECT: Mapping[str, Command] = {
    "send": Command(
        _l("Send the inject now"),
        _l("Send now"),
        RUN,
        new(CommandForm),
        running.send_inject,
        allowed_by(running.must_be_sendable),
        help=_l("It goes to everybody who accepted, by e-mail and on their page. An inject is sent once."),
        done=_l("The inject is sent."),
        back=at("schedule"),
    ),
    "skip": Command(
        _l("Skip the inject"),
        _l("Skip"),
        RUN,
        new(forms.WhyForm),
        running.skip_inject,
        allowed_by(running.must_be_skippable),
        help=_l("It is not sent, and what was expected upon it does not count."),
        done=_l("The inject is skipped."),
        back=at("schedule"),
    ),
    "edit": Command(
        _l("Edit the inject"),
        _l("Edit"),
        RUN,
        over_row(forms.InjectForm),
        planning.update_inject,
        allowed_by(planning.must_be_changeable),
        back=at("schedule"),
    ),
    "expected": Command(
        _l("Add an expected action"),
        _l("Add an expected action"),
        RUN,
        lambda data, i: forms.ExpectedForm(data, tabletop=i.tabletop),
        planning.add_expected,
        allowed_by(lambda each: planning.must_be_open(each.tabletop)),
        back=at("schedule"),
    ),
    "remove": Command(
        _l("Remove the inject"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        planning.remove_inject,
        allowed_by(planning.must_be_changeable),
        done=_l("Removed."),
        back=at("schedule"),
    ),
}


def _may_change(expected: ExpectedAction, viewer: object) -> bool:
    return allowed_by(planning.must_be_changeable)(expected.inject, viewer)


OF_EXPECTED: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the expected action"),
        _l("Edit"),
        RUN,
        lambda data, e: forms.ExpectedForm(data, tabletop=e.inject.tabletop, instance=e),
        planning.update_expected,
        _may_change,
        back=at("schedule"),
    ),
    "remove": Command(
        _l("Remove the expected action"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        planning.remove_expected,
        _may_change,
        done=_l("Removed."),
        back=at("schedule"),
    ),
    "judge": Command(
        _l("Settle the verdict"),
        _l("Settle the verdict"),
        RUN,
        starting_with(forms.JudgeForm, verdict=lambda e: e.verdict, note=lambda e: e.note),
        evaluating.judge,
        allowed_by(lambda e: evaluating.must_be_in_evaluation(e.inject.tabletop), playing.must_be_observable),
        help=_l("Where observers differ, or nobody noted it."),
        back=at("verdicts"),
    ),
}
OF_OBJECTIVE: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the objective"),
        _l("Edit"),
        RUN,
        over_row(forms.ObjectiveForm),
        planning.update_objective,
        allowed_by(lambda o: planning.must_be_open(o.tabletop)),
        back=at("objectives"),
    ),
    "remove": Command(
        _l("Remove the objective"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        planning.remove_objective,
        allowed_by(lambda o: planning.must_be_open(o.tabletop)),
        help=_l("Its expected actions stay, without an objective."),
        done=_l("Removed."),
        back=at("objectives"),
    ),
}


def _may_remove(point: EvaluationPoint, _viewer: object) -> bool:
    return point.tabletop.state not in (State.EVALUATED, State.CANCELLED)


OF_POINT: Mapping[str, Command] = {
    "answer": Command(
        _l("Answer the question"),
        _l("Answer"),
        RUN,
        over_row(forms.AnswerForm),
        evaluating.answer_point,
        allowed_by(lambda p: evaluating.must_be_in_evaluation(p.tabletop)),
        back=at("evaluation"),
    ),
    "remove": Command(
        _l("Remove the question"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        planning.remove_point,
        _may_remove,
        done=_l("Removed."),
        back=at("evaluation"),
    ),
}
OF_PARTICIPANT: Mapping[str, Command] = {
    "renew": Command(
        _l("Make a new link"),
        _l("New link"),
        RUN,
        new(CommandForm),
        joining.renew_link,
        allowed_by(lambda p: planning.must_be_open(p.tabletop), joining.must_be_in),
        help=_l(
            "For a link that was lost or is known to others: the old one stops working at once. The new one goes to the person’s own address, or you hand it over."
        ),
        done=_l("The old link does not work any more."),
        back=at("participants"),
    ),
    "remove": Command(
        _l("Remove the participant"),
        _l("Remove"),
        RUN,
        new(forms.MaybeWhyForm),
        joining.remove_participant,
        allowed_by(joining.must_be_in),
        help=_l("The link closes and no e-mail is sent any more. What the person wrote stays."),
        done=_l("Removed."),
        back=at("participants"),
    ),
}


def inject_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_inject_for(request.user, code, number)
    return command_view(request, found, OF_INJECT, name, area=AREA)


def expected_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_expected_for(request.user, code, pk)
    return command_view(request, found, OF_EXPECTED, name, area=AREA)


def objective_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_objective_for(request.user, code, pk)
    return command_view(request, found, OF_OBJECTIVE, name, area=AREA)


def point_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_point_for(request.user, code, pk)
    return command_view(request, found, OF_POINT, name, area=AREA)


def participant_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    found = get_participant_for(request.user, code, number)
    return command_view(request, found, OF_PARTICIPANT, name, area=AREA)


def may_show_link(participant: Participant) -> bool:
    """The link of somebody who has no address is handed over by who runs the exercise. Of anybody else it is shown to nobody: whoever
    has it could accept in their name."""
    has_address = participant.invited_mail or participant.pending_mail or participant.mail
    return not has_address and participant.tabletop.is_open and participant.state in ("invited", "accepted")


def participant_link(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_participant_for(request.user, code, number)
    if not may_show_link(found):
        raise Missing
    link = own_link(found)
    context = {
        "workspace_section": AREA,
        "tabletop": found.tabletop,
        "participant": found,
        "link": link,
        "drawn": _drawn(link),
    }
    response = render(request, "workspace/tabletops/link.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _drawn(address: str) -> SafeString:
    """A code to scan with a telephone."""
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308 -- drawn by us of an address that we made
