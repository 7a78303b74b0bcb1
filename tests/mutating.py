"""A plugin of pytest for `tools/mutants.py`: collects once, and tries each change in a fork, where the changed functions take the place of
theirs. The fork ends after the tests that take the changed line, or after SECONDS of them."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection

from tests import loaded
from tests.conftest import ROOT

SECONDS = 40.0  # of the processor that the tests of one change may take, gate and long tests each
AFTER_ONE = 5.0  # of them after a first test has failed: others that fail are noted too
HANGS = 240  # seconds by the clock after which a change is one that goes on for ever
_IN_THE_GATE, _LONG = 0, 1


def pytest_runtestloop(session: pytest.Session) -> bool:
    folder = Path(os.environ["FLOREO_MUTANTS"])
    work = json.loads((folder / "work.json").read_text(encoding="utf-8"))
    items: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in session.items:
        items[item.nodeid.partition("@")[0]].append(item)
    _warm_up(session.items)
    gc.unfreeze()
    functions = _functions({change["module"] for change in work["changes"]})
    gc.collect()
    gc.freeze()
    done = Counter[str]()
    with (folder / "results.jsonl").open("a", encoding="utf-8") as results:
        for change in work["changes"]:
            module = change["module"]
            if done[module] >= work["each"]:
                continue
            swaps = _swaps(functions[module], module, change["text"])
            if not swaps:
                continue
            done[module] += 1
            asked = [item for name in change["tests"] for item in items.get(name, ())]
            found = _tried(swaps, _nearest_first(asked, module))
            result = {key: change[key] for key in ("module", "line", "change")} | found
            results.write(json.dumps(result) + "\n")
            results.flush()
            print(
                f"{module}:{change['line']} {change['change']}: {found['gate']} {found['long']} {found['by'][:1]}",
                flush=True,
            )
    return True


def _warm_up(items: list[pytest.Item]) -> None:
    """Makes the database and reads the sample pack, which the forks then have. Leaves no connection open."""
    first = next(item for item in items if "isla" in getattr(item, "fixturenames", ()))
    runtestprotocol(first, log=False, nextitem=next(i for i in items if i.path != first.path))
    loaded.BELOW.change_to(None)
    connection.close()


def _functions(modules: set[str]) -> dict[str, list[FunctionType]]:
    """All functions there are whose code is in one of these files."""
    files = {str(ROOT / module): module for module in modules}
    found: dict[str, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename in files:
            found[files[each.__code__.co_filename]].append(each)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def _ranked(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Every function's code by its name, and by which of that name it is."""
    count, found = Counter[str](), {}
    for each in sorted(_codes(code), key=lambda c: c.co_firstlineno):
        found[each.co_qualname, count[each.co_qualname]] = each
        count[each.co_qualname] += 1
    return found


def _swaps(functions: Iterable[FunctionType], module: str, text: str) -> list[tuple[FunctionType, CodeType]]:
    """Which functions get which code: none where the change changes none."""
    path = ROOT / module
    try:
        new = _ranked(compile(text, str(path), "exec"))
    except SyntaxError:
        return []
    old = _ranked(compile(path.read_text(encoding="utf-8"), str(path), "exec"))
    place = {(code.co_qualname, code.co_firstlineno): key for key, code in old.items()}
    changed = {key for key in old if key in new and not _same(old[key], new[key])}
    found = []
    for function in functions:
        key = place.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if key in changed and function.__code__.co_freevars == new[key].co_freevars:
            found.append((function, new[key]))
    return found


def _same(one: CodeType, other: CodeType) -> bool:
    consts = len(one.co_consts) == len(other.co_consts) and all(
        _same(a, b) if isinstance(a, CodeType) and isinstance(b, CodeType) else (a == b and type(a) is type(b))
        for a, b in zip(one.co_consts, other.co_consts, strict=True)
    )
    return consts and one.co_code == other.co_code and one.co_names == other.co_names


def _nearest_first(items: list[pytest.Item], module: str) -> list[pytest.Item]:
    """Those of the same app before others, which come in any order: of a line that thousands take, SECONDS see few."""
    app = module.split("/")[1]
    chance = random.Random(module)
    return sorted(items, key=lambda item: (f"/{app}/" not in item.nodeid, chance.random()))


def _tried(swaps: list[tuple[FunctionType, CodeType]], items: list[pytest.Item]) -> dict[str, Any]:
    """Whether tests of the gate, and else long ones, fail with the change; by which, and which were run."""
    by: list[str] = []
    ran: list[str] = []
    caught = [False, False]
    for which in (_IN_THE_GATE, _LONG):
        asked = [item for item in items if bool(item.get_closest_marker("long")) is bool(which)]
        if any(caught) or not asked:
            continue
        failed, run, hung = _in_a_fork(swaps, asked)
        truly = [name for name in failed if name not in _in_a_fork([], [i for i in asked if i.nodeid in failed])[0]]
        caught[which] = bool(truly) or hung
        by, ran = by + truly, ran + run
    return {"gate": caught[_IN_THE_GATE], "long": caught[_LONG], "by": by, "ran": ran}


def _in_a_fork(
    swaps: list[tuple[FunctionType, CodeType]], items: list[pytest.Item]
) -> tuple[list[str], list[str], bool]:
    """The tests that fail, those that were run, and whether it had to be stopped."""
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        pid = os.fork()
        if pid == 0:
            os.setsid()
            try:
                _run(swaps, items, said)
            finally:
                os._exit(0)
        hung = _ends(pid)
        lines = [line.split(" ", 1) for line in (said.read_text().splitlines() if said.exists() else [])]
    return [name for result, name in lines if result == "failed"], [name for _result, name in lines], hung


def _ends(pid: int) -> bool:
    until = time.monotonic() + HANGS
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            _end_all(pid)
            return False
        time.sleep(0.02)
    _end_all(pid)
    os.waitpid(pid, 0)
    return True


def _end_all(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _run(swaps: list[tuple[FunctionType, CodeType]], items: list[pytest.Item], said: Path) -> None:
    """Runs in the fork, on a copy of the database."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    name = connection.settings_dict["NAME"]
    own = f"{name}.{os.getpid()}"
    shutil.copyfile(name, own)
    connection.settings_dict["NAME"] = own
    for function, code in swaps:
        function.__code__ = code
    end = time.process_time() + SECONDS
    with said.open("w", buffering=1) as notes:
        for item, following in zip(items, [*items[1:], None], strict=True):
            reports = runtestprotocol(item, log=False, nextitem=following or item)
            failed = any(report.failed for report in reports)
            notes.write(f"{'failed' if failed else 'passed'} {item.nodeid}\n")
            if failed:
                end = min(end, time.process_time() + AFTER_ONE)
            if time.process_time() > end:
                break
    Path(own).unlink(missing_ok=True)
