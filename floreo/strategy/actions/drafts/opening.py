"""In which languages strategies are read here: those that have a list of words, and those that the pack names."""

from __future__ import annotations

from dataclasses import replace

from floreo.core import languages
from floreo.core.reading.openers import Openers
from floreo.strategy.drafting.vocabulary import OPENERS


def openers_here() -> Openers:
    """A text in a language of the pack without a list of words is read, too: its outline needs none, only the rules find little."""
    return replace(OPENERS, languages=tuple(dict.fromkeys((*OPENERS.languages, *languages.site()))))
