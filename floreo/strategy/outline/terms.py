"""Terms such as "medium term": which a plan uses, how its document defines them, and the day that follows. An offer, never a fact."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.dates import dates_in
from floreo.strategy.drafting.lexicon import languages
from floreo.strategy.drafting.lexicon import words as words_of
from floreo.strategy.drafting.source import plain
from floreo.strategy.drafting.terms import BETWEEN, LENGTH, months_of
from floreo.strategy.logic import last_day

MOST_TERMS = 20
_LONGEST = 60  # characters of a term; what is longer is a sentence
_NEAR = 40
TERM_NOUNS = frozenset(words_of("terms", "nouns"))
_FIRST = frozenset(
    noun for each in languages().values() if each["terms"]["noun_first"] for noun in each["terms"]["nouns"]
)
_SAME = {word: other for each in languages().values() for word, other in each["terms"]["same"].items()}


@dataclass(frozen=True, slots=True)
class Term:
    """A term as actions use it, and how many of them. `span` is where the document defines it, with its length in months or its last day."""

    words: str
    count: int
    span: Span | None = None
    months: int = 0
    day: str = ""  # ISO


def terms_in(text: str, found: Iterable[str]) -> list[Term]:
    """The terms that are where dates should, those used most first. `found` are the words of the actions without a date."""
    count: Counter[str] = Counter()
    for words in found:
        if 0 < len(words) <= _LONGEST and any(character.isalpha() for character in words):
            count[plain(words)] += 1
    return [_defined(text, words, times) for words, times in count.most_common(MOST_TERMS)]


def _defined(text: str, words: str, count: int) -> Term:
    own = _definition(text, words, count)
    if own.span is not None:
        return own
    nouns = [word for word in words.split() if word in TERM_NOUNS]
    parts = [word for word in words.split() if word not in TERM_NOUNS]
    if len(parts) < 2 or not nouns:
        return own
    # "Short-medium term" ends when the later of the two does.
    ends = [_definition(text, " ".join(_in_order(part, nouns[0])), count) for part in parts]
    if any(end.span is None for end in ends):
        return own
    last = max(ends, key=lambda end: (end.day, end.months))
    return Term(words, count, last.span, last.months, last.day)


def _in_order(part: str, noun: str) -> tuple[str, str]:
    word = _SAME.get(part, part)
    return (noun, word) if noun in _FIRST else (word, noun)


def _definition(text: str, words: str, count: int) -> Term:
    pattern = re.compile(
        r"\b" + r"[\s-]+".join(re.escape(word) for word in words.split()) + rf"\b{BETWEEN}", re.IGNORECASE
    )
    for found in pattern.finditer(text):
        line_end = text.find("\n", found.end())
        upto = min(found.end() + _NEAR, line_end if line_end >= 0 else len(text))
        length = LENGTH.search(text, found.end(), upto)
        if length is not None:
            return Term(words, count, (found.start(), length.end()), months_of(length))
        day = next(dates_in(text, found.end(), upto), None)
        if day is not None:
            return Term(words, count, (found.start(), day.end), 0, day.last)
    return Term(words, count)


def day_of(term: Term, begins: date | None) -> date | None:
    """The last day of a term: as defined, or so many months from where the plan begins."""
    if term.day:
        return date.fromisoformat(term.day)
    return last_day(term.months, begins) if term.months else None


def with_terms(fields: Mapping[str, object], days: Mapping[str, str]) -> dict[str, str]:
    """What an action's term adds to its fields: the day, where it has none of its own."""
    words = plain(str(fields.get("due_as_found") or ""))
    return {"due": days[words]} if words in days and not fields.get("due") else {}
