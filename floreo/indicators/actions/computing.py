"""Readings that measures compute. What is frozen is never computed again; what is not, always may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.figures import Measure
from floreo.core.writing import save, touch
from floreo.indicators.actions.freezing import mark_frozen
from floreo.indicators.actions.record_lists import COLUMNS, OF_PEOPLE, delete_unused_lists, save_computed, save_lists
from floreo.indicators.logic import Period, period_of, previous
from floreo.indicators.measuring import Asked, Known, Taken, due_periods, measure_of, rhythm, take, waits_of
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.queries import current_reading
from floreo.offers import measures
from floreo.strategy.plan_facts import plan_facts

Key = tuple[int, Period]
LATE = timedelta(days=60)  # for which records of a period that is over may come, of a measure that waits for them
LISTED = 200  # frozen readings named one by one in the trail; beyond that, how many


@action("reading.taken", needs=Permission.READING_ENTER, quiet=True)
def take_reading(indicator: Indicator, *, by: Actor, period: Period | None = None) -> Reading:
    """Computes the reading of `period` (the running one, unless said) and keeps it with its working. A reading that is
    not frozen is replaced. Raises Refused when people enter this figure, or its records do not know that day."""
    today = clock.today()
    measure = _measure_or_refuse(indicator)
    period = period or period_of(today, rhythm(indicator))
    _must_be_known(measure, period, today)
    reading = current_reading(indicator, period)
    if reading is not None and reading.is_frozen:
        raise Refused(
            _("The value of this period is frozen. If it is wrong, correct it: both values stay visible."),
            code="frozen",
        )
    _mark_about_people(indicator, measure)
    with plan_facts():
        taken = take(indicator, period, today)
    if reading is None:
        reading = Reading(indicator=indicator, starts_on=period.start, ends_on=period.end)
    before = current_reading(indicator, previous(period, rhythm(indicator)))
    save_computed(reading, taken, save_lists([taken])[taken.sha256], before=before, at=clock.now(), by=by)
    save(reading)
    delete_unused_lists()
    return reading


def _measure_or_refuse(indicator: Indicator) -> Measure:
    measure = measure_of(indicator)
    if measure is None:
        raise Refused(
            _("People enter the values of this indicator, so there is nothing to calculate."), code="not_computed"
        )
    return measure


def _mark_about_people(indicator: Indicator, measure: Measure) -> None:
    """What a measure counts as people is about people, also for an indicator that is older than the measure's saying so."""
    if measure.about_people and not indicator.about_people:
        indicator.about_people = True
        save(indicator)


def _must_be_known(measure: Measure, period: Period, today: date) -> None:
    if period.start > today:
        raise Refused(_("This period has not begun. Choose an earlier period."), code="period_to_come")
    if not measure.knows_past and period.end < today:
        raise Refused(
            _("The records do not show values on past days, so only the current period can be calculated."),
            code="past_unknown",
        )


@dataclass
class _Work:
    """One round over many indicators."""

    by: Actor
    today: date
    again: bool  # also what was computed before and is not frozen
    at: datetime = field(default_factory=clock.now)
    have: dict[Key, Reading] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)  # indicators that had a reading before this round

    def load(self, indicators: QuerySet[Indicator]) -> None:
        rows = Reading.objects.current().of_the_country().filter(indicator__in=indicators.order_by().values("pk"))
        for reading in rows.iterator(chunk_size=2000):
            self.have[reading.indicator_id, reading.period] = reading
            self.known.add(reading.indicator_id)

    def _may_change(self, measure: Measure, period: Period) -> bool:
        """Whether records of a period that is over may have come since, of a measure that waits for them."""
        return measure.waits is not None and self.today - period.end <= LATE

    def due(self, indicator: Indicator, measure: Measure) -> Iterator[Period]:
        """Periods to compute now."""
        for period in due_periods(indicator, measure, self.today):
            reading = self.have.get((indicator.pk, period))
            runs = period.end >= self.today
            if reading is None:
                yield period
            elif reading.is_frozen or not reading.measure:
                continue
            elif runs or (
                measure.knows_past and (self.again or reading.on < reading.ends_on or self._may_change(measure, period))
            ):
                yield period


def _round(work: _Work, indicators: QuerySet[Indicator]) -> int:
    """Computes all that is due. An indicator's very first readings freeze for the periods that are over: nobody saw
    them before, so nobody can be surprised. Later ones wait for a person, and so do those of which something is still to come."""
    work.load(indicators)
    takings: list[tuple[Indicator, Period, Taken]] = []
    known: Known = {}
    with plan_facts():
        for indicator in indicators:
            measure = measures()[indicator.measure]
            _mark_about_people(indicator, measure)
            for period in work.due(indicator, measure):
                taken = take(indicator, period, work.today, known)
                if not taken.is_empty or (indicator.pk, period) in work.have:
                    takings.append((indicator, period, taken))
    lists = save_lists(taken for _indicator, _period, taken in takings)
    made: list[Reading] = []
    changed: list[Reading] = []
    first: list[Reading] = []
    for indicator, period, taken in takings:
        reading = work.have.get((indicator.pk, period))
        is_new = reading is None
        reading = reading or Reading(indicator=indicator, starts_on=period.start, ends_on=period.end)
        before = work.have.get((indicator.pk, previous(period, rhythm(indicator))))
        if save_computed(reading, taken, lists[taken.sha256], before=before, at=work.at, by=work.by):
            (made if is_new else changed).append(reading)
        if is_new and period.end < work.today and indicator.pk not in work.known:
            first.append(reading)
    asked: Asked = {}
    for reading in first:
        if not waits_of([reading], asked):
            mark_frozen(reading, at=work.at, by=work.by)
    _save(made, changed)
    return len(takings)


def _save(made: list[Reading], changed: list[Reading]) -> None:
    Reading.objects.bulk_create(made, batch_size=500)
    Reading.objects.bulk_update(changed, [*COLUMNS, "records", "taken_at", "taken_by", *OF_PEOPLE], batch_size=200)
    if not made and not changed:
        return
    touch([*made, *changed])
    delete_unused_lists()
    frozen = [r for r in made if r.is_frozen]
    note(readings={"made": len(made), "changed": len(changed), "frozen": len(frozen)})
    if frozen:
        note(frozen=[[r.indicator.code, r.period.label, str(r.value)] for r in frozen[:LISTED]])


def _computed() -> QuerySet[Indicator]:
    return Indicator.objects.filter(measure__in=measures()).select_related("edition").order_by("edition_id", "pk")


@action("readings.taken", needs=None, quiet=True)
def take_due_readings(*, by: Actor) -> int:
    """Computes what is due: the running period as of today, past periods without a reading, and the last word on those
    that have just ended. Called by the worker. Anybody may start it: it says only what the records say. Returns how
    many were computed."""
    return _round(_Work(by, clock.today(), again=False), _computed())


@action("readings.recomputed", needs=Permission.INDICATOR_DEFINE, quiet=True)
def recompute_all(*, by: Actor, indicators: QuerySet[Indicator] | None = None) -> int:
    """Computes every reading that is not frozen afresh, and what is due; of `indicators` only, where they are given.
    Returns how many were computed."""
    chosen = _computed() if indicators is None else _computed().filter(pk__in=indicators.order_by().values("pk"))
    return _round(_Work(by, clock.today(), again=True), chosen)
