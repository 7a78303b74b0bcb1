"""The figures that laws offer: (period, filters) -> Reading."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from floreo.core.durations import MEDIAN, Duration, estimate
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.legislation.models import Stage, StageState, Verdict
from floreo.legislation.queries import counted_verdicts

_APPLIES = frozenset({Verdict.FULL, Verdict.PARTIAL, Verdict.GAP})


def _share(verdict: str, period: Period) -> Reading:
    """Of all treaties together, with each treaty as a group of the working."""
    rows = [row for row in counted_verdicts(period.end) if row.verdict in _APPLIES]
    if not rows:
        return Reading(None, Decimal(0), Decimal(0))
    counted = {row.pk for row in rows if row.verdict == verdict}
    records = tuple(
        RecordRef(f"{row.instrument}: {row.item}", row.instrument.get_absolute_url(), row.pk in counted) for row in rows
    )
    treaties: dict[str, list[int]] = {}
    for row in rows:
        sums = treaties.setdefault(row.item.in_version.framework.title, [0, 0])
        sums[0] += row.pk in counted
        sums[1] += 1
    groups = tuple(Group(name, *sums) for name, sums in sorted(treaties.items()))
    value = share(len(counted), len(rows))
    return Reading(value, Decimal(len(counted)), Decimal(len(rows)), records, groups)


def share_treaty_items_full(period: Period, filters: Filters) -> Reading:
    """Per cent of the articles that were reviewed and apply, that public laws meet in full."""
    return _share(Verdict.FULL, period)


def share_treaty_items_partial(period: Period, filters: Filters) -> Reading:
    """Per cent of the articles that were reviewed and apply, that public laws meet in part."""
    return _share(Verdict.PARTIAL, period)


def share_treaty_items_gap(period: Period, filters: Filters) -> Reading:
    """Per cent of the articles that were reviewed and apply, that no public law meets."""
    return _share(Verdict.GAP, period)


def median_days_bill_in_stage(period: Period, filters: Filters) -> Reading:
    """Median of the days from the first to the last day of a stage of a public bill. A stage that is not over counts as far as it
    went: a product-limit estimate (core/durations.py), null where half of them are not over."""
    rows = Stage.objects.filter(instrument__is_public=True, starts_on__lte=period.end).exclude(state=StageState.SKIPPED)
    spans, records = [], []
    for row in rows.select_related("instrument"):
        over = row.ends_on is not None and row.ends_on <= period.end
        last: date = row.ends_on if over and row.ends_on else period.end
        days = (last - row.starts_on).days if row.starts_on else 0
        spans.append(Duration(timedelta(days=max(days, 0)), over))
        records.append(RecordRef(f"{row.instrument}: {row}", row.instrument.get_absolute_url(), over))
    value = estimate(spans).quantile(MEDIAN).value if spans else None
    found = None if value is None else Decimal(value.days)
    return Reading(found, Decimal(sum(s.is_over for s in spans)), Decimal(len(spans)), tuple(records))
