"""What time it is for a course: until when one signs up, when the door is open."""

from __future__ import annotations

from datetime import datetime

from floreo.core import clock


def now() -> datetime:
    """This moment, on the day on which a sample country stands still: what is open there stays open."""
    at = clock.now()
    return at + (clock.today() - clock.calendar_day(at))
