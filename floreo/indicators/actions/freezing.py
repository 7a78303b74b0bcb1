"""The one place where a reading becomes frozen. Every way to it asks here whether all that its period needs has come, so that none
can forget it: by hand, with a period, with a report, in the first round of a measure, as a correction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.errors import Refused
from floreo.core.figures import Wait, previous
from floreo.indicators.actions.record_lists import save_computed, save_lists
from floreo.indicators.measuring import Taken, measure_of, rhythm, take, waits_of
from floreo.indicators.models import Reading
from floreo.indicators.presenters import day_text, value_text
from floreo.indicators.queries import current_reading
from floreo.strategy.plan_facts import plan_facts


def must_be_complete(readings: Iterable[Reading]) -> None:
    """Refused with what is waited for, while records of the period may still come or wait for a person."""
    if waits := waits_of(readings):
        raise Refused(_("This cannot be frozen yet. %(what)s") % {"what": text_of(waits)}, code="waits")


def text_of(waits: Iterable[Wait]) -> str:
    """All that is waited for, as one text."""
    return " ".join(each.text for each in waits)


def must_be_freezable(reading: Reading) -> None:
    """Refused where it is frozen, its period runs, or something of its period is still to come."""
    if reading.is_frozen:
        raise Refused(_("This value is already frozen."), code="frozen")
    if reading.ends_on > clock.today():
        raise Refused(
            _("Its period ends on %(day)s. Freeze the value after that.") % {"day": day_text(reading.ends_on)},
            code="period_runs",
        )
    must_be_complete([reading])


def mark_frozen(reading: Reading, *, at: datetime, by: Actor) -> None:
    """Writes who froze it and when; `must_be_complete` was asked about it in the same transaction."""
    reading.frozen_at, reading.frozen_by = at, by.actor_name


def _now(reading: Reading) -> Taken | None:
    """What its measure gives by now, of a measure that waits for records; None where the records do not know that day any more."""
    measure = measure_of(reading.indicator)
    if measure is None or measure.waits is None or not measure.knows_past:
        return None
    if reading.measure != reading.indicator.measure:  # entered, or calculated by another
        return None
    with plan_facts():
        return take(reading.indicator, reading.period, clock.today())


def must_be_last_word(reading: Reading) -> None:
    """Refused where its measure gives another value by now: nobody freezes a value that they did not see."""
    taken = _now(reading)
    if taken is None or all(
        getattr(reading, name) == taken.fields[name] for name in ("value", "numerator", "denominator")
    ):
        return
    now = Reading(indicator=reading.indicator, **{n: taken.fields[n] for n in ("value", "numerator", "denominator")})
    raise Refused(
        _(
            "Records of the period came after this value was calculated. Now it would be %(value)s. Calculate it again, then freeze it."
        )
        % {"value": value_text(now)},
        code="calculated_before",
    )


def take_last_word(reading: Reading, *, by: Actor) -> bool:
    """Puts into the reading what its measure gives by now. Whether that is something else."""
    taken = _now(reading)
    if taken is None:
        return False
    before = current_reading(reading.indicator, previous(reading.period, rhythm(reading.indicator)))
    lists = save_lists([taken])
    return save_computed(reading, taken, lists[taken.sha256], before=before, at=clock.now(), by=by)
