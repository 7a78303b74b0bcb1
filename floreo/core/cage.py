"""A cage for the reading of foreign files: a child process that lives for one file, with limits of memory, processor time and output,
no settings and no keys in its environment, no network, and of the file system only that file and the libraries. What comes
back is JSON, and bytes where the reader takes files apart, so a reader that was taken over can only lie about its file.

    run("floreo.core.reading.caged", path, name="document.pdf")

calls `caged(path, name=...)` of that module, which imports no Django, and gives back what it returned. The child is a fork of a process
that has imported the module and those that its `LOADS` names, called its `prepare` and done nothing else (`_serve`), so that a file costs
milliseconds and not the start of Python. Linux only, as the rest: Landlock (https://docs.kernel.org/userspace-api/landlock.html)
closes files and TCP, seccomp sockets, signals and other programs, a network namespace the rest where the machine allows one. What a
kernel cannot do is left out and named in `Verdict.closed`."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from floreo.core.confinement import close_calls, close_files, close_network, limit

MEMORY = 900 * 1024**2  # bytes of address space
SECONDS = 120  # of processor time
PATIENCE = 5  # times as many by the clock
OUTPUT = 64 * 1024**2  # bytes that come back, and of any file that the reader writes
AT_ONCE = max(2, os.cpu_count() or 1)  # files of one reader; the next one waits
IDLE = 60.0  # seconds after which a process that forks readers ends
_NO_MEMORY = 71  # exit code
_OUTPUT_KEPT = 2000  # characters of what a reader that failed said
TOO_MUCH = frozenset({"memory", "time", "output"})  # reasons of Died: the file asked for more than a file may


class Died(Exception):  # noqa: N818 -- it is what happened to the child
    """The reader did not come back: it asked for more memory or time than a file may, or crashed."""

    def __init__(self, reason: str, output: str) -> None:
        super().__init__(f"{reason}: {output}")
        self.reason, self.output = reason, output  # "memory", "time", "output", "crash", or "fault": our own error


class Pieces(NamedTuple):
    """What a reader returns that takes files out of another: JSON, and the bytes of each."""

    value: Any
    pieces: Sequence[bytes]


@dataclass(frozen=True)
class Verdict:
    """What the reader returned, and what was closed to it: of "files", "network" and "calls"."""

    value: Any
    closed: frozenset[str]
    pieces: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Access:
    """What a reader may have besides its file: files and folders to read, folders to write in, the first of them for temporary
    files, and variables of the environment. `network`: whether it keeps the network, for a store that is not on this machine."""

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    network: bool = False


_NOTHING = Access()


def run(
    module: str,
    source: Path | bytes | None,
    /,
    *,
    memory: int = MEMORY,
    mapped: int = 0,
    seconds: int = SECONDS,
    output: int = OUTPUT,
    access: Access = _NOTHING,
    **arguments: Any,
) -> Verdict:
    """Reads one file, or bytes, in a cage. `memory` counts libraries and files that are mapped, too, beyond `mapped` bytes of them.
    `arguments` are JSON. Raises Died, and FileNotFoundError when there is no such file."""
    with contextlib.ExitStack() as opened:

        def kept(handle: int) -> int:
            opened.callback(os.close, handle)
            return handle

        out, err, task = (kept(os.memfd_create(name)) for name in ("out", "err", "task"))
        handles = [task, out, err]
        if isinstance(source, Path):
            source = source.resolve(strict=True)
        elif source is not None:
            handles.append(kept(os.memfd_create("source")))
            _write(handles[-1], source)
        given = {
            "path": str(source) if isinstance(source, Path) else "",
            "memory": memory,
            "mapped": mapped,
            "seconds": seconds,
            "output": output,
            "reads": [str(path.resolve()) for path in access.reads],
            "writes": [str(path.resolve()) for path in access.writes],
            "network": access.network,
            "more": arguments,
        }
        _write(task, json.dumps(given).encode())
        status = _asked(_Kind(module, access.network, access.environment), handles, seconds * PATIENCE)
        printed = os.pread(err, 10 * _OUTPUT_KEPT, 0).decode("utf-8", "replace")[-_OUTPUT_KEPT:]
        if code := os.waitstatus_to_exitcode(status):
            raise Died(_reason(code, printed), printed)
        return _verdict(out, output)


def _verdict(out: int, most: int) -> Verdict:
    """What the child wrote. Raises Died where it is not what one of our readers writes."""
    try:
        (size,) = struct.unpack("=Q", os.pread(out, 8, 0))
        answer = json.loads(_read(out, min(size, most), 8))
        sizes, at, pieces = [int(n) for n in answer["sizes"]], 8 + size, list[bytes]()
        for length in sizes:
            pieces.append(_read(out, length if 0 <= length <= most else most + 1, at))
            at += length
        return Verdict(answer["value"], frozenset(answer["closed"]), tuple(pieces))
    except (ValueError, KeyError, TypeError, struct.error) as wrong:
        raise Died("fault", str(wrong)[:_OUTPUT_KEPT]) from wrong


def _read(handle: int, size: int, at: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        block = os.pread(handle, size - len(found), at + len(found))
        if not block:
            raise ValueError("less came back than was said")
        found += block
    return bytes(found)


def _write(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _reason(code: int, output: str) -> str:
    aborted = {-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL}  # how libraries end that are given no more memory
    if code == _NO_MEMORY or code in aborted or "bad_alloc" in output or "MemoryError" in output:
        return "memory"
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "time"
    if code == -signal.SIGXFSZ or "File too large" in output:
        return "output"
    return "crash" if code < 0 else "fault"


# The process that forks readers, from outside


class _Kind(NamedTuple):
    """What one such process is for."""

    module: str
    network: bool
    environment: tuple[tuple[str, str], ...]


class _Server:
    def __init__(self, kind: _Kind) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 -- our own module
                [
                    sys.executable,
                    "-I",
                    "-m",
                    __name__,
                    str(theirs.fileno()),
                    kind.module,
                    "open" if kind.network else "",
                    str(IDLE),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={
                    "LANG": "C.UTF-8",
                    "PATH": os.defpath,
                    "OPENBLAS_NUM_THREADS": "1",  # a process with threads cannot be forked in peace
                    "JE_ARROW_MALLOC_CONF": "background_thread:false",
                    "MALLOC_ARENA_MAX": "2",
                    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own takes a gigabyte of address space at once
                    **dict(kind.environment),
                },
                cwd="/",
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )

    def end(self) -> None:
        self.control.close()
        self.process.wait()


_servers: dict[_Kind, _Server] = {}
_gates: dict[_Kind, threading.BoundedSemaphore] = {}
_lock = threading.Lock()


def _server(kind: _Kind, gone: _Server | None) -> _Server:
    """The process of that kind; a new one where there is none or the one at hand is `gone`."""
    with _lock:
        found = _servers.get(kind)
        if found is not None and found is gone:
            found.end()
            found = None
        if found is None:
            found = _servers[kind] = _Server(kind)
        return found


def _asked(kind: _Kind, handles: Sequence[int], seconds: float) -> int:
    """The exit status of a reader with those open files. Raises Died when it does not end by the clock, or its parent ends again
    and again; one that had just gone idle is started again."""
    with _lock:
        gate = _gates.setdefault(kind, threading.BoundedSemaphore(AT_ONCE))
    server: _Server | None = None
    with gate:
        for _attempt in range(3):
            server = _server(kind, server)
            mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with mine:
                with theirs:
                    try:
                        socket.send_fds(server.control, [b"file"], [theirs.fileno(), *handles])
                    except OSError:
                        continue
                mine.settimeout(seconds)
                try:
                    if answer := mine.recv(4):
                        return int(struct.unpack("=i", answer)[0])
                except TimeoutError:
                    raise Died("time", "") from None  # that `mine` closes ends the reader
                except OSError:
                    continue
    raise Died("crash", "the process that starts readers ended")


def start(modules: Iterable[str]) -> None:
    """Starts the processes that fork readers of those modules before somebody asks: for a program that is forked itself."""
    for module in modules:
        _server(_Kind(module, network=False, environment=()), None)


def end_servers() -> None:
    """Ends the processes that fork readers: at the end of the program."""
    with _lock:
        for server in _servers.values():
            server.end()
        _servers.clear()


def _forget() -> None:
    """In a fork of this program: the processes are those of the parent, which are asked as well and not waited for. One that has
    gone is replaced by one of the fork's own."""
    global _lock  # noqa: PLW0603 -- another thread of the parent may have held it
    _lock = threading.Lock()
    for server in _servers.values():
        server.process.returncode = 0
    _gates.clear()


# In the process that forks readers


def _serve(control: socket.socket, module: str, *, network: bool, idle: float) -> None:
    """Forks a reader for each message, until whoever asks is gone or asks nothing for a while. It reads no foreign byte itself."""
    closed = set() if network else close_network()
    with contextlib.suppress(Exception):  # said by the reader, which tries again
        found = importlib.import_module(module)
        for name in getattr(found, "LOADS", ()):
            importlib.import_module(name)
        getattr(found, "prepare", dict)()
    gc.collect()
    gc.freeze()
    running: dict[int, tuple[int, socket.socket]] = {}  # handle of the process -> process, who asked
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        ready = waiting.poll(idle * 1000)
        if not ready and not running:
            return
        for handle, _event in ready:
            if handle == control.fileno():
                message, handles, _flags, _address = socket.recv_fds(control, 16, 8)
                if not message:
                    return  # the readers die with this process
                _fork(module, handles, closed, running, [control.fileno()])
                waiting = _all_of(control, running)
            else:
                pidfd = next((n for n, (_pid, asker) in running.items() if handle in {n, asker.fileno()}), None)
                if pidfd is None:
                    continue
                _ended(pidfd, running, is_over=handle == pidfd)
                waiting = _all_of(control, running)


def _all_of(control: socket.socket, running: dict[int, tuple[int, socket.socket]]) -> select.poll:
    waiting = select.poll()
    for handle in (control.fileno(), *running, *(asker.fileno() for _pid, asker in running.values())):
        waiting.register(handle, select.POLLIN)
    return waiting


def _fork(
    module: str,
    handles: list[int],
    closed: set[str],
    running: dict[int, tuple[int, socket.socket]],
    mine: Iterable[int],
) -> None:
    asker, task, out, err, *source = handles
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            for handle in (asker, *mine, *running, *(other.fileno() for _pid, other in running.values())):
                os.close(handle)
            _child(module, (task, out, err), source, closed)
        os._exit(1)
    for handle in handles[1:]:
        os.close(handle)
    running[os.pidfd_open(pid)] = pid, socket.socket(fileno=asker)


def _ended(pidfd: int, running: dict[int, tuple[int, socket.socket]], *, is_over: bool) -> None:
    """Says how a reader ended; one that nobody waits for any more is killed."""
    pid, asker = running.pop(pidfd)
    if not is_over:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    with asker, contextlib.suppress(OSError):
        asker.send(struct.pack("=i", status))
    os.close(pidfd)


# In the child


def _child(module: str, handles: tuple[int, int, int], source: list[int], closed: set[str]) -> NoReturn:
    task, out, err = handles
    os.dup2(err, 2)
    os.dup2(out, 1)
    given = json.loads(_read(task, os.fstat(task).st_size, 0))
    path = Path(given["path"]) if given["path"] else None
    if source:
        path = Path(f"/proc/self/fd/{source[0]}")
    try:
        limit(given["memory"], given["seconds"], given["output"], mapped=given["mapped"])
        reads = [Path(given["path"])] if given["path"] else []
        writes = [Path(each) for each in given["writes"]]
        closed |= close_files([*reads, *map(Path, given["reads"])], writes, network=given["network"])
        closed |= close_calls(network=given["network"])
        if writes:
            tempfile.tempdir = str(writes[0])
        value = importlib.import_module(module).caged(path, **given["more"])
        pieces: Sequence[bytes] = ()
        if isinstance(value, Pieces):
            value, pieces = value
        text = json.dumps(
            {"value": value, "closed": sorted(closed), "sizes": [len(piece) for piece in pieces]}
        ).encode()
        for piece in (struct.pack("=Q", len(text)), text, *pieces):
            _write(1, piece)
    except (MemoryError, RecursionError):
        os._exit(_NO_MEMORY)
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc()[-_OUTPUT_KEPT:].encode("utf-8", "replace"))
        os._exit(1)
    os._exit(0)  # whatever a library still wants to tidy up


@contextlib.contextmanager
def scratch(near: Path | None = None) -> Iterator[Path]:
    """A folder for temporary files of one reader, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="floreo-cage-", dir=near) as folder:
        yield Path(folder)


def main(arguments: Sequence[str]) -> None:
    handle, module, network, idle = arguments
    _serve(socket.socket(fileno=int(handle)), module, network=network == "open", idle=float(idle))
    os._exit(0)


if __name__ == "__main__":
    importlib.import_module("floreo.core.cage").main(sys.argv[1:])  # whose classes are those that readers know
else:
    atexit.register(end_servers)
    os.register_at_fork(after_in_child=_forget)
