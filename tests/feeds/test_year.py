"""A simulated year whose truth is known: each published figure lies within its band, and the guide shows the table that the command
prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.feeds import year
from floreo.feeds import logic
from tests.examples import drawn

pytestmark = [pytest.mark.one_database, pytest.mark.xdist_group("year")]  # the year is made once
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "time-to-fix.md"


@pytest.fixture(scope="module")
def told() -> list[year.Told]:
    return year.year()


@pytest.mark.guards("a year whose truth is known: each published share holds it")
def test_every_published_share_of_the_year_has_the_truth_in_its_band(told: list[year.Told]) -> None:
    scans = [one for one in told if one.survival.count]
    assert len(scans) == 4
    for one in scans:
        assert one.holds, one.source.name
        for days, truth, shown, low, high, at_risk in one.rows():
            assert shown is not None
            assert low <= shown <= high, (one.source.name, days)
            assert shown <= truth + (high - low), (one.source.name, days)
            assert at_risk > 50


def test_what_is_published_never_flatters_by_what_went_wrong(told: list[year.Told]) -> None:
    """Within a week, a source that looks seldom or badly shows less than is so, never more."""
    by_name = {one.source.name: one for one in told}
    for name in (
        "A scan that misses three in ten",
        "Files of changes, everything on Sundays",
        "Four weeks without a file",
    ):
        share = by_name[name].survival.ended_by(7).shown
        assert share is not None
        assert share <= by_name[name].truth[0] + 0.01
    for one in told:
        assert one.shown_open >= one.true_open  # whatever the team called a false alarm


def test_silence_of_sightings_and_of_moving_machines_fixes_nothing(told: list[year.Told]) -> None:
    for one in told[4:]:
        assert (one.survival.count, one.not_seen > 200) == (0, True)


@pytest.mark.long
def test_the_bands_hold_the_truth_as_often_as_they_say() -> None:
    """Twelve shares of each of ten other years; of three of them in the gate."""
    years = drawn(10, in_the_gate=3)
    rows = [
        low <= truth <= high
        for seed in range(2, 2 + years)
        for one in year.year(seed, machines=150)
        if one.survival.count
        for _days, truth, _shown, low, high, _n in one.rows()
    ]
    assert len(rows) == 12 * years
    assert sum(rows) >= 0.95 * len(rows)


def test_the_guide_shows_what_the_command_prints(told: list[year.Told]) -> None:
    assert year.table(told) in GUIDE.read_text("utf-8")


def test_how_patient_it_is_with_a_source_follows_from_what_it_misses() -> None:
    assert logic.patience_of(3, 0, 0) == (3, 1)
    assert logic.patience_of(3, 10, 5) == (3, 1)  # too few to know
    assert logic.patience_of(3, 1000, 0) == (3, 1)
    assert logic.patience_of(3, 980, 20) == (3, 1)
    assert logic.patience_of(3, 700, 300) == (8, 3)
    assert logic.patience_of(12, 700, 300) == (12, 3)
    assert logic.patience_of(3, 1, 999) == (30, 29)


def test_a_weekday_that_has_everything_is_told_from_a_steady_feed() -> None:
    monday = year.FIRST
    rows = {year.day(n): 200 if year.day(n).weekday() == 6 else 9 for n in range(28)}
    assert logic.whole_weekday(rows) == 6
    assert logic.whole_weekday(dict.fromkeys(rows, 200)) is None
    assert logic.whole_weekday({one: n for one, n in rows.items() if one.weekday() == 6}) is None
    assert logic.whole_weekday({monday: 9}) is None
    assert logic.whole_weekday({}) is None
