"""Events sent to the API one by one: appended to a file a feed and day, which becomes a report a little later. So a single
event costs a line on the disk, and a report is still one file."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from floreo.core.uploads import disk_full
from floreo.feeds.collectors.blobs import sync_folder

_ROLLED = ".rolled.jsonl"
_PIECE = 1 << 16


def folder_of(feed: str) -> Path:
    return Path(settings.DATA) / "incoming-api" / feed


def append(feed: str, day: date, events: Sequence[dict[str, Any]]) -> None:
    """Either all of them are on the disk when this returns, or none."""
    lines = "".join(json.dumps(event) + "\n" for event in events).encode()
    path = folder_of(feed) / f"{day.isoformat()}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _held(path) as handle:
            size = _without_torn_line(handle)
            if not size:
                sync_folder(path.parent)  # its name, too, must be on the disk
            try:
                _write(handle, lines)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, size)
                raise
    except OSError as error:
        raise disk_full(error) from error


def _write(handle: int, lines: bytes) -> None:
    rest = memoryview(lines)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _without_torn_line(handle: int) -> int:
    """The size of the file once a last line that was never finished is cut off: the power went, or the process, before it
    was acknowledged. Left there it would swallow the next one."""
    size = end = os.fstat(handle).st_size
    while end:
        start = max(end - _PIECE, 0)
        newline = os.pread(handle, end - start, start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(handle, end)
    return end


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file under that name, ours alone. One that was rolled away while we waited for it is left alone."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _is_under(path, handle):
                yield handle
                return
        finally:
            os.close(handle)


def _is_under(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def roll(feed: str) -> list[Path]:
    """What has been appended, under names of its own, whole: nobody writes to these any more. What a worker that died left
    behind is among them."""
    folder = folder_of(feed)
    if not folder.is_dir():
        return []
    for path in folder.glob("????-??-??.jsonl"):
        away = path.with_name(f"{path.stem}-events-{secrets.token_hex(6)}{_ROLLED}")
        path.rename(away)
        handle = os.open(away, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # whoever still appends is done after this
            _without_torn_line(handle)
        finally:
            os.close(handle)
    return sorted(folder.glob(f"*{_ROLLED}"))
