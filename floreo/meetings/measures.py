"""The figures that meetings offer: (period, filters) -> Reading. `indicators/catalogue.py` names them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.meetings.logic import DecisionState
from floreo.meetings.models import Decision

DROPPED = "decisions_dropped"  # indicators/working.py says it in a sentence
OWN = _("No committee")


def share_decisions_on_time(period: Period, filters: Filters) -> Reading:
    """Per cent of the public decisions whose due day fell in the period that were carried out by that day.

    Grouped by committee. What was dropped before it fell due is left out; what was asked and refused was never to be
    carried out, so it is not counted. Whether a decision is public is asked as of today."""
    rows = Decision.objects.filter(
        is_public=True, edition__is_public=True, due_on__gte=period.start, due_on__lte=period.end
    )
    if filters.edition_id is not None:
        rows = rows.filter(edition=filters.edition_id)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    records, dropped = [], 0
    rows = rows.exclude(state=DecisionState.REFUSED).exclude(taken_on=None)
    for decision in rows.select_related("committee", "edition").order_by("due_on", "pk"):
        due = decision.due_on
        assert due is not None  # the query asked for it
        if decision.state == DecisionState.DROPPED and decision.done_on and decision.done_on <= due:
            dropped += 1
            continue
        inside = _is_on_time(decision, due)
        group = decision.committee.name if decision.committee else str(OWN)
        sums[group][0] += inside
        sums[group][1] += 1
        records.append(RecordRef(str(decision), decision.get_absolute_url(), inside))
    counted, total = sum(n for n, _d in sums.values()), len(records)
    return Reading(
        share(counted, total),
        Decimal(counted),
        Decimal(total),
        tuple(sorted(records, key=lambda r: r.counted)),
        tuple(Group(name, *both) for name, both in sums.items()),
        ((DROPPED, dropped),) if dropped else (),
    )


def _is_on_time(decision: Decision, due: date) -> bool:
    return decision.state == DecisionState.CARRIED_OUT and decision.done_on is not None and decision.done_on <= due
