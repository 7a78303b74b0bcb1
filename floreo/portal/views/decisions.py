"""What the committees of a strategy decided: who sits on them, and what became of each public decision."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.lists import Listing
from floreo.core.wording import number_figures
from floreo.meetings import presenters, queries
from floreo.meetings.logic import OPEN_STATES, DecisionState
from floreo.meetings.models import Committee, Decision, Seat
from floreo.meetings.tables import DECISIONS
from floreo.open_data.files import list_file
from floreo.portal.views.page import Crumb, page, public_page
from floreo.strategy.access import get_edition_for
from floreo.strategy.models import Edition

# The page is one edition's already. What waits comes first: what waits for an answer, then what is to be carried out.
OF_EDITION = replace(
    DECISIONS,
    filters=tuple(f for f in DECISIONS.filters if f.name != "edition"),
    order=("place", *DECISIONS.order),
)
_PLACE = Case(
    When(state=DecisionState.ASKED, then=Value(0)),
    When(state=DecisionState.TAKEN, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def _committees(edition: Edition) -> list[tuple[Committee, list[Seat]]]:
    """Public committees of the edition, each with the public bodies that sit on it today."""
    rows = Committee.objects.visible_to(None).filter(edition=edition)
    seats = Seat.objects.visible_to(None).filter(committee__in=rows).on(clock.today())
    held: dict[int, list[Seat]] = {}
    for seat in seats.select_related("organisation__merged_into"):
        held.setdefault(seat.committee_id, []).append(seat)
    return [(c, held.get(c.pk, [])) for c in rows]


@login_not_required
@public_page
def decisions(request: HttpRequest, code: str) -> HttpResponseBase:
    """Public decisions of an edition, what waits before what is done, each with what became of it. The heading says what waits."""
    edition = get_edition_for(request.user, code)
    rows = (
        Decision.objects.visible_to(None).filter(edition=edition).select_related("edition", "organisation", "committee")
    )
    listing = Listing(OF_EDITION, request, rows=rows.annotate(place=_PLACE))
    if file := list_file(listing, whole=False):
        return file
    total = rows.count()
    count = ngettext("%(number)s decision", "%(number)s decisions", total) % {"number": number_figures(total)}
    still_open = list(rows.filter(state__in=OPEN_STATES))
    shown = queries.shown([*still_open, *listing.rows])  # what both are about is asked once
    waiting, of_page = shown[: len(still_open)], shown[len(still_open) :]
    return page(
        request,
        "portal/decisions.html",
        section="strategy",
        title=presenters.waiting_headline([d.decision for d in waiting if d.state in OPEN_STATES])
        if total
        else _("Decisions"),
        count=count if total else "",
        crumbs=(Crumb(edition.in_language("title"), reverse("portal:edition", args=[edition.code])),),
        edition=edition,
        listing=listing,
        rows=[(d, presenters.history_text(d.decision, d.state), presenters.due_text(d.decision)) for d in of_page],
        committees=_committees(edition),
    )
