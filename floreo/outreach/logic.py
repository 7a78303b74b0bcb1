"""Outreach in plain Python: whether a phone's clock can be believed, what a day with a wrong one was, rates for a number of inhabitants, who has been
silent. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CLOCK_TOLERANCE = timedelta(hours=36)  # a phone in another zone, or set by hand, is not wrong yet
OLDEST = timedelta(days=180)  # a session that arrives later than this after its day is looked at
SILENT_AFTER = timedelta(days=60)
ANSWER_WITHIN = timedelta(days=14)  # a request for an ambassador
ACTIVE_WITHIN = timedelta(days=365)  # an ambassador counts who held a session within so long
PER = 10_000  # inhabitants

BANDS = (
    "people_12",
    "people_17",
    "people_34",
    "people_59",
    "people_60",
)  # up to 12, 13 to 17, 18 to 34, 35 to 59, 60 and over
MOST_IN_BAND = 5000
MOST_MINUTES = 12 * 60


class ClockDoubt(StrEnum):
    """Why the day of a session is not believed."""

    NONE = ""
    AHEAD = "ahead"  # the phone's clock, when it sent, was later than ours
    BEHIND = "behind"  # or earlier
    FUTURE = "future"  # the day is still to come
    BEFORE = "before"  # the day came after the session was written down
    OLD = "old"  # the day is long past


@dataclass(frozen=True)
class Clocks:
    """What a phone and the server say of when. `written`: the phone's clock when it was saved there; `sent`: when it was sent, which is the
    moment `received` by ours. Both of the phone's are missing where a form without a script was sent, or paper typed in."""

    happened_on: date
    received: datetime
    today: date
    written: datetime | None = None
    sent: datetime | None = None


def offset_of(clocks: Clocks) -> timedelta:
    """How far the phone's clock is behind ours; nothing where it is within tolerance or not known."""
    if clocks.sent is None:
        return timedelta(0)
    behind = clocks.received - clocks.sent
    return behind if abs(behind) > CLOCK_TOLERANCE else timedelta(0)


def doubt_of(clocks: Clocks) -> ClockDoubt:
    """Why the day is to be looked at before the session is counted; NONE where nothing speaks against it."""
    offset = offset_of(clocks)
    if offset:
        return ClockDoubt.BEHIND if offset > timedelta(0) else ClockDoubt.AHEAD
    if clocks.happened_on > clocks.today:
        return ClockDoubt.FUTURE
    if clocks.written is not None and clocks.happened_on > (clocks.written + timedelta(days=1)).date():
        return ClockDoubt.BEFORE
    if clocks.today - clocks.happened_on > OLDEST:
        return ClockDoubt.OLD
    return ClockDoubt.NONE


def likely_day(clocks: Clocks) -> date:
    """The day as it was if the phone's clock was as wrong then as when it sent; never a day to come. It is proposed, not written."""
    days = round(offset_of(clocks) / timedelta(days=1))
    return min(clocks.happened_on + timedelta(days=days), clocks.today)


def rate(count: int, inhabitants: int | None) -> Decimal | None:
    """For 10,000 inhabitants, to a tenth; None where the inhabitants are not known."""
    if not inhabitants:
        return None
    return (Decimal(count) * PER / Decimal(inhabitants)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def days_silent(last_on: date | None, certified_on: date | None, today: date) -> int | None:
    """Since the last session, or since the certificate where there was none; None where neither is known."""
    since = max((day for day in (last_on, certified_on) if day is not None), default=None)
    return None if since is None else max((today - since).days, 0)


def is_silent(days: int | None) -> bool:
    return days is not None and days >= SILENT_AFTER.days


def due_of(received_on: date) -> date:
    return received_on + ANSWER_WITHIN


def short_of(place_code: str) -> str:
    """The district in numbers: XP-FC is FC."""
    return place_code.rpartition("-")[2].upper()[:6]


def reference_of(place_code: str, number: int) -> str:
    """The number that the ambassador is given: FC-0412. The number itself is of the whole country."""
    return f"{short_of(place_code)}-{number:04d}"


def next_code(place_code: str, taken: Iterable[str]) -> str:
    """The code of the next ambassador of a district: FC-03. A number is not given twice, also after somebody left."""
    start = f"{short_of(place_code)}-"
    used = [int(rest) for code in taken if code.startswith(start) and (rest := code.removeprefix(start)).isdigit()]
    return f"{start}{max(used, default=0) + 1:02d}"


def fit(*, district: int, wanted_district: int, languages: Sequence[str], wanted: str) -> int:
    """How well an ambassador fits a request: 3 district and language, 2 district, 1 language, 0 neither."""
    return 2 * (district == wanted_district) + (not wanted or wanted in languages)
