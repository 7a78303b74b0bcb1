"""A day on which tests take place: what they say of days ahead and of days ago would become untrue with the machine's own clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from unittest import mock

from floreo.core import clock

AFTERNOON = time_of_day(15)  # in UTC: the same day in the Americas


@contextmanager
def on(day: date) -> Iterator[None]:
    """Within it, it is the afternoon of `day`, for the trail too, and time goes on."""
    begins, begun = datetime.combine(day, AFTERNOON, tzinfo=UTC), time.monotonic()

    def machine() -> datetime:
        return begins + timedelta(seconds=time.monotonic() - begun)

    with mock.patch.object(clock, "machine", machine), clock.pinned_day(day=day):
        yield
