"""A folder of lines that are on the disk before anybody is informed that they were counted: docs/adr/0034-counting-quizzes.md.

    add(line)   -> in a web process, once it is on the disk
    take(use)   -> in the worker: gives every file's lines to `use`, which must know a file's name that it has added up

core/spool.py keeps an item a file, which costs two writes of the disk to put and another to take. Here many lines share a file, and all
who wait at the same moment share one write of the disk. Each line ends with a check sum: one that a killed process or a full disk
cut off is known, and its sender was informed that it was not counted."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
_OPEN, _TAKEN = ".lines", ".taken"
LARGEST = 4 * 1024 * 1024  # bytes of one file
_TRIES = 1000
Line = Mapping[str, Any]


class _File:
    """One file that is written to, and how far it is on the disk. It is closed when nobody writes to it or waits for it any more."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{secrets.token_hex(16)}{_OPEN}"
        self._file = open(self.path, "xb", buffering=0, opener=_private)  # noqa: SIM115 -- stays open from call to call
        self._disk = threading.Lock()
        self._written, self._safe = 0, 0  # lines; of those, on the disk
        self.pid = os.getpid()
        _sync(folder)

    def write(self, whole: bytes) -> int | None:
        """Writes a line, under the caller's lock, and returns its number; None where the worker has taken the file."""
        handle = self._file.fileno()
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if not self.path.exists():
                return None
            _write(handle, whole)
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
        self._written += 1
        return self._written

    def is_full(self) -> bool:
        return os.fstat(self._file.fileno()).st_size > LARGEST

    def to_disk(self, number: int) -> None:
        """One write of the disk takes all lines that were written before it began, also those of others who wait."""
        with self._disk:
            if self._safe < number:
                reached = self._written
                os.fsync(self._file.fileno())
                self._safe = reached


class Journal:
    """Lines of one kind, from the threads of one process; other processes have files of their own in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._file: _File | None = None

    def add(self, line: Line) -> None:
        """Returns once the line is on the disk. Raises OSError when there is no room, and leaves nothing behind then."""
        whole = _sealed(line)
        with self._lock:
            file, number = self._written(whole)
        file.to_disk(number)

    def _written(self, whole: bytes) -> tuple[_File, int]:
        """Where the line is now. A worker may take a new file before its first line is in it: then the next."""
        for _again in range(_TRIES):
            file = self._file
            if file is None or file.pid != os.getpid() or file.is_full():
                file = self._file = _File(self.folder)
            if (number := file.write(whole)) is not None:
                return file, number
            self._file = None
        raise OSError(errno.EAGAIN, "every new file was taken at once")


def take(folder: Path, use: Callable[[str, list[dict[str, Any]]], object]) -> int:
    """Closes every file, gives its name and its sound lines to `use`, and removes it once `use` returned. Returns how many lines. What
    `use` raises goes on to whoever called, and the file waits; between `use` and the removal a process may be killed, and then the
    file comes again under the same name."""
    count = 0
    for path in _closed(folder):
        with _held(path) as raw:
            if raw is None:
                continue
            lines = list(_lines(raw, path))
            if lines:
                use(path.name.removesuffix(_TAKEN), lines)
            count += len(lines)
            path.unlink(missing_ok=True)
            _sync(folder)
    return count


def waiting(folder: Path) -> int:
    """How many files wait."""
    return sum(1 for path in folder.glob("*") if path.suffix in {_OPEN, _TAKEN}) if folder.exists() else 0


def _closed(folder: Path) -> list[Path]:
    """Every file, closed: nobody adds to it any more."""
    if not folder.exists():
        return []
    for path in sorted(folder.glob(f"*{_OPEN}")):
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            path.rename(path.with_suffix(_TAKEN))
    return sorted(folder.glob(f"*{_TAKEN}"))


@contextlib.contextmanager
def _held(path: Path) -> Iterator[bytes | None]:
    """The content, locked against other workers; None where another has it or it is gone."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file.read() if os.fstat(file.fileno()).st_nlink else None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_APPEND, 0o600)


def _write(handle: int, whole: bytes) -> None:
    """All of it or nothing."""
    before = os.fstat(handle).st_size
    problem: OSError | None = None
    try:
        if os.write(handle, whole) < len(whole):
            problem = OSError(errno.ENOSPC, "No space left on device")
    except OSError as error:
        problem = error
    if problem is not None:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, before)
        raise problem


def _sealed(line: Line) -> bytes:
    body = json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode()
    return body + b"\t" + hashlib.sha256(body).hexdigest()[:16].encode() + b"\n"


def _lines(raw: bytes, path: Path) -> Iterator[dict[str, Any]]:
    for each in raw.split(b"\n"):
        body, _tab, digest = each.rpartition(b"\t")
        if hashlib.sha256(body).hexdigest()[:16].encode() == digest:
            yield json.loads(body)
        elif each:
            log.warning("a line of %s was cut off and is left out: it was never confirmed to its sender", path.name)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
