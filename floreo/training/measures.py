"""The figures that training offers: (period, filters) -> Reading. They are about people: what is about few of them is not public."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from floreo.core import clock
from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.strategy.models import Edition
from floreo.training.logic import HOLDS_SEAT, CohortState, EnrolmentState, gains, median
from floreo.training.models import Audience, Cohort, Enrolment, EnrolmentQuerySet, Session
from floreo.training.queries import people_of, sector_words

_PEOPLE, _COHORTS = "/data/training_cohorts/", "/training/cohorts/"


def _narrowed(rows: EnrolmentQuerySet, filters: Filters) -> EnrolmentQuerySet:
    """Of the programmes that serve that objective, where the figure is of one."""
    if filters.objective_id is None:
        return rows
    return rows.filter(cohort__course__programme__objective=filters.objective_id)


def _completed(first: date, last: date) -> EnrolmentQuerySet:
    rows = Enrolment.objects.filter(completed_on__gte=first, completed_on__lte=last, cohort__state=CohortState.CLOSED)
    return rows.select_related("cohort__course__programme").order_by("completed_on", "pk")


def _ref(row: Enrolment, *, counted: bool = True) -> RecordRef:
    return RecordRef(str(row), f"{_COHORTS}{row.cohort.code}/", counted)


def _people(rows: Iterable[Enrolment]) -> Reading:
    found = list(people_of(list(rows)).values())
    number = Decimal(len(found))
    counts: dict[str, int] = {}
    for row in found:
        counts[row.sector] = counts.get(row.sector, 0) + 1
    groups = tuple(
        Group(sector_words(s), n, n) for s, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    return Reading(number, number, number, tuple(_ref(row) for row in found), groups)


def people_trained(period: Period, filters: Filters) -> Reading:
    """People who completed a course in the period, each counted once, by sector. Who is known by nothing but a name is counted with each
    course."""
    return _people(_narrowed(_completed(period.start, period.end), filters))


def _since(filters: Filters, period: Period) -> date:
    """The first day of the edition that the figure is of; else of the period."""
    edition = Edition.objects.filter(pk=filters.edition_id).first() if filters.edition_id is not None else None
    return edition.starts_on if edition is not None and edition.starts_on else period.start


def officials_trained(period: Period, filters: Filters) -> Reading:
    """Public officials who have completed a course for officials since the strategy began, each counted once, by sector: of the whole time
    up to the end of the period."""
    rows = _completed(_since(filters, period), period.end).filter(
        cohort__course__programme__audience=Audience.OFFICIALS
    )
    return _people(rows)


def people_trained_for_roles(period: Period, filters: Filters) -> Reading:
    """People who completed in the period a course that prepares for a role of a skills framework, of all who completed one. Each is
    in one group: the first role of the course."""
    found = list(
        people_of(
            list(_completed(period.start, period.end).prefetch_related("cohort__course__course_roles__item"))
        ).values()
    )
    groups: dict[str, int] = {}
    refs, number = [], 0
    for row in found:
        roles = list(row.cohort.course.course_roles.all())
        refs.append(_ref(row, counted=bool(roles)))
        if roles:
            number += 1
            groups[str(roles[0].item)] = groups.get(str(roles[0].item), 0) + 1
    return Reading(
        Decimal(number),
        Decimal(number),
        Decimal(len(found)),
        tuple(refs),
        tuple(Group(name, n, n) for name, n in sorted(groups.items())),
    )


def _held(period: Period) -> list[Session]:
    rows = Session.objects.exclude(cohort__state=CohortState.CANCELLED).select_related("cohort__course__programme")
    return [
        s
        for s in rows.order_by("starts_at", "pk")
        if period.start <= clock.calendar_day(s.starts_at) <= min(period.end, clock.today())
    ]


def training_sessions(period: Period, filters: Filters) -> Reading:
    """Sessions held in the period, by audience and language."""
    rows = _held(period)
    counts: dict[tuple[str, str], int] = {}
    words = dict(Audience.choices)
    for row in rows:
        name = str(words[row.cohort.course.programme.audience]), row.spoken_language
        counts[name] = counts.get(name, 0) + 1
    number = Decimal(len(rows))
    records = tuple(RecordRef(str(row), f"{_COHORTS}{row.cohort.code}/", counted=True) for row in rows)
    groups = tuple(Group(f"{audience} ({language})", n, n) for (audience, language), n in sorted(counts.items()))
    return Reading(number, number, number, records, groups)


def _of_closed(period: Period) -> list[Enrolment]:
    """Everybody who took part in a cohort that ended in the period and whose results are recorded; who left, too."""
    rows = Enrolment.objects.filter(
        cohort__state=CohortState.CLOSED,
        cohort__ends_on__gte=period.start,
        cohort__ends_on__lte=period.end,
        state__in=[*HOLDS_SEAT, EnrolmentState.WITHDRAWN],
    )
    return list(rows.select_related("cohort").order_by("cohort", "number"))


def share_completed(period: Period, filters: Filters) -> Reading:
    """Per cent of those who took part in a cohort that ended in the period and who completed it. Who left counts as not completed."""
    rows = _of_closed(period)
    done = [row.completed_on is not None for row in rows]
    records = tuple(_ref(row, counted=is_done) for row, is_done in zip(rows, done, strict=True))
    return Reading(share(sum(done), len(rows)), Decimal(sum(done)), Decimal(len(rows)), records)


def share_passed(period: Period, filters: Filters) -> Reading:
    """Per cent of those who sat the test at the end, in cohorts with a pass mark, and who passed it."""
    rows = [
        (row, row.score_after >= row.cohort.pass_mark)
        for row in _of_closed(period)
        if row.score_after is not None and row.cohort.pass_mark is not None
    ]
    passed = sum(has_passed for _row, has_passed in rows)
    records = tuple(_ref(row, counted=has_passed) for row, has_passed in rows)
    return Reading(share(passed, len(rows)), Decimal(passed), Decimal(len(rows)), records)


def median_gain(period: Period, filters: Filters) -> Reading:
    """Points between the test before and the test after, of 100: the median over everybody who sat both."""
    rows = [r for r in _of_closed(period) if r.score_before is not None and r.score_after is not None]
    found = gains((r.score_before, r.score_after) for r in rows)
    number = Decimal(len(found))
    return Reading(median(found), number, number, tuple(_ref(row) for row in rows))


def seats_offered(period: Period, filters: Filters) -> Reading:
    """Seats in cohorts that began in the period, but those that were cancelled. Cohorts without a number of seats are left out."""
    rows = Cohort.objects.exclude(state=CohortState.CANCELLED).filter(
        starts_on__gte=period.start, starts_on__lte=period.end, is_history=False
    )
    known = [c for c in rows.order_by("starts_on", "pk") if c.capacity is not None]
    number = Decimal(sum(c.capacity or 0 for c in known))
    records = tuple(RecordRef(c.title, f"{_COHORTS}{c.code}/", counted=True) for c in known)
    unknown = rows.filter(capacity=None).count()
    return Reading(number, number, None, records, left_out=(("cohorts_without_seats", unknown),) if unknown else ())
