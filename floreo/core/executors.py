"""Where tasks run: here, in a pool, or on the machines of a Ray cluster. The same task gives the same result. No Django."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

T = TypeVar("T")
KINDS = ("inline", "pool", "ray")
_RETRIES = 5  # of a task whose machine went away; a task is idempotent


class NotProtected(Exception):  # noqa: N818 -- it says what is missing
    """The cluster would run anybody's program."""


class Executor(Protocol):
    """Runs a function of a module with one argument, somewhere. Left as a context manager, it waits for what is running."""

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


def executor(
    kind: str = "inline",
    address: str = "",
    workers: int = 0,
    *,
    prepare: Callable[[], None] | None = None,
    has_processes: bool = False,
) -> Executor:
    """`workers`: of a pool, 0 for one a core. `address`: of the cluster's head, `host:6379`. A pool has threads, for functions that
    start a process and wait for it; with `has_processes` it has processes, for functions that calculate. `prepare`, a function of a
    module, sets up each process of a pool or cluster. Raises ValueError, NotProtected."""
    if kind == "inline":
        return _Inline()
    if kind == "pool":
        return _Pool(workers or os.cpu_count() or 1, prepare, has_processes=has_processes)
    if kind == "ray":
        return _Ray(address, prepare)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")


class _Inline:
    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(function(argument))
        except Exception as wrong:
            done.set_exception(wrong)
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


class _Pool:
    def __init__(self, workers: int, prepare: Callable[[], None] | None, *, has_processes: bool) -> None:
        self._pool: ThreadPoolExecutor | ProcessPoolExecutor
        if has_processes:  # new ones: a fork of a process with threads may wait for ever
            fresh = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(workers, mp_context=fresh, initializer=prepare)
        else:
            self._pool = ThreadPoolExecutor(workers)

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        return self._pool.submit(function, argument)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=error is not None)


class _Ray:
    """Machines of a cluster that is there already (docs/guide/scale-out.md). Files that a task names are on storage that all of them
    see under the same names."""

    def __init__(self, address: str, prepare: Callable[[], None] | None) -> None:
        if not address:
            raise ValueError("say where the cluster is: host:port of its head")
        if os.environ.get("RAY_AUTH_MODE") != "token":
            raise NotProtected("RAY_AUTH_MODE=token is not set: the cluster would run anybody's program")
        os.environ.setdefault("RAY_DISABLE_USAGE_STATS", "1")
        import ray  # late: it is large, and only there with floreo[cluster]

        self._ray, self._prepare = ray, prepare
        ray.init(address=address, log_to_driver=False, ignore_reinit_error=True, namespace="floreo")
        self._call: Any = ray.remote(num_cpus=1, max_retries=_RETRIES)(_called)

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        future: Future[T] = self._call.remote(self._prepare, function, argument).future()
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ray.shutdown()


def _called(prepare: Callable[[], None] | None, function: Callable[[Any], T], argument: Any) -> T:
    if prepare is not None:
        prepare()
    return function(argument)
