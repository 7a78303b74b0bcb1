"""Cohorts of a course, their sessions, and who was invited."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.access import Permission
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.organisations.models import DatePrecision, Organisation, Person, Place
from floreo.training import moments
from floreo.training.logic import CheckIn, CohortState, check_in_at
from floreo.training.models.choices import CohortStateChoice, SignUp
from floreo.training.models.courses import Course, may_read_all


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, viewer: object) -> CohortQuerySet:
        if may_read_all(viewer):
            return self
        return self.filter(is_public=True, course__programme__is_public=True)

    def running(self) -> CohortQuerySet:
        """Not cancelled, and without their results yet."""
        return self.filter(state=CohortState.PLANNED)


class Cohort(Record, Translated, Sourced):
    """One group that takes a course, from a day to a day. Of one in the past that only a source reports, what the source does not say
    stays empty."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("Course"))
    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("Part of its address. It cannot change.")
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    language = models.CharField(
        max_length=5, default=languages.first, blank=True, verbose_name=_("Language")
    )  # empty: not known
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("Place")
    )
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("From"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("To"))
    precision = models.CharField(
        max_length=7,
        choices=DatePrecision.choices,
        default=DatePrecision.DAY,
        verbose_name=_("How exact the dates are"),
    )
    capacity = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        verbose_name=pgettext_lazy("of a course", "Seats"),
        help_text=_("Who comes after the last seat goes on the waiting list. Empty: no limit, or not known."),
    )
    sign_up = models.CharField(
        max_length=7, choices=SignUp.choices, default=SignUp.CLOSED, verbose_name=_("Who may sign up")
    )
    sign_up_opens_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Sign-up opens"))
    sign_up_closes_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Sign-up closes"))
    min_attendance = models.PositiveSmallIntegerField(
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Sessions to attend, in per cent"),
        help_text=_("The smallest share of the sessions with which the course is completed."),
    )
    pass_mark = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        verbose_name=_("Pass mark"),
        help_text=_("Of the test at the end, from 0 to 100. Empty: there is no test to pass."),
    )
    state = models.CharField(
        max_length=9, choices=CohortStateChoice.choices, default=CohortState.PLANNED, verbose_name=_("State")
    )
    closed_on = models.DateField(null=True, blank=True, verbose_name=_("Results recorded on"))
    cancelled_reason = models.CharField(max_length=500, blank=True, verbose_name=_("Reason"))
    is_history = models.BooleanField(
        default=False,
        verbose_name=_("Known from a source only"),
        help_text=_("A course in the past whose participants were never recorded here."),
    )
    stated_people = models.PositiveIntegerField(
        null=True,
        blank=True,
        verbose_name=_("People, as the source says"),
        help_text=_("Only of one that is known from a source. Empty: not known."),
    )
    is_public = models.BooleanField(
        default=False, verbose_name=_("Public"), help_text=_("The public sees the dates, and can sign up if it may.")
    )

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="cohort_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_on__isnull=False), name="cohort_closed_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(sign_up_opens_at=None)
                | Q(sign_up_closes_at=None)
                | Q(sign_up_closes_at__gt=F("sign_up_opens_at")),
                name="cohort_sign_up_in_order",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"], name="cohort_due")]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return self.course.owner_ids()

    @property
    def is_running(self) -> bool:
        return self.state == CohortState.PLANNED

    @property
    def takes_sign_ups(self) -> bool:
        """Whether the time for signing up has come and has not passed, for whoever may."""
        now = moments.now()
        opens, closes = self.sign_up_opens_at, self.sign_up_closes_at
        if not self.is_running or self.sign_up == SignUp.CLOSED:
            return False
        if (opens is not None and now < opens) or (closes is not None and now >= closes):
            return False
        return self.ends_on is None or clock.today() <= self.ends_on

    def workspace_url(self) -> str:
        return path_to("workspace:training_cohort", self.code)

    def get_absolute_url(self) -> str:
        return path_to("portal:training_cohort", self.code)

    def search_entry(self) -> Entry:
        words = [str(text) for each in self.translations.values() for text in each.values()]
        shown = self.is_public and self.course.is_public
        return Entry(
            "training_cohort", self.title, " ".join(words), self.get_absolute_url(), self.workspace_url(), shown
        )


class OfCohort(Record):
    """The base of what hangs on a cohort."""

    cohort: models.ForeignKey[Cohort, Cohort]

    class Meta:
        abstract = True

    def audit_subject(self) -> models.Model:
        return self.cohort

    def owner_ids(self) -> set[int]:
        return self.cohort.owner_ids()


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, viewer: object) -> SessionQuerySet:
        """Seen by whoever sees the cohort."""
        return self.filter(cohort__in=Cohort.objects.visible_to(viewer))


class Session(OfCohort, Translated):
    """One meeting of a cohort: when, where, who teaches it. Its trainer opens the page at the door by a signed link."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)
    secret_fields: ClassVar[frozenset[str]] = frozenset({"trainer_mail"})
    not_chained: ClassVar = {"reminded_at": "The job that sends reminders marks it; each mail is kept in the outbox."}

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True, verbose_name=_("Topic"))
    starts_at = models.DateTimeField(verbose_name=_("Starts"))
    ends_at = models.DateTimeField(verbose_name=_("Ends"))
    venue = models.CharField(
        max_length=200, blank=True, verbose_name=_("Venue"), help_text=_("Building and room, or the address.")
    )
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="training_sessions",
        verbose_name=_("Place"),
    )
    language = models.CharField(
        max_length=5, blank=True, verbose_name=_("Language"), help_text=_("Empty: that of the cohort.")
    )
    trainer = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="training_sessions",
        verbose_name=_("Trainer"),
    )
    trainer_name = models.CharField(
        max_length=200, blank=True, verbose_name=_("Trainer’s name"), help_text=_("If not in the register.")
    )
    trainer_mail = models.EmailField(
        blank=True, verbose_name=_("Trainer’s e-mail"), help_text=_("The check-in link is sent there.")
    )
    capacity = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("Seats in the room"), help_text=_("Empty: those of the cohort.")
    )
    link_version = models.PositiveIntegerField(default=1)  # raised when the trainer's link is ended
    reminded_at = models.DateTimeField(null=True, blank=True, verbose_name=_("Reminded"))
    recorded_on = models.DateField(
        null=True, blank=True, verbose_name=_("Recorded")
    )  # when somebody said that the list is whole

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="training_session_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="training_session_times_in_order"),
        ]
        indexes = [models.Index(fields=["starts_at"], name="training_session_when")]

    def __str__(self) -> str:
        return f"{self.cohort.title}, {self.number}"

    @property
    def check_in(self) -> CheckIn:
        return check_in_at(self.starts_at, self.ends_at, now=moments.now())

    @property
    def trainer_words(self) -> str:
        return self.trainer.name if self.trainer else self.trainer_name

    @property
    def spoken_language(self) -> str:
        return self.language or self.cohort.language

    def workspace_url(self) -> str:
        return path_to("workspace:training_session", self.cohort.code, str(self.number))


class CohortInvitation(OfCohort):
    """An organisation that was asked to enrol so many of its people, by its own link."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"mail"})
    read_with = Permission.TRAINING_READ

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="training_invitations",
        verbose_name=_("Organisation"),
    )
    sector = models.CharField(max_length=9, choices=Sector.choices, default=Sector.PUBLIC, verbose_name=_("Sector"))
    mail = models.EmailField(verbose_name=_("E-mail"), help_text=_("The personal link is sent there."))
    people = models.PositiveIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        verbose_name=_("How many people it may enrol"),
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    link_version = models.PositiveIntegerField(default=1)  # raised when its link is ended
    is_ended = models.BooleanField(default=False, verbose_name=_("Ended"))

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "organisation"], name="invited_to_cohort_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.people})"
