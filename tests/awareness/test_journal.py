"""Lines on the disk before anybody is informed: many writers, a worker that is killed, a disk that is full, a line that was cut off."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from floreo.awareness.journal import Journal, take, waiting


class Taken:
    """What was given to be added up, as something that knows which files it has had."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, Any]]] = {}

    def __call__(self, name: str, lines: list[dict[str, Any]]) -> None:
        self.files.setdefault(name, lines)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [line for lines in self.files.values() for line in lines]


def test_what_was_added_is_taken_once(tmp_path: Path) -> None:
    own, taken = Journal(tmp_path), Taken()
    for n in range(5):
        own.add({"n": n})
    assert (take(tmp_path, taken), [line["n"] for line in taken.lines]) == (5, [0, 1, 2, 3, 4])
    assert (take(tmp_path, taken), waiting(tmp_path)) == (0, 0)


@pytest.mark.long
def test_lines_that_come_while_others_are_taken_are_not_lost(tmp_path: Path) -> None:
    own, taken = Journal(tmp_path), Taken()

    def write(part: int) -> None:
        for n in range(100):
            own.add({"n": part * 100 + n})

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(write, part) for part in range(5)]
        while not all(each.done() for each in done):
            take(tmp_path, taken)
        for each in done:
            each.result()
    take(tmp_path, taken)
    assert sorted(line["n"] for line in taken.lines) == list(range(500))


def test_a_worker_that_is_killed_before_the_file_is_removed_meets_it_again_under_its_name(tmp_path: Path) -> None:
    own = Journal(tmp_path)
    own.add({"n": 1})
    names = []

    def killed(name: str, _lines: list[dict[str, Any]]) -> None:
        names.append(name)
        raise KeyboardInterrupt

    for _again in range(2):
        with pytest.raises(KeyboardInterrupt):
            take(tmp_path, killed)
    taken = Taken()
    assert take(tmp_path, taken) == 1
    assert names == [*taken.files] * 2


def test_a_line_that_was_cut_off_is_left_out_and_the_others_count(tmp_path: Path) -> None:
    own, taken = Journal(tmp_path), Taken()
    own.add({"n": 1})
    own.add({"n": 2})
    (file,) = tmp_path.glob("*.lines")
    file.write_bytes(file.read_bytes()[:-5] + b"\n" + b'{"n":3}\t0000\n')
    assert (take(tmp_path, taken), taken.lines) == (1, [{"n": 1}])


def test_a_full_disk_says_so_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, taken = Journal(tmp_path), Taken()
    own.add({"n": 1})
    whole = os.write

    def half(handle: int, data: bytes) -> int:
        return whole(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space left") as caught:
        own.add({"n": 2})
    monkeypatch.undo()
    own.add({"n": 3})
    assert (caught.value.errno, take(tmp_path, taken), taken.lines) == (errno.ENOSPC, 2, [{"n": 1}, {"n": 3}])


def test_files_are_for_nobody_else(tmp_path: Path) -> None:
    Journal(tmp_path / "counts").add({"n": 1})
    (file,) = (tmp_path / "counts").glob("*.lines")
    assert (file.stat().st_mode & 0o777, (tmp_path / "counts").stat().st_mode & 0o777) == (0o600, 0o700)
