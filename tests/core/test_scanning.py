"""Files are looked at by a virus scanner before they are kept: by the real clamd where it is installed, and its protocol word for word."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from floreo.config import doctor, readiness
from floreo.core import scanning, security_events
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.scanning import AWAY, TOO_LARGE, Away, Infected, refuse_infected, scanned
from floreo.evidence.actions import store_file
from floreo.evidence.models import Evidence
from floreo.feeds.collectors import blobs
from floreo.feeds.collectors.blobs import store_bytes

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LATE_IN_A_TEXT = b"A harmless beginning.\n" * 400 + EICAR  # where no look at the first bytes finds it


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a clamd that knows one signature and takes a megabyte."""
    if CLAMD is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "ours.ndb").write_text(f"Floreo.Test.Eicar:0:*:{EICAR.hex()}\n")
    where = folder / "s"
    settings = {
        "LocalSocket": where,
        "DatabaseDirectory": folder / "db",
        "Foreground": "yes",
        "StreamMaxLength": "1M",
        "LogFile": folder / "log",
        "DisableCache": "yes",
    }
    (folder / "conf").write_text("".join(f"{name} {text}\n" for name, text in settings.items()))
    with subprocess.Popen(
        [CLAMD, "-c", folder / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        with override_settings(CLAMD=str(where)):
            while not scanning.is_there():
                assert process.poll() is None, (folder / "log").read_text()
        yield str(where)
        process.terminate()


def test_the_real_scanner_finds_what_it_knows_and_nothing_else(clamd: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(LATE_IN_A_TEXT)
    with override_settings(CLAMD=clamd):
        for source in (tmp_path / "a", LATE_IN_A_TEXT, io.BytesIO(LATE_IN_A_TEXT)):
            found = scanned(source)
            assert found is not None
            assert found.signature.startswith("Floreo.Test.Eicar")
        assert scanned(b"harmless") is None
        with pytest.raises(Refused) as caught:
            refuse_infected(b"x" * (3 << 20), name="a.bin")
    assert caught.value.code == TOO_LARGE


def test_the_real_scanner_keeps_an_infected_file_out_and_it_is_an_event(
    clamd: str, db: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with override_settings(CLAMD=clamd, DATA=tmp_path), pytest.raises(Refused) as caught:
        store_file(SimpleUploadedFile("notes.txt", LATE_IN_A_TEXT), by=SYSTEM)
    assert caught.value.code == "infected"
    assert "notes.txt" in str(caught.value.sentence)
    assert not Evidence.objects.exists()
    events = [record.event for record in caplog.records if hasattr(record, "event")]
    assert [(e["kind"], "notes.txt" in e["what"]) for e in events] == [(security_events.Kind.INFECTED, True)]
    with override_settings(CLAMD=clamd, DATA=tmp_path):
        with pytest.raises(Refused):
            store_bytes(io.BytesIO(EICAR), name="report.csv")
        assert [p for p in blobs.folder().rglob("*") if p.is_file()] == []
        assert store_bytes(io.BytesIO(b"ip\n192.0.2.1\n"), name="report.csv").path.exists()


# The protocol, by a server that answers as one wishes


@contextmanager
def speaking(answer: Callable[[socket.socket], None], where: Path) -> Iterator[str]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(where))
        server.listen()

        def serve() -> None:
            talk, _address = server.accept()
            with talk:
                answer(talk)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield str(where)
        thread.join()


def whole(talk: socket.socket) -> bytes:
    """A stream to its end."""
    found = b""
    while not found.endswith(b"\0\0\0\0"):
        found += talk.recv(65536)
    return found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"stream: OK\0", None),
        (b"stream: Win.Test FOUND\0", Infected("Win.Test")),
        (b"stream: a\nb\x07 FOUND\0", Infected("ab")),
    ],
)
def test_a_file_is_sent_whole_and_the_answer_understood(said: bytes, expected: object, tmp_path: Path) -> None:
    heard = []

    def answer(talk: socket.socket) -> None:
        heard.append(whole(talk))
        talk.sendall(said[:5])
        talk.sendall(said[5:])

    with speaking(answer, tmp_path / "s") as where, override_settings(CLAMD=where):
        assert scanned(b"hello") == expected
    assert heard == [b"zINSTREAM\0\0\0\0\5hello\0\0\0\0"]


@pytest.mark.parametrize(
    "said", [b"", b"stream: OK", b"stream: ", b"stream: nonsense\0", b"UNKNOWN COMMAND\0", b"x" * 9000]
)
def test_an_answer_that_breaks_off_or_says_nothing_known_is_no_clean_bill(said: bytes, tmp_path: Path) -> None:
    def answer(talk: socket.socket) -> None:
        whole(talk)
        talk.sendall(said)

    with speaking(answer, tmp_path / "s") as where, override_settings(CLAMD=where), pytest.raises(Refused) as caught:
        refuse_infected(b"hello", name="a.txt")
    assert caught.value.code == AWAY


def test_a_scanner_that_takes_no_more_is_understood_while_it_is_still_sent_to(tmp_path: Path) -> None:
    def answer(talk: socket.socket) -> None:
        talk.recv(1000)
        talk.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        talk.shutdown(socket.SHUT_RD)

    with speaking(answer, tmp_path / "s") as where, override_settings(CLAMD=where), pytest.raises(Refused) as caught:
        refuse_infected(b"x" * (20 << 20), name="a.bin")
    assert caught.value.code == TOO_LARGE


def test_a_scanner_that_does_not_answer_in_time_lets_nothing_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.1)
    over = threading.Event()

    def answer(talk: socket.socket) -> None:
        whole(talk)
        over.wait()

    with speaking(answer, tmp_path / "s") as where, override_settings(CLAMD=where):
        with pytest.raises(Refused) as caught:
            refuse_infected(b"hello", name="a.txt")
        over.set()
    assert caught.value.code == AWAY


@pytest.mark.parametrize("where", ["/no/such/socket", "127.0.0.1:1", "nonsense", "host:", ":3310"])
def test_a_scanner_that_is_named_and_away_lets_nothing_in_and_is_named_where_one_looks(where: str) -> None:
    with override_settings(CLAMD=where):
        with pytest.raises(Refused) as caught:
            refuse_infected(b"hello", name="a.txt")
        assert (caught.value.code, readiness.scanner().ok) == (AWAY, False)
        (found,) = doctor.MACHINE["virus scanner"]()
        assert found.state == doctor.BAD


def test_without_a_scanner_nothing_is_asked() -> None:
    refuse_infected(EICAR, name="a.txt")
    with pytest.raises(Away):
        scanned(EICAR)
    assert readiness.scanner().ok
