"""Which sentences a piece of the program can make: read from its source, along the names that it uses, without running it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
GETTEXT = {"_", "_l", "gettext", "gettext_lazy", "gettext_noop"}
Place = tuple[str, str]  # a module, and a name in it


def sentences_from(calling: Collection[str], within: str) -> dict[str, Place]:
    """The sentences of every function below the folder `within` that calls one of those, and of all functions and constants that it uses,
    each with where it is. What a class says is left out: names of fields and of choices."""
    waiting, seen, found = list(_functions_calling(calling, within)), set[Place](), dict[str, Place]()
    while waiting:
        module, name = place = waiting.pop()
        node = _defined(module)[0].get(name)
        if place in seen or node is None or isinstance(node, ast.ClassDef):
            continue
        seen.add(place)
        found |= dict.fromkeys(_sentences(node), place)
        waiting += _used(module, node)
    return found


def _functions_calling(names: Collection[str], within: str) -> Iterator[Place]:
    for path in sorted((ROOT / within).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, node in _defined(module)[0].items():
            calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
            if isinstance(node, ast.FunctionDef) and any(isinstance(c, ast.Name) and c.id in names for c in calls):
                yield module, name


def _sentences(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GETTEXT:
            for each in call.args:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


@cache
def _tree(module: str) -> ast.Module | None:
    path = ROOT.joinpath(*module.split("."))
    for each in (path.with_suffix(".py"), path / "__init__.py"):
        if each.exists():
            return ast.parse(each.read_text("utf-8"))
    return None


@cache
def _defined(module: str) -> tuple[dict[str, ast.AST], dict[str, Place]]:
    """What a module defines, and what it has from our other modules."""
    own, imported, tree = dict[str, ast.AST](), dict[str, Place](), _tree(module)
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            own[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {n.id: node for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("floreo"):
            imported |= {each.asname or each.name: (str(node.module), each.name) for each in node.names}
    return own, imported


def _meant(module: str, name: str) -> Place | None:
    """What a name means in a module; the name is "" for a module itself."""
    own, imported = _defined(module)
    if name in own:
        return module, name
    if name not in imported:
        return None
    home, called = imported[name]
    if _tree(f"{home}.{called}") is not None:
        return f"{home}.{called}", ""
    return _meant(home, called)


def _used(module: str, node: ast.AST) -> Iterator[Place]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and (found := _meant(module, each.id)) and found[1]:
            yield found
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
            found = _meant(module, each.value.id)
            if found and not found[1] and (inner := _meant(found[0], each.attr)):
                yield inner
