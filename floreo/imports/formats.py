"""How the texts of one column are days or numbers: the order of day and month and the sign of decimals are decided once for a column, from
all of its texts, and asked for where these do not decide. Plain text in and out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.utils.translation import gettext as _

from floreo.core.delimited import Wrong
from floreo.core.spelling import plain


class Order(StrEnum):
    """Of the numbers of a day that is written with strokes, dots or hyphens."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Point(StrEnum):
    """What parts the decimals."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True)
class Verdict:
    """What a column's texts say. `format` is "" where there is nothing to decide. `is_asked`: they do not decide, so that a person does.
    `examples` are two texts that contradict each other."""

    format: str = ""
    is_asked: bool = False
    examples: tuple[str, str] | None = None


_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan enero ene janvier janv",
            "february feb febrero fevrier fevr fev",
            "march mar marzo mars",
            "april apr abril abr avril avr",
            "may mayo mai",
            "june jun junio juin",
            "july jul julio juillet juil",
            "august aug agosto ago aout",
            "september sep sept septiembre setiembre set septembre",
            "october oct octubre octobre",
            "november nov noviembre novembre",
            "december dec diciembre dic decembre",
        ),
        start=1,
    )
    for word in words.split()
}
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?$")
_THREE = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}.*)?$")
_DAY_MONTH = re.compile(
    r"^(?:\w+,? )?(\d{1,2})(?:st|nd|rd|th|er|o|º)?[ -](?:(?:de|of|du) )?([a-z]+)\.?,?[ -](?:del? )?(\d{4}|\d{2})$"
)
_MONTH_DAY = re.compile(r"^(?:\w+,? )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$")
_MONTH = re.compile(r"^(?:(?:end|fin|mid|by|early|late) (?:of |de )?)?([a-z]+)\.?,?[ /-](?:del? )?(\d{4}|\d{2})$")
_MONTH_NUMBER = re.compile(r"^(\d{1,2})[/-](\d{4})$")
_YEAR_MONTH = re.compile(r"^(\d{4})-(\d{1,2})$")
_QUARTER = re.compile(
    r"^(?:q|t|trim(?:estre)?\.? ?|quarter ?)([1-4])[ /-]*(?:de |of )?(\d{4})$|^(\d{4})[ /-]*[qt]([1-4])$"
)
_HALF = re.compile(r"^[hs]([12])[ /-]*(\d{4})$")
_YEAR = re.compile(r"^((?:19|20)\d{2})$")
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 73_050  # 1954 to 2099
_EXCEL_BEGINS = date(1899, 12, 30)


def order_of(texts: Iterable[str]) -> Verdict:
    """Whether the days of a column are written day first or month first."""
    day_first, month_first, open_ones = "", "", False
    for text in texts:
        if not (match := _THREE.match(plain(text))):
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            day_first = day_first or text
        elif second > 12 >= first:
            month_first = month_first or text
        elif first != second:
            open_ones = True
    if day_first and month_first:
        return Verdict(Order.DAY_FIRST, is_asked=True, examples=(day_first, month_first))
    if day_first or month_first:
        return Verdict(Order.DAY_FIRST if day_first else Order.MONTH_FIRST)
    return Verdict(Order.DAY_FIRST, is_asked=True) if open_ones else Verdict()


def day(text: str, order: str, *, at_end: bool = False) -> date:
    """The day that a text means; of a month, a quarter or a year its first, or `at_end` its last. Raises Wrong."""
    given = plain(text).replace("’", "'").strip(" .")
    try:
        found = _exact(given, order) or _span(given, at_end=at_end)
    except ValueError:
        found = None
    if found is None:
        raise Wrong(_("This is no date that can be read."))
    return found


def _exact(given: str, order: str) -> date | None:
    if match := _YEAR_FIRST.match(given):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _THREE.match(given):
        first, second, year = int(match[1]), int(match[2]), _year(match[3])
        if order == Order.MONTH_FIRST:
            first, second = second, first
        return date(year, second, first)
    if (match := _DAY_MONTH.match(given)) and match[2] in _MONTHS:
        return date(_year(match[3]), _MONTHS[match[2]], int(match[1]))
    if (match := _MONTH_DAY.match(given)) and match[1] in _MONTHS:
        return date(int(match[3]), _MONTHS[match[1]], int(match[2]))
    if _SERIAL.match(given) and _FIRST_SERIAL <= float(given) <= _LAST_SERIAL:
        return _EXCEL_BEGINS + timedelta(days=int(float(given)))
    return None


def _span(given: str, *, at_end: bool) -> date | None:
    """A month, a quarter, half a year or a year."""
    if (found := _month(given)) is not None:
        return _edge(*found, 1, at_end=at_end)
    if match := _QUARTER.match(given):
        number, year = int(match[1] or match[4]), int(match[2] or match[3])
        return _edge(year, 3 * number - 2, 3, at_end=at_end)
    if match := _HALF.match(given):
        return _edge(int(match[2]), 6 * int(match[1]) - 5, 6, at_end=at_end)
    if match := _YEAR.match(given):
        return _edge(int(match[1]), 1, 12, at_end=at_end)
    return None


def _month(given: str) -> tuple[int, int] | None:
    """The year and the month: "March 2026", "3/2026", "2026-03"."""
    if (match := _MONTH.match(given)) and match[1] in _MONTHS:
        return _year(match[2]), _MONTHS[match[1]]
    if match := _MONTH_NUMBER.match(given):
        return int(match[2]), int(match[1])
    if match := _YEAR_MONTH.match(given):
        return int(match[1]), int(match[2])
    return None


def _edge(year: int, month: int, months: int, *, at_end: bool) -> date:
    if not at_end:
        return date(year, month, 1)
    last = month + months - 1
    return date(year, last, calendar.monthrange(year, last)[1])


_YEARS = re.compile(r"^(\d{4})[-/](\d{4}|\d{2})$")


def period(text: str, order: str) -> tuple[date, date]:
    """The first and the last day of what a text means: a year, half a year, a quarter, a month, a day, or "2024/25" for two years. Raises
    Wrong."""
    given = plain(text)
    if (match := _YEARS.match(given)) and not _YEAR_MONTH.match(given):
        return date(int(match[1]), 1, 1), date(_year(match[2]), 12, 31)
    return day(text, order), day(text, order, at_end=True)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def is_day(text: str) -> bool:
    """Whether a text looks like a day, in whatever order. A number of five digits alone is no proof."""
    given = plain(text)
    if _SERIAL.match(given):
        return False
    for order in Order:
        try:
            day(text, order)
        except Wrong:
            continue
        return True
    return False


# --- Numbers ------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"^\(?[-+]?[\d.,' ]*\d[\d.,' ]*\)?%?$")
_AROUND = re.compile(r"^(?:[a-z]{0,4}\$|[a-z]{3}\b|€|£|[a-z]{0,2}\.)\s*|\s*(?:\$|€|£|[a-z]{3})$")
_ENDS = re.compile(r"^\d{1,3}([.,])\d{3}$")  # 1.234 or 1,234: a thousand, or one and a bit


def bare(text: str) -> str:
    """A number without its currency and spaces of all widths; "" for what is none."""
    given = _AROUND.sub("", plain(text).replace("\u202f", " ").replace("’", "'")).strip()
    return given if _NUMBER.match(given) else ""


def point_of(texts: Iterable[str]) -> Verdict:
    """Whether the numbers of a column have a decimal point or a decimal comma."""
    point, comma, open_ones = "", "", False
    for text in texts:
        number = bare(text).strip("()%+-")
        signs = [each for each in number if each in ".,"]
        if not signs:
            continue
        if len(set(signs)) == 2:
            is_point = signs[-1] == "."
        elif len(signs) > 1:
            is_point = signs[0] == ","  # 1,234,567: the comma groups
        elif _ENDS.match(number):
            open_ones = True
            continue
        else:
            is_point = signs[0] == "."
        if is_point:
            point = point or text
        else:
            comma = comma or text
    if point and comma:
        return Verdict(Point.POINT, is_asked=True, examples=(point, comma))
    if point or comma:
        return Verdict(Point.POINT if point else Point.COMMA)
    return Verdict(Point.POINT, is_asked=True) if open_ones else Verdict()


def number(text: str, point: str) -> Decimal:
    """The number that a text means; (12) is less than nothing. Raises Wrong."""
    given = bare(text)
    negative = given.startswith("(") and given.endswith(")")
    digits = given.strip("()").rstrip("%").replace("'", "").replace(" ", "")
    groups, decimals = (".", ",") if point == Point.COMMA else (",", ".")
    whole_part, _sign, rest = digits.rpartition(decimals) if digits.count(decimals) == 1 else (digits, "", "")
    parts = whole_part.lstrip("+-").split(groups)
    is_grouped = len(parts) == 1 or (1 <= len(parts[0]) <= 3 and all(len(each) == 3 for each in parts[1:]))
    try:
        found = (
            Decimal(digits.replace(groups, "").replace(decimals, "."))
            if digits and is_grouped and groups not in rest
            else None
        )
    except InvalidOperation:
        found = None
    if found is None:
        raise Wrong(_("This is no number that can be read."))
    return -found if negative else found


def is_number(text: str) -> bool:
    return bare(text) != ""


_YES = {"yes", "y", "true", "1", "si", "s", "oui", "o", "vrai", "x", "✓", "✔", "verdadero"}
_NO = {"no", "n", "false", "0", "non", "faux", "falso", "-"}


def flag(text: str) -> bool:
    """Raises Wrong."""
    given = plain(text)
    if given in _YES or given in _NO:
        return given in _YES
    raise Wrong(_("Write yes or no."))
