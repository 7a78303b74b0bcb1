"""Every template: nothing that the Content-Security-Policy refuses, and the kit's class names only inside core/ui."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FLOREO = Path(__file__).resolve().parents[3] / "floreo"
OURS = FLOREO / "core" / "ui"
TEMPLATES = sorted(p for p in FLOREO.rglob("*.html") if "static_built" not in p.parts)
# A page may write `table` and a search box; all else of the kit goes through one of our tags.
KIT = re.compile(
    r'class="(?:[^"]*\s)?(btn|btn-[a-z-]+|form-control|form-select|form-check[a-z-]*|card[a-z-]*|row|col-[a-z0-9-]+|badge|alert)(?=[\s"])'
)


def name_of(path: Path) -> str:
    return str(path.relative_to(FLOREO))


# What a browser would refuse, or run: styles and scripts in the page, handlers, addresses that are programs.
INLINE = re.compile(
    r"<[^>]*\sstyle\s*=|<style|<[a-z][^>]*\son[a-z]+\s*=|javascript:|(?:src|href)\s*=\s*[\"']data:|hx-on|hx-vals\s*=\s*[\"']js:"
)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)


def inline(text: str) -> list[str]:
    """What of a template the policy refuses. Facts for a script, as JSON, are not run."""
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    scripts = [script for head, script in SCRIPT.findall(text) if not re.search(r"application/(?:ld\+)?json", head)]
    return [*INLINE.findall(text), *filter(None, map(str.strip, scripts))]


def test_no_inline_style_script_or_handler() -> None:
    found = {name_of(path): inline(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) > 600


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('<p style="color: red">', 1),
        ("<style>p {}</style>", 1),
        ('<button type="button" onclick="x()">', 1),
        ('<a href="javascript:x()">', 1),
        ("<img src='data:image/png;base64,AA'>", 1),
        ("<div hx-on:click='x()'>", 1),
        ("<script src=\"{% static 'js/a.js' %}\"></script>", 0),
        ('<script type="application/json">{"a": 1}</script>', 0),
        ("<script>x()</script>", 1),
        ("{# <style> #}", 0),
    ],
)
def test_what_is_inline_is_found(text: str, number: int) -> None:
    assert len(inline(text)) == number


def test_kit_class_names_stay_inside_core_ui() -> None:
    found = dict[str, list[str]]()
    for path in TEMPLATES:
        if OURS not in path.parents:
            written = re.sub(r"{{.*?}}|{%.*?%}", "", path.read_text(encoding="utf-8"))  # `row.state` is our own name
            found[name_of(path)] = KIT.findall(re.sub(r'class="form-control"(?=\s+type="search")', "", written))
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('class="btn btn-primary"', ["btn-primary"]),
        ('class="fl-x row"', ["row"]),
        ('class="fl-mast-row"', []),
        ('class="fl-out-card fl-x"', []),
        ('class="row"', ["row"]),
    ],
)
def test_names_of_ours_that_end_like_the_kits_are_ours(written: str, found: list[str]) -> None:
    assert KIT.findall(written) == found


def test_the_words_of_a_status_come_from_one_place() -> None:
    words = re.compile(r"translate \"(?:On track|At risk|Stalled|Not started)\"")
    found = [name_of(p) for p in TEMPLATES if OURS not in p.parents and words.search(p.read_text(encoding="utf-8"))]
    assert found == []
