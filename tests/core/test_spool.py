"""What is put into a spool is on the disk before the call returns, and is taken out once: torn, full, twice, two at once, killed."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import OperationalError

from floreo.core.spool import Spool

ITEM = {"text": "Ñandú 🦅 \x00 end"}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "reports")


def names(spool: Spool) -> list[str]:
    return sorted(path.name for path in spool.folder.iterdir())


def test_an_item_is_one_file_that_only_we_can_read_and_goes_once_it_was_taken(spool: Spool) -> None:
    assert spool.put("one", ITEM)
    assert (names(spool), stat.S_IMODE((spool.folder / "one.json").stat().st_mode)) == (["one.json"], 0o600)
    taken: list[dict[str, Any]] = []
    assert (spool.take(taken.append), taken, names(spool)) == (1, [ITEM], [])


def test_file_and_folder_are_synced_before_the_answer(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().suffix or "folder")
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    spool.put("one", ITEM)
    assert synced == [".part", "folder"]


def test_the_same_item_twice_is_one(spool: Spool) -> None:
    assert [spool.put("one", ITEM), spool.put("one", {"text": "other"})] == [True, False]
    assert (spool.read("one"), names(spool)) == (ITEM, ["one.json"])


def test_a_torn_file_is_set_apart_and_the_others_are_taken(spool: Spool) -> None:
    spool.put("torn", ITEM)
    spool.put("whole", ITEM)
    path = spool.folder / "torn.json"
    path.write_bytes(path.read_bytes()[:-5])
    taken: list[dict[str, Any]] = []
    assert (spool.take(taken.append), taken, spool.failed(), names(spool)) == (1, [ITEM], ["torn"], ["failed"])


def test_what_could_not_be_taken_in_is_tried_again_an_hour_later(spool: Spool) -> None:
    spool.put("one", ITEM)

    def refuse(_item: object) -> None:
        raise ValueError

    assert (spool.take(refuse), spool.failed(), spool.take(lambda _item: None)) == (0, ["one"], 0)
    an_hour_ago = (spool.folder / "failed" / "one.json").stat().st_mtime - 3601
    os.utime(spool.folder / "failed" / "one.json", (an_hour_ago, an_hour_ago))
    assert (spool.take(lambda _item: None), spool.failed()) == (1, [])


@pytest.mark.parametrize("problem", [OperationalError("database is locked"), OSError(errno.ENOSPC, "full")])
def test_a_database_that_is_away_leaves_everything_where_it_is(spool: Spool, problem: Exception) -> None:
    spool.put("one", ITEM)

    def away(_item: object) -> None:
        raise problem

    with pytest.raises(type(problem)):
        spool.take(away)
    assert names(spool) == ["one.json"]


def test_a_full_disk_leaves_nothing_behind(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            spool.put("one", ITEM)
    assert names(spool) == []


def test_two_workers_at_once_take_each_item_once(spool: Spool) -> None:
    for number in range(40):
        spool.put(f"n{number}", {"n": number})
    taken: list[int] = []
    threads = [threading.Thread(target=spool.take, args=(lambda item: taken.append(item["n"]),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(taken), names(spool)) == (list(range(40)), [])


def test_an_item_that_another_process_holds_is_left_to_it(spool: Spool) -> None:
    spool.put("one", ITEM)
    seen: list[int] = []
    spool.take(lambda _item: seen.append(Spool(spool.folder).take(lambda _again: None)))
    assert seen == [0]


def test_what_a_killed_process_never_finished_goes_and_is_never_taken(spool: Spool) -> None:
    spool.put("one", ITEM)
    part = spool.folder / ".dead.part"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    assert (spool.take(lambda _item: None), names(spool)) == (1, [])


@pytest.mark.parametrize("name", ["", "../one", ".hidden", "a/b", "a\x00b", "x" * 200])
def test_a_name_is_no_path(spool: Spool, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        spool.put(name, ITEM)
