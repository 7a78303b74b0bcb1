"""Word's automatic numbering as arithmetic: which label is before a paragraph. Knows nothing of files or XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_SMALL = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_UNLABELLED = {"bullet", "none"}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: `text` is Word's pattern, such as `%1.%2` or `(%3)`; `restart` is Word's lvlRestart."""

    format: str = "decimal"
    text: str = "%1."
    start: int = 1
    restart: int | None = None
    legal: bool = False


@dataclass(frozen=True, slots=True)
class ListUse:
    """A list as used in the text (w:num): the definition it follows and the levels it overrides."""

    definition: str
    starts: Mapping[int, int] = field(default_factory=dict)
    levels: Mapping[int, Level] = field(default_factory=dict)


@dataclass(slots=True)
class Numbering:
    """Counts paragraph after paragraph. Lists that share a definition share its counters, as in Word."""

    definitions: Mapping[str, Mapping[int, Level]]
    uses: Mapping[str, ListUse]
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _seen: set[tuple[str, int]] = field(default_factory=set)

    def label(self, use: str, depth: int) -> str | None:
        """The label of the next paragraph in that list at that depth (0-8); empty for a bullet, None if not a list."""
        level = self.level(use, depth)
        if level is None:
            return None
        counters = self._counters.setdefault(self.uses[use].definition, {})
        self._advance(counters, use, depth, level)
        if level.format in _UNLABELLED:
            return ""
        return self._filled(use, level, counters)

    def level(self, use: str, depth: int) -> Level | None:
        found = self.uses.get(use)
        if found is None:
            return None
        return found.levels.get(depth) or self.definitions.get(found.definition, {}).get(depth)

    def _advance(self, counters: dict[int, int], use: str, depth: int, level: Level) -> None:
        override = self.uses[use].starts.get(depth)
        first_of_use = (use, depth) not in self._seen
        self._seen.add((use, depth))
        if override is not None and first_of_use:
            counters[depth] = override
        else:
            counters[depth] = counters[depth] + 1 if depth in counters else level.start
        for deeper in [number for number in counters if number > depth]:
            if self._restarts(use, deeper, depth):
                del counters[deeper]

    def _restarts(self, use: str, deeper: int, depth: int) -> bool:
        level = self.level(use, deeper)
        restart = level.restart if level is not None else None
        # lvlRestart counts from 1 and 0 means never; without it any level above restarts this one.
        return restart is None or (restart > 0 and depth <= restart - 1)

    def _filled(self, use: str, level: Level, counters: Mapping[int, int]) -> str:
        def value(found: re.Match[str]) -> str:
            depth = int(found[1]) - 1
            own = self.level(use, depth) or Level()
            return in_format(counters.get(depth, own.start), "decimal" if level.legal else own.format)

        return _PLACEHOLDER.sub(value, level.text).strip()


def in_format(number: int, how: str) -> str:
    """A number as Word prints it in one of its formats; unknown formats print as decimals."""
    if how in {"lowerLetter", "upperLetter"}:
        letters = _letters(number)
        return letters.upper() if how == "upperLetter" else letters
    if how in {"lowerRoman", "upperRoman"}:
        roman = _roman(number)
        return roman.upper() if how == "upperRoman" else roman
    if how == "decimalZero":
        return f"{number:02d}"
    return "" if how in _UNLABELLED else str(number)


def _letters(number: int) -> str:
    # Word goes on from z with aa, bb, cc: the same character repeated, not base 26.
    if number < 1:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    printed = ""
    for value, letters in _ROMAN + _ROMAN_SMALL:
        printed += letters * (number // value)
        number %= value
    return printed
