"""`floreo feed`: what it says, what it leaves behind, and with which exit code it ends."""

from __future__ import annotations

import gzip
import os
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from floreo.config import cli, commands
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.feeds.actions.feeds import make_feed
from floreo.feeds.actions.retention import let_go_of_old
from floreo.feeds.engine.store import Store
from floreo.feeds.models import Feed, FeedFile, Finding, Run
from floreo.organisations.models import ApiToken
from tests.feeds.conftest import TODAY
from tests.feeds.making import hand_in, name_of, night, report, row

DAY = date(2026, 11, 20)


def run(*words: str) -> int:
    return commands.run(cli._parser().parse_args(["feed", *words]))


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Good, cut off, and not there."""
    extra = [row("0.0.0.0", DAY), row("192.0.2.30", DAY, port=99999), "cut,off", row("203.0.113.9", DAY, asn=64511)]
    good, bad = tmp_path / name_of(DAY), tmp_path / f"{name_of(DAY + timedelta(days=1))}.gz"
    good.write_bytes(report(DAY, ["192.0.2.1", "192.0.2.20", "192.0.2.20"], extra=extra))
    bad.write_bytes(gzip.compress(report(DAY, ["192.0.2.1"] * 50))[:-20])
    return [str(good), str(bad), str(tmp_path / "nowhere.csv")]


SUMMARY = [
    ("Rows read", "7"),
    ("Rows saved", "3"),
    ("Repeats, counted once", "1"),
    ("Discarded by a rule", "0"),
    ("Rejected rows", "3"),
    ("", "1  The address is the one for “no address” (0.0.0.0 or ::)."),
    ("", "1  The port is not a number from 0 to 65535."),
    ("", "1  The row has too few or too many columns, or is incomplete."),
    ("Saved, outside the constituency", "1"),
    ("Organisations affected", "2"),
]


def text(out: str) -> list[tuple[str, str]]:
    wide = max(len(words) for words, _n in SUMMARY)
    named = (" " * wide, *(words for words, _n in SUMMARY if words))
    return [(line[:wide].strip(), line[wide:].strip()) for line in out.splitlines() if line.startswith(named)]


def test_files_are_read_and_the_bad_one_is_named(
    feed: Feed, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ingest", "--feed", feed.code, *files) == 1
    out = capsys.readouterr().out
    good, bad, missing, *_rest = out.splitlines()
    assert good.startswith(f"{files[0]}: 7 rows, 3 saved, 3 rejected")
    assert bad == f"{files[1]}: The file is incomplete: the transfer was interrupted. Get the file again."
    assert missing == f"{files[2]}: cannot be opened: No such file or directory"
    assert text(out) == SUMMARY
    assert sorted(FeedFile.objects.values_list("state", "rows", "problem")) == [
        ("done", 7, ""),
        ("refused", 0, "truncated"),
    ]
    assert run("ingest", "--feed", feed.code, files[0]) == 0
    assert "already read, so nothing changed" in capsys.readouterr().out
    assert (Finding.objects.count(), FeedFile.objects.count(), Run.objects.count()) == (2, 2, 1)


def test_a_dry_run_says_the_same_and_writes_nothing(
    feed: Feed, files: list[str], capsys: pytest.CaptureFixture[str], feeds_folder: Path
) -> None:
    before = set(feeds_folder.rglob("*"))
    assert run("ingest", "--dry-run", "--feed", feed.code, files[0]) == 0
    out = capsys.readouterr().out
    assert text(out) == SUMMARY
    assert out.endswith("Nothing was saved.\n")
    assert set(feeds_folder.rglob("*")) == before
    assert (FeedFile.objects.count(), Finding.objects.count()) == (0, 0)


def test_without_a_feed_files_are_by_hand_and_an_unknown_feed_is_named(
    feed: Feed, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ingest", files[0]) == 0
    assert FeedFile.objects.get().feed.code == "by-hand"
    assert run("ingest", "--feed", "nobody", files[0]) == 1
    assert (
        capsys.readouterr().out.splitlines()[-1] == "There is no feed called nobody. Available feeds: by-hand, shadow."
    )


def test_feeds_are_listed_and_tokens_made_and_ended(
    feed: Feed, user_with: object, capsys: pytest.CaptureFixture[str]
) -> None:
    user_with("responder")  # type: ignore[operator]  # the fixture of tests/conftest.py
    make_feed("Folder", by=SYSTEM, collector="folder", place="partner")
    assert [run("list"), run("token", "--make", "sensor", "--for", "responder@example.org")] == [0, 0]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["folder", "shadow"]
    assert lines[3].strip().startswith("floreo_")
    assert run("token", "--end", "sensor") == 0
    assert ApiToken.objects.get().ended_at is not None
    assert run("token", "--make", "sensor", "--for", "nobody@example.org") == 1


def test_past_days_are_compacted_and_what_has_aged_goes(feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    night(feed, DAY, ["192.0.2.1"])
    night(feed, TODAY, ["192.0.2.1"])
    assert run("compact") == 0
    assert capsys.readouterr().out == "1 file was merged into the file of its day.\n"
    store = Store(settings.EVENTS_ROOT)
    assert (store.days("days"), store.landed(DAY)) == ([DAY], [])
    old = time.time() - 3 * 86400
    for each in (Path(settings.DATA) / "incoming-kept").glob("??/*"):
        os.utime(each, (old, old))
    hand_in(feed, report(DAY, ["192.0.2.7"]), "2026-11-20-scan_rdp-later.csv")
    FeedFile.objects.filter(state="done").update(received_at=f"{DAY - timedelta(days=90)}T00:00Z")
    with override_settings(EVENTS_KEEP_DAYS=2):
        assert let_go_of_old(by=SYSTEM) == 1
    assert store.days("days") == []
    left = {path.name for path in (Path(settings.DATA) / "incoming-kept").glob("??/*")}
    assert left == {FeedFile.objects.get(state="waiting").sha256}
    assert AuditEntry.objects.get(verb="events.let_go").detail["days"] == [DAY.isoformat()]
    assert Finding.objects.count() == 1
