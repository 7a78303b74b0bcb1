"""Words that announce what comes next: `The three pillars include:`, a heading `Strategic Pillars`, `Actions:`."""

from __future__ import annotations

import re

from floreo.core.reading.languages import NUMBER_WORDS
from floreo.strategy.drafting.vocabulary import ACTIONS_PLURAL, OBJECTIVES_PLURAL, PILLARS_PLURAL

PILLARS, OBJECTIVES, ACTIONS, OTHER = "pillars", "objectives", "actions", "other"

_COUNT = (
    rf"(?:(?:the|our|its|los|las|sus|nuestros|estos|estas|these)\s+)?(?:(?:\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\s+)?"
)
_MIDDLE = r"(?:national|overarching|following|siguientes|main|key|core|principales|nacionales)?\s*"
_TAIL = (
    r"(?:\s+(?:of|for|in|under|and|to|de|del|para|y|e)\s+(?:the\s+|this\s+|la\s+|esta\s+|el\s+)?[\w\s’'-]{2,60}"
    r"|\s+and\s+\w+|\s+(?:overview|summary))?"
)
_FAMILIES = {PILLARS: PILLARS_PLURAL + "|goals", OBJECTIVES: OBJECTIVES_PLURAL, ACTIONS: ACTIONS_PLURAL}
_HEADINGS = {
    name: re.compile(rf"^{_COUNT}{_MIDDLE}(?:{words}){_TAIL}\s*:?$", re.IGNORECASE) for name, words in _FAMILIES.items()
}
_STRATEGY_FIRST = {
    name: re.compile(rf"^(?:the\s+)?strategy(?:[’']s)?\s+(?:{words})$", re.IGNORECASE)
    for name, words in _FAMILIES.items()
}
# After the word that announces, a list is introduced; "Actions speak louder than words:" introduces none.
_GOES_ON = (
    r"(?=\s*(?:\(\d+\)\s*)?(?:[:,(]|(?:of|for|in|under|to|that|which|will|shall|is|are|include[sd]?|including"
    r"|comprise|as|set|and|or|have|has"
    r"|be|being|towards|at|on|outlined|identified|listed|below|de|del|para|que|son|es|incluyen|en|y|a|se|serán"
    r"|siguientes"
    r"|estratégic[oa]s|con)\b))"
)
_LEAD_INS = {name: re.compile(rf"\b(?:{words})\b{_GOES_ON}", re.IGNORECASE) for name, words in _FAMILIES.items()}
_SINGULAR = {
    OBJECTIVES: re.compile(r"^(?:strategic\s+|specific\s+)?(?:objective|objetivo(?:\s+\w+)?)\s*:?$", re.IGNORECASE),
    ACTIONS: re.compile(r"^(?:(?:key\s+)?action|acción)\s*:?$", re.IGNORECASE),
}
_NOT_LISTED = re.compile(
    r"\b(?:indicators?|outcomes?|results?|principles?|values|indicadores?|resultados?|principios?|challenges|risks"
    r"|threats"
    r"|achievements|definitions|recommendations|stakeholders|members|webpages|pages|retos|riesgos|amenazas)\b",
    re.IGNORECASE,
)


def announced_by_heading(text: str) -> str:
    """What a heading's whole wording announces, or an empty string."""
    text = text.strip()
    for patterns in (_HEADINGS, _STRATEGY_FIRST, _SINGULAR):
        for name, pattern in patterns.items():
            if pattern.match(text):
                return name
    return OTHER if _NOT_LISTED.search(text) and len(text.split()) <= 6 else ""


def announced_by_lead_in(text: str) -> str:
    """What the last sentence of a paragraph that ends with a colon announces; `other` if nothing of ours."""
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
