"""How values read in the reader's language: dates to their precision, numbers, money."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _

from floreo.core import languages


def language() -> str:
    return languages.now()


def locale() -> str:
    return languages.locale_of(language())


# The same day or number is written again and again, in a table and from page to page, and the library reads its pattern each time.
@lru_cache(maxsize=4096)
def _date(when: date, pattern: str, name: str) -> str:
    return format_date(when, pattern, locale=name)


@lru_cache(maxsize=512)
def _skeleton(when: date, skeleton: str, name: str) -> str:
    """By what is to be shown of a day; its order and the words between are the locale's."""
    return str(format_skeleton(skeleton, when, locale=name))


@lru_cache(maxsize=4096, typed=True)
def _decimal(value: Decimal | float | int, pattern: str | None, name: str) -> str:
    return format_decimal(value, pattern, locale=name)


def address_in(code: str, address: str) -> str:
    """The address of the same page in another language: its first part names it, and none is the site's own. Of an
    address below /account/ or of a page; what programs ask for (/api/) has no language."""
    if here := languages.from_path(address):
        address = address.removeprefix(f"/{here}") or "/"
    return f"/{languages.prefix(code)}{address.removeprefix('/')}"


def day(when: date, precision: str = "day") -> str:
    """ "16 Sep 2020", "Sep 2020", "Q3 2020", "2020"."""
    if precision == "year":
        return str(when.year)
    if precision == "quarter":
        return f"{_('Q')}{(when.month + 2) // 3} {when.year}"
    return short_date(when, "MMM y" if precision == "month" else "d MMM y")


def short_date(when: date, pattern: str) -> str:
    """A day by a pattern of Unicode (UTS 35), its short month without a point."""
    return _date(when, pattern, locale()).replace(".", "").replace("Sept", "Sep")


def date_text(when: date, pattern: str) -> str:
    """A day by a pattern of Unicode (UTS 35), or by the name of one: "long"."""
    return _date(when, pattern, locale())


def month_of_year(when: date) -> str:
    """ "November 2026"; "noviembre de 2026"."""
    return _skeleton(when, "yMMMM", locale())


def long_day(when: date) -> str:
    """ "16 September 2020"; "16 de septiembre de 2020"."""
    return date_text(when, "long")


def moment(when: datetime) -> str:
    """ "24 Nov 2026, 06:00" in the country's zone; at the edges of the calendar, where it has no time there, as it was given:
    "1 Jan 1, 00:00 UTC"."""
    try:
        local, named = (timezone.localtime(when) if timezone.is_aware(when) else when), ""
    except OverflowError:
        local, named = when, f" {when:%Z}"
    return f"{short_date(local.date(), 'd MMM y')}, {local:%H:%M}{named}"


def number(value: Decimal | float | int, decimals: int | None = None) -> str:
    """With thousands apart; `decimals` fixed, or as many as the value has."""
    if decimals is None:
        return _decimal(value, None, locale())
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _decimal(value, pattern, locale())


def money(amount: Decimal | int, currency: str) -> str:
    """ "XCD 120,000": the code, since a sign alone names many currencies."""
    whole = amount == int(amount)
    return format_currency(
        amount, currency, "¤¤ #,##0" if whole else "¤¤ #,##0.00", locale=locale(), currency_digits=False
    )
