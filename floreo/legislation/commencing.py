"""Which sections of an instrument are in force on a day, from its rows of commencement. Plain Python, no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_HOLDER = re.compile(
    r"(?P<word>parts?|chapters?|divisions?|partes?|cap[ií]tulos?|t[ií]tulos?)\s+(?P<rest>.+)", re.IGNORECASE
)
# The words for a part, and the kind of provision that each is in the structure.
_KINDS = {
    "part": "part",
    "parte": "part",
    "título": "part",
    "titulo": "part",
    "chapter": "chapter",
    "capítulo": "chapter",
}
_KINDS |= {"capitulo": "chapter", "division": "division"}
_OF_SECTIONS = {"section", "sections", "sección", "secciones", "article", "articles", "artículo", "artículos"}
Holders = Mapping[tuple[str, str], Sequence[str]]  # ("part", "II") -> the numbers of its sections
NO_HOLDERS: Holders = {}
_RANGE = re.compile(r"(\w+)(?:\s*[-–]\s*|\s+(?:to|a)\s+)(\w+)")


@dataclass(frozen=True)
class Start:
    """A row of commencement: the sections or parts it names ("1, 4, 12A", "5-9", "Part III"; empty for all that no other names), and the
    day; None where no day is set."""

    sections: str
    on: date | None


def sections_named(text: str, known: Sequence[str], holders: Holders = NO_HOLDERS) -> frozenset[str]:
    """The numbers that `text` names, of those that the instrument has, in their order. A range takes all between its ends; "Parts II and
    III" takes the sections of both."""
    found: set[str] = set()
    kind = ""  # of the part that is being named: "Parts II, III and V"
    for part in re.split(r"[,;]|\s(?:and|y)\s", text):
        words = part.strip()
        if holder := _HOLDER.fullmatch(words):
            word = holder["word"].lower()
            kind, words = _KINDS.get(word, "") or _KINDS.get(word.removesuffix("s"), ""), holder["rest"].strip()
        elif words.split(" ")[0].lower() in _OF_SECTIONS:
            kind, words = "", words.partition(" ")[2].strip()
        numbers = [number for each, number in holders if each == kind] if kind else known
        for number in _between(words, numbers):
            found.update(holders[kind, number] if kind else [number])
    return frozenset(found)


def _between(words: str, numbers: Sequence[str]) -> Sequence[str]:
    """The number that is named, or those from one to another."""
    ends = _RANGE.fullmatch(words)
    if ends and ends[1] in numbers and ends[2] in numbers:
        return numbers[numbers.index(ends[1]) : numbers.index(ends[2]) + 1]
    return [words] if words in numbers else []


def start_of_each(
    known: Sequence[str],
    rows: Iterable[Start],
    whole: date | None,
    holders: Holders = NO_HOLDERS,
) -> Mapping[str, date | None]:
    """Of each section number the day from which it is in force, None where no day is set. `whole` is the day of the instrument itself.
    A section of which nothing is known is left out: nothing is claimed of it."""
    given = list(rows)
    rest = next((row for row in given if not row.sections.strip()), None)
    found: dict[str, date | None] = {}
    if rest is not None:
        found = dict.fromkeys(known, rest.on)
    elif whole is not None:
        found = dict.fromkeys(known, whole)
    for row in given:
        found |= dict.fromkeys(sections_named(row.sections, known, holders), row.on)
    return found


def not_in_force(starts: Mapping[str, date | None], day: date) -> Mapping[str, date | None]:
    """The sections that are not in force on `day`, each with the day from which they are."""
    return {number: on for number, on in starts.items() if on is None or on > day}
