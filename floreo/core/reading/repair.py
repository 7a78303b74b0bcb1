"""Corrects broken characters and says which ones: ftfy, then the apostrophe and dash mix-ups that ftfy cannot know."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from floreo.core.reading.languages import ENDING_IN_IS

Span = tuple[int, int]

# Characters no reader of the page would see, and that would shift every offset: controls, soft hyphens, zero widths.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n]+")
_LETTER = "[^\\W\\d_]"
# Windows punctuation read as if it were Macintosh text: 0x92 (’) shows as í, 0x93 and 0x94 (“ ”) as ì and î.
_APOSTROPHE = re.compile(rf"(?<={_LETTER})í(?=(?:s|t|re|ve|ll|d|m)\b)")
_PLURAL_POSSESSIVE = re.compile(rf"(?<={_LETTER}s)í(?=\s{_LETTER})")
_WORD_WITH_I = re.compile(rf"{_LETTER}*í{_LETTER}*")
_QUOTED = re.compile(rf"(?<!{_LETTER})ì(?=\w)([^ìî\n]{{1,300}}?)(?<=[\w.,!?])î(?!{_LETTER})")
_YEAR_DASH = re.compile(r"(?<=\d{4})ñ(?=\d{4})")
_MAX_ROUNDS = 6


def repair(text: str, *, english: bool = False) -> tuple[str, tuple[Span, ...]]:
    """The text as it was meant, and the spans of it that differ. Correcting twice changes nothing more."""
    tidied = tidy(text)
    # ftfy sees the text as it came: what tidying removes may be half of a broken character.
    repaired = _repair_all(text, english=english)
    return repaired, () if repaired == tidied else _changed(tidied, repaired)


def tidy(text: str) -> str:
    """The text with unseen characters removed and runs of blanks made one: not a repair, so not reported."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPACES.sub(" ", _UNSEEN.sub("", lines)).strip()


def _repair_all(text: str, *, english: bool) -> str:
    import ftfy  # late: large, and only for this

    settled = ftfy.TextFixerConfig(unescape_html=False, uncurl_quotes=False, normalization="NFC", explain=False)
    # One repair can uncover another (text broken twice), so repeat until nothing moves.
    for _ in range(_MAX_ROUNDS):
        repaired = tidy(ftfy.fix_text(text, settled))
        repaired = _repair_mac(repaired) if english else repaired
        if repaired == text:
            break
        text = repaired
    return text


def _repair_mac(text: str) -> str:
    if "í" in text:
        text = _repair_apostrophes(text)
    if "ì" in text:
        text = _QUOTED.sub("“\\1”", text)
    return _YEAR_DASH.sub("–", text)


def _repair_apostrophes(text: str) -> str:
    return _WORD_WITH_I.sub(lambda found: _apostrophe_in(found, text), text)


def _apostrophe_in(found: re.Match[str], text: str) -> str:
    word = found.group()
    if unicodedata.normalize("NFC", word).lower() in ENDING_IN_IS or word.count("í") > 1:
        return word
    if _APOSTROPHE.search(word):
        return word.replace("í", "’")
    following = text[found.end() : found.end() + 2]
    if _PLURAL_POSSESSIVE.search(word + following):
        return word.replace("í", "’")
    return word


def _changed(before: str, after: str) -> tuple[Span, ...]:
    """Spans of `after` that `before` does not have. A pure deletion marks the character that now is there."""
    head = _shared_head(before, after)
    tail = _shared_head(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not new or len(old) * len(new) > 4_000_000:
        end = max(head + len(new), head + 1)
        return ((head, min(end, len(after))),) if after and head < len(after) else ()
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple((head + j1, head + j2) for tag, _, _, j1, j2 in codes if tag in {"replace", "insert"})


def _shared_head(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
