"""Headings that name what they are: `Pillar 1: ...`, `PRIORITY AREA 2 —`, `Eje III.`, `Objective 1.1 ...`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.source import plain, split_sentences, trimmed
from floreo.strategy.drafting.vocabulary import (
    ACTION_WORDS,
    OBJECTIVE_WORDS,
    ORDINALS,
    PILLAR_WORDS,
)

PILLAR, OBJECTIVE, ACTION = 1, 2, 3
_SPELLED = "|".join([*sorted(NUMBER_WORDS, key=len, reverse=True)])
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_CODE = (
    rf"(?P<code>\d{{1,2}}(?:\.\d{{1,2}}){{0,4}}(?:\.?[a-z])?|[IVX]{{1,5}}(?![\w])|[A-H](?![\w’'])"
    rf"|(?:{_SPELLED})(?=\s*(?:[:.)|\-–—]|$)))"
)
_LABEL = re.compile(
    rf"^(?:(?P<action>{ACTION_WORDS})|(?P<objective>{OBJECTIVE_WORDS})|(?P<pillar>{PILLAR_WORDS}))"
    rf"\s+(?:{any_of('levels', 'number')})?{_CODE}(?P<gap>\s*[:.)\-–—|]+\s*|\s+|$)",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}
_TITLE_AT_MOST = 200
_RUNNING_ON = re.compile(rf"^(?:{any_of('levels', 'running_on')})\b")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a block: its rank, the word that names it, its code, the span of its title."""

    rank: int
    word: str
    code: str
    start: int
    title_start: int
    title_end: int


def label_at(text: str, start: int, end: int) -> Label | None:
    """The label a block opens with, if its words are a title and not a sentence about it."""
    found = _LABEL.match(text[start:end])
    if found is None:
        return None
    ranks = {"action": ACTION, "objective": OBJECTIVE, "pillar": PILLAR}
    name = next(each for each in ranks if found[each])
    rank, word = ranks[name], found[name]
    title_start, title_end = _title(text, start + found.end(), end)
    title = text[title_start:title_end]
    marked = bool(found["gap"].strip())
    if len(title) > _TITLE_AT_MOST or (not marked and (_RUNNING_ON.match(title) or title[:1].islower())):
        return None
    return Label(rank, singular(word), code_of(found["code"]), start, title_start, title_end)


def _title(text: str, start: int, end: int) -> Span:
    first = next(split_sentences(text, start, end), (start, start))
    return trimmed(text, *first, extra=".;:,–—-|")


@cache
def singular(word: str) -> str:
    """`PRIORITY  AREA` and `Priority area` are one family."""
    return plain(word)


def code_of(label: str) -> str:
    """`II`, `two` and `2` are all `2`; dotted numbers and letters stay."""
    low = label.lower().strip("().")
    if low in NUMBER_WORDS:
        return str(NUMBER_WORDS[low])
    if re.fullmatch(r"[ivx]+", low):
        return str(_roman_value(low))
    return label.strip("().")


def _roman_value(letters: str) -> int:
    values = [_ROMAN[letter] for letter in letters]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
