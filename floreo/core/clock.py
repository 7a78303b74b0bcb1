"""What time and what day it is. Everything asks here, so tests and the sample country can stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

# What people, mail and files may say of a time. The oldest cases that a team imports are younger than the first year.
FIRST_YEAR = 1980
YEARS_AHEAD = 10
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2199, 12, 31)  # of days without a time: laws are old, plans are long

_zone: ContextVar[str] = ContextVar("zone", default="UTC")
_day: ContextVar[date | None] = ContextVar("day", default=None)
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """This moment, in UTC; or that of a sample's story which is being played."""
    return _moment.get() or machine()


def machine() -> datetime:
    """What the machine's own clock says, whatever story is being played: for the trail."""
    return datetime.now(tz=UTC)


def today() -> date:
    """The calendar day in the country's own zone, or the day on which a sample country's calendar is stopped."""
    return _day.get() or calendar_day(now())


def calendar_day(moment: datetime) -> date:
    """Which day it is in the country at `moment`; where that cannot be counted, at the edges of the calendar, its own day."""
    try:
        return moment.astimezone(zone()).date()
    except OverflowError:
        return moment.date()


def day_of(moment: datetime) -> date:
    """The calendar day of something that happened at `moment`; where a sample country's calendar is stopped, none after its day."""
    return min(calendar_day(moment), today())


def is_sound(moment: datetime) -> bool:
    """Whether somebody can mean that moment: not before the first year in the country, nor more than ten years ahead. Asked before a
    moment from outside is kept or counted with: at the edges of the calendar it has no time in another zone."""
    return datetime(FIRST_YEAR, 1, 1, tzinfo=zone()) <= moment <= machine() + timedelta(days=YEARS_AHEAD * 366)


def sound(moment: datetime | None) -> datetime | None:
    """That moment, or none where nobody can mean it."""
    return moment if moment is not None and is_sound(moment) else None


def is_sound_day(day: date) -> bool:
    """Whether somebody can mean that day."""
    return FIRST_DAY <= day <= LAST_DAY


def zone() -> ZoneInfo:
    """The zone in which days are counted: the country's own where a request or a job runs in it."""
    return ZoneInfo(_zone.get())


@contextmanager
def pinned_day(*, zone: str = "UTC", day: date | None = None) -> Iterator[None]:
    """Within it, days are counted in `zone`; with `day`, the calendar is stopped on it."""
    zone_token, day_token = _zone.set(zone), _day.set(day)
    try:
        yield
    finally:
        _zone.reset(zone_token)
        _day.reset(day_token)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Within it, it is `moment`; a sample country whose calendar is stopped stays on its day."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within it, it is `moment`, and its day in the zone in which days are counted: a sample's story is played as it happened."""
    day = moment.astimezone(zone()).date()
    day_token, moment_token = _day.set(day), _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(moment_token)
        _day.reset(day_token)
