"""No function waits for somebody who needs it: each is used by the program, or by a library that calls it by its name."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("words"), pytest.mark.usefixtures("uncollected")]

ROOT = Path(__file__).resolve().parents[2]
READ = (".py", ".html", ".txt", ".toml", ".typ")
# By which Django finds a method of whatever class has it: expressions, middleware, checks of passwords.
FOUND_BY_NAME = {
    "as_postgresql",
    "as_sqlite",
    "get_help_text",
    "process_exception",
    "process_view",
    "resolve_expression",
}
# What only says how a function is called, and calls it from nowhere.
PLAIN = {
    "property",
    "cached_property",
    "staticmethod",
    "classmethod",
    "cache",
    "lru_cache",
    "composed",
    "once",
    "action",
    "transaction",
}


def sources() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "floreo").rglob("*")):
        if path.suffix in READ and "migrations" not in path.parts and path.is_file():
            yield path, path.read_text("utf-8")


def _first_name(node: ast.expr) -> str:
    while isinstance(node, (ast.Call, ast.Attribute)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_called_by_name(path: Path, owner: str, name: str) -> bool:
    """Whether a library knows a method of this name: a class that is not ours has it, or a form looks for `clean_<field>`."""
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    found = getattr(module, owner, None)
    others = [base for base in getattr(found, "__mro__", ())[1:] if not base.__module__.startswith("floreo")]
    return any(hasattr(base, name) for base in others) or (name.startswith("clean_") and hasattr(found, "base_fields"))


@cache
def unused() -> list[str]:
    words, defined = Counter[str](), list[tuple[str, Path, str]]()
    for path, text in sources():
        words.update(re.findall(r"\w+", text))
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text)):
            inner = node.body if isinstance(node, (ast.ClassDef, ast.Module)) else []
            for each in inner:
                if isinstance(each, ast.FunctionDef) and {_first_name(d) for d in each.decorator_list} <= PLAIN:
                    defined.append((each.name, path, node.name if isinstance(node, ast.ClassDef) else ""))
    often = Counter(name for name, _path, _owner in defined)
    return sorted(
        {
            name
            for name, path, owner in defined
            if words[name] == often[name]
            and not name.startswith("__")
            and not (owner and _is_called_by_name(path, owner, name))
        }
    )


@pytest.mark.long
def test_every_function_is_used() -> None:
    """One that only tests use is with them, or is used, or is removed."""
    assert [name for name in unused() if name not in FOUND_BY_NAME] == []
