"""The rules of who may import whom name every app, and find every area; the guide's picture is theirs: what is added is under them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

from floreo.workspace.areas import areas
from tools import import_rules

pytestmark = [pytest.mark.one_database]

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "pyproject.toml").read_text("utf-8")
LINTER: dict[str, Any] = tomllib.loads(SOURCE)["tool"]["importlinter"]
RULES: list[dict[str, Any]] = LINTER["contracts"]
APPS = {path.parent.name for path in (ROOT / "floreo").glob("*/__init__.py")}


def rule(beginning: str) -> dict[str, Any]:
    (found,) = [each for each in RULES if each["name"].startswith(beginning)]
    return found


def names(line: str) -> list[str]:
    return re.findall(r"[a-z_]+", line.replace("floreo.", ""))


def areas_rule() -> import_rules.Areas:
    own = rule("Areas")
    assert (own["type"], LINTER["contract_types"]) == ("areas", ["areas: tools.import_rules.Areas"])
    return import_rules.Areas(own["name"], {}, {"within": own["within"]})


def imports(*pairs: tuple[str, str]) -> grimp.ImportGraph:
    """The workspace with areas of the name of a fruit, which import what is said."""
    graph = grimp.ImportGraph()
    packages = (
        "floreo",
        "floreo.workspace",
        "floreo.workspace.plum",
        "floreo.workspace.pear",
        "floreo.workspace.forms",
    )
    for name in (*packages, "floreo.workspace.plum.urls", "floreo.workspace.pear.urls", "floreo.workspace.pear.views"):
        graph.add_module(name)
    for importer, imported in pairs:
        graph.add_import(importer=f"floreo.workspace.{importer}", imported=f"floreo.workspace.{imported}")
    return graph


def test_every_app_has_its_layer() -> None:
    layers = [name for line in rule("Layers")["layers"] for name in names(line)]
    assert sorted(layers) == sorted(APPS | {"offers"})


def test_every_area_of_the_workspace_is_kept_apart() -> None:
    graph = grimp.ImportGraph()
    for path in (ROOT / "floreo" / "workspace").rglob("*.py"):
        graph.add_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    assert areas_rule().found(graph) == {f"floreo.workspace.{area.name}" for area in areas()}


@pytest.mark.parametrize(
    ("pairs", "kept"),
    [
        ([("pear.views", "forms")], True),
        ([("pear.views", "plum")], False),
        ([("pear.views", "forms"), ("forms", "plum.urls")], False),
    ],
)
def test_an_area_that_imports_another_is_named(pairs: list[tuple[str, str]], *, kept: bool) -> None:
    found = areas_rule().check(imports(*pairs), verbose=False)
    assert found.kept is kept
    chains = [(each["downstream_module"], each["upstream_module"]) for each in found.metadata["invalid_chains"]]
    assert chains == ([] if kept else [("floreo.workspace.pear", "floreo.workspace.plum")])


def test_every_logic_is_plain() -> None:
    assert "floreo.*.logic" in rule("logic is plain")["source_modules"]


def test_the_picture_of_the_layers_is_that_of_the_rules() -> None:
    """`python tools/import_rules.py` writes it."""
    picture = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("```\n")[1]
    assert picture == import_rules.picture(SOURCE)


def test_every_layer_says_what_its_apps_are_for() -> None:
    assert [apps for apps, words in import_rules.layers(SOURCE) if not words] == []
    assert [apps for apps, _words in import_rules.layers(SOURCE)] == [
        line.replace("floreo.", "") for line in rule("Layers")["layers"]
    ]
