"""Words that announce what comes next: `The three pillars include:`, a heading `Strategic Pillars`, `Actions:`."""

from __future__ import annotations

import re

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.strategy.drafting.lexicon import any_of
from floreo.strategy.drafting.vocabulary import ACTIONS_PLURAL, GOALS, OBJECTIVES_PLURAL, PILLARS_PLURAL

PILLARS, OBJECTIVES, ACTIONS, OTHER = "pillars", "objectives", "actions", "other"

_COUNT = rf"(?:(?:{any_of('announcing', 'count')})\s+)?(?:(?:\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\s+)?"
_MIDDLE = rf"(?:{any_of('announcing', 'middle')})?\s*"
_AFTER = rf"(?:\s+(?:{any_of('announcing', 'middle')}))?"  # "objectifs nationaux"
_TAIL = rf"(?:{any_of('announcing', 'tail')})?"
_FAMILIES = {PILLARS: f"{PILLARS_PLURAL}|{GOALS}", OBJECTIVES: OBJECTIVES_PLURAL, ACTIONS: ACTIONS_PLURAL}
_HEADINGS = {
    name: re.compile(rf"^{_COUNT}{_MIDDLE}(?:{words}){_AFTER}{_TAIL}\s*:?$", re.IGNORECASE)
    for name, words in _FAMILIES.items()
}
_STRATEGY_FIRST = {
    name: re.compile(rf"^(?:{any_of('announcing', 'strategy_first')})\s+(?:{words})$", re.IGNORECASE)
    for name, words in _FAMILIES.items()
}
# After the word that announces, a list is introduced; "Actions speak louder than words:" introduces none.
_GOES_ON = rf"(?=\s*(?:\(\d+\)\s*)?(?:[:,(]|(?:{any_of('announcing', 'goes_on')})\b))"
_LEAD_INS = {name: re.compile(rf"\b(?:{words})\b{_GOES_ON}", re.IGNORECASE) for name, words in _FAMILIES.items()}
_SINGULAR = {
    OBJECTIVES: re.compile(rf"^(?:{any_of('announcing', 'one_objective')})\s*:?$", re.IGNORECASE),
    ACTIONS: re.compile(rf"^(?:{any_of('announcing', 'one_action')})\s*:?$", re.IGNORECASE),
}
_NOT_LISTED = re.compile(rf"\b(?:{any_of('announcing', 'not_listed')})\b", re.IGNORECASE)


def announced_by_heading(text: str) -> str:
    """What a heading's whole wording announces, or an empty string."""
    text = text.strip()
    for patterns in (_HEADINGS, _STRATEGY_FIRST, _SINGULAR):
        for name, pattern in patterns.items():
            if pattern.match(text):
                return name
    return OTHER if _NOT_LISTED.search(text) and len(text.split()) <= 6 else ""


def announced_by_lead_in(text: str) -> str:
    """What the last sentence of a paragraph that ends with a colon announces; `other` if it is none of our kinds."""
    last = re.split(r"(?<=[.!?])\s+", text.strip())[-1]
    if not last.endswith(":"):
        return ""
    if whole := announced_by_heading(last.rstrip(": ")):
        return whole
    if _NOT_LISTED.search(last):
        return OTHER
    # The word nearest to the colon decides: "Under each pillar, the following actions:" announces actions.
    nearest = [(found.end(), name) for name, pattern in _LEAD_INS.items() for found in pattern.finditer(last)]
    return max(nearest)[1] if nearest else OTHER
