"""Days are counted in the country's zone, and a sample country knows no day after its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from django.utils import timezone as django_timezone
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.ui import locale
from floreo.core.wording import unsound_time_text

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


# --- The edges of the calendar ------------------------------------------------------------------------------------

ZONES = st.sampled_from(["UTC", "America/Belize", "Asia/Tokyo", "Pacific/Kiritimati"])
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EDGES = st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])


@given(zone=ZONES, moment=st.datetimes(timezones=OFFSETS) | EDGES)
def test_every_moment_has_a_day_and_words(zone: str, moment: datetime) -> None:
    with clock.pinned_day(zone=zone), django_timezone.override(zone):
        clock.calendar_day(moment)
        assert locale.moment(moment)


@given(zone=ZONES, moment=st.datetimes(timezones=OFFSETS))
def test_a_sound_moment_can_be_counted_with_and_another_is_refused_in_a_sentence(zone: str, moment: datetime) -> None:
    with clock.pinned_day(zone=zone):
        if not clock.is_sound(moment):
            assert (clock.sound(moment), unsound_time_text(moment) is None) == (None, False)
            return
        assert (clock.sound(moment), unsound_time_text(moment)) == (moment, None)
        local = moment.astimezone(clock.zone())
        assert 1980 <= local.year <= clock.machine().year + 11


@given(day=st.dates())
def test_days_are_of_the_last_centuries_or_the_next(day: date) -> None:
    assert clock.is_sound_day(day) == (1800 <= day.year < 2200) == (unsound_time_text(day) is None)


def test_a_moment_without_a_time_in_the_country_is_shown_as_it_was_given() -> None:
    with django_timezone.override("America/Belize"):
        assert locale.moment(datetime.min.replace(tzinfo=UTC)) == "1 Jan 1, 00:00 UTC"
        assert locale.moment(datetime(2026, 11, 25, 3, 0, tzinfo=UTC)) == "24 Nov 2026, 21:00"
