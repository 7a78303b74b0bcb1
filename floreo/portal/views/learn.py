"""The section “Learn”: materials to read and to print, quizzes, exercises and campaigns. No account, no cookie, no script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from floreo.awareness import presenters
from floreo.awareness.access import get_campaign_for, get_material_for
from floreo.awareness.calendar import calendar_of
from floreo.awareness.models import Audience, Campaign, Exercise, LinkType, Material, Quiz
from floreo.awareness.papers import material_paper
from floreo.awareness.queries import reach_by_unit
from floreo.core import clock, throttle
from floreo.core.errors import Missing
from floreo.core.ui.papers import KINDS, paper
from floreo.organisations.models import Country
from floreo.portal.views.calendar import KIND
from floreo.portal.views.page import Crumb, country_of, page, public_page

PAPERS, PAPERS_PER_HOUR = 10, 60
_PLACES = (
    ("households", frozenset({Audience.HOUSEHOLDS, Audience.OLDER, Audience.EVERYBODY})),
    ("schools", frozenset({Audience.SCHOOLS})),
    ("firms", frozenset({Audience.FIRMS, Audience.PUBLIC_BODIES})),
)


def learn_crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Learn"), reverse("portal:learn")),)


@login_not_required
@public_page
def learn(request: HttpRequest) -> HttpResponseBase:
    """What anybody can read, try and print, by whom it is for."""
    words = {
        "households": _("For households"),
        "schools": _("For schools"),
        "firms": _("For firms and offices"),
    }
    materials = list(Material.objects.out().defer("body"))
    groups = [(place, words[place], [m for m in materials if m.audience in audiences]) for place, audiences in _PLACES]
    quizzes = list(Quiz.objects.out().order_by("kind", "pk"))
    exercises = list(Exercise.objects.out().order_by("pk"))
    return page(
        request,
        "portal/awareness/learn.html",
        title=_("Learn to stay safe on the Internet"),
        description=_("Advice in plain words, quizzes, and an exercise in spotting a phish. No account is needed."),
        section="learn",
        groups=groups,
        quizzes=[each for each in quizzes if not each.is_check],
        checks=[each for each in quizzes if each.is_check],
        exercises=exercises,
        campaigns=_current(),
        is_empty=not (materials or quizzes or exercises),
        has_generic=any(each.is_generic for each in (*materials, *quizzes, *exercises)),
        has_own=any(not each.is_generic for each in materials),
    )


def _current() -> list[tuple[Campaign, str]]:
    """Those that run today, and the last that ran where none does."""
    today = clock.today()
    rows = Campaign.objects.out().filter(starts_on__lte=today)
    found = list(rows.filter(ends_on__gte=today)) or list(rows.order_by("-ends_on")[:1])
    return [(each, presenters.phase_text(each)) for each in found]


@login_not_required
@public_page
def material(request: HttpRequest, code: str) -> HttpResponseBase:
    found = get_material_for(None, code)
    return page(
        request,
        "portal/awareness/material.html",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        section="learn",
        crumbs=learn_crumbs(),
        material=found,
        body=found.in_language("body"),
        is_original=not found.language_of("body") and bool(found.translations),
    )


@login_not_required
@require_safe
def material_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A material as PDF or Word, on the paper that it was written for."""
    found = get_material_for(None, code)
    country = country_of(request)
    if kind not in KINDS or not isinstance(country, Country):
        raise Missing
    address = throttle.address_of(request)
    throttle.charge("material-paper", address, capacity=PAPERS, per_hour=PAPERS_PER_HOUR)
    return paper(material_paper(country, found), kind, name=found.code)


@login_not_required
@public_page
def campaigns(request: HttpRequest) -> HttpResponseBase:
    rows = [(each, presenters.phase_text(each)) for each in Campaign.objects.out()]
    return page(
        request,
        "portal/awareness/campaigns.html",
        title=_("Campaigns"),
        description=_("What was done to make people aware, and whom it reached."),
        section="learn",
        crumbs=learn_crumbs(),
        rows=rows,
    )


@login_not_required
@public_page
def campaign(request: HttpRequest, code: str) -> HttpResponseBase:
    """One campaign: its aim, where it is placed, who takes part, and whom it reached by whose count."""
    found = get_campaign_for(None, code)
    reach = list(found.reach.select_related("channel"))
    links = list(found.links.select_related("organisation", "initiative__organisation"))
    lead, objective = found.lead, found.objective
    return page(
        request,
        "portal/awareness/campaign.html",
        title=found.in_language("title"),
        description=found.in_language("aim"),
        section="learn",
        crumbs=(*learn_crumbs(), Crumb(_("Campaigns"), reverse("portal:campaigns"))),
        campaign=found,
        phase=presenters.phase_text(found),
        audiences=presenters.audiences_text(found),
        channels=list(found.channels.all()),
        partners=[each for each in links if each.kind == LinkType.PARTNER],
        sites=[each for each in links if each.kind == LinkType.SITE],
        initiatives=[each.initiative for each in links if each.initiative is not None and each.initiative.is_public],
        totals=reach_by_unit(reach),
        total_words=[presenters.reach_line(each.unit, each.number) for each in reach_by_unit(reach)],
        reach=[(each, presenters.reach_line(each.unit, each.number)) for each in reach],
        lead=lead if lead is not None and lead.is_public else None,
        objective=objective if objective is not None and objective.pillar.edition.is_public else None,
    )


@login_not_required
@public_page
def campaigns_calendar(request: HttpRequest) -> HttpResponseBase:
    """Public campaigns for anybody's calendar."""
    rows = Campaign.objects.out().prefetch_related("channels").order_by("starts_on", "pk")
    return HttpResponse(calendar_of(rows), content_type=KIND)
