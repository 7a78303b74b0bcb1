"""Colours: named in the tokens and nowhere else, and far enough apart to be read, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from floreo.core.documents.ink import chart_style

CSS = Path(__file__).resolve().parents[3] / "assets" / "css"


def tokens(*names: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        found |= dict(re.findall(r"--fl-([\w-]+):\s*(#[0-9a-f]{6})", (CSS / name).read_text(encoding="utf-8")))
    return found


THEMES = {"light": tokens("tokens.css"), "dark": tokens("tokens.css", "tokens-dark.css")}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


STATUSES = ("todo", "track", "risk", "late", "stalled", "done")
READ = [  # text on its ground: 4.5 to one
    *((name, ground) for name in ("ink", "ink-2", "sea", "sea-deep") for ground in ("paper", "ground")),
    *((status, ground) for status in STATUSES for ground in ("paper", f"{status}-tint", "ground")),
    ("ink", "sand"),
    ("sand-ink", "sand"),
    ("ink", "inner"),
    ("inner-ink", "inner"),
    ("on-sea", "sea"),
    ("on-sun", "sun"),
    ("on-canopy", "canopy"),
    ("on-canopy-2", "canopy"),
    ("target-line", "paper"),
    ("sea-deep", "sea-tint"),
    ("ink-2", "sand"),
    ("ink", "map-1"),
    ("ink", "map-2"),
    ("ink", "map-3"),
    ("tlp-red", "tlp-ground"),
    ("tlp-amber", "tlp-ground"),
    ("tlp-green", "tlp-ground"),
    ("tlp-clear", "tlp-ground"),
]
SEEN = [  # shapes and edges: 3 to one
    *((f"{status}-mark", "paper") for status in STATUSES),
    ("edge", "paper"),
    ("series", "paper"),
    ("series-2", "paper"),
    ("sprout", "canopy"),
    ("shoot", "paper"),
    ("sun", "on-sun"),
]


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    colours = THEMES[theme]
    weak = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in READ}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_can_be_seen_on_their_ground(theme: str) -> None:
    colours = THEMES[theme]
    weak = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a, b in SEEN}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


DECORATION = re.compile(r"fl-(c-grid|c-track|span|span--|f-todo|f-unknown|district|c-hollow|c-sheet|c-radar-1)")


@pytest.mark.parametrize("theme", THEMES)
def test_a_chart_that_leaves_the_page_can_be_read_and_seen(theme: str) -> None:
    """Each colour of its words is 4.5 to one on its sheet, each line and bar 3 to one; and none is of the other theme."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", chart_style(theme))
    paper, weak = THEMES[theme]["paper"], {}
    for head, body in rules:
        found = dict(re.findall(r"(fill|stroke):\s*(#[0-9a-f]{6})", body))
        assert set(found.values()) <= set(THEMES[theme].values()), head
        is_text = head.startswith("text")
        if DECORATION.search(head):
            continue
        for how, colour in found.items():
            edge_of_text = how == "stroke" and (is_text or "fill" in found)  # the same as what it is on
            needed = 4.5 if is_text else 3.0
            if not edge_of_text and colour != paper and contrast(colour, paper) < needed:
                weak[f"{head} {how}"] = round(contrast(colour, paper), 2)
    assert weak == {}


def test_dark_names_only_what_light_names() -> None:
    assert set(tokens("tokens-dark.css")) <= set(tokens("tokens.css"))


def test_no_colour_is_written_outside_the_tokens() -> None:
    literal = re.compile(
        r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch|lab)a?\(|:\s*(?:white|black|red|green|blue|gr[ae]y)\b"
    )
    found = []
    for path in CSS.glob("*.css"):
        if not path.name.startswith("tokens"):
            text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            found += [f"{path.name}: {m[0]}" for m in literal.finditer(text)]
    assert found == []


def test_every_token_that_is_used_is_named() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in CSS.glob("*.css"))
    named = set(re.findall(r"(--fl-[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--fl-[\w-]+)", text)) - named == set()
