"""Pages of designations: the procedure with its scores and its steps."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.infrastructure import presenters
from floreo.infrastructure.access import get_designation_for
from floreo.infrastructure.actions import designating as acts
from floreo.infrastructure.logic import score_of
from floreo.infrastructure.models import EDIT
from floreo.infrastructure.tables import DESIGNATIONS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for
from floreo.workspace.infrastructure import forms
from floreo.workspace.verbs import history_of

AREA = "designations"
_DECIDE = Permission.DESIGNATION_DECIDE


def commands(viewer: object) -> Mapping[str, Command]:
    return {
        "score": Command(
            _l("Score the criteria"),
            _l("Save the scores"),
            EDIT,
            forms.ScoreForm,
            acts.score,
            allowed_by(acts.must_be_open),
        ),
        "hear": Command(
            _l("Record the hearing"),
            _l("Record the hearing"),
            EDIT,
            lambda data, _thing: forms.StepForm(data, viewer=viewer),
            acts.record_hearing,
            allowed_by(acts.must_be_proposed),
            help=_l("What the operator said about the proposal, and on which day."),
        ),
        "designate": Command(
            _l("Designate the service"),
            _l("Designate"),
            _DECIDE,
            lambda data, _thing: forms.DecideForm(data, viewer=viewer),
            acts.designate,
            allowed_by(acts.must_be_open, acts.must_have_a_hearing),
            help=_l("From the day of the decision on. If the service is public, everybody sees that it is designated."),
            done=_l("Designated."),
        ),
        "decline": Command(
            _l("Decide not to designate the service"),
            _l("Do not designate"),
            _DECIDE,
            lambda data, _thing: forms.StepForm(data, viewer=viewer),
            acts.decline,
            allowed_by(acts.must_be_open),
            done=_l("Recorded."),
        ),
        "confirm": Command(
            _l("Record a review: the designation stays"),
            _l("Record a review"),
            _DECIDE,
            lambda data, _thing: forms.DecideForm(data, viewer=viewer),
            acts.confirm,
            allowed_by(acts.must_be_in_force),
            done=_l("Recorded."),
        ),
        "withdraw": Command(
            _l("Withdraw the designation"),
            _l("Withdraw"),
            _DECIDE,
            lambda data, _thing: forms.StepForm(data, viewer=viewer),
            acts.withdraw,
            allowed_by(acts.must_be_in_force),
            done=_l("Withdrawn."),
        ),
    }


def designations(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(DESIGNATIONS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.stage_text(each)) for each in listing.rows],
    }
    return render(request, "workspace/infrastructure/designations.html", context)


def designation(request: HttpRequest, code: str) -> HttpResponse:
    found = get_designation_for(request.user, code)
    given = {row.criterion_id: row for row in found.scores.all()}
    score = score_of(acts.scored(found))
    context = {
        "workspace_section": AREA,
        "designation": found,
        "stage": presenters.stage_text(found),
        "score": presenters.score_text(score, found.criteria.threshold),
        "criteria": [(each, given.get(each.pk), each.most) for each in found.criteria.criteria.all()],
        "steps": found.steps.select_related("document"),
        "commands": [
            (command, reverse("workspace:designation_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, commands(request.user)).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/infrastructure/designation.html", context)


def designation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_designation_for(request.user, code)
    return command_view(request, found, commands(request.user), name, area=AREA, about=found.service.named())
