"""Pages of editions: the list, one edition's plan, and what is done to a whole edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can, must
from floreo.core.lists import Listing
from floreo.core.tables import Filter, Table
from floreo.organisations.models import Organisation
from floreo.strategy.access import get_edition_for
from floreo.strategy.levels import Level, has_level, levels_of, one, title_of, words_of
from floreo.strategy.logic import Status
from floreo.strategy.models import Action, Edition, LeadRole, Participation, Pillar
from floreo.strategy.presenters import status_text
from floreo.strategy.queries import OPEN_AT_MOST, counts_by_edition, plan_tree
from floreo.strategy.tables import ACTIONS, EDITIONS, STATUS_FILTER, led_by
from floreo.workspace.commands import command_view, commands_for
from floreo.workspace.plan.bulk_views import CHANGES
from floreo.workspace.plan.edition_commands import EDITION_COMMANDS, NEW, plan_address


def editions(request: HttpRequest) -> HttpResponseBase:
    """All editions, newest first."""
    must(request.user, Permission.PLAN_READ)
    listing = Listing(EDITIONS, request)
    if file := listing.download():
        return file
    counts = counts_by_edition(listing.rows)
    rows = [(edition, status_text.tally_text(counts[edition.pk])) for edition in listing.rows]
    may_edit = can(request.user, Permission.PLAN_EDIT)
    return render(
        request,
        "workspace/plan/editions.html",
        {"listing": listing, "rows": rows, "may_edit": may_edit, "workspace_section": "plan"},
    )


def new_edition(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "edition", area="plan", back=reverse("workspace:editions"))


def edition_command(request: HttpRequest, edition: str, name: str) -> HttpResponse:
    must(request.user, Permission.PLAN_READ)
    found = get_edition_for(request.user, edition)
    return command_view(request, found, EDITION_COMMANDS, name, area="plan", back=plan_address(found))


def _leads_of(edition: Edition) -> Callable[[], list[tuple[str, str]]]:
    def choices() -> list[tuple[str, str]]:
        rows = Participation.objects.filter(action__edition=edition, part=LeadRole.LEAD, ends_on=None)
        found = Organisation.objects.filter(pk__in=rows.values("organisation")).order_by("name", "pk")
        return [(o.code, o.label) for o in found]

    return choices


def _pillars_of(edition: Edition) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(p.code, f"{p.code} {p.in_language('title')}") for p in Pillar.objects.filter(edition=edition)]


def actions_table(edition: Edition) -> Table:
    """The table of actions with filters that fit one edition, internal or not."""
    lead = Filter("lead", _("Lead"), _leads_of(edition), led_by)
    pillar = Filter(
        "pillar",
        title_of(Level.PILLAR, edition),
        _pillars_of(edition),
        lambda rows, v: rows.filter(objective__pillar__code=v),
    )
    branches = (pillar,) if has_level(edition, Level.PILLAR) else ()
    return replace(ACTIONS, filters=(STATUS_FILTER, lead, *branches))


def actions_listing(request: HttpRequest, edition: Edition) -> Listing:
    rows = ACTIONS.rows(request.user).filter(edition=edition)
    return Listing(actions_table(edition), request, rows=rows)


# What a row of the plan shows; long texts stay in the database.
_SHOWN = (
    "code",
    "title",
    "translations",
    "position",
    "status",
    "status_rule",
    "status_since",
    "due_on",
    "closed_on",
    "confirmed",
    "read_on",
    "doubt",
    "is_public",
    "override",
    "edition__code",
    "objective__pillar__id",
    "objective__is_implied",
)


def plan(request: HttpRequest, edition: str) -> HttpResponseBase:
    """The whole plan of an edition as a tree, to be read and changed."""
    must(request.user, Permission.PLAN_READ)
    found = get_edition_for(request.user, edition)
    listing = actions_listing(request, found)
    if file := listing.download():
        return file
    wanted = Action.objects.visible_to(request.user).filter(edition=found).only(*_SHOWN)
    if listing.is_narrowed:
        wanted = wanted.filter(pk__in=listing.all_rows.order_by().values("pk"))
    tree = plan_tree(found, request.user, actions=wanted, most=OPEN_AT_MOST, opened=request.GET.get("open", ""))
    for pillar in tree:
        for _objective, acts_of in pillar.objectives:
            for act in acts_of:
                act.leads = [p.organisation.successor() for p in act.current_parts if p.part == LeadRole.LEAD]  # type: ignore[attr-defined]  # for the page only
    counts = {s: sum(p.counts[s] for p in tree) for s in Status}
    order = request.GET.get("order", "")
    context = {
        "edition": found,
        "listing": listing,
        "tree": [(p, listing.href(open=p.pillar.code, order=order)) for p in tree],
        "level_words": words_of(found),
        "level_list": " › ".join(one(level, found) for level in levels_of(found)),
        "counts": counts,
        "answer": _answer(found, counts),
        "changes": [(name, change.title) for name, change in CHANGES.items() if can(request.user, change.needs)],
        "may_edit": can(request.user, Permission.PLAN_EDIT),
        "may": commands_for(request.user, found, EDITION_COMMANDS),
        "ordering": bool(order) and not listing.is_narrowed,
        "workspace_section": "plan",
    }
    return render(request, "workspace/plan/plan.html", context)


def _answer(edition: Edition, counts: dict[Any, int]) -> str:
    return status_text.status_sentences(counts) or _("No actions yet.")
