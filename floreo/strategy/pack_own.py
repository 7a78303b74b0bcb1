"""Own fields and terms of actions in a pack: checked against what pack.toml declares, and put where they are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from floreo.core.pack import PackEntry
from floreo.strategy.logic import last_day
from floreo.strategy.own_fields import FieldKind, OwnField, kept

Wrong = tuple[PackEntry, str, str]


def _declared(each: Mapping[str, Any]) -> OwnField:
    choices = {choice["code"]: choice["label"] for choice in each["choices"]}
    return OwnField(each["code"], each["label"], each["help"], FieldKind(each["kind"]), each["is_public"], choices)


def with_own_fields(
    rows: Iterable[PackEntry], declared: Iterable[Mapping[str, Any]], places: Collection[str]
) -> tuple[list[PackEntry], list[Wrong]]:
    """The rows with the own fields of actions divided into public and internal ones, and what is wrong with them."""
    known = {each["code"]: _declared(each) for each in declared}
    made, wrong = [], []
    for row in rows:
        if row.word != "action":
            made.append(row)
            continue
        public: dict[str, str] = {}
        internal: dict[str, str] = {}
        for code, value in row.fields["own"].items():
            try:
                field, text = _read(code, value, known, places)
            except ValueError as problem:
                wrong.append((row, f"own.{code}", str(problem)))
                continue
            if text:
                (public if field.is_public else internal)[code] = text
        made.append(replace(row, fields={**row.fields, "own": public, "own_internal": internal}))
    return made, wrong


def _read(code: str, value: object, known: Mapping[str, OwnField], places: Collection[str]) -> tuple[OwnField, str]:
    field = known.get(code)
    if field is None:
        raise ValueError(f"pack.toml declares no [[action_field]] “{code}”")
    if field.kind is FieldKind.PLACE:  # those of the pack, which are not in the register yet
        if value not in places:
            raise ValueError(f"there is no place “{value}” in this pack")
        return field, str(value)
    return field, kept(field, value)


def with_terms(rows: Sequence[PackEntry], of_pack: Sequence[Mapping[str, Any]]) -> tuple[list[PackEntry], list[Wrong]]:
    """The rows with the due days that follow from terms, and terms that nobody defined."""
    editions = {row.key: row for row in rows if row.word == "edition"}
    made, wrong = [], []
    for row in rows:
        if row.word != "action" or not row.fields["term"]:
            made.append(row)
            continue
        edition = editions.get(row.refs["edition"])
        terms = {each["code"]: each for each in (edition.fields["terms"] if edition else []) or of_pack}
        term = terms.get(row.fields["term"])
        if term is None:
            known = ", ".join(terms) or "none"
            wrong.append(
                (row, "term", f"“{row.fields['term']}” is not a term of this edition or pack; there are: {known}")
            )
        approved = edition.fields["approved_on"] if edition else None
        due = row.fields["due_on"] or (last_day(term["months"], approved) if term else None)
        made.append(replace(row, fields={**row.fields, "due_on": due}))
    return made, wrong


def waiting_problems(rows: Iterable[PackEntry]) -> Iterator[Wrong]:
    """Actions that wait for one another in a circle."""
    waits = {row.key: (row, row.many["waits_for"]) for row in rows if row.word == "action"}
    for row, wanted in waits.values():
        for key in wanted:
            if _leads_to(key, row.key, waits):
                code = key.rpartition("/")[2]
                yield (
                    row,
                    "waits_for",
                    f"goes round in a circle: “{code}” waits for this action, directly or through others",
                )


def _leads_to(start: str, goal: str, waits: Mapping[str, tuple[PackEntry, tuple[str, ...]]]) -> bool:
    seen, open_ends = set[str](), [start]
    while open_ends:
        at = open_ends.pop()
        if at == goal:
            return True
        if at not in seen and at in waits:
            seen.add(at)
            open_ends += waits[at][1]
    return False
