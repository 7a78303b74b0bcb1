"""Who is enrolled, who attended, and what they thought of it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.routes import path_to
from floreo.core.sectors import Sector
from floreo.organisations.models import Attended, Organisation, Person
from floreo.training.logic import HOLDS_SEAT, EnrolmentState
from floreo.training.models.choices import EnrolmentChannel, EnrolmentStateChoice, How
from floreo.training.models.cohorts import Cohort, CohortInvitation, OfCohort, Session
from floreo.training.models.courses import may_read_all


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, viewer: object) -> EnrolmentQuerySet:
        """Who signed up is for those who run courses."""
        return self if may_read_all(viewer) else self.none()

    def seated(self) -> EnrolmentQuerySet:
        return self.filter(state__in=HOLDS_SEAT)

    def waiting(self) -> EnrolmentQuerySet:
        """Who gets a seat next comes first."""
        return self.filter(state=EnrolmentState.WAITING).order_by("entered_at", "number")


class Enrolment(OfCohort):
    """One person in one cohort: how they signed up, whether they have a seat, both tests, and whether they completed it. The person
    acts by a signed link, without an account."""

    # Who it is and how they are reached is never in the trail: it can be erased, and the trail cannot.
    secret_fields: ClassVar[frozenset[str]] = frozenset({"name", "mail", "mail_key"})
    not_chained: ClassVar = {"gave_feedback": "An entry beside that of the answer would say who gave which."}

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    number = models.PositiveIntegerField(verbose_name=_("Number"))
    name = models.CharField(max_length=200, blank=True, verbose_name=_("Name"))
    mail = models.EmailField(blank=True, verbose_name=_("E-mail"))
    mail_key = models.CharField(max_length=64, blank=True)  # of the address in small letters: nobody is there twice
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="enrolments",
        verbose_name=_("Organisation"),
    )
    organisation_name = models.CharField(  # as the person wrote it
        max_length=200, blank=True, verbose_name=_("Name of the organisation")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="enrolments",
        verbose_name=_("Person in the register"),
    )
    sector = models.CharField(max_length=9, choices=Sector.choices, verbose_name=_("Sector"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language for e-mails"))
    invitation = models.ForeignKey(
        CohortInvitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="enrolments"
    )
    channel = models.CharField(
        max_length=12, choices=EnrolmentChannel.choices, default=EnrolmentChannel.STAFF, verbose_name=_("Channel")
    )
    state = models.CharField(
        max_length=9, choices=EnrolmentStateChoice.choices, default=EnrolmentState.CONFIRMED, verbose_name=_("State")
    )
    asked_on = models.DateField(verbose_name=_("Signed up on"))
    entered_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Entered")
    )  # when the address was confirmed: the order of the queue
    ended_on = models.DateField(null=True, blank=True, verbose_name=_("Ended"))  # cancelled, or left
    link_version = models.PositiveIntegerField(default=1)  # raised when the link is ended
    score_before = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        verbose_name=_("Test before"),
    )
    score_after = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        verbose_name=_("Test after"),
    )
    passed = models.BooleanField(null=True, blank=True, verbose_name=_("Passed"))  # None: no pass mark, or not closed
    completed_on = models.DateField(null=True, blank=True, verbose_name=_("Completed on"))
    gave_feedback = models.BooleanField(default=False)  # not what
    is_erased = models.BooleanField(default=False, verbose_name=_("Erased"))  # by the person: only counts are left

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="enrolment_once"),
            models.UniqueConstraint(
                fields=["cohort", "mail_key"], condition=~Q(mail_key=""), name="enrolment_mail_once"
            ),
        ]
        indexes = [
            models.Index(fields=["cohort", "state", "entered_at"], name="enrolment_queue"),
            models.Index(fields=["completed_on"], name="enrolment_completed"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort.title}, {self.number}"

    def audit_subject(self) -> models.Model:
        """Thousands would bury what was done to their cohort: each has a history of its own."""
        return self

    @property
    def shown_name(self) -> str:
        return self.name or (str(_("Erased")) if self.is_erased else str(_("No name")))

    @property
    def organisation_words(self) -> str:
        return self.organisation.in_language("name") if self.organisation else self.organisation_name

    @property
    def holds_seat(self) -> bool:
        return self.state in HOLDS_SEAT

    def workspace_url(self) -> str:
        return path_to("workspace:training_enrolment", self.cohort.code, str(self.number))


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, viewer: object) -> AttendanceQuerySet:
        """Who came is for those who run courses."""
        return self if may_read_all(viewer) else self.none()


class Attendance(Attended):
    """That somebody came to a session: somebody enrolled, or who walked in and gave a name."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"name", "substitute", "organisation_name"})

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.CASCADE, related_name="attendances"
    )
    organisation_name = models.CharField(max_length=200, blank=True)  # of who walked in, as they said it
    sector = models.CharField(max_length=9, choices=Sector.choices, blank=True, verbose_name=_("Sector"))  # as above
    how = models.CharField(max_length=5, choices=How.choices, default=How.LIST, verbose_name=_("How it was recorded"))
    recorded_at = models.DateTimeField(
        null=True, blank=True, verbose_name=_("Recorded")
    )  # not known of what a pack brings
    recorded_by = models.CharField(max_length=200, blank=True, verbose_name=_("Recorded by"))

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["is_guest", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], condition=Q(enrolment__isnull=False), name="attended_once"
            ),
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False) | Q(is_guest=True), name="attended_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_presence_display()}"

    def audit_subject(self) -> models.Model:
        return self.session.cohort


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, viewer: object) -> FeedbackQuerySet:
        return self if may_read_all(viewer) else self.none()


class Feedback(models.Model):
    """What one participant thought at the end, without anything that says who: no name, no moment, no number of an enrolment."""

    not_chained = "An entry would hold who wrote it and when: it is kept without both, so that nobody can be named."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="feedback")
    rating = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.CharField(max_length=500, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["cohort", "rating", "text"]
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="feedback_one_to_five"),
        ]

    def __str__(self) -> str:
        return str(self.rating)
