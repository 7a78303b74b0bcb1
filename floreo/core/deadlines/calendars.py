"""Working days, hours of service and the arithmetic of due times, in one time zone.

A due time of days or months is the last microsecond of its day. Pauses are lists of (start, end) in order, without overlap;
`end` None goes on."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from floreo.core.deadlines.rules import Amount, Unit

Span = tuple[datetime, datetime | None]

_DAY = timedelta(days=1)
_LONGEST = 20_000  # days: a calendar without a working day in that time has none


@dataclass(frozen=True)
class Calendar:
    """`weekend` holds weekdays (Monday is 0). `hours` are the hours of service of each weekday in local time; a weekday that it
    does not name has none. `holidays_until` is the last day of which the holidays are known; None: nobody said."""

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    hours: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    holidays_until: date | None = None

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def instant(self, day: date, at: time) -> datetime:
        """That local time, in UTC. One that the clocks skip is the moment at which they are put forward; of one that comes twice,
        the first."""
        local = datetime.combine(day, at, tzinfo=self.zone)
        found = local.astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return found
        # In the hour that is skipped, the offset after it gives a moment before it, and the one before it a moment after.
        before, after = sorted((found, local.replace(fold=1).astimezone(UTC)))
        while after - before > timedelta(seconds=1):
            middle = before + (after - before) / 2
            if middle.astimezone(self.zone).utcoffset() == before.astimezone(self.zone).utcoffset():
                before = middle
            else:
                after = middle
        return after.replace(microsecond=0)

    def end_of(self, day: date) -> datetime:
        return self.instant(day + _DAY, time()) - timedelta(microseconds=1)

    def windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Hours of service on that day, in UTC."""
        if self.is_working(day):
            for opens, closes in self.hours.get(day.weekday(), ()):
                yield self.instant(day, opens), self.instant(day, closes) if closes != time.max else self.end_of(day)

    def next_working(self, day: date) -> date:
        """The day itself or the first after it which is a working day. Raises ValueError where there is none."""
        for number in range(_LONGEST):
            if self.is_working(day + number * _DAY):
                return day + number * _DAY
        raise ValueError("This calendar has no working day.")


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def merged(spans: Sequence[Span]) -> list[Span]:
    """In order, and what overlaps or touches as one."""
    found: list[Span] = []
    for start, end in sorted(spans, key=lambda span: span[0]):
        if found and (found[-1][1] is None or start <= found[-1][1]):
            last_start, last_end = found[-1]
            found[-1] = (last_start, None if last_end is None or end is None else max(last_end, end))
        else:
            found.append((start, end))
    return found


def due_time(
    start: datetime, amount: Amount, calendar: Calendar, pauses: Sequence[Span], *, moves: bool = False
) -> datetime | None:
    """When `amount` from `start` is over; None where a pause that goes on holds it. With `moves`, a last day that is no working
    day gives way to the next. Raises ValueError for working time in a calendar that has none."""
    closed = [(begin, end) for begin, end in pauses if end is not None]
    match amount.unit:
        case Unit.HOURS:
            due = _hours(start, timedelta(hours=amount.number), closed)
        case Unit.WORKING_HOURS:
            due = _working_hours(start, timedelta(hours=amount.number), calendar, closed)
        case _:
            last = _last_day(calendar.day(start), amount, calendar, closed)
            due = calendar.end_of(calendar.next_working(last) if moves else last)
    goes_on = [begin for begin, end in pauses if end is None]
    return None if goes_on and due > min(goes_on) else due


def _hours(start: datetime, left: timedelta, pauses: Sequence[tuple[datetime, datetime]]) -> datetime:
    at = start.astimezone(UTC)
    for begin, end in pauses:
        if end <= at:
            continue
        runs = max(begin - at, timedelta())
        if runs >= left:
            break
        left -= runs
        at = end.astimezone(UTC)
    return at + left


def _working_hours(
    start: datetime, left: timedelta, calendar: Calendar, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    at, first = start.astimezone(UTC), calendar.day(start)
    if not left:
        return at
    for number in range(_LONGEST):
        for opens, closes in calendar.windows(first + number * _DAY):
            for begin, end in _without(max(opens, at), closes, pauses):
                if end - begin >= left:
                    return begin + left
                left -= end - begin
    raise ValueError("This calendar has no hours of service.")


def _without(
    begin: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of [begin, end] outside the pauses."""
    for paused, resumed in pauses:
        if begin < min(paused, end):
            yield begin, min(paused, end).astimezone(UTC)
        begin = max(begin, resumed.astimezone(UTC))
    if begin < end:
        yield begin, end


def _last_day(first: date, amount: Amount, calendar: Calendar, pauses: Sequence[tuple[datetime, datetime]]) -> date:
    """The last day of the period. A day at whose end a pause runs does not count: the period is counted as if it had begun as many
    days later. That keeps a later origin from being due earlier, also where months are of different length."""
    paused = _paused_days(calendar, pauses)
    shifted = first
    while True:
        last = _added(shifted, amount, calendar, paused)
        if amount.unit is Unit.WORKING_DAYS:
            return last
        again = first + _DAY * sum(first < day <= last for day in paused)
        if again == shifted:
            return last
        shifted = again


def _added(first: date, amount: Amount, calendar: Calendar, paused: frozenset[date]) -> date:
    if amount.unit is Unit.MONTHS:
        return add_months(first, amount.number)
    if amount.unit is Unit.CALENDAR_DAYS:
        return first + amount.number * _DAY
    return _nth(first, amount.number, lambda day: calendar.is_working(day) and day not in paused)


def _nth(first: date, number: int, counts: Callable[[date], bool]) -> date:
    """The `number`th day after `first` that counts."""
    day, left = first, number
    for _step in range(_LONGEST):
        if left == 0:
            return day
        day += _DAY
        left -= counts(day)
    raise ValueError("This calendar has no working day.")


def _paused_days(calendar: Calendar, pauses: Sequence[tuple[datetime, datetime]]) -> frozenset[date]:
    """Days at whose end one of the pauses runs."""
    found: set[date] = set()
    for begin, end in pauses:
        day = calendar.day(begin)
        while calendar.end_of(day) < end:
            found.add(day)
            day += _DAY
    return frozenset(found)
