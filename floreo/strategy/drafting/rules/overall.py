"""The overall objective, from the sentence that says it or the heading that is over it."""

from __future__ import annotations

import re

from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.source import Source, split_sentences, trimmed

_PARTS = {"CHIEF": "chief", "AIM": "aim", "OF": "of"}
_COUNT_SENTENCE = re.compile(any_of("overall", "sentence", **_PARTS), re.IGNORECASE)
_HEADING = re.compile(rf"^(?:{any_of('overall', 'heading', **_PARTS)})\s*:?$", re.IGNORECASE)
_QUOTE_END = re.compile(r"(?<=[\w,.])[”\"](?=\s)")
_SHORTEST = 15
_PARTICIPLE = re.compile(rf"^(?:{any_of('overall', 'no_objective')})", re.IGNORECASE)


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
