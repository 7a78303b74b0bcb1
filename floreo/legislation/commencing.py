"""Which sections of an instrument are in force on a day, from its rows of commencement. Plain Python, no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_RANGE = re.compile(r"(\w+)(?:\s*[-–]\s*|\s+(?:to|a)\s+)(\w+)")


@dataclass(frozen=True)
class Start:
    """A row of commencement: the sections it names ("1, 4, 12A", "5-9"; empty for all that no other names), and the day; None where
    no day is set."""

    sections: str
    on: date | None


def sections_named(text: str, known: Sequence[str]) -> frozenset[str]:
    """The numbers that `text` names, of those that the instrument has, in their order. A range takes all between its ends."""
    found: set[str] = set()
    for part in re.split(r"[,;]| and | y ", text):
        words = part.strip()
        ends = _RANGE.fullmatch(words)
        if ends and ends[1] in known and ends[2] in known:
            found.update(known[known.index(ends[1]) : known.index(ends[2]) + 1])
        elif words in known:
            found.add(words)
    return frozenset(found)


def start_of_each(known: Sequence[str], rows: Iterable[Start], whole: date | None) -> Mapping[str, date | None]:
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
        found |= dict.fromkeys(sections_named(row.sections, known), row.on)
    return found


def not_in_force(starts: Mapping[str, date | None], day: date) -> Mapping[str, date | None]:
    """The sections that are not in force on `day`, each with the day from which they are."""
    return {number: on for number, on in starts.items() if on is None or on > day}
