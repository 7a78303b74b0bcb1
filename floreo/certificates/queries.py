"""Reads of certificates used more than once. Other apps ask here who is certified: `current_certificates`, `certificate_of`,
`certified_people`, `state_of`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from floreo.certificates.logic import State, Why, counts_of, state_on, why_not
from floreo.certificates.models import Certificate, CertificateQuerySet, Origin, SigningKey
from floreo.core import clock
from floreo.organisations.models import Person
from floreo.training.logic import CohortState
from floreo.training.models import Cohort, Course, Enrolment

# --- For other apps -----------------------------------------------------------------------------------------------


def current_certificates(*, on: date | None = None, course: Course | None = None) -> CertificateQuerySet:
    """Certificates that hold on that day (today): issued, not expired, not revoked. Whose certificate has lapsed is not among them."""
    rows = Certificate.objects.valid_on(on or clock.today())
    return rows if course is None else rows.filter(course=course)


def certificate_of(
    whom: Person | Enrolment, *, on: date | None = None, course: Course | None = None
) -> Certificate | None:
    """The certificate that somebody holds on that day, the one that lasts longest first; where none holds, the newest they ever had.
    `state_of` says which of the two it is. What was issued after that day does not count."""
    day = on or clock.today()
    who = Q(person=whom) if isinstance(whom, Person) else Q(enrolment=whom)
    rows = Certificate.objects.filter(who, issued_on__lte=day)
    rows = rows if course is None else rows.filter(course=course)
    valid = rows.valid_on(day).order_by(F("expires_on").desc(nulls_first=True), "-issued_on").first()
    return valid or rows.order_by("-issued_on", "-pk").first()


def state_of(certificate: Certificate | None, *, on: date | None = None) -> State | None:
    """In which state it is on that day (today); None for none."""
    return None if certificate is None else state_on(certificate, on or clock.today())


def certified_people(*, on: date | None = None, course: Course | None = None) -> set[int]:
    """Ids of the people in the register who hold a certificate on that day."""
    rows = current_certificates(on=on, course=course).exclude(person=None)
    return set(rows.values_list("person_id", flat=True))


# --- Issuing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody of a cohort, and why they get no certificate now, if they do not."""

    enrolment: Enrolment
    why: Why | None
    certificate: Certificate | None


def candidates_of(cohort: Cohort) -> list[Candidate]:
    """Everybody of a cohort, in the order of their numbers. Two queries."""
    held: dict[int, Certificate] = {}
    revoked: set[int] = set()
    for each in Certificate.objects.filter(enrolment__cohort=cohort):
        if each.enrolment_id is not None and each.revoked_on is not None:
            revoked.add(each.enrolment_id)
        elif each.enrolment_id is not None:
            held[each.enrolment_id] = each
    rows = Enrolment.objects.filter(cohort=cohort).select_related("person", "organisation").order_by("number")
    return [
        Candidate(
            each,
            why_not(
                holds_seat=each.holds_seat,
                has_name=bool(each.name.strip()) and not each.is_erased,
                completed_on=each.completed_on,
                passed=each.passed,
                has_one=each.pk in held,
                was_revoked=each.pk in revoked,
            ),
            held.get(each.pk),
        )
        for each in rows
    ]


def cohorts_to_certify() -> QuerySet[Cohort]:
    """Cohorts whose results are recorded, with somebody who completed the course and was issued no certificate of it (`waiting`)."""
    completed = Q(
        enrolments__completed_on__isnull=False, enrolments__is_erased=False, enrolments__state__in=_SEATED
    ) & ~Q(enrolments__passed=False)
    certified = Certificate.objects.filter(enrolment__isnull=False).values("enrolment")
    waiting = Count(
        "enrolments", filter=completed & ~Q(enrolments__in=certified) & ~Q(enrolments__name=""), distinct=True
    )
    rows = Cohort.objects.filter(state=CohortState.CLOSED).annotate(waiting=waiting).filter(waiting__gt=0)
    return rows.select_related("course__programme").order_by("closed_on", "pk")


_SEATED = ("confirmed",)


def held_without_completion() -> QuerySet[Cohort]:
    """Cohorts whose results were recorded again, with somebody who holds a certificate of it and did not complete it (`without`)."""
    without = Count(
        "enrolments__certificates",
        filter=Q(enrolments__completed_on=None, enrolments__certificates__revoked_on=None),
        distinct=True,
    )
    return (
        Cohort.objects.filter(state=CohortState.CLOSED).annotate(without=without).filter(without__gt=0).order_by("pk")
    )


def expiring(day: date) -> CertificateQuerySet:
    """Certificates that hold and end within sixty days, and were not renewed."""
    rows = Certificate.objects.in_state(State.EXPIRES_SOON, day)
    return rows.exclude(pk__in=Certificate.objects.filter(renews__isnull=False, revoked_on=None).values("renews"))


def to_invite(day: date) -> CertificateQuerySet:
    """Whom nobody invited to renew yet, and who can be reached."""
    return expiring(day).filter(invited_on=None, is_erased=False).exclude(mail="").exclude(origin=Origin.ENTERED)


# --- Keys and lists -----------------------------------------------------------------------------------------------


def keys_that_count() -> list[SigningKey]:
    """The newest first."""
    return [each for each in SigningKey.objects.all() if each.counts]


def revoked_places(number: int) -> list[int]:
    """Bits of that status list that are set: what was revoked, whatever its day."""
    rows = Certificate.objects.filter(revoked_on__isnull=False).exclude(origin=Origin.ENTERED)
    places = (each.list_place for each in rows.only("serial"))
    return sorted(bit for at, bit in places if at == number)


def lists_needed() -> list[int]:
    last = Certificate.objects.order_by("-serial").first()
    return list(range(1, last.list_place[0] + 1)) if last is not None else []


# --- Counts -------------------------------------------------------------------------------------------------------


def counts_by_course(day: date) -> Mapping[int, dict[State, int]]:
    """How many certificates of each course are in which state. One query."""
    states: dict[int, list[State | None]] = defaultdict(list)
    rows = Certificate.objects.exclude(course=None).only("course_id", "issued_on", "expires_on", "revoked_on")
    for each in rows:
        states[int(each.course_id or 0)].append(state_on(each, day))
    return {pk: counts_of(found) for pk, found in states.items()}
