"""Looking at the database and the disk without being held up by either: in a thread and over a connection of its own, which
give up soon. Whoever asks gets what was found until then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction

log = logging.getLogger(__name__)

Found = TypeVar("Found")
PATIENCE = 2  # seconds for a connection, a lock, a statement
_IMPATIENT: Mapping[str, Mapping[str, object]] = {
    "sqlite": {"timeout": PATIENCE},
    # A server that is gone without a word is given up too.
    "postgresql": {
        "connect_timeout": PATIENCE,
        "keepalives_idle": PATIENCE,
        "keepalives_interval": 1,
        "keepalives_count": 3,
    },
}


class Looks(Generic[Found]):
    """Steps that are taken one after another, and what each finds. A step that hangs hides only those behind it: put first
    whatever cannot. Requests that come at once share one run, so that a hanging database has one thread waiting for it."""

    def __init__(self, steps: Mapping[str, Callable[[], Found]], *, seconds: float) -> None:
        self.steps, self.seconds = steps, seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._found: dict[str, Found] = {}

    def take(self) -> dict[str, Found]:
        """What was found within `seconds`, by step. A step that failed, or had no time, is missing."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._found = {}
                self._thread = threading.Thread(target=self._run, args=(self._found,), name="look", daemon=True)
                self._thread.start()
            thread, found = self._thread, self._found
        thread.join(self.seconds)
        return dict(found)

    def _run(self, found: dict[str, Found]) -> None:
        own = connection.copy()
        own.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], **_IMPATIENT[own.vendor]}
        connections[DEFAULT_DB_ALIAS] = own  # in this thread alone
        try:
            for name, step in self.steps.items():
                self._take(name, step, found)
        finally:
            own.close()

    def _take(self, name: str, step: Callable[[], Found], found: dict[str, Found]) -> None:
        try:
            found[name] = step()
        except (Error, OSError):  # it is away: whoever asked sees it by what is missing, each time
            connection.close()
        except Exception:
            log.exception("%s could not be looked at", name)


@contextmanager
def soon() -> Iterator[None]:
    """Within it, the database ends a statement that waits for longer than PATIENCE. On SQLite readers wait for nobody, and
    a transaction would make them writers."""
    if connection.vendor == "sqlite":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE * 1000])
        yield
