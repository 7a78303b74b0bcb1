"""Old cases from a CSV file: reads it into rows of cases and a sentence for each cell that cannot be taken. Writes nothing.

The header names the columns in a language of the interface (COLUMNS); commas, semicolons or tabs part the cells. A cell is text, whatever it
begins with: nothing of it is computed."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
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
from floreo.core.language_codes import SOURCE
from floreo.core.policy import Tlp
from floreo.core.sectors import Sector
from floreo.core.spelling import plain
from floreo.incidents import moments, taxonomy
from floreo.incidents.models import Case, CaseSeverity, CaseState
from floreo.organisations.models import Organisation, Place, PlaceSort

MOST_ROWS = 50_000
MOST_BYTES = 50 * 1024 * 1024
MOST_PROBLEMS = 200  # that are listed; how many there are is said in any case
_LONGEST_CELL = 20_000
_REFERENCE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$")
_DAY_FIRST = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d{2}))?$")


COLUMNS: tuple[Column, ...] = (
    Column(
        "reference",
        pgettext_lazy("column", "reference"),
        _l("Your number; without one the case gets a number."),
        "2019-014",
    ),
    Column("title", pgettext_lazy("column", "title"), _l("In one line. Needed."), "Website of the library altered"),
    Column(
        "received_at",
        pgettext_lazy("column", "received"),
        _l("When it was reported to the team. Needed."),
        "2019-03-12 09:30",
    ),
    Column("rsit", pgettext_lazy("column", "type"), _l("RSIT, or a type of CSIRTAmericas."), "defacement"),
    Column("severity", pgettext_lazy("column", "severity"), _l("Low, medium, high or critical."), "medium"),
    Column("state", pgettext_lazy("column", "state"), _l("Closed, where it is empty."), "closed"),
    Column("occurred_at", pgettext_lazy("column", "began"), _l("When it began."), "2019-03-11"),
    Column("detected_at", pgettext_lazy("column", "detected"), _l("When it was detected."), "2019-03-12"),
    Column("contained_at", pgettext_lazy("column", "contained"), _l("When it was contained."), "2019-03-12 15:00"),
    Column("handled_at", pgettext_lazy("column", "resolved"), _l("When it was resolved."), "2019-03-14"),
    Column(
        "closed_at",
        pgettext_lazy("column", "closed"),
        _l("When it was closed. Needed for a closed case."),
        "2019-03-20",
    ),
    Column("sector", pgettext_lazy("column", "sector"), _l("As in the form of a case."), "education"),
    Column("place", pgettext_lazy("column", "district"), _l("Code or name."), ""),
    Column(
        "organisation",
        pgettext_lazy("column", "organisation"),
        _l("Code or name in the register: who was affected."),
        "",
    ),
    Column("tlp", pgettext_lazy("column", "marking"), _l("TLP; AMBER where it is empty."), "AMBER"),
    Column("summary", pgettext_lazy("column", "summary"), _l("What happened."), "Changed page; restored from a copy."),
    Column("close_reason", pgettext_lazy("column", "how it ended"), _l("In one line."), "Restored from a copy"),
    Column("lessons", pgettext_lazy("column", "lessons"), _l("What was learnt."), "Updates were missing"),
)
_MOMENTS = ("occurred_at", "detected_at", "received_at", "contained_at", "handled_at", "closed_at")
_TEXTS = {"title": 200, "summary": _LONGEST_CELL, "close_reason": 500, "lessons": _LONGEST_CELL}
_ORDER = ("occurred_at", "received_at", "contained_at", "handled_at", "closed_at")


@dataclass(frozen=True)
class OldCase:
    """One row: columns of a case, and who was affected."""

    line: int
    fields: Mapping[str, Any]
    organisation: Organisation | None


@dataclass
class Read:
    """What a file holds."""

    name: str
    sha256: str
    encoding: str
    rows: list[OldCase] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # columns that nothing is read from


def template(language: str) -> bytes:
    """A file with the header and one example, for a spreadsheet (UTF-8 with its mark)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    with translation.override(languages.spoken(language)):
        writer.writerow([str(each.title) for each in COLUMNS])
    writer.writerow([each.example for each in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes, name: str) -> Read:
    """The rows of the file and what is wrong with it. Raises Refused with a sentence for a file of which nothing can be read."""
    if len(content) > MOST_BYTES:
        raise Refused(_("This file is larger than 50 MB. Split it."), code="too_large")
    text, encoding = decoded(content)
    found = Read(name[:200], hashlib.sha256(content).hexdigest(), encoding)
    lines = rows(text, found.problems)
    header = next(lines, (0, []))[1]
    columns, found.unknown = columns_of(header, COLUMNS, ("title", "received_at"))
    look = _Look(found)
    for line, cells in lines:
        if len(found.rows) + 1 > MOST_ROWS:
            raise Refused(_("This file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS}, code="too_many")
        if len(cells) > len(header):
            found.problems.append(Problem(line, "", _("It has more cells than the header.")))
            continue
        given = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name}
        look.take(line, given, {n: h for n, h in zip(columns, header, strict=True) if n})
    if not found.rows and not found.problems:
        raise Refused(_("This file has a header and no row."), code="empty")
    return found


class _Look:
    """Turns cells into columns of cases; knows the register and the references that are taken."""

    def __init__(self, found: Read) -> None:
        self.found = found
        self.now = moments.now()
        self.here = set(Case.objects.values_list("reference", flat=True))
        self.lines: dict[str, int] = {}
        self.organisations = records_by_word(
            Organisation.objects.filter(merged_into=None), ("code", "name", "short_name")
        )
        self.places = records_by_word(Place.objects.filter(kind=PlaceSort.DISTRICT), ("code", "name"))
        self.choices = {
            "severity": choices_by_word(CaseSeverity.choices),
            "state": choices_by_word([each for each in CaseState.choices if each[0] != CaseState.MERGED]),
            "sector": choices_by_word(Sector.choices),
            "tlp": {plain(value): value for value in Tlp.values}
            | {plain(f"TLP:{value}"): value for value in Tlp.values},
        }
        self.types = _types()
        self.readers: Mapping[str, Callable[[str], Any]] = {
            "reference": self._reference,
            "rsit": self._rsit,
            "organisation": lambda text: self._named(
                text, self.organisations, _("The register has no such organisation.")
            ),
            "place": lambda text: self._named(text, self.places, _("There is no such district.")),
            **dict.fromkeys(_MOMENTS, self._moment),
            **{name: self._choice(name) for name in self.choices},
        }

    def take(self, line: int, given: Mapping[str, str], header: Mapping[str, str]) -> None:
        """Adds the row, or what is wrong with it."""
        fields: dict[str, Any] = {}
        wrong: list[Problem] = []
        for name, text in given.items():
            try:
                if text:
                    fields[name] = self._cell(name, text)
            except Wrong as each:
                wrong.append(Problem(line, header[name].strip(), each.sentence))
        wrong = wrong or [Problem(line, column, sentence) for column, sentence in self._whole(fields, header)]
        if wrong:
            self.found.problems += wrong
            return
        if "reference" in fields:
            self.lines[fields["reference"]] = line
        self.found.rows.append(OldCase(line, _as_columns(fields), fields.get("organisation")))

    def _cell(self, name: str, text: str) -> Any:
        if name in _TEXTS:
            if len(text) > _TEXTS[name]:
                raise Wrong(_("It is longer than %(most)d characters.") % {"most": _TEXTS[name]})
            return text
        return self.readers[name](text)

    def _whole(self, fields: dict[str, Any], header: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name in ("title", "received_at"):
            if name not in fields:
                yield header[name].strip(), _("It is empty.")
        fields.setdefault("state", str(CaseState.CLOSED))
        closed = fields["state"] == CaseState.CLOSED
        if closed and "closed_at" not in fields:
            yield header.get("closed_at", "").strip(), _("A closed case needs the day on which it was closed.")
        if not closed and "closed_at" in fields:
            yield header["closed_at"].strip(), _("This case is not closed, so it has no such day.")
        known = [(name, fields[name]) for name in _ORDER if name in fields]
        for (first, a), (second, b) in itertools.pairwise(known):
            if b < a:
                words = {"column": header[first].strip()}
                yield header[second].strip(), _("It is before “%(column)s”.") % words
                return

    def _reference(self, text: str) -> str:
        if not _REFERENCE.match(text):
            raise Wrong(_("A reference has at most 20 characters: A to Z, digits, hyphens."))
        if text in self.here:
            raise Wrong(_("A case with this reference is here already."))
        if text in self.lines:
            raise Wrong(_("Line %(line)d has the same reference.") % {"line": self.lines[text]})
        return text

    def _rsit(self, text: str) -> tuple[str, str]:
        found = self.types.get(plain(text))
        if found is None:
            raise Wrong(_("This is no type of RSIT or of CSIRTAmericas."))
        return found

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

    def _moment(self, text: str) -> datetime:
        """A day, or a day and a time, in the country's own time unless the zone is said."""
        try:
            found = _day_first(text) or datetime.fromisoformat(text)
        except ValueError:
            raise Wrong(_("Write the day as 2019-03-12 or 12/03/2019, day first, with or without 14:30.")) from None
        found = found if found.tzinfo else found.replace(tzinfo=clock.zone())
        if found > self.now:
            raise Wrong(_("It is still to come."))
        if not clock.is_sound(found):
            raise Wrong(_("It is before %(year)d.") % {"year": clock.FIRST_YEAR})
        return found


def _day_first(text: str) -> datetime | None:
    if not (match := _DAY_FIRST.match(text)):
        return None
    day, month, year, hour, minute = (int(part or 0) for part in match.groups())
    return datetime.combine(date(year, month, day), time(hour, minute))


def _types() -> dict[str, tuple[str, str]]:
    """Types by code ("fraud/phishing", "phishing"), by title in each language, and as CSIRTAmericas calls them. A word that means
    two types means none, unless CSIRTAmericas has it."""
    found: dict[str, tuple[str, str]] = {}
    doubtful: set[str] = set()
    for language in languages.read():
        for each in taxonomy.classes(language):
            for word, code in ((each.code, each.code), (each.title, each.code)):
                found.setdefault(plain(word), (code, ""))
            for kind in each.types:
                pair = taxonomy.split(kind.code)
                for word in (kind.code, pair[1], kind.title):
                    before = found.setdefault(plain(word), pair)
                    if before != pair and before[1]:
                        doubtful.add(plain(word))
    for word in doubtful:
        del found[word]
    for code in taxonomy.americas(SOURCE):
        found.setdefault(plain(code), taxonomy.from_americas(code))
    return found


def _as_columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in fields.items() if name not in {"rsit", "organisation"}}
    rsit_class, rsit_type = fields.get("rsit", ("", ""))
    return own | {"rsit_class": rsit_class, "rsit_type": rsit_type}
