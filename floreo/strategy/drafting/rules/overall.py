"""The overall objective, from the sentence that says it or the heading that stands over it."""

from __future__ import annotations

import re

from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, split_sentences, trimmed

_AIM = r"(?:objective|goal|aim|purpose)"
_CHIEF = r"(?:overall|main|general|primary|principal|overarching|ultimate|central|key)"
_OF = r"\s+of\s+(?:this|the|our|its)\s+(?:[\w-]+\s+){0,5}?strategy(?:\s+\d{4}\s*[-–]\s*\d{4})?"
_FIN = r"(?:general|principal|central|último|primordial)"
_DE = r"\s+de\s+(?:la|esta|nuestra)\s+(?:presente\s+)?estrategia(?:\s+[\w-]+){0,4}?"
_COUNT_SENTENCE = re.compile(
    rf"\b(?:(?:the|its|our|(?:the\s+)?strategy[’']s)\s+{_CHIEF}\s+{_AIM}(?:{_OF})?|(?:the|its"
    rf"|our)\s+{_AIM}{_OF})\s*,?\s*(?:is"
    rf"|remains)\s*:?\s+"
    rf"|\b(?:el|su|nuestro)\s+(?:objetivo|fin|propósito)(?:\s+{_FIN}(?:{_DE})?|{_DE})\s+(?:es"
    rf"|consiste\s+en)\s*:?\s+(?:el\s+de\s+)?"
    rf"|\bestrategia\s+(?:[\w-]+\s+){{0,4}}?tiene\s+(?:como|por)\s+(?:objetivo|fin|propósito)(?:\s+{_FIN})?\s*:?\s+",
    re.IGNORECASE,
)
_HEADING = re.compile(rf"^{_CHIEF}\s+{_AIM}(?:{_OF})?\s*:?$|^objetivo\s+{_FIN}(?:{_DE})?\s*:?$", re.IGNORECASE)
_QUOTE_END = re.compile(r"(?<=[\w,.])[”\"](?=\s)")
_SHORTEST = 15
_PARTICIPLE = re.compile(r"^(?:described|set out|given|stated|explained|divided|descrit|definid)", re.IGNORECASE)


def overall_objective_of(source: Source) -> list[Found]:
    """One row at most: said in a sentence anywhere, else the first sentence under its own heading."""
    for start, end in source.sentences:
        sentence = _COUNT_SENTENCE.search(source.text, start, end)
        if sentence is not None and (row := _row(source, sentence.end(), end)) is not None:
            return [row]
    for at, block in enumerate(source.blocks[:-1]):
        following = source.blocks[at + 1]
        if _HEADING.match(source.words(block).strip()) and following.kind in {"paragraph", "item"}:
            first = next(split_sentences(source.text, following.start, following.end))
            if (row := _row(source, *first)) is not None:
                return [row]
    return []


def _row(source: Source, start: int, end: int) -> Found | None:
    # In a quotation the objective ends with the quotation, not with who said it.
    quoted = _QUOTE_END.search(source.text, start, end)
    start, end = trimmed(source.text, start, quoted.start() if quoted else end, extra='.,;:"“”')
    words = source.text[start:end]
    if len(words) < _SHORTEST or _PARTICIPLE.match(words):
        return None
    title = " ".join(words.split())
    return Found(Kind.OBJECTIVE_OVERALL, title, start, end, fields={"text": title})
