"""What is shipped for one small server: units that systemd accepts, and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from floreo.config import environment

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service")) + sorted((ROOT / "deploy").glob("*.timer"))


def test_the_units_are_those_that_the_guide_names() -> None:
    assert {u.name for u in UNITS} == {
        "floreo-web.service",
        "floreo-worker.service",
        "floreo-backup.service",
        "floreo-backup.timer",
    }


@pytest.mark.first_cases(2)
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
    examples = [path.read_text() for path in (ROOT / "deploy").glob("*environment.example")]
    assert set(re.findall(r"(?m)^#? ?([A-Z_]+)=", "\n".join(examples))) <= read


def test_containers_hold_no_password_and_only_the_secrets_that_they_need() -> None:
    """As compose reads it. What the image itself is: docs/guide/run-in-containers.md says how it was tried."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    secrets = {name: set(service["secrets"]) for name, service in compose["services"].items()}
    program = {"secret_key", "database_program"}
    assert secrets == {
        "database": {"owner_password", "program_password"},
        "migrate": {"secret_key", "database_owner"},
        "prepare": program,
        "web": program,
        "worker": program | {"smtp_password", "head_key", "certificate_key"},
    }
    made = (ROOT / "deploy" / "containers" / "secrets.sh").read_text()
    assert (
        set(re.findall(r"secrets/(\w+)(?: 2>|\n)", made)) == set(compose["secrets"]) == set().union(*secrets.values())
    )
    described = (ROOT / "docs" / "guide" / "settings.md").read_text()
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        if name != "database":
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
            for setting, value in service["environment"].items():
                assert f"`{setting.removesuffix('_FILE')}`" in described or f"`{setting}`" in described, setting
                if setting.removesuffix("_FILE") in CONFIDENTIAL | {"FLOREO_SECRET_KEY"} - {"FLOREO_SMTP"}:
                    assert setting == "FLOREO_SMTP" or str(value).startswith("/run/secrets/"), (name, setting)
    image = (ROOT / "Containerfile").read_text()
    assert re.findall(r"(?m)^USER (.+)$", image) == ["10001:10001"]
    assert image.index("USER 10001") > image.rindex("RUN ")


CONFIDENTIAL = set(re.findall(r"confidential\(\"([A-Z_]+)", (ROOT / "floreo" / "config" / "settings.py").read_text()))


def set_in(name: str) -> set[str]:
    return set(re.findall(r"(?m)^#? ?([A-Z_]+)=", (ROOT / "deploy" / name).read_text()))


def test_each_service_gets_only_the_passwords_that_it_needs() -> None:
    """Names of the examples, and which unit reads which file."""
    without_passwords = {"DATABASE_URL", "FLOREO_SMTP"}  # the examples name the user alone
    assert set_in("environment.example") & CONFIDENTIAL <= without_passwords
    shared = (ROOT / "deploy" / "environment.example").read_text()
    assert not re.search(r"(?m)^#? ?[A-Z_]+=\S*://[^/@\s]*:[^/@\s]*@", shared)
    assert set_in("worker.environment.example") & CONFIDENTIAL == {
        "FLOREO_SMTP_PASSWORD",
        "FLOREO_BOUNCE_IMAP",
        "FLOREO_FEED_IMAP",
        "FLOREO_INCIDENT_IMAP",
    }
    assert set_in("web.environment.example") & CONFIDENTIAL == {"FLOREO_OIDC_SECRET", "FLOREO_METRICS_TOKEN"}
    files = {
        u.stem: re.findall(r"(?m)^EnvironmentFile=-?(\S+)$", u.read_text()) for u in UNITS if u.suffix == ".service"
    }
    assert files == {
        "floreo-web": ["/etc/floreo/environment", "/etc/floreo/web.environment"],
        "floreo-worker": ["/etc/floreo/environment", "/etc/floreo/worker.environment"],
        "floreo-backup": ["/etc/floreo/environment"],
    }


def test_a_password_may_be_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://floreo:word@host/floreo\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert environment.confidential("DATABASE_URL") == "postgresql://floreo:word@host/floreo"
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(environment.BadSetting, match=r"DATABASE_URL_FILE is .* cannot be read"):
        environment.confidential("DATABASE_URL")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///x")
    assert environment.confidential("DATABASE_URL") == "sqlite:///x"
