"""Text as people and files give it, made sound: for a database, a file and a reader. Plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

# Marks of direction, and characters without a width; but not the joiners that pictures of people are made with.
_UNSEEN = re.compile("[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


def sound_text(given: str) -> str:
    """`given` as a database and a file can take it: no control characters but line ends, no half of a character, and nothing that turns
    the direction of what is after it or is not seen at all."""
    whole = given.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    seen = _UNSEEN.sub("", whole)
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in seen).strip()


def first_too_long(texts: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """The name of the first text that has more characters than may be, and how many may; None where all fit. A column of long text does not
    say so itself."""
    return next(((name, most) for name, (text, most) in texts.items() if len(text) > most), None)
