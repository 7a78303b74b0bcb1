"""What time it is for a course: until when one signs up, when the code is shown at the door."""

from __future__ import annotations

from datetime import datetime

from floreo.core import clock


def now() -> datetime:
    """This moment, on the day on which a sample country's calendar is stopped: what is open there stays open."""
    at = clock.now()
    return at + (clock.today() - clock.calendar_day(at))
