"""Pages of programmes and courses."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.training import presenters
from floreo.training.access import get_course_for, get_module_for, get_programme_for
from floreo.training.actions import running
from floreo.training.queries import seats_of
from floreo.training.tables import PROGRAMMES
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person, press
from floreo.workspace.forms import CommandForm
from floreo.workspace.training import forms
from floreo.workspace.verbs import history_of

AREA = "courses"
_RUN = Permission.TRAINING_RUN

NEW: Mapping[str, Command] = {
    "programme": Command(
        _l("Add a programme"), _l("Add the programme"), _RUN, new(forms.ProgrammeForm), running.make_programme
    ),
}
OF_PROGRAMME: Mapping[str, Command] = {
    "course": Command(_l("Add a course"), _l("Add a course"), _RUN, new(forms.CourseForm), running.make_course),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.ProgrammeForm), running.update_programme),
    "remove": Command(
        _l("Remove the programme"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        running.remove_programme,
        lambda programme, _viewer: not programme.courses.exists(),
        back=lambda _p: reverse("workspace:training_programmes"),
    ),
}
OF_COURSE: Mapping[str, Command] = {
    "cohort": Command(_l("Prepare a cohort"), _l("Prepare a cohort"), _RUN, new(forms.CohortForm), running.make_cohort),
    "module": Command(_l("Add a module"), _l("Add a module"), _RUN, new(forms.ModuleForm), running.add_module),
    "roles": Command(
        _l("For which roles it prepares"),
        _l("Roles"),
        _RUN,
        forms.RolesForm,
        running.set_roles,
        help=_l("Roles of the skills frameworks that are loaded here."),
    ),
    "history": Command(
        _l("Add a cohort of the past"),
        _l("Add a cohort of the past"),
        _RUN,
        new(forms.HistoryForm),
        running.make_cohort,
        help=_l("One that is known from a source only. What the source does not say stays empty."),
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.CourseForm), running.update_course),
    "remove": Command(
        _l("Remove the course"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        running.remove_course,
        lambda course, _viewer: not course.cohorts.exists(),
        back=lambda course: str(course.programme.workspace_url()),
    ),
}
OF_MODULE: Mapping[str, Command] = {
    "edit": Command(_l("Edit the module"), _l("Edit"), _RUN, over_row(forms.ModuleForm), running.update_module),
    "remove": Command(_l("Remove the module"), _l("Remove"), _RUN, new(CommandForm), running.remove_module),
}


def programmes(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(PROGRAMMES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(p, presenters.audience_word(p.audience)) for p in listing.rows],
        "may_run": can(request.user, _RUN),
    }
    return render(request, "workspace/training/programmes.html", context)


def new_programme(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "programme", area=AREA, back=reverse("workspace:training_programmes"))


def programme(request: HttpRequest, code: str) -> HttpResponse:
    found = get_programme_for(request.user, code)
    courses = found.courses.annotate(number_of_cohorts=Count("cohorts"))
    context = {
        "workspace_section": AREA,
        "programme": found,
        "audience": presenters.audience_word(found.audience),
        "courses": [(c, presenters.hours_text(c.hours)) for c in courses],
        "commands": [
            (command, reverse("workspace:training_programme_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, OF_PROGRAMME).items()
        ],
        "main": "course",
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/training/programme.html", context)


def programme_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_programme_for(request.user, code), OF_PROGRAMME, name, area=AREA)


def course(request: HttpRequest, code: str) -> HttpResponse:
    found = get_course_for(request.user, code)
    cohorts = list(found.cohorts.select_related("course__programme", "place"))
    seats = seats_of(cohorts)
    context = {
        "workspace_section": AREA,
        "course": found,
        "hours": presenters.hours_text(found.hours),
        "audience": presenters.audience_word(found.programme.audience),
        "modules": list(found.modules.all()),
        "roles": [role.item for role in found.course_roles.select_related("item__in_version")],
        "cohorts": [
            (
                c,
                presenters.dates_text(c),
                presenters.state_text(c),
                presenters.open_seats_text(c, seats[c.pk]),
            )
            for c in cohorts
        ],
        "commands": [
            (command, reverse("workspace:training_course_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, OF_COURSE).items()
        ],
        "main": "cohort",
        "may_run": can(request.user, _RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/training/course.html", context)


def course_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_course_for(request.user, code), OF_COURSE, name, area=AREA)


def module_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_module_for(request.user, code, pk)
    back = reverse("workspace:training_course", args=[code])
    return command_view(request, found, OF_MODULE, name, area=AREA, back=back)


@require_POST
def move(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One place up or down, as the button says."""
    found, up = get_module_for(request.user, code, pk), request.POST.get("do") == "up"
    back = reverse("workspace:training_course", args=[code])
    return press(request, lambda: running.move_module(found, by=person(request), up=up), str(_l("Saved.")), back)
