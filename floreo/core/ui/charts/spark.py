"""A line beside a figure, without words: the figure says them."""

from __future__ import annotations

from collections.abc import Sequence

from floreo.core.ui.charts.drawing import Number, Scale, attributes, circle, finite, line, n

WIDTH, HEIGHT, EDGE = 240.0, 50.0, 6.0


def path_of(points: Sequence[tuple[float, float] | None]) -> str:
    """A path through the points; it breaks where there is none."""
    steps, pen_up = [], True
    for point in points:
        if point is not None:
            steps.append(f"{'M' if pen_up else 'L'}{n(point[0])} {n(point[1])}")
        pen_up = point is None
    return "".join(steps)


def sparkline(values: Sequence[Number | None], target: Number | None = None, *, from_zero: bool = True) -> str:
    """Oldest first, None where there was no reading; dashed at the target. Nothing when there is nothing to join."""
    drawn = [finite(v) for v in values]
    known = [v for v in drawn if v is not None]
    if len(known) < 2:
        return ""
    goal = finite(target)
    reach = [*known, *([goal] if goal is not None else []), *([0.0] if from_zero else [])]
    y = Scale(min(reach), max(reach), HEIGHT - EDGE, EDGE)
    x = Scale(0, max(len(drawn) - 1, 1), EDGE, WIDTH - EDGE)
    places = [(x(i), y(v)) if v is not None else None for i, v in enumerate(drawn)]
    last = next(p for p in reversed(places) if p is not None)
    ground = y(0) if min(reach) <= 0 <= max(reach) else HEIGHT - EDGE
    body = [line(EDGE, ground, WIDTH - EDGE, ground, "fl-c-grid")]
    if goal is not None:
        body.append(line(EDGE, y(goal), WIDTH - EDGE, y(goal), "fl-c-tgt"))
    body += [f"<path{attributes(css='fl-c-line', d=path_of(places))}/>", circle(*last, 5, "fl-c-dot")]
    return f'<svg class="fl-spark" viewBox="0 0 {n(WIDTH)} {n(HEIGHT)}" aria-hidden="true">{"".join(body)}</svg>'
