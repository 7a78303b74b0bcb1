"""Small changes of a module, one a place: a comparison turned round, *and* for *or*, a number one higher. By cosmic-ray, in the environment
that `tools/mutants.py` makes for it.

    python tools/mutations.py SEED MODULE...

prints one object of JSON a change: module, line (from 1), name of the change, and the whole text with it."""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

OPERATORS = [name for name in operator_names() if "/Variable" not in name]  # those want to be told which


def changes(module: str, chance: random.Random) -> Iterator[dict[str, object]]:
    text = Path(module).read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(text)))
    at: dict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
    for name in OPERATORS:
        operator = get_operator(name)()
        starts = (start for node in nodes for start, _end in operator.mutation_positions(node))
        for occurrence, start in enumerate(starts):
            at[start].append((name, occurrence))
    for (line, _column), possible in sorted(at.items()):
        name, occurrence = chance.choice(possible)
        changed = mutate_code(text, get_operator(name)(), occurrence)
        if changed is not None and changed != text:
            yield {"module": module, "line": line, "change": name.partition("/")[2], "text": changed}


if __name__ == "__main__":
    for module in sys.argv[2:]:
        for change in changes(module, random.Random(f"{sys.argv[1]} {module}")):
            print(json.dumps(change))
