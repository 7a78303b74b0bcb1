"""What is done to frameworks: opening and closing assessments, checking titles, entering scores, saying what serves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.core.policy import things_seen
from floreo.evidence.queries import name_of, page_of
from floreo.frameworks import actions as acts
from floreo.frameworks import queries
from floreo.frameworks.access import get_assessment_for, get_framework_for, get_item_for, get_version_for
from floreo.workspace.commands import command_view
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.frameworks import forms
from floreo.workspace.frameworks.commands import (
    ASSESSMENT_COMMANDS,
    CONTRIBUTION_COMMANDS,
    FRAMEWORK_COMMANDS,
    ITEM_COMMANDS,
)
from floreo.workspace.frameworks.trying import attempt
from floreo.workspace.frameworks.walking import SERVING


def new_assessment(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_framework_for(request.user, code)
    version = get_version_for(request.user, found, request.GET.get("version", ""))
    acts.must_be_held(version)
    words = FormPage(
        _("Start an assessment"),
        _("Start the assessment"),
        found.workspace_url(),
        about=version.in_language("title"),
        area="frameworks",
        help=_("The people who know each item then rate it, and another person reviews it."),
        done=_("Assessment opened. Rate its first item."),
    )
    form = forms.OpenForm(version, request.user, posted(request))
    return form_page(request, form, lambda f: acts.open_assessment(version, by=person(request), **f), words)


def assessment_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_assessment_for(request.user, code)
    return command_view(request, found, ASSESSMENT_COMMANDS, name, area="frameworks")


def item_command(request: HttpRequest, *, code: str, version: str, item: str, name: str) -> HttpResponse:
    found = get_item_for(request.user, version, item)
    if found.in_version.framework.code != code:
        raise Missing
    about, back = found.in_version.in_language("title"), found.workspace_url()
    return command_view(request, found, ITEM_COMMANDS, name, area="frameworks", about=about, back=back)


def framework_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_framework_for(request.user, code)
    about = found.in_language("title")
    return command_view(request, found, FRAMEWORK_COMMANDS, name, area="frameworks", about=about)


@require_POST
def remove_score(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    must(request.user, Permission.FRAMEWORK_REVIEW)
    found = get_framework_for(request.user, code)
    row = found.scores.filter(pk=pk).first()
    if row is None:
        raise Missing
    acts.remove_score(row, by=person(request))
    messages.success(request, _("Score removed."))
    return HttpResponseRedirect(found.workspace_url())


def _thing(request: HttpRequest, key: str) -> Model:
    """The objective or action of that key, where this person may know of it."""
    if key.partition(":")[0] not in SERVING:
        raise Missing
    thing = things_seen([key], request.user).get(key)
    if thing is None:
        raise Missing
    return thing


def _place(thing: Model, key: str) -> str:
    """Where it goes on after a change: the thing's own page, or the list of what it serves."""
    return page_of(thing) or reverse("workspace:contribution", args=[key])


def contribution(request: HttpRequest, key: str) -> HttpResponse:
    """Which items an objective or an action serves: the list, and one more."""
    must(request.user, Permission.FRAMEWORK_ASSESS)
    thing = _thing(request, key)
    form, status = forms.ContributionForm(posted(request)), 200

    def do(facts: dict[str, Any]) -> object:
        version, _slash, code = facts.pop("item").partition("/")
        return acts.add_contribution(
            get_item_for(request.user, version, code), by=person(request), thing=thing, **facts
        )

    if form.is_bound:
        status = attempt(form, do)
        if status == 200:
            messages.success(request, _("Added."))
            return HttpResponseRedirect(_place(thing, key))
    context = {
        "workspace_section": "frameworks",
        "thing": name_of(thing),
        "page": page_of(thing),
        "key": key,
        "form": form,
        "contributions": queries.served_by(thing),
        "status": status,
    }
    return render(request, "workspace/frameworks/contribution.html", context, status=status)


def contribution_command(request: HttpRequest, key: str, pk: int, name: str) -> HttpResponse:
    thing = _thing(request, key)
    found = next((row for row in queries.served_by(thing) if row.pk == pk), None)
    if found is None:
        raise Missing
    about, back = name_of(thing), _place(thing, key)
    return command_view(request, found, CONTRIBUTION_COMMANDS, name, area="frameworks", about=about, back=back)
