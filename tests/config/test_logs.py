"""What is written into the log opens nothing."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings

from floreo.config.logs import Plain
from floreo.core.private_routes import PRIVATE_ROUTES, PROXY_PATTERN

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / "deploy" / "nginx.conf.example").read_text()
KEYED = [
    f"{language}/{route.path}/2-SECRET{more}"
    for route in PRIVATE_ROUTES
    for language in ("", "/es")
    for more in ("/", ".ics", "/findings.csv", "/?done=1", "")
]


@pytest.mark.parametrize("address", KEYED)
def test_no_line_of_the_log_holds_a_key(address: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "%s: %s", ("Conflict", address), None)
    error = ValueError(f"at http://localhost:8000{address}")
    record.exc_info = (ValueError, error, None)
    output = Plain("%(levelname)s %(message)s").format(record)
    assert output.startswith("WARNING Conflict: /")
    assert (
        Plain("%(message)s").format(logging.makeLogRecord({"msg": f"next={quote(address, safe='')}"})).count("…") == 1
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
    assert {f["()"] for f in logs["formatters"].values()} == {"floreo.config.logs.Plain"}
    assert {h["formatter"] for h in logs["handlers"].values()} == {"plain"}


def test_the_proxy_writes_none_of_them_down_either() -> None:
    """The example names exactly what is declared; plain HTTP, where only redirects are, is not written down at all."""
    quiet = re.findall(r"location ~ (\S+) \{\s+access_log off;\s+error_log /dev/null;", EXAMPLE)
    assert quiet == [PROXY_PATTERN]
    assert all(re.match(PROXY_PATTERN, address) for address in KEYED)
    assert not re.match(PROXY_PATTERN, "/reports/")
    assert not re.match(PROXY_PATTERN, "/workspace/findings/17/")
    assert re.search(r"access_log off;[^}]*\s+error_log /dev/null;\s+return 301", EXAMPLE)
