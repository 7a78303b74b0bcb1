"""Reads plain text: unwraps hard-wrapped lines and distinguishes headings, list items and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from floreo.core.reading.building import Piece
from floreo.core.reading.openers import Openers
from floreo.core.reading.readers.labels import split_label

_WRAP_AT_MOST = 130
_WRAP_AT_LEAST = 50
_HEADING_AT_MOST = 120
_RULE = re.compile(r"^\s*([=\-_~*#])\1{2,}\s*$")
_OPENING = '“‘«"'  # a term in quotation marks begins a line in a list of terms
_LISTS = (";", "—", " -", "–")
_SENTENCE_END = (".", ";", ",", ":", "!", "?")


def pieces_of_text(text: str, *, openers: Openers) -> Iterator[Piece]:
    """The pieces of a plain text, in order."""
    lines = [line.expandtabs(4).rstrip() for line in tidy_lines(text)]
    width = wrap_width(lines)
    for group in _groups(lines):
        yield from _pieces_of_group(_unwrapped(group, width, openers), openers)


def tidy_lines(text: str) -> list[str]:
    """Lines with their indent kept: it shows how deep an item is nested."""
    kept = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n"):
        bare = re.sub(r"[ \t\xa0]+", " ", line).strip()
        indent = len(line) - len(line.lstrip(" \t"))
        kept.append(" " * min(indent, 40) + bare if bare else "")
    return kept


def wrap_width(lines: list[str]) -> int:
    """The column at which lines were wrapped by hand, or 0 when each paragraph is one line."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if not lengths or lengths[-1] > _WRAP_AT_MOST or lengths[-1] < _WRAP_AT_LEAST:
        return 0
    return lengths[int(len(lengths) * 0.95)] if len(lengths) > 20 else lengths[-1]


def _groups(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _unwrapped(group: list[str], width: int, openers: Openers) -> list[str]:
    joined: list[str] = []
    last = ""
    for line in group:
        if joined and _continues(last, line, width, openers):
            joined[-1] = f"{joined[-1].rstrip()} {line.strip()}"
        else:
            joined.append(line)
        last = line
    return joined


def _continues(last: str, line: str, width: int, openers: Openers) -> bool:
    if _RULE.match(last) or _RULE.match(line) or split_label(line.strip())[0]:
        return False
    if openers.opens(line.strip()) or openers.heads(line.strip()) or openers.counts(line.strip()):
        return False
    if (last.isupper() and not line.isupper()) or (last.endswith(_LISTS) and line.strip()[:1] in _OPENING):
        return False
    if width and len(last) + 1 + len(line.split(maxsplit=1)[0]) > width:
        return True
    if width and len(line) - len(line.lstrip()) > len(last) - len(last.lstrip()) and split_label(last.strip())[0]:
        return True
    return line.lstrip()[:1].islower() and not last.endswith((".", ";", ":"))


def _pieces_of_group(group: list[str], openers: Openers) -> Iterator[Piece]:
    for at, line in enumerate(group):
        if _RULE.match(line):
            continue
        underlined = at + 1 < len(group) and bool(_RULE.match(group[at + 1]))
        alone = len(group) == 1 or underlined
        yield _piece(line, openers, alone=alone, underlined=underlined)


def _piece(line: str, openers: Openers, *, alone: bool, underlined: bool) -> Piece:
    bare = line.strip()
    kind, number, rest = split_label(bare)
    if kind != "bullet" and _is_heading(rest, openers, level=_depth(number), alone=alone, underlined=underlined):
        return Piece("heading", rest, level=heading_level(number, underlined=underlined), number=number)
    if kind:
        return Piece("item", rest, level=1 + (len(line) - len(line.lstrip())) // 2, number=number)
    return Piece("paragraph", bare)


def heading_level(number: str, *, underlined: bool = False) -> int:
    """A numbered heading is as deep as its number has parts."""
    if number:
        return number.count(".") + 1
    return 1 if underlined else 2


def _depth(number: str) -> int:
    """Parts of a dotted number; 1 also for `(a)`; 0 without a number. `2.1` alone on a line heads a section."""
    return 0 if not number else number.count(".") + 1


def _is_heading(text: str, openers: Openers, *, level: int, alone: bool, underlined: bool) -> bool:
    if underlined:
        return True
    if len(text) > _HEADING_AT_MOST or text.endswith(_SENTENCE_END) or not text[:1].isalnum() or ". " in text:
        return False
    if openers.opens(text) or (text.isupper() and len(text) > 3):
        return True
    return alone and text[:1].isupper() and level != 1 and len(text.split()) <= 12 and "http" not in text
