"""Every template: nothing that the Content-Security-Policy refuses, and the kit's class names only inside core/ui."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FLOREO = Path(__file__).resolve().parents[3] / "floreo"
OURS = FLOREO / "core" / "ui"
TEMPLATES = sorted(p for p in FLOREO.rglob("*.html") if "static_built" not in p.parts)
# A page may write `table` and a search box; all else of the kit goes through a tag of ours.
KIT = re.compile(
    r'class="(?:[^"]*\s)?(btn|btn-[a-z-]+|form-control|form-select|form-check[a-z-]*|card[a-z-]*|row|col-[a-z0-9-]+|badge|alert)(?=[\s"])'
)


def name_of(path: Path) -> str:
    return str(path.relative_to(FLOREO))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_inline_style_script_or_handler(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    assert not re.search(r"(?:src|href)\s*=\s*[\"']data:", text)
    for head, script in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.DOTALL):
        assert script.strip() == "" or re.search(r"application/(?:ld\+)?json", head)  # facts for a script are not run
    assert not re.search(r"hx-on|hx-vals\s*=\s*[\"']js:", text)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if OURS not in p.parents], ids=name_of)
def test_kit_class_names_stay_inside_core_ui(path: Path) -> None:
    written = re.sub(r"{{.*?}}|{%.*?%}", "", path.read_text(encoding="utf-8"))  # `row.state` is a name of ours
    text = re.sub(r'class="form-control"(?=\s+type="search")', "", written)
    assert KIT.findall(text) == []


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
