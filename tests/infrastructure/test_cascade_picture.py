"""The picture of a cascade: every service once, one link to its cause, nothing on top of anything else."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.infrastructure.cascade_picture import (
    STATES,
    KeyWords,
    Lane,
    ServiceShown,
    cascade_key,
    cascade_picture,
    chosen,
)
from tests.core.ui import drawings

ENDS = (0, 4, 12, 24, 48, 72)
LANES = tuple(
    Lane(end, f"Within {end} hours", f"{end * 900:,} to {end * 1100:,}", "people without a service") for end in ENDS
)
names = st.text("abcdefg <>&\"'\u00a0ñ", max_size=40)


@st.composite
def shown(draw: st.DrawFn, most: int = 30) -> list[ServiceShown]:
    found = list[ServiceShown]()
    for i in range(draw(st.integers(0, most))):
        cause = draw(st.sampled_from(["", "gone", *(s.key for s in found), f"s{i + 1}"]))
        found.append(
            ServiceShown(
                f"s{i}",
                draw(names),
                draw(names),
                draw(st.integers(0, 72)),
                draw(st.sampled_from(STATES)),
                cause,
                draw(names),
                draw(st.integers(0, 72)),
                draw(names),
                draw(st.integers(0, 9)),
                draw(st.integers(0, 5000)),
                draw(st.booleans()),
                draw(st.sampled_from(["", "/a/?b&c"])),
            )
        )
    return found


def picture(services: list[ServiceShown], lanes: tuple[Lane, ...] = LANES, most: int = 40) -> str:
    return cascade_picture(services, lanes, label="Lost by hour", more=lambda count: f"and {count} more", most=most)


def parts(text: str) -> tuple[str, list[str]]:
    """The wide drawing, and the pieces of the narrow one."""
    wide, *pieces = drawings.drawings_in(text)
    return wide, pieces


def boxes(drawing: str) -> list[tuple[float, float, float, float]]:
    tree = ElementTree.fromstring(drawing)
    found = [e.attrib for e in tree.iter() if e.tag == "rect" and "fl-cas-box" in e.attrib["class"]]
    return [(float(e["x"]), float(e["y"]), float(e["width"]), float(e["height"])) for e in found]


@pytest.mark.long
@settings(deadline=None)
@given(shown(), st.integers(1, len(LANES)), st.integers(0, 12))
def test_every_picture_is_well_formed_and_nothing_lies_on_anything(
    services: list[ServiceShown], first: int, most: int
) -> None:
    lanes = LANES[-first:]
    text = picture(services, lanes, most)
    drawings.check(text)
    wide, pieces = parts(text)
    drawn = chosen(services, most)
    assert len(boxes(wide)) == sum(len(boxes(piece)) for piece in pieces) == len(drawn)
    for drawing in (wide, *pieces):
        found = boxes(drawing)
        assert all(width > 20 for _x, _y, width, _height in found)
        for (x, y, width, height), (left, top, across, down) in combinations(found, 2):
            assert x + width <= left or left + across <= x or y + height <= top or top + down <= y


@pytest.mark.long
@settings(deadline=None)
@given(shown())
def test_no_link_runs_through_a_box_or_across_another(services: list[ServiceShown]) -> None:
    wide, pieces = parts(picture(services))
    for drawing in (wide, *pieces):
        strokes = links(drawing)
        for x, y, width, height in boxes(drawing):
            for left, top, right, bottom in strokes:
                through_x = max(left, x + 1) < min(right, x + width - 1) or x + 1 < left == right < x + width - 1
                through_y = max(top, y + 1) < min(bottom, y + height - 1) or y + 1 < top == bottom < y + height - 1
                assert not (through_x and through_y)
        upright = [s for s in strokes if s[0] == s[2]]
        level = [s for s in strokes if s[1] == s[3]]
        for x, top, _x, bottom in upright:
            for left, y, right, _y in level:
                assert not (left + 1 < x < right - 1 and top + 1 < y < bottom - 1)


def links(drawing: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every straight part of a link."""
    found = []
    for element in ElementTree.fromstring(drawing).iter():
        css, shape = element.attrib.get("class", ""), element.attrib
        if css.startswith("fl-cas-link") and element.tag == "line":
            found.append((float(shape["x1"]), float(shape["y1"]), float(shape["x2"]), float(shape["y2"])))
        elif css.startswith("fl-cas-link"):
            numbers = re.fullmatch(r"M(\S+) (\S+)V(\S+?)(?:H(\S+))?", shape["d"])
            assert numbers
            x, top, bottom, right = (float(v) if v else None for v in numbers.groups())
            assert x is not None and top is not None and bottom is not None  # noqa: PT018 -- for types
            found.append((x, top, x, bottom))
            if right is not None:
                found.append((x, bottom, right, bottom))
    return found


@pytest.mark.long
@settings(deadline=None)
@given(shown(), st.integers(0, 12))
def test_what_is_drawn_is_drawn_with_its_causes(services: list[ServiceShown], most: int) -> None:
    drawn = chosen(services, most)
    by_key = {service.key: service for service in services}
    assert len(drawn) <= most
    assert all(by_key[key].cause in drawn for key in drawn if by_key[key].cause in by_key)
    assert most < len(services) or len(drawn) == len(services)


def example() -> list[ServiceShown]:
    return [
        ServiceShown("b", "Substation B", "fails", 0, "failed"),
        ServiceShown(
            "m", "Masts", "22,100 people", 2, "stopped", "b", "needs Substation B", 2, "batteries, 2 h", 0, 22_100
        ),
        ServiceShown("d", "Data centre", "", 12, "stopped", "b", "needs Substation B", 12, "fuel, 12 h"),
        ServiceShown(
            "e",
            "Emergency line",
            "96,000 people",
            12,
            "stopped",
            "d",
            "needs Data centre",
            weight=96_000,
            is_worst=True,
        ),
        ServiceShown("p", "Port", "900 people", 24, "part", "d", "needs Data centre", 4, "lists, 4 h", 8, 900),
    ]


def test_a_link_runs_to_the_cause_alone_and_that_to_the_worst_loss_is_marked() -> None:
    wide, pieces = parts(picture(example()))
    assert wide.count("fl-cas-tip") == 3  # where a fallback ends at the box, its end is the mark
    assert wide.count("fl-cas-bar") == 3
    assert (
        len(re.findall(r"<path class=\"fl-cas-link fl-cas-link--worst\"", wide)) == 2
    )  # B to the data centre to the line
    assert sum(piece.count("fl-cas-link ") + piece.count('fl-cas-link"') for piece in pieces) == 1  # within one lane
    assert [len(boxes(piece)) for piece in pieces] == [1, 1, 2, 1, 0, 0]


def test_a_bar_is_as_long_as_the_fallback_where_bars_stand_under_each_other() -> None:
    _wide, pieces = parts(picture(example()))
    ends = [
        re.findall(r'd="M(\S+) \S+L(\S+) ', bar)
        for piece in pieces
        for bar in re.findall(r'<path class="fl-cas-bar"[^>]*>', piece)
    ]
    lengths = [float(end) - float(start) for [(start, end)] in ends]
    assert [round(length / lengths[1] * 12) for length in lengths] == [2, 12, 4]


def test_words_come_from_the_caller_and_are_escaped() -> None:
    services = [ServiceShown("b", "<b>&", '"x"', 0, "failed", href='/x/?a="b"&c')]
    text = picture(services)
    assert "&lt;b&gt;&amp;" in text
    assert 'href="/x/?a=&quot;b&quot;&amp;c"' in text
    assert 'role="group" aria-label="Lost by hour"' in text
    said = {e.strip() for e in re.findall(r">([^<]+)<", picture(example()))}
    given_words = {part for s in example() for part in (s.name, s.note, s.because, s.fallback_words)}
    given_words |= {part for lane in LANES for part in (lane.heading, lane.people, lane.people_words)}
    assert {word for words in said for word in words.split()} <= {w for words in given_words for w in words.split()}


def test_a_picture_without_links_is_one_picture_to_a_reader_aloud() -> None:
    text = picture(example())
    assert re.findall(r'role="(\w+)" aria-label="([^"]+)"', text) == [("img", "Lost by hour")] * 2
    assert text.count('aria-hidden="true"') == len(parts(text)[1])


def test_what_is_not_drawn_is_counted_by_lane() -> None:
    many = [ServiceShown(f"s{i}", f"Shop {i}", "", i % 3, "stopped", "b", weight=i) for i in range(50)]
    text = picture([*example(), *many], most=10)
    wide, pieces = parts(text)
    assert len(boxes(wide)) == 10
    for drawing in (wide, "".join(pieces)):
        assert sorted(re.findall(r">and (\d+) more<", drawing)) == ["15", "30"]
    assert ">Shop 49<" in wide
    assert ">Shop 1<" not in wide


def test_a_service_that_no_lane_holds_is_refused() -> None:
    for service in (ServiceShown("late", "", "", 73, "stopped"), ServiceShown("odd", "", "", 1, "tired")):
        with pytest.raises(ValueError, match=service.key):
            picture([service])
    with pytest.raises(ValueError, match="lanes"):
        picture([], ())


def test_lanes_where_nothing_happens_are_narrower() -> None:
    wide, _pieces = parts(picture([ServiceShown("a", "A", "", 0, "failed")]))
    starts = [float(x) for x in re.findall(r'<text class="fl-cas-hour[^"]*" x="([\d.]+)"', wide)]
    widths = [round(b - a) for a, b in pairwise(starts)]
    assert widths == [270, 150, 150, 150, 150]


def test_the_key_explains_every_shape_that_has_words() -> None:
    key = cascade_key(KeyWords("fails", "stops", "in part", "", "fallback", "<takes>"))
    drawings.check(key)
    assert re.findall(r"</svg>([^<]+)</li>", key) == ["fails", "stops", "in part", "fallback", "&lt;takes&gt;"]
