"""Dates as strategies write them, in each language that has a list of words, to ISO: a period counts as its first or its last day."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from floreo.strategy.drafting.lexicon import any_of, words
from floreo.strategy.drafting.vocabulary import MONTHS, ORDINALS

YEAR = r"(?:19|20)\d{2}"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_OF = rf"(?:(?:{any_of('dates', 'of')})\s+)?"
_SUFFIX = rf"(?:{any_of('dates', 'day')})?"
_QUARTER = frozenset(words("dates", "quarter"))
_DATE = re.compile(
    rf"""
    (?P<iso>\b{YEAR}-\d{{2}}-\d{{2}}\b)
    | \b(?P<slash>\d{{1,2}}[/.]\d{{1,2}}[/.]{YEAR})\b
    | \b(?P<day>\d{{1,2}}){_SUFFIX}\s+{_OF}(?P<dmonth>{_MONTH})\.?,?\s+
      {_OF}(?P<dyear>{YEAR})\b
    | \b(?P<mmonth>{_MONTH})\.?\s+(?P<mday>\d{{1,2}}){_SUFFIX},\s*(?P<myear>{YEAR})\b
    | \b(?P<month>{_MONTH})\.?,?\s+{_OF}(?P<year>{YEAR})\b
    | \b[QT](?P<quarter>[1-4])[\s/,-]*{_OF}(?P<qyear>{YEAR})\b
    | \b(?P<q2year>{YEAR})[\s/,-]*[QT](?P<quarter2>[1-4])\b
    | \b(?P<ordinal>{_ORDINAL})\s+(?P<part>{any_of("dates", "quarter", "half")})\s+{_OF}(?P<pyear>{YEAR})\b
    | (?<![\d.,/-])(?P<from>{YEAR})\s*(?:-|–|—|/|{any_of("dates", "to")})\s*(?P<to>{YEAR})(?![\d/-])
    | (?<![\d.,/-])(?P<only>{YEAR})(?![\d/]|-\d|,\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date or period in the text, with the first and last day it covers (ISO)."""

    start: int
    end: int
    first: str
    last: str


def dates_in(text: str, start: int = 0, end: int | None = None) -> Iterator[FoundDate]:
    """Every date between two offsets, in order; impossible ones (31 February) are passed over."""
    for found in _DATE.finditer(text, start, len(text) if end is None else end):
        days = _days(found)
        if days is not None:
            yield FoundDate(found.start(), found.end(), days[0].isoformat(), days[1].isoformat())


def first_date(text: str) -> FoundDate | None:
    return next(dates_in(text), None)


def _days(found: re.Match[str]) -> tuple[datetime.date, datetime.date] | None:
    try:
        return _exact(found) or _period(found)
    except ValueError:
        return None


def _exact(found: re.Match[str]) -> tuple[datetime.date, datetime.date] | None:
    if found["iso"]:
        day = datetime.date.fromisoformat(found["iso"])
    elif found["slash"]:
        # Day first: the order of every country whose strategies this reads, save one.
        numbers = [int(number) for number in re.split(r"[/.]", found["slash"])]
        day = datetime.date(numbers[2], numbers[1], numbers[0])
    elif found["day"]:
        day = datetime.date(int(found["dyear"]), MONTHS[found["dmonth"].lower()], int(found["day"]))
    elif found["mday"]:
        day = datetime.date(int(found["myear"]), MONTHS[found["mmonth"].lower()], int(found["mday"]))
    else:
        return None
    return day, day


def _period(found: re.Match[str]) -> tuple[datetime.date, datetime.date]:
    if found["month"]:
        return _months(int(found["year"]), MONTHS[found["month"].lower()], 1)
    if found["quarter"] or found["quarter2"]:
        quarter = int(found["quarter"] or found["quarter2"])
        return _months(int(found["qyear"] or found["q2year"]), quarter * 3 - 2, 3)
    if found["ordinal"]:
        length = 3 if found["part"].lower() in _QUARTER else 6
        return _months(int(found["pyear"]), (ORDINALS[found["ordinal"].lower()] - 1) * length + 1, length)
    first, last = (found["from"], found["to"]) if found["from"] else (found["only"], found["only"])
    if int(first) > int(last):
        raise ValueError("A period cannot end before it starts.")
    return datetime.date(int(first), 1, 1), datetime.date(int(last), 12, 31)


def _months(year: int, month: int, length: int) -> tuple[datetime.date, datetime.date]:
    last = month + length - 1
    return datetime.date(year, month, 1), datetime.date(year, last, calendar.monthrange(year, last)[1])
