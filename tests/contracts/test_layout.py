"""Rules about the code itself: where things may be and what may not be said."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "floreo"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "signals.py"}
# The few places below actions.py that may write: each is a mechanism that actions themselves use, or a counter.
MAY_WRITE = {
    "core/action.py",
    "core/audit.py",
    "core/search.py",
    "core/throttle.py",
    "core/links.py",
    "core/heartbeat.py",
    "core/heads.py",  # what signs the chain is in no entry of it
    "incidents/clocks.py",  # within the actions of a case; in no entry, since computed from what is
    "obligations/clocks.py",  # the same of notifications
    "api/idempotency.py",  # what a repeated call is answered; nobody reads it
    "webhooks/delivering.py",  # bookkeeping of the machine, as core/delivery.py
    "webhooks/events.py",
    "config/jobs.py",
    "config/commands/computing.py",
}
WRITES = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "create"}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def is_action_file(path: Path) -> bool:
    return "actions" in path.relative_to(PACKAGE).with_suffix("").parts


def every_file(*tops: str) -> Iterator[tuple[str, str]]:
    """Our Python, wherever it is: its place in the repository, its text."""
    for top in tops or ("floreo", "tests", "tools", "benchmarks"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.usefixtures("uncollected")
def test_no_choice_stands_within_a_choice() -> None:
    """`a if b else c if d else e` takes reading twice."""
    of_a_choice = re.compile(
        r"\belse\b(?!\s*:)"
    )  # only files with two are parsed: to parse all takes longer than the rest
    found = [
        f"{place}:{node.lineno}"
        for place, text in every_file()
        if len(of_a_choice.findall(text)) > 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.IfExp)
        and any(isinstance(n, ast.IfExp) for part in (node.test, node.body, node.orelse) for n in ast.walk(part))
    ]
    assert found == []


def test_nothing_is_kept_from_the_formatter() -> None:
    """Named in two halves, so that this file does not find itself."""
    off = re.compile("# " + r"fmt:\s*(skip|off)")
    found = [place for place, text in every_file() if off.search(text)]
    assert found == []


def test_no_line_of_a_template_is_wider_than_a_screen() -> None:
    """The outline of a drawing is no line to read."""
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 160 and not line.strip().startswith('d="')
    ]
    assert wide == []


@pytest.mark.long
@pytest.mark.usefixtures("uncollected")
def test_no_test_asserts_how_long_something_took() -> None:
    """A busy machine would fail it. Queries, calls, rows and bytes are counted instead; speed is measured in benchmarks/."""
    names = ("time", "monotonic", "perf_counter", "process_time", "time_ns", "monotonic_ns", "perf_counter_ns")
    clocks = {f"{module}{name}" for module in ("time.", "clocks.") for name in names} | set(names[1:])
    found = []
    asked = re.compile(r"\b(" + "|".join(names) + r")\(")
    for place, text in every_file("tests"):
        tree = ast.parse(text) if asked.search(text) else ast.Module([], [])
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
            taken = _names_of_clocks(function, clocks)
            found += [
                f"{place}:{node.lineno}"
                for node in ast.walk(function)
                if isinstance(node, ast.Assert) and _reads_a_clock(node.test, clocks, taken)
            ]
    assert sorted(set(found)) == []


def _names_of_clocks(function: ast.FunctionDef, clocks: set[str]) -> set[str]:
    """What is reckoned from a clock: `began = time.monotonic()`, and `took = time.monotonic() - began`."""
    taken: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _reads_a_clock(node.value, clocks, taken):
            taken |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return taken


def _reads_a_clock(within: ast.AST, clocks: set[str], taken: set[str]) -> bool:
    for node in ast.walk(within):
        if isinstance(node, ast.Name) and node.id in taken:
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in clocks:
            return True
    return False


def test_no_junk_drawers() -> None:
    assert [str(p) for p in MODULES if p.name in FORBIDDEN_NAMES] == []


def test_every_module_says_what_belongs_in_it() -> None:
    bare = [(place, text) for place, text in every_file("floreo") if text.strip() and not text.startswith('"""')]
    assert [place for place, text in bare if not ast.get_docstring(ast.parse(text))] == []


@pytest.mark.guards("rows are written only in actions")
@pytest.mark.usefixtures("uncollected")
def test_rows_are_written_only_in_actions() -> None:
    found = []
    for path in MODULES:
        place = path.relative_to(PACKAGE).as_posix()
        if is_action_file(path) or place in MAY_WRITE:
            continue
        text = path.read_text(encoding="utf-8")
        for call in calls(ast.parse(text)) if "objects" in text else ():
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


def _late_without_reason(text: str) -> list[int]:
    """Lines of imports within a function that have no `late: ...` beside them, nor above the imports that they are with."""
    lines, found = text.splitlines(), set()
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for function in functions:
        with_reason = 0  # the last line of imports that have one
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                above = lines[node.lineno - 2].strip()
                follows = not "".join(lines[with_reason : node.lineno - 1]).strip() and with_reason
                if "# late: " in lines[node.lineno - 1] or above.startswith("# late: ") or follows:
                    with_reason = node.end_lineno or node.lineno
                else:
                    found.add(node.lineno)
    return sorted(found)


@pytest.mark.long
@pytest.mark.usefixtures("uncollected")
def test_an_import_within_a_function_says_why_it_is_late() -> None:
    """It hides what a module needs: for a circle, or for what is large and seldom needed."""
    within = re.compile(r"^[ \t]+(?:from|import) ", re.MULTILINE)
    assert [
        f"{place}:{line}"
        for place, text in every_file("floreo")
        if within.search(text)
        for line in _late_without_reason(text)
    ] == []


def test_days_are_written_in_one_way() -> None:
    """Django's own filter writes "12 Oct" in Spanish, and months without the country's zone: `short_day` and `when` are ours."""
    wrong = re.compile(r"""\|date:["'][^"']*[bEFMN]""")
    assert [str(path) for path in TEMPLATES if wrong.search(path.read_text(encoding="utf-8"))] == []


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


@pytest.mark.xdist_group("alone")
def test_a_group_of_tests_stays_together(request: pytest.FixtureRequest) -> None:
    """Whatever shares a server is run by one process: a version of pytest and xdist that do not fit say nothing of it."""
    assert request.node.nodeid.endswith("@alone") == ("PYTEST_XDIST_WORKER" in os.environ)


def test_a_class_of_our_style_sheets_is_declared_in_one_place() -> None:
    """Two things of one name are drawn as each other: the agenda of a meeting was, after points of consultations got its class."""
    declared: dict[str, list[str]] = {}
    for path in sorted((ROOT / "assets" / "css").rglob("*.css")):
        for name in _declared_in(path.read_text("utf-8")) if path.name != "print.css" else ():
            declared.setdefault(name, []).append(path.name)
    assert len(declared) > 300
    assert {name: places for name, places in declared.items() if len(places) > 1} == {}


def _declared_in(sheet: str) -> list[str]:
    """The classes that have a rule by themselves, outside of what holds for some widths or media."""
    found, depth, begin = [], 0, 0
    text = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    for brace in re.finditer(r"[{}]", text):
        selector = text[begin : brace.start()].strip()
        if brace[0] == "{" and depth == 0 and re.fullmatch(r"\.fl-[\w-]+", selector):
            found.append(selector)
        depth += 1 if brace[0] == "{" else -1
        begin = brace.end()
    return found


def test_a_class_that_is_declared_twice_is_found() -> None:
    assert (
        _declared_in(".fl-a { b: c; } @media print { .fl-a { b: d; } } .fl-a p { e: f; } .fl-a { g: h; }")
        == [".fl-a"] * 2
    )
