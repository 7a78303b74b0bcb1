"""The processes of `floreo up` and `floreo web`: one that looks after the others, starts again what dies, and ends all of them
within seconds. It knows nothing of Django, so it is small and nothing holds it up.

    floreo up   ->  serving (granian) -> the web server's own process
                ->  worker
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

from floreo.config.environment import data_folder
from floreo.config.terminal import words

GRACE = 11.0  # seconds from being asked to stop until whatever is left is killed
_SHORTEST, _LONGEST = 1.0, 30.0  # pause before a process that died is started again
_WELL_AFTER = 60.0  # seconds that it must live for the pause to be short again
_MOST_QUICK_DEATHS = 3  # of the web server: then it cannot start at all
_LOOK = 0.2
_LAST = GRACE + 3  # seconds within which a process whose parent was killed is gone


class CannotStart(Exception):  # noqa: N818 -- its text says what is in the way
    """A sentence for whoever started it."""


def echo(line: str) -> None:
    print(line, flush=True)


# A restore that was cut off


RESTORING = "restoring"  # a file in the data folder, there while rows and files are being put in their place


def cut_off(folder: Path) -> str:
    """What is in the way of every command where a restore was killed in the middle; else nothing."""
    try:
        name = (folder / RESTORING).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f"A restore of {name} was cut off, so rows and files do not belong together. Restore again, with --replace."


# One of each on a data folder, one on a port


class FolderLock:
    """A file in the data folder that says who is at work there. The lock is the process's own, and goes with it."""

    def __init__(self, folder: Path, role: str) -> None:
        self.path = folder / f"{role}.lock"
        self.role = role
        self._file: IO[str] | None = None

    def take(self, what: str = "") -> str:
        """What its last holder wrote, who may have been killed. Raises CannotStart when another process holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            file.close()
            sentence = f"Floreo runs already on the data folder {self.path.parent}"
            raise CannotStart(
                f"{sentence} ({holder or self.role}). Stop that one first, or give another folder with --data."
            ) from None
        file.seek(0)
        before = file.read().strip()
        file.truncate(0)
        file.write(f"{what or self.role}, process {os.getpid()}\n")
        file.flush()
        self._file = file
        return before

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def require_free_port(host: str, port: int) -> None:
    """Raises CannotStart when something listens there already. The web server itself would share the port with another of its
    kind, and visitors would see now one, now the other."""
    if not 0 < port < 65_536:
        raise CannotStart(f"{port} is no port. Use a number from 1 to 65535.")
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as problem:
        raise CannotStart(f"{host} is no address of this machine: {problem}.") from None
    for family, kind, protocol, _name, address in addresses:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
                probe.listen(1)
            except OSError as problem:
                raise CannotStart(_why_not(problem, host, port)) from None


def listens(host: str, port: int) -> bool:
    """Whether something takes connections there."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def _why_not(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Another program listens on port {port} already. Stop it first, or give another with --port."
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is not for ordinary users. Give another with --port, such as 8000."
    return f"{host}, port {port}, cannot be used: {problem.strerror}."


# A child that ends with its parent


def end_with(parent: int) -> None:
    """From now on this process ends when its parent `parent` is gone, however that ended."""
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


# Looking after them


@dataclass
class Child:
    """A process that is started again when it dies."""

    name: str
    command: list[str]
    may_give_up: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    next_start: float = 0.0
    pause: float = _SHORTEST
    quick_deaths: int = 0

    def look(self) -> None:
        if self.process is None:
            if time.monotonic() >= self.next_start:
                self.start()
        elif self.process.poll() is not None:
            self._ended(self.process.returncode)

    def start(self) -> None:
        # A session of its own: Ctrl+C reaches only who looks after it, and what it leaves behind can be ended with it.
        self.process = subprocess.Popen(self.command, start_new_session=True)
        self.started_at = time.monotonic()

    def _ended(self, code: int) -> None:
        self.kill()  # what it may have left behind
        lived = time.monotonic() - self.started_at
        self.pause = _SHORTEST if lived > _WELL_AFTER else min(self.pause * 2, _LONGEST)
        self.quick_deaths = 0 if lived > _WELL_AFTER else self.quick_deaths + 1
        if self.may_give_up and self.quick_deaths >= _MOST_QUICK_DEATHS:
            raise CannotStart(f"The {self.name} ends again and again. Its output is above.")
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        echo(f"The {self.name} ended ({how}). It is started again in {self.pause:.0f} s.")
        self.next_start = time.monotonic() + self.pause
        self.process = None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process is not None and self.is_alive():
            self.process.terminate()

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Supervisor:
    """Starts the children, looks after them, and ends them when it is asked to. It says once, when the web server first takes
    connections at host and port, what `announce` says."""

    children: list[Child]
    asked: int = field(default=0)
    announce: str = ""
    address: tuple[str, int] = ("", 0)

    def ask(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.asked += 1

    def prepare(self, command: list[str]) -> int:
        """Runs something to its end first; its exit code, or that of being stopped."""
        child = Child("preparation", command)
        child.start()
        assert child.process is not None
        while child.process.poll() is None:
            if self.asked:
                _end([child])
                return 130
            time.sleep(_LOOK / 4)
        return child.process.returncode

    def run(self) -> int:
        try:
            while not self.asked:
                for child in self.children:
                    child.look()
                if self.announce and listens(*self.address):
                    echo(self.announce)
                    self.announce = ""
                time.sleep(_LOOK)
        except CannotStart as problem:
            echo(str(problem))
            return 1
        finally:
            _end(self.children)
        return 0


def _end(children: list[Child]) -> None:
    for child in children:
        child.terminate()
    until = time.monotonic() + GRACE
    while any(child.is_alive() for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    for child in children:
        child.kill()


@contextmanager
def _held(*locks: FolderLock) -> Iterator[None]:
    try:
        yield
    finally:
        for lock in locks:
            lock.release()


def run(asked: argparse.Namespace) -> int:
    """`floreo up` and `floreo web`."""
    supervisor = Supervisor([])
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, supervisor.ask)
    data = data_folder("FLOREO_DATA")
    if problem := cut_off(data):
        echo(problem)
        return 1
    here, other = FolderLock(data, "web"), FolderLock(data, "worker")
    with _held(here, other):
        try:
            place = f"at {asked.host}:{asked.port}"
            before = here.take(f"floreo {asked.command} {place}")
            if asked.command == "up":
                _once_gone(other.take, supervisor, lambda refused: WITH_UP in refused)
                other.release()  # the worker takes it itself
            _once_gone(
                partial(require_free_port, asked.host, asked.port), supervisor, lambda _refused: f" {place}," in before
            )
        except CannotStart as problem:
            echo(str(problem))
            return 1
        except OSError as problem:
            echo(f"The data folder {data} cannot be used: {problem.strerror}.")
            return 1
        return _start(asked, supervisor)


WITH_UP = "with floreo up"  # a worker that ends when its `floreo up` does


def _once_gone(take: Callable[[], object], supervisor: Supervisor, is_left_behind: Callable[[str], bool]) -> None:
    """`take`, again while what is in its way was left behind by a `floreo up` that was killed. Whoever holds the lock of the web
    server knows that there is no other, and what another left behind ends by itself within `_LAST` seconds."""
    until = time.monotonic() + _LAST
    while True:
        try:
            take()
        except CannotStart as problem:
            if supervisor.asked or time.monotonic() > until or not is_left_behind(str(problem)):
                raise
            time.sleep(_LOOK)
        else:
            return


def _start(asked: argparse.Namespace, supervisor: Supervisor) -> int:
    me = [sys.executable, "-m", "floreo.config.cli", "--parent", str(os.getpid()), "--pack", asked.pack]
    server = [sys.executable, "-m", "floreo.config.serving", str(os.getpid()), asked.host, str(asked.port)]
    if asked.command == "up":
        quiet = ["--quiet"] if asked.quiet else []
        code = supervisor.prepare([*me, "up", "--prepare-only", "--port", str(asked.port), *quiet])
        if code or supervisor.asked:
            return code
        supervisor.children.append(Child("worker", [*me, "worker"]))
        server.append("prepared")
    supervisor.children.insert(0, Child("web server", server, may_give_up=True))
    supervisor.address = (asked.host, asked.port)
    _ = words().gettext
    at = _("Floreo is at %(address)s") % {"address": f"{os.environ['FLOREO_ADDRESS']}/"}
    supervisor.announce = f"{at}\n{_('Stop it with Ctrl+C.')}"
    return supervisor.run()
