"""Words that any paper can hold: without what no document may contain, and with places where a long one may break.
Plain Python; texts are data, never markup."""

from __future__ import annotations

import re
import unicodedata

# What XML 1.0 and PDF text cannot hold (control characters, halves of a character, what is no character at all), and what
# turns the reading direction round for the rest of a page.
_NEVER = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_WORD = re.compile(r"\S+")
_LONGEST, _PIECE = 30, 15
LONGEST_IN_A_LINE = 90  # where the whole width is one line: a break in an address is copied with it
BREAK = "\u200b"  # a place where a line may end


def clean(text: object) -> str:
    """`text` without what no document can hold; line ends as one character."""
    return _NEVER.sub("", _LINE_ENDS.sub("\n", str(text)))


def breakable(text: object, longest: int = _LONGEST) -> str:
    """Cleaned, with places to break in a word of more than `longest` characters, which is more than a line may hold: an address,
    a hash."""
    return _WORD.sub(lambda found: BREAK.join(_pieces(found[0], longest)), clean(text))


def _pieces(word: str, longest: int) -> list[str]:
    return [word[at : at + _PIECE] for at in range(0, len(word), _PIECE)] if len(word) > longest else [word]


def bounded(text: object, most: int, longest: int = _LONGEST) -> str:
    """Words that are repeated on every page: a very long one would fill the page by itself."""
    words = clean(text)
    return breakable(words if len(words) <= most else f"{words[: most - 1].rstrip()}…", longest)


def has_text(text: object) -> bool:
    """Whether there is anything to read in it."""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in clean(text))
