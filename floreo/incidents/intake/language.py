"""In which language a report is written, as far as its small words tell. Imports no Django."""

from __future__ import annotations

import re

_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "to",
        "in",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "it",
        "its",
        "that",
        "this",
        "for",
        "on",
        "with",
        "as",
        "at",
        "by",
        "from",
        "have",
        "has",
        "had",
        "not",
        "we",
        "they",
        "you",
        "your",
        "our",
        "i",
        "my",
        "me",
        "do",
        "did",
        "will",
        "would",
        "can",
        "there",
        "their",
        "which",
        "who",
        "what",
        "when",
        "please",
    ]
)
_SPANISH = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "un",
        "una",
        "y",
        "o",
        "de",
        "del",
        "al",
        "a",
        "en",
        "es",
        "son",
        "fue",
        "ser",
        "que",
        "se",
        "lo",
        "su",
        "sus",
        "por",
        "para",
        "con",
        "no",
        "como",
        "más",
        "pero",
        "este",
        "esta",
        "esto",
        "eso",
        "hay",
        "he",
        "ha",
        "han",
        "mi",
        "me",
        "nos",
        "nuestro",
        "usted",
        "ustedes",
        "yo",
        "cuando",
        "donde",
        "está",
        "estaba",
        "muy",
        "sin",
        "sobre",
    ]
)
_FEWEST = 4  # words that say something
_SHARE = 0.16  # of all words, in either language as people write it
_LONG = 20  # words from which a text that is in neither is worth a doubt


def language_of(text: str) -> str:
    """ "en", "es", or "" where the words are of neither, or too few."""
    words = _words(text)
    if len(words) < _FEWEST:
        return ""
    english = sum(word in _ENGLISH for word in words) / len(words)
    spanish = sum(word in _SPANISH for word in words) / len(words)
    if max(english, spanish) < _SHARE or max(english, spanish) < 1.5 * min(english, spanish):
        return ""
    return "en" if english > spanish else "es"


def is_in_neither(text: str) -> bool:
    """Whether it is long enough to tell, and is in no language that the program knows."""
    return len(_words(text)) >= _LONG and not language_of(text)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())[:2000]
