"""Security events: what happened at the sign-in, what was refused, taken or opened with a key; in a file, with no secret in it."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from logging.handlers import SysLogHandler, WatchedFileHandler
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from floreo.config import environment
from floreo.config.logs import SecurityEvent
from floreo.core import security_events
from floreo.core.security_events import Kind, log, newest, note
from floreo.organisations.models import Country, User

Browser = Callable[[User], Client]


@pytest.fixture
def stream(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A file of this test's own."""
    settings.SECURITY_LOG = str(tmp_path / "security.jsonl")
    handler, before = WatchedFileHandler(settings.SECURITY_LOG, delay=True), log.handlers[:]
    handler.setFormatter(SecurityEvent())
    log.handlers[:] = [handler]
    yield tmp_path / "security.jsonl"
    log.handlers[:] = before
    handler.close()


def told() -> list[tuple[str, str, str, str]]:
    return [(e.kind, e.who, e.address, e.what) for e in reversed(newest(50))]


def test_what_happens_at_the_sign_in_is_noted(stream: Path, isla: Country, observer: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    for login, word in (
        (observer.email, "wrong"),
        ("my password by mistake", "x"),
        (observer.email, "correct horse battery"),
    ):
        client.post("/account/login/", {"login": login, "password": word})
    TOTP.activate(observer, "JBSWY3DPEHPK3PXP")
    client.post("/account/logout/")
    assert told() == [
        (Kind.SIGN_IN_FAILED, observer.email, "192.0.2.7", ""),
        (Kind.SIGNED_IN, observer.email, "192.0.2.7", ""),
        (Kind.SIGNED_OUT, observer.email, "192.0.2.7", ""),
    ]
    text = stream.read_text()
    assert [secret for secret in ("wrong", "by mistake", "horse", "JBSW") if secret in text] == []


def test_too_many_attempts_are_noted(stream: Path, isla: Country, observer: User) -> None:
    for number in range(7):
        address = f"203.0.113.{number}"
        Client(REMOTE_ADDR=address).post("/account/password/reset/", {"email": observer.email})
    assert told()[-1] == (Kind.SIGN_IN_LIMITED, "", "203.0.113.6", "POST /account/password/reset/ 429")


def test_what_is_refused_and_what_is_taken_is_noted(
    stream: Path, isla: Country, secretariat: User, observer: User, browser_of: Browser
) -> None:
    assert browser_of(observer).get("/workspace/accounts/").status_code == 403
    browser_of(secretariat).get("/workspace/people/?download=csv")
    browser_of(secretariat).get("/workspace/people/")
    assert [event for event in told() if event[0] != Kind.SIGNED_IN] == [
        (Kind.REFUSED, observer.email, "127.0.0.1", "GET /workspace/accounts/ 403"),
        (Kind.FILE_TAKEN, secretariat.email, "127.0.0.1", "GET /workspace/people/?download 200"),
    ]


def test_the_use_of_a_key_is_noted_without_the_key(stream: Path, isla: Country, stranger: Client) -> None:
    stranger.get("/answer/0.168-1~3HYizjxKctQA2a8MTEsNdLrNGWvtWVGQo4mEBj7RDd0/")
    stranger.get("/data/milestones.csv")  # open data: nobody's business
    assert told() == [(Kind.KEY_USED, "", "127.0.0.1", "GET /answer/…/ 404")]
    assert "3HYizjxKct" not in stream.read_text()


def test_the_use_of_a_token_is_noted(stream: Path, isla: Country, stranger: Client) -> None:
    stranger.get("/api/v1/findings", headers={"Authorization": "Bearer made-up-token"})
    ((kind, _who, _address, what),) = told()
    assert (kind, what) == (Kind.TOKEN_REFUSED, "GET /api/v1/findings 401")
    assert "made-up-token" not in stream.read_text()


def test_a_token_that_was_sent_by_http_is_refused_and_noted(
    stream: Path, isla: Country, stranger: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/api/v1/findings/F-17", "/api/v1/", "/api/none"):
        answer = stranger.get(path, headers={"Authorization": "Bearer made-up-token"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "https_only")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert stranger.post("/api/v1/events", {}, content_type="application/json").status_code == 403
    assert stranger.get("/about/").status_code == 301
    assert [event[0] for event in told()] == [Kind.TOKEN_EXPOSED] * 3
    assert told()[0][3] == "GET /api/v1/findings"
    assert "made-up-token" not in stream.read_text()
    assert stranger.get("/api/v1/findings", secure=True).status_code == 401


def test_one_event_is_one_line_whatever_it_holds(stream: Path) -> None:
    note(Kind.REFUSED, None, who='a"\n\u2028é', what="/x\r\n{}" * 100)
    (line,) = stream.read_text().splitlines()
    assert json.loads(line)["who"] == 'a"\n\u2028é'
    assert len(json.loads(line)["what"]) == 300


def test_a_large_file_is_put_aside_and_the_oldest_goes(stream: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_events, "LARGEST", 10)
    for number in range(7):
        note(Kind.REFUSED, None, what=f"event {number}")
        security_events.tidy()
        for path in stream.parent.glob(f"{stream.name}.2*"):
            path.rename(path.with_name(f"{stream.name}.1{number}"))
    security_events.tidy()
    aside = sorted(path.name for path in stream.parent.glob(f"{stream.name}.*"))
    assert aside == [f"{stream.name}.1{number}" for number in range(2, 7)]
    assert [event.what for event in newest(9)] == ["event 6"]


def test_a_line_that_was_cut_off_hides_no_other(stream: Path) -> None:
    note(Kind.REFUSED, None, what="first")
    with stream.open("a") as file:
        file.write('{"time": "2026-11-\n')
    note(Kind.REFUSED, None, what="second")
    assert [event.what for event in newest(9)] == ["second", "first"]
    assert [event.what for event in newest(9, wanted="FIRST")] == ["first"]


def test_the_auditor_reads_them_and_others_do_not(
    stream: Path, isla: Country, user_with: Callable[..., User], browser_of: Browser
) -> None:
    note(Kind.SIGN_IN_FAILED, None, who="<b>somebody@example.org")
    page = browser_of(user_with("auditor")).get("/workspace/security/").content.decode()
    assert "&lt;b&gt;somebody@example.org" in page
    assert "No events match." in browser_of(user_with("secretariat")).get("/workspace/security/?q=zzz").content.decode()
    assert browser_of(user_with("lead")).get("/workspace/security/").status_code == 403


def test_syslog_gets_them_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        given = environment.syslog(f"127.0.0.1:{server.getsockname()[1]}")
        assert given["class"] == "logging.handlers.SysLogHandler"
        handler = SysLogHandler(address=given["address"])  # type: ignore[arg-type]  # checked by the line before
        handler.setFormatter(SecurityEvent())
        handler.emit(logging.makeLogRecord({"event": {"kind": "access.refused"}}))
        handler.close()
        assert b'"kind": "access.refused"' in server.recv(2000)


@pytest.mark.parametrize("address", ["nowhere", ":514", "host:", "host:port"])
def test_a_syslog_that_cannot_be_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(environment.BadSetting, match="FLOREO_SYSLOG"):
        environment.syslog(address)


def test_what_a_record_is_called_is_in_no_event(
    stream: Path, isla: Country, user_with: Callable[..., User], browser_of: Browser
) -> None:
    """The code of evidence comes from its title: whoever reads the events may not know of it."""
    browser_of(user_with("secretariat")).get("/evidence/informant-at-the-harbour/file/")
    browser_of(user_with("lead")).get("/workspace/evidence/informant-at-the-harbour/")
    assert "informant" not in stream.read_text()
