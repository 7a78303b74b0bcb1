"""Programmes, their courses and cohorts, the sessions of a cohort, who signed up, who came, and what came of it."""

from floreo.training.models.choices import (
    Audience,
    CohortStateChoice,
    EnrolmentChannel,
    EnrolmentStateChoice,
    How,
    Level,
    SignUp,
)
from floreo.training.models.cohorts import Cohort, CohortInvitation, Session
from floreo.training.models.courses import Course, CourseModule, CourseRole, Programme, may_read_all
from floreo.training.models.people import Attendance, Enrolment, EnrolmentQuerySet, Feedback

__all__ = [
    "Attendance",
    "Audience",
    "Cohort",
    "CohortInvitation",
    "CohortStateChoice",
    "Course",
    "CourseModule",
    "CourseRole",
    "Enrolment",
    "EnrolmentChannel",
    "EnrolmentQuerySet",
    "EnrolmentStateChoice",
    "Feedback",
    "How",
    "Level",
    "Programme",
    "Session",
    "SignUp",
    "may_read_all",
]
