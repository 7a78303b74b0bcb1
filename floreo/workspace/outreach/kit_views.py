"""Pages of kit: what there is, and each move."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.outreach.access import get_kit_item_for
from floreo.outreach.actions import kit as acts
from floreo.outreach.queries import in_store, stock
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.outreach import forms
from floreo.workspace.verbs import history_of

AREA = "outreach_kit"
_RUN = Permission.OUTREACH_RUN


def _own(item: object) -> str:
    return reverse("workspace:kit_item", args=[item.code])  # type: ignore[attr-defined]  # a KitItem


COMMANDS: Mapping[str, Command] = {
    "move": Command(
        _l("Record a move"),
        _l("Record a move"),
        _RUN,
        new(forms.MoveForm),
        acts.move_kit,
        done=_l("Recorded."),
        back=_own,
    ),
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.KitForm), acts.update_kit_item, back=_own),
}
NEW: Mapping[str, Command] = {
    "item": Command(
        _l("Add a kind of kit"), _l("Add"), _RUN, new(forms.NewKitForm), acts.add_kit_item, done=_l("Added.")
    ),
}


def kit(request: HttpRequest) -> HttpResponse:
    rows = stock(clock.today())
    context = {"workspace_section": AREA, "rows": rows, "may_run": can(request.user, _RUN)}
    return render(request, "workspace/outreach/kit.html", context)


def new_item(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "item", area=AREA, back=reverse("workspace:outreach_kit"))


def item(request: HttpRequest, code: str) -> HttpResponse:
    found = get_kit_item_for(request.user, code)
    context = {
        "workspace_section": AREA,
        "item": found,
        "store": in_store(found),
        "moves": list(found.moves.select_related("ambassador", "session").order_by("-moved_on", "-pk")[:50]),
        "commands": [
            (command, reverse("workspace:kit_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/outreach/kit_item.html", context)


def item_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(
        request,
        get_kit_item_for(request.user, code),
        COMMANDS,
        name,
        area=AREA,
        back=reverse("workspace:kit_item", args=[code]),
    )
