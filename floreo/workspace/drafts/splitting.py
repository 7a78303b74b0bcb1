"""Where a passage can be split: its phrases, each of which may begin a row."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from floreo.strategy.drafting.lexicon import words as words_of_text
from floreo.strategy.outline.passages import Outline, Passage, words_in

_STRONG = re.compile(r"[.;:!?]$")
_WEAK = re.compile(r"[,)–—]$")
_NUMBER = re.compile(r"^\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]$|^[•▪●-]$")
_LINKS = frozenset(words_of_text("text", "links"))
_MOST = 200


@dataclass(frozen=True)
class Piece:
    """A phrase. `cut` is the word before which it begins, from 1; `begins` whether a row is proposed to begin there."""

    cut: int
    words: str
    begins: bool


def pieces_of(
    outline: Outline, passage: Passage, chosen: Container[int] | None, *, each_word: bool = False
) -> list[Piece]:
    """The phrases of a passage, or its words. Without a choice a row is proposed after each full stop, semicolon and number."""
    text = outline.document.text
    words = [text[start:end] for part in passage.spans for start, end in words_in(text, part)]
    cuts: list[tuple[int, bool]] = [(1, False)]
    for at in range(1, len(words)):
        before, word = words[at - 1], words[at]
        strong = bool(_STRONG.search(before) and not _NUMBER.match(before)) or bool(_NUMBER.match(word))
        if each_word or strong or _WEAK.search(before) or word.lower() in _LINKS:
            cuts.append((at + 1, strong))
    cuts = cuts[:_MOST]
    ends = [cut for cut, _strong in cuts[1:]] + [len(words) + 1]
    return [
        Piece(cut, " ".join(words[cut - 1 : end - 1]), cut in chosen if chosen is not None else strong)
        for (cut, strong), end in zip(cuts, ends, strict=True)
    ]
