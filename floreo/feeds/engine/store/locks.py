"""One process at a time for a window, where the store is a folder."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from floreo.feeds.engine.store.files import Store


@contextlib.contextmanager
def held(store: Store, name: str) -> Iterator[None]:
    """Waits for whoever holds it. The lock is the process's own and goes with it, also when it is killed. In a bucket there
    is none: two runs of one window then write the same bytes, and the database hands a window to one at a time."""
    if not store.is_local:
        yield
        return
    path = Path(store.path(f"locks/{name}.lock"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        with contextlib.suppress(OSError):  # a shared disk that knows no locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
