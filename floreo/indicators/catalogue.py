"""Every measure by its name, as the apps offer them. docs/guide/add-an-indicator.md says how to add one."""

from __future__ import annotations

from floreo import offers
from floreo.core.figures import Words
from floreo.core.wording import colon


def measure_choices() -> list[tuple[str, Words]]:
    return [(name, measure.title) for name, measure in offers.measures().items()]


def result_choices() -> list[tuple[str, str]]:
    """What measures that give many values offer, each with the measure's title before it."""
    found = [(measure.title, measure.choices) for measure in offers.measures().values() if measure.choices is not None]
    return [(value, f"{title}{colon()} {words}") for title, choices in found for value, words in choices()]
