"""A lease says that a process is at work on something, and ends with it: it is short, and renewed for as long as the work
lasts. So what a process that was killed had taken up is free again within a minute."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from floreo.core import clock

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
_RENEW_EVERY = 15.0  # seconds: three may fail before the lease is over
_FURTHEST = timedelta(hours=1)  # nothing is leased or put off for longer


def lease_end() -> datetime:
    return clock.machine() + LEASE


def is_over(field: str, *, furthest: timedelta = _FURTHEST) -> Q:
    """Whether the moment in `field` has passed; or lies so far ahead that only a wrong clock can have set it."""
    at = clock.machine()
    return Q(**{f"{field}__lt": at}) | Q(**{f"{field}__gt": at + furthest})


@contextmanager
def renewed(renew: Callable[[datetime], object]) -> Iterator[None]:
    """Calls `renew` with the new end of the lease, from a thread of its own, until the block is left."""
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(_RENEW_EVERY):
            try:
                renew(lease_end())
            except Exception as problem:  # a database that is away for a moment: the next time may do
                log.warning("a lease was not renewed: %s", type(problem).__name__)
            finally:
                connection.close()

    thread = threading.Thread(target=go_on, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
