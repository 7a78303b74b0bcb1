"""What is shipped for one small server: units that systemd accepts, and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service")) + sorted((ROOT / "deploy").glob("*.timer"))


def test_the_units_are_those_that_the_guide_names() -> None:
    assert {u.name for u in UNITS} == {
        "floreo-web.service",
        "floreo-worker.service",
        "floreo-backup.service",
        "floreo-backup.timer",
    }


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_systemd_accepts_each_unit(unit: Path, tmp_path: Path) -> None:
    """With the programme where this machine has one, as the real one is not installed here."""
    for each in UNITS:
        (tmp_path / each.name).write_text(each.read_text().replace("/opt/floreo/venv/bin/floreo", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in (done.stdout + done.stderr).splitlines() if "floreo" in line]
    assert (done.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda u: u.name)
def test_each_service_runs_as_nobody_important_and_sees_little(unit: Path) -> None:
    output = unit.read_text()
    for line in (
        "User=floreo",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=\n",
        "UMask=0077",
    ):
        assert line in output


def test_every_setting_is_described_and_every_described_one_is_read() -> None:
    """Names in the code, in the guide and in the example agree."""
    code = "".join((ROOT / "floreo" / "config" / n).read_text() for n in ("settings.py", "cli.py", "environment.py"))
    read = set(re.findall(r"\"(FLOREO_[A-Z_]+|DATABASE_URL)\"", code)) | {"FLOREO_SECRET_KEY_FILE"}
    described = set(
        re.findall(r"`(FLOREO_[A-Z_]+|DATABASE_URL)`", (ROOT / "docs" / "guide" / "settings.md").read_text())
    )
    assert read - described == set()
    assert described - read == set()
    example = (ROOT / "deploy" / "environment.example").read_text()
    assert set(re.findall(r"(?m)^#? ?([A-Z_]+)=", example)) <= read
