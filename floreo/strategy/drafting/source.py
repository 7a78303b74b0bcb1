"""The document as the rules see it: blocks without the table of contents, and sentences with their offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from floreo.core.reading.document import Block, Document
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of

_SENTENCE_END = re.compile(r"[.!?]+[”\"’)]*\s+(?=[“\"(¿¡]?[A-ZÀ-ÖØ-ÞŒ\d])")
_ABBREVIATION = re.compile(rf"(?:\b(?:{any_of('text', 'abbreviations')})|\b[A-Z]|e\.g|i\.e)\.\s+$")
_CONTENTS = re.compile(rf"^(?:{any_of('text', 'contents')})$", re.IGNORECASE)
_LEADER = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]+$|\s(?:\.{3,}|…+)\s*\d+$", re.IGNORECASE)
SHORT_TEXT = 1500  # words of a text that is no strategy itself: a news story, a statement
_SENTENCE_AT_MOST = 2500
_ENDS_WITH_PAGE = re.compile(r"(?<![\d.-])\b\d{1,3}$")
_BETWEEN_PAGES, _LINE_OF_CONTENTS, _LEAST_CONTENTS = 4, 30, 4  # blocks without a number, words of one line, lines
_PAGE = re.compile(r"[\s.…]*\d{1,3}$")


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation: for comparing wordings, never for showing."""
    flat = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    bare = "".join(character for character in flat if not unicodedata.combining(character))
    return " ".join(re.findall(r"\w+", bare.replace("'", "")))


@dataclass(frozen=True)
class Source:
    """A document prepared for the rules."""

    document: Document

    @property
    def text(self) -> str:
        return self.document.text

    def words(self, block: Block) -> str:
        return self.document.text[block.start : block.end]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks but those of a table of contents, which only repeats what follows."""
        return tuple(_without_contents(self.document))

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences of every kept block; a table row gives one for each cell."""
        return tuple(span for block in self.blocks for span in self.sentences_of(block))

    def sentences_of(self, block: Block) -> Iterator[Span]:
        for start, end in block.cells or ((block.start, block.end),):
            yield from split_sentences(self.text, start, end)


def split_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the sentences between two offsets."""
    at = start
    for found in _SENTENCE_END.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(start, found.start() - 12), found.end()):
            continue
        yield from _bounded(text, at, found.end())
        at = found.end()
    yield from _bounded(text, at, end)


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence, or pieces of what is too long to be one: the rules' time grows with the square of a sentence."""
    while end - start > _SENTENCE_AT_MOST:
        blank = text.rfind(" ", start, start + _SENTENCE_AT_MOST)
        cut = blank if blank > start else start + _SENTENCE_AT_MOST
        yield trimmed(text, start, cut)
        start = cut
    if text[start:end].strip():
        yield trimmed(text, start, end)


def trimmed(text: str, start: int, end: int, extra: str = "") -> Span:
    """The span without blanks (and other given characters) at its ends."""
    unwanted = " \t\n\xa0" + extra
    while start < end and text[start] in unwanted:
        start += 1
    while end > start and text[end - 1] in unwanted:
        end -= 1
    return start, end


def _end_of_contents(document: Document, at: int) -> int:
    """The block after the last of a table of contents that ends with the number of a page: a scan leaves other lines between them, and words of
    which a few characters differ from the heading."""
    last, end = at - 1, at
    for place in range(at, len(document.blocks)):
        words = document.words_of(document.blocks[place])
        if place - last > _BETWEEN_PAGES or len(words.split()) > _LINE_OF_CONTENTS:
            break
        if _ENDS_WITH_PAGE.search(words):
            last, end = place, place + 1
    return end if end - at >= _LEAST_CONTENTS else at


def _without_contents(document: Document) -> Iterator[Block]:
    wordings = [plain(_PAGE.sub("", document.words_of(block))) for block in document.blocks]
    last_place = {wording: at for at, wording in enumerate(wordings)}
    inside, upto = False, 0
    for at, block in enumerate(document.blocks):
        words = document.words_of(block)
        if _LEADER.search(words):
            continue
        if _CONTENTS.match(words.strip(" .:")):
            inside, upto = True, _end_of_contents(document, at + 1)
            continue
        if at < upto:
            continue
        # A line of the table of contents is said again further on; the first that is not is the text itself.
        inside = inside and last_place[wordings[at]] > at
        if not inside:
            yield block
