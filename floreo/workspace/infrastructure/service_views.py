"""Pages of one service: what it is, what it needs, what it depends on, how it recovers, whether it is designated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.advisories.presenters import VERDICTS, exploited_text, product_text, reply_text
from floreo.advisories.queries import Named, advisories_on, assets_with_product, exploited_on
from floreo.core.access import Permission, can
from floreo.core.models import named
from floreo.core.wording import colon
from floreo.infrastructure import presenters
from floreo.infrastructure.access import get_asset_for, get_dependency_for, get_plan_for, get_service_for
from floreo.infrastructure.actions import designating
from floreo.infrastructure.actions import registering as acts
from floreo.infrastructure.models import EDGES, EDIT, Dependency, Service
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.infrastructure import forms
from floreo.workspace.verbs import history_of

AREA = "services"


def _has_no_designation(service: Service, _viewer: object) -> bool:
    return (
        service.is_current and not service.designations.filter(stage__in=["proposed", "hearing", "designated"]).exists()
    )


def commands(viewer: object) -> Mapping[str, Command]:
    return {
        "review": Command(
            _l("Take the service into the register"),
            _l("Take it into the register"),
            EDIT,
            new(CommandForm),
            acts.review_service,
            allowed_by(acts.must_be_proposed),
            help=_l("Its operator proposed it. From now on it counts, and its dependencies do."),
            done=_l("It is in the register."),
        ),
        "edit": Command(
            _l("Edit the service"),
            _l("Edit"),
            EDIT,
            over_row(forms.ServiceForm),
            acts.update_service,
            allowed_by(acts.must_not_be_withdrawn),
        ),
        "propose": Command(
            _l("Propose the designation"),
            _l("Propose the designation"),
            EDIT,
            lambda data, _thing: forms.ProposeForm(data, viewer=viewer),
            designating.propose,
            _has_no_designation,
            help=_l("The procedure begins. The public sees nothing of it until it is decided."),
            done=_l("The procedure has begun."),
        ),
        "withdraw": Command(
            _l("Withdraw the service"),
            _l("Withdraw"),
            EDIT,
            new(forms.WithdrawForm),
            acts.withdraw_service,
            allowed_by(acts.must_not_be_withdrawn),
            help=_l("It ends. Its dependencies no longer count, and the public no longer sees it."),
            done=_l("Withdrawn."),
        ),
        "restore": Command(
            _l("Put the service back into the register"),
            _l("Put it back"),
            EDIT,
            new(CommandForm),
            acts.restore_service,
            allowed_by(acts.must_be_withdrawn),
            done=_l("It is in the register."),
        ),
        "new-asset": Command(
            _l("Add an asset"),
            _l("Add asset"),
            EDIT,
            new(forms.AssetForm),
            acts.add_asset,
            allowed_by(acts.must_not_be_withdrawn),
            section="assets",
        ),
        "new-dependency": Command(
            _l("Add what it needs"),
            _l("Add"),
            EDGES,
            lambda data, thing: forms.DependencyForm(data, service=thing),
            acts.add_dependency,
            allowed_by(acts.must_be_current),
            section="needs",
            help=_l("Another service without which this one stops, or loses a part."),
        ),
        "new-plan": Command(
            _l("Add a recovery plan"),
            _l("Add plan"),
            EDIT,
            new(forms.PlanForm),
            acts.add_plan,
            allowed_by(acts.must_not_be_withdrawn),
            section="plans",
        ),
    }


ASSET_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Edit the asset"), _l("Edit"), EDIT, over_row(forms.AssetForm), acts.update_asset),
    "remove": Command(
        _l("Remove the asset"), _l("Remove"), EDIT, new(CommandForm), acts.remove_asset, done=_l("Removed.")
    ),
}
PLAN_COMMANDS: Mapping[str, Command] = {
    "test": Command(
        _l("Record a test"), _l("Record a test"), EDIT, new(forms.TestForm), acts.record_test, done=_l("Recorded.")
    ),
    "edit": Command(_l("Edit the recovery plan"), _l("Edit"), EDIT, over_row(forms.PlanForm), acts.update_plan),
    "remove": Command(
        _l("Remove the recovery plan"), _l("Remove"), EDIT, new(CommandForm), acts.remove_plan, done=_l("Removed.")
    ),
}
DEPENDENCY_COMMANDS: Mapping[str, Command] = {
    "check": Command(
        _l("Checked with the operator"),
        _l("It is so"),
        EDGES,
        new(CommandForm),
        acts.check_dependency,
        allowed_by(acts.must_be_in_force),
        help=_l("You asked the operator, or read its document. Your name and the day are recorded."),
        done=_l("Recorded."),
    ),
    "edit": Command(
        _l("Edit the dependency"),
        _l("Edit"),
        EDGES,
        over_row(forms.DependencyForm),
        acts.update_dependency,
        allowed_by(acts.must_be_in_force),
        help=_l("What is changed counts as not checked until somebody checks it again."),
    ),
    "withdraw": Command(
        _l("Withdraw the dependency"),
        _l("Withdraw"),
        EDGES,
        new(CommandForm),
        acts.withdraw_dependency,
        allowed_by(acts.must_be_in_force),
        done=_l("Withdrawn."),
    ),
}
NEW: Mapping[str, Command] = {
    "service": Command(
        _l("Add an essential service"),
        _l("Add service"),
        EDIT,
        new(forms.ServiceForm),
        acts.add_service,
        help=_l("One for each thing that people would be without: electricity, water, the telephone, payments."),
        done=_l("Added."),
    ),
}


def new_service(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "service", area=AREA, back=reverse("workspace:services"), shows_made=True)


def service(request: HttpRequest, code: str) -> HttpResponse:
    found = get_service_for(request.user, code)
    user = request.user
    possible = commands_for(user, found, commands(user))
    context = {
        "workspace_section": AREA,
        "service": found,
        "users": presenters.users_text(found),
        "places": found.served.select_related("place"),
        "where": presenters.places_text(found.served.select_related("place")),
        "may": possible,
        "main": [
            (command, reverse("workspace:service_command", args=[code, name]), name)
            for name, command in possible.items()
            if not command.section
        ],
        "needs": [
            (each, presenters.effect_text(each), presenters.fallback_text(each), presenters.checked_text(each))
            for each in _needs(found, user)
        ],
        "shows_needs": can(user, Permission.DEPENDENCY_READ, found),
        "needed_by": _needed_by(found, user),
        "assets": found.assets.select_related("owner", "place"),
        **_advised(found, user),
        "plans": [
            (each, presenters.plan_state_text(each), presenters.plan_hours_text(each))
            for each in found.plans.select_related("service")
        ],
        "designations": [(each, presenters.stage_text(each)) for each in found.designations.all()],
        "may_edit": can(user, EDIT),
        "may_edit_needs": can(user, EDGES),
        "history": history_of(found, viewer=user),
    }
    return render(request, "workspace/infrastructure/service.html", context)


def _advised(service: Service, viewer: object) -> dict[str, Any]:
    """What is published on the products that run here, and which of them are known to be exploited."""
    assets = assets_with_product(service)
    named = advisories_on(assets, viewer) if can(viewer, Permission.ADVISORY_READ) else []
    return {
        "has_products": bool(assets),
        "advised": [
            (each, product_text(each.asset), VERDICTS[each.verdict], reply_text(each.reply), _may_reply(each, viewer))
            for each in named
        ],
        "exploited": [(each.asset, product_text(each.asset), exploited_text(each)) for each in exploited_on(assets)],
    }


def _may_reply(named: Named, viewer: object) -> bool:
    return can(viewer, Permission.FINDING_ANSWER, named.asset)


def _needs(service: Service, viewer: object) -> Any:
    rows = Dependency.objects.visible_to(viewer).filter(service=service, withdrawn_on=None)
    return rows.select_related("needs__operator").order_by("kind", "needs__name", "pk")


def _needed_by(service: Service, viewer: object) -> Any:
    """Who needs this one: for who sees every dependency, never for its operator."""
    if not can(viewer, Permission.CASCADE_RUN):
        return None
    rows = Dependency.objects.visible_to(viewer).current().filter(needs=service)
    return [
        (each, presenters.effect_text(each))
        for each in rows.select_related("service__operator").order_by("service__name")
    ]


def service_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_service_for(request.user, code), commands(request.user), name, area=AREA)


def _about(service: Service, part: str, thing: object = None) -> dict[str, Any]:
    about = service.named() if thing is None else f"{service.named()}{colon()} {named(thing)}"
    return {"area": AREA, "about": about, "back": f"{service.workspace_url()}#{part}"}


def asset_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_asset_for(request.user, code, pk)
    return command_view(request, found, ASSET_COMMANDS, name, **_about(found.service, "assets", found))


def plan_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_plan_for(request.user, code, pk)
    return command_view(request, found, PLAN_COMMANDS, name, **_about(found.service, "plans", found))


def dependency_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_dependency_for(request.user, code, pk)
    return command_view(request, found, DEPENDENCY_COMMANDS, name, **_about(found.service, "needs", found.needs))
