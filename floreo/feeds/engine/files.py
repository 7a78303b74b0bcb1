"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path

PART = ".part"  # ends the name of what is being written; whoever reads passes it over


def put_whole(path: Path, write: Callable[[Path], None]) -> None:
    """What `write` puts into the file beside takes its place under `path` in one step, or leaves nothing behind."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}{PART}")
    try:
        write(part)
        with part.open("rb") as whole:
            os.fsync(whole.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
