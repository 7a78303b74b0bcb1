"""The values that consultations offer: (period, filters) -> Reading.

Days to an answer count what is not answered yet (core/durations.py): a median of the answered ones alone flatters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from floreo.consultation.models import Comment, CommentQuerySet, Consultation
from floreo.core import clock
from floreo.core.durations import MEDIAN, duration, estimate
from floreo.core.figures import Filters, Period, Reading, RecordRef, share


def _received(period: Period) -> CommentQuerySet:
    rows = Comment.objects.counted().filter(received_on__gte=period.start, received_on__lte=period.end)
    return rows.select_related("consultation").order_by("received_on", "pk")


def _answered_on(consultation: Consultation, period: Period) -> date | None:
    """The day of its answer, as it was known at the end of the period."""
    if consultation.answered_at is None or not consultation.is_answered:
        return None
    day = clock.calendar_day(consultation.answered_at)
    return day if day <= period.end else None


def _refs(rows: Iterator[tuple[Comment, bool]]) -> tuple[RecordRef, ...]:
    return tuple(RecordRef(row.reference, "/data/consultation_comments/", is_counted) for row, is_counted in rows)


def comments_received(period: Period, filters: Filters) -> Reading:
    """How many comments came in the period, by any channel, but those that were taken back."""
    rows = list(_received(period))
    number = Decimal(len(rows))
    return Reading(number, number, number, _refs((row, True) for row in rows))


def share_comments_answered(period: Period, filters: Filters) -> Reading:
    """Per cent of the comments of the period whose consultation has a published response."""
    rows = [(row, _answered_on(row.consultation, period) is not None) for row in _received(period)]
    answered = sum(is_answered for _row, is_answered in rows)
    return Reading(share(answered, len(rows)), Decimal(answered), Decimal(len(rows)), _refs(iter(rows)))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def median_days_to_answer(period: Period, filters: Filters) -> Reading:
    """Days until half of the comments of the period had an answer; None where fewer have one."""
    until = _noon(min(period.end, clock.today()))
    timed = []
    for row in _received(period):
        answered = _answered_on(row.consultation, period)
        lasted = duration(_noon(row.received_on), _noon(answered) if answered else None, until)
        if lasted is not None:
            timed.append((row, lasted))
    found = estimate(lasted for _row, lasted in timed)
    value = found.quantile(MEDIAN).value
    return Reading(
        None if value is None else Decimal(value // timedelta(days=1)),
        Decimal(found.ended),
        Decimal(found.count),
        _refs((row, lasted.is_over) for row, lasted in timed),
    )


def share_consultations_answered(period: Period, filters: Filters) -> Reading:
    """Per cent of the consultations that closed in the period and have a published response."""
    rows = Consultation.objects.out().exclude(closes_at=None).order_by("closes_at", "pk")
    closed = [c for c in rows if c.closes_at and period.start <= clock.calendar_day(c.closes_at) <= period.end]
    over = [c for c in closed if c.phase != "open"]
    done = [(c, _answered_on(c, period) is not None) for c in over]
    records = tuple(RecordRef(c.title, f"/consultations/{c.code}/", is_done) for c, is_done in done)
    answered = sum(is_done for _c, is_done in done)
    return Reading(share(answered, len(done)), Decimal(answered), Decimal(len(done)), records)


def organisations_consulted(period: Period, filters: Filters) -> Reading:
    """Organisations that commented in the period, each counted once by its name. Only comments that somebody has read: the name is what
    the writer typed."""
    first: dict[str, Comment] = {}
    for row in _received(period).read():
        if name := " ".join(row.organisation_name.casefold().split()):
            first.setdefault(name, row)
    number = Decimal(len(first))
    return Reading(number, number, number, _refs((row, True) for row in first.values()))


def kinds_of_respondents(period: Period, filters: Filters) -> Reading:
    """Of the kinds of respondents (citizens, businesses, academia and others), how many commented in the period. Only comments that
    somebody has read: the kind is what the writer chose."""
    first: dict[str, Comment] = {}
    for row in _received(period).read():
        first.setdefault(row.respondent, row)
    number = Decimal(len(first))
    return Reading(number, number, number, _refs((row, True) for row in first.values()))
