"""A cage for the reading of foreign files: a child process that lives for one file, with limits of memory, processor time and output,
no settings and no keys in its environment, no network, and of the file system only that file and the libraries. What comes
back is JSON, so a reader that was taken over can only lie about its file.

    run("floreo.strategy.drafting.caged", path, name="strategy.pdf")

calls `caged(path, name=...)` of that module, which imports no Django, and gives back what it returned. Linux only, as the rest:
Landlock (https://docs.kernel.org/userspace-api/landlock.html) closes files and TCP, a network namespace closes the rest where the
machine allows one. What a kernel cannot do is left out and named in `Verdict.closed`."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMORY = 900 * 1024**2  # bytes of address space
SECONDS = 120  # of processor time; and five times as many by the clock
OUTPUT = 64 * 1024**2  # bytes of JSON
_NO_MEMORY = 71  # exit code
_OUTPUT_KEPT = 2000  # characters of what a reader that failed said


class Died(Exception):  # noqa: N818 -- it is what happened to the child
    """The reader did not come back: it asked for more memory or time than a file may, or crashed."""

    def __init__(self, reason: str, output: str) -> None:
        super().__init__(f"{reason}: {output}")
        self.reason, self.output = reason, output  # "memory", "time", "output", "crash", or "fault": an error of ours


@dataclass(frozen=True)
class Verdict:
    """What the reader returned, and what was closed to it: of "files" and "network"."""

    value: Any
    closed: frozenset[str]


def run(module: str, path: Path, /, *, memory: int = MEMORY, seconds: int = SECONDS, **arguments: str) -> Verdict:
    """Reads one file in a cage. Raises Died, and FileNotFoundError when there is no such file."""
    path = path.resolve(strict=True)
    task = json.dumps({"module": module, "path": str(path), "memory": memory, "seconds": seconds, "more": arguments})
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-I", "-m", __name__, task],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"LANG": "C.UTF-8", "PATH": os.defpath},
            cwd="/",
            start_new_session=True,
        )
        try:
            code = child.wait(timeout=seconds * 5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise Died("time", "") from None
        except BaseException:
            child.kill()
            child.wait()
            raise
        out.seek(0)
        err.seek(0)
        output = err.read(10 * _OUTPUT_KEPT).decode("utf-8", "replace")[-_OUTPUT_KEPT:]
        if code:
            raise Died(_reason(code, output), output)
        answer = json.loads(out.read(OUTPUT))
    return Verdict(answer["value"], frozenset(answer["closed"]))


def _reason(code: int, output: str) -> str:
    aborted = {-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL}  # how libraries end that are given no more memory
    if code == _NO_MEMORY or code in aborted or "bad_alloc" in output or "MemoryError" in output:
        return "memory"
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "time"
    if code == -signal.SIGXFSZ or "File too large" in output:
        return "output"
    return "crash" if code < 0 else "fault"


# In the child


def main(task: str) -> None:
    given = json.loads(task)
    _limit(given["memory"], given["seconds"])
    closed = _close(Path(given["path"]))
    try:
        value = importlib.import_module(given["module"]).caged(Path(given["path"]), **given["more"])
        text = json.dumps({"value": value, "closed": sorted(closed)})
    except MemoryError:
        os._exit(_NO_MEMORY)
    sys.stdout.write(text)
    sys.stdout.flush()
    os._exit(0)  # whatever a library still wants to tidy up


def _limit(memory: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_ALL_OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # by version; from 5: all 16
_TCP = (1 << 0) | (1 << 1)  # bind and connect, from version 4


def _close(path: Path) -> set[str]:
    """Closes network and files as far as this kernel can. Returns what is closed."""
    closed = set()
    _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if _LIBC.unshare(_NEW_NET) == 0 or _LIBC.unshare(_NEW_USER | _NEW_NET) == 0:
        closed.add("network")
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    version = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return closed
    files = _ALL_OF_FILES.get(version, (1 << 16) - 1)
    rules = struct.pack("=QQ", files, _TCP) if version >= 4 else struct.pack("=Q", files)
    ruleset = _LIBC.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return closed
    for place in _libraries():
        _allow(ruleset, place, _EXECUTE | _READ_FILE | _READ_DIR)
    _allow(ruleset, path, _READ_FILE)
    if _LIBC.syscall(_RESTRICT_SELF, ruleset, 0) == 0:
        closed.add("files")
    os.close(ruleset)
    return closed


def _libraries() -> set[Path]:
    """Where Python, its libraries and this program lie, and what a reader of documents looks up: fonts and types of files."""
    own = Path(__file__).resolve().parents[2] / "floreo"
    places = {Path(p) for p in sysconfig.get_paths().values()} | {Path(sys.prefix), Path(sys.base_prefix), own}
    return {p for p in places | {Path("/usr"), Path("/lib"), Path("/lib64"), Path("/etc/ld.so.cache")} if p.exists()}


def _allow(ruleset: int, place: Path, what: int) -> None:
    handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    if not place.is_dir():
        what &= _EXECUTE | _READ_FILE
    _LIBC.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", what, handle), 0)
    os.close(handle)


if __name__ == "__main__":
    main(sys.argv[1])
