"""Marks as data: in a draft, and as a small TOML file that is used again for the next edition or the other language."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from floreo.strategy.outline.looks import Key
from floreo.strategy.outline.marks import Mark, Meaning, Reach

MOST_MARKS = 400
_LONGEST = 2_000  # letters of one value


class NoProfile(ValueError):  # noqa: N818 - others catch it by this name
    """What is not a profile. `line` is what is wrong, as a word of the file."""


def as_data(mark: Mark) -> dict[str, Any]:
    return {
        "meaning": str(mark.meaning),
        "reach": str(mark.reach),
        "key": list(mark.key),
        "wording": mark.wording,
        "place": mark.place,
        "inside": [str(level) for level in mark.inside],
    }


def of_data(data: Mapping[str, Any]) -> Mark:
    """A mark from plain data. Raises NoProfile."""
    try:
        return Mark(
            Meaning(data["meaning"]),
            Reach(data["reach"]),
            _key(data["key"]),
            str(data.get("wording", ""))[:_LONGEST],
            _place(data.get("place", 0)),
            tuple(Meaning(level) for level in data.get("inside", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NoProfile(str(error)) from error


def _key(given: object) -> Key:
    if not isinstance(given, list) or not given or not all(type(one) in {str, int} for one in given):
        raise NoProfile("key")
    return tuple(one[:_LONGEST] if isinstance(one, str) else one for one in given)


def _place(given: object) -> int:
    if type(given) is not int or given < 0:
        raise NoProfile("place")
    return given


def as_toml(marks: Iterable[Mark], *, name: str) -> str:
    """The marks without their places, which are those of one document."""
    lines = [f"# Marks made on {' '.join(name.split())}: what looks so is read so."]
    for mark in marks:
        data = as_data(mark)
        lines += [
            "",
            "[[mark]]",
            *(f"{word} = {json.dumps(data[word], ensure_ascii=False)}" for word in _KEPT if data[word]),
        ]
    return "\n".join(lines) + "\n"


_KEPT = ("meaning", "reach", "key", "inside", "wording")


def of_toml(text: str) -> list[Mark]:
    """The marks of a file. Raises NoProfile, also where it holds none or too many."""
    try:
        given = tomllib.loads(text).get("mark")
    except tomllib.TOMLDecodeError as error:
        raise NoProfile(str(error)) from error
    if not isinstance(given, list) or not 0 < len(given) <= MOST_MARKS:
        raise NoProfile("mark")
    return [of_data({**one, "place": 0}) if isinstance(one, dict) else _refused() for one in given]


def _refused() -> Mark:
    raise NoProfile("mark")
