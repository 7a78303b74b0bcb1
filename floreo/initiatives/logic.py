"""Competitions in plain Python: which phase one is in, how old who enters may be, what the jury's scores come to, and whether a text
names somebody. No Django."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from floreo.core.spelling import plain

LONGEST = 4000  # characters of one description
LARGEST = 10 * 1024 * 1024  # bytes of one file
OF_AGE = 18
MOST_POINTS = 10  # of one criterion
NEVER_AGREED_DAYS = 30  # after the closing: an entry without its guardian's consent is then removed
SHORTEST_NAME = 3  # characters of a part of a name by which somebody is recognised in a text


# --- When ---------------------------------------------------------------------------------------------------------


class Phase(StrEnum):
    HIDDEN = "hidden"
    COMING = "coming"
    OPEN = "open"
    JUDGING = "judging"
    ENDED = "ended"  # its result is published


def phase_of(state: str, opens_on: date | None, closes_on: date | None, *, today: date) -> Phase:
    """Where it is on that day. On its last day entries are still taken in."""
    if state == "ended":
        return Phase.ENDED
    if state != "published" or opens_on is None or closes_on is None:
        return Phase.HIDDEN
    if today < opens_on:
        return Phase.COMING
    return Phase.OPEN if today <= closes_on else Phase.JUDGING


def erased_from(result_on: date, days: int) -> date:
    """The day from which nothing is left of who entered."""
    return result_on + timedelta(days=days)


# --- Age ----------------------------------------------------------------------------------------------------------

_BANDS = ((0, 9), (10, 12), (13, 15), (16, 17), (18, 24), (25, 120))


def band_of(age: int) -> str:
    """The age band that is kept instead of the age: "13-15"."""
    for first, last in _BANDS:
        if first <= age <= last:
            return f"{first}-{last}" if last < _BANDS[-1][1] else f"{first}+"
    raise ValueError(age)


def bands() -> tuple[str, ...]:
    return tuple(band_of(first) for first, _last in _BANDS)


def is_minor(age: int) -> bool:
    return age < OF_AGE


def is_minor_band(band: str) -> bool:
    """Whether everybody of that band is a minor; a band that nobody knows is one."""
    first = band.partition("-")[0].rstrip("+")
    return not first.isdigit() or int(first) < OF_AGE


# --- The result ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """What one member of the jury gave one entry for one criterion."""

    member: int
    entry: int
    criterion: int
    points: int


@dataclass(frozen=True)
class Ranked:
    """One entry in the result: its points of 100, from so many members, and its place; entries with equal points share one."""

    entry: int
    points: Decimal
    members: int
    place: int


_TENTH = Decimal("0.1")


def total_of(given: Mapping[int, int], weights: Mapping[int, int]) -> Decimal | None:
    """One member's points of one entry, of 100; None where a criterion has none: half a judgement is none."""
    whole = sum(weights.values())
    if not whole or any(criterion not in given for criterion in weights):
        return None
    return Decimal(sum(given[c] * weight for c, weight in weights.items()) * 100) / (MOST_POINTS * whole)


def result_of(
    entries: Iterable[int],
    scores: Iterable[Score],
    weights: Mapping[int, int],
    conflicts: Iterable[tuple[int, int]] = (),
) -> tuple[list[Ranked], list[int]]:
    """Every entry by the mean of the members who judged it whole, best first; and the entries that nobody judged. Who has a conflict of
    interest with an entry (member, entry) does not count for it. The order of scores does not matter."""
    barred = set(conflicts)
    held: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for score in scores:
        if (score.member, score.entry) not in barred:
            held[score.entry][score.member][score.criterion] = score.points
    means: dict[int, tuple[Decimal, int]] = {}
    unjudged = []
    for entry in entries:
        totals = [total for each in held[entry].values() if (total := total_of(each, weights)) is not None]
        if totals:
            means[entry] = (
                (sum(totals, Decimal(0)) / len(totals)).quantize(_TENTH, rounding=ROUND_HALF_UP),
                len(totals),
            )
        else:
            unjudged.append(entry)
    found: list[Ranked] = []
    for number, (entry, (points, members)) in enumerate(sorted(means.items(), key=lambda pair: (-pair[1][0], pair[0]))):
        place = found[-1].place if found and found[-1].points == points else number + 1
        found.append(Ranked(entry, points, members, place))
    return found, unjudged


# --- Names --------------------------------------------------------------------------------------------------------


def names_in(text: str, *names: str) -> list[str]:
    """The parts of `names` that are in `text` as words, whatever their accents and capitals."""
    words = set("".join(c if c.isalnum() else " " for c in plain(text)).split())
    parts = {part for name in names for part in "".join(c if c.isalnum() else " " for c in plain(name)).split()}
    return sorted(part for part in parts if len(part) >= SHORTEST_NAME and part in words)
