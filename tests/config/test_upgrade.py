"""An upgrade and the way back, rehearsed: backup, newer version, and the old state again from the backup."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.config.installation import Installation, prepared

pytestmark = pytest.mark.long  # an older wheel is installed

NEWER = ("tasks", "0001_initial")  # what an earlier version did not have yet


def state(one: Installation) -> list[tuple[str, str]]:
    return [(app, name) for app, name in one.rows("SELECT app, name FROM django_migrations ORDER BY app, name")]


def has_tasks(one: Installation) -> bool:
    return one.rows("SELECT name FROM sqlite_master WHERE name = 'tasks_reminder'") != []


def links(one: Installation) -> list[tuple[object, ...]]:
    return one.rows("SELECT * FROM core_onetimelink")


def an_earlier_version(folder: Path) -> Installation:
    """A database as an earlier version left it, with a chain and a link that nobody has used."""
    one = prepared(folder)
    assert one.run("admin-link").returncode == 0
    one.manage("migrate", "tasks", "zero")
    return one


def test_an_upgrade_keeps_everything_and_the_backup_leads_back(tmp_path: Path) -> None:
    one = an_earlier_version(tmp_path / "data")
    earlier, unused = state(one), links(one)
    assert (has_tasks(one), len(unused)) == (False, 1)

    examined = one.run("doctor", "--json")
    found = {f["check"]: f for f in json.loads(examined.stdout)["findings"]}
    assert (examined.returncode, found["migrations"]["state"]) == (1, "bad")
    assert found["migrations"]["text"] == "The database is older than the programme."
    made = one.run("backup", "--to", tmp_path / "backups")
    assert made.returncode == 0, made.stdout + made.stderr
    assert state(one) == earlier  # neither of the two changed it
    archive = Path(made.stdout.split(": ")[0])

    assert "Preparing the database" in one.run("audit", "verify").stdout  # any other command upgrades
    assert set(state(one)) - set(earlier) == {NEWER}
    assert (has_tasks(one), links(one)) == (True, unused)

    back = one.run("restore", archive, "--replace", "--as-it-was")
    assert back.returncode == 0, back.stdout + back.stderr
    assert state(one) == earlier
    assert (has_tasks(one), links(one)) == (False, unused)
    assert len(list((tmp_path / "data").glob("floreo.before-*.sqlite3"))) == 1

    forward = Installation(tmp_path / "newer")  # a newer version takes an older backup and brings it up
    assert forward.run("restore", archive).returncode == 0
    assert has_tasks(forward)
    assert forward.run("audit", "verify").returncode == 0


def test_a_backup_says_what_made_it(tmp_path: Path) -> None:
    one = prepared(tmp_path / "data")
    assert one.run("admin-link").returncode == 0
    made = one.run("backup", "--to", tmp_path)
    with tarfile.open(made.stdout.split(": ")[0]) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]  # it is a file
    assert {k: manifest[k] for k in ("format", "floreo", "database", "left_out")} == {
        "format": 1,
        "floreo": "0.1.0",
        "database": "sqlite",
        "left_out": ["core_cache", "django_session", "usersessions_usersession"],
    }
    assert manifest["audit"]["number"] == manifest["tables"]["core_auditentry"]["rows"] == 1
    assert all(len(h) == 64 for h in manifest["members"].values())
