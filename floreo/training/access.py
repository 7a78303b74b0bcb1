"""How a view gets what belongs to training; and as whom people without an account act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from floreo.core.errors import Missing, Refused
from floreo.core.links import sign, signed
from floreo.training.models import (
    Attendance,
    Cohort,
    CohortInvitation,
    Course,
    CourseModule,
    Enrolment,
    Programme,
    Session,
    may_read_all,
)

OWN, GROUP, CHECK_IN = "training-own", "training-group", "training-door"


def get_programme_for(viewer: object, code: str) -> Programme:
    rows = Programme.objects.visible_to(viewer).select_related("objective__pillar__edition", "organisation", "funder")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_course_for(viewer: object, code: str) -> Course:
    rows = Course.objects.visible_to(viewer).select_related("programme__organisation", "programme__objective__pillar")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_module_for(viewer: object, code: str, pk: int) -> CourseModule:
    found = CourseModule.objects.select_related("course__programme").filter(course__code=code, pk=pk).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_cohort_for(viewer: object, code: str) -> Cohort:
    rows = Cohort.objects.visible_to(viewer).select_related("course__programme__organisation", "place")
    found = rows.filter(code=code).first()
    if found is None:
        raise Missing
    return found


def get_session_for(viewer: object, code: str, number: int) -> Session:
    rows = Session.objects.select_related("cohort__course__programme", "place", "trainer")
    found = rows.filter(cohort__code=code, number=number).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_enrolment_for(viewer: object, code: str, number: int) -> Enrolment:
    rows = Enrolment.objects.visible_to(viewer).select_related("cohort__course__programme", "organisation", "person")
    found = rows.filter(cohort__code=code, number=number).first()
    if found is None:
        raise Missing
    return found


def get_invitation_for(viewer: object, code: str, pk: int) -> CohortInvitation:
    rows = CohortInvitation.objects.select_related("cohort__course__programme", "organisation")
    found = rows.filter(cohort__code=code, pk=pk).first()
    if found is None or not may_read_all(viewer):
        raise Missing
    return found


def get_walk_in_for(viewer: object, code: str, number: int, pk: int) -> Attendance:
    rows = Attendance.objects.visible_to(viewer).select_related("session__cohort__course__programme", "organisation")
    found = rows.filter(session__cohort__code=code, session__number=number, enrolment=None, pk=pk).first()
    if found is None:
        raise Missing
    return found


# --- People without an account ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignUpForm:
    """The public form: whoever signs up by it, and is nobody in particular yet."""

    actor_code: str = "training"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Public form")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


ANYBODY = SignUpForm()


@dataclass(frozen=True)
class Participant:
    """Whoever has the secret link of an enrolment: may do with it what actions/enrolling.py allows, and nothing else."""

    enrolment: Enrolment

    @property
    def actor_code(self) -> str:
        return f"participant:{self.enrolment.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Participant")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Inviter:
    """Whoever has the link of an organisation that was asked to enrol its people."""

    invitation: CohortInvitation

    @property
    def actor_code(self) -> str:
        return f"training-invitation:{self.invitation.pk}"

    @property
    def actor_name(self) -> str:
        return self.invitation.organisation.name

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


@dataclass(frozen=True)
class Trainer:
    """Whoever has the link of a session's check-in: may record who came to it, and nothing else."""

    session: Session

    @property
    def actor_code(self) -> str:
        return f"trainer:{self.session.pk}"

    @property
    def actor_name(self) -> str:
        return gettext_noop("Trainer at the door")

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def token_of(thing: Enrolment | CohortInvitation | Session) -> str:
    """The token of its link: the same each time, until its link version is raised."""
    purposes = {Enrolment: OWN, CohortInvitation: GROUP, Session: CHECK_IN}
    return sign(purposes[type(thing)], thing.pk, thing.link_version)


def _named(purpose: str, token: str) -> dict[str, int]:
    try:
        pk, version = signed(purpose, token)
    except Refused:
        raise Missing from None
    return {"pk": pk, "link_version": version}


def enrolment_of_link(token: str) -> Enrolment:
    """Raises Missing for a link that is none, was ended, or whose enrolment was erased."""
    rows = Enrolment.objects.select_related("cohort__course__programme", "cohort__place", "organisation")
    found = rows.filter(is_erased=False, **_named(OWN, token)).first()
    if found is None:
        raise Missing
    return found


def invitation_of_link(token: str) -> CohortInvitation:
    rows = CohortInvitation.objects.select_related("cohort__course__programme", "organisation")
    found = rows.filter(is_ended=False, **_named(GROUP, token)).first()
    if found is None:
        raise Missing
    return found


def session_of_link(token: str) -> Session:
    rows = Session.objects.select_related("cohort__course__programme", "place", "trainer")
    found = rows.filter(**_named(CHECK_IN, token)).first()
    if found is None:
        raise Missing
    return found


def session_at_check_in(pk: int) -> Session:
    """The session that the code on the wall is of. That it exists says nothing: who is enrolled is asked with the code."""
    found = Session.objects.select_related("cohort__course__programme", "place").filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
