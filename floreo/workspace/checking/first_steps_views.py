"""The page of the first steps, and the forms by which the site is recorded as official."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.organisations.actions import make_official, make_unofficial
from floreo.organisations.models import Country
from floreo.organisations.queries import the_country
from floreo.workspace.commands import Command, command_view, commands_for
from floreo.workspace.first_steps import steps_for
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm, field_of, text_field

AREA = "first-steps"


class OfficialForm(CommandForm):
    basis = field_of(Country, "official_basis", required=True)


class UnofficialForm(CommandForm):
    reason = text_field(_("Reason"), required=True)


def _country() -> Country:
    found = the_country()
    if found is None:
        raise Missing
    return found


COMMANDS = {
    "make-official": Command(
        _("Record that the site is official"),
        _("Record it"),
        Permission.PLAN_PUBLISH,
        lambda data, _country: OfficialForm(data),
        make_official,
        lambda country, _viewer: not country.is_sample and not country.is_official,
        help=_("Your name and the date are recorded. The public sees the document and the date."),
    ),
    "make-unofficial": Command(
        _("Mark the site as unofficial"),
        _("Mark as unofficial"),
        Permission.PLAN_PUBLISH,
        lambda data, _country: UnofficialForm(data),
        make_unofficial,
        lambda country, _viewer: country.is_official,
    ),
}


def first_steps(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.ACCOUNT_MANAGE)
    country = _country()
    steps = steps_for(person(request), country)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "now": [step for step in steps if step.first and not step.is_done],
        "later": [step for step in steps if not step.first and not step.is_done],
        "done": [step for step in steps if step.is_done],
        "commands": commands_for(request.user, country, COMMANDS),
    }
    return render(request, "workspace/checking/first_steps.html", context)


def command(request: HttpRequest, task: str) -> HttpResponse:
    back = reverse("workspace:first_steps")
    return command_view(request, _country(), COMMANDS, task, area=AREA, back=back)
