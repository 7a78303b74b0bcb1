"""Colours, silhouettes and charts on paper: read from the stylesheet and the pictures of the site, so that paper and page
are drawn in the same ink. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FLOREO = Path(__file__).resolve().parents[2]
SHEET = FLOREO / "static_built" / "css" / "floreo.css"
DARK = SHEET.with_name("dark.css")
MARK = FLOREO / "static_built" / "img" / "logo.svg"
SPRITE = FLOREO / "core" / "ui" / "templates" / "ui" / "sprite.html"
SHORT = {
    "done": "done",
    "on_track": "track",
    "at_risk": "risk",
    "late": "late",
    "stalled": "stalled",
    "not_started": "todo",
    "carried": "carried",
    "not_known": "unknown",
}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"var\((--[\w-]+)\)")
_DRAWN = re.compile(r"^(?:\.fl-chart )?(?:text)?(?:\.fl-[\w-]+)?$")


@cache
def _css() -> str:
    return SHEET.read_text(encoding="utf-8")


@cache
def colours() -> dict[str, str]:
    """Every colour of the light theme by its short name: "ink", "late-mark"."""
    return _named(_css())


@cache
def dark_colours() -> dict[str, str]:
    """The same of the dark theme."""
    return colours() | _named(DARK.read_text(encoding="utf-8"))


def _named(css: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for name, value in re.findall(r"--fl-([\w-]+):\s*(#[0-9a-fA-F]{6})(?=[;}])", css):
        pairs.setdefault(name, value)
    return pairs


def _resolved(body: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda m: known.get(m[1].removeprefix("--fl-"), "inherit"), body)


def _selectors(head: str) -> list[str]:
    """Those of a rule's selectors that a chart on paper can meet: one of our classes, or words in a chart."""
    plain = [s.strip() for s in head.split(",")]
    return [
        s.removeprefix(".fl-chart ")
        for s in plain
        if _DRAWN.match(s)
        and (s.startswith(".fl-chart text") or re.match(r"\.fl-(c-|f-|span|overrun|district|map-number)", s))
    ]


@cache
def chart_style(theme: str = "light") -> str:
    """The rules of charts, with their colours written out, for a picture that is complete in itself: "light", "dark", or "auto", which is
    light and becomes dark where the reader's device is."""
    if theme == "auto":
        return f"{chart_style()}@media (prefers-color-scheme:dark){{{chart_style('dark')}}}"
    known = dark_colours() if theme == "dark" else colours()
    css = re.sub(r"@(?:media|container)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", _css())
    rules = [f"text{{font-family:'Public Sans',sans-serif;fill:{known['ink']};font-size:13px}}"]
    for head, body in _RULE.findall(css):
        if found := _selectors(head):
            rules.append(f"{','.join(found)}{{{_resolved(body, known)}}}")
    return "".join(rules)


LINE = 696.0  # px: a chart as wide as the line
_ROOT = re.compile(r"<svg\b([^>]*)>", re.DOTALL)


def alone(svg: str, *, theme: str = "light") -> str:
    """One of our charts as a picture that needs no page round it, in the colours of a theme of `chart_style`."""
    found = _ROOT.search(svg)
    if found is None:
        return ""
    kept = found[1] if "xmlns=" in found[1] else f' xmlns="http://www.w3.org/2000/svg"{found[1]}'
    return f"<svg{kept}><style>{chart_style(theme)}</style>{svg[found.end() : svg.rindex('</svg>') + 6]}"


def first_picture(svg: str) -> str:
    """A chart drawn twice (wide, narrow) is two pictures; paper takes the first."""
    end = svg.find("</svg>")
    return svg[: end + 6] if end >= 0 else ""


def share(svg: str) -> float:
    """How much of the line a chart takes, so that the words in all of them are equally large."""
    box = re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) [\d.]+"', svg)
    return min(float(box[1]) / LINE, 1.0) if box and float(box[1]) else 1.0


@cache
def silhouettes() -> dict[str, str]:
    """The six shapes of a status, each a picture in its colour."""
    sprite = SPRITE.read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for status, short in SHORT.items():
        shape = re.search(rf'<symbol id="s-{short}" viewBox="([^"]+)">(.*?)</symbol>', sprite, re.DOTALL)
        assert shape is not None
        body = shape[2].replace("currentColor", colours()[f"{short}-mark"])
        cut = (
            f'fill="none" stroke="{colours()["paper"]}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        )
        body = body.replace('class="fl-cut"', cut)
        found[status] = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{shape[1]}">{body}</svg>'
    return found


@cache
def mark() -> str:
    return MARK.read_text(encoding="utf-8")


@cache
def edge() -> str:
    """The edge of the canopy, as under the masthead of the site."""
    return MARK.with_name("canopy.svg").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Branding:
    """What a country puts in place of our own on paper: its mark as SVG, colours by their short name, the name of its programme."""

    mark: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    programme: str = ""


_branding: ContextVar[Branding] = ContextVar("branding", default=Branding())  # noqa: B039 -- frozen


@contextmanager
def wearing(branding: Branding) -> Iterator[None]:
    """Within it papers bear that branding. Whoever begins work in a country sets it."""
    token = _branding.set(branding)
    try:
        yield
    finally:
        _branding.reset(token)


def own_mark() -> str:
    """The mark that a country put in place of our own, or ""."""
    return _branding.get().mark


def branding() -> Branding:
    """As a paper bears it that is drawn now: the country's, and ours where it has none."""
    own = _branding.get()
    return Branding(own.mark or mark(), {**colours(), **own.colours}, own.programme)
