"""`make check`: format, lint and types of everything, and the tests of what changed since the main branch. Under a minute
for a small change; `make test` is the whole gate.

    python tools/check.py [BASE]    BASE: what to compare with (default: main, or where it was left)
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
CONTRACTS = ["tests/contracts/test_layout.py", "tests/contracts/test_actions.py", "tests/contracts/test_settings.py"]
MOST = 3  # tests of one changed module
# What needs a browser or an installation of its own is left to the gate, and what takes long to the night.
LEFT_OUT = [
    "-m",
    "not e2e and not long",
    "--ignore=tests/config/test_backup.py",
]


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
    """A changed test is run itself. A changed module has the tests that import it; where none does, and for a template, the
    tests of its app, or of its area where the app is the workspace. The quick contracts are run for whatever changed. What
    half of the tests import is left to the gate, but for the nearest of them."""
    found = set(CONTRACTS)
    for file in map(Path, files):
        if file.parts[0] == "tests" and file.name.startswith("test_"):
            found.add(str(file))
        elif file.parts[0] == "tests" and file.suffix == ".py":
            found |= importing(file) or {str(file.parent)} - {"tests"}
        elif file.parts[0] == "floreo" and len(file.parts) > 2:
            found |= (importing(file) if file.suffix == ".py" else set()) or {beside(file)}
        elif file.parts[0] == "packs":
            found.add("tests/packs")
    there = {name for name in found if (ROOT / name).exists()}
    return sorted(name for name in there if not any(str(up) in there for up in Path(name).parents))


def importing(module: Path) -> set[str]:
    """Tests that name it: `from floreo.feeds.actions.rules import x` or `from floreo.feeds.actions import rules`."""
    parts = module.with_suffix("").parts
    if parts[-1] == "__init__":
        parts = parts[:-1]
    inside, name = re.escape(".".join(parts[:-1])), re.escape(parts[-1])
    names = re.compile(rf"{inside}\.{name}\b|from {inside} import (?:[\w ,]*\b|\([^)]*\b){name}\b")
    tests = [t for t in (ROOT / "tests").rglob("test_*.py") if t.parent.name != "contracts"]
    found = [t.relative_to(ROOT) for t in tests if names.search(t.read_text(encoding="utf-8"))]
    nearest = sorted(found, key=lambda t: (t.name != f"test_{parts[-1]}.py", t.parts[1] != parts[1], t))
    return {str(t) for t in nearest[:MOST]}


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
