"""Pages of actions: the list, one action with everything about it, and each thing that is done to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from floreo.core import clock
from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.keys import key
from floreo.core.models import named
from floreo.core.whole import whole
from floreo.evidence.queries import Shown, evidence_shown
from floreo.meetings.queries import decisions_about
from floreo.organisations.models import Organisation
from floreo.reviews.access import may_see
from floreo.reviews.presenters import asked_text
from floreo.reviews.queries import open_requests_about
from floreo.strategy import own_fields
from floreo.strategy.access import get_action_for, get_edition_for
from floreo.strategy.actions import actions as acts
from floreo.strategy.actions.next_edition import lineage
from floreo.strategy.logic import Money, total
from floreo.strategy.models import Action, Milestone, Participation, Risk, Update
from floreo.strategy.money import known_funders
from floreo.strategy.presenters import actions as action_text
from floreo.workspace.commands import command_view
from floreo.workspace.form_page import person
from floreo.workspace.history import history_of
from floreo.workspace.plan.commands import ACTION_COMMANDS, CHILD_COMMANDS, commands_of_action
from floreo.workspace.plan.edition_views import actions_listing


def actions(request: HttpRequest, edition: str) -> HttpResponseBase:
    """Every action of an edition as a list, with filters and downloads."""
    must(request.user, Permission.PLAN_READ)
    found = get_edition_for(request.user, edition)
    listing = actions_listing(request, found)
    if file := listing.download():
        return file
    today = clock.today()
    rows = [(act, action_text.status_note(act, today=today)) for act in listing.rows]
    may_edit = can(request.user, Permission.PLAN_EDIT)
    context = {"workspace_section": "plan", "edition": found, "listing": listing, "rows": rows, "may_edit": may_edit}
    return render(request, "workspace/plan/actions.html", context)


@dataclass(frozen=True)
class _Step:
    """A milestone with its shape, its words and the evidence that shows it."""

    milestone: Milestone
    status: str
    words: str
    evidence: Shown


def _steps(milestones: list[Milestone], evidence: Mapping[str, Shown]) -> list[_Step]:
    today = clock.today()
    return [
        _Step(
            m,
            action_text.milestone_status(m, today=today),
            action_text.milestone_text(m, today=today),
            evidence[key(m)],
        )
        for m in milestones
    ]


def _parts(act: Action, viewer: object) -> tuple[list[Participation], list[Participation]]:
    """Those of bodies that the viewer may know of: that hold today or will, and that ended."""
    known = act.participations.filter(organisation__in=Organisation.objects.visible_to(viewer))
    rows = list(known.select_related("organisation__merged_into"))
    today = clock.today()
    now = [p for p in rows if p.ends_on is None or p.ends_on >= today]
    return now, [p for p in rows if p not in now]


def _money(act: Action, viewer: object) -> dict[str, Any]:
    lines = known_funders(list(act.budget_lines.select_related("funder")), viewer)
    return {"lines": lines, "totals": list(total(Money(b.currency, b.amount, b.spent) for b in lines).values())}


def action(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """One action: public and internal side by side, with a way to change each part."""
    must(request.user, Permission.PLAN_READ)
    act = get_action_for(request.user, edition, code)
    prefetch_related_objects([act], "participations__organisation__merged_into")  # whose each milestone is
    milestones = list(act.milestones.all())
    evidence = evidence_shown([act, *milestones], request.user)
    now, before = _parts(act, request.user)
    money, risks = _money(act, request.user), list(Risk.objects.visible_to(request.user).filter(action=act))
    children = {"milestones": milestones, "parts": now, "money": money["lines"], "risks": risks}
    updates = list(Update.objects.visible_to(request.user).filter(action=act)[:20])
    context = {
        "workspace_section": "plan",
        "act": act,
        "edition": act.edition,
        "may": commands_of_action(request.user, act, children),
        "why": action_text.why(act, act.status_result, milestones, today=clock.today()),
        "steps": _steps(milestones, evidence),
        "reached": action_text.reached_text(milestones),
        "evidence": evidence[key(act)],
        "parts": now,
        "former_parts": before,
        "money": money,
        "decisions": decisions_about([act, *milestones], request.user),
        "risks": risks,
        "own": own_fields.shown(act, internal=act.shows_internal_to(request.user)),
        "term": action_text.term_text(act),
        "needed": (
            needed := list(Action.objects.visible_to(request.user).filter(awaited_by=act).select_related("edition"))
        ),
        "awaited": list(Action.objects.visible_to(request.user).filter(waits_for=act).select_related("edition")),
        "waits": action_text.waiting_text(act, needed),
        "sees_internal": act.shows_internal_to(request.user),
        "updates": updates,
        "earlier": max(len(updates) - 2, 0),
        "lineage": lineage(act),
        "asked": [
            (asked_text(a), a.workspace_url() if may_see(request.user, a) else "") for a in open_requests_about(act)
        ],
        "carried_to": Action.objects.visible_to(request.user)
        .filter(carried_from=act)
        .select_related("edition")
        .first(),
        "history": history_of(act, viewer=request.user),
        "sees_person": can(request.user, Permission.PEOPLE_READ, act.person),
        "at": request.GET.get("at", "") if getattr(request, "htmx", False) else "",
    }
    return render(request, "workspace/plan/action.html", context)


@require_POST
def move(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """One place up or down in its objective."""
    must(request.user, Permission.PLAN_EDIT)
    act = get_action_for(request.user, edition, code)
    acts.move_action(act, by=person(request), up=request.POST.get("way") == "up")
    plan = reverse("workspace:plan", args=[edition])
    return HttpResponseRedirect(f"{plan}#action-{act.code}")


def task(request: HttpRequest, edition: str, code: str, task: str) -> HttpResponse:
    """The page of one command of the action."""
    act = get_action_for(request.user, edition, code)
    return command_view(request, act, ACTION_COMMANDS, task, area="plan")


def _child(act: Action, kind: str, key: str) -> Any:
    if kind == "milestones":
        child: Any = act.milestones.filter(code=key).first()
    elif (pk := whole(key)) is not None:
        rows: dict[str, Any] = {"parts": act.participations, "money": act.budget_lines, "risks": act.risks}
        child = rows[kind].filter(pk=pk).first()
    else:
        child = None
    if child is None:
        raise Missing
    return child


def child_command(request: HttpRequest, *, edition: str, code: str, kind: str, child: str, task: str) -> HttpResponse:
    """A form of one act on something that hangs on the action."""
    act = get_action_for(request.user, edition, code)
    commands = CHILD_COMMANDS.get(kind, {})
    if task not in commands:
        raise Missing
    must(request.user, commands[task].needs, act)
    thing = _child(act, kind, child)
    about = _("%(thing)s, of %(action)s") % {
        "thing": named(thing),
        "action": act.named(),
    }
    return command_view(request, thing, commands, task, area="plan", about=about, back=act.workspace_url(), of=act)
