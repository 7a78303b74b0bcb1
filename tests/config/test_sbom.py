"""The bill of materials holds against the official schema, names everything that is imported, and is the same twice."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tools import assets, sbom

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database


@cache
def text() -> str:
    return sbom.document()


IMPORTS = re.compile(r"(?m)^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b|import[ \t]+([\w., \t]+))")


def found() -> dict[str, Any]:
    return json.loads(text())  # type: ignore[no-any-return]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.long
def test_it_holds_against_the_schema() -> None:
    from cyclonedx.schema import SchemaVersion  # takes seconds, and each worker of the tests imports this file
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text()) is None
    wrong = found()
    wrong["components"][0]["version"] = 1
    assert validator.validate_str(json.dumps(wrong)) is not None


@pytest.mark.long
def test_the_same_tree_gives_the_same_bytes() -> None:
    env = {"PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin", "TZ": "America/Belize"}
    done = subprocess.run([sys.executable, "tools/sbom.py"], cwd=ROOT, env=env, capture_output=True, check=True)
    assert done.stdout.decode() == text()
    dated = subprocess.run(
        [sys.executable, "tools/sbom.py"],
        cwd=ROOT,
        env=env | {"SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        check=True,
    )
    assert json.loads(dated.stdout)["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"


@pytest.mark.long
def test_every_package_that_is_imported_is_in_it() -> None:
    names = {each["name"] for each in found()["components"]}
    ours = metadata.packages_distributions()
    imported: set[str] = set()
    for path in (ROOT / "floreo").rglob("*.py"):  # by its lines: to parse all of it takes seconds, and finds no other
        for one, several in IMPORTS.findall(path.read_text(encoding="utf-8")):
            imported |= {name.split(".")[0].split()[0] for name in (one or several).split(",") if name.strip()}
    theirs = {
        name for name in imported if name in ours and name not in {"floreo", "ray"}
    }  # of a cluster, which is apart
    assert {"django", "pyarrow", "lxml"} <= theirs
    assert {name for name in theirs if not {canonical(d) for d in ours[name]} & names} == set()


def test_it_is_the_lock_and_what_the_wheel_holds_of_npm() -> None:
    locked = set(re.findall(r"(?m)^([a-z0-9.-]+==[^\s;]+)", (ROOT / "requirements.lock").read_text()))
    purls = {each["purl"] for each in found()["components"]}
    python = {purl.removeprefix("pkg:pypi/").replace("@", "==") for purl in purls if purl.startswith("pkg:pypi/")}
    assert python == locked
    tabler = str(assets.TABLER.relative_to(assets.MODULES))
    shipped = {"/".join(path.split("/")[:2]) for path in [*assets.FILES, tabler]}
    npm = {purl.removeprefix("pkg:npm/%40").rpartition("@")[0] for purl in purls if purl.startswith("pkg:npm/")}
    assert {f"@{name}" for name in npm} == shipped


def test_each_component_has_its_hashes_and_its_place_and_no_address_of_a_registry() -> None:
    document = found()
    for each in document["components"]:
        assert each["hashes"], each["name"]
        assert each["licenses"], each["name"]
    graph = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    reached, waiting = set(), ["floreo"]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += graph[here]
    assert reached == {"floreo", *(each["bom-ref"] for each in document["components"])}
    assert re.findall(r"https?://\S+", text()) == ['http://cyclonedx.org/schema/bom-1.6.schema.json",']


def test_licences_are_those_that_the_installed_packages_state() -> None:
    written = tomllib.loads((ROOT / "licences.toml").read_text())
    for name, licence in written.items():
        if name != "colorama":  # for Windows
            assert sbom.stated(name) == licence, name
    assert not [name for name, licence in written.items() if re.search(r"(?<!L)GPL", licence)]  # none that binds ours
