"""Charts hold whatever figures come: long words, missing readings, values of any size, dates in any order of magnitude."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.ui.charts import (
    Bar,
    Goal,
    LineChart,
    Mark,
    Point,
    Reference,
    Span,
    SpanAxis,
    TimelineRow,
    bar_chart,
    line_chart,
    mini_bar,
    notes_fit,
    span_axis,
    span_bar,
    sparkline,
    status_bar,
    timeline_chart,
)
from floreo.core.ui.charts.drawing import ticks, width_of, wrapped
from tests.core.ui.drawings import check, drawings_in

FEW = settings(max_examples=60, deadline=None)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1000, 1000)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60)
statuses = st.sampled_from(["done", "on_track", "at_risk", "late", "stalled", "not_started"])


@st.composite
def lines(draw: st.DrawFn) -> LineChart:
    when = sorted(set(draw(st.lists(days, min_size=1, max_size=12))))
    points = tuple(
        Point(
            d,
            draw(st.none() | numbers),
            draw(words),
            draw(words),
            tuple(draw(st.lists(numbers, max_size=2))),
            band=(draw(st.none() | numbers), draw(st.none() | numbers)),
        )
        for d in when
    )
    goal = draw(st.none() | st.builds(Goal, numbers, words, st.none() | days, words))
    marks = tuple(draw(st.lists(st.builds(Mark, days, words), max_size=5)))
    return LineChart(
        points, draw(words) or "A chart", goal, draw(words), marks, draw(st.booleans()), draw(st.none() | numbers)
    )


spans = st.builds(
    Span,
    statuses,
    st.none() | days,
    st.none() | days,
    st.none() | days,
    st.none() | days,
    st.lists(st.tuples(st.none() | days, st.none() | days), max_size=3).map(tuple),
)
axes = st.builds(SpanAxis, days, days, days)


@pytest.mark.long
@FEW
@given(lines())
def test_a_line_chart_is_well_formed_and_stays_on_its_sheet(chart: LineChart) -> None:
    check(line_chart(chart))


@pytest.mark.long
@FEW
@given(
    st.lists(st.builds(Bar, words, st.none() | numbers, words, st.booleans()), min_size=1, max_size=8),
    st.none() | numbers,
)
def test_a_bar_chart_is_well_formed_and_stays_on_its_sheet(bars: list[Bar], across: float | None) -> None:
    reference = None if across is None else Reference(across, "Region")
    check(bar_chart(bars, label="Bars", reference=reference))


@pytest.mark.parametrize("value", [0.0, 8.0, 9.0, 9.5, 9.9, 10.0, 12.0])
def test_the_line_of_the_reference_runs_through_no_value(value: float) -> None:
    """The value is behind the line where it would be crossed; each drawing has the line of the reference and the words."""
    drawn = bar_chart(
        [Bar("South", value, "words of a value"), Bar("North", 10, "10")], label="Bars", reference=Reference(10, "T")
    )
    for drawing in drawings_in(drawn):
        tree = ElementTree.fromstring(drawing)
        across = next(float(e.attrib["x1"]) for e in tree.iter() if "fl-c-tgt" in e.attrib.get("class", ""))
        words = next(e for e in tree.iter() if e.text == "words of a value")
        assert words.attrib.get("text-anchor", "start") == "start"
        start = float(words.attrib["x"])
        assert not start <= across <= start + width_of("words of a value")


@pytest.mark.long
@FEW
@given(spans, axes)
def test_a_span_stays_on_its_axis_whatever_its_dates(span: Span, axis: SpanAxis) -> None:
    check(span_bar(span, axis))
    check(span_axis(axis, today_word="today"))


@pytest.mark.long
@FEW
@given(st.lists(st.tuples(words, st.none() | spans), min_size=1, max_size=5), axes)
def test_a_line_of_time_is_well_formed(rows: list[tuple[str, Span | None]], axis: SpanAxis) -> None:
    made = [TimelineRow(label, span, "/x/?a=1&b=2") for label, span in rows]
    check(timeline_chart(tuple(made), axis, label="Time", today_word="today"))


@pytest.mark.long
@FEW
@given(st.lists(st.none() | numbers, max_size=20), st.none() | numbers)
def test_a_sparkline_is_well_formed_or_nothing(values: list[float | None], target: float | None) -> None:
    drawn = sparkline(values, target)
    assert bool(drawn) == (sum(v is not None for v in values) >= 2)
    if drawn:
        check(drawn)


@pytest.mark.long
@FEW
@given(st.dictionaries(statuses, st.integers(0, 10_000)))
def test_a_status_bar_is_as_wide_as_its_sheet(counts: dict[str, int]) -> None:
    check(status_bar(counts, label="Statuses"))
    check(mini_bar(counts))


@FEW
@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15))
def test_ticks_hold_what_they_measure(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = ticks(low, high)
    assert found[0] <= low + abs(low) * 1e-9 + 1e-6
    assert found[-1] >= high - abs(high) * 1e-9 - 1e-6
    assert 2 <= len(found) <= 6


def test_per_cent_is_ticked_in_quarters() -> None:
    assert ticks(0, 100) == [0, 25, 50, 75, 100]


def test_no_words_of_the_reader_are_run() -> None:
    evil = '<script>alert(1)</script>" onload="x'
    chart = LineChart((Point(date(2026, 1, 1), 1, evil, evil), Point(date(2026, 2, 1), 2, evil, evil)), evil)
    for drawn in (line_chart(chart), bar_chart([Bar(evil, 1, evil)], label=evil)):
        assert "<script" not in drawn
        assert 'onload="x' not in drawn


def test_an_estimated_value_has_a_line_from_end_to_end_of_its_band() -> None:
    day, later = date(2026, 1, 1), date(2026, 2, 1)
    chart = LineChart(
        (Point(day, 20, band=(10, 35)), Point(later, 30, band=(25, None)), Point(date(2026, 3, 1), 30)), "Shares"
    )
    wide = drawings_in(line_chart(chart))[0]
    assert wide.count('class="fl-c-band"') == 3 + 2  # one end is not known, and the last has no band
    assert 'class="fl-c-band"' not in line_chart(LineChart((Point(day, None, band=(1, 2)), Point(later, 3)), "Shares"))


def test_a_missing_period_leaves_the_line_open() -> None:
    points = [Point(date(2026, m, 28), v) for m, v in ((1, 1), (2, 2), (3, None), (4, 4), (5, 5))]
    wide = drawings_in(line_chart(LineChart(tuple(points), "A chart")))[0]
    assert wide.count("M", wide.index('class="fl-c-line"')) >= 2


def test_a_corrected_reading_stays_as_a_hollow_dot() -> None:
    points = (Point(date(2026, 1, 31), 70), Point(date(2026, 2, 28), 77, corrected=(79,)))
    assert line_chart(LineChart(points, "A chart")).count('class="fl-c-hollow"') == 2  # wide and narrow


def test_a_late_action_is_dashed_from_the_missed_day_to_today() -> None:
    axis = SpanAxis(date(2026, 1, 1), date(2026, 12, 31), date(2026, 11, 24))
    late = Span("late", date(2026, 1, 1), date(2026, 9, 1), late_since=date(2026, 9, 1))
    done = Span("done", date(2026, 1, 1), date(2026, 9, 1), date(2026, 8, 1))
    assert "fl-overrun" in span_bar(late, axis)
    assert "fl-overrun" not in span_bar(done, axis)


def test_late_past_the_end_of_the_axis_points_onwards() -> None:
    axis = SpanAxis(date(2020, 1, 1), date(2023, 12, 31), date(2026, 11, 24))
    late = Span("late", date(2021, 1, 1), date(2023, 6, 1), late_since=date(2023, 6, 1))
    assert "fl-overrun-tip" in span_bar(late, axis)


def test_an_action_without_dates_draws_no_bar() -> None:
    axis = SpanAxis(date(2025, 1, 1), date(2028, 12, 31), date(2026, 11, 24))
    assert "<rect" not in span_bar(Span("not_started"), axis)


def test_many_or_long_notes_are_numbered_instead_of_named() -> None:
    start = date(2026, 1, 1)
    few = LineChart((), "c", marks=(Mark(start, "began"),))
    many = LineChart((), "c", marks=tuple(Mark(start + timedelta(days=i), "began") for i in range(4)))
    long = LineChart((), "c", marks=(Mark(start, "a very long thing that happened and has many words"),))
    assert [notes_fit(c) for c in (few, many, long)] == [True, False, False]


def test_the_words_of_one_chart_never_lie_on_each_other() -> None:
    points = tuple(
        Point(date(2024 + i // 4, i % 4 * 3 + 1, 1), 50 + i, f"Q{i % 4 + 1}", f"{50 + i} %") for i in range(9)
    )
    drawn = line_chart(LineChart(points, "c", Goal(60, "Target 60 %", date(2026, 4, 1), "Apr 2026"), "50 % baseline"))
    assert drawn.count("Target 60 %") == 2


@pytest.mark.long
@FEW
@given(words, st.floats(40, 400))
def test_wrapped_words_fit_their_room(text: str, space: float) -> None:
    lines_ = wrapped(text, space)
    assert len(lines_) <= 2
    assert all(width_of(part) <= max(space, width_of("…")) for part in lines_)
