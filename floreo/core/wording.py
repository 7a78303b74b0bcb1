"""Small words that sentences are built of: numbers, days, spans and lists, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from floreo.core import clock
from floreo.core.dates import Precision
from floreo.core.ui import locale as ui


def number_word(number: int) -> str:
    """ "three"; from ten on the figures. The context is for languages in which the word agrees with "action"."""
    words = {
        0: pgettext("number of actions", "none"),
        1: pgettext("number of actions", "one"),
        2: pgettext("number of actions", "two"),
        3: pgettext("number of actions", "three"),
        4: pgettext("number of actions", "four"),
        5: pgettext("number of actions", "five"),
        6: pgettext("number of actions", "six"),
        7: pgettext("number of actions", "seven"),
        8: pgettext("number of actions", "eight"),
        9: pgettext("number of actions", "nine"),
    }
    return words.get(number) or number_figures(number)


def number_figures(number: int | float | Decimal) -> str:
    """With thousands apart, as the reader's language does it."""
    return ui.number(number)


def capital(sentence: str) -> str:
    """The same with its first character in upper case; what follows stays as it is."""
    return sentence[:1].upper() + sentence[1:]


def sentences(*parts: str) -> str:
    """Joins what was said, leaving out what was not."""
    return " ".join(p for p in parts if p)


def colon() -> str:
    """The sign between a word and what it says of it: in French a space that does not break is before it."""
    return pgettext("between a word and what it says", ":")


# Who did something without an account is kept in English, and read in the reader's language.
BY_LINK = gettext_noop("by the link sent to %(address)s")
REPORTER_BY_LINK = gettext_noop("The reporter of %(reference)s, by link")
MEMBER_BY_LINK = gettext_noop("member %(n)d, by link")
NAME_BY_LINK = gettext_noop("%(name)s, by link")
NAME_BY_ITS_LINK = gettext_noop("%(name)s, by its link")
_LINK_TEMPLATES = (BY_LINK, REPORTER_BY_LINK, MEMBER_BY_LINK, NAME_BY_LINK, NAME_BY_ITS_LINK)


def who_text(name: str) -> str:
    """Who did something, as it was noted: a name, or in the reader's language by which link or form. What was noted in another language
    stays as it is."""
    return in_reader_language(name, _LINK_TEMPLATES)


_PLACES = re.compile(r"%\((\w+)\)([sd])|%%")


def in_reader_language(text: str, templates: Sequence[str] = ()) -> str:
    """What a program noted in English while nobody looked, for whoever reads it now: the sentence as the catalogue has it, also after names
    that end with a colon. One with numbers or names within is recognised by `templates`, the sentences of the code that may be there;
    what is in their places stays as it is, and so does what nothing recognises."""
    names = [0, *(each.end() for each in re.finditer(": ", text))]
    for at in names:
        found = _translated(text[at:], templates)
        if found is not None:
            before = text[:at].removesuffix(": ")
            return f"{before}{colon()} {found}" if before else found
    return text


def _translated(sentence: str, templates: Sequence[str]) -> str | None:
    """None for what is no sentence of the catalogue and of no template."""
    if sentence and (found := _(sentence)) != sentence:
        return found
    for template in templates:
        if match := _pattern_of(template).fullmatch(sentence):
            return _(template) % _Placed(match.groupdict())
    return None


@lru_cache(maxsize=500)
def _pattern_of(template: str) -> re.Pattern[str]:
    """What the template is once its places are filled; `%(n)d` only with a number, and the same name with the same words."""
    parts, seen, end = list[str](), set[str](), 0
    for place in _PLACES.finditer(template):
        parts.append(re.escape(template[end : place.start()]))
        end, (name, kind) = place.end(), place.groups()
        if name is None:
            parts.append("%")
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            parts.append(f"(?P<{name}>{'-?[0-9]+' if kind == 'd' else '.*'})")
            seen.add(name)
    return re.compile("".join(parts) + re.escape(template[end:]), re.DOTALL)


class _Placed(dict[str, str]):
    """The words found in the places: as a number where they are one, since `%d` takes no other and `%s` writes it alike."""

    def __getitem__(self, name: str) -> Any:
        words = super().__getitem__(name)
        return int(words) if re.fullmatch("0|-?[1-9][0-9]{0,17}", words) else words


def listed(items: Sequence[str | Promise]) -> str:
    """ "a, b and c"."""
    words = [str(i) for i in items]
    if len(words) < 2:
        return "".join(words)
    return _("%(items)s and %(last)s") % {"items": ", ".join(words[:-1]), "last": words[-1]}


def unsound_time_text(given: Any) -> str | None:
    """The sentence about a moment or a day that nobody can mean (core/clock.py); None for one that somebody can, and for what is
    neither."""
    if isinstance(given, datetime):
        words = {"year": clock.FIRST_YEAR, "ahead": clock.YEARS_AHEAD}
        sentence = (
            _("Check the year: a time before %(year)d or more than %(ahead)d years ahead is not accepted.") % words
        )
        return None if given.tzinfo is None or clock.is_sound(given) else sentence
    if isinstance(given, date) and not clock.is_sound_day(given):
        words = {"first": clock.FIRST_DAY.year, "last": clock.LAST_DAY.year}
        return _("Check the year: it has to be from %(first)d to %(last)d.") % words
    return None


def day_text(day: date) -> str:
    """ "24 November 2026"."""
    return ui.long_day(day)


def short_day(day: date) -> str:
    """ "24 Nov 2026"."""
    return ui.day(day)


def short_day_of_year(day: date) -> str:
    """ "24 Nov", where the year goes without saying."""
    return ui.short_date(day, "d MMM")


def month_text(day: date) -> str:
    """ "November 2026"; "noviembre de 2026"."""
    return ui.month_of_year(day)


def short_month(day: date) -> str:
    """ "Nov 2026"."""
    return ui.day(day, Precision.MONTH)


def quarter_text(day: date) -> str:
    """ "Q3 2026"."""
    return _("Q%(quarter)d %(year)d") % {"quarter": (day.month + 2) // 3, "year": day.year}


def when_text(day: date | None, precision: str = Precision.DAY, *, short: bool = True) -> str:
    """A date as exactly as it is known, and no more."""
    if day is None:
        return _("no date known")
    if precision == Precision.YEAR:
        return str(day.year)
    if precision == Precision.QUARTER:
        return quarter_text(day)
    if precision == Precision.MONTH:
        return short_month(day) if short else month_text(day)
    return short_day(day) if short else day_text(day)


def lasting_text(first: date | None, last: date | None, precision: str = Precision.DAY) -> str:
    """When something was that may have lasted: "10 Feb to 13 Feb 2020", "2018 to 2020"; of one day or one year only that."""
    begin = when_text(first, precision)
    end = when_text(last, precision) if first and last else begin
    if begin == end:
        return begin
    if precision == Precision.DAY:
        return span_text(first, last)
    return _("%(first)s to %(last)s") % {"first": begin, "last": end}


def span_text(first: date | None, last: date | None) -> str:
    """ "1 Jan to 31 Dec 2026", with either end open."""
    if first and last:
        begin = short_day_of_year(first) if first.year == last.year else short_day(first)
        return _("%(first)s to %(last)s") % {"first": begin, "last": short_day(last)}
    if first:
        return _("from %(first)s") % {"first": short_day(first)}
    if last:
        return _("until %(last)s") % {"last": short_day(last)}
    return _("no dates set")


def month_span(first: date | None, last: date | None) -> str:
    """ "Jan 2026 to Dec 2027": for a list, where days would be noise."""
    if first and last:
        if (first.year, first.month) == (last.year, last.month):
            return short_month(first)
        return _("%(first)s to %(last)s") % {"first": short_month(first), "last": short_month(last)}
    if first:
        return _("from %(first)s") % {"first": short_month(first)}
    if last:
        return _("due %(last)s") % {"last": short_month(last)}
    return _("No dates yet")


def days_text(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": number_figures(days)}
