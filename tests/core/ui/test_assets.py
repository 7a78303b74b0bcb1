"""What is built: Tabler cut down to what is used, nothing that the CSP refuses, and light enough for a village line."""

from __future__ import annotations

import gzip
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUILT = ROOT / "floreo" / "static_built"
MODULES = ROOT / "node_modules"


@pytest.fixture(scope="module")
def assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools" / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_rule_stays_when_every_class_of_one_of_its_selectors_is_used(assets: ModuleType) -> None:
    css = ".btn{a:b}.btn.odd,.btn:hover{c:d}.card .btn{e:f}:root{--x:1}a{g:h}"
    assert assets.purge(css, {"btn"}) == ".btn{a:b}.btn:hover{c:d}:root{--x:1}a{g:h}"


def test_a_media_block_goes_when_nothing_in_it_is_used(assets: ModuleType) -> None:
    css = "@media (min-width:1px){.card{a:b}}@media print{.btn{c:d}.card{e:f}}"
    assert assets.purge(css, {"btn"}) == "@media print{.btn{c:d}}"


def test_braces_and_semicolons_in_strings_part_nothing(assets: ModuleType) -> None:
    assert list(assets.blocks('a{content:"};{"}b{c:d}')) == [("a", 'content:"};{"'), ("b", "c:d")]


def test_a_class_inside_not_need_not_be_used(assets: ModuleType) -> None:
    assert assets.purge(".btn:not(.card){a:b}", {"btn"}) == ".btn:not(.card){a:b}"


def test_a_property_that_nobody_reads_goes_with_those_that_only_it_read(assets: ModuleType) -> None:
    css = ":root{--a:1px;--b:var(--a);--c:2px}p{margin:var(--c)}"
    assert assets.without_unused_properties(css, "") == ":root{--c:2px}p{margin:var(--c)}"


def test_minified_css_says_the_same(assets: ModuleType) -> None:
    css = "/* note */ a > b ,\n c { margin: 0 auto ; color : red; }\n"
    assert assets.minify(css) == "a>b,c{margin: 0 auto;color : red}"


@pytest.mark.skipif(not (BUILT / "css" / "floreo.css").exists(), reason="make assets builds it")
class TestBuilt:
    def test_every_kit_class_in_use_has_its_rule(self) -> None:
        css = (BUILT / "css" / "floreo.css").read_text(encoding="utf-8")
        for name in (
            "btn",
            "btn-primary",
            "btn-outline-primary",
            "form-control",
            "form-select",
            "form-check-input",
            "table",
        ):
            assert f".{name}" in css

    def test_what_nobody_uses_is_gone(self) -> None:
        css = (BUILT / "css" / "floreo.css").read_text(encoding="utf-8")
        for name in (".carousel", ".navbar", ".modal", ".offcanvas", ".btn-danger"):
            assert name not in css

    def test_no_picture_is_written_into_the_css(self) -> None:
        for path in (BUILT / "css").glob("*.css"):
            assert "data:" not in path.read_text(encoding="utf-8")

    def test_nothing_is_fetched_from_another_host(self) -> None:
        for path in BUILT.rglob("*"):
            if path.suffix in {".css", ".js"}:
                assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", path.read_text(encoding="utf-8")), path

    def test_every_address_in_the_css_is_a_file(self) -> None:
        for path in (BUILT / "css").glob("*.css"):
            for address in re.findall(r"url\([\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
                assert (path.parent / address).resolve().is_file(), address

    def test_style_faces_and_scripts_leave_room_for_the_page(self) -> None:
        """A first visit is under 100 kB; pages are up to 12 kB packed, so the rest has 88."""
        areas = {p.name for p in (ROOT / "assets" / "css" / "areas").glob("*.css")}  # for the pages that link them
        phones = {p.name for p in (ROOT / "assets" / "js").glob("*.js")} - {
            "rows.js",
            "find.js",
            "forms.js",
            "workspace.js",
        }
        packed = sum(
            len(gzip.compress(p.read_bytes()))
            for p in BUILT.rglob("*")
            if p.suffix in {".css", ".js", ".svg"} and p.name not in areas | phones
        )
        faces = sum(p.stat().st_size for p in BUILT.rglob("*.woff2"))
        assert packed + faces < 88_000


def test_the_lock_holds_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "http" not in re.sub(
        r'"url": "[^"]*"', "", text
    )  # where to give money to an author is no place to load from
