"""The calendar of a sample country, which is stopped, moved on by a person: each day that passes is worked out as the worker does
it on a real day, so that a tour shows things happen."""

from __future__ import annotations

from datetime import date, timedelta

from floreo.config.jobs import JOBS
from floreo.config.sample import is_replaying
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.actions import move_calendar
from floreo.organisations.queries import at_home, the_country

# What each new day brings, in the worker's order. Mail leaves by the outbox as always.
OF_A_DAY = ("statuses", "reviews", "decisions", "publications", "readings", "weekly_mail", "notices of findings")
MOST_DAYS = 366


def move_on(*, days: int) -> date:
    """Moves the calendar on by so many days, one after another, and returns the day on which it then is. Raises Refused for a real
    country, and while the sample's nights are still being replayed."""
    country = the_country()
    if country is None or not country.is_sample or country.calendar_day is None:
        raise Refused("Only the calendar of a sample country can be moved.", code="real")
    if is_replaying():
        raise Refused(
            "The sample's nights of reports are still being replayed. Try again in some minutes.", code="replaying"
        )
    if not 0 < days <= MOST_DAYS:
        raise Refused(f"Give a number of days from 1 to {MOST_DAYS}.", code="bad_days")
    first = country.calendar_day
    for number in range(1, days + 1):
        move_calendar(country, by=SYSTEM, day=first + timedelta(days=number))
        with at_home():
            for name in OF_A_DAY:
                JOBS[name].run()
    with at_home():
        return clock.today()
