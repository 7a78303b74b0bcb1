"""What may be chosen for courses, cohorts and enrolments."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.training.logic import CohortState, EnrolmentState


class Audience(models.TextChoices):
    CRIMINAL_JUSTICE = "criminal_justice", _("Criminal justice")
    TECHNICAL = "technical", _("Technical staff")
    OFFICIALS = "officials", _("Officials")
    TEACHERS = "teachers", _("Teachers")
    PUPILS = "pupils", _("Pupils")
    SMALL_FIRMS = "small_firms", _("Small firms")
    PUBLIC = "public", _("Public")


class Level(models.TextChoices):
    BASIC = "basic", pgettext_lazy("level of a course", "Basic")
    INTERMEDIATE = "intermediate", pgettext_lazy("level of a course", "Intermediate")
    ADVANCED = "advanced", pgettext_lazy("level of a course", "Advanced")


class CohortStateChoice(models.TextChoices):
    PLANNED = CohortState.PLANNED, pgettext_lazy("a cohort", "Planned or running")
    CLOSED = CohortState.CLOSED, _("Results recorded")
    CANCELLED = CohortState.CANCELLED, pgettext_lazy("a cohort", "Cancelled")


class SignUp(models.TextChoices):
    """Who may sign up."""

    OPEN = "open", _("Anybody")
    INVITED = "invited", _("Invited organisations only")
    CLOSED = "closed", _("Nobody: those who run it enter the names")


class EnrolmentStateChoice(models.TextChoices):
    ASKED = EnrolmentState.ASKED, _("E-mail not confirmed")
    WAITING = EnrolmentState.WAITING, _("On the waiting list")
    CONFIRMED = EnrolmentState.CONFIRMED, pgettext_lazy("an enrolment", "Confirmed")
    CANCELLED = EnrolmentState.CANCELLED, pgettext_lazy("an enrolment", "Cancelled")
    WITHDRAWN = EnrolmentState.WITHDRAWN, pgettext_lazy("an enrolment", "Left the course")


class EnrolmentChannel(models.TextChoices):
    SITE = "site", _("On this site")
    ORGANISATION = "organisation", _("By the organisation")
    STAFF = "staff", _("Entered by staff")
    CHECK_IN = "door", _("At the door")


class How(models.TextChoices):
    """How it was recorded that somebody came."""

    QR = "qr", _("By the code at the door")
    LIST = "list", _("From the list")
    PAPER = "paper", _("From the paper roll")
