"""Events sent to the API one by one: appended to a file a feed and day, which becomes a report a little later. So a single
event costs a line on the disk, and a report is still one file.

What is sent in one call is one line, a list: a process that is killed while it writes leaves a line that does not end, and so either all of
a call is there or nothing of it."""

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

_CALLS = ".calls"  # lines of calls that nobody adds to any more
_ROLLED = ".rolled.jsonl"  # the same as lines of events
_APART = "failed"
_PIECE = 1 << 16


def folder_of(feed: str) -> Path:
    return Path(settings.DATA) / "incoming-api" / feed


def append(feed: str, day: date, events: Sequence[dict[str, Any]]) -> None:
    """Either all of them are on the disk when this returns, or none."""
    line = (json.dumps(list(events)) + "\n").encode()
    path = folder_of(feed) / f"{day.isoformat()}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _held(path) as handle:
            size = _without_torn_line(handle)
            if not size:
                sync_folder(path.parent)  # its name, too, must be on the disk
            try:
                _write(handle, line)
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
    """What has been appended, as files of events under names of their own, whole: nobody writes to these any more. What a worker that died
    left behind is among them; a call that was never finished, and a file with no other, is not."""
    folder = folder_of(feed)
    if not folder.is_dir():
        return []
    for path in folder.glob("????-??-??.jsonl"):
        away = path.with_name(f"{path.stem}-events-{secrets.token_hex(6)}{_CALLS}")
        path.rename(away)
        handle = os.open(away, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # whoever still appends is done after this
            _without_torn_line(handle)
        finally:
            os.close(handle)
    for calls in sorted(folder.glob(f"*{_CALLS}")):
        _as_events(calls)
    return sorted(folder.glob(f"*{_ROLLED}"))


def set_apart(path: Path) -> None:
    """Puts a file aside that cannot be taken in, so that those behind it can."""
    place = path.parent / _APART
    place.mkdir(exist_ok=True, mode=0o700)
    path.rename(place / path.name)


def _as_events(calls: Path) -> None:
    """A line for each event. Done again after a kill it gives the same file, which is received once."""
    rolled = calls.with_name(calls.name.removesuffix(_CALLS) + _ROLLED)
    part = calls.with_name(calls.name + ".part")
    with calls.open("rb") as given, part.open("wb") as made:
        os.fchmod(made.fileno(), 0o600)
        for line in given:
            made.writelines(json.dumps(event).encode() + b"\n" for event in json.loads(line))
        made.flush()
        os.fsync(made.fileno())
        is_empty = not made.tell()
    if is_empty:
        part.unlink()
    else:
        part.rename(rolled)
        sync_folder(calls.parent)
    calls.unlink()
