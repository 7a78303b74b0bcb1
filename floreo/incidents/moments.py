"""What time it is in the incidents app."""

from __future__ import annotations

from datetime import datetime

from floreo.core import clock


def now() -> datetime:
    """This moment, on the day on which a sample country's calendar is stopped: its cases, clocks and log agree on the day."""
    at = clock.now()
    return at + (clock.today() - clock.calendar_day(at))
