"""Pages of tabletop exercises: the list, the library, one exercise from the plan to the evaluation, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.core.access import Permission, can
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.papers import paper
from floreo.infrastructure import cascade_text
from floreo.infrastructure.models import WhatIf
from floreo.infrastructure.queries import run_what_if
from floreo.organisations.queries import the_country
from floreo.tabletops import documents, presenters
from floreo.tabletops.access import get_scenario_for, get_tabletop_for
from floreo.tabletops.actions import evaluating, planning
from floreo.tabletops.forms import ObservationsForm
from floreo.tabletops.logic import State
from floreo.tabletops.models import RUN, Scenario, Tabletop, part_text
from floreo.tabletops.queries import (
    action_of,
    counted_expected,
    organisations_in,
    scores_by_objective,
    total_score,
    verdict_now,
)
from floreo.tabletops.tables import LIST
from floreo.workspace.commands import Command, command_view, commands_for, new
from floreo.workspace.form_page import person, posted
from floreo.workspace.tabletops import forms
from floreo.workspace.tabletops.commands import COMMANDS, IN_SECTIONS
from floreo.workspace.tabletops.part_views import (
    OF_EXPECTED,
    OF_INJECT,
    OF_OBJECTIVE,
    OF_PARTICIPANT,
    OF_POINT,
    may_show_link,
)
from floreo.workspace.verbs import history_of

AREA = "tabletops"
LIVE_SECONDS = 20  # after which the page of a running exercise loads again, for whoever wants it to


def tabletops(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(LIST, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.when_text(each)) for each in listing.rows],
        "may_run": can(request.user, RUN),
    }
    return render(request, "workspace/tabletops/tabletops.html", context)


# --- The library --------------------------------------------------------------------------------------------------


def scenarios(request: HttpRequest) -> HttpResponse:
    context = {
        "workspace_section": AREA,
        "rows": [(each, presenters.minutes_text(each.duration), len(each.injects)) for each in Scenario.objects.all()],
        "may_run": can(request.user, RUN),
    }
    return render(request, "workspace/tabletops/scenarios.html", context)


def scenario(request: HttpRequest, code: str) -> HttpResponse:
    found = get_scenario_for(request.user, code)
    objectives = {each["code"]: part_text(each, "title") for each in found.objectives}
    injects = [
        {
            "minute": each["minute"],
            "title": part_text(each, "title"),
            "text": part_text(each, "text"),
            "expected": [
                (part_text(one, "text"), objectives.get(one.get("objective", ""), "")) for one in each["expected"]
            ],
        }
        for each in sorted(found.injects, key=lambda each: int(each["minute"]))
    ]
    context = {
        "workspace_section": AREA,
        "scenario": found,
        "long": presenters.minutes_text(found.duration),
        "objectives": list(objectives.values()),
        "injects": injects,
        "points": [part_text(each, "text") for each in found.evaluation],
        "may_run": can(request.user, RUN),
    }
    return render(request, "workspace/tabletops/scenario.html", context)


NEW: Mapping[str, Command] = {
    "tabletop": Command(
        _l("Plan an exercise"),
        _l("Plan the exercise"),
        RUN,
        new(forms.NewForm),
        planning.plan_tabletop,
        help=_l("All parts of the scenario are copied: you can adapt each of them until it is sent."),
        done=_l("Planned. Adapt the schedule, then invite people."),
    ),
}


def new_tabletop(request: HttpRequest) -> HttpResponse:
    """From a scenario, and with a what-if, where the address names them. Afterwards the new exercise is shown."""
    initial = {name: request.GET.get(name, "") for name in ("scenario", "what_if")}
    if not can(request.user, Permission.CASCADE_RUN):
        initial["what_if"] = ""
    command = NEW["tabletop"]
    own = {
        "tabletop": Command(
            command.title,
            command.button,
            RUN,
            lambda data, _thing: _new_form(request, data, initial),
            command.function,
            help=command.help,
            done=command.done,
        )
    }
    return command_view(request, None, own, "tabletop", area=AREA, back=reverse("workspace:tabletops"), shows_made=True)


def _new_form(request: HttpRequest, data: Any, initial: Mapping[str, str]) -> forms.NewForm:
    form = forms.NewForm(data, initial=dict(initial))
    if not can(request.user, Permission.CASCADE_RUN):
        del form.fields["what_if"]
    return form


# --- One exercise -------------------------------------------------------------------------------------------------


def tabletop(request: HttpRequest, code: str) -> HttpResponse:
    found = get_tabletop_for(request.user, code)
    expected = counted_expected(found)
    user = request.user
    offered = commands_for(user, found, COMMANDS)
    links = {
        name: (command, reverse("workspace:tabletop_command", args=[code, name])) for name, command in offered.items()
    }
    is_live = found.is_on and request.GET.get("live") == "1"
    context = {
        "workspace_section": AREA,
        "tabletop": found,
        "state": presenters.state_text(found),
        "when": presenters.when_text(found),
        "long": presenters.minutes_text(found.duration),
        "commands": [(command, at, name) for name, (command, at) in links.items() if name not in IN_SECTIONS],
        "of_section": {name.replace("-", "_"): at for name, (_command, at) in links.items() if name in IN_SECTIONS},
        "main": next((name for name in ("start", "resume", "end", "evaluate") if name in links), ""),
        "injects": _injects(user, found),
        "participants": _participants(user, found),
        "organisations": presenters.organisations_text(organisations_in(found)) if found.started_at else "",
        **_evaluation(user, found, expected),
        "cascade": _cascade(user, found.what_if),
        "may_run": can(user, RUN),
        "may_observe": can(user, RUN) and bool(expected) and (found.is_on or found.state == State.ENDED),
        "is_live": is_live,
        "history": history_of(found, viewer=user),
    }
    response = render(request, "workspace/tabletops/tabletop.html", context)
    if is_live:
        response.headers["Refresh"] = str(LIVE_SECONDS)
    return response


def _evaluation(viewer: object, tabletop: Tabletop, expected: list[Any]) -> dict[str, Any]:
    """What the exercise is judged by, and how it was judged."""
    return {
        "objectives": [
            (each, _buttons(viewer, each, OF_OBJECTIVE, "tabletop_objective_command", tabletop.code, each.pk))
            for each in tabletop.objectives.select_related("tabletop")
        ],
        "points": [
            (each, _buttons(viewer, each, OF_POINT, "evaluation_point_command", tabletop.code, each.pk))
            for each in tabletop.evaluation_points.select_related("tabletop")
        ],
        "score": presenters.score_text(total_score(expected)) if tabletop.started_at else "",
        "scores": [(row, presenters.share_text(row.score.share)) for row in scores_by_objective(tabletop, expected)]
        if tabletop.was_held
        else [],
        "verdicts": _verdicts(viewer, tabletop, expected) if tabletop.was_held else [],
        "findings": [
            (each, presenters.finding_text(each), action_of(each))
            for each in tabletop.findings.select_related("tabletop", "organisation")
        ],
    }


def _buttons(
    viewer: object, thing: Any, commands: Mapping[str, Command], address: str, *keys: object
) -> list[tuple[Command, str, str]]:
    """What may be done to a part of the exercise now; `keys` are the code of the exercise and what names the part in it."""
    return [
        (command, reverse(f"workspace:{address}", args=[*keys, name]), name)
        for name, command in commands_for(viewer, thing, commands).items()
    ]


def _injects(viewer: object, tabletop: Tabletop) -> list[dict[str, Any]]:
    rows = tabletop.injects.prefetch_related(
        "expected__objective", "expected__observations", "responses__participant__organisation", "deliveries"
    )
    found = []
    for each in rows:
        each.tabletop = tabletop
        expected = []
        for one in each.expected.all():
            one.inject = each
            expected.append((one, _buttons(viewer, one, OF_EXPECTED, "expected_command", tabletop.code, one.pk)))
        deliveries = list(each.deliveries.all())
        found.append(
            {
                "inject": each,
                "at": presenters.inject_text(each),
                "expected": expected,
                "responses": list(each.responses.all()),
                "reached": len(deliveries),
                "by_mail": sum(row.by_mail for row in deliveries),
                "buttons": _buttons(viewer, each, OF_INJECT, "inject_command", tabletop.code, each.number),
            }
        )
    return found


def _participants(viewer: object, tabletop: Tabletop) -> list[dict[str, Any]]:
    found = []
    for each in tabletop.participants.select_related("organisation").prefetch_related("responses"):
        each.tabletop = tabletop
        found.append(
            {
                "participant": each,
                "reach": presenters.reach_text(each),
                "others": [row for row in each.responses.all() if row.inject_id is None],
                "link": reverse("workspace:tabletop_participant_link", args=[tabletop.code, each.number])
                if can(viewer, RUN) and may_show_link(each)
                else "",
                "buttons": _buttons(
                    viewer, each, OF_PARTICIPANT, "tabletop_participant_command", tabletop.code, each.number
                ),
            }
        )
    return found


def _verdicts(viewer: object, tabletop: Tabletop, expected: list[Any]) -> list[dict[str, Any]]:
    found = []
    for each in expected:
        each.inject.tabletop = tabletop
        notes = list(each.observations.all())
        found.append(
            {
                "expected": each,
                "verdict": presenters.verdict_text(verdict_now(each)),
                "differ": not each.verdict and len({note.verdict for note in notes}) > 1,
                "notes": notes,
                "buttons": [
                    row
                    for row in _buttons(viewer, each, OF_EXPECTED, "expected_command", tabletop.code, each.pk)
                    if row[2] == "judge"
                ],
            }
        )
    return found


def _cascade(viewer: object, what_if: WhatIf | None) -> dict[str, Any] | None:
    """What the attached what-if shows now, for whoever may see every dependency."""
    if what_if is None or not can(viewer, Permission.CASCADE_RUN):
        return None
    return {"what_if": what_if, "summary": cascade_text.summary_text(run_what_if(what_if))}


def tabletop_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_tabletop_for(request.user, code), COMMANDS, name, area=AREA)


def observe(request: HttpRequest, code: str) -> HttpResponse:
    """Every expected action of the injects that were sent, with one's own notes on each."""
    found = get_tabletop_for(request.user, code)
    user = person(request)
    form, status = ObservationsForm(posted(request), counted_expected(found), by_code=user.actor_code), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    noted = [
                        evaluating.observe(
                            each.expected, by=user, verdict=each.verdict, minute=each.minute, note=each.note
                        )
                        for each in form.changed()
                    ]
            except (NotAllowed, Missing):
                raise
            except Refused as refusal:
                refuse_on(form, refusal)
            else:
                words = ngettext("%(n)d observation saved.", "%(n)d observations saved.", len(noted))
                messages.success(request, words % {"n": len(noted)})
                return HttpResponseRedirect(found.workspace_url())
    context = {
        "workspace_section": AREA,
        "tabletop": found,
        "form": form,
        "minute": found.minute,
        "status": status,
    }
    return render(request, "workspace/tabletops/observe.html", context, status=status)


# --- The report ---------------------------------------------------------------------------------------------------


def _report(request: HttpRequest, code: str) -> tuple[Tabletop, Any, bool]:
    found = get_tabletop_for(request.user, code)
    country = the_country()
    if country is None or found.started_at is None:
        raise Missing
    names = request.GET.get("names") != "no"
    return found, documents.report(country, found, names=names), names


def report(request: HttpRequest, code: str) -> HttpResponse:
    found, doc, names = _report(request, code)
    context = {"workspace_section": AREA, "tabletop": found, "doc": doc, "names": names}
    return render(request, "workspace/tabletops/report.html", context)


def report_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    found, doc, _names = _report(request, code)
    return paper(doc, kind, name=_("exercise-%(code)s") % {"code": found.code})
