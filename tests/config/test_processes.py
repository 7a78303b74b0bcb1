"""`floreo up` as a terminal, a service manager and a crash see it: real processes, sockets and signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from floreo.core.models import OutboxMail
from tests.config.installation import ROOT, Installation, prepared
from tests.core.mail_server import free_port

pytestmark = pytest.mark.one_database
PROMISE = 15  # seconds until everything has ended
PATIENCE = 120.0  # for what nothing is guaranteed of: the machine may be busy


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return prepared(tmp_path / "data", "with reports")


@dataclass
class Running:
    """A `floreo up` that answers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def children(self, named: str = "") -> set[int]:
        return {
            pid for pid, (parent, command) in _processes().items() if parent == self.process.pid and named in command
        }

    def family(self) -> set[int]:
        found, rows = {self.process.pid}, _processes()
        for _generation in range(4):
            found |= {pid for pid, (parent, _command) in rows.items() if parent in found}
        return found

    def health(self) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=10) as answer:
                return str(answer.read().decode().strip())
        except urllib.error.HTTPError as refused:
            return refused.read().decode().strip()
        except OSError:
            return ""


def _processes() -> dict[int, tuple[int, str]]:
    """Of all that live, parent and command; a zombie lives no more."""
    output = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 3) for line in output.splitlines()]
    return {int(r[0]): (int(r[1]), r[3]) for r in rows if len(r) == 4 and not r[2].startswith("Z")}


def eventually(is_so: Callable[[], object], what: str) -> None:
    for _look in range(int(PATIENCE / 0.2)):
        if is_so():
            return
        time.sleep(0.2)
    raise AssertionError(what)


@contextmanager
def up(
    installation: Installation, log: Path, *, word: str = "up", healthy: str = "ok", port: int = 0, **more: str
) -> Iterator[Running]:
    port = port or free_port()
    command = [sys.executable, "-m", "floreo.config.cli", "--data", str(installation.folder), "--pack", "isla-prueba"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, word, "--port", str(port)],
            cwd=ROOT,
            env=installation.env() | {"FLOREO_LOG_LEVEL": "WARNING"} | more,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    running = Running(process, port, log)
    family: set[int] = set()
    try:
        eventually(lambda: f"Floreo is at http://localhost:{port}/\n" in log.read_text(), "it never said where it is")
        assert running.health(), "it said where it is before it answered"
        eventually(lambda: running.health() == healthy, f"it never said {healthy!r}")
        family = running.family()
        yield running
    finally:
        for pid in family | running.family():
            if pid in _processes():
                os.kill(pid, signal.SIGKILL)
        process.wait()


@contextmanager
def a_mail_server_that_never_ends_its_sentence() -> Iterator[tuple[int, threading.Event]]:
    """Its port, and whether anybody came: a mail at a time, for as long as one listens."""
    called, done = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _address = server.accept()
            called.set()
            with connection:
                while not done.wait(1):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        threading.Thread(target=speak, daemon=True).start()
        yield server.getsockname()[1], called
        done.set()


def _post_a_letter(installation: Installation) -> None:
    facts = {
        "created_at": "2026-01-01 00:00:00",
        "changed_at": "2026-01-01 00:00:00",
        "version": "1",
        "to": "lead@example.org",
        "subject": "s",
        "kind": "k",
        "state": "waiting",
        "attempts": "0",
        "next_try_at": "2026-01-01 00:00:00",
        "headers": "{}",
        "is_secret": "0",
        "is_signed": "0",
        "is_encrypted": "0",
    }
    fields = [field for field in OutboxMail._meta.concrete_fields if not (field.null or field.primary_key)]
    facts |= {field.attname: "" for field in fields if field.attname not in facts}
    names, values = ", ".join(f'"{name}"' for name in facts), ", ".join(f"'{value}'" for value in facts.values())
    installation.write(f"INSERT INTO core_outboxmail ({names}) VALUES ({values})")


@pytest.mark.long
def test_ctrl_c_ends_it_within_seconds_whatever_clients_and_jobs_do(installation: Installation, tmp_path: Path) -> None:
    _post_a_letter(installation)
    with (
        a_mail_server_that_never_ends_its_sentence() as (mail_port, is_called),
        up(
            installation,
            tmp_path / "log",
            FLOREO_SMTP=f"smtp://127.0.0.1:{mail_port}",
            FLOREO_WEB_PROCESSES="2",
        ) as running,
        socket.create_connection(("127.0.0.1", running.port)) as half_a_header,
        socket.create_connection(("127.0.0.1", running.port)) as half_a_body,
    ):
        half_a_header.sendall(b"GET / HTTP/1.1\r\nHost: local")
        half_a_body.sendall(b"POST /search/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc")
        assert is_called.wait(PATIENCE)  # so a job is running
        family = running.family()
        assert len(family) >= 5  # supervisor, worker, server, two that answer, and whatever a job has begun
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(PROMISE) == 0
        assert family & set(_processes()) == set()
    output = (tmp_path / "log").read_text()
    assert "Traceback" not in output
    assert re.search(r"stopped in the middle of: [a-z, ]*\bmail\b", output)  # and of what else was running


@pytest.mark.long
def test_a_killed_worker_comes_back_and_nothing_is_orphaned_when_all_of_it_is_killed(
    installation: Installation, tmp_path: Path
) -> None:
    with up(installation, tmp_path / "log") as running:
        (worker,) = running.children("worker")
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: running.children("worker") - {worker}, "no other worker came")
        assert "The worker ended (signal 9). It is started again" in (tmp_path / "log").read_text()
        lock = installation.folder / "worker.lock"
        left = f"process {worker}\n"  # the dead one's words stay in the file until the next takes it
        eventually(lambda: "floreo worker" in (text := lock.read_text()) and left not in text, "it took no lock")
        another = installation.run_anew("worker")
        assert (another.returncode, "runs already on the data folder" in another.stdout) == (1, True)
        family = running.family()
        running.process.kill()
        running.process.wait()
        with up(
            installation, tmp_path / "again", port=running.port
        ) as again:  # at once: what is left behind is waited for
            assert not family & set(_processes()), "somebody serves on without parents"
            assert again.children("worker")


@pytest.mark.long
def test_a_second_start_on_a_port_or_a_data_folder_is_refused_with_a_sentence(
    installation: Installation, tmp_path: Path
) -> None:
    with up(installation, tmp_path / "log", word="web", healthy="worker not at work") as running:
        elsewhere = Installation(tmp_path / "elsewhere").run_anew("up", "--port", running.port)
        again = installation.run_anew("up", "--port", free_port())
        assert running.health() == "worker not at work"
        running.process.terminate()
        assert running.process.wait(PROMISE) == 0
    assert (elsewhere.returncode, elsewhere.stdout, elsewhere.stderr) == (
        1,
        f"Another program listens on port {running.port} already. Stop it first, or give another with --port.\n",
        "",
    )
    taken = f"Floreo runs already on the data folder {installation.folder} (floreo web at 127.0.0.1:{running.port}, process "
    assert (again.returncode, again.stdout.startswith(taken)) == (1, True)
    assert not (tmp_path / "elsewhere" / "floreo.sqlite3").exists()


def test_a_number_that_is_no_port_is_refused_with_a_sentence(tmp_path: Path) -> None:
    done = Installation(tmp_path).run_anew("up", "--port", 70_000)
    output = "70000 is no port. Use a number from 1 to 65535.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, output, "")


def test_an_address_that_this_machine_does_not_have_is_refused_with_a_sentence(tmp_path: Path) -> None:
    done = Installation(tmp_path).run_anew("web", "--host", "192.0.2.1", "--port", free_port())
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("192.0.2.1, port ")
