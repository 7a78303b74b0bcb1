"""The levels of the plans in a pack: the rows that nobody sees, and what is wrong with the levels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from floreo.core.pack import PackEntry
from floreo.strategy.actions.implied import PLAN
from floreo.strategy.models import Objective, Pillar
from floreo.strategy.models.editions import LEVEL_WORDS

USUAL = 3


def implied_key(edition: str, pillar: str) -> str:
    """The key of the objective that holds the actions of a pillar, or, with no pillar, of the whole plan. No code has a ~."""
    return f"{edition}/~{pillar}"


def with_levels(rows: Sequence[PackEntry], named: int) -> list[PackEntry]:
    """The rows with each edition's number of levels, which is `named` (how many the pack names) where the edition is silent, and with the
    rows that hold actions without being seen."""
    depths = {row.key: row.fields["levels"] or named or USUAL for row in rows if row.word == "edition"}
    made: list[PackEntry] = []
    for row in rows:
        if row.word == "edition":
            made.append(replace(row, fields={**row.fields, "levels": depths[row.key]}))
            if depths[row.key] == 1:
                made += _of_plan(row)
            continue
        made.append(row)
        if row.word == "pillar" and depths.get(row.refs["edition"]) == 2:
            made.append(_objective(row, row.key.rpartition("/")[2], row.key))
    return made


def _plain(row: PackEntry, code: str) -> dict[str, Any]:
    titles = {each: {"title": texts["title"]} for each, texts in row.fields["translations"].items() if "title" in texts}
    empty = dict.fromkeys(("official_wording", "official_place", "public_text", "internal_notes"), "")
    own = {"code": code, "title": row.fields["title"], "translations": titles, "position": 1, "is_implied": True}
    source = {
        name: row.fields[name]
        for name in ("source", "source_url", "read_on", "read_in", "confirmed", "confirmed_by", "confirmed_on", "doubt")
        if name in row.fields
    }
    return {**empty, **own, **source}


def _objective(row: PackEntry, code: str, pillar: str) -> PackEntry:
    edition = pillar.rpartition("/")[0]
    key = implied_key(edition, "" if code == PLAN else code)
    refs = {"pillar": pillar, "above": ""}
    return PackEntry("objective", key, row.name, row.file, Objective, _plain(row, code), refs, {}, ("pillar", "code"))


def _of_plan(edition: PackEntry) -> Iterator[PackEntry]:
    key = f"{edition.key}/~"
    facts = {**_plain(edition, PLAN), "also_published_as": []}
    yield PackEntry(
        "pillar", key, edition.name, edition.file, Pillar, facts, {"edition": edition.key}, {}, ("edition", "code")
    )
    yield _objective(edition, PLAN, key)


def level_problems(rows: Iterable[PackEntry], languages: Sequence[str]) -> Iterator[tuple[PackEntry, str, str]]:
    """Rows on levels that their plan does not have, and levels that are named in some of the pack's languages only."""
    every = list(rows)
    depths: Mapping[str, int] = {row.key: row.fields["levels"] for row in every if row.word == "edition"}
    parts = {row.key for row in every if row.word == "objective" and row.refs["above"]}
    for row in every:
        if row.word == "edition":
            yield from _unnamed(row, languages)
        depth = depths.get(row.key.partition("/")[0], USUAL)
        hidden = bool(row.fields.get("is_implied"))
        if row.word == "pillar" and depth == 1 and not hidden:
            yield row, "code", "the plan of this edition has 1 level, its actions: there is no pillar in it"
        if row.word == "objective" and not hidden:
            yield from _wrong_objective(row, depth, parts)
        if row.word == "action":
            yield from _wrong_action(row, depth, parts)


def _wrong_objective(row: PackEntry, depth: int, parts: set[str]) -> Iterator[tuple[PackEntry, str, str]]:
    if depth < USUAL:
        yield row, "code", f"the plan of this edition has {depth} levels: there is no objective in it"
    elif row.refs["above"] and depth == USUAL:
        yield row, "above", "the plan of this edition has 3 levels: an objective has no parts in it"
    elif row.refs["above"] in parts:
        yield row, "above", "is a part of an objective itself; a plan has at most four levels"


def _wrong_action(row: PackEntry, depth: int, parts: set[str]) -> Iterator[tuple[PackEntry, str, str]]:
    above = row.refs["objective"]
    named = above.partition("/")[2]
    if depth >= USUAL and named.startswith("~"):
        yield (
            row,
            "objective",
            f"the plan of this edition has {depth} levels: name the objective right above the action",
        )
    elif depth == 2 and (named == "~" or not named.startswith("~")):
        yield (
            row,
            "pillar",
            "the plan of this edition has 2 levels: name the pillar right above the action, and no objective",
        )
    elif depth == 1 and named != "~":
        yield row, "pillar", "the plan of this edition has 1 level: name neither a pillar nor an objective"
    elif depth > USUAL and above not in parts:
        yield (
            row,
            "objective",
            "the plan of this edition has 4 levels: name the part of an objective, not the objective",
        )


def _unnamed(row: PackEntry, languages: Sequence[str]) -> Iterator[tuple[PackEntry, str, str]]:
    for name in LEVEL_WORDS:
        if not row.fields[name]:
            if row.fields.get(_other(name)):
                yield row, name, "is missing beside the other; a level has a word for one and a word for several"
            continue
        for language in languages[1:]:
            if not row.fields["translations"].get(language, {}).get(name):
                yield row, f"{language}.{name}", "is missing; a level has its word in each language of the pack"


def _other(name: str) -> str:
    return name.removesuffix("s") if name.endswith("words") else f"{name}s"
