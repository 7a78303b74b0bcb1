"""Measures under way or done: `such as drafting the Bill, conducting ...`, `has launched the X Programme`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.dates import dates_in
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed

_UNDER_WAY = re.compile(
    r"\b(?:has|have|had)\s+(?:[\w-]+\s+){0,2}?(?:been\s+working|begun|started|worked)\b|\b(?:is|are)\s+(?:currently"
    r"|already|now)\b"
    r"|\b(?:we|they)\s+are\s+(?=\w+ing\b)|\bunder\s?way\b|\b(?:already|currently)\s+\w+ing\b"
    r"|\b(?:ya\s+)?(?:ha|han|hemos)\s+(?:comenzado|empezado|iniciado)\b|\b(?:ya\s+|actualmente\s+)?(?:está|están"
    r"|estamos)\s+(?=\w+ndo\b)",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"(?:such\s+as|including|:|\b(?:is|are)(?:\s+(?:currently|already|now))?|\bbegun|\bstarted|\bcurrently|\balready"
    r"|\bby"
    r"|como|incluyendo|\b(?:está|están|estamos))\s+(?=\w+(?:ing|ndo)\b)",
    re.IGNORECASE,
)
_DOING = re.compile(r"(?P<verb>[A-Za-zÁÉÍÓÚáéíóúñ-]+(?:ing|ndo))\s+(?=\S)")
_NOT_DOING = {
    "being",
    "having",
    "including",
    "following",
    "regarding",
    "according",
    "during",
    "working",
    "existing",
    "ongoing",
    "going",
    "looking",
    "meeting",
    "king",
    "bring",
    "string",
    "spring",
    "thing",
    "nothing",
    "cuando",
    "mundo",
    "segundo",
    "siendo",
    "fondo",
}
_NEXT = re.compile(
    r"\s*(?:;|,)\s*(?:(?:and|y|e|as well as)\s+)?(?=\w+(?:ing|ndo)\s)|\s+(?:and|y|e)\s+(?=\w+(?:ing|ndo)\s)",
    re.IGNORECASE,
)
_CAP = r"[A-ZÁÉÍÓÚÑ][\w’'&-]*"
_THING = (
    r"(?:Scheme|Programme|Program|Project|Initiative|Campaign|Platform|Portal|Course|Centre|Center|Network"
    r"|Academy|Service)"
)
_COSA = r"(?:Programa|Proyecto|Iniciativa|Campaña|Plataforma|Portal|Curso|Centro|Red|Academia)"
_DONE = re.compile(
    rf"\b(?:launched|established|opened|started|introduced)\s+(?:the|a|an|its)\s+(?:{_CAP}\s+(?:(?:of|for|on|and"
    rf"|in)\s+)?){{1,8}}{_THING}\b"
    rf"|\b(?:lanzado|lanzó|creó|creado|inaugurado|inauguró|puso\s+en\s+marcha)\s+(?:el|la|su)\s+{_COSA}(?:\s+(?:(?:de"
    rf"|del|la|para|en|y)\s+){{0,2}}{_CAP}){{1,8}}"
)
_FUTURE = re.compile(r"\b(?:will|shall|would|to\s+be|será|serán)\s*$", re.IGNORECASE)
_IN = re.compile(r"\s+(?:in|on|en|el)\s+", re.IGNORECASE)
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
        if not _FUTURE.search(text[start : found.start()]) and not re.search("Strategy|Estrategia", found.group()):
            yield found.span()
