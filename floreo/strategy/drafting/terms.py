"""Lengths of time as strategies write them, and lines that define a term by one: `Medium-Term: 1 year`."""

from __future__ import annotations

import re

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.strategy.drafting.lexicon import any_of

_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(NUMBER_WORDS)})"
LENGTH = re.compile(
    rf"\b(?:(?P<low>{_NUMBER})\s*(?:-|–|—|{any_of('terms', 'or')})\s*)?(?P<count>{_NUMBER})\)?\s*"
    rf"(?:(?P<months>{any_of('terms', 'months')})|{any_of('terms', 'years')})\b",
    re.IGNORECASE,
)
# Between the term and its length: "Short-Term: 6 months", "Long Term - within 3 years", "medium term (up to two years)".
BETWEEN = rf"\s*(?:[:=(–—-]|(?:{any_of('terms', 'means')})\b)\s*"
_LINE = re.compile(rf"^(?:[^\W\d_]+[\s-]+)?(?:{any_of('terms', 'nouns')})(?:\s+[^\W\d_]+)?{BETWEEN}", re.IGNORECASE)
_LONGEST = 60  # characters


def defines_a_term(line: str) -> bool:
    return len(line) <= _LONGEST and bool(_LINE.match(line)) and bool(LENGTH.search(line))


def months_of(found: re.Match[str]) -> int:
    """The months of a length that was found."""
    given = found["count"].lower()
    count = int(given) if given.isdigit() else NUMBER_WORDS[given]
    return count * (1 if found["months"] else 12)
