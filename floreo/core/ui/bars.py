"""Bars of statuses as SVG. Plain Python: numbers in, a string out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

ORDER = ("done", "on_track", "at_risk", "late", "stalled", "not_started", "carried", "not_known")
ONLY_WHERE_THERE_ARE = {"carried", "not_known"}  # of an edition that is over; else no nought of them is shown
FILL = {
    "done": "fl-f-done",
    "on_track": "fl-f-track",
    "at_risk": "fl-f-risk",
    "late": "fl-f-late",
    "stalled": "fl-f-stalled",
    "not_started": "fl-f-todo",
    "carried": "fl-f-carried",
    "not_known": "fl-f-unknown",
}
GAP = 2.0


def _segments(counts: Mapping[str, int], width: float, gap: float) -> list[tuple[str, float, float]]:
    """(status, x, width) of each segment; what is there gets at least 3 px, so that nothing vanishes."""
    present = [(s, counts.get(s, 0)) for s in ORDER if counts.get(s, 0) > 0]
    total = sum(n for _s, n in present)
    space, least = width - gap * max(len(present) - 1, 0), 3.0
    raw = {s: max(space * n / total, least) for s, n in present} if total else {}
    scale = space / sum(raw.values()) if raw else 1
    x, found = 0.0, []
    for name, _n in present:
        wide = raw[name] * scale
        found.append((name, x, wide))
        x += wide + gap
    return found


def _rect(name: str, x: float, y: float, width: float, height: float) -> str:
    inset = 0.5 if name in {"not_started", "not_known"} else 0.0  # its outline stays inside
    size = f'width="{max(width - 2 * inset, 1):.1f}" height="{height - 2 * inset:g}"'
    return f'<rect class="{FILL[name]}" x="{x + inset:.1f}" y="{y + inset:g}" {size}/>'


def status_bar(counts: Mapping[str, int], *, height: int = 34, label: str = "") -> str:
    """The wide bar. `label` says in words what it shows."""
    rects = "".join(_rect(s, x, 0, w, height) for s, x, w in _segments(counts, 960, GAP))
    spoken = f'role="img" aria-label="{escape(label, quote=True)}"' if label else 'aria-hidden="true"'
    return f'<svg viewBox="0 0 960 {height}" preserveAspectRatio="none" {spoken}>{rects}</svg>'


def mini_bar(counts: Mapping[str, int], *, stretch: bool = False) -> str:
    """A small bar that is beside the words that say the same, so it is hidden from readers aloud."""
    rects = "".join(_rect(s, x + 1, 1, w, 12) for s, x, w in _segments(counts, 118, GAP))
    size = 'preserveAspectRatio="none"' if stretch else 'width="120" height="14"'
    return f'<svg class="fl-mini" viewBox="0 0 120 14" {size} aria-hidden="true">{rects}</svg>'
