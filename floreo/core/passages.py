"""The passage of a text in which words were found, with the words marked: the same on both databases, and at a bounded cost."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

LOOKED_AT = 60_000  # signs of a text at once
MOST_LOOKED_AT = 300_000  # what a longer one says after them is found, but not shown
WIDTH = 200  # signs of a passage
BEFORE = 50  # of them before the first word
MOST_WORDS = 12  # as many as are sought
MOST_MATCHES = 200  # places looked at in one text
DIVIDES = "\x1e"  # is between the languages of one text: no passage reaches from one into the next
_RUN = re.compile(r"\w+")
_MARKS = re.compile(r"(?m)^[#>\-*\s]+|\*\*|\]\([^)\s]*\)|[\[\]`]")  # of Markdown, which many texts are written in
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Piece:
    """Some words of a passage, and whether they are what was sought."""

    words: str
    is_marked: bool = False


@cache
def _letters() -> dict[str, str]:
    """For each character without an accent, all characters that are read as that one: "o" for "o", "ó", "ö"."""
    found: dict[str, str] = {}
    for sign in map(chr, range(0xC0, 0x250)):
        base = unicodedata.normalize("NFKD", sign)[0].casefold()
        if base.isascii() and base.isalpha():
            found[base] = found.get(base, "") + sign
    return found


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def terms_of(words: str) -> list[str]:
    """What is sought, small and without accents, as the index takes words apart; nothing of a sign that is no letter and no digit."""
    found = [_bare(run) for word in words.split()[:MOST_WORDS] for run in _RUN.findall(word)]
    return [term for term in dict.fromkeys(found) if term.strip("_")][:MOST_WORDS]


@lru_cache(maxsize=256)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the terms at the beginning of a word, with or without accents, to the end of the word."""
    each = "|".join(
        "".join(f"[{c}{_letters()[c]}]\u0301?" if c in _letters() else re.escape(c) for c in term)
        for term in sorted(terms, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{each})\w*", re.IGNORECASE)


def passage(text: str, words: str) -> list[Piece]:
    """The stretch of `text` that holds most of the words, about WIDTH signs long, in pieces; empty where none of them is in what is
    looked at. In one language: the first of those that hold most of the words. Of a long text, the first part that holds any."""
    terms = terms_of(words)
    if not terms or not text:
        return []
    pattern = _pattern(tuple(terms))
    for start in range(0, min(len(text), MOST_LOOKED_AT), LOOKED_AT - WIDTH):  # no word is torn apart unseen
        if found := _in_part(text[start : start + LOOKED_AT], pattern):
            return [Piece("… "), *found] if start and not found[0].words.startswith("…") else found
    return []


def _in_part(text: str, pattern: re.Pattern[str]) -> list[Piece]:
    languages = [_SPACES.sub(" ", _MARKS.sub(" ", each)) for each in text.split(DIVIDES)]

    def different(plain: str) -> int:
        return len({_bare(m[0])[:4] for m, _n in zip(pattern.finditer(plain), range(MOST_MATCHES), strict=False)})

    plain = max(languages, key=different) if len(languages) > 1 else languages[0]
    places = [m.span() for m, _n in zip(pattern.finditer(plain), range(MOST_MATCHES), strict=False)]
    if not places:
        return []
    start, end = _stretch(plain, places)
    return _pieces(plain, start, end, [(a, b) for a, b in places if start <= a and b <= end])


def _stretch(plain: str, places: list[tuple[int, int]]) -> tuple[int, int]:
    """From where to where the passage goes: where most different words are near each other, cut between words."""

    def number(first: int) -> int:
        near = (plain[a:b].casefold() for a, b in places if first <= a < first + WIDTH - BEFORE)
        return len({_bare(word)[:4] for word in near})

    first = max((a for a, _b in places), key=lambda a: (number(a), -a))
    start = max(first - BEFORE, 0)
    start = 0 if start == 0 else plain.find(" ", start, first) + 1 or start
    longest = max(b for a, b in places if a == first)
    end = max(start + WIDTH, longest)
    if end < len(plain):
        end = max(plain.rfind(" ", start, end), longest)
    return start, min(end, len(plain))


def _pieces(plain: str, start: int, end: int, places: list[tuple[int, int]]) -> list[Piece]:
    found, at = [Piece("… ")] if start else [], start
    for a, b in places:
        found += [Piece(plain[at:a]), Piece(plain[a:b], is_marked=True)]
        at = b
    found.append(Piece(plain[at:end]))
    if end < len(plain):
        found.append(Piece(" …"))
    return [piece for piece in found if piece.words]
