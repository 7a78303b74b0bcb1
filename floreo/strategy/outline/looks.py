"""What a passage looks like: the word and number before it, the shape of its number, its column. Two passages that look alike are
taken for the same thing, whatever words a country has for its levels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.strategy.drafting.source import plain

PassageKind = Literal["heading", "item", "paragraph", "cell", "line"]
_NUMBER = (
    rf"(?:\s*\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}|\s+(?:[IVX]{{1,6}}|[A-Z](?=[.:)]|$)|(?i:{'|'.join(NUMBER_WORDS)})\b))"
)
# "Area of Priority 1: ...", "GOAL 2 - ...", "Policy goal 1. ...", "PILLAR ONE" alone on its line.
_NAMED = re.compile(
    rf"(?P<word>[^\W\d_][\w'’/&-]*(?:\s+[^\W\d_][\w'’/&-]*){{0,4}}?)(?P<number>{_NUMBER})"
    r"(?:\s*[.:)|–—-]+\s*|\s+(?=[A-ZÀ-ÖØ-ÞŒ“\"])|\s*$)"
)
# "Lead: PUC", "Estrategia: ...": a word before a colon, and what it says.
_PREFIX = re.compile(r"(?P<word>[^\W\d_][\w'’/&() -]{1,40}?)\s*:\s+(?=\S)")
# "1 Objectives:" and "Activities:", which head what follows.
_HEADS = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+)?(?P<word>[^\W\d_][^:.;]{1,58}):$")
_ROMAN = re.compile(r"(?i:x{0,3}(?:ix|iv|v?i{0,3}))")
_INLINE_NUMBER = re.compile(r"(?:(?<=\s)|^)(?P<number>\d{1,2})[.)]\s+(?=[A-ZÀ-ÖØ-ÞŒ“\"(])")
BULLET = "•"
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How a passage looks. `label` is the word before its number, or before its colon; `shape` that of its number ("1", "1.1", "a", "i",
    "•"); `caption` the line that heads it ("activities"); `column` and `heads` place it in a table, from 1. `is_loose`: of a text or a PDF,
    where the same level is a heading on one page and a point on the next."""

    kind: PassageKind
    depth: int = 0
    label: str = ""
    shape: str = ""
    caption: str = ""
    column: int = 0
    heads: str = ""
    is_loose: bool = False

    @property
    def key(self) -> Key:
        """What alike passages share. The word of a level means it however it is printed; so does its number where it is loose. What has
        neither is alike under the same line only."""
        if self.label:
            return ("label", self.label)
        caption = "" if self.shape else self.caption
        if self.kind in {"cell", "line"}:
            return ("cell" if self.shape else self.kind, self.heads, self.column, self.shape, caption)
        if self.is_loose and self.shape not in {"", BULLET}:
            return ("numbered", self.shape)
        if self.kind == "heading":
            return ("heading", self.depth, self.shape)
        return (self.kind, self.depth, self.shape) if self.shape else ("paragraph", "", caption)

    @property
    def key_here(self) -> Key:
        """The same, of passages under the same line alone: points under "Activities:", not those under "Outcomes:"."""
        return ("under", self.caption, *self.key)

    @property
    def is_common(self) -> bool:
        """Whether nothing distinguishes it: a plain paragraph, of which alike ones are all the others."""
        return not self.label and self.kind in {"paragraph", "item"} and not self.shape and not self.caption


@dataclass(frozen=True, slots=True)
class Label:
    """A word that names a passage, and where the passage's own words begin."""

    word: str
    number: str
    begins: int


def named_by(text: str) -> Label | None:
    """The word and number with which a text begins: ("area of priority", "1")."""
    found = _NAMED.match(text)
    if found is None or not text[:1].isupper():
        return None
    return Label(plain(found["word"]), found["number"].strip(), found.end())


def prefixed_by(text: str) -> Label | None:
    """The word before the colon with which a text begins: ("lead", "")."""
    found = _PREFIX.match(text)
    if found is None or not text[:1].isupper() or len(found["word"].split()) > 5:
        return None
    return Label(plain(found["word"]), "", found.end())


def caption_of(text: str) -> str:
    """The word of a line that heads what follows, without its number; empty where it is no such line."""
    found = _HEADS.fullmatch(" ".join(text.split()))
    return plain(found["word"]) if found and len(found["word"].split()) <= 6 else ""


def shape_of(number: str) -> str:
    """The shape of a number as printed: "1", "1.1", "a", "A", "i", "I"; a bullet for none."""
    bare = number.strip("().[] ")
    if not bare:
        return BULLET
    if bare[0].isdigit():
        return ".".join("1" for _part in bare.split("."))
    if _ROMAN.fullmatch(bare) and bare:
        return "I" if bare.isupper() else "i"
    return "A" if bare.isupper() else "a"


def numbered_lines(text: str) -> list[tuple[int, int]]:
    """Where the points of a text begin and end that counts 1., 2., 3. in one breath; none where it does not."""
    begins: list[tuple[int, int]] = []
    for found in _INLINE_NUMBER.finditer(text):
        if int(found["number"]) == len(begins) + 1:
            begins.append((found.start(), found.end()))
    if len(begins) < 2:
        return []
    ends = [start for start, _end in begins[1:]] + [len(text)]
    return [(start, end) for (start, _number), end in zip(begins, ends, strict=True)]
