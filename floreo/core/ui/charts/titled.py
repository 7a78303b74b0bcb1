"""A chart as a picture that is complete in itself: its caption above it, its source and date below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from floreo.core.ui.charts.drawing import attributes, n, text, wrapped

EDGE, LINE = 16.0, 18.0  # px round the picture; px from line to line
MOST_LINES = 3  # of each text
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def titled(svg: str, *, caption: str, unit: str, below: Sequence[str]) -> str:
    """The first drawing of a chart with words round it; nothing where there is no chart."""
    end = svg.find("</svg>")
    box = _BOX.search(svg)
    if end < 0 or box is None:
        return ""
    width, height = float(box[1]), float(box[2])
    head = [*((line, "fl-strong") for line in wrapped(caption, width, most=MOST_LINES))]
    head += [(line, "") for line in wrapped(unit, width, most=MOST_LINES) if unit]
    foot = [(line, "") for each in below if each for line in wrapped(each, width, most=MOST_LINES)]
    top = EDGE + LINE * len(head) + 10
    whole_width, whole_height = width + 2 * EDGE, top + height + 10 + LINE * len(foot) + EDGE
    inner = svg[: end + 6].replace("<svg", f'<svg x="{n(EDGE)}" y="{n(top)}"', 1)
    body = [f'<rect width="{n(whole_width)}" height="{n(whole_height)}" class="fl-c-sheet" fill="#ffffff"/>']
    body += [text(EDGE, EDGE + LINE * i + 12, words, css=css) for i, (words, css) in enumerate(head)]
    body += [text(EDGE, top + height + 10 + LINE * i + 12, words, css=css) for i, (words, css) in enumerate(foot)]
    size = attributes(width=whole_width, height=whole_height)
    box_of = f'viewBox="0 0 {n(whole_width)} {n(whole_height)}"'
    return f"<svg{size} {box_of}{attributes(role='img', aria_label=caption)}>{body[0]}{inner}{''.join(body[1:])}</svg>"
