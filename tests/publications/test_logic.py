"""When something is out, and what a typed moment means."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.publications.logic import NoMoment, WrongMoment, is_out, moment_of

MOMENTS = st.integers(631_152_000, 3_786_912_000).map(lambda s: datetime.fromtimestamp(s, tz=UTC))  # 1990 to 2090
ZONES = st.sampled_from(
    ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]
)


def meant(day: date, at: time, zone: str) -> datetime | WrongMoment:
    """The moment, or why there is none."""
    try:
        return moment_of(day, at, zone)
    except NoMoment as wrong:
        return wrong.why


@given(MOMENTS, MOMENTS)
def test_an_embargo_ends_at_its_moment_and_not_before(embargo: datetime, now: datetime) -> None:
    assert is_out("ready", embargo, now=now) == (now >= embargo)
    assert not is_out("draft", embargo, now=now)
    assert not is_out("withdrawn", embargo, now=now)
    assert not is_out("ready", None, now=now)
    assert is_out("published", embargo, now=now)


def test_it_ends_to_the_second() -> None:
    embargo = datetime(2026, 12, 1, 15, 0, 0, tzinfo=UTC)
    assert [is_out("ready", embargo, now=embargo + timedelta(seconds=s)) for s in (-1, 0, 1)] == [False, True, True]


@given(MOMENTS, ZONES)
def test_a_moment_said_by_a_zone_s_clocks_comes_back_or_is_refused(moment: datetime, zone: str) -> None:
    local = moment.astimezone(ZoneInfo(zone))
    assert meant(local.date(), local.time(), zone) in {moment, WrongMoment.TWICE}


@given(st.dates(date(2000, 1, 1), date(2080, 1, 1)), st.times(), ZONES)
def test_whatever_is_typed_the_clocks_then_show_it(day: date, at: time, zone: str) -> None:
    found = meant(day, at, zone)
    if isinstance(found, datetime):
        assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(day, at)
    else:
        assert found in {WrongMoment.SKIPPED, WrongMoment.TWICE}


@pytest.mark.parametrize(
    ("day", "at", "zone", "why"),
    [
        (date(2026, 3, 29), time(1, 30), "Europe/London", WrongMoment.SKIPPED),
        (date(2026, 10, 25), time(1, 30), "Europe/London", WrongMoment.TWICE),
        (date(2026, 10, 25), time(1, 30), "Mars/Olympus", WrongMoment.NO_ZONE),
        (date(2026, 10, 25), time(1, 30), "../etc/passwd", WrongMoment.NO_ZONE),
        (date(2026, 10, 25), time(1, 30), "", WrongMoment.NO_ZONE),
    ],
)
def test_a_time_that_never_comes_or_comes_twice_is_no_moment(day: date, at: time, zone: str, why: WrongMoment) -> None:
    with pytest.raises(NoMoment) as caught:
        moment_of(day, at, zone)
    assert caught.value.why is why
