"""Pages that add, change, move and remove pillars and objectives, and add actions."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core.access import Permission, must
from floreo.strategy.access import get_edition_for, get_objective_for, get_pillar_for
from floreo.strategy.actions import actions as action_acts
from floreo.strategy.actions import objectives as objective_acts
from floreo.strategy.actions import pillars as pillar_acts
from floreo.strategy.models import Action, Edition, Objective, Pillar
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.plan import forms


def _back(edition: Edition, anchor: str = "", *, open_pillar: str = "") -> str:
    """The plan again, where one was; in a long plan that pillar is open."""
    address = reverse("workspace:plan", args=[edition.code])
    query = "?" + urlencode({"open": open_pillar}) if open_pillar else ""
    return f"{address}{query}#{anchor}" if anchor else address + query


def new_pillar(request: HttpRequest, edition: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = get_edition_for(request.user, edition)
    form = forms.NewPillarForm(posted(request), free_code=forms.free_pillar_code(found), instance=Pillar(edition=found))
    question = FormPage(
        _("Add a pillar"), _("Add pillar"), _back(found), about=found.named(), done=_("The pillar is added.")
    )
    return form_page(request, form, lambda facts: pillar_acts.add_pillar(found, by=person(request), **facts), question)


def edit_pillar(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    pillar = get_pillar_for(request.user, edition, code)
    question = FormPage(
        _("Change the pillar"), _("Save changes"), _back(pillar.edition), about=pillar.named(), done=_("Saved.")
    )
    form = forms.PillarForm(posted(request), instance=pillar)
    return form_page(
        request,
        form,
        lambda facts: pillar_acts.update_pillar(pillar, by=person(request), **facts),
        question,
        thing=pillar,
    )


@require_POST
def move_pillar(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    pillar = get_pillar_for(request.user, edition, code)
    pillar_acts.move_pillar(pillar, by=person(request), up=request.POST.get("way") == "up")
    return HttpResponseRedirect(_back(pillar.edition, f"pillar-{pillar.code}"))


def remove_pillar(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    pillar = get_pillar_for(request.user, edition, code)
    question = FormPage(
        _("Remove the pillar"),
        _("Remove pillar"),
        _back(pillar.edition),
        about=pillar.named(),
        help=_("Only an empty pillar can be removed."),
        done=_("The pillar is removed."),
    )
    form = CommandForm(posted(request))
    return form_page(request, form, lambda _f: pillar_acts.remove_pillar(pillar, by=person(request)), question)


def new_objective(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    pillar = get_pillar_for(request.user, edition, code)
    form = forms.NewObjectiveForm(
        posted(request), free_code=forms.free_objective_code(pillar), instance=Objective(pillar=pillar)
    )
    question = FormPage(
        _("Add an objective"),
        _("Add objective"),
        _back(pillar.edition),
        about=pillar.named(),
        done=_("The objective is added."),
    )
    return form_page(
        request, form, lambda facts: objective_acts.add_objective(pillar, by=person(request), **facts), question
    )


def edit_objective(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    objective = get_objective_for(request.user, edition, code)
    question = FormPage(
        _("Change the objective"),
        _("Save changes"),
        _back(objective.edition),
        about=objective.named(),
        done=_("Saved."),
    )
    form = forms.ObjectiveForm(posted(request), instance=objective)
    return form_page(
        request,
        form,
        lambda facts: objective_acts.update_objective(objective, by=person(request), **facts),
        question,
        thing=objective,
    )


@require_POST
def move_objective(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    objective = get_objective_for(request.user, edition, code)
    objective_acts.move_objective(objective, by=person(request), up=request.POST.get("way") == "up")
    return HttpResponseRedirect(
        _back(objective.edition, f"objective-{objective.code}", open_pillar=objective.pillar.code)
    )


def remove_objective(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    objective = get_objective_for(request.user, edition, code)
    question = FormPage(
        _("Remove the objective"),
        _("Remove objective"),
        _back(objective.edition),
        about=objective.named(),
        help=_("Only an objective without actions can be removed."),
        done=_("The objective is removed."),
    )
    form = CommandForm(posted(request))
    return form_page(request, form, lambda _f: objective_acts.remove_objective(objective, by=person(request)), question)


def new_action(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    objective = get_objective_for(request.user, edition, code)
    blank = Action(edition=objective.edition, objective=objective)
    form = forms.NewActionForm(posted(request), free_code=forms.free_action_code(objective), instance=blank)
    question = FormPage(
        _("Add an action"),
        _("Add action"),
        _back(objective.edition, f"objective-{code}", open_pillar=objective.pillar.code),
        about=objective.named(),
        help=_("Add its lead, milestones and money later, on its own page."),
        done=_("The action is added."),
    )
    return form_page(
        request, form, lambda facts: action_acts.add_action(objective, by=person(request), **facts), question
    )
