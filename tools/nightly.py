"""`make nightly`: everything (LONG=1), then a draw of small changes of the program (tools/mutants.py), and a page of what they say.

The page is `build/nightly/<day>.md`: what failed, what got slower by half since the night before, how many changes the tests noticed, and
which tests were run on changes and have failed for none so far. What earlier nights found is kept beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "nightly"
SLOWER = 1.5
LEAST = 2.0  # seconds of the processor from which on it is worth a line
SEEN = 10  # changes on which a test was run before its silence says something
FAILED = re.compile(r"^(?:\w+ \| )?(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def slower(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Lines of tests that took at least half as long again."""
    rows = [(name, before[name], took) for name, took in now.items() if name in before and took >= LEAST]
    return [f"- {name}: {was:.1f} s, now {took:.1f} s" for name, was, took in sorted(rows) if took >= SLOWER * was]


def silent(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """Lines of tests that were run on many changes and never failed."""
    ran, failed = Counter[str](), set[str]()
    for result in results:
        ran.update(result["ran"])
        failed.update(result["by"])
    return [
        f"- {name}: {number} changes" for name, number in ran.most_common() if number >= SEEN and name not in failed
    ]


def section(title: str, lines: list[str], nothing: str) -> str:
    return f"## {title}\n\n" + "\n".join(lines or [nothing]) + "\n"


def main() -> int:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    HOME.mkdir(parents=True, exist_ok=True)
    costs, kept = HOME / "costs.json", HOME / "mutants.jsonl"
    before = json.loads(costs.read_text(encoding="utf-8")) if costs.exists() else {}
    env = os.environ | {"LONG": "1", "FLOREO_KEEP_COSTS": str(costs)}
    run = subprocess.run(["bash", "tools/test.sh"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    (HOME / f"{day}.log").write_text(run.stdout, encoding="utf-8")
    now = json.loads(costs.read_text(encoding="utf-8")) if costs.exists() else {}
    seed = day.replace("-", "")
    changed = subprocess.run([sys.executable, "tools/mutants.py", "--seed", seed], cwd=ROOT, check=False)
    mutants = ROOT / "build" / "mutants"
    if changed.returncode == 0:
        with kept.open("a", encoding="utf-8") as notes:
            notes.write((mutants / "results.jsonl").read_text(encoding="utf-8"))
    results = map(json.loads, kept.read_text(encoding="utf-8").splitlines() if kept.exists() else [])
    table = (mutants / "table.md").read_text(encoding="utf-8").splitlines() if changed.returncode == 0 else []
    page = "\n".join(
        (
            f"# Night of {day}\n",
            "Everything passed.\n" if run.returncode == 0 else "**Not everything passed.**\n",
            section("Failed", [f"- {name}" for name in FAILED.findall(run.stdout)], "Nothing."),
            section(
                "Slower by half than the night before",
                slower(now, before),
                "Nothing." if before else "No night before.",
            ),
            section(f"Changes that the tests noticed (seed {seed})", table, "Unknown: the changes could not be tried."),
            section(f"Tests that failed for no change, of {SEEN} or more", silent(results), "None."),
        )
    )
    (HOME / f"{day}.md").write_text(page, encoding="utf-8")
    print(HOME / f"{day}.md")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
