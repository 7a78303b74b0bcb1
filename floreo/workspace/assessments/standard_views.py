"""Pages of the minimum standard: the list, one with its versions, and the items of a version."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.assessments.access import get_standard_for, get_standard_item_for, get_standard_version_for
from floreo.assessments.actions import standards as acts
from floreo.assessments.models import Standard, StandardState
from floreo.core.access import Permission
from floreo.workspace.assessments import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "standards"
_RUN = Permission.ASSESSMENT_RUN

NEW: Mapping[str, Command] = {
    "standard": Command(
        _l("Draft a minimum standard"),
        _l("Save draft"),
        _RUN,
        new(forms.StandardForm),
        acts.draft,
        help=_l("Its requirements come from items of other frameworks. Nobody else sees it before it is published."),
        done=_l("Draft saved."),
    ),
}
OF_STANDARD: Mapping[str, Command] = {
    "version": Command(
        _l("Start a new version"),
        _l("Start a new version"),
        _RUN,
        new(CommandForm),
        acts.begin_version,
        allowed_by(acts.must_have_no_draft),
        help=_l("It begins with the items of the last. An item that keeps its code follows the one before."),
    ),
    "edit": Command(_l("Edit the standard"), _l("Edit"), _RUN, over_row(forms.StandardForm), acts.update),
}
OF_VERSION: Mapping[str, Command] = {
    "item": Command(
        _l("Add a requirement"),
        _l("Add a requirement"),
        _RUN,
        new(forms.StandardItemForm),
        acts.add_item,
        allowed_by(acts.must_not_be_published),
    ),
    "consult": Command(
        _l("Put it into consultation"),
        _l("Put it into consultation"),
        _RUN,
        new(forms.ConsultForm),
        acts.consult,
        allowed_by(acts.must_be_draft),
        help=_l("The consultation itself is held where consultations are. Enter its address here."),
    ),
    "publish": Command(
        _l("Publish the standard"),
        _l("Publish"),
        _RUN,
        new(forms.PublishForm),
        acts.publish,
        allowed_by(acts.must_not_be_published),
        help=_l("It becomes a version of a framework, which everybody reads, and does not change any more."),
        done=_l("The standard is published."),
    ),
}
OF_ITEM: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the requirement"),
        _l("Change"),
        _RUN,
        over_row(forms.StandardItemForm),
        acts.update_item,
        lambda item, _viewer: not item.in_standard.is_published,
    ),
    "remove": Command(
        _l("Remove the requirement"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_item,
        lambda item, _viewer: not item.in_standard.is_published,
    ),
}


def standards(request: HttpRequest) -> HttpResponse:
    rows = Standard.objects.visible_to(request.user).prefetch_related("versions__became")
    context = {"workspace_section": AREA, "rows": [(each, each.versions.all()) for each in rows]}
    return render(request, "workspace/assessments/standards.html", context)


def new_standard(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "standard", area=AREA, back=reverse("workspace:standards"))


def standard(request: HttpRequest, code: str) -> HttpResponse:
    found = get_standard_for(request.user, code)
    context = {
        "workspace_section": AREA,
        "standard": found,
        "versions": found.versions.select_related("became__framework"),
        "commands": [
            (command, reverse("workspace:standard_command", args=[code, name]))
            for name, command in commands_for(request.user, found, OF_STANDARD).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/assessments/standard.html", context)


def standard_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_standard_for(request.user, code), OF_STANDARD, name, area=AREA)


def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The requirements of a version, each with the item that it comes from."""
    found = get_standard_version_for(request.user, code, number)
    rows = found.items.select_related("comes_from__in_version__framework", "in_standard")
    commands = commands_for(request.user, found, OF_VERSION)
    context = {
        "workspace_section": AREA,
        "standard": found.standard,
        "version": found,
        "rows": [
            (
                row,
                [
                    (c.button, reverse("workspace:standard_item_command", args=[code, number, row.pk, name]))
                    for name, c in commands_for(request.user, row, OF_ITEM).items()
                ],
            )
            for row in rows
        ],
        "commands": [
            (command, reverse("workspace:standard_version_command", args=[code, number, name]), name)
            for name, command in commands.items()
        ],
        "main": "publish" if found.state == StandardState.CONSULTED else "item",
    }
    return render(request, "workspace/assessments/standard_version.html", context)


def version_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_standard_version_for(request.user, code, number), OF_VERSION, name, area=AREA)


def item_command(request: HttpRequest, code: str, number: int, pk: int, name: str) -> HttpResponse:
    found = get_standard_item_for(request.user, code, number, pk)
    back = reverse("workspace:standard_version", args=[code, number])
    return command_view(request, found, OF_ITEM, name, area=AREA, back=back)
