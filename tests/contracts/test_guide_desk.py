"""The desk of docs/guide/add-a-desk.md, built in a copy of the project by what the guide says and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide" / "add-a-desk.md"
BLOCK = re.compile(
    r"^```\w+\n(?:#|<!--) (?P<path>[\w./-]+\.\w+)(?: -->)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
EMPTY = re.compile(r"[Ee]mpty `([^`]+\.py)`(?: and `([^`]+\.py)`)?")
# The three edits outside the folders of the app: file, a line that is there, and what the guide adds to it.
EDITS = {
    "floreo/offers.py": ('    "strategy",\n', '    "strategy",\n    "drills",\n'),
    "pyproject.toml": (
        '  "floreo.infrastructure | floreo.strategy | floreo.contact_drills",\n',
        '  "floreo.drills",\n  "floreo.infrastructure | floreo.strategy | floreo.contact_drills",\n',
    ),
    "docs/guide/add-a-country.md": (
        "\n| `places.toml`",
        "\n| `drills.toml` | `[[drill]]` | exercises, and by when |\n| `places.toml`",
    ),
}
ASKED = (
    "tests/workspace/drills",
    "tests/contracts/test_offers.py",
    "tests/packs/test_guide.py",
    "tests/contracts/test_roles.py::test_every_address_of_the_workspace_says_what_it_needs",
    "tests/contracts/test_roles.py::test_what_a_role_does_not_grant_is_refused",
)

pytestmark = [pytest.mark.one_database, pytest.mark.long]  # an environment and a desk of its own


def run(folder: Path, *words: str) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FLOREO_", "PYTEST_", "DATABASE_", "DJANGO_"))}
    env["FLOREO_DATA"] = str(folder / "var")
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as git has it, with what was built of it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    built = [str(p.relative_to(ROOT)) for p in ROOT.glob("floreo/**/*.mo")]
    for name in {*filter(None, listed), *built}:
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "floreo" / "static_built", tmp_path / "floreo" / "static_built")
    return tmp_path


def test_a_desk_is_added_by_the_guide_alone(copy: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    written = {found["path"]: found["text"] for found in BLOCK.finditer(text)}
    written |= {path: "" for found in EMPTY.finditer(text) for path in found.groups() if path}
    assert len(written) > 15
    for path, content in written.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(content, encoding="utf-8")
    for path, (there, wanted) in EDITS.items():
        before = (copy / path).read_text(encoding="utf-8")
        assert before.count(there) == 1, path
        (copy / path).write_text(before.replace(there, wanted), encoding="utf-8")
    run(copy, sys.executable, "manage.py", "makemigrations", "drills", "-n", "drills")
    catalogue = copy / "floreo" / "drills" / "locale" / "es" / "LC_MESSAGES" / "django"
    run(copy, "msgfmt", "-o", f"{catalogue}.mo", f"{catalogue}.po")
    run(copy, sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *ASKED)
