"""Values of JSON as text: names within names are joined by dots, numbers stay as they were written."""

from __future__ import annotations

import json
from typing import Any

Row = dict[str, str]
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_DEEPEST = 20


def flat(value: dict[str, Any], before: str = "", deep: int = 0) -> Row:
    """An object as text by dotted names. Lists of plain values are joined by ";", others stay JSON."""
    out: Row = {}
    for key, inner in value.items():
        name = before + plain_text(key)
        if inner is None:
            continue
        if isinstance(inner, dict) and deep < _DEEPEST:
            out.update(flat(inner, f"{name}.", deep + 1))
        else:
            out[name] = value_text(inner)
    return out


def value_text(value: Any) -> str:
    """One value that is no object."""
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ";".join(plain_text(each) for each in value if each is not None)
    return plain_text(value)


def plain_text(value: Any) -> str:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=True)


def further(row: Row, known: frozenset[str], prefix: str) -> str | None:
    """JSON text of what has no column, without empty values; None where there is nothing."""
    rest = {name.removeprefix(prefix): value for name, value in row.items() if name not in known and value != ""}
    return json.dumps(rest, ensure_ascii=False) if rest else None
