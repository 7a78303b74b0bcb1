"""What git and the wheel hold: nothing that a running installation made, and no key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = re.compile(
    r"(^|/)(var|incoming-api|incoming-kept)/|secret-key|\.sqlite3|\.lock$|\.(pem|key|p12|pfx)$|(^|/)\.env"
)
LOCKS = {f"requirements{which}.lock" for which in ("", "-dev", "-node", "-install", "-advisories", "-mutants")}


def private_among(names: list[str]) -> list[str]:
    return [name for name in names if PRIVATE.search(name) and name not in LOCKS]


def test_what_is_private_is_known_when_seen() -> None:
    names = ["floreo/var/secret-key", "var/floreo.sqlite3-wal", "web.lock", "deploy/tls.pem", "floreo/core/keys.py"]
    assert private_among(names) == names[:4]


def files_of_git(*patterns: str) -> list[str]:
    done = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_git_holds_no_data_and_no_key() -> None:
    assert private_among(files_of_git()) == []


def test_the_wheel_would_hold_no_data_and_no_key() -> None:
    files = [f.distribution_path for f in WheelBuilder(str(ROOT)).recurse_included_files()]
    assert "floreo/config/cli.py" in files
    assert private_among(files) == []


@pytest.mark.parametrize(("folder", "word"), [("floreo/var", "doctor"), ("floreo", "doctor"), ("floreo/var", "up")])
def test_no_data_folder_lies_within_the_program(folder: str, word: str) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_")}
    command = [sys.executable, "-m", "floreo.config.cli", "--data", str(ROOT / folder), word]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "which lies within the program itself. Use a folder outside of it." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (ROOT / "floreo" / "var").exists()


def test_the_data_folder_is_the_same_wherever_one_stands_in_the_checkout() -> None:
    code = "from floreo.config.environment import data_folder; print(data_folder('FLOREO_DATA'))"
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_")} | {"PYTHONPATH": str(ROOT)}
    for here in (ROOT, ROOT / "floreo", ROOT / "docs"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=here, env=env, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == str(ROOT / "var")


NAMED = re.compile(
    r"`((?:floreo|tests|benchmarks|docs|deploy|tools|packs|frameworks)/[\w./*-]*)`|\]\((?!https?:|mailto:|#)([^)#]+)"
)

MADE_BY_THE_READER = re.compile(r"/drills(/|$)|^packs/testland/|^deploy/secrets/")
GUIDES = "floreo/portal/help/"  # what begins with a slash there is a page of the site: test_guides.py follows it


def test_every_file_that_a_document_names_is_there() -> None:
    documents = [d for d in files_of_git("*.md") if not d.startswith(("tests/", "packs/"))]
    assert {document: missing for document in documents if (missing := not_there(document))} == {}
    assert len(documents) > 300


def not_there(document: str) -> list[str]:
    """Files that it names."""
    text = re.sub(r"(?s)```.*?```", "", (ROOT / document).read_text(encoding="utf-8"))
    here = (ROOT / document).parent
    return [
        name or link
        for name, link in NAMED.findall(text)
        if not MADE_BY_THE_READER.search(name)
        and not (document.startswith(GUIDES) and link.startswith("/"))
        and not (any(ROOT.glob(name)) if name else (here / link).exists())
    ]
