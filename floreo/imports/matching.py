"""What columns and values mean, guessed: which column is which field, and which record or choice a text is. Plain text in and out.

Nothing of it is final: a guess is shown with its certainty, and a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from rapidfuzz import fuzz, process

from floreo.core import languages
from floreo.core.importing import Holds, ImportField, Option
from floreo.core.spelling import plain
from floreo.imports.formats import is_day, is_number
from floreo.imports.tables import HEADING, SHEET, Head

_SHORTEST_WORD = 4  # of a word that may be part of a longer header
_ALIKE = 88  # of 100: a header or a name that is likely the same
_CLEARLY = 8  # by which the best must lead the next
_SUGGESTED = 55
SUGGESTIONS = 6
_MOST = 0.6  # of a column's different values that have to be names of what it is taken for


class Certainty(StrEnum):
    """Why a column is taken for a field."""

    REMEMBERED = "remembered"
    NAME = "name"
    SIMILAR = "similar"
    VALUES = "values"
    NONE = ""


@dataclass(frozen=True)
class Guess:
    field: str = ""
    certainty: Certainty = Certainty.NONE


def words_of(fields: Sequence[ImportField]) -> dict[str, str]:
    """The field by what its column may be called: its name, its title in each language, and other words of people."""
    found: dict[str, str] = {}
    for each in fields:
        found.setdefault(plain(each.name), each.name)
        # A title that is no sentence of the program is the country's own word.
        for word in languages.words_for(each.title) if isinstance(each.title, Promise) else [each.title]:
            found.setdefault(plain(word), each.name)
    for each in fields:
        for word in filter(None, each.words.split("|")):
            found.setdefault(plain(word), each.name)
    return found


def guess_columns(
    heads: Sequence[Head],
    texts: Sequence[Sequence[str]],
    fields: Sequence[ImportField],
    matchers: Mapping[str, Matcher],
    remembered: Mapping[str, str],
) -> list[Guess]:
    """The field of each column, each field once. `texts`: some different values of each column. `remembered` gives the field by what its
    column was called in the file of a profile ("" for one that was left out)."""
    words = words_of(fields)
    holds = {each.name: each.holds for each in fields}
    choices = _choices_not_called(heads, words, matchers, holds)
    found = [Guess() for _head in heads]
    decided: set[int] = set()
    for x, head in enumerate(heads):
        if (text := plain(head.text)) in remembered:
            decided.add(x)
            found[x] = _unless_there(remembered[text], Certainty.REMEMBERED, found)
    for take, certainty in ((_called, Certainty.NAME), (_named_in, Certainty.SIMILAR), (_alike, Certainty.SIMILAR)):
        for x, head in enumerate(heads):
            if x in decided or found[x].field or head.text in {SHEET, HEADING}:
                continue
            field = take(plain(head.text), words)
            if field and holds[field] == Holds.TEXT and (choice := _choice_of(texts[x], choices)):
                # "Progress" over "In progress", "Completed": what it holds says more than what it is called.
                found[x] = _unless_there(choice, Certainty.VALUES, found)
                field = "" if found[x].field else field
            if field and (certainty == Certainty.NAME or _fits(holds[field], texts[x], matchers.get(field))):
                found[x] = _unless_there(field, certainty, found)
    for x in range(len(heads)):
        if x not in decided and not found[x].field:
            found[x] = _unless_there(_by_values(texts[x], matchers, found), Certainty.VALUES, found)
    return found


def _choices_not_called(
    heads: Sequence[Head], words: Mapping[str, str], matchers: Mapping[str, Matcher], holds: Mapping[str, Holds]
) -> dict[str, Matcher]:
    """The fields of a closed list after which no column is called."""
    called = {_called(plain(head.text), words) for head in heads}
    return {name: matcher for name, matcher in matchers.items() if holds[name] == Holds.CHOICE and name not in called}


def _choice_of(texts: Sequence[str], choices: Mapping[str, Matcher]) -> str:
    """The closed list of which most of a column's values are names; of a single value it has to be one."""
    shares = {
        name: sum(bool(matcher.exact(text)) for text in texts) / len(texts)
        for name, matcher in choices.items()
        if texts
    }
    best = max(shares, key=lambda name: shares[name], default="")
    least = _MOST if len(texts) > 1 else 1
    return best if best and shares[best] >= least else ""


def _unless_there(field: str, certainty: Certainty, found: Sequence[Guess]) -> Guess:
    if any(each.field == field for each in found):
        return Guess()
    return Guess(field, certainty if field or certainty == Certainty.REMEMBERED else Certainty.NONE)


def _called(text: str, words: Mapping[str, str]) -> str:
    """Of a header in several rows ("Product: Version") the last row says what the column is, the others of what."""
    return words.get(text) or words.get(text.rsplit(": ", 1)[-1], "")


def _named_in(text: str, words: Mapping[str, str]) -> str:
    """The field whose longest word is in the header as a whole word: "Lead agency (official)" has "lead agency"."""
    for part in dict.fromkeys((text.rsplit(": ", 1)[-1], text)):
        spaced = f" {_letters(part)} "
        inside = [word for word in words if len(word) >= _SHORTEST_WORD and f" {word} " in spaced]
        if inside:
            return words[max(inside, key=lambda word: (len(word), word))]
    return ""


def _letters(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())


def _alike(text: str, words: Mapping[str, str]) -> str:
    """The field whose word is spelled nearly the same: "Responsable institution"."""
    best = (
        process.extractOne(text, list(words), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if len(text) > _SHORTEST_WORD
        else None
    )
    return words[best[0]] if best else ""


def _fits(holds: Holds, texts: Sequence[str], matcher: Matcher | None) -> bool:
    """Whether values do not contradict a field that only resembles the header."""
    if not texts:
        return True
    if holds in {Holds.DAY, Holds.PERIOD}:
        return any(is_day(text) or is_number(text) for text in texts)
    if holds in {Holds.WHOLE, Holds.DECIMAL}:
        return any(map(is_number, texts))
    if holds == Holds.CHOICE and matcher is not None:
        return any(matcher.exact(text) for text in texts)
    return True


def _by_values(texts: Sequence[str], matchers: Mapping[str, Matcher], found: Sequence[Guess]) -> str:
    """The field of which most of the column's values are the name of a choice or of a record."""
    taken = {each.field for each in found}
    if len(texts) < 2:
        return ""
    shares = {
        name: sum(bool(matcher.exact(text)) for text in texts) / len(texts)
        for name, matcher in matchers.items()
        if name not in taken
    }
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= _MOST else ""


# --- Values -------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d+(?: \d+)*")
_SAME_NUMBER = 75  # "Pillar 1: Governance" and the pillar with the code 1, which is called otherwise
_STOP = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "de",
        "la",
        "el",
        "los",
        "las",
        "y",
        "e",
        "del",
        "du",
        "des",
        "et",
        "l",
        "d",
        "le",
        "les",
        "a",
    ]
)
_PARTS = re.compile(r"\s*[;\n/]\s*|\s*\u2022\s*")
_SOFT_PARTS = re.compile(r"\s*,\s*(?:and |y |et )?|\s+(?:and|y|et|&)\s+")


@dataclass(frozen=True)
class Suggestion:
    """An option that a text may be; `likeness` from 0 to 100."""

    option: Option
    likeness: int


class Matcher:
    """Finds the option that a text means."""

    def __init__(self, options: Iterable[Option]) -> None:
        self.options = list(options)
        self.by_key = {option.key: option for option in self.options}
        self.by_name: dict[str, list[Option]] = {}
        for option in self.options:
            for name in {plain(each) for each in (option.key, option.title, *option.names) if each}:
                self.by_name.setdefault(name, []).append(option)
        self._names = list(self.by_name)
        self._initials: dict[str, list[Option]] = {}
        for name, found in self.by_name.items():
            for initials in _initials_of(name):
                self._initials.setdefault(initials, []).extend(found)

    def exact(self, text: str) -> list[Option]:
        """Every option that is called so."""
        return self.by_name.get(plain(text)) or self.by_name.get(_letters(plain(text)), [])

    def suggestions(self, text: str) -> list[Suggestion]:
        """The options whose names are most alike, best first."""
        found: dict[str, int] = {}
        given = _letters(plain(text))
        if not given:
            return []
        for option in self._initials.get(given.replace(" ", ""), ()):
            found[option.key] = 90
        for name, score, _place in process.extract(given, self._names, scorer=_likeness, limit=SUGGESTIONS * 3):
            for option in self.by_name[name]:
                found[option.key] = max(found.get(option.key, 0), round(score))
        if (number := _NUMBER.search(given)) and (code := number[0].replace(" ", ".")) in self.by_key:
            found[code] = max(found.get(code, 0), _SAME_NUMBER)
        for option in self.exact(text):
            found[option.key] = 100
        best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:SUGGESTIONS]
        return [Suggestion(self.by_key[key], score) for key, score in best if score >= _SUGGESTED]

    def parts(self, text: str, decided: Mapping[str, str]) -> list[str]:
        """The texts of a cell that may name several: parted at semicolons, lines and strokes; at commas and "and" only where each part is
        called like an option, or was decided on."""
        if self.exact(text) or plain(text) in decided:
            return [text]
        found = []
        for part in filter(None, (each.strip() for each in _PARTS.split(text))):
            soft = [each for each in _SOFT_PARTS.split(part) if each]
            is_known = len(soft) > 1 and all(self.exact(each) or plain(each) in decided for each in soft)
            is_list = (
                part.count(",") > 0 and not self.exact(part) and sum(map(bool, map(self.exact, soft))) * 2 >= len(soft)
            )
            found += soft if is_known or is_list else [part]
        return list(dict.fromkeys(found))


def likely(suggestions: Sequence[Suggestion]) -> Option | None:
    """The one that is chosen beforehand on the page: alike, and clearly more than the next."""
    if not suggestions or suggestions[0].likeness < _ALIKE:
        return None
    if len(suggestions) > 1 and suggestions[0].likeness - suggestions[1].likeness < _CLEARLY:
        return None
    return suggestions[0].option


@lru_cache(maxsize=100_000)
def _initials_of(name: str) -> tuple[str, ...]:
    words = _letters(name).split()
    if len(words) < 2:
        return ()
    return ("".join(word[0] for word in words), "".join(word[0] for word in words if word not in _STOP))


def _likeness(a: str, b: str, **_more: object) -> float:
    """From 0 to 100: the same words in any order; or one is the other with words cut short ("min of health")."""
    given, name = a.split(), _letters(b).split()
    own, other = [w for w in given if w not in _STOP], [w for w in name if w not in _STOP]
    if (
        own
        and len(own) == len(other)
        and all(o.startswith(g) or g.startswith(o) for g, o in zip(own, other, strict=True))
    ):
        return 96.0
    return fuzz.token_sort_ratio(a, " ".join(name))


def distinct(texts: Iterable[str], most: int) -> list[str]:
    """The first different texts."""
    found: dict[str, None] = {}
    for text in texts:
        if text:
            found.setdefault(text, None)
            if len(found) >= most:
                break
    return list(found)
