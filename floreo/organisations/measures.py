"""The figures that the register offers: (period, filters) -> Reading."""

from __future__ import annotations

from decimal import Decimal

from floreo.core.figures import Filters, Period, Reading, RecordRef, share
from floreo.core.wording import day_text
from floreo.organisations.models import Holding, HoldingKind


def share_networks_proved(period: Period, filters: Filters) -> Reading:
    """Per cent of the prefixes that are claimed or approved of which something proves whose they are. Who proved what is known for
    today only. A record is named by its kind and day: whose prefix it is, only those read who may."""
    rows = Holding.objects.live().filter(kind=HoldingKind.PREFIX).select_related("organisation").order_by("pk")
    records = []
    for holding in rows:
        is_proved = holding.verified_on is not None and holding.verified_on <= period.end
        label = holding.get_state_display()
        if holding.verified_on is not None:
            label = f"{label}, {day_text(holding.verified_on)}"
        records.append(RecordRef(f"{label} ({holding.pk})", holding.workspace_url(), is_proved))
    counted = sum(record.counted for record in records)
    return Reading(share(counted, len(records)), Decimal(counted), Decimal(len(records)), tuple(records))
