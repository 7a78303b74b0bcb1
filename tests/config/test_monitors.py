"""`/health/`, `/ready/` and `/metrics` as a monitor asks for them: on this machine, through a proxy, and from elsewhere."""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.config import monitors
from floreo.core import heartbeat
from floreo.core.models import AuditEntry, Schedule
from tests.config.installation import ROOT, Installation, prepared
from tests.config.test_processes import _processes, eventually
from tests.core.mail_server import free_port

TOKEN = "a-long-token-for-tests-only"
HERE, ELSEWHERE = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "203.0.113.9"}
BEARS = f"Bearer {TOKEN}"


@pytest.fixture
def token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


# To whom they open


@pytest.mark.parametrize(
    ("environ", "is_open"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
        ({"REMOTE_ADDR": "127.8.9.10"}, True),
        ({"REMOTE_ADDR": "::1"}, True),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, True),
        ({"REMOTE_ADDR": "::ffff:203.0.113.9"}, False),
        ({"REMOTE_ADDR": "203.0.113.9"}, False),
        ({"REMOTE_ADDR": "10.0.0.1"}, False),
        ({"REMOTE_ADDR": ""}, False),
        ({"REMOTE_ADDR": "localhost"}, False),
        ({}, False),
        # Whoever comes through a proxy on this machine, whatever they write about themselves.
        (HERE | {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        (HERE | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        (HERE | {"HTTP_X_FORWARDED_FOR": ""}, False),
        (HERE | {"HTTP_X_FORWARDED_PROTO": "https"}, False),
        (HERE | {"HTTP_FORWARDED": "for=203.0.113.9"}, False),
        (HERE | {"HTTP_X_REAL_IP": "203.0.113.9"}, False),
        (HERE | {"HTTP_VIA": "1.1 proxy"}, False),
        (ELSEWHERE | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
    ],
)
def test_whether_everything_is_there_is_said_to_this_machine_alone(environ: dict[str, str], is_open: bool) -> None:
    assert monitors.opens("/ready/", environ) is is_open


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("bears", "is_open"),
    [
        (BEARS, True),
        (f"bearer  {TOKEN} ", True),
        (f"Basic {TOKEN}", False),
        (TOKEN, False),
        (f"Bearer {TOKEN}x", False),
        (f"Bearer {TOKEN[:-1]}", False),
        ("Bearer ", False),
        ("Bearer \udcff\u0441", False),
        ("", False),
    ],
)
def test_figures_and_from_elsewhere_everything_need_the_token(bears: str, is_open: bool) -> None:
    assert monitors.opens("/metrics", HERE | {"HTTP_AUTHORIZATION": bears}) is is_open
    assert monitors.opens("/metrics", ELSEWHERE | {"HTTP_AUTHORIZATION": bears}) is is_open
    assert monitors.opens("/ready/", ELSEWHERE | {"HTTP_AUTHORIZATION": bears}) is is_open


@pytest.mark.parametrize("bears", ["Bearer", "Bearer ", "Bearer none", ""])
def test_without_a_token_in_the_settings_nobody_has_it(bears: str) -> None:
    assert not monitors.opens("/metrics", HERE | {"HTTP_AUTHORIZATION": bears})


def test_the_health_check_opens_to_everybody_and_nothing_else_does() -> None:
    assert monitors.opens("/health/", ELSEWHERE)
    assert [path for path in ("/", "/ready", "/metrics/", "/es/ready/", "/about/") if monitors.opens(path, HERE)] == []


# What they answer


@pytest.mark.usefixtures("isla", "token")
def test_to_whom_they_do_not_open_they_are_pages_that_do_not_exist(stranger: Client) -> None:
    missing = stranger.get("/no-such-page/", REMOTE_ADDR="203.0.113.9")
    for path in ("/ready/", "/metrics"):
        given = stranger.get(path, REMOTE_ADDR="203.0.113.9")
        assert (path, given.status_code) == (path, 404)
        assert given.headers["Content-Type"] == missing.headers["Content-Type"]
        assert given.content.decode().replace(path, "/no-such-page/") == missing.content.decode()
    assert stranger.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("token")
def test_when_everything_is_there_it_says_so_and_writes_nothing(stranger: Client) -> None:
    heartbeat.beat()
    Schedule.objects.filter(name="mail").delete()
    given = stranger.get("/ready/", REMOTE_ADDR="127.0.0.1")
    assert (given.status_code, given.headers["Content-Type"]) == (200, "application/json")
    assert given.json() == {
        "ready": True,
        "checks": {
            "disk": {"ok": True, "text": "There is room for the data."},
            "database": {"ok": True, "text": "The database answers and fits the program."},
            "worker": {"ok": True, "text": "The worker is at work."},
            "mail": {"ok": True, "text": "No e-mail waits longer than it should."},
            "signing": {"ok": True, "text": "No e-mail waits for a key of the team."},
            "virus scanner": {"ok": True, "text": "No virus scanner is named."},
        },
    }
    assert "no-store" in given.headers["Cache-Control"]
    figures = stranger.get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=BEARS)
    assert (figures.status_code, figures.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "\nfloreo_up 1\n" in figures.content.decode()
    assert (AuditEntry.objects.count(), Schedule.objects.count()) == (0, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("token")
def test_they_are_only_looked_at(stranger: Client) -> None:
    for path in ("/ready/", "/metrics"):
        assert stranger.post(path, HTTP_AUTHORIZATION=BEARS).status_code == 405
        assert stranger.head(path, HTTP_AUTHORIZATION=BEARS).content == b""


def test_the_health_check_answers_when_the_database_is_away_and_pages_are_kept(stranger: Client, settings: Any) -> None:
    settings.KEEP_PAGES_SECONDS = 60  # as on a server: the pages that are kept are asked for with the database's help
    given = stranger.get("/health/")  # none of our tests reaches a database that it did not ask for
    assert (given.status_code, given.content) == (503, b"database unreachable\n")


@pytest.mark.django_db
@pytest.mark.usefixtures("token")
def test_the_token_is_never_written_into_the_log(stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for bears in (BEARS, f"Basic {TOKEN}", f"Bearer {TOKEN}-wrong"):
        for path in ("/ready/", "/metrics"):
            stranger.get(path, REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=bears)
    assert "Not Found: /metrics" in caplog.text
    assert TOKEN not in caplog.text


def test_a_database_that_never_answers_is_not_waited_for(tmp_path: Path) -> None:
    """A server takes the connection and says nothing: the disk is seen nevertheless."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://floreo@127.0.0.1:{silent.getsockname()[1]}/floreo"
        found = json.loads(Installation(tmp_path, database=url).page("/ready/"))
    assert found["ready"] is False
    assert {name: check["ok"] for name, check in found["checks"].items()} == {
        "disk": True,
        "database": False,
        "worker": False,
        "mail": False,
        "signing": False,
        "virus scanner": False,
    }
    assert found["checks"]["database"]["text"] == "This could not be looked at in time."


# As the server gives it


@dataclass
class Site:
    """A `floreo web` without a worker, whose address is https, behind a proxy that is not there."""

    installation: Installation
    server: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def lines(self) -> list[dict[str, str]]:
        """Of its log, without what the supervisor says on the terminal."""
        text = self.log.read_text().splitlines()
        return [json.loads(line) for line in text if not line.startswith(("Floreo is at ", "Stop it "))]


def as_the_server(test: Callable[..., None]) -> Callable[..., None]:
    """What asks the server: all by one worker of the tests, which starts it once. The views have tests of their own above."""
    made: Callable[..., None] = pytest.mark.long(pytest.mark.one_database(pytest.mark.xdist_group("monitors")(test)))
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("data"), free_port()
    installation, log = prepared(folder), folder / "web.log"
    more = {
        "FLOREO_ADDRESS": "https://strategy.example.org",
        "FLOREO_BEHIND_PROXY": "true",
        "FLOREO_METRICS_TOKEN": TOKEN,
        "FLOREO_LOG_FORMAT": "json",
        "FLOREO_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "floreo.config.cli", "--data", str(folder), "--pack", "isla-prueba", "web"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env=installation.env() | more, stdout=out, stderr=out
        )
    found = Site(installation, server, port, log)
    try:
        eventually(lambda: found.ask("/health/")[0], "it never answered")
        yield found
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@as_the_server
def test_a_monitor_on_the_machine_needs_neither_tls_nor_the_name_of_the_site(site: Site) -> None:
    for host in (f"127.0.0.1:{site.port}", "localhost", "strategy.example.org"):
        assert site.ask("/health/", Host=host) == (503, "worker not at work\n")
        status, text = site.ask("/ready/", Host=host)
        assert (status, json.loads(text)["checks"]["database"]["ok"]) == (503, True)
        assert site.ask("/about/", Host=host)[0] == 301


@as_the_server
def test_a_proxy_lets_nobody_pass_for_this_machine(site: Site) -> None:
    through = {"X_Forwarded_For": "127.0.0.1", "X_Forwarded_Proto": "https", "Host": "strategy.example.org"}
    assert site.ask("/ready/", **through)[0] == 404
    assert site.ask("/health/", **through)[0] == 503
    assert site.ask("/ready/", **through, Authorization=BEARS)[0] == 503
    assert site.ask("/metrics", **through, Authorization=BEARS)[0] == 200
    assert site.ask("/metrics")[0] == 404


@as_the_server
def test_whoever_writes_keeps_no_monitor_waiting(site: Site) -> None:
    database = sqlite3.connect(site.installation.sqlite, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        checks = json.loads(site.ask("/ready/")[1])["checks"]
        assert [name for name, check in checks.items() if not check["ok"]] == ["worker"]
        assert "\nfloreo_up 1\n" in site.ask("/metrics", Authorization=BEARS)[1]
    finally:
        database.close()


@pytest.mark.long
@as_the_server
def test_every_line_of_the_log_is_an_object_those_of_the_web_server_too(site: Site) -> None:
    assert site.ask("/metrics", Authorization=f"Bearer {TOKEN}-wrong")[0] == 404
    missing = {"level": "WARNING", "logger": "django.request", "message": "Not Found: /metrics"}
    eventually(lambda: missing in _without_time(site), "what was not found was not written down")
    (serving,) = (pid for pid, (parent, _command) in _processes().items() if parent == site.server.pid)
    answering = [
        pid for pid, (parent, command) in _processes().items() if parent == serving and "tracker" not in command
    ]
    os.kill(answering[-1], signal.SIGKILL)
    died = {"level": "ERROR", "logger": "_granian", "message": "Unexpected exit from worker-1"}
    eventually(lambda: died in _without_time(site), "its end was not written down")
    eventually(lambda: site.ask("/health/")[0], "it did not come back")
    assert TOKEN not in site.log.read_text()


def _without_time(site: Site) -> list[dict[str, str]]:
    return [{name: text for name, text in line.items() if name != "time"} for line in site.lines()]
