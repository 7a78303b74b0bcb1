"""The words with which something new starts in a text: those of any text, and those of one subject, given to its readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from floreo.core.reading.languages import NUMBER_WORDS

_OF_ANY_TEXT = "annex|appendix|chapter|section|anexo|capítulo|sección"
_NUMBER = rf"(?:\d|[IVX]+\b|(?:{'|'.join(NUMBER_WORDS)})\s*(?:[:.|–—-]|$))"
_NOTHING = "(?!)"


@dataclass(frozen=True)
class Openers:
    """The words of a subject as two regular expressions, each of alternatives ("article|artículo"), in upper or lower case.

    `named` opens a line before a number: "Article 2 ...". `alone` is all of a line, and heads what follows: "Definitions:".
    Annexes, chapters and sections open a line in any text. `numbers` are those that only this subject has in front of a line.
    `languages` are the codes of those in which its texts are read; without any they are those of any text."""

    named: str = ""
    alone: str = ""
    numbers: str = ""
    languages: Sequence[str] = ()

    def opens(self, line: str) -> bool:
        """Whether the line starts with a name and its number, as `Article 2`, `Annex I`, and so starts something new."""
        return bool(self._named.match(line))

    def heads(self, line: str) -> bool:
        """Whether the line is nothing but a heading of this subject, however long the line before."""
        return bool(self._alone.match(line))

    def counts(self, line: str) -> bool:
        """Whether the line starts with a number as this subject writes them, as `12A.` or `(2A)` in a law."""
        return bool(self._numbers.match(line))

    @cached_property
    def _numbers(self) -> re.Pattern[str]:
        return re.compile(rf"^(?:{self.numbers or _NOTHING})")

    @cached_property
    def _named(self) -> re.Pattern[str]:
        words = f"{self.named}|{_OF_ANY_TEXT}" if self.named else _OF_ANY_TEXT
        return re.compile(rf"^(?:{words})\s+{_NUMBER}", re.IGNORECASE)

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        return re.compile(rf"^(?:{self.alone or _NOTHING})\s*:?$", re.IGNORECASE)


GENERAL = Openers()
