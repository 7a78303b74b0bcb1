"""Pillars told inside one sentence: `rests on three pillars, namely A, B and C`. Counts must agree or nothing is drafted."""

from __future__ import annotations

import re

from floreo.strategy.drafting.mending import Span
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed
from floreo.strategy.drafting.words import NUMBER_WORDS, PILLARS_PLURAL

_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})"
_ANNOUNCED = re.compile(
    rf"\b(?:{_COUNT}\s+)?(?:\w+\s+)?(?:{PILLARS_PLURAL}|goals)\b[^.;:]{{0,80}}?"
    r"(?P<mark>:\s*|,?\s*(?:namely|which\s+are|that\s+is|these\s+are|a\s+saber|que\s+son)\s*[:,]?\s+|\s(?:include|incluyen|comprise|comprenden)\s+"
    r"|\s(?:are|son)\s*:?\s+)",
    re.IGNORECASE,
)
_BARE_VERB = re.compile(r"^\s(?:are|son)\s+$", re.IGNORECASE)
_LISTED = re.compile(r"^(?:the\s|an?\s|el\s|la\s|[A-ZÁÉÍÓÚ“]|\(|\w+ing\s)")
_MARKER = re.compile(
    r"(?:^|[\s,;])(?:and\s+|y\s+)?(?:\((?:\d{1,2}|[a-h]|[ivx]{1,4})\)|(?:\d{1,2}|[a-h]|[ivx]{1,4})\))\s+"
)
_JOINED = re.compile(r",\s*(?:and|y|e)\s+|\s+(?:and|y|e)\s+")
_COMMA = re.compile(r",\s*(?:(?:and|y|e)\s+)?")
_SEMICOLON = re.compile(r"\s*;\s*(?:(?:and|y|e)\s+)?")
_LONGEST, _MOST = 160, 12


def pillars_in_sentences(source: Source) -> list[Found]:
    """The pillars of the first sentence that lists them; empty when its commas can be read in more than one way."""
    for start, end in source.sentences:
        for found in _ANNOUNCED.finditer(source.text, start, end):
            spans = _spans(source.text, found, end)
            if spans:
                return [_row(source.text, number, span) for number, span in enumerate(spans, start=1)]
    return []


def _row(text: str, number: int, span: Span) -> Found:
    title = " ".join(text[span[0] : span[1]].split())
    return Found(Kind.PILLAR, title, *span, fields={"code": str(number), "title": title})


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
    if ";" in text[start:stop]:
        return _split(text, start, stop, _SEMICOLON)
    if len(_MARKER.findall(text[start:stop])) > 1:
        return [piece for piece in _split(text, start, stop, _MARKER) if piece[1] - piece[0] > 1]
    by_comma = _split(text, start, stop, _COMMA)
    last_comma = text.rfind(",", start, stop)
    closed = last_comma >= 0 and re.match(r",\s*(?:and|y|e)\s", text[last_comma:stop]) is not None
    if closed or (count is not None and len(by_comma) == count):
        return by_comma
    first, last = by_comma[-1]
    return [*by_comma[:-1], *_last_pair(text, first, last)]


def _last_pair(text: str, first: int, last: int) -> list[Span]:
    # "A, B and C and D" could end in "B and C" or in "C and D": that is for a person to say.
    pair = _split(text, first, last, _JOINED)
    return pair if len(pair) == 2 else [(first, last)]


def _split(text: str, start: int, stop: int, pattern: re.Pattern[str]) -> list[Span]:
    spans, at = [], start
    for found in pattern.finditer(text[:stop], start):
        spans.append((at, found.start()))
        at = found.end()
    return [*spans, (at, stop)]
