"""What is wrong with a pack, in sentences for the person who edits its files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from floreo.core.errors import Refused


@dataclass(frozen=True)
class Problem:
    """One thing to fix: in which file, in which row, in which field, and what is wrong there."""

    file: str
    row: str
    field: str
    sentence: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, [self.file, self.row, self.field]))
        return f"{where}: {self.sentence}"


class PackRefused(Refused):
    """The pack has problems, so nothing of it was loaded. `problems` names them all."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        sentence = _("Nothing was loaded. The pack has %(count)d problems:") % {"count": len(self.problems)}
        super().__init__(f"{sentence}\n{listed}", code="pack")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean “{close[0]}”?" if close else ""


_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "date_type": "must be a date like 2026-03-31",
    "decimal_type": "must be a number",
    "float_type": "must be a number",
    "list_type": "must be a list",
    "dict_type": 'must be a table, like { title = "..." }',
    "model_type": "must be a table with fields",
    "string_pattern_mismatch": "may hold only letters, digits, dots and hyphens in the usual form of a code",
}


def _sentence(kind: str, text: str, field: str, known: Iterable[str]) -> str:
    """Pydantic's error in words for who edits the file. Our own validators already speak to them."""
    if kind == "extra_forbidden":
        return f"“{field}” is not a field here{did_you_mean(field, known)}"
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    return _WORDS.get(kind, text[:1].lower() + text[1:])


def row_name(word: str, item: Any, number: int) -> str:
    """How a row that could not be read is named: by its code, its name or its title, else by its number."""
    shown = word.replace("_", " ")
    if isinstance(item, dict):
        if isinstance(item.get("asn"), int):
            return f"{shown} “AS{item['asn']}”"
        for key in ("code", "email", "name", "title"):
            if isinstance(item.get(key), str) and item[key] != "":
                return f"{shown} “{item[key]}”"
    return f"{shown} number {number}"


def fields_at(shape: type[BaseModel], name: str) -> Iterable[str]:
    """The fields of the rows that the field `name` of `shape` holds."""
    field = shape.model_fields.get(name)
    inner = [kind for kind in get_args(field.annotation) if isinstance(kind, type)] if field else []
    return inner[0].model_fields if inner and issubclass(inner[0], BaseModel) else ()


def from_validation(
    wrong: ValidationError, *, file: str, word: str, item: Any, number: int, shape: type[BaseModel]
) -> list[Problem]:
    """Pydantic's errors as problems; an error in a nested row names that row too."""
    problems = []
    for error in wrong.errors(include_url=False):
        row, inside, fields, known = row_name(word, item, number), item, [], list(shape.model_fields)
        for step in error["loc"]:
            fields.append(str(step))
            inside = _into(inside, step)
            if isinstance(step, int) and isinstance(inside, dict):
                row = f"{row}, {row_name(fields[-2], inside, step + 1)}"
                known, fields = list(fields_at(shape, fields[-2])), []
        problems.append(
            Problem(
                file, row, ".".join(fields), _sentence(error["type"], error["msg"], fields[-1] if fields else "", known)
            )
        )
    return problems


def _into(thing: Any, step: str | int) -> Any:
    try:
        return thing[step]
    except (KeyError, IndexError, TypeError):
        return None
