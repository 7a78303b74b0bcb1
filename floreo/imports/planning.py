"""What a file would do: each row read, found and checked as the action of one row would, and nothing written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core.delimited import Wrong
from floreo.core.errors import Refused
from floreo.core.importing import Difference, Holds, ImportedRow, ImportField, ImportRows, Remark
from floreo.core.models import named
from floreo.core.spelling import plain
from floreo.core.whole import whole
from floreo.imports import formats
from floreo.imports.grid import NO_VALUE, Grid
from floreo.imports.matching import Matcher
from floreo.imports.tables import HEADING, SHEET, Head, SheetRow, SheetTable, Skipped, heads_of, lines_of

NEW, LEAVE, OTHERS = "+", "-", "*"  # in place of an option's key: a new record; no value; and what all other texts are
_LARGEST = 10**13
EMPTY_TEXTS = {
    "",
    "-",
    "–",
    "—",
    "n/a",
    "na",
    "n.a.",
    "nil",
    "none",
    "tbd",
    "tbc",
    "s/d",
    "n/d",
    "?",
    "pendiente",
    "por definir",
    "neant",
}


_SKIPPED = {
    "heading": Remark(gettext_noop("It is a heading across the sheet.")),
    "header": Remark(gettext_noop("It repeats the header.")),
}
_UNUSED = Remark(gettext_noop("It has no value in the columns that are used."))


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Fault:
    """What is wrong in one row: the column as the file calls it, and a sentence."""

    column: str
    sentence: str


@dataclass
class Result:
    """One row of the file: where it is, what becomes of it, and why."""

    sheet: str
    number: int
    outcome: Outcome
    name: str = ""
    differences: list[Difference] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    row: ImportedRow | None = None


@dataclass(frozen=True)
class Reading:
    """How a file is read: its tables, what each column is ({"header", "field", "format"}), and what texts mean, by field."""

    parts: Sequence[SheetTable]
    columns: Sequence[Mapping[str, str]]
    values: Mapping[str, Mapping[str, str]]


@dataclass
class Plan:
    """All rows of a file with what becomes of each. `rows`: the target over the register as it was when this was made."""

    rows: ImportRows
    results: list[Result] = field(default_factory=list)

    def of(self, *outcomes: Outcome) -> list[Result]:
        return [each for each in self.results if each.outcome in outcomes]

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = Counter(each.outcome for each in self.results)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def writes(self) -> list[Result]:
        return self.of(Outcome.NEW, Outcome.CHANGED)

    @property
    def digest(self) -> str:
        """Of all that it would write: what a person saw and what is written later are the same while it is."""
        written = [
            [r.sheet, r.number, r.outcome, r.name, [[d.label, d.before, d.after] for d in r.differences]]
            for r in self.results
        ]
        return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


def heads_and_texts(
    sheets: Sequence[Grid], parts: Sequence[SheetTable], most: int
) -> tuple[list[Head], list[list[str]], list[Skipped]]:
    """The columns of the chosen tables, the first different values of each, and the rows that are no records."""
    heads = heads_of(sheets, parts)
    found: list[dict[str, None]] = [{} for _head in heads]
    skipped = []
    for line in lines_of(sheets, parts, heads):
        if isinstance(line, Skipped):
            skipped.append(line)
            continue
        for x, cell in enumerate(line.cells):
            if cell and cell != NO_VALUE and len(found[x]) < most:
                found[x].setdefault(cell, None)
    return heads, [list(each) for each in found], skipped


def plan(rows: ImportRows, sheets: Sequence[Grid], reading: Reading) -> Plan:
    """Raises Refused where a field comes twice, or one that is needed is missing."""
    _must_be_enough(rows, reading)
    found = Plan(rows)
    cells = Cells(rows, reading)
    seen: dict[Any, Result] = {}
    for line in lines_of(sheets, reading.parts, heads_of(sheets, reading.parts)):
        title = sheets[line.sheet].title
        if isinstance(line, Skipped):
            found.results.append(Result(title, line.number, Outcome.SKIPPED, line.text, remarks=[_SKIPPED[line.why]]))
        else:
            found.results.append(_result(rows, cells, line, title, seen))
    for key, sentence in rows.unfinished().items():
        if key in seen:
            seen[key].outcome, seen[key].faults = Outcome.REFUSED, [Fault("", sentence)]
            seen[key].row, seen[key].differences = None, []
    return found


def _must_be_enough(rows: ImportRows, reading: Reading) -> None:
    used = [column["field"] for column in reading.columns if column["field"]]
    for each in rows.fields:
        if used.count(each.name) > 1:
            sentence = _("Two columns are “%(field)s”. Leave one of them out.") % {"field": each.title}
            raise Refused(sentence, code="twice")
    if missing := rows.must_have(used):
        raise Refused(missing, code="needed")


class Cells:
    """Cells of the chosen tables as values. What a text means in a column is worked out once."""

    def __init__(self, rows: ImportRows, reading: Reading) -> None:
        self.rows = rows
        self.reading = reading
        fields = {each.name: each for each in rows.fields}
        self.columns = [
            (x, column, fields[column["field"]]) for x, column in enumerate(reading.columns) if column["field"]
        ]
        self.headers = {column["field"]: shown_header(column["header"]) for _x, column, _field in self.columns}
        self.matchers = matchers_of(rows, {each.name for _x, _column, each in self.columns})
        self._seen: dict[tuple[int, str], Any] = {}

    def read(self, line: SheetRow) -> tuple[dict[str, Any], list[Fault]]:
        values: dict[str, Any] = {}
        faults = []
        for x, column, each in self.columns:
            text = line.cells[x] if x < len(line.cells) else ""
            if not text or (len(text) < 12 and text.casefold() in EMPTY_TEXTS):
                continue
            try:
                value = self._value(x, column, each, text)
            except Wrong as wrong:
                shown = "" if text == NO_VALUE else f" ({text[:60]})"
                faults.append(Fault(shown_header(column["header"]), f"{wrong.sentence}{shown}"))
                continue
            if value not in (None, []):
                values[each.name] = value
        return values, faults

    def _value(self, x: int, column: Mapping[str, str], each: ImportField, text: str) -> Any:
        known = self._seen.get((x, text))
        if known is None:
            try:
                known = (self._worked_out(column, each, text), "")
            except Wrong as wrong:
                known = (None, wrong.sentence)
            self._seen[x, text] = known
        value, sentence = known
        if sentence:
            raise Wrong(sentence)
        return value

    def _worked_out(self, column: Mapping[str, str], each: ImportField, text: str) -> Any:
        if text == NO_VALUE:
            raise Wrong(
                _("It is a formula without a saved value, or an error. Save the file in a spreadsheet program.")
            )
        match each.holds:
            case Holds.DAY:
                return formats.day(text, column.get("format", ""), at_end=each.is_period_end)
            case Holds.PERIOD:
                return formats.period(text, column.get("format", ""))
            case Holds.WHOLE | Holds.DECIMAL:
                return self._number(column, each, text)
            case Holds.FLAG:
                return formats.flag(text)
            case Holds.CHOICE | Holds.RECORD | Holds.RECORDS:
                return self._meant_by(each, text)
        return text

    def _meant_by(self, each: ImportField, text: str) -> Any:
        if each.holds != Holds.RECORDS:
            return self._meant(each, text)
        parts = self.matchers[each.name].parts(text, self.reading.values.get(each.name, {}))
        found = [self._meant(each, part) for part in parts]
        return [one for n, one in enumerate(found) if one is not None and one not in found[:n]]

    def _number(self, column: Mapping[str, str], each: ImportField, text: str) -> Any:
        found = formats.number(text, column.get("format", ""))
        if abs(found) >= _LARGEST:
            raise Wrong(_("This number is too large."))
        if each.holds == Holds.DECIMAL:
            return found
        if found != found.to_integral_value() or (count := whole(str(int(found)))) is None:
            raise Wrong(_("This is no whole number."))
        return count

    def _meant(self, each: ImportField, text: str) -> Any:
        matcher = self.matchers[each.name]
        key = decided(self.reading.values.get(each.name, {}), text, matcher)
        if key == LEAVE:
            return None
        if key == NEW:
            return self.rows.make(each.name, text)
        if key in matcher.by_key:
            return matcher.by_key[key].value
        if len(matcher.exact(text)) > 1:
            raise Wrong(_("Several are called so. Choose one on the page of values."))
        raise Wrong(_("It is not known what this is. Choose it on the page of values."))


def decided(values: Mapping[str, str], text: str, matcher: Matcher) -> str:
    """The key of what a text means: as somebody chose, else the only one that is called so, else what all others are; "" where nothing says."""
    if (chosen := values.get(plain(text), "")) and (chosen in {NEW, LEAVE} or chosen in matcher.by_key):
        return chosen
    exact = matcher.exact(text)
    if len(exact) == 1:
        return exact[0].key
    return "" if exact else values.get(OTHERS, "")


def matchers_of(rows: ImportRows, names: set[str]) -> dict[str, Matcher]:
    return {
        each.name: Matcher(rows.options(each.name))
        for each in rows.fields
        if each.name in names and each.holds in {Holds.CHOICE, Holds.RECORD, Holds.RECORDS}
    }


def shown_header(text: str) -> str:
    return {SHEET: _("Title of the sheet"), HEADING: _("Heading above the rows")}.get(text, text)


def _result(rows: ImportRows, cells: Cells, line: SheetRow, title: str, seen: dict[Any, Result]) -> Result:
    result = Result(title, line.number, Outcome.REFUSED, next((cell[:80] for cell in line.cells if cell), ""))
    values, result.faults = cells.read(line)
    if result.faults:
        return result
    if not values:
        result.outcome = Outcome.SKIPPED
        result.remarks = [_UNUSED]
        return result
    try:
        row = _taken(rows, values, seen, result)
    except Refused as refusal:
        wrong = refusal.fields or {"": refusal.sentence}
        result.faults = [Fault(cells.headers.get(name, ""), str(sentence)) for name, sentence in wrong.items()]
    except ValidationError as error:
        result.faults = list(_of_model(error, cells))
    except Wrong as error:
        result.faults = [Fault("", error.sentence)]
    else:
        _put_row(result, row)
    return result


def _taken(rows: ImportRows, values: dict[str, Any], seen: dict[Any, Result], result: Result) -> ImportedRow:
    """What the row becomes. Raises Refused, Wrong or ValidationError."""
    if missing := [each for each in rows.fields if each.is_needed and each.name not in values]:
        sentence = _("It is empty: %(fields)s.") % {"fields": ", ".join(str(each.title) for each in missing)}
        raise Refused(sentence, code="missing", fields={missing[0].name: sentence})
    key = rows.key(values)
    if (first := seen.get(key)) is not None:
        words = {"sheet": first.sheet, "row": first.number}
        raise Wrong(_("It repeats row %(row)d of “%(sheet)s”.") % words)
    row = rows.take(values)
    seen[key] = result
    return row


def _put_row(result: Result, row: ImportedRow) -> None:
    result.row, result.remarks = row, row.remarks
    result.name = named(row.things[0].thing) if row.things else result.name
    result.differences = (
        [each for planned in row.writes for each in planned.differences] if row.shown is None else row.shown
    )
    result.outcome = _outcome(row)


def _outcome(row: ImportedRow) -> Outcome:
    if row.is_new:
        return Outcome.NEW
    changes = row.writes if row.shown is None else row.shown
    return Outcome.CHANGED if changes else Outcome.SAME


def _of_model(error: ValidationError, cells: Cells) -> Iterator[Fault]:
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, sentences in found.items():
        for sentence in sentences:
            yield Fault(cells.headers.get(name, ""), str(sentence))
