"""The labels of legal drafting: 12A, (1), (a), (ii), (A). Which kind of label a line opens with, and whether one follows another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Style = Literal["number", "letter", "roman", "capital", "capital_roman"]

_SECTION = re.compile(
    r"^(?P<word>(?:section|clause|regulation|article|artículo|cláusula|art\.|sec\.)\s+)?"
    r"(?P<number>\d{1,4}(?-i:-[A-Z]{1,2}(?=[.º°\s]|$)|[A-Z]{0,3})(?:\s(?:bis|ter|quater|quinquies)\b)?)(?:[º°]|o(?=\.))?(?P<dot>\.)?"
    r"(?:\s*[—–-]+\s*(?=\S)|\s+|(?<=\.)(?=\()|(?=\(1\)\s+(?-i:[A-Z“\"]))|$)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BRACKET = re.compile(r"^\(?(?P<number>\d{1,3}[A-Z]{0,2}|[a-z]{1,4}|[A-Z]{1,4})\)\s*(?P<rest>.*)$", re.DOTALL)
_DOTTED = re.compile(r"^(?P<number>[A-Z]|[a-z]|[ivx]{2,4})\.\s+(?P<rest>\S.*)$", re.DOTALL)
ROMAN = re.compile(r"^(?=[ivxl])(x{0,3}l?x{0,3})?(ix|iv|v?i{0,3})$")
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_LATIN = ("", "bis", "ter", "quater", "quinquies")


@dataclass(frozen=True)
class Label:
    """What a line opens with: the number without brackets or dot, and the words after it."""

    number: str
    rest: str
    is_bracketed: bool
    has_dot: bool = False
    has_word: bool = False  # "Article 3"

    @property
    def printed(self) -> str:
        if self.is_bracketed:
            return f"({self.number})"
        return f"{self.number}." if self.has_dot else self.number


def section_label(line: str) -> Label | None:
    """ "12A. Interception", "12A Interception", "3.—(1) ...", "3.(1) ..." or "Art. 3-A.- ..."; a quantity such as "12 months" is one too:
    the order decides."""
    found = _SECTION.match(line)
    if found is None:
        return None
    if found["word"] and found["word"][0].islower():  # "section 4 and ..." goes on with a sentence
        return None
    number = " ".join(found["number"].split())
    return Label(
        number, found["rest"].strip(), is_bracketed=False, has_dot=bool(found["dot"]), has_word=bool(found["word"])
    )


def bracket_label(line: str) -> Label | None:
    """ "(1) ...", "(a) ...", "a) ...", "(ii) ...", "A. ...", "i. ..."."""
    if dotted := _DOTTED.match(line):
        return Label(dotted["number"], dotted["rest"].strip(), is_bracketed=False, has_dot=True)
    found = _BRACKET.match(line)
    if found is None or (not line.startswith("(") and len(found["number"]) > 2):
        return None
    return Label(found["number"], found["rest"].strip(), is_bracketed=True)


def styles(number: str) -> tuple[Style, ...]:
    """What a bracketed number may be, the likeliest last: (i) is a letter or a roman number."""
    if number[0].isdigit():
        return ("number",)
    if number.isupper():
        return ("capital_roman", "capital") if ROMAN.match(number.lower()) and number.lower() else ("capital",)
    if ROMAN.match(number):
        return ("letter", "roman") if len(set(number)) == 1 or len(number) == 1 else ("roman",)
    return ("letter",)


def roman(number: str) -> int:
    total = 0
    values = [_VALUES[c] for c in number]
    for at, value in enumerate(values):
        total += -value if at + 1 < len(values) and values[at + 1] > value else value
    return total


def _order(number: str, style: Style) -> tuple[int, str]:
    """(place, inserted): (12, "A") of 12A; (2, "") of (b)."""
    if style in {"number"}:
        found = re.match(r"(\d+)\s*(.*)$", number)
        return (int(found[1]), found[2].removeprefix("-").upper()) if found else (0, number)
    low = number.lower()
    if style in {"roman", "capital_roman"}:
        return (roman(low), "") if ROMAN.match(low) else (0, low)
    if len(set(low)) == 1:  # a, b, ... z, aa, bb
        return ord(low[0]) - 96 + 26 * (len(low) - 1), ""
    return ord(low[0]) - 96, low[1:]


def is_first(number: str, style: Style) -> bool:
    return _order(number, style) == (1, "")


def follows(number: str, last: str, style: Style) -> bool:
    """Whether `number` may come next after `last`: 3 after 2, 2A after 2, 3 after 2B, (c) after (b), (bb) after (b), (za) after (z)."""
    place, inserted = _order(number, style)
    before, had = _order(last, style)
    if place == before + 1 and not inserted:
        return True
    if place == before and inserted:
        return _after(inserted, had)
    if style == "letter" and len(number) == 2 and len(set(number)) == 1 and last == number[0]:
        return True  # (aa) inserted after (a)
    if (
        style == "letter"
        and len(last) == 2
        and len(set(last)) == 1
        and place == ord(last[0]) - 96 + 1
        and len(number) == 1
    ):
        return True  # (b) after the inserted (aa)
    return style == "letter" and last[:1] == "z" and number[:1] == "z" and len(number) == len(last) + 1


def _after(inserted: str, had: str) -> bool:
    """(inserted, had) behind the same number: "B" after "A" or "AA", "A BIS" after "A"."""
    letters, _blank, latin = inserted.lower().partition(" ")
    before, _blank, latin_before = had.lower().partition(" ")
    if letters in _LATIN:
        letters, latin = "", letters
    if before in _LATIN:
        before, latin_before = "", before
    if letters == before:
        return latin in _LATIN and _LATIN.index(latin) == _LATIN.index(latin_before) + 1
    if latin:
        return False
    if letters == f"{before}a":
        return True
    level = before[: len(letters)]  # 12B after 12AA
    return bool(level) and letters[:-1] == level[:-1] and ord(letters[-1]) == ord(level[-1]) + 1


def is_jump(number: str, last: str, style: Style) -> bool:
    """Whether numbers are missing between: 5 after 3."""
    return _order(number, style) > _order(last, style) and not follows(number, last, style)


def is_repeat(number: str, last: str, style: Style) -> bool:
    return _order(number, style) == _order(last, style)
