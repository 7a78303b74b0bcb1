"""A folder in which something is on the disk before anybody is informed that it arrived: one file an item, JSON, mode 0600.

A web process puts an item there and answers; the worker takes it in afterwards, as often as it needs until it succeeds. What takes
it in must be idempotent: between taking it in and removing its file a process may be killed, and then it comes again."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db.utils import InterfaceError, OperationalError

log = logging.getLogger(__name__)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,150}")
_ENDING = ".json"
FAILED = "failed"  # the folder of what could not be read or taken in
AGAIN_AFTER = 3600.0  # seconds, after which what was set apart is tried again
_LEFT_AFTER = 3600.0  # a file that was never finished goes then


class Torn(Exception):  # noqa: N818 -- says what the file is
    """The file is not as it was written."""


class Spool:
    """Items of one kind. Several processes may put and take at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: Mapping[str, Any]) -> bool:
        """Writes the item and returns once it and its name are on the disk. False when one of that name waits already: the
        same thing sent twice. Raises OSError when there is no room, and leaves nothing behind then."""
        final = self._path(name)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{secrets.token_hex(8)}.part"
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_sealed(content))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(part, final)  # unlike a rename it never replaces another
            except FileExistsError:
                return False
        finally:
            part.unlink(missing_ok=True)
            if final.exists():  # also where another put it: its name may not be on the disk yet
                _sync(self.folder)
        return True

    def holds(self, name: str) -> bool:
        return self._path(name).exists()

    def waiting(self) -> list[str]:
        """Names of what waits, the oldest first."""
        found = []
        with contextlib.suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_ENDING) and not entry.name.startswith("."):
                    with contextlib.suppress(FileNotFoundError):
                        found.append((entry.stat().st_mtime_ns, entry.name.removesuffix(_ENDING)))
        return [name for _at, name in sorted(found)]

    def read(self, name: str) -> dict[str, Any]:
        """Raises FileNotFoundError, and Torn for a file that is not as it was written."""
        return _opened(self._path(name).read_bytes())

    def take(self, use: Callable[[dict[str, Any]], object], *, until: Callable[[], bool] = lambda: False) -> int:
        """Gives every item to `use` and removes its file once `use` returned. Returns how many. An item that another process
        holds is left to it. One that is torn, or that `use` refuses, is set apart, logged, and tried again an hour later;
        where the database is away or the disk is full, everything waits, and the error goes on to whoever called."""
        count = 0
        self._bring_back()
        for name in self.waiting():
            if until():
                break
            with self._held(name) as file:
                if file is None:
                    continue
                count += self._use(name, file, use)
        return count

    def _use(self, name: str, file: Any, use: Callable[[dict[str, Any]], object]) -> int:
        try:
            use(_opened(file.read()))
        except (OperationalError, InterfaceError, OSError):  # the database is away or the disk full: all of it waits
            raise
        except Exception:
            log.exception("%s in %s could not be taken in and was set apart", name, self.folder)
            self._set_apart(name)
            return 0
        self._path(name).unlink(missing_ok=True)
        _sync(self.folder)
        return 1

    @contextlib.contextmanager
    def _held(self, name: str) -> Iterator[Any]:
        """The open file, locked against other processes; None where another has it or it is gone."""
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            # Another may have taken it in between our opening and our lock.
            yield file if os.fstat(file.fileno()).st_nlink else None

    def failed(self) -> list[str]:
        """Names of what was set apart."""
        return sorted(path.name.removesuffix(_ENDING) for path in (self.folder / FAILED).glob(f"*{_ENDING}"))

    def _set_apart(self, name: str) -> None:
        place = self.folder / FAILED
        place.mkdir(exist_ok=True, mode=0o700)
        os.utime(self._path(name))  # from now on
        self._path(name).rename(place / f"{name}{_ENDING}")
        _sync(place)

    def _bring_back(self) -> None:
        """Tries again what was set apart an hour ago, and lets go of what a killed process never finished."""
        now = time.time()
        for path in (self.folder / FAILED).glob(f"*{_ENDING}"):
            if now - path.stat().st_mtime > AGAIN_AFTER:
                with contextlib.suppress(FileNotFoundError):
                    path.rename(self.folder / path.name)
        for part in self.folder.glob(".*.part"):
            with contextlib.suppress(FileNotFoundError):
                if now - part.stat().st_mtime > _LEFT_AFTER:
                    part.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ValueError("not the name of an item")
        return self.folder / f"{name}{_ENDING}"


def _sealed(content: Mapping[str, Any]) -> bytes:
    """The hash of what follows, and what follows: a torn file is known from it."""
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _opened(whole: bytes) -> dict[str, Any]:
    digest, _line, body = whole.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise Torn
    found = json.loads(body)
    if not isinstance(found, dict):
        raise Torn
    return found


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
