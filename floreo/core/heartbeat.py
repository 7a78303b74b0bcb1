"""Whether the worker is at work: it says so every few seconds in a row of the schedule, which a process that was killed, or is
a zombie, cannot."""

from __future__ import annotations

from datetime import datetime, timedelta

from floreo.core import clock
from floreo.core.models import Schedule

ROW = "worker"  # among the jobs, but none of them
EVERY = 10.0  # seconds
STALE = timedelta(seconds=60)


def beat() -> None:
    at = clock.machine()
    Schedule.objects.update_or_create(name=ROW, defaults={"due_at": at, "last_run_at": at})


def last_beat() -> datetime | None:
    return Schedule.objects.filter(name=ROW).values_list("last_run_at", flat=True).first()


def is_at_work() -> bool:
    """A heartbeat that is still to come was written by a wrong clock, and says nothing."""
    last = last_beat()
    return last is not None and timedelta(seconds=-5) <= clock.machine() - last <= STALE
