"""The words of strategies by language, as data: a file for each in words/. The rules look for those of all of them, since a text in one language
names bodies and quotes plans in another."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale

FOLDER = Path(__file__).parent / "words"
NEVER = "(?!)"  # matches nothing
_SHORTEST_MONTH = 3  # characters


@cache
def languages() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """What each file holds, by the code of its language, in alphabetical order."""
    files = sorted(FOLDER.glob("*.toml"))
    return MappingProxyType({path.stem: tomllib.loads(path.read_text("utf-8")) for path in files})


def words(section: str, name: str) -> list[str]:
    """The words of every language, one after the other."""
    return [word for each in languages().values() for word in each[section][name]]


def any_of(section: str, *names: str, **parts: str) -> str:
    """An expression for any of those words. `parts` are put in place of the words in capitals that represent something in them: the name of a list
    of the same section and language, or an expression that begins with "("."""
    found: list[str] = []
    for each in languages().values():
        own = {mark: part if part.startswith("(") else _either(each[section][part]) for mark, part in parts.items()}
        for name in names:
            found += [_filled(word, own) for word in each[section][name]]
    return _either(found, grouped=False)


def _filled(word: str, parts: Mapping[str, str]) -> str:
    for mark in sorted(parts, key=len, reverse=True):
        word = word.replace(mark, parts[mark])
    return word


def _either(alternatives: list[str], *, grouped: bool = True) -> str:
    either = "|".join(alternatives) or NEVER
    return f"(?:{either})" if grouped else either


def tables(section: str) -> dict[str, str]:
    """An expression for each name of a section, over all languages."""
    names = dict.fromkeys(name for each in languages().values() for name in each[section])
    found = {}
    for name in names:
        alternatives = [word for each in languages().values() for word in each[section].get(name, [])]
        found[name] = _either(alternatives, grouped=False)
    return found


@cache
def months() -> Mapping[str, int]:
    """The number of each name and shortened name of a month, in small letters without a full stop: those of the CLDR and those of the files."""
    found: dict[str, int] = {}
    for code, data in languages().items():
        locale = Locale(code)
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[form][width].items():
                    found.setdefault(name.lower().rstrip("."), number)
        for name, number in data["dates"]["months"].items():
            found.setdefault(name, number)
    return MappingProxyType({name: number for name, number in found.items() if len(name) >= _SHORTEST_MONTH})


def month_names() -> list[str]:
    """The whole names of the months."""
    return [name.lower() for code in languages() for name in Locale(code).months["format"]["wide"].values()]


@cache
def ordinals() -> Mapping[str, int]:
    return MappingProxyType(
        {
            word: number
            for number, name in enumerate(("first", "second", "third", "fourth"), start=1)
            for word in words("dates", name)
        }
    )
