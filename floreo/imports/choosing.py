"""Which texts of a file a person has to decide on: of each field that is a choice or a record, what is called like nothing, or like two."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from floreo.core.importing import Holds, ImportRows
from floreo.core.spelling import plain
from floreo.imports.grid import NO_VALUE, Grid
from floreo.imports.matching import Matcher, Suggestion, likely
from floreo.imports.planning import EMPTY_TEXTS, OTHERS, Reading, decided, matchers_of
from floreo.imports.tables import SheetRow, heads_of, lines_of


@dataclass(frozen=True)
class Text:
    """A text of the file: how often it comes, what it means now (a key, "" for what is open), and what it may be. `is_settled`: it is the
    name of one thing, so that nobody is asked."""

    field: str
    text: str
    count: int
    chosen: str
    is_settled: bool
    is_ambiguous: bool
    suggestions: Sequence[Suggestion]

    @property
    def name(self) -> str:
        """Of its control in a form: it stays the same whatever else is on the page."""
        return "v" + hashlib.sha256(f"{self.field}|{plain(self.text)}".encode()).hexdigest()[:16]

    @property
    def proposed(self) -> str:
        """What is chosen beforehand."""
        found = likely(self.suggestions)
        return self.chosen or (found.key if found and not self.is_ambiguous else "")


@dataclass
class FieldTexts:
    """The texts of one field, those that are open before those that are settled."""

    name: str
    title: str
    can_make: bool
    matcher: Matcher
    others: str
    texts: list[Text] = field(default_factory=list)

    @property
    def open_texts(self) -> list[Text]:
        return [text for text in self.texts if not text.is_settled]


def field_texts(rows: ImportRows, sheets: Sequence[Grid], reading: Reading) -> list[FieldTexts]:
    """Of each such field that a column is, its texts."""
    columns = {column["field"]: x for x, column in enumerate(reading.columns) if column["field"]}
    matchers = matchers_of(rows, set(columns))
    counts: dict[str, Counter[str]] = {name: Counter() for name in matchers}
    several = {each.name for each in rows.fields if each.holds == Holds.RECORDS}
    for line in lines_of(sheets, reading.parts, heads_of(sheets, reading.parts)):
        if isinstance(line, SheetRow):
            for name, counted in counts.items():
                text = line.cells[columns[name]] if columns[name] < len(line.cells) else ""
                if text and text != NO_VALUE and text.casefold() not in EMPTY_TEXTS:
                    counted[text] += 1
    titles = {each.name: str(each.title) for each in rows.fields}
    found: list[FieldTexts] = []
    alike = fields_alike(matchers)
    shared: dict[str, set[str]] = {}
    for name, matcher in matchers.items():
        values = reading.values.get(name, {})
        of_field = FieldTexts(name, titles[name], rows.can_make(name), matcher, values.get(OTHERS, ""))
        texts: Counter[str] = Counter()
        for text, count in counts[name].items():
            for part in matcher.parts(text, values) if name in several else [text]:
                texts[part] += count
        seen = shared.setdefault(alike[name], set())
        for text, count in texts.most_common():
            if plain(text) not in seen:
                seen.add(plain(text))
                of_field.texts.append(_text(of_field, text, count, values))
        of_field.texts.sort(key=lambda each: each.is_settled)
        found.append(of_field)
    return found


def fields_alike(matchers: Mapping[str, Matcher]) -> dict[str, str]:
    """Of each field the first that has the same options, as leads and partners have: a text means the same in both."""
    first: dict[tuple[str, ...], str] = {}
    return {name: first.setdefault(tuple(matcher.by_key) or (name,), name) for name, matcher in matchers.items()}


def _text(of_field: FieldTexts, text: str, count: int, values: Mapping[str, str]) -> Text:
    matcher = of_field.matcher
    exact = matcher.exact(text)
    is_settled = len(exact) == 1 and plain(text) not in values
    suggestions = [] if is_settled else matcher.suggestions(text)
    chosen = decided(values, text, matcher)
    return Text(of_field.name, text, count, chosen, is_settled, len(exact) > 1, suggestions)
