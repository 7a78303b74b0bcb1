"""Courses of the catalogue from a CSV file and into one: reads a file into rows, with a sentence for each cell that cannot be taken.
Writes nothing.

The header names the columns in a language of the interface (COLUMNS); commas, semicolons or tabs part the cells. A cell is text, whatever it begins
with: nothing of it is computed. Lines may be of different encodings (core/delimited.py)."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.delimited import (
    Column,
    Problem,
    Wrong,
    choices_by_word,
    columns_of,
    decoded,
    records_by_word,
    rows,
)
from floreo.core.errors import Refused
from floreo.core.spelling import plain
from floreo.core.tables import safe_text
from floreo.core.whole import whole
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation, Place, PlaceSort
from floreo.workforce.logic import CourseDay
from floreo.workforce.models import CatalogueCourse, Level, Mode
from floreo.workforce.queries import role_items

MOST_ROWS = 2_000
MOST_BYTES = 5 * 1024 * 1024
_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_DAYS = re.compile(r"^(?P<day>[\d/-]+)(?:\s*\(\s*(?P<seats>\d{1,6})\s*\))?$")


COLUMNS: tuple[Column, ...] = (
    Column(
        "organisation",
        pgettext_lazy("column", "institution"),
        _l("Code or name in the register. Needed."),
        "university",
    ),
    Column("title", pgettext_lazy("column", "title"), _l("Title of the course. Needed."), "Secure networks"),
    Column(
        "summary",
        pgettext_lazy("column", "summary"),
        _l("What one learns, in plain words."),
        "How a network is kept safe.",
    ),
    Column(
        "level",
        pgettext_lazy("column", "level"),
        _l("For everybody, basic, intermediate, advanced, degree. Needed."),
        "basic",
    ),
    Column("language", pgettext_lazy("column", "language"), _l("Two characters."), "en"),
    Column(
        "mode", pgettext_lazy("column", "mode"), _l("In person, online, in person and online. Needed."), "in person"
    ),
    Column("place", pgettext_lazy("column", "district"), _l("Code or name; empty where it is online only."), ""),
    Column("cost", pgettext_lazy("column", "cost"), _l("Only the number; 0 or “free” where it costs nothing."), "120"),
    Column("currency", pgettext_lazy("column", "currency"), _l("Three letters; needed with a cost."), "USD"),
    Column("cost_text", pgettext_lazy("column", "about the cost"), _l("In words."), "By instalments"),
    Column("duration", pgettext_lazy("column", "duration"), _l("In words."), "12 Saturdays"),
    Column("hours", pgettext_lazy("column", "hours"), _l("Hours in all."), "48"),
    Column(
        "dates",
        pgettext_lazy("column", "dates"),
        _l("Days on which it begins, with the seats in brackets; “;” between two."),
        "",
    ),
    Column("address", pgettext_lazy("column", "address"), _l("Where its page is."), "https://example.org/networks"),
    Column("roles", pgettext_lazy("column", "roles"), _l("Codes of roles of a skills framework; “;” between two."), ""),
    Column("source", pgettext_lazy("column", "source"), _l("Where it was read."), ""),
)
NEEDED = ("organisation", "title", "level", "mode")
_TEXTS = {"title": 200, "summary": 2000, "cost_text": 200, "duration": 100, "source": 500}
_FREE = frozenset({"free", "gratis", "gratuito", "gratuita", "0"})


@dataclass(frozen=True)
class CourseRow:
    """One row: whose course, and its facts."""

    line: int
    organisation: Organisation
    facts: Mapping[str, Any]


@dataclass
class Read:
    """What a file holds."""

    name: str
    sha256: str
    encoding: str
    rows: list[CourseRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # columns that nothing is read from


def template(language: str) -> bytes:
    """A file with the header and one example, for a spreadsheet (UTF-8 with its mark)."""
    return _file([[each.example for each in COLUMNS]], language)


def _file(rows: Iterable[list[str]], language: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    with translation.override(languages.spoken(language)):
        writer.writerow([str(each.title) for each in COLUMNS])
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def export(courses: Iterable[CatalogueCourse], language: str) -> bytes:
    """Courses in the columns of the import, so that a file can be corrected in a spreadsheet and taken in again."""

    def cells(course: CatalogueCourse) -> list[str]:
        days = [
            f"{d.starts_on.isoformat()}" + (f" ({d.seats})" if d.seats is not None else "") for d in course.dates.all()
        ]
        texts = {
            "organisation": course.institution.organisation.code,
            "title": course.title,
            "summary": course.summary,
            "level": course.level,
            "language": course.language,
            "mode": course.mode,
            "place": course.place.code if course.place is not None else "",
            "cost": "0" if course.is_free else _shown(course.cost_amount),
            "currency": course.currency,
            "cost_text": course.cost_text,
            "duration": course.duration,
            "hours": _shown(course.hours),
            "dates": "; ".join(days),
            "address": course.address,
            "roles": "; ".join(item.code for item in course.roles.all()),
            "source": course.source,
        }
        return [safe_text(texts[each.name]) for each in COLUMNS]

    return _file((cells(course) for course in courses), language)


def _shown(number: object) -> str:
    return "" if number is None else str(number)


def read(content: bytes, name: str) -> Read:
    """The rows of the file and what is wrong with it. Raises Refused with a sentence for a file of which nothing can be read."""
    if len(content) > MOST_BYTES:
        raise Refused(_("This file is larger than 5 MB. Split it."), code="too_large")
    text, encoding = decoded(content)
    found = Read(name[:200], hashlib.sha256(content).hexdigest(), encoding)
    lines = rows(text, found.problems)
    header = next(lines, (0, []))[1]
    columns, found.unknown = columns_of(header, COLUMNS, NEEDED)
    look = _Look(found)
    for line, cells in lines:
        if len(found.rows) + 1 > MOST_ROWS:
            raise Refused(_("This file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS}, code="too_many")
        if len(cells) > len(header):
            found.problems.append(Problem(line, "", _("It has more cells than the header.")))
            continue
        given = {name: _unquoted(cell) for name, cell in zip(columns, cells, strict=False) if name}
        look.take(line, given, {n: h for n, h in zip(columns, header, strict=True) if n})
    if not found.rows and not found.problems:
        raise Refused(_("This file has a header and no row."), code="empty")
    return found


def _unquoted(cell: str) -> str:
    """A cell as it was before it was made safe for spreadsheets (core/tables.safe_text): the sign in front of a formula goes."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:2] in set("=+-@") else text


class _Look:
    """Turns cells into facts of courses; knows the register, the districts and the roles."""

    def __init__(self, found: Read) -> None:
        self.found = found
        self.lines: dict[tuple[int, str], int] = {}
        self.organisations = records_by_word(
            Organisation.objects.filter(merged_into=None), ("code", "name", "short_name")
        )
        self.places = records_by_word(Place.objects.filter(kind=PlaceSort.DISTRICT), ("code", "name"))
        self.roles: dict[str, Item] = {}
        for item in role_items():
            for text in (item.code, item.title, *(t.get("title", "") for t in item.translations.values())):
                if text:
                    self.roles.setdefault(plain(text), item)
        self.choices = {"level": choices_by_word(Level.choices), "mode": choices_by_word(Mode.choices)}
        self.readers: Mapping[str, Callable[[str], Any]] = {
            "organisation": lambda text: self._named(
                text, self.organisations, _("The register has no such organisation.")
            ),
            "place": lambda text: self._named(text, self.places, _("There is no such district.")),
            "language": self._language,
            "level": self._choice("level"),
            "mode": self._choice("mode"),
            "cost": self._cost,
            "currency": lambda text: text.upper(),
            "hours": self._hours,
            "dates": self._dates,
            "address": self._address,
            "roles": self._roles,
        }

    def take(self, line: int, given: Mapping[str, str], header: Mapping[str, str]) -> None:
        """Adds the row, or what is wrong with it."""
        facts: dict[str, Any] = {}
        wrong: list[Problem] = []
        for name, text in given.items():
            try:
                if text:
                    facts[name] = self._cell(name, text)
            except Wrong as each:
                wrong.append(Problem(line, header[name].strip(), each.sentence))
        named = {problem.column for problem in wrong}
        for name in NEEDED:
            if name not in facts and header[name].strip() not in named:
                wrong.append(Problem(line, header[name].strip(), _("It is empty.")))
        amount = facts.pop("cost", None)
        if amount:
            facts["is_free"], facts["cost_amount"] = False, amount
            if not re.fullmatch(r"[A-Z]{3}", facts.get("currency", "")):
                wrong.append(
                    Problem(line, header.get("currency", ""), _("A cost needs its currency, in three letters."))
                )
        elif amount is not None:
            facts["is_free"], facts["cost_amount"], facts["currency"] = True, None, ""
        if not wrong:
            held = facts["organisation"].pk, plain(facts["title"])
            if held in self.lines:
                sentence = _("Line %(line)d has the same course.") % {"line": self.lines[held]}
                wrong.append(Problem(line, header["title"].strip(), sentence))
            self.lines.setdefault(held, line)
        if wrong:
            self.found.problems += wrong
            return
        body = facts.pop("organisation")
        self.found.rows.append(CourseRow(line, body, facts))

    def _cell(self, name: str, text: str) -> Any:
        if name in _TEXTS:
            if len(text) > _TEXTS[name]:
                raise Wrong(_("It is longer than %(most)d characters.") % {"most": _TEXTS[name]})
            return text
        return self.readers[name](text)

    def _named(self, text: str, names: Mapping[str, Any], sentence: str) -> Any:
        found = names.get(plain(text))
        if found is None:
            raise Wrong(sentence)
        return found

    def _choice(self, name: str) -> Callable[[str], str]:
        words = self.choices[name]

        def choose(text: str) -> str:
            if (found := words.get(plain(text))) is None:
                listed = ", ".join(dict.fromkeys(words.values()))
                raise Wrong(_("It is none of: %(list)s.") % {"list": listed})
            return found

        return choose

    def _language(self, text: str) -> str:
        known = languages.site()
        if (code := text.strip().lower()) not in known:
            raise Wrong(_("It is none of: %(list)s.") % {"list": ", ".join(sorted(known))})
        return code

    def _cost(self, text: str) -> Decimal:
        if plain(text) in _FREE:
            return Decimal(0)
        try:
            amount = Decimal(text.replace(" ", ""))
        except InvalidOperation:
            raise Wrong(_("Write only the number, for example 120 or 120.50.")) from None
        if not amount.is_finite() or amount >= 10**8 or amount != round(amount, 2):
            raise Wrong(_("Write only the number, for example 120 or 120.50."))
        if amount < 0:
            raise Wrong(_("A cost is not negative."))
        return amount

    def _hours(self, text: str) -> int:
        number = whole(text)
        if number is None or number > 100_000:
            raise Wrong(_("Write a whole number of hours."))
        return number

    def _dates(self, text: str) -> list[CourseDay]:
        found: dict[date, CourseDay] = {}
        for part in filter(None, (each.strip() for each in text.split(";"))):
            match = _DAYS.match(part)
            day = _day(match["day"]) if match else None
            if match is None or day is None or not clock.is_sound_day(day):
                raise Wrong(_("Write the day as 2027-02-15 or 15/02/2027, day first, and seats as (20)."))
            found[day] = CourseDay(day, int(match["seats"]) if match["seats"] else None)
        return list(found.values())

    def _address(self, text: str) -> str:
        if not re.fullmatch(r"https?://[^\s<>\"']{1,490}", text, re.IGNORECASE):
            raise Wrong(_("An address begins with https:// or http://."))
        return text

    def _roles(self, text: str) -> list[Item]:
        found = []
        for part in filter(None, (each.strip() for each in text.split(";"))):
            item = self.roles.get(plain(part))
            if item is None:
                raise Wrong(_("“%(code)s” is no role of a skills framework.") % {"code": part[:60]})
            found.append(item)
        return found


def _day(text: str) -> date | None:
    try:
        if match := _DAY_FIRST.match(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None
