"""Reads of training used more than once: seats, who is expected, who came, what came of it, and figures for everybody."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from floreo.core.figures import SMALL
from floreo.core.sectors import Sector
from floreo.core.spelling import plain
from floreo.organisations.logic import Presence
from floreo.training import moments
from floreo.training.logic import (
    HOLDS_SEAT,
    CohortState,
    EnrolmentState,
    Result,
    gains,
    is_small,
    median,
    result_of,
    seats_left,
    share_of,
)
from floreo.training.models import Attendance, Cohort, Enrolment, Feedback, Session, SignUp


def mail_key(mail: str) -> str:
    """By which the same address is known again, without the address; "" of none."""
    clean = mail.strip().casefold()
    if not clean:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), f"training-mail|{clean}".encode(), hashlib.sha256).hexdigest()


def check_in_key() -> bytes:
    """With which the codes at the door are made."""
    return hmac.new(settings.SECRET_KEY.encode(), b"training-door", hashlib.sha256).digest()


def taken(cohort: Cohort) -> int:
    return cohort.enrolments.filter(state__in=HOLDS_SEAT).count()


def waiting(cohort: Cohort) -> int:
    return cohort.enrolments.filter(state=EnrolmentState.WAITING).count()


@dataclass(frozen=True)
class Seats:
    capacity: int | None
    taken: int
    waiting: int

    @property
    def left(self) -> int | None:
        return seats_left(self.capacity, self.taken)

    @property
    def is_full(self) -> bool:
        """Whether who signs up now goes on the waiting list."""
        return self.left == 0 or (self.left is not None and self.waiting > 0)


def seats_of(cohorts: Iterable[Cohort]) -> dict[int, Seats]:
    """The seats of each, in one query."""
    rows = list(cohorts)
    counts: dict[int, Counter[str]] = {c.pk: Counter() for c in rows}
    found = Enrolment.objects.filter(cohort__in=[c.pk for c in rows], state__in=[*HOLDS_SEAT, EnrolmentState.WAITING])
    for pk, state, number in found.order_by().values_list("cohort", "state").annotate(Count("pk")):
        counts[pk][state] += number
    return {
        c.pk: Seats(c.capacity, sum(counts[c.pk][s] for s in HOLDS_SEAT), counts[c.pk][EnrolmentState.WAITING])
        for c in rows
    }


def open_now() -> list[Cohort]:
    """The public cohorts for which anybody can sign up at this moment, the next first."""
    now = moments.now()
    rows = Cohort.objects.visible_to(None).filter(state=CohortState.PLANNED, sign_up=SignUp.OPEN)
    rows = rows.filter(Q(sign_up_opens_at=None) | Q(sign_up_opens_at__lte=now))
    rows = rows.filter(Q(sign_up_closes_at=None) | Q(sign_up_closes_at__gt=now))
    return list(rows.select_related("course__programme", "place").order_by("starts_on", "pk"))


# --- Who is expected, and who came --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AttendanceRow:
    """One line of an attendance list."""

    enrolment: Enrolment
    attendance: Attendance | None

    @property
    def is_present(self) -> bool:
        return self.attendance is not None and self.attendance.presence == Presence.PRESENT


def expected(session: Session) -> QuerySet[Enrolment]:
    """Who has a seat, by name."""
    return (
        session.cohort.enrolments.filter(state__in=HOLDS_SEAT).select_related("organisation").order_by("name", "number")
    )


def list_of(session: Session) -> list[AttendanceRow]:
    """Everybody who has a seat, and whether they came; those who left the course later, where they came."""
    came = {a.enrolment_id: a for a in session.attendances.exclude(enrolment=None)}
    rows = session.cohort.enrolments.filter(Q(state__in=HOLDS_SEAT) | Q(pk__in=[pk for pk in came if pk is not None]))
    return [AttendanceRow(e, came.get(e.pk)) for e in rows.select_related("organisation").order_by("name", "number")]


def walk_ins(session: Session) -> list[Attendance]:
    return list(session.attendances.filter(enrolment=None).select_related("organisation").order_by("pk"))


def named_alike(one: str, other: str) -> bool:
    """Whether two ways of writing a name mean the same: case, accents and the order of its words aside."""
    return bool(one.strip()) and sorted(plain(one).split()) == sorted(plain(other).split())


# --- Results ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultLine:
    enrolment: Enrolment
    result: Result


def results_of(cohort: Cohort) -> list[ResultLine]:
    """What would come of the course now for everybody with a seat, by attendance and tests."""
    number = cohort.sessions.count()
    came = Counter(
        Attendance.objects.filter(session__cohort=cohort, presence=Presence.PRESENT)
        .exclude(enrolment=None)
        .values_list("enrolment", flat=True)
    )
    return [
        ResultLine(
            each,
            result_of(
                attended=came[each.pk],
                sessions=number,
                min_attendance=cohort.min_attendance,
                pass_mark=cohort.pass_mark,
                score_after=each.score_after,
            ),
        )
        for each in cohort.enrolments.filter(state__in=HOLDS_SEAT).select_related("organisation")
    ]


@dataclass(frozen=True)
class Account:
    """One cohort in figures. None is not known; what is about too few for everybody to see is marked by `few`."""

    enrolled: int
    completed: int
    tested: int
    passed: int
    gain: Decimal | None
    few: bool
    sectors: tuple[tuple[str, int], ...] = ()

    @property
    def share_completed(self) -> Decimal | None:
        return share_of(self.completed, self.enrolled)

    @property
    def share_passed(self) -> Decimal | None:
        return share_of(self.passed, self.tested)


def account_of(cohort: Cohort) -> Account:
    """Everybody who had a seat when it was closed, those who left included: who leaves does not better the share."""
    rows = list(cohort.enrolments.filter(state__in=[*HOLDS_SEAT, EnrolmentState.WITHDRAWN]))
    completed = [e for e in rows if e.completed_on is not None]
    tested = [e for e in rows if e.score_after is not None and cohort.pass_mark is not None]
    passed = [
        e
        for e in tested
        if e.score_after is not None and cohort.pass_mark is not None and e.score_after >= cohort.pass_mark
    ]
    found = gains((e.score_before, e.score_after) for e in rows)
    counts = [len(completed), len(rows) - len(completed), len(passed), len(tested) - len(passed), len(rows)]
    return Account(
        enrolled=len(rows),
        completed=len(completed),
        tested=len(tested),
        passed=len(passed),
        gain=median(found) if len(found) >= SMALL else None,
        few=any(is_small(n) for n in counts),
        sectors=tuple(Counter(e.sector for e in completed).most_common()),
    )


@dataclass(frozen=True)
class FeedbackAccount:
    """What participants thought: nothing at all while so few answered that one could be known by it."""

    answers: int
    mean: Decimal | None = None
    counts: tuple[tuple[int, int], ...] = ()
    texts: tuple[str, ...] = field(default=())


def feedback_of(cohort: Cohort) -> FeedbackAccount:
    rows = list(Feedback.objects.filter(cohort=cohort))
    if len(rows) < SMALL:
        return FeedbackAccount(len(rows))
    counts = Counter(row.rating for row in rows)
    mean = (Decimal(sum(row.rating for row in rows)) / len(rows)).quantize(Decimal("0.1"))
    texts = tuple(sorted(row.text for row in rows if row.text))
    return FeedbackAccount(len(rows), mean, tuple((n, counts[n]) for n in range(5, 0, -1)), texts)


def people_of(rows: Sequence[Enrolment]) -> dict[str, Enrolment]:
    """Each person once, by the first of their enrolments: known again by the register, by the address, else not at all."""
    found: dict[str, Enrolment] = {}
    for row in rows:
        name = f"person:{row.person_id}" if row.person_id else f"mail:{row.mail_key}"
        found.setdefault(name if row.person_id or row.mail_key else f"enrolment:{row.pk}", row)
    return found


def sector_words(sector: str) -> str:
    return str(dict(Sector.choices).get(sector, sector))
