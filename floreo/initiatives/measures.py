"""The values that initiatives offer: (period, filters) -> Reading."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Q

from floreo.core.figures import Filters, Period, Reading, RecordRef
from floreo.initiatives.models import CompetitionEntry, EntryState, Initiative, InitiativeState


def initiatives_running(period: Period, filters: Filters) -> Reading:
    """Published initiatives of others that went on at some time in the period; those whose days nobody knows are left out."""
    rows = Initiative.objects.filter(state=InitiativeState.PUBLISHED).exclude(starts_on=None)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=period.start), starts_on__lte=period.end)
    records = tuple(RecordRef(row.title, f"/initiatives/{row.code}/", counted=True) for row in rows)
    number = Decimal(len(records))
    return Reading(number, number, number, records)


def competition_entries(period: Period, filters: Filters) -> Reading:
    """Entries in competitions for youth that came in the period and counted: the guardian agreed, and they were not excluded."""
    rows = CompetitionEntry.objects.filter(received_on__gte=period.start, received_on__lte=period.end)
    number = Decimal(rows.filter(state=EntryState.ENTERED).count())
    return Reading(number, number, number)
