"""A whole timeline: every action of a plan under each other, by heading, wide and narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from floreo.core.ui.charts.drawing import attributes, line, shortened, svg, text, wrapped
from floreo.core.ui.charts.spans import Place, Span, SpanAxis, axis_marks, grid, marks, today_line

WIDE, NARROW = 1060.0, 332.0
LABEL = 380.0  # px for the names beside the bars, when wide
HEAD, HEADING, ROW, NARROW_ROW = 24.0, 34.0, 26.0, 48.0


@dataclass(frozen=True)
class TimelineRow:
    """One line: an action with its span, or a heading (no span) over those that follow."""

    label: str
    span: Span | None = None
    href: str = ""


def _linked(row: TimelineRow, drawn: str) -> str:
    return f"<a{attributes(href=row.href)}>{drawn}</a>" if row.href else drawn


def _heading(row: TimelineRow, y: float, width: float) -> str:
    rule = line(0, y + 8, width, y + 8, "fl-c-rule")
    return rule + _linked(row, text(0, y + 26, shortened(row.label, width), css="fl-strong"))


def _wide(rows: Sequence[TimelineRow], axis: SpanAxis, label: str, today_word: str) -> str:
    place = Place(axis, LABEL, WIDE - LABEL)
    height = HEAD + sum(ROW if r.span else HEADING for r in rows) + 6
    body = [*axis_marks(axis, place, 0, HEAD, today_word)]
    y = HEAD
    for row in rows:
        if row.span is None:
            body.append(_heading(row, y, WIDE))
            y += HEADING
            continue
        body += grid(axis, place, y, y + ROW)
        body.append(_linked(row, text(0, y + 17, shortened(row.label, LABEL - 16))))
        body += [*marks(row.span, place, y + ROW / 2), today_line(axis, place, y, y + ROW)]
        y += ROW
    return svg(WIDE, height, body, label=label, css="fl-wide", role="group")


def _narrow(rows: Sequence[TimelineRow], axis: SpanAxis, label: str, today_word: str) -> str:
    place = Place(axis, 0, NARROW)
    body = [*axis_marks(axis, place, 0, HEAD, today_word)]
    y = HEAD
    for row in rows:
        if row.span is None:
            body.append(_heading(row, y, NARROW))
            y += HEADING
            continue
        lines = wrapped(row.label, NARROW, most=2)
        space = NARROW_ROW + 16 * (len(lines) - 1)
        body += [_linked(row, "".join(text(0, y + 17 + 16 * i, words) for i, words in enumerate(lines)))]
        middle = y + space - 15
        body += [
            *grid(axis, place, middle - 9, middle + 9),
            *marks(row.span, place, middle),
            today_line(axis, place, middle - 9, middle + 9),
        ]
        y += space
    return svg(NARROW, y + 6, body, label=label, css="fl-narrow", role="group")


@lru_cache(maxsize=16)
def timeline_chart(rows: tuple[TimelineRow, ...], axis: SpanAxis, *, label: str, today_word: str) -> str:
    """Both drawings, one of which is shown. `label` says in words what it shows."""
    return _wide(rows, axis, label, today_word) + _narrow(rows, axis, label, today_word)
