"""Pages of money: an edition's sums with what is loose, one agreement with its lines, one line with its payments."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from floreo.core.access import Permission, can, must
from floreo.core.keys import key
from floreo.evidence.queries import evidence_of
from floreo.strategy.access import get_edition_for, get_grant_for, get_line_for
from floreo.strategy.iati_gaps import bodies_to_name, gaps_of
from floreo.strategy.models import Edition, Grant
from floreo.strategy.money import grants_of, known_funders, money_of, visible_grants, visible_lines
from floreo.strategy.presenters import money as money_text
from floreo.strategy.queries import current_edition
from floreo.workspace.verbs import history_of

AREA = "money"
SHOWN = 100  # lines of a list on this page; all are in the table of budget lines


def money_home(request: HttpRequest) -> HttpResponse:
    """The edition in force, or a page that says what comes first."""
    must(request.user, Permission.PLAN_READ)
    edition = current_edition(request.user)
    if edition is not None:
        return redirect("workspace:money", edition.code)
    return render(request, "workspace/money/nothing_yet.html", {"workspace_section": AREA})


def money(request: HttpRequest, code: str) -> HttpResponse:
    """Sums, agreements, lines tied to none, and what IATI lacks."""
    must(request.user, Permission.PLAN_READ)
    edition = get_edition_for(request.user, code)
    facts = money_of(edition, request.user)
    shown = {g.grant.pk for g in facts.grants}
    unused = grants_of(visible_grants(request.user).filter(lines=None), request.user)
    loose = visible_lines(request.user, edition).filter(grant=None).order_by("action__position", "fiscal_year", "pk")
    context = {
        "workspace_section": AREA,
        "edition": edition,
        "facts": facts,
        "headline": money_text.headline(facts),
        "funders": money_text.lines_of(facts.by_funder),
        "years": money_text.lines_of(facts.by_year),
        "grants": [
            (g, money_text.grant_sentence(g)) for g in (*facts.grants, *(u for u in unused if u.grant.pk not in shown))
        ],
        "loose": known_funders(list(loose.select_related("action__edition")[:SHOWN]), request.user),
        "loose_total": loose.count(),
        "gaps": gaps_of(edition),
        "bodies": bodies_to_name(edition, request.user),
        "unknowns": money_text.unknowns(facts),
        "editions": Edition.objects.visible_to(request.user),
        "may_edit": can(request.user, Permission.PLAN_EDIT),
    }
    return render(request, "workspace/money/money.html", context)


def grant(request: HttpRequest, code: str) -> HttpResponse:
    """One agreement: what it says, and the lines that it pays for, in every edition."""
    must(request.user, Permission.PLAN_READ)
    found = get_grant_for(request.user, code)
    facts = grants_of(Grant.objects.filter(pk=found.pk), request.user)[0]
    lines = visible_lines(request.user).filter(grant=found).select_related("action__edition")
    context = {
        "workspace_section": AREA,
        "grant": found,
        "facts": facts,
        "sentence": money_text.grant_sentence(facts),
        "lines": known_funders(list(lines.order_by("fiscal_year", "action__position", "pk")), request.user),
        "history": history_of(found, viewer=request.user),
        "may_edit": can(request.user, Permission.PLAN_EDIT),
    }
    return render(request, "workspace/money/grant.html", context)


def budget_line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line with its payments, each with its evidence."""
    must(request.user, Permission.PLAN_READ)
    line = get_line_for(request.user, pk)
    payments = list(line.payments.all())
    attached = evidence_of([key(payment) for payment in payments], request.user)
    context = {
        "workspace_section": AREA,
        "line": known_funders([line], request.user)[0],
        "grant": visible_grants(request.user).filter(lines=line).first(),
        "sees_internal": line.action.shows_internal_to(request.user),
        "rows": [(p, key(p), attached.get(key(p), [])) for p in payments],
        "may_edit": can(request.user, Permission.PLAN_EDIT),
        "may_attach": can(request.user, Permission.EVIDENCE_KEEP),
        "follows": any(p.kind == "spent" for p in payments),
    }
    return render(request, "workspace/money/line.html", context)
