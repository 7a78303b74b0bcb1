"""Measures under way or done: `such as drafting the Bill, conducting ...`, `has launched the X Programme`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.dates import dates_in
from floreo.strategy.drafting.lexicon import any_of, words
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed

_ING = any_of("measures", "doing")
_AND = any_of("measures", "and")
_UNDER_WAY = re.compile(any_of("measures", "under_way"), re.IGNORECASE)
_INTRO = re.compile(rf"(?:{any_of('measures', 'intro')})\s+(?=\w+(?:{_ING})\b)", re.IGNORECASE)
_DOING = re.compile(rf"(?P<verb>[A-Za-zÀ-ÖØ-öø-ÿŒœ-]+(?:{_ING}))\s+(?=\S)")
_NOT_DOING = frozenset(words("measures", "not_doing"))
_NEXT = re.compile(
    rf"\s*(?:;|,)\s*(?:(?:{_AND})\s+)?(?=\w+(?:{_ING})\s)|\s+(?:{_AND})\s+(?=\w+(?:{_ING})\s)", re.IGNORECASE
)
_CAP = r"(?:[A-ZÀ-ÖØ-ÞŒ][\w’'&-]*)"
_DONE = re.compile(rf"\b(?:{any_of('measures', 'done', CAP=_CAP)})")
_STRATEGY = re.compile(any_of("edition", "strategy"), re.IGNORECASE)
_FUTURE = re.compile(rf"\b(?:{any_of('measures', 'future')})\s*$", re.IGNORECASE)
_IN = re.compile(rf"\s+(?:{any_of('measures', 'in')})\s+", re.IGNORECASE)
_LONGEST, _SHORTEST = 200, 12


def measures_in(source: Source, taken: list[Span]) -> list[Found]:
    """One row for each measure; a clause counts as a measure only where the text says that it is being or was done."""
    rows: dict[str, Found] = {}
    for start, end in source.sentences:
        if any(first <= start and end <= last for first, last in taken):
            continue
        for span in _under_way(source.text, start, end):
            _add(rows, source.text, span, "")
        for span in _done(source.text, start, end):
            _add(rows, source.text, span, _when(source.text, span[1], end))
    return list(rows.values())


def _add(rows: dict[str, Found], text: str, span: Span, when: str) -> None:
    title = " ".join(text[span[0] : span[1]].split())
    rows.setdefault(plain(title), Found(Kind.MEASURE, title, *span, fields={"title": title, "when": when}))


def _when(text: str, start: int, end: int) -> str:
    """The date right after a measure (`launched the X Scheme in May 2024`); other dates are not its own."""
    dated = _IN.match(text, start, end)
    found = next(dates_in(text, dated.end(), end), None) if dated else None
    return found.last if found and dated and found.start == dated.end() else ""


def _under_way(text: str, start: int, end: int) -> Iterator[Span]:
    if not _UNDER_WAY.search(text, start, end):
        # "We have already begun: we are drafting ..." may be cut in two, but each half must say so itself.
        return
    for intro in _INTRO.finditer(text, start, end):
        spans = [*_clauses(text, intro.end(), end)]
        if spans:
            yield from spans
            return


def _clauses(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    for found in [*_NEXT.finditer(text, start, end), None]:
        stop = found.start() if found else end
        first, last = trimmed(text, at, stop, extra='.,;”"')
        doing = _DOING.match(text, first, last)
        if doing is None or doing["verb"].lower() in _NOT_DOING:
            return
        if _SHORTEST <= last - first <= _LONGEST:
            yield first, last
        at = found.end() if found else end


def _done(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _DONE.finditer(text, start, end):
        if not _FUTURE.search(text[start : found.start()]) and not _STRATEGY.search(found.group()):
            yield found.span()
