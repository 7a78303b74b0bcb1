"""Marks and edits as data: in a draft, and as a small TOML file that is used again for the next edition or the other language."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from floreo.strategy.outline.edits import Edit, EditKind, Spot, hashed
from floreo.strategy.outline.looks import Key
from floreo.strategy.outline.marks import LONE, Mark, Meaning, Reach, Step, effective
from floreo.strategy.outline.passages import Outline

MOST_MARKS = 400
_LONGEST = 2_000  # characters of one value
_MOST_SPOTS = 200


class NoProfile(ValueError):  # noqa: N818 - others catch it by this name
    """What is not a profile. `line` is what is wrong, as a word of the file."""


def as_data(step: Step) -> dict[str, Any]:
    """A step as plain data, without what is empty."""
    if isinstance(step, Edit):
        data = {
            "act": str(step.act),
            "spots": [_spot_data(spot) for spot in step.spots],
            "to": _spot_data(step.to) if step.to else [],
            "cuts": list(step.cuts),
            "words": step.words,
            "due": step.due,
            "press": step.press,
        }
        return {word: value for word, value in data.items() if value}
    return {
        "meaning": str(step.meaning),
        "reach": str(step.reach),
        "key": list(step.key),
        "wording": step.wording,
        "place": step.place,
        "inside": [str(level) for level in step.inside],
        "nth": step.nth,
        "press": step.press,
    }


def _spot_data(spot: Spot) -> list[object]:
    return [spot.place, spot.wording, spot.nth]


def of_data(data: Mapping[str, Any]) -> Step:
    """A step from plain data. Raises NoProfile."""
    try:
        return _edit_of(data) if "act" in data else _mark_of(data)
    except (KeyError, TypeError, ValueError) as error:
        raise NoProfile(str(error)) from error


def _mark_of(data: Mapping[str, Any]) -> Mark:
    return Mark(
        Meaning(data["meaning"]),
        Reach(data["reach"]),
        _key(data["key"]),
        str(data.get("wording", ""))[:_LONGEST],
        _whole(data.get("place", 0), "place"),
        tuple(Meaning(level) for level in data.get("inside", ())),
        _whole(data.get("nth", 1), "nth"),
        _whole(data.get("press", 0), "press"),
    )


def _edit_of(data: Mapping[str, Any]) -> Edit:
    spots, cuts, due = data.get("spots", ()), data.get("cuts", ()), str(data.get("due", ""))
    if len(spots) > _MOST_SPOTS or len(cuts) > _MOST_SPOTS:
        raise NoProfile("spots")
    return Edit(
        EditKind(data["act"]),
        tuple(_spot(one) for one in spots),
        _spot(data["to"]) if data.get("to") else None,
        tuple(_whole(cut, "cuts") for cut in cuts),
        str(data.get("words", ""))[:_LONGEST],
        date.fromisoformat(due).isoformat() if due else "",
        _whole(data.get("press", 0), "press"),
    )


def _spot(given: Sequence[Any]) -> Spot:
    place, wording, nth = given
    return Spot(_whole(place, "place"), str(wording)[:_LONGEST], _whole(nth, "nth"))


def _key(given: object) -> Key:
    if not isinstance(given, list) or not given or not all(type(one) in {str, int} for one in given):
        raise NoProfile("key")
    return tuple(one[:_LONGEST] if isinstance(one, str) else one for one in given)


def _whole(given: object, name: str) -> int:
    if type(given) is not int or not 0 <= given < 10**9:
        raise NoProfile(name)
    return given


def _same_text(outline: Outline) -> str:
    return hashlib.sha256(outline.document.text.encode()).hexdigest()


def as_toml(outline: Outline, steps: Sequence[Step], *, name: str, with_words: bool = True) -> str:
    """What holds of the steps made on a document, without the places in it. Without words passages are named by their SHA-256: for a
    document that may not be given on."""
    lines = [
        f"# Marks made on {' '.join(name.split())}: what looks so is read so.",
        "# The days of its terms hold for this text alone.",
        f"text = {json.dumps(_same_text(outline))}",
    ]
    for step in effective(outline, steps):
        data = {word: value for word, value in as_data(step).items() if word not in {"place", "press"}}
        if data.get("spots"):
            data["spots"] = [_unplaced_spot(spot, with_words=with_words) for spot in data["spots"]]
        if data.get("to"):
            data["to"] = _unplaced_spot(data["to"], with_words=with_words)
        if not with_words and isinstance(step, Mark):
            data["wording"] = hashed(step.wording) if step.reach in LONE else ""
        lines += ["", "[[edit]]" if isinstance(step, Edit) else "[[mark]]"]
        lines += [f"{word} = {json.dumps(value, ensure_ascii=False)}" for word, value in data.items() if value]
    return "\n".join(lines) + "\n"


def _unplaced_spot(spot: Sequence[Any], *, with_words: bool) -> list[object]:
    return [0, spot[1] if with_words else hashed(spot[1]), spot[2]]


def of_toml(text: str, outline: Outline | None = None) -> list[Step]:
    """The steps of a file. Days of terms are left out where it was made on another text than that of `outline`. Raises NoProfile, also where
    it holds none or too many."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NoProfile(str(error)) from error
    steps = [*_steps(given, "mark"), *_steps(given, "edit")]
    if not 0 < len(steps) <= MOST_MARKS:
        raise NoProfile("mark")
    is_same = outline is not None and given.get("text") == _same_text(outline)
    return [step for step in steps if is_same or not isinstance(step, Edit) or step.act != EditKind.TERM]


def _steps(given: Mapping[str, Any], name: str) -> Iterator[Step]:
    listed = given.get(name, [])
    if not isinstance(listed, list):
        raise NoProfile(name)
    for one in listed:
        if not isinstance(one, dict) or ("act" in one) != (name == "edit"):
            raise NoProfile(name)
        step = of_data({**one, "place": 0, "press": 0})
        if isinstance(step, Edit) and step.act == EditKind.FRESH:
            raise NoProfile(name)
        yield _unplaced(step)


def _unplaced(step: Step) -> Step:
    if isinstance(step, Mark):
        return step
    spots = tuple(replace(spot, place=0) for spot in step.spots)
    return replace(step, spots=spots, to=replace(step.to, place=0) if step.to else None)
