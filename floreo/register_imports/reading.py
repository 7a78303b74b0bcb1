"""What a file would do to the register: each row read, found and checked as the action of one row would, and nothing written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from floreo.core.delimited import Problem, Wrong, plain
from floreo.core.errors import Refused
from floreo.core.fields import label_of
from floreo.core.models import Translated
from floreo.organisations.models import Place
from floreo.register_imports.grid import NO_VALUE, Grid
from floreo.register_imports.kinds import Found, Rows
from floreo.register_imports.matching import header_texts

MOST_ROWS = 10_000  # in one file; more are several files


@dataclass(frozen=True)
class Difference:
    """One field that would change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class PlannedRow:
    """A row of the file and the row of the register that it becomes or changes. `served`: of a service, its places, where they change."""

    line: int
    thing: Any
    is_new: bool
    differences: tuple[Difference, ...] = ()
    served: list[Place] | None = None


@dataclass
class Plan:
    """`skipped`: rows that are no records, with why: empty between others, a heading across the sheet, the header again."""

    rows: list[PlannedRow] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)

    @property
    def added(self) -> list[PlannedRow]:
        return [row for row in self.rows if row.is_new]

    @property
    def changed(self) -> list[PlannedRow]:
        return [row for row in self.rows if not row.is_new]

    @property
    def bad_lines(self) -> int:
        """How many rows have a problem."""
        return len({problem.line for problem in self.problems})

    @property
    def digest(self) -> str:
        """Of all that it would write: what a person saw and what is written later are the same while it is."""
        written = [
            [row.line, row.is_new, str(row.thing), [[d.label, d.before, d.after] for d in row.differences]]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps([written, self.same, self.bad_lines], ensure_ascii=False).encode()).hexdigest()


def plan(kind: Rows, grid: Grid, *, header_row: int, header_rows: int, fields: Sequence[str]) -> Plan:
    """`fields` names the field of each column, "" for one that is left out. Raises Refused where a field comes twice, or one that tells
    rows apart is missing."""
    _must_be_enough(kind, fields)
    found = Plan()
    header = header_texts(grid, header_row, header_rows)
    by_field = {name: header[x] for x, name in enumerate(fields) if name and x < len(header)}
    lines: dict[Any, int] = {}
    for line, row in _records(grid, header_row, header_rows, fields, found):
        if len(found.rows) + found.same + found.bad_lines >= MOST_ROWS:
            raise Refused(_("This sheet has more than %(most)d rows. Split it.") % {"most": MOST_ROWS}, code="too_many")
        values, wrong = _values(kind, line, row, fields, header)
        if not wrong:
            wrong = _take(kind, line, values, columns=by_field, lines=lines, into=found)
        found.problems += wrong
    return found


def _must_be_enough(kind: Rows, fields: Sequence[str]) -> None:
    used = [name for name in fields if name]
    for each in kind.fields:
        if used.count(each.name) > 1:
            sentence = _("Two columns are “%(field)s”. Leave one of them out.") % {"field": each.title}
            raise Refused(sentence, code="twice")
    asked = {
        each.name: each.title for each in kind.fields if each.is_needed and each.name in {"name", "service", "needs"}
    }
    missing = [str(title) for name, title in asked.items() if name not in used]
    if missing and "code" not in used:
        sentence = _("Say which column is: %(fields)s.") % {"fields": ", ".join(missing)}
        raise Refused(sentence, code="no_name")


def _records(
    grid: Grid, header_row: int, header_rows: int, fields: Sequence[str], found: Plan
) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number in the sheet, from below the header on, without those that are no records."""
    first = header_row + header_rows
    header = [[plain(cell) for cell in row] for row in grid.rows[header_row - 1 : first - 1]]
    used = [x for x, name in enumerate(fields) if name]
    last_value = max((y for y, row in enumerate(grid.rows, start=1) if any(row)), default=0)
    for line, row in enumerate(grid.rows[first - 1 : last_value], start=first):
        given = {row[x] for x in used if x < len(row) and row[x]}
        if not given:
            if any(row):
                found.skipped.append(Problem(line, "", _("It has no value in the columns that are used.")))
        elif len(given) == 1 and len(used) > 1 and grid.across.get(line - 1, 0) * 2 > len(used):
            found.skipped.append(
                Problem(line, "", _("It is a heading across the sheet: %(text)s") % {"text": next(iter(given))[:80]})
            )
        elif [plain(cell) for cell in row] in header:
            found.skipped.append(Problem(line, "", _("It repeats the header.")))
        else:
            yield line, row


def _values(
    kind: Rows, line: int, row: Sequence[str], fields: Sequence[str], header: Sequence[str]
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    wrong = []
    for x, name in enumerate(fields[: len(row)]):
        if not name or not row[x]:
            continue
        try:
            values[name] = kind.read(name, row[x])
        except Wrong as each:
            shown = "" if row[x] == NO_VALUE else f" ({row[x][:60]})"
            wrong.append(Problem(line, header[x], f"{each.sentence}{shown}"))
    return values, wrong


def _take(
    kind: Rows, line: int, values: dict[str, Any], *, columns: Mapping[str, str], lines: dict[Any, int], into: Plan
) -> list[Problem]:
    """Adds the row to the plan, or says what is wrong with it."""
    try:
        found = kind.find(values)
        if found.is_new:
            _must_be_whole(kind, values)
        differences = _assign(found, values)
        if found.is_new or differences:
            kind.check(found.thing)
            found.thing.clean_fields(exclude=_links(found.thing))
        key = values.get("code") or kind.key(found.thing)
        if key in lines:
            return [Problem(line, "", _("Row %(line)d is the same thing.") % {"line": lines[key]})]
    except Refused as refusal:
        fields = refusal.fields or {"": refusal.sentence}
        return [Problem(line, columns.get(name, ""), str(sentence)) for name, sentence in fields.items()]
    except ValidationError as error:
        return [
            Problem(line, columns.get(name) or _label(kind.model, name), str(sentence))
            for name, sentences in error.message_dict.items()
            for sentence in sentences
        ]
    lines[key] = line
    served = _changed_places(found, differences)
    if not found.is_new and not differences:
        into.same += 1
        return []
    if not found.is_new:
        kind.was_changed(found.thing)
    into.rows.append(PlannedRow(line, found.thing, found.is_new, tuple(differences), served))
    return []


def _must_be_whole(kind: Rows, values: Mapping[str, Any]) -> None:
    missing = {each.name: str(each.title) for each in kind.fields if each.is_needed and each.name not in values}
    if missing:
        sentence = _("It is new, and nothing says: %(fields)s.") % {"fields": ", ".join(missing.values())}
        raise Refused(sentence, code="missing")


def _assign(found: Found, values: Mapping[str, Any]) -> list[Difference]:
    """Puts what the file says; an empty cell says nothing. Returns what that changes."""
    thing, differences = found.thing, []
    for name, value in values.items():
        if name == "served":
            before = [] if found.is_new else [row.place for row in thing.served.select_related("place")]
            if {place.pk for place in before} != {place.pk for place in value}:
                differences.append(Difference(_("Delivered in"), _names(before), _names(value)))
            continue
        if name == "code" and not found.is_new:
            continue
        held = getattr(thing, name) if not _is_empty_link(thing, name) else None
        if isinstance(thing, Translated) and name in thing.translated_fields and not found.is_new:
            if plain(str(value)) == plain(thing.in_language(name)):
                continue  # it says the same in the reader's language
            thing.set_text(name, value)
        else:
            setattr(thing, name, value)
        if held != value:
            differences.append(
                Difference(_label(type(thing), name), _in_words(thing, name, held), _in_words(thing, name, value))
            )
    return differences


def _is_empty_link(thing: Any, name: str) -> bool:
    """Whether it is a reference that says nothing yet: reading one that must be there would raise."""
    model_field = thing._meta.get_field(name)
    return bool(model_field.is_relation) and getattr(thing, model_field.attname) is None


def _links(thing: models.Model) -> list[str]:
    """References: they were found in the register, and looking each up again would be a question a row."""
    return [each.name for each in thing._meta.concrete_fields if each.is_relation]


def _changed_places(found: Found, differences: list[Difference]) -> list[Place] | None:
    if found.served is None:
        return None
    return found.served if found.is_new or any(d.label == _("Delivered in") for d in differences) else None


def _label(model: type[models.Model], name: str) -> str:
    return str(label_of(model, name))


def _names(places: Sequence[Place]) -> str:
    return ", ".join(sorted(place.in_language("name") for place in places))


def _in_words(thing: Any, name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Translated):
        return value.in_language("name")
    choices = dict(getattr(thing._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value, value))
