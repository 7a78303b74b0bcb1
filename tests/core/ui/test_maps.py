"""Maps: every district is there, its name is somewhere, and no name lies on another."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.ui.charts.drawing import box_of
from floreo.core.ui.maps import Map, Shape, choropleth
from tests.core.ui.drawings import check, drawings_in

PACKS = Path(__file__).resolve().parents[3] / "packs"
SHAPES = sorted(PACKS.glob("*/geo/districts.geojson"))


def square(x: float, y: float, size: float) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def of_pack(path: Path) -> list[Shape]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    names = [f["properties"].get("name") or f["properties"]["code"] for f in features]
    return [Shape(name, name, "41,061", 1, f["geometry"]) for name, f in zip(names, features, strict=True)]


def texts(drawing: str) -> list[tuple[float, float, str, str]]:
    found = []
    for element in ElementTree.fromstring(drawing).iter():
        if element.tag == "text":
            a = element.attrib
            found.append((float(a["x"]), float(a["y"]), element.text or "", a.get("text-anchor", "")))
    return found


@pytest.mark.long
@pytest.mark.parametrize("path", SHAPES, ids=lambda p: p.parent.parent.name)
def test_every_district_of_a_pack_is_drawn_and_named_without_a_collision(path: Path) -> None:
    shapes = of_pack(path)
    made = choropleth(shapes, label="People in each district")
    check(made.svg)
    for drawing, key in zip(drawings_in(made.svg), (made.wide_key, made.narrow_key), strict=True):
        assert drawing.count("<path") == len(shapes)
        text = texts(drawing)
        named = {words for _x, _y, words, _a in text} | {shape.label for _n, shape in key}
        assert {s.label for s in shapes} <= named
        boxes = [(words, box_of(x, y, words, anchor, 11.5)) for x, y, words, anchor in text]
        assert [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.meets(two)] == []


@pytest.mark.long
def test_a_name_that_fits_nowhere_becomes_a_number_with_its_words_below() -> None:
    crowd = [Shape(str(i), f"A district with a long name {i}", "1", 1, square(i % 12, i // 12, 1)) for i in range(144)]
    made = choropleth(crowd, label="Many")
    numbers = [number for number, _shape in made.narrow_key]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_islets_go_but_never_a_whole_district() -> None:
    mainland = square(0, 0, 10)
    islets = {"type": "MultiPolygon", "coordinates": [square(i, 20, 0.01)["coordinates"] for i in range(5)]}
    made = choropleth([Shape("a", "Main", "1", 1, mainland), Shape("b", "Islets", "2", 2, islets)], label="Two")
    wide = drawings_in(made.svg)[0]
    assert wide.count("<path") == 2
    assert len(re.findall(r"M\d", wide)) == 2


def test_nothing_known_is_drawn_as_such_and_links_have_names() -> None:
    made = choropleth([Shape("a", "North", "", 0, square(0, 0, 1), "/districts/a/?x=1&y=2")], label="One")
    assert "fl-district-none" in made.svg
    assert 'href="/districts/a/?x=1&amp;y=2" aria-label="North"' in made.svg


def test_no_shape_gives_no_map() -> None:
    assert choropleth([Shape("a", "North", "1", 1, {})], label="None") == Map("", (), ())


coordinates = st.tuples(st.floats(-180, 180), st.floats(-89, 89)).map(list)


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(coordinates, min_size=3, max_size=8).map(lambda r: [*r, r[0]]), min_size=1, max_size=4))
def test_any_outline_gives_a_map_that_stays_on_its_sheet(rings: list[list[list[float]]]) -> None:
    shapes = [Shape(str(i), f"D{i}", "1", i % 4, {"type": "Polygon", "coordinates": [r]}) for i, r in enumerate(rings)]
    made = choropleth(shapes, label="Any")
    if made.svg:
        check(made.svg)
