"""An upgrade and the way back, rehearsed: backup, newer version, and the old state again from the backup."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

from tests.config.installation import Installation, prepared

BEFORE = ("core", "0003_outbox")  # the leaf of an earlier version


def state(one: Installation) -> list[tuple[str, str]]:
    return [(app, name) for app, name in one.rows("SELECT app, name FROM django_migrations ORDER BY app, name")]


def columns(one: Installation) -> set[str]:
    return {row[1] for row in one.rows("PRAGMA table_info(core_outboxmail)")}


def an_earlier_version(folder: Path) -> Installation:
    """A database as an earlier version left it, with a chain and a letter that waits."""
    one = prepared(folder)
    assert one.run("admin-link").returncode == 0
    one.manage("migrate", *BEFORE)
    one.write(
        'INSERT INTO core_outboxmail (created_at, changed_at, version, "to", subject, text, kind, about, language, headers, is_secret, state, '
        "attempts, next_try_at, last_error, message_id) VALUES ('2026-11-01 10:00:00', '2026-11-01 10:00:00', 1, 'lead@example.org', 'A review is "
        "open', 'Please answer.', 'review.asked', '', '', '{}', 0, 'waiting', 0, '2026-11-01 10:00:00', '', '<1@floreo.example>')"
    )
    return one


def test_an_upgrade_keeps_everything_and_the_backup_leads_back(tmp_path: Path) -> None:
    one = an_earlier_version(tmp_path / "data")
    earlier, letters = state(one), one.rows("SELECT * FROM core_outboxmail")
    assert "give_up_at" not in columns(one)

    examined = one.run("doctor", "--json")
    found = {f["check"]: f for f in json.loads(examined.stdout)["findings"]}
    assert (examined.returncode, found["migrations"]["state"]) == (1, "bad")
    assert found["migrations"]["says"] == "The database is older than the programme."
    made = one.run("backup", "--to", tmp_path / "backups")
    assert made.returncode == 0, made.stdout + made.stderr
    assert state(one) == earlier  # neither of the two changed it
    archive = Path(made.stdout.split(": ")[0])

    assert "Preparing the database" in one.run("audit", "verify").stdout  # any other command upgrades
    assert BEFORE in state(one)
    assert len(state(one)) > len(earlier)
    assert one.rows('SELECT "to", text, give_up_at FROM core_outboxmail') == [
        ("lead@example.org", "Please answer.", None)
    ]

    back = one.run("restore", archive, "--replace", "--as-it-was")
    assert back.returncode == 0, back.stdout + back.stderr
    assert state(one) == earlier
    assert one.rows("SELECT * FROM core_outboxmail") == letters
    assert "give_up_at" not in columns(one)
    assert len(list((tmp_path / "data").glob("floreo.before-*.sqlite3"))) == 1

    forward = Installation(tmp_path / "newer")  # a newer version takes an older backup and brings it up
    assert forward.run("restore", archive).returncode == 0
    assert "give_up_at" in columns(forward)
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
