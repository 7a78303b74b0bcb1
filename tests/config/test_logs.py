"""What is written into the log opens nothing."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from floreo.config.logs import Plain

ROOT = Path(__file__).resolve().parents[2]
KEYED = [
    reverse("portal:answer", args=["17-1~SECRET"]),
    reverse("portal:calendar", args=["3-2~SECRET"]),
    reverse("welcome", args=["SECRET"]),
    reverse("organisations:invitation", args=["SECRET"]),
    "/account/password/reset/key/2-SECRET/",
    "/es/answer/17-1~SECRET/?done=1",
]


@pytest.mark.parametrize("address", KEYED)
def test_no_line_of_the_log_holds_a_key(address: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "%s: %s", ("Conflict", address), None)
    error = ValueError(f"at http://localhost:8000{address}")
    record.exc_info = (ValueError, error, None)
    said = Plain("%(levelname)s %(message)s").format(record)
    assert said.startswith("WARNING Conflict: /")
    assert "SECRET" not in said


def test_other_lines_are_left_as_they_are() -> None:
    for said in ("Not Found: /reports/2025-2028/2026-q3/", "the answer/calendar of 2026 is 42"):
        assert Plain("%(message)s").format(logging.makeLogRecord({"msg": said})) == said


def test_every_line_is_written_so() -> None:
    logs: dict[str, Any] = settings.LOGGING
    assert {f["()"] for f in logs["formatters"].values()} == {"floreo.config.logs.Plain"}
    assert {h["formatter"] for h in logs["handlers"].values()} == {"plain"}


@pytest.mark.parametrize("address", KEYED)
def test_the_proxy_writes_none_of_them_down_either(address: str) -> None:
    said = (ROOT / "deploy" / "nginx.conf.example").read_text()
    found = re.search(r"location ~ (\S+) \{\s+access_log off;", said)
    assert found is not None
    assert re.match(found[1], address)
    assert not re.match(found[1], "/reports/")
