"""How many costly things are made at once for visitors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from floreo.core.errors import Busy

WAIT_SECONDS = 2.0


class Slots:
    """A few places. Who finds none within two seconds is asked to come again."""

    def __init__(self, number: int) -> None:
        self._free = BoundedSemaphore(number)

    @contextmanager
    def one(self) -> Iterator[None]:
        if not self._free.acquire(timeout=WAIT_SECONDS):
            raise Busy(_("Others are having a document made. Come again in a few seconds."), seconds=5)
        try:
            yield
        finally:
            self._free.release()


DRAWING = Slots(1)  # documents drawn in a request: each takes a second or two of the processor
