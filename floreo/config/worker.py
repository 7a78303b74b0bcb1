"""The worker: every lane of jobs in a thread of its own, until asked to stop. It waits for a database that is away and for a
disk that is full, and stops within seconds whatever a job does."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType

from django.db import close_old_connections, connection

from floreo.config.jobs import Lane, names_in, run_due
from floreo.core import heartbeat
from floreo.core.one_piece import in_one_piece

log = logging.getLogger(__name__)
GRACE = 8.0  # seconds for what is running; the supervisor and systemd wait a little longer
_LONGEST_PAUSE = 30.0


class Worker:
    """Every lane is a thread. What is cut off by the end is undone by its transaction, and taken up by the next worker."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._asked = 0

    def ask(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Asks it to stop; asked twice, it stops at once. An Event must not be set here: a signal may come while it is
        being waited for."""
        self._asked += 1
        if self._asked > 1:
            os._exit(0)

    def run(self) -> int:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self.ask)
        lanes = [
            threading.Thread(target=in_one_piece(self._lane), args=(lane,), name=lane, daemon=True) for lane in Lane
        ]
        for thread in lanes:
            thread.start()
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        while not self._asked:
            time.sleep(0.2)
            if not all(thread.is_alive() for thread in lanes):
                log.critical("a lane of the worker ended by itself")
                return 1
        self.stopping.set()
        self._wait_for(lanes)
        return 0

    def _wait_for(self, lanes: list[threading.Thread]) -> None:
        until = time.monotonic() + GRACE
        for thread in lanes:
            thread.join(max(until - time.monotonic(), 0))
        cut_off = [thread.name for thread in lanes if thread.is_alive()]
        if cut_off:
            log.warning("stopped in the middle of: %s. It is taken up again at the next start.", ", ".join(cut_off))
            sys.stderr.flush()
            os._exit(0)  # a thread cannot be ended; its transaction is undone

    def _lane(self, lane: Lane) -> None:
        names, pause = names_in(lane), 0.0
        while not self.stopping.wait(pause):
            try:
                close_old_connections()
                run_due(names, stopping=self.stopping.is_set)
                pause = 1.0
            except Exception as problem:  # the database is away, or the disk full: it waits, and goes on afterwards
                if pause <= 1.0:
                    log.error("%s: waiting, %s: %s", lane, type(problem).__name__, str(problem).strip()[:300])  # noqa: TRY400 -- its words are enough
                pause = min(max(pause, 1.0) * 2, _LONGEST_PAUSE)
                with suppress(Exception):
                    connection.close()

    def _beat(self) -> None:
        while True:
            try:
                heartbeat.beat()
            except Exception:  # the lanes say what is wrong with the database
                with suppress(Exception):
                    connection.close()
            if self.stopping.wait(heartbeat.EVERY):
                return
