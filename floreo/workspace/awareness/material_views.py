"""Pages of materials: the list, and one as it reads."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.awareness.access import get_material_for
from floreo.awareness.actions import publishing as actions
from floreo.awareness.tables import MATERIALS
from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.workspace.awareness import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "materials"
_RUN = Permission.AWARENESS_RUN

COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the material"),
        _l("Publish"),
        _RUN,
        new(CommandForm),
        actions.publish_material,
        allowed_by(actions.must_be_draft),
        done=_l("Published."),
    ),
    "reviewed": Command(
        _l("It was read again and is still right"),
        _l("Still right"),
        _RUN,
        starting_with(forms.ReviewedForm, review_on=forms.in_a_year),
        actions.review_material,
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.MaterialForm), actions.update_material),
    "withdraw": Command(
        _l("Withdraw the material"),
        _l("Withdraw"),
        _RUN,
        new(CommandForm),
        actions.withdraw_material,
        allowed_by(actions.must_be_public),
        done=_l("Nobody outside the workspace sees it any more."),
    ),
    "remove": Command(
        _l("Remove the material"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        actions.remove_material,
        allowed_by(actions.must_be_draft),
        done=_l("Removed."),
        back=lambda _m: reverse("workspace:materials"),
    ),
}
NEW: Mapping[str, Command] = {
    "material": Command(
        _l("Write a material"),
        _l("Save draft"),
        _RUN,
        new(forms.NewMaterialForm),
        actions.prepare_material,
        help=_l("Nobody outside the workspace sees it until you publish it."),
        done=_l("Draft saved."),
    ),
}


def materials(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(MATERIALS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": list(listing.rows),
        "may_prepare": can(request.user, _RUN),
    }
    return render(request, "workspace/awareness/materials.html", context)


def new_material(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "material", area=AREA, back=reverse("workspace:materials"))


def material(request: HttpRequest, code: str) -> HttpResponse:
    found = get_material_for(request.user, code)
    named = commands_for(request.user, found, COMMANDS)
    context = {
        "workspace_section": AREA,
        "material": found,
        "commands": [(c, reverse("workspace:material_command", args=[code, name]), name) for name, c in named.items()],
        "main": "" if found.is_public else "publish",
        "body": found.in_language("body"),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/awareness/material.html", context)


def material_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_material_for(request.user, code), COMMANDS, name, area=AREA)
