"""A heat map: rows and columns, each cell shaded in three steps with its number in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from floreo.core.ui.charts.drawing import Number, finite, rect, shortened, svg, text, wrapped

NAMES, CELL, ROW, HEAD = 220.0, 88.0, 30.0, 44.0
STEPS = (34.0, 67.0)  # below the first is the lightest shade, from the second on the darkest


@dataclass(frozen=True)
class HeatRow:
    """One row: its values in per cent by column, None where there is none. `note` is read after its name."""

    label: str
    values: tuple[Number | None, ...]
    note: str = ""


def shade(value: float | None) -> str:
    """Which of the three steps: "1", "2", "3", or "none"."""
    if value is None:
        return "none"
    return str(1 + sum(value >= step for step in STEPS))


def heat_map(columns: Sequence[str], rows: Sequence[HeatRow], *, label: str) -> str:
    """One drawing, as wide as it needs: a page lets it scroll and has the table beside it. Nothing without rows or columns."""
    if not rows or not columns:
        return ""
    width, body = NAMES + CELL * len(columns), []
    for number, name in enumerate(columns):
        middle = NAMES + CELL * number + CELL / 2
        lines = wrapped(name, CELL - 8)
        body += [
            text(middle, HEAD - 10 - 15 * (len(lines) - 1 - k), part, anchor="middle") for k, part in enumerate(lines)
        ]
    for place, row in enumerate(rows):
        y = HEAD + ROW * place
        words = f"{row.label} {row.note}".strip()
        body.append(text(0, y + 19, shortened(words, NAMES - 8)))
        for number, value in enumerate(row.values):
            known = finite(value)
            x = NAMES + CELL * number
            body.append(rect(x + 1, y + 1, CELL - 2, ROW - 2, css=f"fl-district fl-district-{shade(known)}"))
            shown = "–" if known is None else f"{known:.0f}"
            body.append(text(x + CELL / 2, y + 19, shown, anchor="middle"))
    return svg(width, HEAD + ROW * len(rows) + 2, body, label=label, css="fl-heat")
