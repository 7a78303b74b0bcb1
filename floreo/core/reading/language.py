"""Which language a text is in, by its commonest small words; refuses what is surely in none of those that are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from floreo.core.reading.document import Unreadable
from floreo.core.reading.languages import LANGUAGE_NAMES, STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE_WORDS = 20_000
_ENOUGH_WORDS = 12
_CLEAR_SHARE = 0.12
_NON_LATIN_SHARE = 0.5
OF_ANY_TEXT = ("en", "es")  # in which texts of any subject are read


def language_of(text: str, read: Collection[str] = OF_ANY_TEXT) -> str:
    """The code of one of those that are `read`, or an empty string when none is clear."""
    shares = _shares(text)
    best = max((code for code in read if code in shares), key=lambda code: (shares[code], code))
    return best if shares[best] >= _CLEAR_SHARE / 2 and shares[best] == max(shares.values()) else ""


def refuse_other_languages(text: str, *, name: str, read: Collection[str] = OF_ANY_TEXT) -> None:
    """Raises when another language's small words clearly outnumber those of the ones that are `read`."""
    words = _words(text)
    if len(words) < _ENOUGH_WORDS:
        return
    if _non_latin_share(words) > _NON_LATIN_SHARE:
        raise Unreadable("language", name=name, language="a script other than Latin")
    shares = _shares(text)
    best = max(shares, key=lambda code: (shares[code], code))
    rival = max(shares[code] for code in read if code in shares)
    if best not in read and shares[best] >= _CLEAR_SHARE and shares[best] > 1.4 * rival:
        raise Unreadable("language", name=name, language=LANGUAGE_NAMES[best])


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text[: _SAMPLE_WORDS * 8])][:_SAMPLE_WORDS]


def _shares(text: str) -> dict[str, float]:
    counts = Counter(_words(text))
    total = max(sum(counts.values()), 1)
    return {code: sum(counts[word] for word in words) / total for code, words in STOP_WORDS.items()}


def _non_latin_share(words: list[str]) -> float:
    letters = "".join(words)
    return sum(1 for letter in letters if ord(letter) > 0x24F) / max(len(letters), 1)
