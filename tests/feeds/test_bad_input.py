"""One bad night: files that are broken in every way come in with one that is not. Each says what is wrong with it, nothing
good is lost, nothing is counted twice."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from floreo.core.access import SYSTEM
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.engine import store
from floreo.feeds.models import Feed, FeedFile, FileState, Finding, Run
from floreo.feeds.presenters.problems import problem_sentence, reject_sentence
from tests.feeds.making import HEADER, hand_in, name_of, report, row

DAY = date(2026, 11, 20)
GOOD = ["192.0.2.1", "192.0.2.17", "203.0.113.9", "2001:db8::7"]  # the third is nobody's
FileIdentity = tuple[str, str, int, int, dict[str, int]]  # state, problem, rows, kept, reasons


def zipped(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("UP", ".."), data)
    return made.getvalue()


def lines(*cells: str) -> bytes:
    return "\n".join([HEADER, *cells, ""]).encode()


def changed(ip: str, at: int, value: str) -> str:
    """A row with one cell that is something else."""
    cells = row(ip, DAY).split(",")
    cells[at] = value
    return ",".join(cells)


BAD_ADDRESSES = {
    "0.0.0.0": "address_unspecified",
    "192.0.2.0/24": "address_is_network",
    "fe80::1%eth0": "address_scoped",
    "192.0.02.1": "bad_address",
    "192.0.2.256": "bad_address",
    "nobody": "bad_address",
    "": "no_subject",
}
# What comes in -> what is said of it. Types differ, so that each is a window of its own.
NIGHT: dict[str, tuple[bytes, FileIdentity]] = {
    name_of(DAY, "scan_rdp"): (report(DAY, GOOD), ("done", "", 4, 4, {})),
    name_of(DAY, "scan_ftp") + ".gz": (gzip.compress(report(DAY, GOOD))[:-9], ("refused", "truncated", 0, 0, {})),
    name_of(DAY, "scan_vnc") + ".gz": (
        gzip.compress(report(DAY, GOOD) + b"x" * (66 << 20), 1),
        ("refused", "bomb", 0, 0, {}),
    ),
    name_of(DAY, "scan_smb") + ".zip": (zipped(a=report(DAY, GOOD))[:-30], ("refused", "truncated", 0, 0, {})),
    name_of(DAY, "scan_dns") + ".zip": (
        zipped(UP__UP__evil=report(DAY, GOOD[:1]), __tmp__evil=report(DAY, GOOD[1:2])),
        ("done", "", 2, 2, {}),
    ),
    name_of(DAY, "scan_ntp"): (b"colour,size\nred,3\n", ("refused", "wrong_header", 0, 0, {})),
    name_of(DAY, "scan_snmp"): (
        lines(row(GOOD[0], DAY), row(GOOD[1], DAY)[:40], row(GOOD[1], DAY) + ",more,cells"),
        ("done", "", 3, 1, {"broken_row": 2}),
    ),
    name_of(DAY, "scan_mssql"): (
        lines(*(changed(GOOD[0], 2, bad) for bad in BAD_ADDRESSES)),
        (
            "done",
            "",
            7,
            0,
            {"address_is_network": 1, "address_scoped": 1, "address_unspecified": 1, "bad_address": 3, "no_subject": 1},
        ),
    ),
    name_of(DAY, "scan_mysql"): (
        lines(row(GOOD[0], DAY, port=99999), row(GOOD[0], DAY, port="abc"), row(GOOD[0], DAY)),
        ("done", "", 3, 1, {"bad_port": 2}),
    ),
    name_of(DAY, "scan_redis"): (
        lines(
            *(changed(GOOD[0], 0, t) for t in ("1970-01-01 00:00:00", "2099-01-01 00:00:00", "2026-13-45 99:00:00", ""))
        ),
        ("done", "", 4, 0, {"bad_time": 1, "no_time": 1, "time_in_future": 1, "time_too_old": 1}),
    ),
    name_of(DAY, "scan_telnet"): (
        lines(changed(GOOD[0], 10, "Bogotá")).decode().encode("latin-1"),
        ("done", "", 1, 1, {}),
    ),
    name_of(DAY, "scan_mqtt"): (
        lines(changed(GOOD[0], 6, '"two\nlines"'), changed(GOOD[1], 6, '"a\0b"')),
        ("done", "", 2, 2, {}),
    ),
    name_of(DAY, "scan_adb"): (report(DAY, GOOD[:1]).replace(b"hostname,", b"host_renamed,"), ("done", "", 1, 1, {})),
    name_of(DAY, "scan_unheard_of"): (report(DAY, GOOD[:1]), ("done", "", 1, 1, {})),
}


def given(report: FeedFile) -> FileIdentity:
    return report.state, report.problem, report.rows, report.kept, report.reasons


def take_all(feed: Feed) -> None:
    for name, (data, _told) in NIGHT.items():
        hand_in(feed, data, name)
    ingest_waiting(by=SYSTEM)


@pytest.mark.long
def test_each_file_says_what_is_wrong_spoils_no_other_and_comes_in_once(feed: Feed, feeds_folder: Path) -> None:
    take_all(feed)
    reports = {report.name: report for report in FeedFile.objects.all()}
    assert {name: given(report) for name, report in reports.items()} == {
        name: text for name, (_data, text) in NIGHT.items()
    }
    for each in reports.values():
        assert each.rows == each.kept + each.duplicates + each.dropped + each.rejected, each.name
        assert not each.problem or problem_sentence(each.problem)
        assert all(reject_sentence(reason) for reason in each.reasons)
    drifted, unknown = reports[name_of(DAY, "scan_adb")], reports[name_of(DAY, "scan_unheard_of")]
    assert ("host_renamed" in drifted.unknown_columns, "hostname" in drifted.missing_columns) == (True, True)
    assert (unknown.is_known_type, drifted.is_known_type) == (False, True)
    assert not [path for path in feeds_folder.rglob("*") if "evil" in path.name]
    assert not Path("/tmp/evil").exists()
    assert not list(feeds_folder.rglob("*.part"))
    letters_of_another_alphabet_and_lines_within_quotes_are_exact()
    the_same_night_again_changes_nothing(feed)


def the_same_night_again_changes_nothing(feed: Feed) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Finding, Run)]
    events = store.counts(store.Store(settings.EVENTS_ROOT), DAY, DAY, ["report_type"])
    take_all(feed)
    again = FeedFile.objects.exclude(state=FileState.REFUSED)
    assert {r.name: given(r) for r in again} == {n: s for n, (_d, s) in NIGHT.items() if s[0] == "done"}
    assert [list(model.objects.order_by("pk").values()) for model in (Finding, Run)] == before
    assert store.counts(store.Store(settings.EVENTS_ROOT), DAY, DAY, ["report_type"]) == events


def letters_of_another_alphabet_and_lines_within_quotes_are_exact() -> None:
    kept = store.latest(store.Store(settings.EVENTS_ROOT), store.Filter(), limit=100).to_pylist()
    of = {(e["feed.name"], e["source.ip"]): e for e in kept}
    assert of["scan_telnet", GOOD[0]]["source.geolocation.city"] == "Bogotá"
    assert '"two\\nlines"' in of["scan_mqtt", GOOD[0]]["extra"]
    assert "a\\u0000b" in of["scan_mqtt", GOOD[1]]["extra"]
    assert of["scan_adb", GOOD[0]]["organisation"] == "provider"
