"""Timestamps over signed heads, by an authority that nobody here wrote: `openssl ts` behind a server on loopback."""

from __future__ import annotations

import base64
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from floreo.config.heads import key, sign_and_send
from floreo.core import clock, heads, timestamps
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import SignedHead
from tests.core.test_audit import make
from tests.loopback import POLL

CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> bytes:
    return subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True).stdout


def make_authority(folder: Path) -> None:
    """A root and a signer of timestamps, in `folder`."""
    folder.mkdir()
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    new = ("req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes")
    openssl(
        folder,
        *new,
        "-x509",
        "-days",
        "30",
        "-subj",
        "/CN=Root",
        "-extensions",
        "root",
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
    )
    openssl(folder, *new, "-subj", "/CN=Timestamps", "-keyout", "signer.key", "-out", "signer.csr")
    signed = (
        "-CA",
        "root.pem",
        "-CAkey",
        "root.key",
        "-CAcreateserial",
        "-days",
        "20",
        "-extfile",
        "tsa.cnf",
        "-extensions",
        "signer",
    )
    openssl(folder, "x509", "-req", "-in", "signer.csr", *signed, "-out", "signer.pem")


@dataclass
class Authority:
    """Answers on loopback; `spoil` makes something else of what openssl gave."""

    folder: Path
    address: str = ""
    spoil: Callable[[bytes], bytes | int] = lambda given: given
    asked: list[bytes] = field(default_factory=list)

    def answer(self, query: bytes) -> bytes | int:
        self.asked.append(query)
        (self.folder / "query").write_bytes(query)
        return self.spoil(openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query"))

    @property
    def roots(self) -> list[Any]:
        return timestamps.roots_of((self.folder / "root.pem").read_bytes())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authorities")
    for name in ("one", "another"):
        make_authority(folder / name)
    return folder


@pytest.fixture
def authority(made: Path) -> Iterator[Authority]:
    found = Authority(made / "one")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            given = found.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(given if isinstance(given, int) else 200)
            self.end_headers()
            if isinstance(given, bytes):
                self.wfile.write(given)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
        found.address = f"http://127.0.0.1:{server.server_port}/tsr"
        yield found
        server.shutdown()


@pytest.mark.long
def test_what_it_gives_holds_here_and_for_openssl(authority: Authority, tmp_path: Path) -> None:
    stamp = timestamps.ask("a head\n", address=authority.address, roots=authority.roots)
    at = timestamps.moment(stamp, "a head\n", roots=authority.roots)
    assert abs(at.replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(minutes=10)
    (tmp_path / "head.txt").write_text("a head\n")
    (tmp_path / "head.tsr").write_bytes(base64.b64decode(stamp))
    verify = ("ts", "-verify", "-data", "head.txt", "-in", "head.tsr", "-CAfile", str(authority.folder / "root.pem"))
    openssl(tmp_path, *verify)
    (tmp_path / "head.txt").write_text("another head\n")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(tmp_path, *verify)
    with pytest.raises(timestamps.NoTimestamp, match="over this text"):
        timestamps.moment(stamp, "another head\n", roots=authority.roots)


def test_what_is_no_timestamp_of_that_authority_is_none(authority: Authority, made: Path) -> None:
    theirs = timestamps.roots_of((made / "another" / "root.pem").read_bytes())
    with pytest.raises(timestamps.NoTimestamp):
        timestamps.ask("a head", address=authority.address, roots=theirs)
    kept = base64.b64decode(timestamps.ask("a head", address=authority.address, roots=authority.roots))
    spoilt: list[Callable[[bytes], bytes | int]] = [
        lambda _given: kept,  # over the same text, but given to an earlier question
        lambda given: given[:-9] + b"\x00" * 9,
        lambda _given: b"",
        lambda _given: b"<html>Sign in to the hotel's network</html>",
        lambda given: given + b"x" * 70_000,
        lambda _given: 500,
        lambda _given: 302,
    ]
    for authority.spoil in spoilt:
        with pytest.raises(timestamps.NoTimestamp):
            timestamps.ask("a head", address=authority.address, roots=authority.roots)
    with pytest.raises(timestamps.NoTimestamp, match="did not answer"):
        timestamps.ask("a head", address="http://127.0.0.1:9/", roots=authority.roots)


@pytest.mark.django_db
def test_a_head_gets_one_a_day_and_goes_out_without_where_the_authority_is_away(
    authority: Authority, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HEAD_KEY_FILE, settings.HEADS_FILE = str(tmp_path / "key.pem"), str(tmp_path / "heads.jsonl")
    settings.TIMESTAMPS, settings.TIMESTAMPS_CA = authority.address, str(authority.folder / "root.pem")
    authority.spoil = lambda _given: 503
    make(by=SYSTEM, code="a")
    with pytest.raises(Refused, match="The newest head has no timestamp: the authority did not answer"):
        sign_and_send()
    assert (SignedHead.objects.get().timestamp, (tmp_path / "heads.jsonl").read_text().count("\n")) == ("", 1)
    authority.spoil = lambda given: given
    for code in ("b", "c"):
        make(by=SYSTEM, code=code)
        sign_and_send()
    now = clock.machine()
    monkeypatch.setattr(clock, "machine", lambda: now + timedelta(days=1))
    make(by=SYSTEM, code="d")
    sign_and_send()
    rows = list(SignedHead.objects.order_by("number"))
    assert [bool(row.timestamp) for row in rows] == [False, True, False, True]
    lines = [heads.as_line(row) for row in rows]
    assert (tmp_path / "heads.jsonl").read_text().splitlines() == lines
    trusted = [heads.public_text(key())]
    assert list(heads.problems(lines, trusted=trusted, authority=authority.roots)) == []
    moved = lines[3].replace(rows[3].timestamp, rows[1].timestamp)
    (problem,) = heads.problems([*lines[:3], moved], trusted=trusted, authority=authority.roots)
    assert problem.startswith("Line 4: the timestamp is not that of the authority")
    authority.folder.joinpath("empty.pem").write_text("no certificate")
    settings.TIMESTAMPS_CA = str(authority.folder / "empty.pem")
    monkeypatch.setattr(clock, "machine", lambda: now + timedelta(days=2))
    make(by=SYSTEM, code="e")
    with pytest.raises(Refused, match="holds no certificate"):
        sign_and_send()
