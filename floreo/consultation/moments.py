"""What time it is for a consultation: when it opens, when it closes."""

from __future__ import annotations

from datetime import datetime

from floreo.core import clock


def now() -> datetime:
    """This moment, on the day on which a sample country's calendar is stopped: what is open there stays open."""
    at = clock.now()
    return at + (clock.today() - clock.calendar_day(at))
