"""Bodies and the part they had in the strategy: `guided by`, `coordinated by`, `in collaboration with` ..."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.names import bodies_at, end_of_names
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain
from floreo.strategy.drafting.vocabulary import ACTIVE_PARTS, PASSIVE_PARTS

_PASSIVE = tuple((part, re.compile(rf"\b(?:{words})\s+(?=\S)", re.IGNORECASE)) for part, words in PASSIVE_PARTS.items())
_ACTIVE = tuple((part, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for part, words in ACTIVE_PARTS.items())
_FIRST = any_of("names", "about_first")
_ABOUT = re.compile(rf"\b(?:{any_of('names', 'about')})\b|^(?:{_FIRST})\b", re.IGNORECASE)
_THANKS = re.compile(rf"\b(?:{any_of('names', 'thanks')})\b", re.IGNORECASE)
_WITH_OTHERS = f"{PASSIVE_PARTS['collaborated']}|{PASSIVE_PARTS['supported']}|{any_of('names', 'through')}"
_ADVERBS = re.compile(
    rf"^(?:\s*,?\s*(?:(?:{any_of('names', 'and')})\s+)?(?:{_WITH_OTHERS})[^.;]{{2,140}}?)?"
    rf"(?:\s*,?\s*(?:{any_of('names', 'adverbs')})\b)*\s*,?\s*$",
    re.IGNORECASE,
)
_THAT = any_of("names", "that")
_OPENS = re.compile(rf"(?:[,:“–—-]\s+(?:(?:{_THAT})\s+)?|\b(?:{_THAT})\s+)")
_CONTEXT_AT_MOST = 300


def bodies_in(source: Source, taken: list[Span]) -> list[Found]:
    """One row for each body and part, from its first mention; `taken` are the passages of the plan, with own leads."""
    rows: dict[tuple[str, str], Found] = {}
    for start, end in source.sentences:
        for part, span in _mentions(source.text, start, end):
            if any(first < span[1] and span[0] < last for first, last in taken):
                continue
            name = " ".join(source.text[span[0] : span[1]].split())
            key = (part, plain(re.sub(r"\s*\(.*\)$", "", name)))
            context = source.text[start : min(end, start + _CONTEXT_AT_MOST)]
            row = Found(Kind.BODY, name, *span, fields={"name": name, "part": part, "context": context})
            rows.setdefault(key, row)
    return list(rows.values())


def _mentions(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    sentence = text[start:end]
    if _THANKS.search(sentence):
        return
    for part, pattern in _PASSIVE:
        for found in pattern.finditer(text, start, end):
            if _ABOUT.search(sentence) or found.start() == start:
                yield from ((part, span) for span in bodies_at(text, found.end(), end))
    if _ABOUT.search(sentence):
        yield from _doers(text, start, end)


def _doers(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Bodies in front of a verb: `The Ministry of X, in collaboration with Y, today launched ...`."""
    openings = [start, *(found.end() for found in _OPENS.finditer(text[start:end]))]
    openings = [start, *(start + at for at in openings[1:])]
    for part, pattern in _ACTIVE:
        for verb in pattern.finditer(text, start, end):
            for opening in (at for at in openings if at < verb.start()):
                close = end_of_names(text, opening, verb.start())
                if close > opening and _ADVERBS.match(text[close : verb.start()]):
                    yield from ((part, span) for span in bodies_at(text, opening, verb.start()))
                    break
