"""What one of our processes may still ask of the kernel once it reads a foreign file: memory, time, files, the network, calls. Called within
that process; nothing of it can be undone there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

_FILES_OPEN = 256


def limit(memory: int, seconds: int, output: int, *, mapped: int = 0) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory + mapped),
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_NOFILE, _FILES_OPEN),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (within, within))
    with contextlib.suppress(OSError):  # where the machine itself has no more, this is what it ends first
        Path("/proc/self/oom_score_adj").write_text("1000")


_LIBC = ctypes.CDLL(None, use_errno=True)
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE, _REFER, _TRUNCATE = 1 << 4, 1 << 5, 1 << 7, 1 << 8, 1 << 13, 1 << 14
_WRITE = _WRITE_FILE | _READ_FILE | _READ_DIR | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE | _REFER | _TRUNCATE
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_ALL_OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}  # by version; from 5: all 16
_TCP = (1 << 0) | (1 << 1)  # bind and connect, from version 4
# How much memory a group of processes may take: DuckDB does not start where it cannot ask.
_OF_ITSELF = (Path("/proc/self/cgroup"), Path("/sys/fs/cgroup"))
_FOR_THE_NETWORK = ("ssl", "resolv.conf", "hosts", "nsswitch.conf", "host.conf", "gai.conf", "ca-certificates")


def close_network() -> set[str]:
    is_closed = _LIBC.unshare(_NEW_NET) == 0 or _LIBC.unshare(_NEW_USER | _NEW_NET) == 0
    return {"network"} if is_closed else set()


def close_files(reads: Iterable[Path], writes: Iterable[Path], *, network: bool = False) -> set[str]:
    """Closes the file system but for those places, and TCP, as far as this kernel can. Returns what is closed."""
    _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    version = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return set()
    files = _ALL_OF_FILES.get(version, (1 << 16) - 1)
    rules = struct.pack("=Q", files)
    if version >= 4:
        rules += struct.pack("=Q", 0 if network else _TCP)
    ruleset = _LIBC.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return set()
    libraries = _libraries() | set(_OF_ITSELF) | {Path("/etc") / name for name in (_FOR_THE_NETWORK if network else ())}
    for place in libraries:
        _allow(ruleset, place, _EXECUTE | _READ_FILE | _READ_DIR)
    for place in reads:
        _allow(ruleset, place, _READ_FILE | _READ_DIR)
    for place in writes:
        _allow(ruleset, place, _WRITE & files)
    is_closed = _LIBC.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return {"files"} if is_closed else set()


# What a reader never asks of the kernel: sockets (also of the file system), signals and memory of other processes, other programs,
# and what has had flaws. By machine: how seccomp (linux/seccomp.h) names it, then the number of each call; io_uring would do the rest.
_SOCKETS = """
socket 41 198
connect 42 203
"""
_CALLS = """
kill 62 129
tkill 200 130
rt_sigqueueinfo 129 138
rt_tgsigqueueinfo 297 240
pidfd_send_signal 424 424
pidfd_open 434 434
pidfd_getfd 438 438
ptrace 101 117
process_vm_readv 310 270
process_vm_writev 311 271
execve 59 221
execveat 322 281
fork 57 -
vfork 58 -
mount 165 40
unshare 272 97
setns 308 268
bpf 321 280
userfaultfd 323 282
perf_event_open 298 241
io_uring_setup 425 425
add_key 248 217
request_key 249 218
keyctl 250 219
"""
_TGKILL = (234, 131)  # how a process ends itself: allowed for itself
_CLONE = (56, 220)  # a thread is allowed, a process is not: it would live on
_CLONE_3 = 435  # hides what it asks for behind an address: not there, so that libraries take the other
_OF_A_THREAD = 0x00010000  # CLONE_THREAD
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _IF_EQUAL, _IF_NOT_LESS, _IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _DENY, _NOT_THERE, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000  # EPERM; ENOSYS
_AT_CALL, _AT_MACHINE, _AT_FIRST = 0, 4, 16  # places in seccomp_data


def close_calls(*, network: bool = False) -> set[str]:
    """Closes those calls of the kernel, where it is a machine whose numbers are known. Returns what is closed."""
    column, machine = _MACHINES.get(os.uname().machine, (0, 0))
    if not machine:
        return set()
    rows = (row.split()[1 + column] for row in (_CALLS if network else _CALLS + _SOCKETS).split("\n") if row)
    steps = _filter([int(row) for row in rows if row != "-"], column, machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return {"calls"} if _LIBC.prctl(_SET_SECCOMP, _FILTER, program, 0, 0) == 0 else set()


def _filter(denied: Sequence[int], column: int, machine: int) -> list[tuple[int, int, int, int]]:
    """The program of the filter: an operation, how many steps it skips where it holds and where it does not, a value."""
    steps: list[tuple[int, str, str, int]] = [  # with the names of the steps where it goes on; "" is the next
        (_LOAD, "", "", _AT_MACHINE),
        (_IF_EQUAL, "", "kill", machine),
        (_LOAD, "", "", _AT_CALL),
        (_IF_NOT_LESS, "deny", "", 0x40000000),  # the other numbering of x86
        *((_IF_EQUAL, "deny", "", number) for number in denied),
        (_IF_EQUAL, "not there", "", _CLONE_3),
        (_IF_EQUAL, "clone", "", _CLONE[column]),
        (_IF_EQUAL, "", "allow", _TGKILL[column]),
        (_LOAD, "", "", _AT_FIRST),
        (_IF_EQUAL, "allow", "deny", os.getpid()),
        (_LOAD, "", "", _AT_FIRST),
        (_IF_SET, "allow", "deny", _OF_A_THREAD),
        (_RETURN, "", "", _ALLOW),
        (_RETURN, "", "", _DENY),
        (_RETURN, "", "", _NOT_THERE),
        (_RETURN, "", "", _KILL),
    ]
    places = dict(
        zip(("clone", "", "allow", "deny", "not there", "kill"), range(len(steps) - 6, len(steps)), strict=True)
    )

    def skipped(at: int, name: str) -> int:
        return places[name] - at - 1 if name else 0

    return [(what, skipped(at, yes), skipped(at, no), value) for at, (what, yes, no, value) in enumerate(steps)]


def _libraries() -> set[Path]:
    """Where Python, its libraries and this program lie, and what a reader of documents looks up: fonts and types of files."""
    own = Path(__file__).resolve().parents[2] / "floreo"
    places = {Path(p) for p in sysconfig.get_paths().values()} | {Path(sys.prefix), Path(sys.base_prefix), own}
    return places | {Path("/usr"), Path("/lib"), Path("/lib64"), Path("/etc/ld.so.cache")}


def _allow(ruleset: int, place: Path, what: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not place.is_dir():
        what &= _OF_A_FILE
    _LIBC.syscall(_ADD_RULE, ruleset, 1, struct.pack("=Qi", what, handle), 0)
    os.close(handle)
