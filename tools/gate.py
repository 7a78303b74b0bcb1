"""May this land? The checks and the tests, on what `tools/test.sh` has set up. LONG=1 runs all that is known to be true.

Two lanes beside each other, so that two cores are busy to the end: the checks and then PostgreSQL; SQLite with the browser. At the end stand
the dearest tests, what the whole took of the processor, and pytest's closing lines. The gate fails above BUDGET, whatever the clock says:
a busy machine takes longer, and does not work more.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
BUDGET = 1200  # seconds of the processor: ten minutes of two cores
DEAREST = 10
MODULES = ("floreo", "tests", "tools", "benchmarks")
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("djangofmt", "--check", "floreo"),
    ("lint-imports", "--no-cache"),
    ("deptry", "."),
    ("mypy", *MODULES),
    ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
    ("python", "manage.py", "makemigrations", "--check", "--dry-run"),  # a model changed without its migration
)


class Gate:
    def __init__(self, folder: Path, *, is_long: bool) -> None:
        self.folder, self.is_long = folder, is_long
        # Of the order of the tests: another each day, so that what depends on it is found.
        self.seed = os.environ.get("SEED") or f"{datetime.now(UTC):%Y%m%d}"
        self.failed: list[str] = []
        self.closing: dict[str, str] = {}
        # What both lanes prepare once, and where each test notes what it took.
        self.env = os.environ | {"FLOREO_ONCE": str(folder / "once"), "FLOREO_COSTS": str(folder / "costs")}

    def check(self) -> None:
        """Says nothing of what is well, and all that was said of what is not."""
        env = self.env | {"FLOREO_DATA": str(self.folder / "data"), "FLOREO_ADDRESS": "https://strategy.example.org"}
        for tool, *words in CHECKS:
            done = subprocess.run([BIN / tool, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                self.failed.append(" ".join((tool, *words)))
                print(f"\n== {self.failed[-1]}\n{done.stdout}{done.stderr}", flush=True)
        if not self.failed:
            print("Format, lint, layers, dependencies, types, migrations: sound", flush=True)

    def test(self, database: str, *options: str, env: dict[str, str] | None = None) -> None:
        command = [str(BIN / "pytest"), "-q", "-p", "tests.costs", f"--randomly-seed={self.seed}", *options]
        prefix = "" if database == "SQLite" else f"{database} | "
        with subprocess.Popen(
            command, cwd=ROOT, env=self.env | (env or {}), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as run:
            assert run.stdout is not None
            for line in run.stdout:
                self.closing[database] = line.strip() or self.closing.get(database, "")
                print(prefix + line, end="", flush=True)
        if run.returncode:
            self.failed.append(f"tests on {database}")

    def on_postgresql(self) -> None:
        which = "(not e2e or postgresql) and not wheel" if self.is_long else "not long"
        self.test(
            "PostgreSQL", "-n", "1", "--database-only", "-m", which, env={"DATABASE_URL": os.environ["FLOREO_POSTGRES"]}
        )

    def check_and_ask_postgresql(self) -> None:
        self.check()
        self.on_postgresql()

    def on_sqlite(self) -> None:
        # Coverage takes half as long again: it is measured, and its floor held, where everything runs.
        self.test("SQLite", *(("-n", "3", "--cov") if self.is_long else ("-n", "2", "-m", "not long")))

    def run(self) -> None:
        with ThreadPoolExecutor(2) as lanes:
            beside = lanes.submit(self.check_and_ask_postgresql)
            self.on_sqlite()
            beside.result()

    def costs(self) -> Counter[str]:
        """Seconds of the processor by test, all its cases and both databases together."""
        took = Counter[str]()
        for notes in Path(self.env["FLOREO_COSTS"]).glob("*.jsonl"):
            for line in notes.read_text(encoding="utf-8").splitlines():
                test, seconds = json.loads(line)
                took[test.split("[")[0]] += seconds
        return took


def of_the_server() -> float:
    """Seconds of the processor that PostgreSQL took, which is no child of ours: it and its processes that have ended."""
    folder = Path(os.environ["FLOREO_POSTGRES"].split("host=")[1]) / "data"
    pid = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    is_long, begun = bool(os.environ.get("LONG")), time.monotonic()
    with TemporaryDirectory(prefix="floreo-gate-") as name:
        gate = Gate(Path(name), is_long=is_long)
        print(f"\n== Checks, then tests on PostgreSQL; beside them tests on SQLite (SEED={gate.seed})", flush=True)
        gate.run()
        costs = gate.costs()
    if keep := os.environ.get("FLOREO_KEEP_COSTS"):
        Path(keep).write_text(json.dumps(costs, indent=1), encoding="utf-8")
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = took.ru_utime + took.ru_stime + of_the_server()
    print("\n== The dearest tests, in seconds of the processor")
    for test, each in costs.most_common(DEAREST):
        print(f"{each:7.1f}  {test}")
    print(f"\n== {(time.monotonic() - begun) / 60:.1f} minutes; of the processor {seconds:.0f} s", end="")
    print("" if is_long else f" of {BUDGET} allowed")
    if seconds > BUDGET and not is_long:
        gate.failed.append(
            f"the budget: mark dear tests long (docs/guide/working-here.md), {seconds:.0f} s is too much"
        )
    if gate.failed:
        print("\n== Not well: " + "; ".join(gate.failed))
    print("\n".join(f"{database}: {line}" for database, line in gate.closing.items() if database != "SQLite"))
    print(gate.closing.get("SQLite", ""), flush=True)
    return 1 if gate.failed else 0


if __name__ == "__main__":
    sys.exit(main())
