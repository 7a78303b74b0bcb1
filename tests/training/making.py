"""What tests of training are made of: a programme with a course, a cohort with its sessions, and people who signed up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from floreo.core.access import SYSTEM
from floreo.training import moments
from floreo.training.access import ANYBODY, Participant
from floreo.training.actions import enrolling, running
from floreo.training.actions.enrolling import Who
from floreo.training.models import Cohort, Course, Enrolment, Programme, Session

CODE = "harbour-course"


def programme(**facts: Any) -> Programme:
    given: dict[str, Any] = {
        "title": "Harbour skills",
        "code": "harbour-skills",
        "audience": "officials",
        "is_public": True,
    }
    return running.make_programme(by=SYSTEM, **given | facts)


def course(of: Programme | None = None, **facts: Any) -> Course:
    given: dict[str, Any] = {"title": "Harbour security", "code": "harbour-security", "hours": 4}
    return running.make_course(of or programme(), by=SYSTEM, **given | facts)


def cohort(of: Course | None = None, *, days: int = 10, sessions: int = 1, **facts: Any) -> Cohort:
    """One that begins in so many days; its sessions are on following days, from 9 to 12 o'clock in the country's zone."""
    first = moments.now() + timedelta(days=days)
    given: dict[str, Any] = {
        "title": "Harbour security, first cohort",
        "code": CODE,
        "starts_on": first.date(),
        "ends_on": (first + timedelta(days=max(sessions - 1, 0))).date(),
        "capacity": 2,
        "sign_up": "open",
        "is_public": True,
    }
    made = running.make_cohort(of or course(), by=SYSTEM, **given | facts)
    for number in range(sessions):
        begins = first + timedelta(days=number)
        running.add_session(
            made, by=SYSTEM, starts_at=begins, ends_at=begins + timedelta(hours=3), venue="Harbour hall"
        )
    return Cohort.objects.get(pk=made.pk)


def asked(of: Cohort, name: str = "Ana Abalone", mail: str = "", **more: Any) -> Enrolment:
    """Signed up by the form; nothing is confirmed yet."""
    address = mail or f"{name.lower().replace(' ', '.')}@example.org"
    return enrolling.sign_up(of, by=ANYBODY, who=Who(name=name, mail=address, **more))


def signed_up(of: Cohort, name: str = "Ana Abalone", mail: str = "", **more: Any) -> Enrolment:
    """And confirmed by the link of the mail."""
    found = asked(of, name, mail, **more)
    return enrolling.confirm(found, by=Participant(found))


def entered(of: Cohort, name: str, mail: str = "", sector: str = "public") -> Enrolment:
    return enrolling.enrol(of, by=SYSTEM, who=Who(name=name, mail=mail, sector=sector))


def begun(of: Session, minutes: int = 5) -> datetime:
    """A moment so long after it began."""
    return of.starts_at + timedelta(minutes=minutes)


def held(people: int = 6, *, sessions: int = 1, of: Course | None = None, **facts: Any) -> Cohort:
    """A cohort of yesterday, with so many people in it."""
    given: dict[str, Any] = {"capacity": None, "sign_up": "closed"}
    made = cohort(of, days=-sessions, sessions=sessions, **given | facts)
    for number in range(people):
        entered(made, f"Person {chr(65 + number)}")
    return made
