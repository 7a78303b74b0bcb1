"""Names of bodies in running text: where one starts and ends, and how a list of them is taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from floreo.core.reading.repair import Span
from floreo.strategy.drafting.lexicon import any_of, words
from floreo.strategy.drafting.source import plain
from floreo.strategy.drafting.vocabulary import BODY_NOUNS, GENERIC_BODIES, MONTHS, NOT_BODIES

_CAP = r"[A-ZÀ-ÖØ-ÞŒ][\w]*(?:[’'&.\-/][\w]+)*(?:[’'](?=\s[A-ZÀ-ÖØ-ÞŒ]))?"
_MONTH = "|".join(sorted((month.capitalize() for month in MONTHS if len(month) > 3), key=len, reverse=True))
_JOIN = rf"(?:{any_of('names', 'join')}|da|do|van|&)"
_SMALL = any_of("names", "small")  # words in small letters that belong to a name: "Police nationale"
_ACRONYM = r"(?:\s\([A-Z][\w.&/\- ]{1,24}\))"
_CORE = re.compile(
    rf"{_CAP}(?:\s+(?!(?:on|for)\s+(?:{_MONTH})\b)(?:{_JOIN}\s+(?:the\s+)?){{0,3}}(?:[ld][’'])?(?:{_CAP}|(?:{_SMALL})\b))*{_ACRONYM}?"
)
_DETERMINER = rf"(?:(?:(?:{any_of('names', 'the')})\s+)|l[’'])?"
_AND = any_of("names", "and")
_OPENING = re.compile(rf"\s*(?P<det>{_DETERMINER})(?=[A-ZÀ-ÖØ-ÞŒ])", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"(?P<sep>\s*;\s*(?:(?:{_AND})\s+)?|\s*,\s*(?:(?:{_AND})\s+)?|\s+(?:{_AND}|&)\s+)"
    rf"(?:(?:{any_of('names', 'by')})\s+(?={any_of('names', 'the')}))?(?P<det>{_DETERMINER})(?=[A-ZÀ-ÖØ-ÞŒ])",
    re.IGNORECASE,
)
_HEAD = re.compile(rf"\b(?:{BODY_NOUNS})\b", re.IGNORECASE)
_ALL_CAPS = re.compile(r"^[A-Z][A-Z0-9&]*(?:[-/.][A-Z][A-Z0-9]*)*$")
_REFUSED = re.compile(rf"^(?:{NOT_BODIES})\b|\b(?:{NOT_BODIES})$", re.IGNORECASE)
_TOPIC = re.compile(rf"^(?:{any_of('names', 'topic')})\b")
# Bodies whose names list what they deal with, so that a comma may be part of the name.
_TOPICS = re.compile(
    rf"(?:{any_of('names', 'topics_of')})\b[^,]*\b(?:{any_of('names', 'of')})\b",
    re.IGNORECASE,
)
_OF = re.compile(rf"\b(?:{any_of('names', 'of')})\b", re.IGNORECASE)
_CALENDAR = re.compile(rf"(?:{'|'.join(MONTHS)})\b|(?:{any_of('names', 'weekday')})\b", re.IGNORECASE)
_ENDS_LIST = frozenset((*(word for word in words("names", "and") if " " not in word), "&"))
_LONGEST = 110
_PARTS_AT_MOST = 40


@dataclass(frozen=True, slots=True)
class _NamePiece:
    start: int
    end: int
    separator: str
    determined: bool


def names_at(text: str, at: int, end: int) -> list[Span]:
    """Spans of the bodies listed from `at` on; empty when no name is there."""
    parts = _parts(text, at, end)
    groups: list[list[_NamePiece]] = []
    for part in parts:
        if groups and not _splits(text, groups[-1], part, parts):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [(group[0].start, group[-1].end) for group in groups]


def bodies_at(text: str, at: int, end: int) -> list[Span]:
    """Like `names_at`, without what is surely no body: laws, plans, months, persons."""
    return [(start, stop) for start, stop in names_at(text, at, end) if is_body(text[start:stop])]


def is_body(name: str) -> bool:
    flat = plain(name)
    if not 1 < len(name) <= _LONGEST or flat in GENERIC_BODIES or flat.isdigit() or _REFUSED.search(flat):
        return False
    # "Cybersecurity Unit" is a body, "Cybersecurity Launch" is not: what opens like a topic needs a body's noun.
    return not _TOPIC.match(flat) or bool(_HEAD.search(name))


def end_of_names(text: str, at: int, end: int) -> int:
    """Where the list that starts at `at` ends, or `at` itself."""
    parts = _parts(text, at, end)
    return parts[-1].end if parts else at


def split_names(cell: str) -> list[str]:
    """The bodies in a table cell or after `Lead:`, which hold nothing else."""
    pieces = [
        piece.strip(" .,;") for piece in re.split(r"\s*(?:;|\n|•|/(?=\s)|(?<=\s)/)\s*", cell) if piece.strip(" .,;")
    ]
    named: list[str] = []
    for piece in pieces:
        spans = names_at(piece, 0, len(piece))
        whole = bool(spans) and spans[-1][1] >= len(piece) - 1
        named += [piece[start:end] for start, end in spans] if whole else [piece]
    return list(dict.fromkeys(named))


def _parts(text: str, at: int, end: int) -> list[_NamePiece]:
    opening = _OPENING.match(text, at, end)
    if opening is None:
        return []
    parts: list[_NamePiece] = []
    separator, determined, at = "", bool(opening["det"].strip()), opening.end()
    while len(parts) < _PARTS_AT_MOST and (core := _CORE.match(text, at, end)) and not _CALENDAR.match(core.group()):
        parts.append(_NamePiece(core.start(), core.end(), separator.strip().lower(), determined))
        following = _BETWEEN.match(text, core.end(), end)
        if following is None:
            break
        separator, determined, at = following["sep"], bool(following["det"].strip()), following.end()
    return parts


def _splits(text: str, group: list[_NamePiece], part: _NamePiece, parts: list[_NamePiece]) -> bool:
    """Whether a part begins a new body or goes on with the one before (`Ministry of Energy, Transport and Trade`)."""
    before, name = text[group[0].start : group[-1].end], text[part.start : part.end]
    if ";" in part.separator or _is_whole(name):
        return True
    if part.determined:
        return not _OF.search(before) or "," in part.separator
    if "," in part.separator and not _TOPICS.match(before):
        return True
    # "Chamber of Commerce and Industry" goes on; "Monetary Authority and CayTel" are two.
    return not (part.separator in _ENDS_LIST and _OF.search(before))


def _is_whole(name: str) -> bool:
    bare = re.sub(r"\s*\(.*$", "", name)
    return "(" in name or bool(_HEAD.search(name)) or bool(_ALL_CAPS.match(bare) and len(bare) > 1)
