"""Words that any paper can hold: without what no document may contain, and with places where a long one may break."""

from __future__ import annotations

import re

# What XML 1.0 and PDF text cannot hold: control characters, halves of a character, what is no character at all.
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONG = re.compile(r"\S{31,}")
_PIECE = 15
BREAK = "\u200b"  # a place where a line may end


def clean(text: str) -> str:
    """`text` without what no document can hold; line ends as one character."""
    return _NEVER.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def breakable(text: str) -> str:
    """Cleaned, with places to break in a word that is longer than a line may be: an address, a hash."""
    return _LONG.sub(lambda found: BREAK.join(_pieces(found[0])), clean(text))


def _pieces(word: str) -> list[str]:
    return [word[at : at + _PIECE] for at in range(0, len(word), _PIECE)]
