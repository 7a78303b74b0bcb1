"""Which tests take long enough to be run one day in three: a plugin of pytest that notes the seconds of each, and the choice.

    python -m tests.in_turn

runs the tests of the gate on SQLite and writes `tests/in_turn.txt`. Of the cases of the tests on it the gate runs each day another third
(`--day`); what is not on it runs every day, so a new test does until the list is made again. By itself pytest runs all, as LONG=1 does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.statements import name_of, seconds_spent

LIST = Path(__file__).with_name("in_turn.txt")
DAYS = 3
LEAST = 0.2  # seconds of the processor that a case takes, from which on it is run in turn
_WHERE = "FLOREO_SECONDS"  # the folder into which each process notes what its tests took
_HEAD = """\
# Tests of which the gate runs each day another third of the cases, since each takes a fifth of a second of the processor or more.
# Made by `python -m tests.in_turn`. LONG=1, `make check` and pytest by itself run them all.
"""

# Every day, whatever they take: abuse, who sees what, what the chain attests, and the proofs that a figure is true.
EVERY_DAY = re.compile(
    r"abuse|access|who_sees|sees_what|leak|roles|audit|chain|secret|private|need_to_know|rights|forger|genuine|throttle|attack|bad_input"
    r"|kill|races|survival|outside_sign|/fuzz/|test_truth|test_order|test_year|recipients|slow_clients|cage|foreign_bytes|before_it_leaves|/e2e/|/contracts/|core/test_state|suppression|test_in_turn"
)

_GROUP = re.compile(r"@[^@\]]*$")  # the group in which a case runs, behind its name


def has_its_turn(nodeid: str, day: int) -> bool:
    """Whether a case is among the third of this day, counted from any day on: the same cases each third day."""
    case = _GROUP.sub("", nodeid)
    return (int.from_bytes(blake2b(case.encode(), digest_size=4).digest(), "big") + day) % DAYS == 0


def listed() -> frozenset[str]:
    """The tests whose cases are run in turn."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return frozenset(line for line in lines if line and not line.startswith("#"))


def made_from(took: Iterable[tuple[str, float]]) -> list[str]:
    """What the list holds: the tests whose cases take LEAST seconds on average and that nothing keeps for every day."""
    tests: dict[str, list[float]] = defaultdict(list)
    for nodeid, seconds in took:
        tests[name_of(nodeid)].append(seconds)
    return sorted(name for name, each in tests.items() if sum(each) / len(each) >= LEAST and not EVERY_DAY.search(name))


# The plugin.


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[Any]:
    before = seconds_spent()
    try:
        return (yield)
    finally:
        with (Path(os.environ[_WHERE]) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as notes:
            notes.write(json.dumps([item.nodeid, round(seconds_spent() - before, 3)]) + "\n")


# The list.


def _main() -> int:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-n", "2", "-q", "-m", "not long", "-p", "tests.in_turn"]
        begun = time.monotonic()
        code = subprocess.run(command, env=os.environ | {_WHERE: folder}, check=False).returncode
        notes = [file.read_text(encoding="utf-8").splitlines() for file in sorted(Path(folder).glob("*.jsonl"))]
        names = made_from(tuple(json.loads(line)) for lines in notes for line in lines)
    if code:
        print("Not written: tests failed, and what they take is not known.")
        return code
    LIST.write_text(_HEAD + "".join(f"{name}\n" for name in names), encoding="utf-8")
    print(f"{len(names)} tests have their turn ({time.monotonic() - begun:.0f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
