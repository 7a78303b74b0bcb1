"""Participants of a cohort from a CSV file: who they are, which sessions they attended, both tests. Reads it into rows and a sentence
for each cell that cannot be taken. Writes nothing.

The header names the columns in a language of the interface. A row is of somebody who is there, by number, e-mail or name, or of somebody new."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from floreo.core import languages
from floreo.core.delimited import Problem, choices_by_word, decoded, must_be_once, records_by_word, rows
from floreo.core.errors import Refused
from floreo.core.sectors import Sector
from floreo.core.spelling import plain
from floreo.core.ui.locale import language
from floreo.core.whole import whole
from floreo.organisations.models import Organisation
from floreo.training.logic import HOLDS_SEAT
from floreo.training.models import Cohort, Enrolment
from floreo.training.queries import mail_key, named_alike

MOST_ROWS = 5_000
MOST_BYTES = 5 * 1024 * 1024
MOST_PROBLEMS = 100  # that are listed; how many there are is said in any case


@dataclass(frozen=True)
class Column:
    """What a column is called, in each language of the interface, and what else people call it."""

    title: Promise
    also: tuple[str, ...] = ()


COLUMNS: Mapping[str, Column] = {
    "number": Column(pgettext_lazy("column", "number"), ("no.", "nº")),
    "name": Column(pgettext_lazy("column", "name"), ("participant", "participante")),
    "mail": Column(pgettext_lazy("column", "e-mail"), ("email", "mail", "correo")),
    "organisation": Column(pgettext_lazy("column", "organisation"), ("organization", "institución")),
    "sector": Column(pgettext_lazy("column", "sector")),
    "sessions": Column(pgettext_lazy("column", "sessions"), ("attended", "asistió")),
    "before": Column(pgettext_lazy("column", "before"), ("test before", "prueba antes")),
    "after": Column(pgettext_lazy("column", "after"), ("test after", "prueba después")),
}
_YES, _ALL = {"yes", "si", "x", "1"}, {"all", "todas", "todos"}


@dataclass(frozen=True)
class ListedParticipant:
    """One participant. `number` is None of somebody new."""

    line: int
    number: int | None
    name: str
    mail: str = ""
    organisation: Organisation | None = None
    organisation_name: str = ""
    sector: str = Sector.OTHER
    language: str = field(default_factory=languages.first)
    sessions: tuple[int, ...] = ()
    before: Decimal | None = None
    after: Decimal | None = None


@dataclass
class Read:
    """What a file holds."""

    name: str
    sha256: str
    encoding: str
    rows: list[ListedParticipant] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # columns that nothing is read from

    @property
    def new(self) -> int:
        return sum(row.number is None for row in self.rows)


class _Wrong(Exception):  # noqa: N818 -- a sentence about one cell
    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence


def read(cohort: Cohort, content: bytes, name: str) -> Read:
    """The rows of the file and what is wrong with it. Raises Refused with a sentence for a file of which nothing can be read."""
    if len(content) > MOST_BYTES:
        raise Refused(
            _("This file is larger than %(n)d MB. Split it.") % {"n": MOST_BYTES // 1024**2}, code="too_large"
        )
    text, encoding = decoded(content)
    found = Read(name[:200], hashlib.sha256(content).hexdigest(), encoding)
    look: _Look | None = None
    for line, cells in rows(text, found.problems):
        if look is None:
            look = _Look(cohort, found, cells)
            continue
        if len(found.rows) >= MOST_ROWS:
            raise Refused(_("This file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS}, code="too_many")
        look.take(line, cells)
    if not found.rows and not found.problems:
        raise Refused(_("This file has a header and no row."), code="empty")
    return found


class _Look:
    """Turns cells into participants; knows who is in the cohort, its sessions and the register."""

    def __init__(self, cohort: Cohort, found: Read, header: list[str]) -> None:
        self.found, self.header = found, [cell.strip() for cell in header]
        known = {
            plain(word): name
            for name, column in COLUMNS.items()
            for word in (name, *languages.words_for(column.title), *column.also)
        }
        self.columns = [known.get(plain(cell), "") for cell in self.header]
        found.unknown = [cell for cell, name in zip(self.header, self.columns, strict=True) if cell and not name]
        if not {"name", "number", "mail"} & set(self.columns):
            raise Refused(
                _("The header has no column “%(name)s”, “%(number)s” or “%(mail)s”.")
                % {each: COLUMNS[each].title for each in ("name", "number", "mail")},
                code="no_header",
            )
        must_be_once(self.header, self.columns)
        self.people = list(Enrolment.objects.filter(cohort=cohort, is_erased=False))
        self.sessions = sorted(cohort.sessions.values_list("number", flat=True))
        self.organisations = records_by_word(
            Organisation.objects.filter(merged_into=None), ("code", "name", "short_name")
        )
        self.sectors = choices_by_word(Sector.choices)
        self.language = language()
        self.lines: dict[str, int] = {}

    def take(self, line: int, cells: list[str]) -> None:
        """Adds the row, or what is wrong with it."""
        if len(cells) > len(self.header):
            self.found.problems.append(Problem(line, "", _("It has more cells than the header.")))
            return
        given = {n: c.strip() for n, c in zip(self.columns, cells, strict=False) if n}
        try:
            row = self._row(line, given)
            self._once(row)
        except _Wrong as wrong:
            column = self.header[self.columns.index(wrong.column)] if wrong.column in self.columns else ""
            self.found.problems.append(Problem(line, column, wrong.sentence))
            return
        self.found.rows.append(row)

    def _once(self, row: ListedParticipant) -> None:
        names = [f"number:{row.number}"] if row.number is not None else []
        names += [f"mail:{row.mail.casefold()}"] if row.mail else [f"name:{plain(row.name)}"]
        for name in names:
            if name in self.lines:
                raise _Wrong("", _("Line %(line)d has the same person.") % {"line": self.lines[name]})
            self.lines[name] = row.line

    def _row(self, line: int, given: Mapping[str, str]) -> ListedParticipant:
        there = self._there(given)
        mail = given.get("mail", "")
        organisation = self.organisations.get(plain(given.get("organisation", "")))
        sessions = self._sessions(given.get("sessions", ""))
        if there is not None and sessions and there.state not in HOLDS_SEAT:
            raise _Wrong("sessions", _("This person has no seat in this cohort."))
        return ListedParticipant(
            line=line,
            number=there.number if there is not None else None,
            name=there.name if there is not None else given.get("name", "")[:200],
            mail=mail,
            organisation=organisation,
            organisation_name="" if organisation else given.get("organisation", "")[:200],
            sector=self._sector(given.get("sector", "")),
            language=self.language,
            sessions=sessions,
            before=self._score("before", given),
            after=self._score("after", given),
        )

    def _there(self, given: Mapping[str, str]) -> Enrolment | None:
        """Who is meant, of those who are enrolled; None for somebody new."""
        if text := given.get("number", ""):
            number = whole(text)
            found = next((e for e in self.people if e.number == number), None)
            if found is None:
                raise _Wrong("number", _("Nobody in this cohort has this number."))
            if (name := given.get("name", "")) and not named_alike(name, found.name):
                raise _Wrong("name", _("The number belongs to somebody else: %(name)s.") % {"name": found.name})
            return found
        if mail := given.get("mail", ""):
            try:
                validate_email(mail)
            except ValidationError:
                raise _Wrong("mail", _("This is no e-mail address.")) from None
            own = mail_key(mail)
            if (found := next((e for e in self.people if e.mail_key == own), None)) is not None:
                return found
        name = given.get("name", "")
        if not name:
            raise _Wrong("name", _("It is empty."))
        alike = [e for e in self.people if named_alike(e.name, name)]
        if len(alike) > 1:
            raise _Wrong("name", _("Several people of this name are enrolled. Give the number."))
        if alike and given.get("mail") and alike[0].mail_key:
            return None  # the same name with another address is another person
        return alike[0] if alike else None

    def _sector(self, text: str) -> str:
        if not text:
            return Sector.OTHER
        if (found := self.sectors.get(plain(text))) is None:
            raise _Wrong(
                "sector", _("It is none of: %(list)s.") % {"list": ", ".join(dict.fromkeys(self.sectors.values()))}
            )
        return found

    def _sessions(self, text: str) -> tuple[int, ...]:
        if not text or plain(text) in {"no", "0"}:
            return ()
        if plain(text) in _ALL or (plain(text) in _YES - {"1"}):
            return tuple(self.sessions)
        numbers = [whole(part) for part in text.replace(";", ",").replace(" ", ",").split(",") if part]
        if any(n is None or n not in self.sessions for n in numbers):
            listed = ", ".join(map(str, self.sessions))
            raise _Wrong(
                "sessions", _("Write the numbers of the sessions, or “all”. There are: %(list)s.") % {"list": listed}
            )
        return tuple(sorted({n for n in numbers if n is not None}))

    def _score(self, name: str, given: Mapping[str, str]) -> Decimal | None:
        text = given.get(name, "").removesuffix("%").strip().replace(",", ".")
        if not text:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            raise _Wrong(name, _("This is no number from 0 to 100.")) from None
        if not found.is_finite() or not 0 <= found <= 100:
            raise _Wrong(name, _("This is no number from 0 to 100."))
        return found.quantize(Decimal("0.01"))
