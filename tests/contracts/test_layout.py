"""Promises about the code itself: where things may stand and what may not be said."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "floreo"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "signals.py"}
# The few places below actions.py that may write: each is a mechanism that actions themselves stand on, or a counter.
MAY_WRITE = {
    "core/action.py",
    "core/audit.py",
    "core/search.py",
    "core/throttle.py",
    "core/links.py",
    "core/heartbeat.py",
    "config/jobs.py",
    "config/commands.py",
}
WRITES = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "create"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def is_action_file(path: Path) -> bool:
    return "actions" in path.relative_to(PACKAGE).with_suffix("").parts


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n for p in MODULES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_junk_drawers() -> None:
    assert [str(p) for p in MODULES if p.name in FORBIDDEN_NAMES] == []


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in MODULES
        if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert silent == []


def test_rows_are_written_only_in_actions() -> None:
    found = []
    for path in MODULES:
        place = path.relative_to(PACKAGE).as_posix()
        if is_action_file(path) or place in MAY_WRITE:
            continue
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            function = call.func
            if isinstance(function, ast.Attribute) and function.attr in WRITES and "objects" in ast.unparse(function):
                found.append(f"{place}:{call.lineno} {ast.unparse(function)}")
    assert found == []


def test_no_country_is_named_in_code() -> None:
    found = subprocess.run(
        ["git", "grep", "-nIi", "belize", "--", "floreo", "assets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert " style=" not in text
    assert "<style" not in text
    assert "javascript:" not in text
    for tag in text.split("<script")[1:]:
        head = tag.split(">", 1)[0]
        assert "src=" in head or "application/json" in head, "inline script"
    for handler in (" onclick=", " onload=", " onsubmit=", " onchange=", " hx-on"):
        assert handler not in text


def test_logic_never_asks_the_wall_clock() -> None:
    found = []
    for path in MODULES:
        if path.relative_to(PACKAGE).as_posix() == "core/clock.py":
            continue
        text = path.read_text(encoding="utf-8")
        found += [
            f"{path.relative_to(ROOT)}: {word}"
            for word in ("date.today()", "timezone.now()", "datetime.now(")
            if word in text
        ]
    assert found == []


def test_no_address_of_another_host_is_loaded_by_a_page() -> None:
    for path in TEMPLATES:
        for part in path.read_text(encoding="utf-8").split("src=")[1:]:
            assert not part.lstrip("\"'").startswith(("http", "//")), path
