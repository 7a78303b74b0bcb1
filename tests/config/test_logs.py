"""What is written into the log opens nothing."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from floreo.config.logs import Json, Plain
from floreo.core.private_routes import PRIVATE_ROUTES, PROXY_PATTERN
from tests.config.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "deploy" / "nginx.conf.example").read_text()
KEYED = [
    f"{language}/{route.path}/2-SECRET{more}"
    for route in PRIVATE_ROUTES
    for language in ("", "/es", "/pap")  # a pack may name languages of two characters and of three
    for more in ("/", ".ics", "/findings.csv", "/?done=1", "")
]


def test_no_line_of_the_log_holds_a_key() -> None:
    for address in KEYED:
        record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "%s: %s", ("Conflict", address), None)
        error = ValueError(f"at http://localhost:8000{address}")
        record.exc_info = (ValueError, error, None)
        output = Plain("%(levelname)s %(message)s").format(record)
        assert output.startswith("WARNING Conflict: /")
        assert (
            Plain("%(message)s").format(logging.makeLogRecord({"msg": f"next={quote(address, safe='')}"})).count("…")
            == 1
        )
        assert "SECRET" not in output


def test_other_lines_are_left_as_they_are() -> None:
    for output in (
        "Not Found: /reports/2025-2028/2026-q3/",
        "the answer/calendar of 2026 is 42",
        "Forbidden: /workspace/findings/17/answer/",
    ):
        assert Plain("%(message)s").format(logging.makeLogRecord({"msg": output})) == output


def test_every_line_is_written_so() -> None:
    logs: dict[str, Any] = settings.LOGGING
    ours = {"text": "floreo.config.logs.Plain", "json": "floreo.config.logs.Json"}
    classes = {name: formatter["()"] for name, formatter in logs["formatters"].items()}
    assert ours.items() <= classes.items()
    assert all(name.startswith("floreo.config.logs.") for name in classes.values())
    assert {handler["formatter"] for handler in logs["handlers"].values()} <= classes.keys()
    assert (logs["root"]["handlers"], logs["handlers"]["console"]["formatter"]) == (["console"], "text")


def as_json(record: logging.LogRecord) -> dict[str, str]:
    line = Json().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    found: dict[str, str] = json.loads(line)
    return found


def test_no_object_of_the_log_holds_a_key() -> None:
    for address in KEYED:
        record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "%s: %s", ("Conflict", address), None)
        record.exc_info = (ValueError, ValueError(f"at http://localhost:8000{address}"), None)
        record.stack_info = f'Stack (most recent call last):\n  asked for "{address}"'
        output = as_json(record)
        assert list(output) == ["time", "level", "logger", "message", "exception"]
        assert output["exception"].count("…") == 2
        assert "SECRET" not in str(output)


def test_an_object_says_when_how_bad_where_and_what() -> None:
    record = logging.LogRecord(
        "floreo.config.jobs", logging.WARNING, "x", 1, "job %s: línea\u2028two\n“%s”", ("a", 7), None
    )
    record.created = 1_795_773_600.0425
    assert as_json(record) == {
        "time": "2026-11-27T10:00:00.042Z",
        "level": "WARNING",
        "logger": "floreo.config.jobs",
        "message": "job a: línea\u2028two\n“7”",
    }


def test_an_object_holds_the_traceback_and_of_a_request_nothing_more_than_the_line() -> None:
    try:
        int("seven")
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "x", 1, "Error: %s", ("/about/",), sys.exc_info())
    record.request, record.status_code = "GET /about/?word=x from 203.0.113.9", 500
    output = as_json(record)
    assert {name: output[name] for name in ("level", "logger", "message")} == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Error: /about/",
    }
    assert output["exception"].startswith("Traceback (most recent call last):\n")
    assert output["exception"].endswith("\nValueError: invalid literal for int() with base 10: 'seven'")
    assert len(output) == 5


@pytest.mark.long
def test_a_format_that_does_not_exist_is_refused_with_a_sentence(tmp_path: Path) -> None:
    done = Installation(tmp_path, extra={"FLOREO_LOG_FORMAT": "xml"}).run_anew("doctor")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "FLOREO_LOG_FORMAT is 'xml'. Use text or json.\n"


def test_the_proxy_writes_none_of_them_down_either() -> None:
    """The example names exactly what is declared; plain HTTP, where only redirects are, is not written down at all."""
    quiet = re.findall(r"location ~ (\S+) \{\s+access_log off;\s+error_log /dev/null;", EXAMPLE)
    assert quiet == [PROXY_PATTERN]
    assert all(re.match(PROXY_PATTERN, address) for address in KEYED)
    (bulk,) = re.findall(r"location ~ (\S+data/\S+) \{", EXAMPLE)
    assert all(re.match(bulk, f"{language}/data/actions.csv") for language in ("", "/es", "/fr", "/pap"))
    assert not re.match(PROXY_PATTERN, "/reports/")
    assert not re.match(PROXY_PATTERN, "/workspace/findings/17/")
    assert re.search(r"access_log off;[^}]*\s+error_log /dev/null;\s+location / \{\s+return 301", EXAMPLE)


def test_what_somebody_sent_begins_no_line_of_its_own() -> None:
    forged = "/x\r\n2026-11-27 00:00:00 ERROR floreo all is well\u2028\x1b[2J"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (forged,), None)
    for formatter in (Plain("%(levelname)s %(message)s"), Json()):
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line


def test_cookies_of_a_site_with_tls_are_bound_to_its_host(tmp_path: Path) -> None:
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME LANGUAGE_COOKIE_NAME KNOWN_BROWSER_COOKIE"
    code = f"from floreo.config import settings as s; print(*(getattr(s, n) for n in {names.split()!r}), s.SESSION_COOKIE_SECURE)"
    env = {"FLOREO_DATA": str(tmp_path), "FLOREO_ADDRESS": "https://strategy.example.org", "PATH": os.defpath}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    *found, is_secure = done.stdout.split()
    assert ([name[:7] for name in found], is_secure) == (["__Host-"] * 4, "True")
