"""In which language a report is written, as far as its small words show. Another language is added by its words, without those that it shares with another. Imports no Django."""

from __future__ import annotations

import re

WORDS = {
    code: frozenset(words.split())
    for code, words in {
        "en": (
            "the a an and or of to in is are was were be been it its that this for on with as at by from have has had not "
            "we they you your our i my me do did will would can there their which who what when please"
        ),
        "es": (
            "el la los las un una y o de del al a en es son fue ser que se lo su sus por para con no como más pero este "
            "esta esto eso hay he ha han mi me nos nuestro usted ustedes yo cuando donde está estaba muy sin sobre"
        ),
        "fr": (
            "le les l une des du d à au aux et ou est sont était être qui s ce cette ces c il elle ils nous vous je "
            "j mon ma mes notre votre pour par avec dans sur sous pas ne n mais plus comme quand où ai ont été très sans"
        ),
    }.items()
}
_FEWEST = 4  # words that say something
_SHARE = 0.16  # of all words, in any of the languages as people write it
_LONG = 20  # words from which a text that is in none is worth a doubt


def language_of(text: str) -> str:
    """ "en", "es", "fr", or "" where the words are of none of them, or too few."""
    words = _words(text)
    if len(words) < _FEWEST:
        return ""
    shares = {code: sum(word in known for word in words) / len(words) for code, known in WORDS.items()}
    (best, share), (_code, next_share) = sorted(shares.items(), key=lambda one: -one[1])[:2]
    return best if share >= _SHARE and share >= 1.5 * next_share else ""


def is_in_none(text: str) -> bool:
    """Whether it is long enough to decide, and is in no language that the program knows."""
    return len(_words(text)) >= _LONG and not language_of(text)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())[:2000]
