"""The rules of who may import whom name every app and every area, and the guide's picture is theirs: what is added is under them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.one_database]

ROOT = Path(__file__).resolve().parents[2]
RULES: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
APPS = {path.parent.name for path in (ROOT / "floreo").glob("*/__init__.py")}


def rule(beginning: str) -> dict[str, Any]:
    (found,) = [each for each in RULES if each["name"].startswith(beginning)]
    return found


def names(line: str) -> list[str]:
    return re.findall(r"[a-z_]+", line.replace("floreo.", ""))


def test_every_app_has_its_layer() -> None:
    layers = [name for line in rule("Layers")["layers"] for name in names(line)]
    assert sorted(layers) == sorted(APPS | {"offers"})


def test_every_area_of_the_workspace_is_kept_apart() -> None:
    areas = {path.parent.name for path in (ROOT / "floreo" / "workspace").glob("*/urls.py")}
    assert set(rule("Areas")["modules"]) == {f"floreo.workspace.{area}" for area in areas}


def test_no_app_but_the_plan_s_takes_its_columns() -> None:
    assert set(rule("What every table needs")["source_modules"]) == {
        f"floreo.{app}" for app in APPS - {"core", "strategy"}
    }


def test_every_logic_is_plain() -> None:
    there = {f"floreo.{path.parent.name}.logic" for path in (ROOT / "floreo").glob("*/logic.py")}
    assert there - set(rule("logic is plain")["source_modules"]) == set()


def test_the_picture_of_the_layers_is_that_of_the_rules() -> None:
    picture = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("```\n")[1]
    shown = [re.split(r"\s{2,}", line)[0].removesuffix(".py").split(" | ") for line in picture.splitlines()]
    assert shown == [names(line) for line in rule("Layers")["layers"]]
