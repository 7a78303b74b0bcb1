"""Which tests bring PostgreSQL nothing that another does not: a plugin of pytest that notes what each sends, and the choice.

    python -m tests.statements

runs the tests of the second database and writes `tests/without_postgresql.txt`, the tests that the gate leaves to SQLite. What is not
on it runs on both, so a new test does until the list is made again; with LONG=1 the list is not read."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

LIST = Path(__file__).with_name("without_postgresql.txt")
_WHERE = "FLOREO_STATEMENTS"  # the folder into which each process notes what its tests sent
_HEAD = """\
# Tests that the gate runs on SQLite alone: what they send to PostgreSQL is sent there, clause by clause, by other tests as well.
# Made by `python -m tests.statements`. LONG=1 runs them on both.
"""
_LISTS = re.compile(r"\((?:\s*(?:%s|NULL|-?\d+|'[^']*'|true|false)\s*,?)+\)", re.IGNORECASE)
_ROWS = re.compile(r"(\(…\)\s*,\s*)+\(…\)")
_TEXT, _NUMBER = re.compile(r"'(?:[^']|'')*'"), re.compile(r"\b\d+\b")
_ALIAS = re.compile(r"\b(?:s\d+_x\d+|[TUVW]\d+)\b")


# What a database judges as a whole: what may be beside what, and what is not the same.
_ONE_PIECE = re.compile(
    r"\b(?:GROUP BY|DISTINCT|UNION|INTERSECT|EXCEPT|OVER \(|WITH |ON CONFLICT|JOIN .* FOR (?:NO KEY )?UPDATE)\b"
)
_BETWEEN = re.compile(
    r"\s*(?:,|\b(?:AND|OR|WHERE|FROM|(?:INNER|LEFT OUTER) JOIN|ON|ORDER BY|HAVING|LIMIT|SET|VALUES)\b)\s*|[()]|(?=\bFOR (?:NO KEY )?UPDATE\b)"
)
_COLUMN = re.compile(r'(?:SELECT )?(?:(?:"\w+"|T)\.)?"\w+"(?: (?:AS "\w+"|ASC|DESC)(?: NULLS \w+)?)?')


def clauses(statement: str) -> frozenset[str]:
    """Hashes of what a database may take or refuse in a statement, without its values. One that groups or distinguishes, that locks what
    it joins or that inserts is one piece; any other is its clauses, of which a column by itself is none."""
    text = _ROWS.sub("(…)", _LISTS.sub("(…)", statement))
    text = _ALIAS.sub("T", _NUMBER.sub("0", _TEXT.sub("'", text)))
    verb = text.split(None, 1)[0] if text.strip() else ""
    if verb not in {"SELECT", "UPDATE", "DELETE"} or _ONE_PIECE.search(text):
        found = {text}
    else:
        pieces = (piece.strip() for piece in _BETWEEN.split(text))
        found = {f"{verb} {piece}" for piece in pieces if piece and not _COLUMN.fullmatch(piece)}
    return frozenset(blake2b(each.encode(), digest_size=6).hexdigest() for each in found)


@dataclass
class Sent:
    """What the cases of one test sent, and how many seconds of the processor they took."""

    seconds: float
    clauses: set[str]


_LEAST = 0.15  # seconds that any test costs, however little it does


def needed(tests: Mapping[str, Sent]) -> set[str]:
    """Tests that together send all that is sent, chosen one by one: each time that which adds most for its seconds."""
    left: set[str] = set().union(*(sent.clauses for sent in tests.values())) if tests else set()
    rest, chosen = dict(sorted(tests.items())), set[str]()
    while left:
        best = max(rest, key=lambda name: len(rest[name].clauses & left) / (rest[name].seconds + _LEAST))
        left -= rest.pop(best).clauses
        chosen.add(best)
    return chosen


def name_of(nodeid: str) -> str:
    """The test without what names its case, nor the group in which it runs."""
    return nodeid.split("[", 1)[0].split("@", 1)[0]


def listed() -> frozenset[str]:
    """The tests that are left to SQLite."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return frozenset(line for line in lines if line and not line.startswith("#"))


# The plugin.


def pytest_configure(config: pytest.Config) -> None:
    from django.db.backends.utils import CursorWrapper  # late: Django's settings are those of the run

    config.stash[_NOW] = now = set[str]()
    known: dict[str, frozenset[str]] = {}

    def noting(function: Any) -> Any:
        def run(self: Any, sql: Any, *given: Any) -> Any:
            text = str(sql)
            now.update(known[text] if text in known else known.setdefault(text, clauses(text)))
            return function(self, sql, *given)

        return run

    CursorWrapper.execute = noting(CursorWrapper.execute)  # type: ignore[method-assign]
    CursorWrapper.executemany = noting(CursorWrapper.executemany)  # type: ignore[method-assign]


_NOW = pytest.StashKey[set[str]]()


def seconds_spent() -> float:
    """Of the processor, by this process and the children of it that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[Any]:
    now, before = item.config.stash[_NOW], seconds_spent()
    now.clear()
    try:
        return (yield)
    finally:
        mark = item.get_closest_marker("django_db")  # who waits for whom is the database's: such tests stay
        marked = item.get_closest_marker("postgresql") or item.get_closest_marker("two_databases")
        must_stay = bool(marked or (mark and mark.kwargs.get("transaction")))
        line = json.dumps([item.nodeid, must_stay, round(seconds_spent() - before, 3), sorted(now)])
        with (Path(os.environ[_WHERE]) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as notes:
            notes.write(line + "\n")


# The list.


def made_from(folder: Path) -> list[str]:
    """What the list holds by the notes of a run: the tests that are not needed and are not marked for the second database."""
    tests: dict[str, Sent] = defaultdict(lambda: Sent(0.0, set()))
    stay = set()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            nodeid, must_stay, seconds, clauses = json.loads(line)
            name = name_of(nodeid)
            tests[name].seconds += seconds
            tests[name].clauses |= set(clauses)
            if must_stay:
                stay.add(name)
    sent_anyway = set().union(*(tests[name].clauses for name in stay))
    others = {name: Sent(t.seconds, t.clauses - sent_anyway) for name, t in tests.items() if name not in stay}
    return sorted(set(others) - needed(others))


def _main() -> int:
    with TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            "2",
            "-q",
            "--database-only",
            "--whole",
            "-p",
            "tests.statements",
        ]
        begun = time.monotonic()
        code = subprocess.run(
            [*command, "-m", "not e2e and not long"], env=os.environ | {_WHERE: folder}, check=False
        ).returncode
        names = made_from(Path(folder))
    if code:
        print("Not written: tests failed, and what they would have sent is not known.")
        return code
    LIST.write_text(_HEAD + "".join(f"{name}\n" for name in names), encoding="utf-8")
    print(f"{len(names)} tests are left to SQLite ({time.monotonic() - begun:.0f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
