"""The levels of a plan, one to four, and what the country calls them. Every sentence that names a level takes its word from here.

The tables below the names stay as they are: a plan without pillars or objectives has one of each that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from floreo.core import languages
from floreo.core.models import text_in
from floreo.core.wording import capital, number_word
from floreo.organisations.queries import the_country
from floreo.strategy.logic import MOST_LEVELS
from floreo.strategy.models import Edition


class Level(StrEnum):
    """A level by the name that code, files and the API use. The country's own word is beside it."""

    PILLAR = "pillar"
    OBJECTIVE = "objective"
    SUB_OBJECTIVE = "sub_objective"
    ACTION = "action"


BY_DEPTH: dict[int, tuple[Level, ...]] = {
    1: (Level.ACTION,),
    2: (Level.PILLAR, Level.ACTION),
    3: (Level.PILLAR, Level.OBJECTIVE, Level.ACTION),
    MOST_LEVELS: tuple(Level),
}
USUAL_DEPTH = 3
# What heads of tables say of a level that the country's plans do not have.
_PLACES: dict[Level, tuple[str, str]] = {
    Level.PILLAR: (gettext_noop("top level"), gettext_noop("top levels")),
    Level.OBJECTIVE: (gettext_noop("level between"), gettext_noop("levels between")),
    Level.SUB_OBJECTIVE: (gettext_noop("level between"), gettext_noop("levels between")),
}
_WORDS: dict[Level, tuple[str, str]] = {
    Level.PILLAR: (gettext_noop("pillar"), gettext_noop("pillars")),
    Level.OBJECTIVE: (gettext_noop("objective"), gettext_noop("objectives")),
    Level.SUB_OBJECTIVE: (gettext_noop("sub-objective"), gettext_noop("sub-objectives")),
    Level.ACTION: (gettext_noop("action"), gettext_noop("actions")),
}


_plainly: ContextVar[bool] = ContextVar("plainly", default=False)


@contextmanager
def plainly() -> Iterator[None]:
    """Within it levels have their default words: for what is the same in every country, as the description of the API."""
    token = _plainly.set(True)
    try:
        yield
    finally:
        _plainly.reset(token)


def levels_of(edition: Edition) -> tuple[Level, ...]:
    """From the top to the actions."""
    return BY_DEPTH[edition.levels]


def has_level(edition: Edition, level: Level) -> bool:
    return level in BY_DEPTH[edition.levels]


def _own(edition: Edition | None, level: Level, field: str) -> str:
    """The word of this edition, or "" where it has none."""
    if edition is None:
        return ""
    word = edition.in_language(f"{level}_{field}")
    return word or (edition.in_language(f"{level}_word") if field == "words" else "")


def _of_country(edition: Edition | None, level: Level, field: str) -> str:
    """The pack's word for it, where its levels are those of the edition; "" otherwise."""
    country = None if _plainly.get() else the_country()
    named: list[dict[str, Any]] = country.levels if country else []
    if not named or (edition is not None and edition.levels != len(named)):
        return ""
    shape = BY_DEPTH[len(named)]
    if level not in shape:
        return _(_PLACES[level][field == "many"]) if edition is None and level in _PLACES else ""
    words = named[shape.index(level)]
    return text_in(words.get("translations", {}), field, words[field])


def one(level: Level | str, edition: Edition | None = None) -> str:
    """ "pillar", or what the country calls one, in the reader's language, as within a sentence. Without an edition: as the pack says."""
    level = Level(level)
    return _own(edition, level, "word") or _of_country(edition, level, "one") or _(_WORDS[level][0])


def many(level: Level | str, edition: Edition | None = None) -> str:
    """ "pillars", or what the country calls several."""
    level = Level(level)
    return _own(edition, level, "words") or _of_country(edition, level, "many") or _(_WORDS[level][1])


def title_of(level: Level | str, edition: Edition | None = None) -> str:
    """ "Pillar", as a heading."""
    return capital(one(level, edition))


def titles_of(level: Level | str, edition: Edition | None = None) -> str:
    """ "Pillars", as a heading."""
    return capital(many(level, edition))


def counted(level: Level | str, number: int, edition: Edition | None = None) -> str:
    """ "four pillars", as within a sentence. One alone is without its number, which has a gender in many languages."""
    if number == 1:
        return one(level, edition)
    return _("%(number)s %(levels)s") % {"number": number_word(number), "levels": many(level, edition)}


def spoken_words(level: Level | str, edition: Edition | None = None) -> frozenset[str]:
    """What one and several are called, in each language of the site, in small letters, with the default words: a head that people typed
    is any of them."""
    found = {str(level), f"{level}s"}
    for code in languages.read():
        with translation.override(code):
            found |= {one(level, edition), many(level, edition)}
            with plainly():
                found |= {one(level), many(level)}
    return frozenset(word.casefold() for word in found)


def words_of(edition: Edition | None = None) -> dict[str, str]:
    """Every level's word by its name and, with an s behind, several: for sentences with %(pillar)s and %(pillars)s."""
    found = {}
    for level in Level:
        found[str(level)], found[f"{level}s"] = one(level, edition), many(level, edition)
    return found


def in_words(sentence: Any, edition: Edition | None = None, **more: object) -> str:
    """A sentence with %(pillar)s, %(objectives)s and the like, in the words of the edition or, without one, of the pack."""
    text = str(sentence)
    made = text % {**words_of(edition), **more}
    return capital(made) if text.startswith("%(") else made


class _Lazily:
    """Text worked out when it is shown, in the reader's language and the pack's words: for heads of tables and labels of forms."""

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __str__(self) -> str:
        return in_words(self.sentence)


def in_words_lazy(sentence: Any) -> Any:
    """`sentence` (from gettext_lazy) with %(pillar)s and the like, worked out when it is shown."""
    return lazystr(_Lazily(sentence))
