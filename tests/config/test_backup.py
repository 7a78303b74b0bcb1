"""Backups: one file from either database into either, proved by restoring; and everything that must be refused."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from floreo.config import restore
from floreo.config.backup import backup
from floreo.config.portable import lines
from floreo.core import audit
from floreo.core.access import SYSTEM
from floreo.core.action import action, note
from floreo.core.errors import Refused
from tests.config.installation import KEY, Installation, a_postgres_database, made_once, prepared, prepared_folder

STREAM = "feeds_changestream"
CLUSTER = os.environ.get("DATABASE_URL", "")


def make_source(folder: Path) -> None:
    """A small country, with files, with rows that no sample has, and with numbers given and taken back: what a restore refuses, and
    what it leaves behind, does not hang on how much there is."""
    _with_more(prepared(folder, "pack belize"))


def make_whole_source(folder: Path) -> None:
    """The same with the sample country, which has rows in nearly every table."""
    _with_more(prepared(folder, "loaded"))


def _with_more(one: Installation) -> None:
    (one.folder / "files" / "evidence").mkdir(parents=True, exist_ok=True)
    (one.folder / "files" / "evidence" / "ñandú.txt").write_bytes(b"seen\n")
    (one.folder / "spool" / "reports").mkdir(parents=True)
    (one.folder / "spool" / "reports" / "waiting.json").write_bytes(b"sent, and not taken in yet")
    (one.folder / "events").mkdir()
    with sqlite3.connect(one.folder / "events" / "events.sqlite3") as events:
        events.execute("CREATE TABLE seen (what TEXT)")
        events.execute("INSERT INTO seen VALUES ('a probe')")
    with sqlite3.connect(one.sqlite) as database:
        database.execute(
            "INSERT INTO core_tokenbucket (id, key, tokens, filled_at) VALUES (900, ?, 0.1, '2026-11-24 04:05:06.7')",
            ['a\tb\\c\n"d" ñ 🦉'],
        )
        database.execute(
            "INSERT INTO core_tokenbucket (id, key, tokens, filled_at) VALUES (990, 'x', 1e300, '2026-01-01 00:00:00')"
        )
        database.execute("DELETE FROM core_tokenbucket WHERE id = 990")
        database.execute("INSERT INTO feeds_changestream (id, name, last) VALUES (1, 'before', 7)")


def make_archive(folder: Path) -> None:
    shutil.copytree(made_once("source", make_source), folder / "source")
    _backed_up(folder)


def make_whole_archive(folder: Path) -> None:
    shutil.copytree(made_once("whole source", make_whole_source), folder / "source")
    _backed_up(folder)


def _backed_up(folder: Path) -> None:
    made = Installation(folder / "source").run("backup", "--to", folder)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "restored and checked" in made.stdout
    assert "does not hold the secret key" in made.stdout


@pytest.fixture(autouse=True)
def _an_empty_database() -> None:
    """What a first backup leaves, for those that the tests make in their own process."""
    for each in prepared_folder("migrated").glob("empty-*.sqlite3"):
        if not (settings.DATA / each.name).exists():
            shutil.copy(each, settings.DATA)


@pytest.fixture
def source(tmp_path: Path) -> Installation:
    shutil.copytree(made_once("source", make_source), tmp_path / "source")
    return Installation(tmp_path / "source")


@pytest.fixture
def whole_source(tmp_path: Path) -> Installation:
    shutil.copytree(made_once("whole source", make_whole_source), tmp_path / "source")
    return Installation(tmp_path / "source")


@pytest.fixture
def whole_archive() -> Path:
    """A backup of it, made once; nobody writes into it."""
    (made,) = made_once("whole archive", make_whole_archive).glob("*.tar.gz")
    return made


@pytest.fixture
def archive() -> Path:
    """A backup of the small one."""
    (made,) = made_once("archive", make_archive).glob("*.tar.gz")
    return made


def written_over(archive: Path, to: Path, change: Callable[[dict[str, bytes]], None], *, seal: bool = True) -> Path:
    """The archive with its parts changed; sealed again as only somebody with the key could, or not."""
    with tarfile.open(archive) as tar:
        found = {m.name: tar.extractfile(m).read() for m in tar if m.isreg()}  # type: ignore[union-attr]  # all are files
    change(found)
    manifest = json.loads(found.pop("manifest.json"))
    manifest["members"] = {name: hashlib.sha256(body).hexdigest() for name, body in found.items()}
    if seal:
        facts = {k: v for k, v in manifest.items() if k != "seal"}
        output = json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
        manifest["seal"] = hmac.new(b"floreo.backup|" + KEY.encode(), output, hashlib.sha256).hexdigest()
    with tarfile.open(to, "w:gz") as tar:
        for name, body in {**found, "manifest.json": json.dumps(manifest).encode()}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return to


def an_empty_one(folder: Path, *, key: str = KEY) -> Installation:
    """An installation in which nothing is but the copy of an empty database, so that it does not migrate from nothing for half a
    minute. What comes back into a folder that holds nothing at all is shown once."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in prepared_folder("migrated").glob("empty-*.sqlite3"):
        shutil.copy(each, folder)
    return Installation(folder, key=key)


def refused(folder: Path, archive: Path, *more: str, key: str = KEY) -> str:
    """What a restore says that must change nothing."""
    done = an_empty_one(folder, key=key).run("restore", archive, *more)
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    assert not (folder / "floreo.sqlite3").exists()
    assert not (folder / "files").exists()
    return done.stdout


@pytest.mark.long
def test_what_comes_back_is_what_was_there(whole_source: Installation, whole_archive: Path, tmp_path: Path) -> None:
    source, archive = whole_source, whole_archive
    copy = Installation(tmp_path / "copy")
    done = copy.run("restore", archive)
    assert (done.returncode, "The audit chain holds" in done.stdout) == (0, True), done.stdout + done.stderr
    mine, theirs = copy.everything(), source.everything()
    # Cursors of programs from before are worth nothing in the copy, where the same numbers will be given to other changes.
    assert (mine.pop(STREAM) != theirs.pop(STREAM), copy.rows(f"SELECT last FROM {STREAM}")) == (True, [(7,)])
    assert mine == theirs
    assert (copy.folder / "files" / "evidence" / "ñandú.txt").read_bytes() == b"seen\n"
    assert (copy.folder / "spool" / "reports" / "waiting.json").read_bytes() == b"sent, and not taken in yet"
    with sqlite3.connect(copy.folder / "events" / "events.sqlite3") as events:
        assert list(events.execute("SELECT what FROM seen")) == [("a probe",)]
    triggers = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index', 'table') ORDER BY name"
    assert copy.rows(triggers) == source.rows(triggers)
    words = "SELECT count(*) FROM core_search_words WHERE core_search_words MATCH 'plan* OR red* OR cyber*'"
    assert copy.rows(words) == source.rows(words) != [(0,)]
    # A number that was given and taken back is not given again: the trail names things by it.
    assert copy.rows("SELECT seq FROM sqlite_sequence WHERE name = 'core_tokenbucket'") == [(990,)]
    assert copy.run("audit", "verify").returncode == 0
    assert copy.rows("SELECT verb FROM core_auditentry ORDER BY number DESC LIMIT 1") == [("backup.restored",)]
    assert {p.stat().st_mode & 0o777 for p in (archive, copy.folder / "files" / "evidence" / "ñandú.txt")} == {0o600}


@pytest.mark.long
@pytest.mark.postgresql
def test_from_sqlite_to_postgresql_and_back_nothing_changes(
    source: Installation, archive: Path, tmp_path: Path
) -> None:
    if os.environ.get("LONG"):  # with the sample country it takes minutes
        source = prepared(tmp_path / "whole", "loaded")
        _with_more(source)
        made = source.run("backup", "--to", tmp_path / "first")
        archive = Path(made.stdout.split(": ")[0])
    with a_postgres_database(CLUSTER) as database:
        there = Installation(tmp_path / "postgres", database=database)
        done = there.run("restore", archive)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "already has data" in there.run("restore", archive).stdout
        oid = "SELECT 'core_auditentry'::regclass::oid"
        with psycopg.connect(database, autocommit=True) as open_elsewhere:
            before = open_elsewhere.execute(oid).fetchone()
            open_elsewhere.execute("INSERT INTO django_session VALUES ('left', 'out', now())")
        assert there.run("restore", archive, "--replace").returncode == 0
        with psycopg.connect(database) as open_elsewhere:  # emptied and filled, not made again
            assert open_elsewhere.execute(oid).fetchone() == before
            assert open_elsewhere.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        made = there.run("backup", "--to", tmp_path / "backups")
        assert made.returncode == 0, made.stdout + made.stderr
        assert there.run("admin-link").returncode == 0  # numbers go on after the highest
    back = Installation(tmp_path / "back")
    done = back.run("restore", made.stdout.split(": ")[0])
    assert done.returncode == 0, done.stdout + done.stderr
    mine, theirs = back.everything(), source.everything()
    for table in theirs.keys() - {STREAM}:
        for one, other in zip(_plain(mine[table]), _plain(theirs[table]), strict=True):
            assert one == other, table
    assert back.rows("SELECT seq FROM sqlite_sequence WHERE name = 'core_tokenbucket'") == [(990,)]
    assert back.run("audit", "verify").returncode == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_too_few_locks_are_a_sentence_that_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'out of shared memory' USING ERRCODE = '53200'; END $$")
        return 0

    monkeypatch.setattr(restore, "_fill", full)
    manifest = {"migrations": sorted(restore._state_of_postgres())}
    with pytest.raises(Refused, match="max_locks_per_transaction") as refused:
        restore._into_postgres(tmp_path, manifest, "", [], lambda: None)
    assert refused.value.code == "locks"


SLOW = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT pg_sleep(3)')"


def _sleeps() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            " AND query = 'SELECT pg_sleep(3)'"
        )
        return cursor.fetchone() is not None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_session_of_a_killed_process_is_waited_for_and_one_that_stays_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on until its statement is done: a restore that was killed could not be begun again at once."""
    facts = connection.get_connection_params()
    where = f"postgresql://{facts['user']}@/{facts['dbname']}?host={facts['host']}"
    killed = subprocess.Popen([sys.executable, "-c", SLOW], env=os.environ | {"DATABASE_URL": where})
    while not _sleeps():  # connected is not yet at its statement
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    assert restore._other_sessions() == 1
    restore.must_be_stopped()
    monkeypatch.setattr(restore, "LEAVING", 0.3)
    with psycopg.connect(where), pytest.raises(Refused, match="still running"):
        restore.must_be_stopped()


def _plain(rows: list[tuple[Any, ...]]) -> list[str]:
    """JSON in one order of keys, and moments in one way of writing: PostgreSQL keeps neither as it was written."""

    def one(value: Any) -> Any:
        if isinstance(value, str) and value[:1] in "[{":
            try:
                return json.dumps(json.loads(value), sort_keys=True)
            except ValueError:
                return value
        return value.rstrip("0") if isinstance(value, str) and value[:2] == "20" and "." in value else value

    return sorted(repr([one(v) for v in row]) for row in rows)


def test_data_are_replaced_only_with_replace_and_then_kept_aside(archive: Path, tmp_path: Path) -> None:
    one = prepared(tmp_path)
    assert one.run("admin-link").returncode == 0
    given = one.run("restore", archive)
    assert (given.returncode, "already has data" in given.stdout) == (1, True)
    with sqlite3.connect(one.sqlite) as open_elsewhere:
        open_elsewhere.execute("SELECT count(*) FROM core_auditentry").fetchone()
        given = one.run("restore", archive, "--replace")
        assert (given.returncode, "Floreo is still running on this database" in given.stdout) == (1, True)
    open_elsewhere.close()
    done = one.run("restore", archive, "--replace")
    assert done.returncode == 0, done.stdout + done.stderr
    (before,) = tmp_path.glob("floreo.before-*.sqlite3")
    assert str(before) in done.stdout
    assert not list(tmp_path.glob("*.restoring*"))


def test_a_restore_that_is_cut_off_stops_everything_until_it_is_done_again(archive: Path, tmp_path: Path) -> None:
    one = prepared(tmp_path)
    (one.folder / "events").write_text(
        "a file where a folder should be"
    )  # so the rows are in their place, and files are not
    cut = one.run("restore", archive, "--replace")
    assert (cut.returncode, "Rows and files do not belong together now." in cut.stdout) == (1, True), cut.stdout
    sentence = f"A restore of {archive.resolve()} was cut off, so rows and files do not belong together."
    for words in (("up", "--port", "1"), ("worker",), ("backup",), ("audit", "verify")):
        refused = one.run(*words)
        assert (refused.returncode, refused.stdout.startswith(sentence)) == (1, True), (words, refused.stdout)
    (one.folder / "events").unlink()
    done = one.run("restore", archive, "--replace")
    assert done.returncode == 0, done.stdout
    assert (one.folder / "files" / "evidence" / "ñandú.txt").read_bytes() == b"seen\n"
    assert one.run("audit", "verify").returncode == 0


def test_what_a_killed_backup_left_behind_goes_after_a_day(archive: Path, tmp_path: Path) -> None:
    one = prepared(tmp_path / "data")
    assert one.run("restore", archive).returncode == 0
    to = tmp_path / "to"
    for name in (".floreo-proof-old", ".floreo-proof-new", ".floreo-old.part", ".floreo-new.part"):
        (to / name).mkdir(parents=True) if "proof" in name else (to / name).touch()
        if "old" in name:
            os.utime(to / name, (1, 1))
    assert one.run("backup", "--to", to).returncode == 0
    assert {path.name for path in to.glob(".floreo-*")} == {".floreo-proof-new", ".floreo-new.part"}


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "text", "gzip of nothing"])
def test_a_damaged_archive_is_refused_and_changes_nothing(harm: str, archive: Path, tmp_path: Path) -> None:
    body = archive.read_bytes()
    half = len(body) // 2
    harmed = {
        "cut": body[:half],
        "flipped": body[:half] + bytes([body[half] ^ 255]) + body[half + 1 :],
        "empty": b"",
        "text": b"not an archive",
        "gzip of nothing": gzip.compress(b""),
    }
    (tmp_path / "harmed.tar.gz").write_bytes(harmed[harm])
    assert "cannot be used" in refused(tmp_path / "data", tmp_path / "harmed.tar.gz")


def test_an_archive_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "There is no archive" in refused(tmp_path / "data", tmp_path / "none.tar.gz")


def test_a_changed_archive_is_refused_by_hash_by_seal_and_by_chain(archive: Path, tmp_path: Path) -> None:
    def rename(parts: dict[str, bytes]) -> None:
        name = "tables/core_auditentry/00000.jsonl"
        parts[name] = parts[name].replace(b"Floreo", b"Nobody")

    resealed = written_over(archive, tmp_path / "unsealed.tar.gz", rename, seal=False)
    assert "another secret key, or was changed since" in refused(tmp_path / "data", resealed)
    assert "audit chain does not hold at entry 1" in refused(tmp_path / "data", resealed, "--other-key")
    sealed = written_over(archive, tmp_path / "sealed.tar.gz", rename)
    assert "audit chain does not hold at entry 1" in refused(tmp_path / "data", sealed)


def test_an_archive_of_another_installation_needs_its_key_or_a_word(archive: Path, tmp_path: Path) -> None:
    assert "--other-key" in refused(tmp_path / "data", archive, key="another key")
    other = an_empty_one(tmp_path / "data", key="another key")
    assert other.run("restore", archive, "--other-key").returncode == 0


@pytest.mark.long
def test_rows_that_belong_to_nothing_or_miss_are_refused(archive: Path, tmp_path: Path) -> None:
    def orphan(parts: dict[str, bytes]) -> None:
        del parts["tables/organisations_organisation/00000.jsonl"]
        manifest = json.loads(parts["manifest.json"])
        manifest["tables"]["organisations_organisation"]["rows"] = 0
        parts["manifest.json"] = json.dumps(manifest).encode()

    def short(parts: dict[str, bytes]) -> None:
        name = "tables/core_searchentry/00000.jsonl"
        parts[name] = parts[name].split(b"\n", 1)[1]

    assert "is not there" in refused(tmp_path / "data", written_over(archive, tmp_path / "1.tar.gz", orphan))
    assert "core_searchentry should have" in refused(
        tmp_path / "data", written_over(archive, tmp_path / "2.tar.gz", short)
    )


@pytest.mark.long
def test_a_newer_archive_into_an_older_version_is_refused(archive: Path, tmp_path: Path) -> None:
    def newer(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        manifest["migrations"].append(["core", "0999_from_the_future"])
        parts["manifest.json"] = json.dumps(manifest).encode()

    def newest(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"]) | {"format": 2, "floreo": "9.0"}
        parts["manifest.json"] = json.dumps(manifest).encode()

    given = refused(tmp_path / "data", written_over(archive, tmp_path / "1.tar.gz", newer))
    assert "newer than this version and knows core.0999_from_the_future" in given
    assert "Floreo 9.0, which is newer" in refused(
        tmp_path / "data", written_over(archive, tmp_path / "2.tar.gz", newest)
    )


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "name",
    ["../outside", "/etc/outside", "files/../../outside", "files//outside", "files/./a", "odd/a", "tables/a b/1.jsonl"],
)
def test_nothing_lands_outside_its_folder(name: str, archive: Path, tmp_path: Path) -> None:
    harmed = written_over(archive, tmp_path / "a.tar.gz", lambda parts: parts.update({name: b"harm"}))
    assert "does not belong there" in refused(tmp_path / "data", harmed)
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_link_or_a_device_in_an_archive_is_refused(kind: bytes, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        entry = tarfile.TarInfo("files/a")
        entry.type, entry.linkname = kind, "/etc/passwd"
        tar.addfile(entry)
    assert "does not belong there" in refused(tmp_path / "data", tmp_path / "a.tar.gz")


@pytest.mark.long
def test_a_disk_that_fills_up_leaves_no_half_archive_and_the_older_ones(
    whole_source: Installation, whole_archive: Path, tmp_path: Path
) -> None:
    source, archive = whole_source, whole_archive
    to = tmp_path / "backups"
    to.mkdir()
    shutil.copy(archive, to / archive.name)

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = source.run_anew("backup", "--to", to, preexec_fn=small)
    assert (done.returncode, "could not be written" in done.stdout, done.stderr) == (1, True, "")
    assert [p.name for p in to.iterdir()] == [archive.name]


def test_only_so_many_are_kept_and_the_secret_key_comes_along_only_when_asked(tmp_path: Path) -> None:
    one, to = prepared(tmp_path / "data"), tmp_path / "backups"
    assert one.run("admin-link").returncode == 0
    to.mkdir()
    (to / "floreo-isla-prueba-abcdef-20200101T000000Z.tar.gz").write_bytes(b"of another")
    first = one.run("backup", "--to", to, "--keep", 1)
    assert KEY.encode() not in gzip.decompress(Path(first.stdout.split(": ")[0]).read_bytes())
    second = one.run("backup", "--to", to, "--keep", 1, "--with-secret")
    assert "whoever has the file can sign in as anybody" in second.stdout
    kept = Path(second.stdout.split(": ")[0])
    with tarfile.open(kept) as tar:
        assert tar.extractfile("secret-key").read().decode() == KEY  # type: ignore[union-attr]  # it is a file
    assert sorted(p.name for p in to.iterdir()) == sorted(
        [kept.name, "floreo-isla-prueba-abcdef-20200101T000000Z.tar.gz"]
    )


def test_there_is_nothing_to_back_up_before_the_first_start(tmp_path: Path) -> None:
    done = Installation(tmp_path / "data").run("backup", "--to", tmp_path)
    assert (done.returncode, "no database yet" in done.stdout) == (1, True)


@action("test.written_meanwhile", needs=None)
def write_on(*, by: object, number: int) -> None:
    note(number=number)


@pytest.mark.guards("a backup is whole while people write")
@pytest.mark.django_db(transaction=True)
def test_a_backup_taken_while_people_write_is_whole(tmp_path: Path) -> None:
    """Whatever moment it caught: the chain in it holds, and the backup says so by restoring it."""
    stop, written = threading.Event(), [0]

    def keep_writing() -> None:
        while not stop.is_set():
            write_on(by=SYSTEM, number=written[0])
            written[0] += 1
            stop.wait(0.02)
        connection.close()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        while written[0] < 20:
            stop.wait(0.01)
        made = backup(tmp_path)
    finally:
        stop.set()
        writer.join()
    assert made.rows > 20
    assert written[0] > 20
    assert list(audit.walk()) == []
    copy = an_empty_one(tmp_path / "copy")
    assert copy.run("restore", made.path).returncode == 0
    head = copy.rows("SELECT count(*) FROM core_auditentry WHERE verb = 'test.written_meanwhile'")[0][0]
    assert 20 <= head <= written[0]


def test_rows_are_cut_into_pieces_and_none_is_lost() -> None:
    rows = [[n, "x" * 50] for n in range(100)]
    pieces = list(lines(iter(rows), largest=1000))
    assert sum(count for count, _piece in pieces) == 100
    assert [json.loads(line) for _count, piece in pieces for line in piece.splitlines()] == rows
    assert max(len(piece) for _count, piece in pieces) < 1100
