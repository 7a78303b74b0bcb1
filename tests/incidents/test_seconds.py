"""Passing over all cases of a year by whole seconds gives what durations by moments give, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.durations import duration, estimate
from floreo.incidents.models import Case
from floreo.incidents.seconds import Lengths, Months, Seconds
from tests.incidents.made import case

START = datetime(2026, 3, 1, tzinfo=UTC)
seconds = st.integers(0, 5000)


@pytest.mark.long
@given(st.lists(st.tuples(seconds, st.none() | seconds), max_size=30), seconds)
def test_lengths_are_durations(pairs: list[tuple[int, int | None]], until: int) -> None:
    lengths = Lengths()
    for start, end in pairs:
        lengths.add(start, end, until)

    def at(second: int) -> datetime:
        return START + timedelta(seconds=second)

    found = [duration(at(start), None if end is None else at(end), at(until)) for start, end in pairs]
    assert lengths.estimate() == estimate(each for each in found if each is not None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        datetime(1999, 12, 31, 18, 0, 1, 400_000, tzinfo=UTC),
        datetime(2039, 1, 19, 3, 14, 8, 600_000, tzinfo=UTC),
    ],
)
def test_the_database_says_the_second(moment: datetime) -> None:
    made = case(received_at=moment)
    row = Case.objects.filter(pk=made.pk).values_list(Seconds("received_at"), Seconds("contained_at"))
    assert list(row) == [(round(moment.timestamp()), None)]


def test_a_month_begins_in_the_country() -> None:
    zone, months = clock.zone(), Months(2026)
    last = datetime(2026, 3, 31, 23, 59, 59, tzinfo=zone)
    assert [months.of(int((last + timedelta(seconds=n)).timestamp())) for n in (0, 1)] == [3, 4]
    assert months.of(int(datetime.combine(date(2026, 1, 1), datetime.min.time(), tzinfo=zone).timestamp())) == 1
