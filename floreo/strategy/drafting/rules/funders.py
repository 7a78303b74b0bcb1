"""Who paid, and for what: `funded by X`, `X for providing funding for ...`, `con financiamiento de X`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.names import bodies_at, end_of_names
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, plain, trimmed

_BY = re.compile(rf"\b(?:{any_of('funders', 'by', MONEY='money')})\s+", re.IGNORECASE)
_DOES = re.compile(
    rf"(?:\s*,)?\s+(?:(?:{any_of('funders', 'helps')})\s+)*(?:{any_of('funders', 'does', MONEY='money')})\b",
    re.IGNORECASE,
)
_PURPOSE_END = re.compile(r"[,.;)]")
_NOT_YET = re.compile(rf"\b(?:{any_of('funders', 'not_yet')})\b", re.IGNORECASE)


def funders_in(source: Source, taken: list[Span]) -> list[Found]:
    """One row for each funder, from its first mention."""
    rows: dict[str, Found] = {}
    for start, end in source.sentences:
        if _NOT_YET.search(source.text, start, end):
            continue
        for row in [*_passive(source.text, start, end), *_active(source.text, start, end)]:
            if any(first < row.end and row.start < last for first, last in taken):
                continue
            rows.setdefault(plain(re.sub(r"\s*\(.*\)$", "", row.title)), row)
    return list(rows.values())


def _passive(text: str, start: int, end: int) -> Iterator[Found]:
    for found in _BY.finditer(text, start, end):
        for span in bodies_at(text, found.end(), end):
            yield _row(text, span, span, "")


def _active(text: str, start: int, end: int) -> Iterator[Found]:
    for opening in _openings(text, start, end):
        close = end_of_names(text, opening, end)
        if close == opening:
            continue
        does = _DOES.match(text, close, end)
        if does is None:
            continue
        stop = _PURPOSE_END.search(text, does.end(), end)
        purpose = trimmed(text, does.end(), stop.start() if stop else end)
        for span in bodies_at(text, opening, close):
            whole = (span[0], purpose[1]) if purpose[1] > span[1] else span
            yield _row(text, span, whole, " ".join(text[purpose[0] : purpose[1]].split()))


def _openings(text: str, start: int, end: int) -> list[int]:
    inner = re.finditer(
        rf"(?:[,:;“]|\b(?:{any_of('funders', 'before')}))\s+(?=(?:(?:{any_of('names', 'the')})\s)?[A-ZÀ-ÖØ-ÞŒ])",
        text[:end][start:],
    )
    return [start, *(start + found.end() for found in inner)]


def _row(text: str, name: Span, passage: Span, purpose: str) -> Found:
    words = " ".join(text[name[0] : name[1]].split())
    return Found(Kind.FUNDER, words, *passage, fields={"name": words, "purpose": purpose})
