"""What is known of how long a finding was open, for `core/durations.py`. No Django."""

from __future__ import annotations

from datetime import date

from floreo.core.durations import Span
from floreo.feeds.logic import State, Times

WITHIN = (7, 30, 90)  # days for which it is published how many are shown to be fixed


def span_of(period: Times, *, last_day: date, until: date, last_look: date, may_be_older: bool = False) -> Span:
    """What was known at the end of the day `until` of a time that a finding was open: it began between the look before it was seen and
    that day, and ended between the day on which it was last seen and the look that dates its end. `last_day`: of the finding;
    `last_look`: of its source; `may_be_older`: it was there when its source first looked."""
    starts_on = period.starts_on or period.opened_on
    is_shown = period.ending == State.FIXED and period.shown_on is not None and period.shown_on <= until
    if is_shown and period.ended_on is not None:
        return Span(
            (period.last_day - period.opened_on).days, (period.ended_on - starts_on).days, may_be_older=may_be_older
        )
    seen = min(period.last_day if period.ending else last_day, until)
    after, lasts = max((seen - period.opened_on).days, 0), (until - starts_on).days
    return Span(after, None, lasts, seen < min(last_look, until), may_be_older)
