"""Every measure by its name, as the apps offer them. docs/guide/add-an-indicator.md says how to add one."""

from __future__ import annotations

from floreo import offers
from floreo.core.figures import Words


def measure_choices() -> list[tuple[str, Words]]:
    return [(name, measure.title) for name, measure in offers.measures().items()]
