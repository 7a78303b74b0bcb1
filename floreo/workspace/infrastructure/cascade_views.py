"""Pages of cascades: what-ifs with their result, their comparison, and single points of failure."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.errors import Missing
from floreo.core.lists import Listing
from floreo.core.models import named
from floreo.core.ui.papers import paper
from floreo.core.wording import colon
from floreo.infrastructure import cascade_drawing, cascade_text
from floreo.infrastructure.access import get_change_for, get_failure_for, get_what_if_for
from floreo.infrastructure.actions import what_ifs as acts
from floreo.infrastructure.queries import (
    SINGLE_POINT_HOURS,
    is_large,
    newest_result,
    points_in,
    points_of,
    run_what_if,
    the_register,
)
from floreo.infrastructure.tables import WHAT_IFS
from floreo.organisations.queries import the_country
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.infrastructure import cascade_papers, forms
from floreo.workspace.verbs import history_of

AREA = "what_ifs"
_RUN = Permission.CASCADE_RUN

COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Edit the what-if"), _l("Edit"), _RUN, over_row(forms.WhatIfForm), acts.update_what_if),
    "fail": Command(
        _l("Add a service that fails"), _l("Add a failure"), _RUN, new(forms.FailureForm), acts.add_failure
    ),
    "change": Command(
        _l("Change the hours of a fallback, or a share"),
        _l("Change the hours"),
        _RUN,
        new(forms.ChangeForm),
        acts.add_change,
        help=_l("For this what-if only: the register stays as it is."),
    ),
    "copy": Command(
        _l("Copy the what-if, to compare"),
        _l("Copy to compare"),
        _RUN,
        new(forms.CopyForm),
        acts.copy_what_if,
        help=_l("The copy starts with the same failures and changes, and is compared with this one."),
        done=_l("Copied."),
    ),
    "remove": Command(
        _l("Remove the what-if"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_what_if,
        done=_l("Removed."),
        back=lambda _each: reverse("workspace:what_ifs"),
    ),
}
REMOVE: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove what fails"), _l("Remove"), _RUN, new(CommandForm), acts.remove_failure, done=_l("Removed.")
    ),
}
UNDO: Mapping[str, Command] = {
    "remove": Command(
        _l("Remove the change: it is then as in the register"),
        _l("Remove the change"),
        _RUN,
        new(CommandForm),
        acts.remove_change,
        done=_l("Removed."),
    ),
}
NEW: Mapping[str, Command] = {
    "what-if": Command(
        _l("New what-if"), _l("Run the cascade"), _RUN, new(forms.NewWhatIfForm), acts.add_what_if, done=_l("Saved.")
    ),
}


def what_ifs(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(WHAT_IFS, request)
    if file := listing.download():
        return file
    context = {"workspace_section": AREA, "listing": listing, "rows": listing.rows}
    return render(request, "workspace/infrastructure/what_ifs.html", context)


def new_what_if(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "what-if", area=AREA, back=reverse("workspace:what_ifs"), shows_made=True)


def what_if(request: HttpRequest, code: str) -> HttpResponse:
    found = get_what_if_for(request.user, code)
    ran = run_what_if(found)
    lines = cascade_text.lines(ran)
    other = run_what_if(found.like, ran.register) if found.like is not None else None
    context = {
        "workspace_section": AREA,
        "what_if": found,
        "title": cascade_text.title_text(ran),
        "summary": cascade_text.summary_text(ran),
        "failures": found.failures.select_related("service"),
        "changes": found.changes.select_related("dependency__service", "dependency__needs"),
        "picture": cascade_drawing.drawing(ran),
        "stops": [line for line in lines if line.hit.stopped_at is not None],
        "parts": [line for line in lines if line.hit.stopped_at is None],
        "hours": cascade_text.hours_shown(found.hours),
        "places": cascade_text.by_place(ran),
        "limits": [*cascade_text.limits(ran), *cascade_text.general_limits()],
        "helps": cascade_text.what_would_help(ran) if ran.cascade.hits else [],
        "compared": cascade_text.compared(ran, other) if other is not None else [],
        "commands": [
            (command, reverse("workspace:what_if_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/infrastructure/what_if.html", context)


def what_if_paper(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The same as PDF or Word, or the services that are hit as CSV."""
    found = get_what_if_for(request.user, code)
    ran = run_what_if(found)
    if kind == "csv":
        response = HttpResponse(cascade_papers.as_rows(ran), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{found.code}.csv"'
        return response
    country = the_country()
    if country is None:
        raise Missing
    return paper(cascade_papers.document(country, found, ran), kind, name=found.code)


def single_points(request: HttpRequest) -> HttpResponse:
    """Of the register as it is; of a large one the last stored result, with its day."""
    register = the_register()
    stored = newest_result() if is_large(register) else None
    if is_large(register):
        points = points_in(stored) if stored is not None else ()
    else:
        points = points_of(register, SINGLE_POINT_HOURS)
    lines = cascade_text.single_point_lines(register, points)
    context = {
        "workspace_section": "single_points",
        "lines": lines,
        "is_awaited": is_large(register) and stored is None,
        "stored_on": stored.on if stored is not None else None,
        "hours": SINGLE_POINT_HOURS,
        "services": len(register.services),
        "unchecked": len(register.unchecked),
        "dependencies": len(register.dependencies),
    }
    return render(request, "workspace/infrastructure/single_points.html", context)


def what_if_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_what_if_for(request.user, code), COMMANDS, name, area=AREA)


def failure_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_failure_for(request.user, code, pk)
    back = found.what_if.workspace_url()
    return command_view(
        request, found, REMOVE, name, area=AREA, about=f"{found.what_if.named()}{colon()} {named(found)}", back=back
    )


def change_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_change_for(request.user, code, pk)
    back = found.what_if.workspace_url()
    return command_view(
        request, found, UNDO, name, area=AREA, about=f"{found.what_if.named()}{colon()} {named(found)}", back=back
    )
