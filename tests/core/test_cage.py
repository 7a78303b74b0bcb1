"""The cage for foreign files, attacked from inside: by a reader that was taken over, and by files that ask for too much."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from floreo.core import cage
from floreo.core.cage import Died, run
from floreo.core.reading.caged import read_in_a_cage
from floreo.core.reading.document import Unreadable
from floreo.core.reading.reading import read_document

READER = "floreo.core.reading.caged"


def inside(path: Path, attack: str, *, memory: int = cage.MEMORY, seconds: int = 20) -> str:
    """What those lines print when they run where a reader runs, with `path` as its file."""
    start = f"""
        import os, socket, sys
        from pathlib import Path
        from floreo.core import cage, confinement
        confinement.limit({memory}, {seconds}, cage.OUTPUT)
        closed = confinement.close_network() | confinement.close_files([Path({str(path)!r})], [])
    """
    code = textwrap.dedent(start) + textwrap.dedent(attack)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, env={}, timeout=120
    )
    return done.stdout + done.stderr


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "strategy.txt"
    path.write_text("National Cybersecurity Strategy\n\nGoal 1. A goal.\n")
    return path


@pytest.fixture
def closes(file: Path) -> frozenset[str]:
    """What this kernel, or the container that the tests run in, can close: the reading goes on without, and says so."""
    return run(READER, file, name="a").closed


def test_nothing_else_is_said_to_be_closed(closes: frozenset[str]) -> None:
    if closes < {"calls", "files", "network"}:
        pytest.skip(f"this machine closes only: {sorted(closes)}")
    assert closes == {"calls", "files", "network"}


def test_its_own_file_is_all_that_it_reads_and_nothing_that_it_writes(
    file: Path, tmp_path: Path, closes: frozenset[str]
) -> None:
    if "files" not in closes:
        pytest.skip("this machine has no Landlock")
    secret = tmp_path / "secret-key"
    secret.write_text("the key of all")
    told = inside(
        file,
        f"""
        print(open({str(file)!r}).read()[:8])
        for name, how in (({str(secret)!r}, "r"), ("/etc/passwd", "r"), ({str(file)!r}, "a"), ("/tmp/x", "w"), ("/proc/1/environ", "r")):
            try:
                open(name, how).read()
                print("READ", name)
            except PermissionError:
                print("closed")
        try:
            print("LISTED", os.listdir({str(tmp_path)!r}))
        except PermissionError:
            print("closed")
        """,
    )
    assert told.split() == ["National", *["closed"] * 6]


def test_there_is_no_way_out_by_the_network(file: Path, closes: frozenset[str]) -> None:
    if "network" not in closes:
        pytest.skip("this machine gives no namespace")
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = inside(
            file,
            f"""
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as way:
                    try:
                        way.connect(("127.0.0.1", {server.getsockname()[1]}))
                        way.send(b"x")
                        print("OUT")
                    except OSError:
                        print("closed")
            """,
        )
        assert told.split() == ["closed", "closed"]
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def test_it_starts_nothing_signals_nobody_and_opens_no_socket(file: Path, closes: frozenset[str]) -> None:
    """A database's own socket lies in the file system, where neither Landlock nor a network namespace closes it."""
    if "calls" not in closes:
        pytest.skip("this machine's calls are not known")
    told = inside(
        file,
        """
        import signal, subprocess, threading
        confinement.close_calls()
        for attempt in (lambda: socket.socket(socket.AF_UNIX), lambda: os.kill(os.getppid(), 0), lambda: os.pidfd_open(os.getppid()),
                        lambda: subprocess.run(["true"]), os.fork, lambda: confinement._LIBC.unshare(confinement._NEW_USER) and 1 / 0):
            try:
                attempt()
                print("DONE")
            except (PermissionError, ZeroDivisionError):
                print("closed")
        thread = threading.Thread(target=print, args=("thread",))
        thread.start()
        thread.join()
        sys.stdout.flush()
        os.abort()
        """,
    )
    assert told.split()[:7] == [*["closed"] * 6, "thread"]


def test_what_it_starts_is_in_the_cage_too(file: Path, tmp_path: Path, closes: frozenset[str]) -> None:
    if "files" not in closes:
        pytest.skip("this machine has no Landlock")
    (tmp_path / "secret").write_text("SECRET")
    told = inside(file, f'import subprocess; print(subprocess.run(["cat", {str(tmp_path / "secret")!r}]).returncode)')
    assert "SECRET" not in told


def readers() -> list[int]:
    """The processes that read a file at this moment."""
    ours = [server.process.pid for kind, server in cage._servers.items() if kind.module == READER]
    return [int(pid) for own in ours for pid in Path(f"/proc/{own}/task/{own}/children").read_text().split()]


@contextmanager
def being_read(path: Path, **more: Any) -> Iterator[tuple[int, Future[cage.Verdict]]]:
    """A reader of a file that is never written to its end: the process, and what its asker will get."""
    os.mkfifo(path)
    (ready := path.with_suffix(".ready")).write_text("Pillar 1: Law\n")
    run(READER, ready, name="a.txt")  # so that the clock of this one runs against a process that is there
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(run, READER, path, name="a.txt", **more)
        held = None
        while held is None:  # until it is open there, too
            assert not asked.done(), "it ended before it read"
            with suppress(OSError):
                held = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            yield readers()[0], asked
        finally:
            for pid in readers():
                os.kill(pid, signal.SIGKILL)
            os.close(held)


@pytest.mark.guards("what reads foreign files has no key and no file of ours")
def test_no_setting_no_key_and_no_open_file_of_the_program_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOREO_SECRET_KEY", "the key of all")
    monkeypatch.setenv("DATABASE_URL", "postgresql://floreo:word@host/")
    cage.end_servers()
    with (tmp_path / "database").open("wb") as ours:
        os.set_inheritable(ours.fileno(), True)
        with being_read(tmp_path / "slow.txt") as (pid, _asked):
            names = {n.partition("=")[0] for n in Path(f"/proc/{pid}/environ").read_text().split("\0")}
            libraries = {
                "OPENBLAS_NUM_THREADS",
                "JE_ARROW_MALLOC_CONF",
                "MALLOC_ARENA_MAX",
                "ARROW_DEFAULT_MEMORY_POOL",
            }
            assert names == {"LANG", "PATH", *libraries, ""}
            handles = {str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()}
            files = {n.removesuffix(" (deleted)") for n in handles}
            assert files <= {"/dev/null", "/memfd:out", "/memfd:err", "/memfd:task", str(tmp_path / "slow.txt")}


def test_a_reader_that_waits_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage, "PATIENCE", 0.2)
    with being_read(tmp_path / "slow.txt", seconds=1) as (pid, asked), pytest.raises(Died) as caught:
        asked.result()
    assert caught.value.reason == "time"
    while Path(f"/proc/{pid}").exists():  # whoever asked is gone, and so is the reader, without any other file coming
        pass


@pytest.mark.long
def test_a_process_that_starts_readers_and_was_killed_is_started_anew(file: Path) -> None:
    before = run(READER, file, name="a.txt")
    (server,) = (found for kind, found in cage._servers.items() if kind.module == READER)
    server.process.kill()
    assert run(READER, file, name="a.txt") == before
    assert server not in cage._servers.values()


@pytest.mark.long
@pytest.mark.parametrize("is_gone", [False, True])
def test_a_fork_of_the_program_asks_the_process_of_its_parent_or_one_of_its_own(file: Path, *, is_gone: bool) -> None:
    run(READER, file, name="a.txt")
    mine = {server.process.pid for server in cage._servers.values()}
    child = os.fork()
    if not child:
        if is_gone:
            for pid in mine:
                os.kill(pid, signal.SIGKILL)
        is_fine = run(READER, file, name="a.txt").value["document"]["kind"] == "text"
        others = {server.process.pid for server in cage._servers.values()}
        cage.end_servers()
        os._exit(0 if is_fine and (mine != others) == is_gone else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert run(READER, file, name="a.txt").value["document"]["kind"] == "text"


def test_bytes_are_read_without_a_file(file: Path) -> None:
    assert run(READER, file.read_bytes(), name="a.txt").value == run(READER, file, name="a.txt").value


def test_it_writes_only_where_it_may(file: Path, tmp_path: Path, closes: frozenset[str]) -> None:
    if "files" not in closes:
        pytest.skip("this machine has no Landlock")
    for name in ("mine", "others"):
        (tmp_path / name).mkdir()
    (tmp_path / "others" / "kept").write_text("kept")
    attack = f"""
        closed = confinement.close_files([], [Path({str(tmp_path / "mine")!r})])
        os.chdir({str(tmp_path)!r})
        open("mine/part", "w").write("x")
        os.rename("mine/part", "mine/whole")
        for attempt in (lambda: open("others/new", "w"), lambda: os.rename("mine/whole", "others/x"), lambda: os.remove("others/kept"),
                        lambda: os.truncate("others/kept", 0), lambda: os.symlink("x", "mine/link"), lambda: open("others/kept")):
            try:
                attempt()
                print("DONE")
            except OSError:
                print("closed")
    """
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            "import os\nfrom pathlib import Path\nfrom floreo.core import cage, confinement" + textwrap.dedent(attack),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert (done.stdout.split(), done.stderr) == (["closed"] * 6, "")
    assert [p.name for p in sorted(tmp_path.glob("*/*"))] == ["whole", "kept"]
    assert (tmp_path / "others" / "kept").read_text() == "kept"


@pytest.mark.long
def test_memory_and_time_have_an_end(file: Path) -> None:
    assert "MemoryError" in inside(file, "bytearray(2 * 1024**3)")
    assert "OUT" not in inside(file, "while True: pass\nprint('OUT')", seconds=1)


def a_pdf_that_unfolds(path: Path, *, deep: int, wide: int, itself: bool = False) -> Path:
    """Forms that draw the next one many times, and the last a text: two kilobytes that say `wide ** deep` words."""

    def form(number: int) -> bytes:
        drawn = b"BT /F 9 Tf (unfolds) Tj ET " if number == deep else b"/X Do " * wide
        drawn_next = number + (6 if itself else 7)
        below = b"" if number == deep else b"/XObject << /X %d 0 R >>" % drawn_next
        resources = b"/Resources << /Font << /F 4 0 R >> " + below + b" >>"
        return (
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] "
            + resources
            + b" /Length %d >>\nstream\n" % len(drawn)
            + drawn
            + b"\nendstream"
        )

    content = b"/X Do"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << /XObject << /X 6 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        *(form(number) for number in range(deep + 1)),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    path.write_bytes(
        body + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(body))
    )
    return path


def test_a_small_pdf_that_unfolds_without_end_is_refused_and_kills_nobody(tmp_path: Path) -> None:
    harmless = a_pdf_that_unfolds(tmp_path / "small.pdf", deep=1, wide=3)
    assert read_document(harmless).text.split() == ["unfolds"] * 3
    many = a_pdf_that_unfolds(tmp_path / "many.pdf", deep=7, wide=12)
    itself = a_pdf_that_unfolds(tmp_path / "itself.pdf", deep=1, wide=3, itself=True)
    for bomb in (many, itself):
        assert bomb.stat().st_size < 4000
        with pytest.raises(Unreadable) as caught:
            read_in_a_cage(bomb)
        assert caught.value.code == "bomb"


def test_what_a_reader_says_is_what_it_says_without_a_cage() -> None:
    for path in sorted((Path(__file__).parents[1] / "strategy" / "drafting" / "documents").iterdir()):
        if path.suffix in {".pdf", ".docx", ".html", ".txt", ".md"}:
            assert read_in_a_cage(path) == read_document(path), path.name


def test_a_refusal_comes_out_whole(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 60)
    with pytest.raises(Unreadable) as inside_it:
        read_in_a_cage(tmp_path / "a.pdf", name="<plan>.pdf")
    with pytest.raises(Unreadable) as outside:
        read_document(tmp_path / "a.pdf", name="<plan>.pdf")
    assert (inside_it.value.code, str(inside_it.value)) == (outside.value.code, str(outside.value))


def test_a_reader_that_fails_is_told_from_a_file_that_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Died) as caught:
        run("floreo.core.clock", file)  # it has no such function
    assert caught.value.reason == "fault"
    with pytest.raises(FileNotFoundError):
        run(READER, tmp_path / "none", name="a")


@pytest.mark.parametrize("told", [{}, {"document": {}}, {"document": {"blocks": [{"start": "x"}]}}, {"document": "x"}])
def test_whatever_a_reader_that_was_taken_over_says_is_no_document(
    told: object, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = cage.Verdict(json.loads(json.dumps(told)), frozenset())
    monkeypatch.setattr("floreo.core.reading.caged.run", lambda *_a, **_m: verdict)
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_in_a_cage(file)
