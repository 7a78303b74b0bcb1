"""Tables of actions: which column holds what, recognised from the words at its head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from floreo.core.reading.document import Block
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import Value
from floreo.strategy.drafting.rules.details import field_of
from floreo.strategy.drafting.rules.labels import code_of
from floreo.strategy.drafting.source import Source, plain

# Tested in this order, against a column head in plain lower case.
_COLUMNS = ("skip", "code", "supporting", "lead", "starts", "due", "budget", "action", "pillar", "objective")
_PATTERNS = tuple((name, re.compile(rf"^(?:{any_of('columns', name)})$")) for name in _COLUMNS)
_CODE_CELL = re.compile(
    r"^(?P<code>\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zA-Z]|[A-Z]{1,3}[-.]?\d{1,3}(?:\.\d{1,2})*)\)?)\.?\)?$"
)
_CODE_FIRST = re.compile(r"^(?P<code>\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+")


@dataclass(frozen=True, slots=True)
class TableAction:
    """An action read from one table row, with the spans of its wording and of the whole row."""

    title_start: int
    title_end: int
    end: int
    fields: Mapping[str, Value]


def columns_of(source: Source, block: Block) -> dict[str, int] | None:
    """Column by meaning, when a row is the head of a table of actions; None otherwise."""
    found: dict[str, int] = {}
    for at, (start, end) in enumerate(block.cells):
        words = re.sub(r"\s*\(.*\)", "", source.text[start:end])
        name = next((name for name, pattern in _PATTERNS if pattern.match(plain(words))), None)
        if name is not None:
            found.setdefault(name, at)
    return found if "action" in found and len(found.keys() - {"skip"}) > 1 else None


def section_of(block: Block) -> tuple[int, int] | None:
    """The span of the only filled cell of a row that runs across the table, such as `Pillar 2: ...`."""
    filled = [cell for cell in block.cells if cell[1] > cell[0]]
    return filled[0] if len(filled) == 1 and len(block.cells) > 1 else None


def action_of(source: Source, block: Block, columns: Mapping[str, int]) -> TableAction | None:
    """The action in a row under known columns; None when its action cell is empty."""
    start, end = _cell(block, columns["action"])
    if not source.text[start:end].strip():
        return None
    fields: dict[str, Value] = {}
    for name in ("lead", "supporting", "due", "starts", "budget"):
        if name in columns:
            cell = _cell(block, columns[name])
            fields.update(field_of(name, source.text[cell[0] : cell[1]]))
    code = _code(source, block, columns)
    if not code and (first := _CODE_FIRST.match(source.text[start:end])):
        code, start = first["code"], start + first.end()
    if code:
        fields["code"] = code
    last = max(stop for begin, stop in block.cells if stop > begin)
    return TableAction(start, end, last, fields)


def _cell(block: Block, at: int) -> tuple[int, int]:
    return block.cells[at] if at < len(block.cells) else (block.end, block.end)


def _code(source: Source, block: Block, columns: Mapping[str, int]) -> str:
    # A numbering column may come without any words at its head.
    at = columns.get("code", 0 if columns["action"] > 0 and 0 not in columns.values() else -1)
    if at < 0:
        return ""
    start, end = _cell(block, at)
    found = _CODE_CELL.match(source.text[start:end].strip())
    if found is None:
        return ""
    return found["code"] if found["code"].isalpha() else code_of(found["code"])
