"""When a consultation is open, what a comment may be, and which comments are alike. Plain Python, no Django.

Comments that say nearly the same are found by their shingles (three words in a row): a MinHash signature of one permutation, bands of
it as the places where candidates meet, and the exact share of common shingles to decide. Twenty thousand comments take seconds, since
only those that meet are compared."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zlib import crc32

LONGEST = 2000  # characters of one comment
ALIKE = 0.5  # share of common shingles from which two comments are suggested as one point
SHINGLE = 3  # words in a row
BINS, BAND = 64, 4  # of a signature; bins that must be the same for two comments to meet
MOST_MET = 12  # comments of one place with which a new one is compared

Signature = tuple[int, ...]


# --- When ---------------------------------------------------------------------------------------------------------


class Phase(StrEnum):
    """Where a consultation is. Hidden is everything that nobody outside may know of."""

    HIDDEN = "hidden"
    OPEN = "open"
    CLOSED = "closed"  # comments are read and decided on
    ANSWERED = "answered"


def phase_of(state: str, opens_at: datetime | None, closes_at: datetime | None, *, now: datetime) -> Phase:
    """Where it is at that moment. It opens at its moment, to the second, and at its closing moment nothing more is taken in."""
    if state == "answered":
        return Phase.ANSWERED
    if state != "scheduled" or opens_at is None or closes_at is None or now < opens_at:
        return Phase.HIDDEN
    return Phase.OPEN if now < closes_at else Phase.CLOSED


# --- Words --------------------------------------------------------------------------------------------------------


# Marks of direction, and characters without a width; but not the joiners that pictures of people are made with.
_UNSEEN = re.compile("[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


def sound_text(given: str) -> str:
    """`given` as a database and a file can take it: no NUL or other control characters but line ends, no half of a character, and nothing
    that turns the direction of what is after it or is not seen at all."""
    whole = given.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    seen = _UNSEEN.sub("", whole)
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in seen).strip()


_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a comment, without accents and capitals: people type the same character differently."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


def shingles_of(text: str) -> frozenset[int]:
    """Numbers of every three words in a row; of a shorter comment the number of all of it, and of none nothing."""
    words = words_of(text)
    if len(words) < SHINGLE:
        return frozenset({crc32(" ".join(words).encode())} if words else ())
    return frozenset(crc32(" ".join(words[n : n + SHINGLE]).encode()) for n in range(len(words) - SHINGLE + 1))


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of common shingles (Jaccard): 1 for the same text, 0 where nothing is common."""
    if not one or not other:
        return 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common)


# --- Which are alike ----------------------------------------------------------------------------------------------


def signature_of(shingles: frozenset[int]) -> Signature:
    """MinHash of one permutation: the least number in each bin; an empty bin takes that of the next one that is not."""
    least: list[int] = [-1] * BINS
    for shingle in shingles:
        mixed = (shingle * 2654435761) & 0xFFFFFFFF  # spreads what a checksum leaves near
        place, value = mixed & (BINS - 1), mixed >> 6
        if least[place] < 0 or value < least[place]:
            least[place] = value
    if not shingles:
        return ()
    filled, value, distance = list(least), -1, 0
    for place in range(2 * BINS - 1, -1, -1):
        here = least[place % BINS]
        if here >= 0:
            value, distance = here, 0
        elif value >= 0:
            distance += 1
            filled[place % BINS] = value + (distance << 26)
    return tuple(filled)


class _Groups:
    """Which numbers belong together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def top(self, number: int) -> int:
        path = []
        while (above := self._above.get(number, number)) != number:
            path.append(number)
            number = above
        for each in path:
            self._above[each] = number
        return number

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.top(one), self.top(other)))
        self._above[second] = first


def clusters(texts: Mapping[int, str], *, alike: float = ALIKE) -> list[list[int]]:
    """Groups of two or more comments that say nearly the same, the largest first; each comment is in one group at most. `texts` by the
    number of the comment. Whoever is like one of a group belongs to it. The same texts always give the same groups."""
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number in sorted(texts):
        words = tuple(words_of(texts[number]))
        if words:
            copies[words].append(number)
    first = {numbers[0]: " ".join(words) for words, numbers in copies.items()}
    groups = _Groups()
    for numbers in copies.values():
        for number in numbers[1:]:
            groups.join(numbers[0], number)
    _join_alike(first, groups, alike)
    found: dict[int, list[int]] = defaultdict(list)
    for number in sorted(texts):
        found[groups.top(number)].append(number)
    return sorted((group for group in found.values() if len(group) > 1), key=lambda group: (-len(group), group[0]))


def _join_alike(texts: Mapping[int, str], groups: _Groups, alike: float) -> None:
    shingles: dict[int, array[int]] = {}  # four bytes each: as sets they would fill a gigabyte
    places: dict[int, list[int]] = defaultdict(list)
    for number in sorted(texts):
        own = shingles_of(texts[number])
        shingles[number] = array("I", own)
        signature = signature_of(own)
        compared: set[int] = set()
        for start in range(0, len(signature), BAND):
            place = places[hash((start, signature[start : start + BAND]))]
            for other in place:
                if other in compared or groups.top(other) == groups.top(number):
                    continue
                compared.add(other)
                if likeness(own, frozenset(shingles[other])) >= alike:
                    groups.join(number, other)
            if len(place) < MOST_MET:
                place.append(number)


# --- What the answers come to -------------------------------------------------------------------------------------

CHANGED = frozenset({"accepted", "partly"})  # decisions by which the draft is another
DECISIONS = ("accepted", "partly", "not_accepted", "out_of_scope")


def tally(decisions: Iterable[str]) -> dict[str, int]:
    """How many points had each decision, in the order of every page; what has none is not counted."""
    given = list(decisions)
    return {each: given.count(each) for each in DECISIONS}


def shares(counts: Sequence[int], *, length: float, gap: float = 0.0) -> list[tuple[float, float]]:
    """Where each part of a bar begins and how long it is: together `length`, with `gap` between those that are not 0."""
    total, shown = sum(counts), sum(count > 0 for count in counts)
    free, at, found = length - gap * max(shown - 1, 0), 0.0, []
    for count in counts:
        width = free * count / total if total else 0.0
        found.append((round(at, 1), round(width, 1)))
        at += width + (gap if count else 0.0)
    return found
