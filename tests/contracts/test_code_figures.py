"""What tools/code_figures.py counts, on code of which every figure is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.code_figures import figures

pytestmark = pytest.mark.one_database

CODE = '''"""Two lines of a module
with a docstring."""

import sys  # noqa: F401

# A comment.


def first(viewer: object, *rest: "list[Any]"):  # type: ignore
    from json import loads

    return 1 if viewer else 2 if rest else 3


def second() -> None:
    key = lambda n: n  # FORMATTER: skip
'''.replace("FORMATTER", "fmt")  # so that this test is none of what it counts
WANTED = {
    "lines of code, not blank, not comment": "8",
    "lines of tests for each of them": "0.25",
    "lines of a function: median": "3",
    "lines of the longest function": "4",
    "lines of the longest file": "16 (floreo/app/code.py)",
    "functions with a type for what they return": "50.0 %",
    "parameters typed with Any": "1",
    "parameters `viewer: object`": "1",
    "imports within a function": "1",
    "choices (a if b else c) in 1,000 lines": "125.0",
    "choices within choices": "1",
    "lambdas in 1,000 lines": "62.5",
    "places that no formatter may touch": "1",
    "the same in tests": "0",
    "`type: ignore`": "1",
    "`noqa`": "1",
    "lines of templates over 120 characters": "50.0 %",
    "characters of templates on lines over 200": "99.2 %",
    "lines of style sheets over 120 characters": "0.0 %",
    "floor of coverage": "94 %",
    "packages that we name": "1",
    "packages with all that those need": "2",
    "decision records": "1",
}


def test_every_figure_is_what_was_counted_by_hand(tmp_path: Path) -> None:
    for name, text in {
        "floreo/app/code.py": CODE,
        "floreo/app/migrations/0001_initial.py": CODE * 2,
        "floreo/templates/page.html": f"{'x' * 495}\n<br>\n",
        "assets/css/own.css": "a {\n}\n",
        "tests/test_code.py": "import floreo\n\n\nassert floreo\n",
        "pyproject.toml": '[project]\ndependencies = ["one"]\n[tool.coverage.report]\nfail_under = 94\n',
        "requirements.lock": "one==1\n    --hash=sha256:1\ntwo==2\n",
        "docs/adr/0001-one.md": "# One\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    found = dict(figures(tmp_path))
    assert {name: found[name] for name in WANTED} == WANTED
