"""Pillars (or objectives) named inside one sentence: `rests on three pillars, namely A, B and C`.

Counts must agree, and commas must have one reading only, or nothing is drafted.
"""

from __future__ import annotations

import re

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed
from floreo.strategy.drafting.vocabulary import GOALS, OBJECTIVES_PLURAL, PILLARS_PLURAL

_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_AND = any_of("listing", "and")
_ARE = any_of("listing", "are")
_TAIL = (
    rf"\b[^.;:]{{0,80}}?(?P<mark>:\s*|,?\s*(?:{any_of('listing', 'namely')})\s*[:,]?\s+"
    rf"|\s(?:{any_of('listing', 'include')})\s+|\s(?:{_ARE})\s*:?\s+)"
)
_ANNOUNCED = {
    kind: re.compile(rf"\b(?:{_COUNT}\s+(?:\(\d{{1,2}}\)\s+)?)?(?:\w+\s+)?(?:{words}){_TAIL}", re.IGNORECASE)
    for kind, words in {Kind.PILLAR: f"{PILLARS_PLURAL}|{GOALS}", Kind.OBJECTIVE: OBJECTIVES_PLURAL}.items()
}
_BARE_VERB = re.compile(rf"^\s(?:{_ARE})\s+$", re.IGNORECASE)
_LISTED = re.compile(rf"^(?:{any_of('listing', 'begins')}|[A-ZÀ-ÖØ-ÞŒ“]|\(|\d\))")
_MARKER = re.compile(
    rf"(?<![\w(])(?:(?:{_AND})\s+)?(?:\((?:\d{{1,2}}|[a-h]|[ivx]{{1,4}})\)|(?:\d{{1,2}}|[a-h]|[ivx]{{1,4}})\))\s+"
)
_JOINED = re.compile(rf",\s*(?:{_AND})\s+|\s+(?:{_AND})\s+")
_COMMA = re.compile(rf",\s*(?:(?:{_AND})\s+)?")
_SEMICOLON = re.compile(rf"\s*;\s*(?:(?:{_AND})\s+)?")
_CLOSED = re.compile(rf",\s*(?:{_AND})\s[^,]*$")
_COUNT_SENTENCE = re.compile(rf",\s[^,]{{2,80}}\b(?:{any_of('listing', 'said')})\b[^,]*(?:,[^,]*)?$")
_LONGEST, _MOST = 160, 12


def listed_in_sentences(source: Source, kind: Kind) -> list[Found]:
    """The rows of the first sentence that lists them; empty when its commas can be read in more than one way."""
    for start, end in source.sentences:
        for found in _ANNOUNCED[kind].finditer(source.text, start, end):
            spans = _spans(source.text, found, end)
            if spans:
                return [_row(source.text, kind, number, span) for number, span in enumerate(spans, start=1)]
    return []


def _row(text: str, kind: Kind, number: int, span: Span) -> Found:
    title = " ".join(text[span[0] : span[1]].split())
    return Found(kind, title, *span, fields={"code": str(number), "title": title})


def _spans(text: str, found: re.Match[str], end: int) -> list[Span]:
    start, stop = trimmed(text, found.end(), end, extra=".:")
    if _BARE_VERB.match(found["mark"]) and not _LISTED.match(text[start:stop]):
        return []
    count = _number(found["count"])
    pieces = _taken_apart(text, start, stop, count)
    pieces = [trimmed(text, *piece, extra=",;.") for piece in pieces]
    agreed = count is None or count == len(pieces)
    if not agreed or not 2 <= len(pieces) <= _MOST:
        return []
    if any(not 3 <= last - first <= _LONGEST for first, last in pieces):
        return []
    wordings = {plain(text[first:last]) for first, last in pieces}
    return pieces if len(wordings) == len(pieces) else []


def _number(word: str | None) -> int | None:
    if not word:
        return None
    return int(word) if word.isdigit() else NUMBER_WORDS[word.lower()]


def _taken_apart(text: str, start: int, stop: int, count: int | None) -> list[Span]:
    """The list's pieces by its strongest marks: semicolons, then (a) or 1), then commas with their last `and`."""
    if ";" in text[start:stop]:
        return _split(text, start, stop, _SEMICOLON)
    if len(_MARKER.findall(text[start:stop])) > 1:
        return [piece for piece in _split(text, start, stop, _MARKER) if piece[1] - piece[0] > 1]
    if sentence := _COUNT_SENTENCE.search(text[start:stop]):
        stop = start + sentence.start()
    by_comma = _split(text, start, stop, _COMMA)
    if _CLOSED.search(text[start:stop]):
        return by_comma
    return [*by_comma[:-1], *_last_pair(text, *by_comma[-1], others=len(by_comma) - 1, count=count)]


def _last_pair(text: str, first: int, last: int, *, others: int, count: int | None) -> list[Span]:
    # "A, B and C and D" could end in "B and C" or "C and D": that is for a person to say. So is a list without "and".
    pair = _split(text, first, last, _JOINED)
    return pair if len(pair) == 2 and count in {None, others + 2} else []


def _split(text: str, start: int, stop: int, pattern: re.Pattern[str]) -> list[Span]:
    spans, at = [], start
    for found in pattern.finditer(text[start:stop]):
        spans.append((at, start + found.start()))
        at = start + found.end()
    return [*spans, (at, stop)]
