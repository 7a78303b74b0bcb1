"""Which rows beside the plan are certain enough to be rows. The others are offers: a person takes them, or leaves them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.rows import DraftedRow, Kind
from floreo.strategy.drafting.source import SHORT_TEXT
from floreo.strategy.drafting.vocabulary import BODY_NOUNS

_NOUN = re.compile(rf"\b(?:{BODY_NOUNS})\b", re.IGNORECASE)
_STATE = re.compile(rf"^(?:{any_of('bodies', 'state')})\b", re.IGNORECASE)
_PERSON = re.compile(rf"^(?:{any_of('bodies', 'person')})\b", re.IGNORECASE)
_SHORTEST = 2  # words of a name that says what kind of body it is


def certain_in(rows: Iterable[DraftedRow], text: str) -> set[int]:
    """The numbers of the rows that are certain: all of the plan, its edition and its overall objective; a target and a measure with a day; where a
    text is published, with its address; and in a short text, such as a news story on the strategy, a body and a funder whose name says what
    they are. A strategy itself names many that had no part in it."""
    is_short = len(text.split()) <= SHORT_TEXT
    return {row.number for row in rows if _is_certain(row, is_short=is_short)}


def _is_certain(row: DraftedRow, *, is_short: bool) -> bool:
    match row.kind:
        case Kind.BODY | Kind.FUNDER:
            return is_short and _is_named(row.title)
        case Kind.TARGET:
            return bool(row.fields.get("by"))
        case Kind.MEASURE:
            return bool(row.fields.get("when"))
        case Kind.OUTLET:
            return bool(row.fields.get("url"))
    return True


def _is_named(name: str) -> bool:
    if len(name.split()) < _SHORTEST or _PERSON.search(name):
        return False
    return bool(_NOUN.search(name) or _STATE.search(name))
