"""The strategy: editions with their pillars, objectives and actions, and the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.composed import composed
from floreo.core.lists import file_response
from floreo.core.ui.locale import language
from floreo.core.wording import span_text
from floreo.open_data.files import part_of_table
from floreo.organisations.models import Organisation
from floreo.portal import presenters
from floreo.portal.queries import plan as plans
from floreo.portal.queries.happenings import past_and_to_come, public_events
from floreo.portal.views.page import Crumb, edition_of, eyes, page, public_page
from floreo.publications.queries import copies_of
from floreo.strategy.access import get_edition_for, get_objective_for, get_pillar_for
from floreo.strategy.levels import words_of
from floreo.strategy.models import (
    Action,
    Edition,
    EditionBody,
    Event,
    Objective,
    Outlet,
    Quotation,
    StatedTarget,
    quotations_of,
)
from floreo.strategy.presenters import status_text
from floreo.strategy.queries import counts_of
from floreo.strategy.tables import ACTIONS

LATE, DUE = "late", "due"
FILES = ("csv", "xlsx", "json")
SHOWN_EVENTS = 12
MOST_EVENTS = 500  # where all are asked for


@dataclass(frozen=True)
class Chip:
    """One way to narrow the plan, with how many actions it leaves."""

    title: str
    number: int
    href: str
    is_current: bool


@dataclass(frozen=True)
class Narrowing:
    """What the address asks for: some of the actions, those of one body, one open pillar."""

    show: str
    organisation: Organisation | None
    opened: str

    @property
    def is_any(self) -> bool:
        return bool(self.show or self.organisation)

    def apply(self, actions: QuerySet[Action]) -> QuerySet[Action]:
        today = clock.today()
        if self.organisation:
            actions = plans.led_by(actions, self.organisation, today)
        if self.show == LATE:
            return plans.late_or_stalled(actions)
        return plans.due_this_quarter(actions, today) if self.show == DUE else actions

    def href(self, **changes: str) -> str:
        now = {"show": self.show, "organisation": self.organisation.code if self.organisation else ""}
        query = urlencode({k: v for k, v in (now | changes).items() if v})
        return f"?{query}" if query else "?"

    @property
    def file_href(self) -> str:
        """The address of the same actions as a file, without the kind at its end."""
        now = self.href()
        return f"{now}{'&' if len(now) > 1 else ''}download="


def _narrowing(request: HttpRequest) -> Narrowing:
    show = request.GET.get("show", "")
    code = request.GET.get("organisation", "")
    body = Organisation.objects.visible_to(None).filter(code=code).first() if code else None
    return Narrowing(show if show in {LATE, DUE} else "", body, request.GET.get("open", ""))


def crumbs_of(edition: Edition, *more: Crumb) -> tuple[Crumb, ...]:
    return (Crumb(edition.in_language("title"), edition.get_absolute_url()), *more)


def branch_crumbs(objective: Objective) -> list[Crumb]:
    """The levels from the top to this one; those that nobody sees are left out."""
    parts = [objective.pillar, objective.above, objective]
    steps = [each for each in parts if each is not None and not each.is_implied]
    return [Crumb(f"{each.code} {each.in_language('title')}", each.get_absolute_url()) for each in steps]


@login_not_required
@public_page
def strategy(request: HttpRequest) -> HttpResponseBase:
    """The edition in force, or the newest that is public."""
    edition = edition_of(request)
    if edition is None:
        return page(
            request, "portal/nothing_yet.html", section="strategy", title=_("No strategy is published here yet.")
        )
    return _edition_page(request, edition)


@login_not_required
@public_page
def edition(request: HttpRequest, code: str) -> HttpResponseBase:
    return _edition_page(request, get_edition_for(request.user, code))


def _edition_page(request: HttpRequest, edition: Edition) -> HttpResponseBase:
    viewer = eyes(request, edition)
    actions, narrowing = plans.actions_for(viewer, edition), _narrowing(request)
    if kind := request.GET.get("download", ""):
        rows = narrowing.apply(ACTIONS.ordered(viewer).filter(edition=edition))
        if viewer is None:
            return part_of_table(request, ACTIONS, rows, kind)
        return file_response(ACTIONS, rows, kind, viewer)
    about = _about_edition(edition, all_events=request.GET.get("events") == "all")
    facts = status_text.EditionFacts.of(edition, is_followed=about["followed_by"] is not None)
    every = None if viewer is None else actions  # all public ones need no naming
    chosen = narrowing.apply(actions) if narrowing.is_any else every
    tree = plans.tree(edition, chosen, opened=narrowing.opened, narrowed=narrowing.is_any)
    counts = counts_of(actions) if narrowing.is_any else plans.counts_in(tree)
    return page(
        request,
        "portal/edition.html",
        section="strategy",
        title=edition.in_language("title"),
        description=status_text.headline(facts, counts),
        edition=edition,
        lede=_lede(facts, counts),
        counts=counts,
        total=sum(counts.values()),
        tally=status_text.tally_sentence(counts),
        tree=tree,
        areas=presenters.pillars_title(edition, len(tree)),
        level_words=words_of(edition),
        shown=sum(b.total for b in tree),
        axis=plans.axis_of(edition, actions, clock.today()),
        chips=_chips(edition, every, narrowing, counts),
        leads=_lead_chips(edition, every, narrowing) if counts else [],
        narrowing=narrowing,
        files=FILES,
        file_href=narrowing.file_href,
        **about,
    )


def _lede(facts: status_text.EditionFacts, counts: dict[Any, int]) -> str:
    answer, begun = status_text.headline(facts, counts), status_text.months_in(facts, today=clock.today())
    return _("%(begun)s: %(answer)s") % {"begun": begun, "answer": answer} if begun else answer


def _chips(
    edition: Edition, actions: QuerySet[Action] | None, narrowing: Narrowing, counts: dict[Any, int]
) -> list[Chip]:
    if narrowing.organisation:
        every = plans.actions_for(None, edition) if actions is None else actions
        actions = plans.led_by(every, narrowing.organisation, clock.today())
        counts = counts_of(actions)
    due = plans.due_in_quarter(edition, actions, clock.today())
    late = counts["late"] + counts["stalled"]
    return [
        Chip(_("All"), sum(counts.values()), narrowing.href(show=""), not narrowing.show),
        Chip(_("Late or stalled"), late, narrowing.href(show=LATE), narrowing.show == LATE),
        Chip(_("Due this quarter"), due, narrowing.href(show=DUE), narrowing.show == DUE),
    ]


def _lead_chips(edition: Edition, actions: QuerySet[Action] | None, narrowing: Narrowing) -> list[Chip]:
    bodies = plans.leads_in(edition, actions, clock.today())
    now = narrowing.organisation.code if narrowing.organisation else ""
    everybody = Chip(_("All organisations"), 0, narrowing.href(organisation=""), not now)
    return [
        everybody,
        *(Chip(o.in_language("name"), o.number, narrowing.href(organisation=o.code), o.code == now) for o in bodies),  # type: ignore[attr-defined]  # set by leads_in
    ]


# What is shown of the other editions.
_OF_EDITION = ("code", "title", "translations", "state", "starts_on", "ends_on", "follows")


def _about_edition(edition: Edition, *, all_events: bool) -> dict[str, Any]:
    """What is beside the plan: bodies, outlets, targets, what happened, and the editions before and after."""
    most = MOST_EVENTS if all_events else SHOWN_EVENTS
    past = _events(edition) if all_events else _events_until(edition, clock.today())
    happened, ahead = past_and_to_come(past[:most], clock.today())
    editions = _public_editions()
    follows = next((each for each in editions if each.pk == edition.follows_id), None)
    return {
        "editions": editions,
        "follows": follows,
        "followed_by": next((each for each in editions if each.follows_id == edition.pk), None),
        "carried": plans.number_in(_carried.first(edition)) if follows else 0,
        "bodies": _bodies(edition),
        "outlets": _outlets(edition),
        "copies": copies_of(edition, language()),
        "stated_targets": _stated_targets(edition),
        "events": happened,
        "ahead": ahead,
        "more_events": len(past) > most,
        "runs": span_text(edition.starts_on, edition.ends_on),
        "passages": _passages(edition),
    }


@composed
def _carried(edition: Edition) -> QuerySet[Action, tuple[int]]:
    return plans.numbered(plans.actions_for(None, edition).filter(carried_from__isnull=False))


@composed
def _events(edition: Edition) -> QuerySet[Event]:
    return public_events(edition)[: MOST_EVENTS + 1]


@composed
def _events_until(edition: Edition, day: date) -> QuerySet[Event]:
    return public_events(edition).filter(on__lte=day)[: SHOWN_EVENTS + 1]


@composed
def _public_editions() -> QuerySet[Edition]:
    return Edition.objects.visible_to(None).only(*_OF_EDITION)


@composed
def _bodies(edition: Edition) -> QuerySet[EditionBody]:
    bodies = EditionBody.objects.filter(edition=edition, organisation__is_public=True).select_related("organisation")
    return bodies.order_by("organisation__name", "organisation", "pk")


@composed
def _outlets(edition: Edition) -> QuerySet[Outlet]:
    return Outlet.objects.filter(edition=edition)


@composed
def _stated_targets(edition: Edition) -> QuerySet[StatedTarget]:
    return StatedTarget.objects.filter(edition=edition)


def _passages(edition: Edition) -> dict[str, list[Quotation]]:
    """Where the edition's vision and objective are in documents, by field."""
    found: dict[str, list[Quotation]] = {"objective": [], "vision": []}
    for each in quotations_of(edition):
        found.setdefault(each.field, []).append(each)
    return found


@login_not_required
@public_page
def timeline(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every action of an edition on one timeline, by pillar, with a table below that says the same."""
    edition = get_edition_for(request.user, code)
    viewer = eyes(request, edition)
    actions = plans.actions_for(viewer, edition)
    every, opened = None if viewer is None else actions, request.GET.get("open", "")
    tree = plans.tree(edition, every, opened=opened, narrowed=False, with_next=True)
    return page(
        request,
        "portal/timeline.html",
        section="strategy",
        title=_("Dates of each action"),
        description=_("Every action from its start to its due date, with its milestones."),
        crumbs=crumbs_of(edition),
        edition=edition,
        tree=tree,
        axis=plans.axis_of(edition, actions, clock.today()),
        answer=status_text.problem_sentence(plans.counts_in(tree)),
        lines=plans.timeline_rows(tree),
        shut=[branch for branch in tree if not branch.is_open],
        has_rows=any(branch.total for branch in tree),
    )


@login_not_required
@public_page
def pillar(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    pillar = get_pillar_for(request.user, edition, code)
    actions = plans.actions_for(eyes(request, pillar.edition), pillar.edition).filter(objective__pillar=pillar)
    rows = plans.rows_of(actions, edition=pillar.edition)
    counts = plans.counts_of_rows(rows)
    events, ahead = past_and_to_come(public_events(pillar.edition).filter(pillars=pillar)[:50], clock.today())
    return page(
        request,
        "portal/pillar.html",
        section="strategy",
        title=f"{pillar.code} {pillar.in_language('title')}",
        description=status_text.status_sentences(counts) or pillar.in_language("public_text"),
        crumbs=crumbs_of(pillar.edition),
        pillar=pillar,
        quotations=quotations_of(pillar),
        edition=pillar.edition,
        counts=counts,
        total=sum(counts.values()),
        tally=status_text.tally_sentence(counts),
        answer=status_text.status_sentences(counts),
        branches=(branches := plans.branches(pillar.objectives.all(), rows)),
        has_objectives=any(not branch.objective.is_implied for branch in branches),
        axis=plans.axis_of(pillar.edition, actions, clock.today()),
        events=events,
        ahead=ahead,
        indicators=presenters.indicator_rows(pillar.indicators.visible_to(None)),
        stated_targets=pillar.stated_targets.all(),
    )


@login_not_required
@public_page
def objective(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    objective = get_objective_for(request.user, edition, code)
    here = objective.edition
    actions = plans.actions_for(eyes(request, here), here).filter(
        Q(objective=objective) | Q(objective__above=objective)
    )
    rows = plans.rows_of(actions, edition=here)
    counts = plans.counts_of_rows(rows)
    return page(
        request,
        "portal/objective.html",
        section="strategy",
        title=f"{objective.code} {objective.in_language('title')}",
        description=status_text.status_sentences(counts) or objective.in_language("public_text"),
        crumbs=crumbs_of(here, *branch_crumbs(objective)[:-1]),
        branches=plans.branches([objective, *objective.below.all()], rows) if objective.below.exists() else [],
        level=objective.level,
        objective=objective,
        quotations=quotations_of(objective),
        edition=here,
        counts=counts,
        total=sum(counts.values()),
        tally=status_text.tally_sentence(counts),
        answer=status_text.status_sentences(counts),
        rows=rows,
        axis=plans.axis_of(here, actions, clock.today()),
        indicators=presenters.indicator_rows(objective.indicators.visible_to(None)),
    )
