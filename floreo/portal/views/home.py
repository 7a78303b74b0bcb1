"""The status of the strategy: the first page anybody sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from floreo.consultation.presenters import state_text
from floreo.consultation.queries import open_now
from floreo.core import clock
from floreo.core.wording import sentences
from floreo.packs.checking import trust
from floreo.portal import presenters
from floreo.portal.queries.home import home as all_of_home
from floreo.portal.views.glance import glance
from floreo.portal.views.page import country_of, edition_of, page, public_page
from floreo.strategy.logic import Status
from floreo.strategy.models import Action
from floreo.strategy.presenters import status_text
from floreo.strategy.presenters.actions import status_note

MOST_OPEN = 3  # consultations; the others are on their page


@dataclass(frozen=True)
class LateRow:
    """One late or stalled action: for how long, who leads it, and why in the lead's words."""

    act: Action
    note: str
    about: str

    @classmethod
    def of(cls, act: Action, lead: str, *, today: date) -> LateRow:
        reason = act.in_language("late_reason" if act.late_reason else "on_hold_reason")
        text = [p if p.endswith(".") else f"{p}." for p in (lead, reason) if p]
        return cls(act, status_note(act, today=today), sentences(*text))


@login_not_required
@public_page
def home(request: HttpRequest) -> HttpResponseBase:
    """The answer, the tally, what is late, what moved, what comes next, a few figures, and how far to trust it."""
    country, edition = country_of(request), edition_of(request)
    if country is None or edition is None:
        title = _("Nothing has been published here yet.")
        return page(request, "portal/nothing_yet.html", section="home", title=title, has_country=country is not None)
    today = clock.today()
    shown = all_of_home(edition, today=today)
    name, has_actions = country.in_language("name"), bool(sum(shown.counts.values()))
    titles = presenters.pillars_title if has_actions else presenters.areas_title
    facts = status_text.EditionFacts.of(edition, is_followed=shown.is_followed)
    answer = status_text.headline(facts, shown.counts)
    return page(
        request,
        "portal/home.html",
        section="home",
        title=_("Progress of the strategy"),
        description=answer,
        answer=answer,
        runs=status_text.runs_sentence(facts, name, today=today),
        change=status_text.change_sentence(shown.counts, shown.before),
        tally=status_text.tally_sentence(shown.counts),
        shown=shown,
        edition=edition,
        glance=glance(shown, today=today),
        has_actions=has_actions,
        pillars_title=titles(shown.edition, len(shown.pillars)),
        late=[LateRow.of(act, shown.leads.get(act.pk, ""), today=today) for act in shown.late],
        late_more=shown.counts[Status.LATE] + shown.counts[Status.STALLED] > len(shown.late),
        figures=[presenters.figure_text(f) for f in shown.figures],
        charts=[chart for f in shown.figures for chart in presenters.charts_of(f, name)],
        trust_text=presenters.trust_text(trust()),
        open_consultations=[(each, state_text(each)) for each in open_now(MOST_OPEN)],
    )
