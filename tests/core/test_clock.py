"""Days are counted in the country's zone, and a sample country knows no day after its own."""

from __future__ import annotations

from datetime import UTC, date, datetime

from floreo.core import clock

LATE = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # nine in the evening of the day before in Belize


def test_a_moment_is_of_the_day_that_it_was_in_the_country() -> None:
    with clock.pinned_day(zone="America/Belize"):
        assert clock.day_of(LATE) == date(2026, 11, 24)
    with clock.pinned_day():
        assert clock.day_of(LATE) == date(2026, 11, 25)


def test_what_is_done_after_the_day_on_which_a_sample_stands_still_is_of_that_day() -> None:
    with clock.pinned_day(zone="America/Belize", day=date(2026, 11, 20)):
        assert clock.day_of(LATE) == date(2026, 11, 20)
        assert clock.day_of(datetime(2026, 11, 3, tzinfo=UTC)) == date(2026, 11, 2)


def test_what_is_to_come_keeps_its_day() -> None:
    with clock.pinned_day(zone="America/Belize", day=date(2026, 11, 20)):
        assert clock.calendar_day(LATE) == date(2026, 11, 24)
