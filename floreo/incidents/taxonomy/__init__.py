"""RSIT, the classes and types of incidents, in the reader's language, and the taxonomy of CSIRTAmericas beside it.

A class and a type are written "fraud" and "phishing", or together "fraud/phishing". Origin and licence of the files: README.md."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from floreo.core.language_codes import SOURCE, base
from floreo.feeds.texts import rsit

_HOME = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Labels:
    """Words for a class and a type. What the taxonomy does not know is shown as it was written, with no text."""

    class_title: str
    type_title: str  # "" where no type is set
    text: str  # what the type means; of the class where no type is set

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.class_title, self.type_title]))


@dataclass(frozen=True)
class TypeOf:
    """One type of a class, for a choice."""

    code: str  # "fraud/phishing"
    title: str
    text: str


@dataclass(frozen=True)
class ClassOf:
    """One class with its types, for a choice."""

    code: str
    title: str
    text: str
    types: tuple[TypeOf, ...]


@cache
def _english() -> tuple[Mapping[str, str], Mapping[tuple[str, str], str]]:
    """What each class and each type means, as the file of the working group says."""
    file = json.loads((_HOME / "rsit.json").read_text("utf-8"))
    classes = {each["value"]: each["description"] for each in file["predicates"]}
    types = {
        (group["predicate"], each["value"]): each["description"] for group in file["values"] for each in group["entry"]
    }
    return classes, types


@cache
def _meanings(language: str) -> Mapping[str, Mapping[str, str]]:
    """What each class and each type means in another language: {"classes": {…}, "types": {…}}; empty where there is no file of it."""
    path = _HOME / f"meanings.{language}.toml"
    found: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


@cache
def _americas() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads((_HOME / "csirtamericas.toml").read_text("utf-8"))
    return found


def split(code: str) -> tuple[str, str]:
    """("fraud", "phishing") of "fraud/phishing"; the type is "" where only a class is named."""
    rsit_class, _slash, rsit_type = code.partition("/")
    return rsit_class, rsit_type


def is_known(rsit_class: str, rsit_type: str = "") -> bool:
    """Whether RSIT has that class, and that type in it."""
    classes, types = _english()
    return (rsit_class, rsit_type) in types if rsit_type else rsit_class in classes


def labels(rsit_class: str, rsit_type: str, language: str) -> Labels:
    """Titles and meaning in `language`, in English what that language lacks."""
    known = rsit()["classes"].get(rsit_class, {})
    found = known.get("types", {}).get(rsit_type, {})
    spoken = base(language)
    titles = [
        words.get(spoken) or words.get(SOURCE) or code for words, code in ((known, rsit_class), (found, rsit_type))
    ]
    return Labels(titles[0], titles[1], _meaning(rsit_class, rsit_type, spoken))


def _meaning(rsit_class: str, rsit_type: str, spoken: str) -> str:
    if not is_known(rsit_class, rsit_type):
        return ""
    known = _meanings(spoken) if spoken != SOURCE else {}
    if own := known.get("types" if rsit_type else "classes", {}).get(rsit_type or rsit_class):
        return own
    classes, types = _english()
    return types[rsit_class, rsit_type] if rsit_type else classes[rsit_class]


def classes(language: str) -> tuple[ClassOf, ...]:
    """All of RSIT in its own order, for a choice."""
    _texts, types = _english()
    found = []
    for name in rsit()["classes"]:
        own = labels(name, "", language)
        inner = [kind for group, kind in types if group == name]
        of_class = tuple(
            TypeOf(f"{name}/{kind}", (words := labels(name, kind, language)).type_title, words.text) for kind in inner
        )
        found.append(ClassOf(name, own.class_title, own.text, of_class))
    return tuple(found)


def americas(language: str) -> Mapping[str, str]:
    """Types of CSIRTAmericas and their titles, in its own order."""
    spoken = base(language)
    return {code: words.get(spoken) or words[SOURCE] for code, words in _americas().items()}


def from_americas(code: str) -> tuple[str, str]:
    """Class and type of RSIT for a type of CSIRTAmericas; ("other", "undetermined") for one that is not of it. The map is ours."""
    return split(rsit()["csirt-americas"].get(code, "other/undetermined"))
