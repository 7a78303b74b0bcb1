"""Watched folders: `incoming/<place>` in the data folder. A file is taken once it is whole, and moved away: to `done` or
`refused` below. Others write there, so nothing is followed out of it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

RESTS = 60.0  # seconds for which nothing has changed: then its writer is done
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp")


def folder_of(place: str) -> Path:
    return Path(settings.DATA) / "incoming" / place


def prepare(place: str) -> Path:
    """The folder, made where it is not there."""
    folder = folder_of(place)
    folder.mkdir(parents=True, exist_ok=True, mode=0o770)
    return folder


def whole_files(place: str, *, rests: float = RESTS) -> list[Path]:
    """Files that are whole, oldest first: plain ones, whose name does not say that they are being written, and that have
    rested for a while since they were written or renamed."""
    found = []
    for entry in os.scandir(prepare(place)):
        if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
            continue
        with suppress(FileNotFoundError):
            facts = entry.stat(follow_symlinks=False)
            newest = max(facts.st_mtime, facts.st_ctime)
            if stat.S_ISREG(facts.st_mode) and time.time() - newest >= rests:
                found.append((facts.st_mtime, entry.name))
    return [folder_of(place) / name for _at, name in sorted(found)]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file itself; a link that took its place in between is not followed."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        yield file


def move_away(path: Path, to: str) -> Path:
    """Into a folder beside it; a name that is taken there gets a number."""
    folder = path.parent / to
    folder.mkdir(exist_ok=True, mode=0o770)
    for number in range(100_000):
        target = folder / (path.name if not number else f"{number}-{path.name}"[:255])
        if not target.exists():
            path.replace(target)
            return target
    raise FileExistsError(path.name)


def forget(place: str, *, days: int) -> int:
    """Lets go of what was taken long ago; its bytes are kept elsewhere for as long as they are wanted."""
    count = 0
    for to in ("done", "refused"):
        for path in (folder_of(place) / to).glob("*"):
            facts = path.lstat()
            if stat.S_ISREG(facts.st_mode) and time.time() - max(facts.st_mtime, facts.st_ctime) > days * 86400:
                path.unlink(missing_ok=True)
                count += 1
    return count
