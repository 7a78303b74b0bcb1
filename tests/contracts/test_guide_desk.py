"""The app of docs/guide/add-a-desk.md, built in a copy of the project by what the guide says and nothing else: the commands with
which the guide ends pass, and each thing that is left out is named as the guide says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "guide" / "add-a-desk.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^```\w+\n(?:#|<!--) (?P<path>[\w./-]+\.\w+)(?: -->)?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
EMPTY = re.compile(r"[Ee]mpty `([^`]+\.py)`(?: and `([^`]+\.py)`)?")
EDIT = re.compile(r"^--- (?P<path>\S+)\n (?P<there>.+)\n\+(?P<wanted>.+)$", re.MULTILINE)
COMMANDS = re.compile(r"^## Then\n\n```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(
    r"^\| (?P<thing>[^|]+) \| `(?P<place>[^`]+)`(?:: `(?P<test>\w+)`)? \| “(?P<words>.+)” \|$", re.MULTILINE
)
EDITS = {found["path"]: (found["there"], found["wanted"]) for found in EDIT.finditer(GUIDE)}
NAMED = {found["thing"]: found for found in ROW.finditer(GUIDE)}
MOST = 2400  # seconds that all commands may take, on a machine with much else to do

OFFERS = "floreo/drills/offers.py"
CATALOGUE = "floreo/drills/locale/{}/LC_MESSAGES/django.po"
# How each thing is left out: the file, what of it (nothing: the whole file), and what is there instead.
LEFT_OUT: dict[str, tuple[str, str, str]] = {
    "the line in `floreo/offers.py`": ("floreo/offers.py", r'    "drills",\n', ""),
    "the line in `pyproject.toml`": ("pyproject.toml", r'  "floreo\.drills",.*\n', ""),
    "what is written after the layer": ("pyproject.toml", r'(?<=  "floreo\.drills",).*', ""),
    "`tools/import_rules.py`": ("docs/architecture.md", r"(?m)^drills  .*\n", ""),
    "the row in `add-a-country.md`": ("docs/guide/add-a-country.md", r"\| `drills\.toml`.*\n", ""),
    "`offers.py`": (OFFERS, "", ""),
    "`tables`": (OFFERS, r"    tables=.*\n", ""),
    "`licences`": (OFFERS, r"    licences=.*\n", ""),
    "`measures`": (OFFERS, r"(?s)    measures=.*?\n    },\n", ""),
    "`tasks`": (OFFERS, r"    tasks=.*\n", ""),
    "`task_kinds`": (OFFERS, r"    task_kinds=.*\n", ""),
    "`pack_shapes`": (OFFERS, r"    pack_shapes=.*\n", ""),
    "`pack_files`": (OFFERS, r"    pack_files=.*\n", ""),
    "`search_kinds`": (OFFERS, r"    search_kinds=.*\n", ""),
    "`verbs`": (OFFERS, r"    verbs=.*\n", ""),
    "`menu`": (OFFERS, r"    menu=.*\n", ""),
    "`verbose_name` of a column": ("floreo/drills/models.py", r'verbose_name=_\("Due"\)', ""),
    "`visible_to`": ("floreo/drills/models.py", r"    objects = .*\n", ""),
    "`search_entry`": ("floreo/drills/models.py", r"(?s)    def search_entry.*", ""),
    "`select_related` of the table": ("floreo/drills/tables.py", r'\.select_related\("organisation"\)', ""),
    "the migration": ("floreo/drills/migrations/0001_initial.py", "", ""),
    "an address in `NEEDS`": ("floreo/workspace/drills/urls.py", r', Permission\.PLAN_EDIT: "drill_held"', ""),
    "`addresses.py`": ("tests/workspace/drills/addresses.py", "", ""),
    "`drill.html`": ("floreo/workspace/templates/workspace/drills/drill.html", "", ""),
    "a sentence in Spanish": (CATALOGUE.format("es"), r'msgid "No drill is planned\."\nmsgstr .*\n', ""),
    "the catalogue in French": (CATALOGUE.format("fr"), "", ""),
    "the translation that another catalogue has": (
        CATALOGUE.format("es"),
        r"\Z",
        '\nmsgid "That day is still to come."\nmsgstr "Ese día todavía no llega."\n',
    ),
    "`drills.toml`": ("packs/isla-prueba/drills.toml", "", ""),
    "a second and a third row": ("packs/isla-prueba/drills.toml", r"(?s)(?<=\n)\n\[\[drill\]\].*", ""),
    "`test_drills.py`": ("tests/workspace/drills/test_drills.py", "", ""),
    "`drills.md`": ("docs/guide/drills.md", "", ""),
}

# An environment and an app of its own, built once for all.
pytestmark = [pytest.mark.one_database, pytest.mark.long, pytest.mark.xdist_group("desk")]


def run(folder: Path, *words: str, prepared: str = "whole") -> tuple[int, str]:
    """As whoever follows the guide runs it: nothing of this run is in its environment, but the programs beside our own Python.
    Runs that name the same `prepared` share the sample country that the first of them loaded."""
    ours = ("FLOREO_", "PYTEST_", "DATABASE_", "DJANGO_", "LONG")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    var = folder / "var"
    env |= {"FLOREO_DATA": str(var), "FLOREO_ONCE": str(var / "prepared" / prepared), "PYTHONPATH": str(folder)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    env["PYTEST_ADDOPTS"] = "-q -p no:cacheprovider -p no:randomly"
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=MOST)
    return done.returncode, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as git has it, with what was built of it, and all that the guide says but its commands."""
    copy = tmp_path_factory.mktemp("desk")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    built = [str(path.relative_to(ROOT)) for path in ROOT.glob("floreo/**/*.mo")]
    for name in {*listed.splitlines(), *built}:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    shutil.copytree(ROOT / "floreo" / "static_built", copy / "floreo" / "static_built")
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    me = ("-c", "user.name=Guide", "-c", "user.email=guide@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*me, "commit", "-q", "--no-verify", "-m", "Before")):
        assert run(copy, "git", *words)[0] == 0
    written = {found["path"]: found["text"] for found in BLOCK.finditer(GUIDE)}
    written |= {path: "" for found in EMPTY.finditer(GUIDE) for path in found.groups() if path}
    for path, content in written.items():
        assert not (copy / path).exists(), path
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(content, encoding="utf-8")
    assert len(written) > 20
    for path, (there, wanted) in EDITS.items():
        before = (copy / path).read_text(encoding="utf-8")
        assert before.count(f"{there}\n") == 1, path
        (copy / path).write_text(before.replace(f"{there}\n", f"{there}\n{wanted}\n"), encoding="utf-8")
    assert run(copy, "git", "add", "-A")[0] == 0
    return copy


@pytest.fixture(scope="module")
def commands(desk: Path) -> list[str]:
    """Those with which the guide ends. All but the tests, which are last, are run here."""
    found = COMMANDS.search(GUIDE)
    assert found is not None
    *before, tests = found[1].splitlines()
    for line in before:
        code, text = run(desk, "sh", "-c", line)
        assert code == 0, text
    return [*before, tests]


def test_a_desk_is_added_by_three_lines_in_files_of_others(desk: Path, commands: list[str]) -> None:
    """And one that a command writes."""
    assert commands
    _code, text = run(desk, "git", "diff", "HEAD", "--numstat", "--diff-filter=MDRT")
    changed = {name: (added, gone) for added, gone, name in map(str.split, text.splitlines()[1:])}
    assert list(EDITS) == ["floreo/offers.py", "pyproject.toml", "docs/guide/add-a-country.md"]
    assert changed == dict.fromkeys([*EDITS, "docs/architecture.md"], ("1", "0"))


@pytest.mark.timeout(MOST + 60)
def test_what_the_guide_ends_with_passes(desk: Path, commands: list[str]) -> None:
    assert commands[-1].startswith('pytest -m "not long" tests/contracts tests/workspace/drills')
    code, text = run(desk, "sh", "-c", commands[-1])
    assert code == 0, text


def test_the_guide_names_exactly_what_is_left_out_here() -> None:
    assert list(NAMED) == list(LEFT_OUT)


@pytest.mark.parametrize("thing", LEFT_OUT)
def test_what_is_forgotten_is_named(thing: str, desk: Path, commands: list[str]) -> None:
    assert commands
    name, what, instead = LEFT_OUT[thing]
    path, row = desk / name, NAMED[thing]
    before = path.read_text(encoding="utf-8")
    after, times = re.subn(what, instead, before) if what else ("", 1)
    assert times == 1, name
    path.write_text(after, encoding="utf-8") if what else path.unlink()
    try:
        place = row["place"] if "/" in row["place"] else f"tests/contracts/{row['place']}"
        chosen = ("-k", row["test"]) if row["test"] else ()
        stands_in_rows = name.startswith("packs/") or "/migrations/" in name
        prepared = re.sub(r"\W", "", thing) if stands_in_rows else "whole"
        words = (sys.executable, "-m", "pytest", place, *chosen, "-m", "not long")
        code, text = run(desk, *words, prepared=prepared)
    finally:
        path.write_text(before, encoding="utf-8")
    assert (code, row["words"] in text) == (1, True), text
