"""The values that the workforce offers: (period, filters) -> Reading."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from floreo.core.figures import Filters, Period, Reading, RecordRef, share
from floreo.training.models import Enrolment
from floreo.workforce.logic import counted_once, is_confirmed, published, share_of
from floreo.workforce.models import CatalogueCourse, CourseDate, Institution, WorkforceNeed
from floreo.workforce.queries import needs_of


def _dates(period: Period) -> list[CourseDate]:
    """Beginnings of courses in the period; of one that was hidden since, none."""
    rows = CourseDate.objects.filter(starts_on__gte=period.start, starts_on__lte=period.end, course__is_hidden=False)
    return list(rows.filter(course__institution__organisation__is_public=True).select_related("course"))


def courses_offered(period: Period, filters: Filters) -> Reading:
    """Courses that began at least once in the period."""
    held: dict[int, CatalogueCourse] = {}
    for each in _dates(period):
        held.setdefault(each.course_id, each.course)
    number = Decimal(len(held))
    return Reading(
        number, number, number, tuple(RecordRef(c.title, f"/courses/{c.code}/", counted=True) for c in held.values())
    )


def course_seats(period: Period, filters: Filters) -> Reading:
    """Seats of all beginnings in the period of which it is known how many can come."""
    rows = [each for each in _dates(period) if each.seats is not None]
    number = Decimal(sum(each.seats or 0 for each in rows))
    records = tuple(
        RecordRef(f"{each.course.title}, {each}", f"/courses/{each.course.code}/", counted=True) for each in rows
    )
    return Reading(number if rows else None, number, number, records)


def share_institutions_current(period: Period, filters: Filters) -> Reading:
    """Per cent of the institutions with courses in the catalogue that confirmed all of them within twelve months."""
    rows = list(CatalogueCourse.objects.listed().select_related("institution__organisation"))
    by: dict[Institution, list[date | None]] = {}
    for course in rows:
        by.setdefault(course.institution, []).append(course.checked_on)
    current = {body for body, days in by.items() if all(is_confirmed(day, period.end) for day in days)}
    records = tuple(
        RecordRef(body.organisation.name, body.organisation.get_absolute_url(), body in current) for body in by
    )
    return Reading(share(len(current), len(by)), Decimal(len(current)), Decimal(len(by)), records)


def share_needs_met(period: Period, filters: Filters) -> Reading:
    """Per cent of the posts needed for cybersecurity, in the newest answers at the end of the period, that are filled. Of the whole
    country only, and of nobody where fewer than three organisations answered: a part of it could be theirs."""
    rows = WorkforceNeed.objects.filter(is_public=True, as_of__lte=period.end)
    needs = needs_of(rows, until=period.end)
    if published(needs).is_withheld:
        return Reading(None, None, None)
    filled, needed = share_of(counted_once(needs))
    return Reading(share(filled, needed), Decimal(filled), Decimal(needed))


def people_trained_for_needs(period: Period, filters: Filters) -> Reading:
    """People who completed in the period a course that serves a role for which people are missing; each counted once."""
    rows = WorkforceNeed.objects.filter(is_public=True, as_of__lte=period.end)
    short = {need.role for need in counted_once(needs_of(rows, until=period.end)) if need.gap}
    done = Enrolment.objects.filter(completed_on__gte=period.start, completed_on__lte=period.end)
    done = done.filter(cohort__course__roles__in=short)
    people = {
        f"p{person}" if person else mail or f"e{pk}"
        for person, mail, pk in done.values_list("person", "mail_key", "pk")
    }
    number = Decimal(len(people))
    return Reading(number, number, number)
