"""Fields that are apart from their rows: boxes at the foot of a page, of which the first belongs to the first row above, the next to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from floreo.strategy.drafting.source import plain
from floreo.strategy.outline.looks import caption_of, prefixed_by
from floreo.strategy.outline.passages import Outline, Passage
from floreo.strategy.outline.terms import TERM_NOUNS

LONGEST = 60  # characters of one line of a box; what is longer is a sentence
_MOST_LINES = 10  # of a box
_GOES_ON = frozenset("&,-")  # with these a line of a name does not end, nor with a word in small letters


class Holder(Protocol):
    """A row above actions."""

    number: int


@dataclass(slots=True)
class _Box:
    """The lines of one box, and the passages in which they are."""

    lines: list[str] = field(default_factory=list)
    passages: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """One field on its way: the rows that wait for it, and the boxes found since."""

    waiting: list[int] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What a row above actions got: the lines of its box, and the passages they came from."""

    lines: tuple[str, ...]
    passages: tuple[int, ...]


def word_before(outline: Outline, passage: Passage) -> str:
    """The word by which the boxes are found: before the colon of the passage, or of the line that heads it. Empty where there is none."""
    for one in reversed(outline.passages[max(passage.number - _MOST_LINES, 0) : passage.number]):
        if one.is_caption:
            return caption_of(outline.words(one))
        if one.look.label or one.code:
            return "" if one.code or one is not passage else one.look.label
    return ""


class Boxes:
    """Collects the boxes of each field, and gives them to the rows above, one to each. Where their numbers differ nobody gets any."""

    def __init__(self, outline: Outline, meanings: Mapping[str, str]) -> None:
        """`meanings` has the field of each word that begins a box."""
        self.outline = outline
        self.meanings = meanings
        self.fields = {meaning: _Field() for meaning in meanings.values()}
        self.given: dict[str, dict[int, Given]] = {meaning: {} for meaning in self.fields}

    def take(self, passage: Passage) -> bool:
        """Whether a passage begins a box or is a line of the one that is open."""
        if not self.fields:
            return False
        words = self.outline.words(passage)
        label = "" if passage.code else passage.look.label
        begun = caption_of(words) if passage.is_caption else label
        if begun in self.meanings:
            self.end()
            each = self.fields[self.meanings[begun]]
            each.boxes.append(_Box())
            each.is_open = True
            return passage.is_caption or self._line(each, passage, words)
        opened = next((each for each in self.fields.values() if each.is_open), None)
        if opened is None:
            return False
        is_other = passage.is_caption or bool(passage.look.label or passage.code) or prefixed_by(words) is not None
        if is_other or not self._line(opened, passage, words):
            self.end()
            return False
        return True

    @staticmethod
    def _line(each: _Field, passage: Passage, words: str) -> bool:
        if not words or len(words) > LONGEST:
            return False
        if not any(character.isalnum() for character in words):
            return True  # a line between two columns
        each.boxes[-1].lines.append(words)
        each.boxes[-1].passages.append(passage.number)
        return True

    def end(self) -> None:
        """Nothing more belongs to the box that is open."""
        for each in self.fields.values():
            each.is_open = False

    def waits(self, row: Holder) -> None:
        """A row that is no action has begun."""
        for each in self.fields.values():
            each.waiting.append(row.number)

    def settle(self, holders: set[int], now: int | None = None) -> None:
        """Gives the boxes found to the rows that wait, of which only `holders` have actions; the row that has just begun goes on waiting."""
        self.end()
        for meaning, each in self.fields.items():
            if not each.boxes:
                continue
            able = [number for number in each.waiting if number in holders and number != now]
            if len(able) == len(each.boxes):
                for number, box in zip(able, each.boxes, strict=True):
                    self.given[meaning][number] = Given(tuple(box.lines), tuple(box.passages))
            each.boxes = []
            each.waiting = [number for number in each.waiting if number == now]


def in_one(lines: Sequence[str]) -> str:
    """The names of a box: a line that ends in a small word or a comma goes on in the next one."""
    found = ""
    for line in lines:
        last = found.rsplit(maxsplit=1)[-1] if found else ""
        goes_on = bool(last) and (last.islower() or last[-1] in _GOES_ON)
        between = " " if goes_on else "; "
        found = f"{found}{between}{line}" if found else line
    return found


def in_order(lines: Sequence[str], count: int) -> list[str]:
    """What each of so many actions has of a box: its one line holds for all; as many lines as actions for one each; others for none. A line that
    is nothing but "Term" ends the one before it."""
    whole: list[str] = []
    for line in lines:
        if whole and plain(line) in TERM_NOUNS:
            whole[-1] += f" {line}"
        else:
            whole.append(line)
    lines = whole
    if len(lines) == 1:
        return [lines[0]] * count
    return lines if len(lines) == count else []
