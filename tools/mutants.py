"""Do the tests notice when a rule is wrong? Modules are drawn at random, changed in one place at a time, and the tests that take the changed
line are run: those of the gate first, then those that are marked long.

    python tools/mutants.py [--contexts FILE] [--modules 20] [--each 25] [--seed N] [--to FOLDER]

FILE is what coverage noted of which test takes which line; without it, all tests but the browser's are run for that first, which takes longer
than the rest. Written are `results.jsonl`, a line a change, and a table. What changes nothing that is executed in a function (a type, a constant of the module) is left out."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import venv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "mutants"
KINDS = {
    "rules": re.compile(r"/logic(/\w+)?\.py$|/actions(/\w+)?\.py$|/rules\.py$|/due\.py$"),
    "access": re.compile(r"/access(/\w+)?\.py$|core/(who|throttle|among|once)\.py$"),
    "figures": re.compile(r"/measures(/\w+)?\.py$|figures\.py$|core/(durations|suppression)\.py$|/computing\.py$"),
    "exits": re.compile(
        r"^floreo/(open_data|webhooks|api)/\w+\.py$|^floreo/portal/views/\w+\.py$|/(files|csv|export)\.py$"
    ),
}
LEAST_LINES = 25  # that some test takes: a shorter module says nothing
_GROUP = re.compile(r"@[^@\]]*$")


def prepare() -> None:
    """cosmic-ray in an environment of its own."""
    lock, stamp = ROOT / "requirements-mutants.lock", HOME / ".installed"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    venv.create(HOME, with_pip=True, clear=True)
    pip = [
        HOME / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    subprocess.run([*map(str, pip), "-r", str(lock)], check=True)
    stamp.write_text(lock.read_text())


def contexts(folder: Path) -> Path:
    """Runs all tests but the browser's, and notes which takes which line: lines alone, since branches of each test would be a hundred times as many."""
    rules, found = folder / "coverage.ini", folder / "contexts"
    rules.write_text(f"[run]\nsource = floreo\nomit = */migrations/*\nrelative_files = true\ndata_file = {found}\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        f"--cov-config={rules}",
        "--cov=floreo",
        "--cov-context=test",
        "--cov-report=",
    ]
    subprocess.run([*command, "-m", "not e2e and not wheel"], cwd=ROOT, env=os.environ | {"LONG": ""}, check=False)
    return found


def tests_by_line(data: CoverageData, module: str) -> dict[int, set[str]]:
    """Which tests take each line, without those that only import it."""
    measured = next(name for name in data.measured_files() if name.endswith(module))
    found: dict[int, set[str]] = {}
    for line, contexts in data.contexts_by_lineno(measured).items():
        names = {_GROUP.sub("", each.rpartition("|")[0]) for each in contexts if each}
        if names:
            found[line] = names
    return found


def drawn(data: CoverageData, number: int, chance: random.Random) -> dict[str, str]:
    """Modules and their kinds: as many of each kind."""
    short = {name[name.rindex("floreo/") if "floreo/" in name else 0 :] for name in data.measured_files()}
    chosen = {}
    for kind, pattern in KINDS.items():
        fit = [name for name in sorted(short) if pattern.search(name) and (ROOT / name).exists()]
        chance.shuffle(fit)
        enough = (name for name in fit if len(tests_by_line(data, name)) >= LEAST_LINES)
        for name, _count in zip(enough, range(number // len(KINDS)), strict=False):
            chosen[name] = kind
    return chosen


def changes(modules: Iterable[str], seed: int) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    made = subprocess.run(
        [HOME / "bin" / "python", ROOT / "tools" / "mutations.py", str(seed), *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for line in made.stdout.splitlines():
        change = json.loads(line)
        found[change["module"]].append(change)
    return found


def table(results: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> list[str]:
    """Markdown: of each module and kind how many changes the gate caught, and how many all tests together."""
    by: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for result in results:
        by[result["module"]].append(result)
    lines = ["| kind | module | changes | by the gate | by all |", "|---|---|---|---|---|"]
    for kind in KINDS:
        ours = [(name, each) for name, each in sorted(by.items()) if kinds.get(name) == kind]
        for name, each in ours:
            lines.append(_row(kind, f"`{name}`", each))
        if ours:
            lines.append(_row(kind, "**all**", [one for _name, each in ours for one in each]))
    return lines


def _row(kind: str, name: str, results: list[Mapping[str, Any]]) -> str:
    gate = sum(r["gate"] for r in results)
    both = sum(r["gate"] or r["long"] for r in results)
    return f"| {kind} | {name} | {len(results)} | {gate} ({gate / len(results):.0%}) | {both} ({both / len(results):.0%}) |"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--contexts", type=Path)
    asked.add_argument("--modules", type=int, default=20)
    asked.add_argument("--each", type=int, default=25)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--to", type=Path, default=ROOT / "build" / "mutants")
    given = asked.parse_args()
    prepare()
    given.to.mkdir(parents=True, exist_ok=True)
    data = CoverageData(str(given.contexts or contexts(given.to)))
    data.read()
    chance = random.Random(given.seed)
    kinds = drawn(data, given.modules, chance)
    work = []
    for module, possible in changes(kinds, given.seed).items():
        lines = tests_by_line(data, module)
        taken = [change | {"tests": sorted(lines[change["line"]])} for change in possible if change["line"] in lines]
        chance.shuffle(taken)
        work += taken[: given.each * 2]  # of which those that change no function are left out
    (given.to / "work.json").write_text(json.dumps({"each": given.each, "changes": work}), encoding="utf-8")
    results = given.to / "results.jsonl"
    results.unlink(missing_ok=True)
    env = os.environ | {"FLOREO_MUTANTS": str(given.to), "LONG": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "-p", "tests.mutating"]
    subprocess.run([*command, "-m", "not e2e and not wheel"], cwd=ROOT, env=env, check=True)
    text = table(map(json.loads, results.read_text(encoding="utf-8").splitlines()), kinds)
    (given.to / "table.md").write_text("\n".join(text) + "\n", encoding="utf-8")
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
