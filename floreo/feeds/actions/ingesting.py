"""Reading what waits: windows are claimed, handed to the engine, and what it says is taken in, one after another."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum

from floreo.core.access import Actor
from floreo.core.executors import Executor
from floreo.core.leases import renewed
from floreo.feeds.actions.aggregate import Taken, findings_of, take_in
from floreo.feeds.actions.claiming import Claimed, claim_next, give_back, renew, task_of
from floreo.feeds.actions.posting import take_in_posted
from floreo.feeds.caged import run_in_a_cage
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import IngestOrder, Summary
from floreo.feeds.executors import executor
from floreo.feeds.models import FeedFile, FileState

log = logging.getLogger(__name__)


@dataclass
class Ingested:
    """What came of reading: a summary a file, and the windows that could not be read at all this time."""

    summaries: list[Summary] = field(default_factory=list)
    stopped: list[Claimed] = field(default_factory=list)


AfterWindow = Callable[[Claimed, Sequence[Summary]], object]


def ingest_waiting(
    runner: Executor | None = None,
    *,
    by: Actor,
    only: QuerySet[FeedFile] | None = None,
    after_each: AfterWindow | None = None,
    run: Callable[[IngestOrder], tuple[Summary, ...]] = run_in_a_cage,
    at_once: int = 1,
    seconds: float = float("inf"),
) -> Ingested:
    """Reads until nothing waits, or `seconds` have gone by. `only` narrows it to some reports; `after_each` is called with each window
    when it is done; `at_once` windows are with the engine at
    a time. A window that fails is tried again another time, and the others go on."""
    runner = runner or executor("inline")
    done, store = Ingested(), Store(settings.EVENTS_ROOT)
    failed: set[int] = set()
    running: deque[tuple[Claimed, Any]] = deque()
    until, claims = time.monotonic() + seconds, list[Claimed]()  # what is with the engine, or being taken in
    with renewed(lambda end: renew(list(claims), end)):
        while True:
            rest = (FeedFile.objects.all() if only is None else only).exclude(pk__in=failed)
            while (
                time.monotonic() < until and len(running) < at_once and (claimed := claim_next(only=rest)) is not None
            ):
                claims.append(claimed)
                running.append((claimed, _submitted(claimed, runner, run)))
            if not running:
                return done
            claimed, future = running.popleft()
            failed |= {r.pk for r in claimed.new}
            summaries = _taken(claimed, future, by=by, store=store)
            claims.remove(claimed)
            if summaries is None:
                done.stopped.append(claimed)
                continue
            done.summaries += summaries
            if after_each is not None:
                after_each(claimed, summaries)


def _submitted(claimed: Claimed, runner: Executor, run: Callable[[IngestOrder], tuple[Summary, ...]]) -> Any:
    """The engine's word to come; what stops before it is asked is handled in the same place."""
    try:
        if claimed.is_hopeless:
            raise RuntimeError("worker after worker died over it")  # noqa: TRY301 -- handled below, as all the rest
        return runner.submit(run, task_of(claimed))
    except Exception as problem:  # kept for whoever asks for the result
        failed: Future[Any] = Future()
        failed.set_exception(problem)
        return failed


def _taken(claimed: Claimed, future: Any, *, by: Actor, store: Store) -> list[Summary] | None:
    """The summaries of what is new in the window; None when the engine stopped without a word."""
    try:
        wanted = {r.sha256 for r in claimed.new}
        summaries = [s for s in future.result() if s.sha256 in wanted]
        take_in(claimed, by=by, summaries=summaries, findings_seen=findings_of(summaries, store))
    except Exception:  # one window must not stop the night; it is logged and tried again
        log.exception("reading %s failed", claimed)
        give_back(claimed, by=by)
        return None
    return summaries


_SLICE = 20.0  # seconds, then the worker looks at its other work
_WORTH_A_POOL = 256 << 20


def read_waiting(*, by: Actor) -> Ingested:
    """The job: some of what waits, here; where much waits, in as many processes as there are cores."""
    take_in_posted(by=by)
    waiting = FeedFile.objects.filter(state=FileState.WAITING)
    much = (waiting.aggregate(n=Sum("size"))["n"] or 0) > _WORTH_A_POOL and (os.cpu_count() or 1) > 1
    with executor("pool" if much else "inline") as runner:
        at_once = (os.cpu_count() or 1) + 1 if much else 1
        return ingest_waiting(runner, by=by, at_once=at_once, seconds=_SLICE * (6 if much else 1))


__all__ = ["Ingested", "Taken", "ingest_waiting", "read_waiting"]
