"""What must hold across the rows of a pack: codes once, references that lead somewhere, dates in order, sources."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pycountry
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from floreo.core.language_codes import SOURCE
from floreo.core.models import Sourced, Translated
from floreo.core.pack import PackEntry, reference_fields
from floreo.organisations.pack import CountryShape
from floreo.packs.problems import Problem, did_you_mean
from floreo.strategy.pack_levels import level_problems
from floreo.strategy.pack_money import money_problems
from floreo.strategy.pack_own import waiting_problems

# Dates that must not run backwards.
PAIRS = (
    ("starts_on", "ends_on"),
    ("starts_on", "ends_on"),
    ("starts_on", "due_on"),
    ("noted_on", "closed_on"),
    ("on", "ends_on"),
)
RING_CORNERS = 4  # a closed ring has at least three corners and its first again


def numbered(rows: Iterable[PackEntry], repeating: set[str]) -> list[PackEntry]:
    """Rows whose natural key may come twice get a number: the second update of one day is “...#2”."""
    seen: Counter[tuple[str, str]] = Counter()
    done = []
    for row in rows:
        seen[row.word, row.key] += 1
        occurrence = seen[row.word, row.key]
        done.append(replace(row, key=f"{row.key}#{occurrence}") if occurrence > 1 and row.word in repeating else row)
    return done


def problems_in(
    rows: Sequence[PackEntry],
    country: CountryShape,
    *,
    is_measure: Callable[[str], bool],
    broken: Container[type[models.Model] | None] = (),
) -> list[Problem]:
    """What is wrong across the rows. Whether a reference leads somewhere is not asked where rows of the kind that it
    points to are `broken`: those were reported already, and one mistake should be reported once."""
    known: dict[type[models.Model], dict[str, PackEntry]] = {}
    for row in rows:
        known.setdefault(row.makes, {}).setdefault(row.key, row)
    found = [*_country_problems(country), *_twice(rows)]
    words = {row.word: row.makes for row in rows}
    for row in rows:
        found += _reference_problems(row, known, broken)
        found += _key_problems(row, words, known, broken)
        found += _date_problems(row)
        found += _translation_problems(row, country.languages)
        found += _model_problems(row)
        found += _word_problems(row, is_measure)
        found += _checked_problems(row) if country.is_sample else _source_problems(row)
    found += [_at(row, field, sentence) for row, field, sentence in money_problems(rows)]
    found += [_at(row, field, sentence) for row, field, sentence in level_problems(rows, country.languages)]
    found += [_at(row, field, sentence) for row, field, sentence in waiting_problems(rows)]
    return [*found, *_circles(rows), *_shared(rows)]


def _at(row: PackEntry, field: str, sentence: str) -> Problem:
    return Problem(row.file, row.name, field, sentence)


def _country_problems(country: CountryShape) -> Iterator[Problem]:
    def wrong(field: str, sentence: str) -> Problem:
        return Problem("pack.toml", "country", field, sentence)

    if not is_currency(country.currency):
        yield wrong("currency", f"“{country.currency}” is not a currency of ISO 4217")
    if country.zone not in zoneinfo.available_timezones():
        hint = did_you_mean(country.zone, zoneinfo.available_timezones())
        yield wrong("zone", f"“{country.zone}” is not a time zone{hint}")
    if not country.is_sample and pycountry.countries.get(alpha_2=country.code) is None:
        yield wrong("code", f"“{country.code}” is not a country of ISO 3166-1")
    if len(set(country.languages)) < len(country.languages):
        yield wrong("languages", "names a language twice")
    if country.calendar_day and not country.is_sample:
        yield wrong("calendar_day", "only a sample country can have a fixed date")


@cache
def is_currency(code: str) -> bool:
    return pycountry.currencies.get(alpha_3=code) is not None


def _twice(rows: Iterable[PackEntry]) -> Iterator[Problem]:
    first: dict[tuple[str, str], PackEntry] = {}
    for row in rows:
        before = first.setdefault((row.word, row.key), row)
        if before is not row:
            where = f"also in {before.file}" if before.file != row.file else "twice in this file"
            yield _at(row, "code", f"appears {where}; each code is used once")


def _reference_problems(
    row: PackEntry,
    known: Mapping[type[models.Model], Mapping[str, PackEntry]],
    broken: Container[type[models.Model] | None],
) -> Iterator[Problem]:
    meant = reference_fields(row.makes)
    pairs = [(field, key, meant[field]) for field, key in row.refs.items() if key]
    for field, keys in row.many.items():
        target = row.makes._meta.get_field(field).related_model
        assert isinstance(target, type)  # our own models name each other by class
        pairs += [(field, key, target) for key in keys]
    for field, key, target in pairs:
        there = known.get(target, {})
        if key not in there and target not in broken:
            word = str(target._meta.verbose_name)
            yield _at(row, field, f"there is no {word} “{key}” in this pack{_hint(key, there)}")


def _key_problems(
    row: PackEntry,
    words: Mapping[str, type[models.Model]],
    known: Mapping[type[models.Model], Mapping[str, PackEntry]],
    broken: Container[type[models.Model] | None],
) -> Iterator[Problem]:
    """Fields that name a row of any kind: “milestone:2026-2030/2.1.1/signed”."""
    for field, text in row.keys.items():
        word, colon, key = text.partition(":")
        makes = words.get(word)
        if text and (not colon or makes is None):
            hint = did_you_mean(word, words)
            yield _at(row, field, f"“{text}” names no row; write its kind before it, like action:2026-2030/2.1.1{hint}")
        elif text and makes is not None and key not in known[makes] and makes not in broken:
            yield _at(row, field, f"there is no {word} “{key}” in this pack{_hint(key, known[makes])}")


def _hint(key: str, there: Iterable[str]) -> str:
    """A code like the one that is not there, in the same edition."""
    scope, slash, code = key.rpartition("/")
    return did_you_mean(
        code,
        [other.removeprefix(scope + slash) for other in there if other.startswith(scope + slash) and "#" not in other],
    )


def _date_problems(row: PackEntry) -> Iterator[Problem]:
    for first, last in PAIRS:
        start, end = row.fields.get(first), row.fields.get(last)
        if isinstance(start, date) and isinstance(end, date) and end < start:
            yield _at(row, last, f"{end} is before {first} ({start}); the dates run the wrong way round")


def _translation_problems(row: PackEntry, languages: Sequence[str]) -> Iterator[Problem]:
    if not issubclass(row.makes, Translated):
        return
    for language, texts in row.fields.get("translations", {}).items():
        is_ours = language == SOURCE and row.file.startswith(("frameworks/", "shipped/"))
        if language not in languages and not is_ours:
            yield _at(row, language, "pack.toml does not list this language among the country's languages")
        for name in texts:
            if name not in row.makes.translatable():
                hint = did_you_mean(name, row.makes.translatable())
                yield _at(row, f"{language}.{name}", f"this text has no translation here{hint}")


def _model_problems(row: PackEntry) -> Iterator[Problem]:
    """What the database's own fields say: too long, not an address, not a choice."""
    relations = {f.name for f in row.makes._meta.concrete_fields if f.is_relation}
    others = {f.name for f in row.makes._meta.concrete_fields} - row.fields.keys()
    others |= {name for name, value in row.fields.items() if value in ([], {})}  # empty, not blank
    try:
        with translation.override("en"):
            row.makes(**row.fields).clean_fields(exclude=relations | others)
    except ValidationError as wrong:
        for field, sentences in wrong.message_dict.items():
            for sentence in sentences:
                yield _at(row, field, sentence[:1].lower() + sentence[1:])


def _word_problems(row: PackEntry, is_measure: Callable[[str], bool]) -> Iterator[Problem]:
    """Words that other catalogues know: currencies and measures."""
    currency = row.fields.get("currency")
    if row.word != "country" and currency and not is_currency(currency):
        yield _at(row, "currency", f"“{currency}” is not a currency of ISO 4217")
    measure = row.fields.get("measure")
    if row.word == "indicator" and measure and not is_measure(measure):
        yield _at(row, "measure", f"no measure is called “{measure}”")


def _source_problems(row: PackEntry) -> Iterator[Problem]:
    if not issubclass(row.makes, Sourced):
        return
    if not row.fields["source"]:
        yield _at(row, "source", "says nowhere where this comes from; every row of a real country has a source")
    elif row.fields["read_on"] is None and not row.fields["doubt"]:
        sentence = (
            "says neither on which day it was read in its source (read = 2026-03-31) nor why not; write it in doubt"
        )
        yield _at(row, "doubt", sentence)
    if row.fields["confirmed"]:
        sentence = "no row of a real country is checked by its pack: a person of the installation does that. Use read"
        yield _at(row, "confirmed", sentence)


def _checked_problems(row: PackEntry) -> Iterator[Problem]:
    if row.fields.get("confirmed") and not row.fields["confirmed_by"]:
        yield _at(row, "confirmed", "is checked by nobody: name the person in pack.toml, as [checked] by and on")


def _circles(rows: Iterable[PackEntry]) -> Iterator[Problem]:
    """Rows that, followed upwards, come back to themselves."""
    by_kind: dict[type[models.Model], list[PackEntry]] = {}
    for row in rows:
        by_kind.setdefault(row.makes, []).append(row)
    for makes, kin in by_kind.items():
        own = [name for name, target in reference_fields(makes).items() if target is makes]
        up = {row.key: {name: row.refs[name] for name in own if row.refs.get(name)} for row in kin}
        for row in kin:
            for name, key in up[row.key].items():
                if _leads_to(key, row.key, up):
                    yield _at(row, name, f"goes round in a circle: following “{key}” upwards comes back to this row")


def _leads_to(start: str, goal: str, up: Mapping[str, Mapping[str, str]]) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting += up.get(at, {}).values()
    return False


def _shared(rows: Iterable[PackEntry]) -> Iterator[Problem]:
    """References of which each target may have one: an edition is followed by one edition."""
    taken: dict[tuple[type[models.Model], str, str], PackEntry] = {}
    for row in rows:
        for name, key in row.refs.items():
            if key and isinstance(row.makes._meta.get_field(name), models.OneToOneField):
                before = taken.setdefault((row.makes, name, key), row)
                if before is not row:
                    yield _at(row, name, f"“{key}” is already taken up by {before.name}")


def outline_problems(outlines: Mapping[str, Any], places: set[str], *, file: str) -> Iterator[Problem]:
    """Outlines of places that are not there, and rings that are not closed."""
    for code, geometry in outlines.items():
        if code not in places:
            yield Problem(
                file, f"feature “{code}”", "properties.code", "there is no place with this code in places.toml"
            )
        for ring in _rings(geometry):
            if len(ring) < RING_CORNERS or ring[0] != ring[-1]:
                yield Problem(file, f"feature “{code}”", "geometry", "an outline does not end where it began")
                break


def _rings(geometry: Mapping[str, Any]) -> list[Any]:
    parts = geometry.get("coordinates", [])
    if geometry.get("type") == "Polygon":
        return list(parts)
    return [ring for part in parts for ring in part] if geometry.get("type") == "MultiPolygon" else [[]]


def account_problems(
    accounts: Iterable[tuple[str, str, str]], rows: Iterable[PackEntry], *, file: str
) -> Iterator[Problem]:
    """Accounts that name nobody, or the same address twice."""
    known = {(row.word, row.key) for row in rows}
    seen: set[str] = set()
    for email, organisation, person in accounts:
        row = f"account “{email}”"
        if email.lower() in seen:
            yield Problem(file, row, "email", "appears twice; an address has one account")
        seen.add(email.lower())
        for word, code in (("organisation", organisation), ("person", person)):
            if code and (word, code) not in known:
                yield Problem(file, row, word, f"there is no {word} “{code}” in this pack")
