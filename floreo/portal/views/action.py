"""One action, and its history."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.decisions import decided_by_maker
from floreo.core.wording import span_text
from floreo.indicators import presenters as figures
from floreo.indicators.models import Indicator, Reading
from floreo.portal.queries.action import action_page, awaited_by, carried_from, read_around, waiting_for
from floreo.portal.queries.happenings import events_of, past_and_to_come
from floreo.portal.queries.history import history
from floreo.portal.views.page import Crumb, page, public_page
from floreo.portal.views.plan import branch_crumbs, crumbs_of
from floreo.strategy import own_fields
from floreo.strategy.access import get_action_for
from floreo.strategy.logic import Status
from floreo.strategy.models import Action, quotations_of
from floreo.strategy.presenters.actions import late_text, term_text, waiting_text

# The end of the class that colours the box of why.
SHORT = {
    Status.DONE: "done",
    Status.ON_TRACK: "track",
    Status.AT_RISK: "risk",
    Status.LATE: "late",
    Status.STALLED: "stalled",
    Status.NOT_STARTED: "todo",
    Status.CARRIED: "carried",
    Status.NOT_KNOWN: "unknown",
}


@dataclass(frozen=True)
class Measured:
    """An indicator beside an action: "81 % in Q3 2026, target 95 % by 31 Dec 2027"."""

    indicator: Indicator
    note: str


def _measured(indicator: Indicator, reading: Reading | None) -> Measured:
    target = figures.target_text(indicator)
    goal = _("target %(target)s") % {"target": target} if target else ""
    text = _("No value yet")
    if reading:
        text = _("%(value)s, %(when)s") % {"value": figures.value_text(reading), "when": figures.when_text(reading)}
    return Measured(indicator, ", ".join(filter(None, [text, goal])))


def _crumbs(act: Action) -> tuple[Crumb, ...]:
    return crumbs_of(act.edition, *branch_crumbs(act.objective))


@login_not_required
@public_page
def action(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """Its status and why, its milestones, what its lead says, its money and risks, and who answers for it."""
    act = get_action_for(request.user, edition, code)
    act.objective.pillar.edition = act.edition
    if act.objective.above is not None:
        act.objective.above.pillar = act.objective.pillar
    read_around(act)
    shown = action_page(act, today=clock.today())
    past = history(act)
    events, ahead = past_and_to_come(events_of(act), clock.today())
    return page(
        request,
        "portal/action.html",
        section="strategy",
        title=act.in_language("title"),
        description=shown.why,
        crumbs=_crumbs(act),
        act=act,
        edition=act.edition,
        shown=shown,
        runs=span_text(act.starts_on, act.due_on),
        carried_from=carried_from(act),
        changed_on=past[0].day if past else None,
        late_note=late_text(shown.days_late) if shown.days_late else "",
        short=SHORT[shown.status_result.status],
        update=shown.updates[0] if shown.updates else None,
        earlier=shown.updates[1:],
        by_maker=decided_by_maker(["answer.approved"], shown.updates),
        measured=[_measured(indicator, reading) for indicator, reading in shown.measured_by],
        events=events,
        ahead=ahead,
        is_public=act.is_public and act.edition.is_public,
        own=own_fields.shown(act, internal=False),
        term=term_text(act),
        needed=(needed := awaited_by(act)),
        awaited=waiting_for(act),
        waits=waiting_text(act, needed),
        quotations=quotations_of(act),
    )


@login_not_required
@public_page
def action_history(request: HttpRequest, edition: str, code: str) -> HttpResponseBase:
    """What changed on which day: public facts only, and nobody's name."""
    act = get_action_for(request.user, edition, code)
    read_around(act)
    title = _("Changes: %(title)s") % {"title": act.in_language("title")}
    crumbs = (*_crumbs(act), Crumb(f"{act.code} {act.in_language('title')}", act.get_absolute_url()))
    return page(
        request,
        "portal/action_history.html",
        section="strategy",
        title=title,
        crumbs=crumbs,
        act=act,
        entries=history(act),
    )
