"""What is known of how long a finding was open, for `core/durations.py`. No Django."""

from __future__ import annotations

from datetime import date

from floreo.core.durations import Span
from floreo.feeds.logic import State, Times

WITHIN = (7, 30, 90)  # days for which it is published how many are shown to be fixed


def span_of(period: Times, *, last_day: date, until: date, last_look: date) -> Span:
    """What was known at the end of the day `until` of a time that a finding was open: it began between the look before it was seen and
    that day, and ended between the day on which it was last seen and the look that dates its end. `last_day`: of the finding;
    `last_look`: of its source."""
    starts_on = period.starts_on or period.opened_on
    is_shown = period.ending == State.FIXED and period.shown_on is not None and period.shown_on <= until
    if is_shown and period.ended_on is not None:
        return Span((period.last_day - period.opened_on).days, (period.ended_on - starts_on).days)
    seen = min(period.last_day if period.ending else last_day, until)
    return Span(max((seen - period.opened_on).days, 0), None, (until - starts_on).days, seen < min(last_look, until))
