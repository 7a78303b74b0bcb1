"""What the lines of a law are by their words alone: a part, a schedule, a section, a title; and the line itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from floreo.legislation.text import labels
from floreo.legislation.text.labels import section_label

_NUMERAL = r"(?:[IVXLC]+|\d{1,3}|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|PRIMER[AO]?|SEGUND[AO]|TERCER[AO]?)[A-Z]?|[A-Z](?=\s*(?:[-–—:.]|$))"
_CONTAINER = re.compile(
    rf"^(?P<word>PART|CHAPTER|DIVISION|SUBPART|SUB-PART|PARTE|CAP[IÍ]TULO|T[IÍ]TULO)\s+(?P<number>{_NUMERAL})(?![a-z0-9])"
    r"\s*[-–—:.]*\s*(?P<heading>.*)$",
    re.IGNORECASE,
)
_SUBPART = re.compile(r"^SUB-?PART\s*:?\s*(?P<number>[A-Z])\s*[-–—:.]+\s*(?P<heading>.*)$", re.IGNORECASE)
_ORDINAL = "FIRST|SECOND|THIRD|FOURTH|FIFTH|SIXTH|SEVENTH|EIGHTH|NINTH|TENTH|PRIMER|SEGUNDO|TERCER|CUARTO|QUINTO"
SCHEDULE = re.compile(
    rf"^(?P<title>(?:(?:{_ORDINAL})\s+)?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?:\s+(?:[IVXLC]+|\d{{1,2}}|[A-Z]))?)\b"
    r"\s*[-–—:.]*\s*(?P<rest>.*)$"
)
_SCHEDULE_ALONE = re.compile(  # in small letters only where nothing else is on the line
    rf"^(?P<title>(?:(?:{_ORDINAL})\s+)?(?:SCHEDULE|APPENDIX|ANNEX|ANEXO)(?:\s+(?:[IVXLC]+|\d{{1,2}}|[A-Z]))?)(?P<rest>)$",
    re.IGNORECASE,
)
END_NOTE = re.compile(  # behind a bill, and no part of it
    r"^(?P<title>EXPLANATORY\s+(?:STATEMENT|MEMORANDUM|NOTES?)|(?:STATEMENT|MEMORANDUM)\s+OF\s+OBJECTS\s+AND\s+REASONS"
    r"|OBJECTS\s+AND\s+REASONS|EXPOSICI[ÓO]N\s+DE\s+MOTIVOS)(?P<rest>)$",
    re.IGNORECASE,
)
LONG_TITLE = re.compile(r"^(?:AN?\s+ACT|A\s+BILL|ACT|BILL|LEY)\b", re.IGNORECASE)
ENACTING = re.compile(
    r"^(?:BE\s+IT\s+(?:THEREFORE\s+)?ENACTED|ENACTED\b|WHEREAS\b|NOW,?\s+THEREFORE|POR\s+CUANTO|DECRETA|\[.*\]$)",
    re.IGNORECASE,
)
_GOES_ON = ("—", "–", ":", "-")
HEADING_AT_MOST = 150
OPEN, _CLOSE = '“"', '”"'


@dataclass(frozen=True)
class TextLine:
    """One paragraph, heading or row of a table, with the number that was before it."""

    words: str
    is_heading: bool = False
    cells: tuple[str, ...] = ()


def begins_with_text(line: TextLine) -> bool:
    label = section_label(line.words.strip())
    if label is None or not (label.has_dot or label.rest[:1].isupper() or label.rest.startswith("(")):
        return False
    return label.rest.startswith("(") or not is_title(label.rest)


def number_at(rows: Sequence[TextLine], at: int) -> str:
    label = section_label(rows[at].words.strip())
    return label.number if label and label.rest else ""


def looks_like_front(words: str) -> bool:
    return bool(LONG_TITLE.match(words.strip()) or ENACTING.match(words.strip())) and not section_label(words.strip())


def is_section_one(line: TextLine) -> bool:
    label = section_label(line.words.strip())
    return label is not None and label.number == "1" and bool(label.rest)


def later_first(rows: Sequence[TextLine]) -> int | None:
    """Where the first section is in a text without a section 1, as an extract has it: another number, and the one after it below."""
    found = [(at, label) for at, line in enumerate(rows) if (label := section_label(line.words.strip()))]
    begun = [(at, label) for at, label in found if label.rest and (label.has_dot or label.has_word)]
    pairs = itertools.pairwise(begun)
    return next((at for (at, own), (_at, after) in pairs if labels.follows(after.number, own.number, "number")), None)


def first_number(rows: Sequence[TextLine]) -> str:
    """The number of the first section: 1, or another in an extract."""
    at = None if any(map(is_section_one, rows)) else later_first(rows)
    return "1" if at is None else number_at(rows, at)


def is_schedule(rows: Sequence[TextLine], at: int) -> bool:
    found = schedule_title(rows[at].words.strip())
    return (
        found is not None and len(rows[at].words) < HEADING_AT_MOST and not rows[at].words.strip().endswith((".", ";"))
    )


def schedule_title(words: str) -> re.Match[str] | None:
    return SCHEDULE.match(words) or _SCHEDULE_ALONE.match(words) or END_NOTE.match(words)


def container_of(words: str) -> re.Match[str] | None:
    """ "PART II – OFFENCES" or "Part II"; not the sentence "Part II of this Act does not apply ..."."""
    found = _CONTAINER.match(words)
    if found and found["heading"][:1].islower() and words[found.end("number") : found.start("heading")].isspace():
        return None
    return found or _SUBPART.match(words)


def is_title(words: str) -> bool:
    bare = words.strip()
    if not bare or len(bare) > HEADING_AT_MOST or bare.endswith((*_GOES_ON, ";", ",")) or bare[:1] in '(“"«':
        return False
    return not (bare.endswith(".") and len(bare.split()) > 10) and not re.search(r"[a-z)]{3}\.\s+[A-Z(]", bare)


def ends_open(words: str) -> bool:
    return words.rstrip().endswith(_GOES_ON)
