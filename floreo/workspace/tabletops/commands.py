"""What can be done to an exercise."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.tabletops.actions import evaluating, joining, planning, running
from floreo.tabletops.logic import State
from floreo.tabletops.models import RUN, Tabletop
from floreo.workspace.commands import Command, allowed_by, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.tabletops import forms
from floreo.workspace.tabletops.part_views import (
    at,
)


def _may_add_point(tabletop: Tabletop, _viewer: object) -> bool:
    return tabletop.state not in (State.EVALUATED, State.CANCELLED)


COMMANDS: Mapping[str, Command] = {
    "start": Command(
        _l("Start the exercise"),
        _l("Start the exercise"),
        RUN,
        new(CommandForm),
        running.start_tabletop,
        allowed_by(running.must_be_startable),
        help=_l("The clock begins. Injects of minute 0 are sent now, the others at their minute."),
        done=_l("The exercise is running."),
    ),
    "resume": Command(
        _l("Let the exercise go on"),
        _l("Go on"),
        RUN,
        new(CommandForm),
        running.resume_tabletop,
        allowed_by(running.must_be_paused),
        help=_l("The clock goes on from the minute at which it was paused."),
        done=_l("The exercise goes on."),
    ),
    "invite": Command(
        _l("Invite somebody"),
        _l("Invite"),
        RUN,
        lambda data, _t: forms.InviteForm(data),
        joining.invite,
        allowed_by(planning.must_be_open),
        help=_l(
            "The invitation says only when the exercise is. Everything else is sent to who accepts by their own link, at the address that they give."
        ),
        done=_l("Invited."),
        back=at("participants"),
    ),
    "pause": Command(
        _l("Pause the exercise"),
        _l("Pause"),
        RUN,
        new(CommandForm),
        running.pause_tabletop,
        allowed_by(running.must_be_running),
        help=_l("The clock does not run, and nothing is sent, until it goes on."),
        done=_l("The exercise is paused."),
    ),
    "end": Command(
        _l("End the exercise"),
        _l("End"),
        RUN,
        new(CommandForm),
        running.end_tabletop,
        allowed_by(running.must_be_on),
        help=_l("Injects that were not sent are skipped. Participants can still write what they learnt."),
        done=_l("The exercise has ended. It is to be evaluated."),
    ),
    "finding": Command(
        _l("Add a finding"),
        _l("Add a finding"),
        RUN,
        lambda data, t: forms.FindingForm(data, tabletop=t),
        evaluating.add_finding,
        allowed_by(evaluating.must_be_in_evaluation),
        help=_l(
            "With an organisation and a due date it is a recommendation. It can become an action of the plan instead."
        ),
        done=_l("Finding added."),
        back=at("findings"),
    ),
    "evaluate": Command(
        _l("Close the evaluation"),
        _l("Close the evaluation"),
        RUN,
        new(forms.EvaluateForm),
        evaluating.evaluate,
        lambda t, _viewer: t.state == State.ENDED,
        help=_l(
            "Verdicts on which observers agree are taken over. Each finding must have somebody who carries it out."
        ),
        done=_l("The exercise is evaluated."),
    ),
    "hot-wash": Command(
        _l("Notes of the hot wash"),
        _l("Write the notes"),
        RUN,
        over_row(forms.HotWashForm),
        evaluating.write_hot_wash,
        allowed_by(evaluating.must_be_held),
        back=at("hot-wash"),
    ),
    "inject": Command(
        _l("Add an inject"),
        _l("Add an inject"),
        RUN,
        new(forms.InjectForm),
        planning.add_inject,
        allowed_by(planning.must_be_open),
        back=at("schedule"),
    ),
    "objective": Command(
        _l("Add an objective"),
        _l("Add an objective"),
        RUN,
        new(forms.ObjectiveForm),
        planning.add_objective,
        allowed_by(planning.must_be_open),
        back=at("objectives"),
    ),
    "point": Command(
        _l("Add a question of the evaluation"),
        _l("Add a question"),
        RUN,
        new(forms.PointForm),
        planning.add_point,
        _may_add_point,
        back=at("evaluation"),
    ),
    "edit": Command(
        _l("Edit the exercise"),
        _l("Edit"),
        RUN,
        over_row(forms.EditForm),
        planning.update_tabletop,
        allowed_by(planning.must_be_open),
        help=_l("When the time changes, everybody who accepted gets an e-mail."),
    ),
    "what-if": Command(
        _l("Attach a what-if of a cascade"),
        _l("Attach a what-if"),
        Permission.CASCADE_RUN,
        lambda data, t: forms.WhatIfForm(data, initial={"what_if": t.what_if.code if t.what_if else None}),
        planning.attach_what_if,
        allowed_by(planning.must_be_open),
    ),
    "publish": Command(
        _l("Publish that the exercise was held"),
        _l("Publish"),
        RUN,
        new(CommandForm),
        evaluating.publish_tabletop,
        allowed_by(evaluating.must_be_publishable),
        help=_l("The public sees the day, the title of the scenario and the number of organisations. Nothing else."),
        done=_l("It is public that the exercise was held."),
    ),
    "hide": Command(
        _l("Take it off the public site"),
        _l("Take off the public site"),
        RUN,
        new(forms.WhyForm),
        evaluating.hide_tabletop,
        allowed_by(evaluating.must_be_public),
    ),
    "reopen": Command(
        _l("Open the evaluation again"),
        _l("Open the evaluation again"),
        RUN,
        new(forms.WhyForm),
        evaluating.reopen_evaluation,
        lambda t, _viewer: t.state == State.EVALUATED,
    ),
    "cancel": Command(
        _l("Cancel the exercise"),
        _l("Cancel the exercise"),
        RUN,
        new(forms.WhyForm),
        planning.cancel_tabletop,
        allowed_by(planning.must_be_planned),
        help=_l("Everybody who accepted gets an e-mail. All links close."),
        done=_l("The exercise is cancelled."),
    ),
    "remove": Command(
        _l("Remove the exercise"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        planning.remove_tabletop,
        allowed_by(planning.must_be_removable),
        done=_l("Removed."),
        back=lambda _t: reverse("workspace:tabletops"),
    ),
}

IN_SECTIONS = {"invite", "inject", "objective", "point", "hot-wash", "finding"}
