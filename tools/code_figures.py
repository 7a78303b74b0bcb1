"""How the code is made, in figures that anybody can count again: docs/architecture.md shows them.

    python tools/code_figures.py [FOLDER]    of this checkout, or of another one

Counted is the program (`floreo/`) without migrations, its templates, and the style sheets of `assets/css`.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef
APART = {"migrations", "static_built", "var", "__pycache__", "node_modules"}
LONG_LINE, VERY_LONG_LINE = 120, 200
OFF = re.compile(r"#\s*fmt:\s*(?:skip|off)")


def files(folder: Path, ending: str) -> list[Path]:
    return sorted(path for path in folder.rglob(f"*{ending}") if not APART & set(path.relative_to(folder).parts))


def read(paths: list[Path]) -> list[str]:
    return [path.read_text("utf-8") for path in paths]


def code_lines(text: str) -> int:
    """Lines that are neither blank nor a comment; those of a docstring count."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def functions(trees: list[ast.Module]) -> list[Function]:
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, Function)]


def length(function: Function) -> int:
    """From `def` to its end."""
    return (function.end_lineno or 0) - function.lineno + 1


def parameters(function: Function) -> list[ast.arg]:
    found = function.args
    return [*found.posonlyargs, *found.args, *found.kwonlyargs, *filter(None, (found.vararg, found.kwarg))]


def typed(parameter: ast.arg) -> list[str]:
    """The names in its annotation."""
    return re.findall(r"\w+", ast.unparse(parameter.annotation)) if parameter.annotation is not None else []


def of(trees: list[ast.Module], kind: type[ast.AST]) -> int:
    return sum(isinstance(node, kind) for tree in trees for node in ast.walk(tree))


def late_imports(trees: list[ast.Module]) -> int:
    """Those within a function."""
    found = {
        id(node) for one in functions(trees) for node in ast.walk(one) if isinstance(node, ast.Import | ast.ImportFrom)
    }
    return len(found)


def nested_choices(trees: list[ast.Module]) -> int:
    """`a if b else c if d else e`."""
    choices = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.IfExp))
    return sum(isinstance(part, ast.IfExp) for one in choices for part in ast.walk(one)) - of(trees, ast.IfExp)


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def over(texts: list[str], limit: int) -> tuple[str, str]:
    """What share of all lines is longer, and what share of all characters is on those."""
    lines = [line for text in texts for line in text.splitlines()]
    long = [line for line in lines if len(line) > limit]
    return share(len(long), len(lines)), share(sum(map(len, long)), sum(map(len, lines)))


def of_code(root: Path) -> Iterator[tuple[str, str]]:
    paths = files(root / "floreo", ".py")
    program, tests = read(paths), read(files(root / "tests", ".py"))
    lines, tested = sum(map(code_lines, program)), sum(map(code_lines, tests))
    thousands = sum(len(text.splitlines()) for text in program) / 1000
    trees = [ast.parse(text) for text in program]
    every = functions(trees)
    lengths = sorted(map(length, every))
    longest, name = max((len(text.splitlines()), path) for path, text in zip(paths, program, strict=True))
    yield "lines of code, not blank, not comment", f"{lines:,}"
    yield "lines of tests for each of them", f"{tested / lines:.2f}"
    yield "lines of a function: median", f"{median(lengths):.0f}"
    yield "lines of a function: of a hundred all but one have at most", f"{quantiles(lengths, n=100)[98]:.0f}"
    yield "lines of the longest function", f"{lengths[-1]}"
    yield "lines of the longest file", f"{longest:,} ({name.relative_to(root)})"
    yield "functions with a type for what they return", share(sum(one.returns is not None for one in every), len(every))
    yield "parameters typed with Any", f"{sum('Any' in typed(p) for one in every for p in parameters(one)):,}"
    yield "parameters `viewer: object`", f"{sum(text.count('viewer: object') for text in program):,}"
    yield "imports within a function", f"{late_imports(trees):,}"
    yield "choices (a if b else c) in 1,000 lines", f"{of(trees, ast.IfExp) / thousands:.1f}"
    yield "choices within choices", f"{nested_choices(trees):,}"
    yield "lambdas in 1,000 lines", f"{of(trees, ast.Lambda) / thousands:.1f}"
    yield "places that no formatter may touch", f"{sum(len(OFF.findall(text)) for text in program):,}"
    yield "the same in tests", f"{sum(len(OFF.findall(text)) for text in tests):,}"
    said = [comment for text in program for comment in comments(text)]
    for mark in ("type: ignore", "noqa"):
        yield f"`{mark}`", f"{sum(mark in comment for comment in said):,}"


def of_pages(root: Path) -> Iterator[tuple[str, str]]:
    templates, sheets = read(files(root / "floreo", ".html")), read(files(root / "assets" / "css", ".css"))
    yield f"lines of templates over {LONG_LINE} characters", over(templates, LONG_LINE)[0]
    yield f"characters of templates on lines over {VERY_LONG_LINE}", over(templates, VERY_LONG_LINE)[1]
    yield f"lines of style sheets over {LONG_LINE} characters", over(sheets, LONG_LINE)[0]


def of_project(root: Path) -> Iterator[tuple[str, str]]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    lock = (root / "requirements.lock").read_text("utf-8")
    floor = project["tool"].get("coverage", {}).get("report", {}).get("fail_under")
    yield "floor of coverage", f"{floor} %" if floor else "none"
    yield "packages that we name", f"{len(project['project']['dependencies'])}"
    yield "packages with all that those need", f"{len(re.findall(r'(?m)^[a-z0-9].*==', lock))}"
    yield "decision records", f"{len(list((root / 'docs' / 'adr').glob('[0-9]*.md')))}"


def figures(root: Path) -> Iterator[tuple[str, str]]:
    for part in (of_code, of_pages, of_project):
        yield from part(root)


if __name__ == "__main__":
    for name, value in figures(Path(sys.argv[1]) if sys.argv[1:] else ROOT):
        print(f"{name:<62}{value}")
