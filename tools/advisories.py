"""`make advisories`: whether a weakness is published for anything that the locks name. Says "unknown" where no index of advisories
can be asked, and does not fail for that; fails where one is found.

pip-audit and npm ask for us. What pip-audit could not find in its index counts as unknown, not as sound."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "advisories"
LOCKS = ("requirements.lock", "requirements-dev.lock")
UNKNOWN = "unknown: no index of advisories reachable"


def of_python(lock: str, *more: str) -> dict[str, Any]:
    """What pip-audit found, {} where it could not ask."""
    command = [
        str(HOME / "bin" / "pip-audit"),
        "--format=json",
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner=off",
    ]
    done = subprocess.run([*command, *more, "-r", lock], cwd=ROOT, capture_output=True, text=True, check=False)
    return _read(done.stdout)


def of_npm() -> dict[str, Any]:
    npm = shutil.which("npm") or str(ROOT / ".venv" / "bin" / "npm")
    if not Path(npm).exists():
        return {}
    done = subprocess.run(
        [npm, "audit", "--json", "--package-lock-only"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return _read(done.stdout)


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def python_lines(report: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Whether a line is a weakness, and the line."""
    packages = report.get("dependencies", [])
    known = [each for each in packages if "skip_reason" not in each]
    for each in known:
        for weak in each["vulns"]:
            fixed = ", ".join(weak["fix_versions"]) or "no version yet"
            yield True, f"{each['name']} {each['version']}: {weak['id']}, corrected in {fixed}"
    if len(known) < len(packages) or not packages:
        some = f" for {len(packages) - len(known)} of {len(packages)} packages" if known else ""
        yield False, f"{UNKNOWN}{some}"
    elif not any(each["vulns"] for each in known):
        yield False, f"none known for {len(known)} packages"


def npm_lines(report: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """As `python_lines`."""
    if "vulnerabilities" not in report:
        yield False, UNKNOWN
        return
    for name, weak in report["vulnerabilities"].items():
        yield True, f"{name} {weak['range']}: {weak['severity']}"
    if not report["vulnerabilities"]:
        yield False, f"none known for {report['metadata']['dependencies']['total']} packages"


def prepare() -> bool:
    """pip-audit in an environment of its own; False where it cannot be had."""
    lock = ROOT / "requirements-advisories.lock"
    stamp = HOME / ".installed"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return True
    venv.create(HOME, with_pip=True, clear=True)
    pip = [
        str(HOME / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    if subprocess.run([*pip, "-r", str(lock)], capture_output=True, check=False).returncode:
        return False
    stamp.write_text(lock.read_text())
    return True


def main() -> int:
    is_there = prepare()
    results = [(lock, list(python_lines(of_python(lock, *sys.argv[1:]) if is_there else {}))) for lock in LOCKS]
    results.append(("package-lock.json", list(npm_lines(of_npm()))))
    for name, lines in results:
        for _is_weak, line in lines:
            print(f"{name}: {line}")
    return 1 if any(is_weak for _name, lines in results for is_weak, _line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
