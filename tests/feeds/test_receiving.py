"""A report is received once a feed, whoever hands it in how often, and says by its name what it is about."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.feeds.actions.receiving import receive
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.models import Feed, FeedFile
from floreo.organisations.models import User
from tests.feeds.conftest import TODAY
from tests.feeds.making import hand_in, name_of, report, row, shadow_feed

DAY = date(2026, 11, 20)


def test_the_same_bytes_come_in_once_a_feed(feed: Feed) -> None:
    data = report(DAY, ["192.0.2.1"])
    first, again = hand_in(feed, data, name_of(DAY)), hand_in(feed, data, "another-name.csv")
    assert (first.already, again.already) == (False, True)
    assert again.report == first.report
    assert path_of(first.report.sha256).read_bytes() == data
    assert path_of(first.report.sha256).stat().st_mode & 0o777 == 0o600
    assert hand_in(shadow_feed(), data, name_of(DAY)).already is False
    assert FeedFile.objects.count() == 2


def test_bytes_that_come_again_stay_the_same_file_and_damaged_ones_are_put_right(feed: Feed) -> None:
    """Who reads them in a cage was let to that file, not to whatever takes its name meanwhile."""
    data = report(DAY, ["192.0.2.9"])
    path = path_of(hand_in(feed, data, name_of(DAY)).report.sha256)
    os.utime(path, (0, 0))
    first = path.stat()
    hand_in(shadow_feed(), data, name_of(DAY))
    again = path.stat()
    assert (again.st_ino, again.st_mtime > first.st_mtime) == (
        first.st_ino,
        True,
    )  # as new, to what lets go of old ones
    path.write_bytes(data[:-1])
    hand_in(feed, data, "once-more.csv")
    assert path.read_bytes() == data
    assert list(path.parent.parent.glob(".*")) == []


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("name", "day", "kind"),
    [
        ("2026-11-20-scan_rdp-isla-geo.csv.gz", DAY, "scan_rdp"),
        ("..\\..\\2026-11-20-scan6_rdp-isla.csv", DAY, "scan6_rdp"),
        ("2027-01-01-scan_rdp-isla.csv", TODAY, "scan_rdp"),  # has not come yet
        ("2026-11-20-scan_unheard_of-isla.csv", DAY, "scan_unheard_of"),
        ("scan_rdp.csv", TODAY, "scan_rdp"),
        ("", TODAY, "file"),
    ],
)
def test_day_and_type_are_told_by_the_name(feed: Feed, name: str, day: date, kind: str) -> None:
    found = hand_in(feed, b"odd,columns,which\nno,report,has\n", name).report
    assert (found.day, found.report_type) == (day, kind)


def test_a_feed_that_says_how_it_is_read_has_one_type_whatever_its_files_are_called(
    feeds_folder: Path, db: None
) -> None:
    feed = shadow_feed(format="csv", mapping={"address": "a", "time": "t", "kind": "open-x", "port": "p"})
    names = ["export_1.csv", "export_2.csv"]
    assert [hand_in(feed, f"a,t,p\n{n}".encode(), n, DAY).report.report_type for n in names] == ["", ""]


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"x" * 100, "too_large")])
def test_what_is_too_large_or_empty_leaves_nothing(feed: Feed, feeds_folder: Path, data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        receive(feed, opened=io.BytesIO(data), name="scan_rdp.csv", by=SYSTEM, largest=99)
    assert refusal.value.code == code
    assert [p for p in (feeds_folder / "incoming-kept").rglob("*") if p.is_file()] == []
    assert FeedFile.objects.count() == 0


def test_only_who_runs_feeds_hands_in(feed: Feed, observer: User) -> None:
    with pytest.raises(NotAllowed):
        receive(feed, opened=io.BytesIO(row("192.0.2.1", DAY).encode()), name="x.csv", by=observer)
