"""Every setting is described, and every described setting exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from floreo.config import environment

ROOT = Path(__file__).resolve().parents[2]


def test_the_guide_and_the_code_name_the_same_settings() -> None:
    code = (ROOT / "floreo" / "config" / "settings.py").read_text() + (
        ROOT / "floreo" / "config" / "environment.py"
    ).read_text()
    named = set(re.findall(r'"(FLOREO_[A-Z_]+|DATABASE_URL)"', code))
    guide = set(re.findall(r"`(FLOREO_[A-Z_]+|DATABASE_URL)`", (ROOT / "docs" / "guide" / "settings.md").read_text()))
    assert guide - {"FLOREO_SECRET_KEY_FILE"} == named


@pytest.mark.parametrize("given", ["0", "65", "many", "-1", "²"])
def test_a_number_of_processes_that_cannot_be_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOREO_WEB_PROCESSES", given)
    with pytest.raises(environment.BadSetting, match="FLOREO_WEB_PROCESSES is"):
        environment.web_processes()


def test_a_database_over_a_network_is_asked_for_its_certificate() -> None:
    url = "postgresql://floreo@db.example.org/floreo?sslmode=verify-full&sslrootcert=/etc/floreo/ca.pem&host=/run"
    found = environment.database(url, default_file=Path("none"))
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/etc/floreo/ca.pem"}
