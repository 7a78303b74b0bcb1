"""`make check`: format, lint, layers and types of everything, and the tests of what changed since the main branch and of what imports it.
Under a minute for a small change; `make test` is the whole gate.

    python tools/check.py [BASE]    BASE: what to compare with (default: main, or where it was left)
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
CONTRACTS = ["tests/contracts/test_actions.py", "tests/contracts/test_settings.py"]
MOST = 8  # files of tests, the nearest: what half of the program imports is left to the gate
# What needs a browser or an installation of its own is left to the gate, and what takes long to the night.
LEFT_OUT = ["-m", "not e2e and not long", "--ignore=tests/config/test_backup.py"]


def run(*command: str) -> tuple[str, int, str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return " ".join(command), done.returncode, done.stdout + done.stderr


def git(*words: str) -> list[str]:
    _words, code, output = run("git", *words)
    return output.splitlines() if code == 0 else []


def changed(base: str) -> list[str]:
    """Files that differ from where this branch left `base`, with those not committed or not yet added."""
    left = (git("merge-base", "HEAD", base) or ["HEAD"])[0]
    return sorted({*git("diff", "--name-only", left), *git("ls-files", "--others", "--exclude-standard")})


def tests_of(files: list[str]) -> list[str]:
    """A changed test is run itself. Of a changed module those tests are run that import it, and then those that import what imports it;
    of a template or a help page the tests of its app, of its area where the app is the workspace."""
    found = set(CONTRACTS)
    paths = [Path(file) for file in files]
    found |= {str(path) for path in paths if path.parts[0] == "tests" and path.name.startswith("test_")}
    modules = [path for path in paths if path.suffix == ".py" and path.parts[0] in {"floreo", "tests"}]
    if modules:
        found |= set(nearest(modules))
    found |= {
        beside(path) for path in paths if path.parts[0] == "floreo" and len(path.parts) > 2 and path.suffix != ".py"
    }
    if any(path.parts[0] == "packs" for path in paths):
        found.add("tests/packs")
    there = {name for name in found if (ROOT / name).exists()}
    return sorted(name for name in there if not any(str(up) in there for up in Path(name).parents))


def nearest(changed_files: Iterable[Path]) -> list[str]:
    """The files of tests from which the fewest imports lead to one of these modules."""
    graph = grimp.build_graph("floreo", "tests", cache_dir=str(ROOT / ".import_linter_cache"))
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in changed_files}
    reached, edge, found = set(names), {name for name in names if name in graph.modules}, list[str]()
    apps = {name.split(".")[1] for name in names if "." in name}
    while edge and len(found) < MOST:
        edge = {up for name in edge for up in graph.find_modules_that_directly_import(name)} - reached
        reached |= edge
        tests = [name for name in edge if name.split(".")[-1].startswith("test_") and ".contracts." not in name]
        found += sorted(tests, key=lambda name: (not apps & set(name.split(".")), name))
    return [f"{name.replace('.', '/')}.py" for name in found[:MOST]]


def beside(file: Path) -> str:
    """The folder of tests that is nearest to it."""
    app, inside = file.parts[1], [part for part in file.parts[2:-1] if part not in {"templates", file.parts[1]}]
    area = Path("tests", app, *inside[:1])
    return str(area if (ROOT / area).is_dir() else area.parent)


def main(base: str = "main") -> int:
    files = changed(base)
    tests = tests_of(files)
    print(f"{len(files)} files changed; tests: {' '.join(tests)}", flush=True)
    templates = [f for f in files if f.endswith(".html") and (ROOT / f).exists()]
    checks = [
        [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
        [str(BIN / "ruff"), "check", "--quiet", "."],
        [str(BIN / "djangofmt"), "--check", *templates] if templates else [],
        [str(BIN / "lint-imports"), "--no-cache"],
        [str(BIN / "mypy"), "floreo", "tests", "tools", "benchmarks"],
    ]
    with ThreadPoolExecutor(1) as together:  # beside the tests, which take one core
        text = [together.submit(run, *command) for command in checks if command]
        shown = subprocess.run([str(BIN / "pytest"), "-q", "-n", "0", *LEFT_OUT, *tests], cwd=ROOT, check=False)
    bad = [result for result in (each.result() for each in text) if result[1]]
    for command, _code, output in bad:
        print(f"\n== {command}\n{output}")
    return 1 if bad or shown.returncode else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
