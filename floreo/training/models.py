"""Programmes, their courses and cohorts, the sessions of a cohort, who signed up, who came, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.frameworks.models import Item
from floreo.organisations.models import Attended, DatePrecision, Organisation, Person, Place
from floreo.strategy.models import Objective
from floreo.training import moments
from floreo.training.logic import HOLDS_SEAT, CheckIn, CohortState, EnrolmentState, check_in_at


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


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees courses that are not public, who signed up and what came of it."""
    return can(viewer, Permission.TRAINING_READ)


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, viewer: object) -> ProgrammeQuerySet:
        return self if may_read_all(viewer) else self.filter(is_public=True)


class Programme(Record, Translated, Sourced):
    """What somebody set out to teach, to whom, and who pays for it. Its courses are what is taught."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "aim")

    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("Part of its address. It cannot change.")
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    aim = models.TextField(max_length=2000, blank=True, verbose_name=_("Aim"))
    audience = models.CharField(
        max_length=16, choices=Audience.choices, default=Audience.OFFICIALS, verbose_name=_("Audience")
    )
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="training_programmes",
        verbose_name=_("What it serves in the strategy"),
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="training_programmes",
        verbose_name=_("Run by"),
    )
    funder = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="funded_programmes",
        verbose_name=_("Funder"),
    )
    is_public = models.BooleanField(
        default=False, verbose_name=_("Public"), help_text=_("The public sees the programme and its courses.")
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def workspace_url(self) -> str:
        return path_to("workspace:training_programme", self.code)

    def get_absolute_url(self) -> str:
        return f"{path_to('portal:training')}#{self.code}"

    def search_entry(self) -> Entry:
        words = [self.aim, *(str(text) for each in self.translations.values() for text in each.values())]
        return Entry(
            "training_programme",
            self.title,
            " ".join(words),
            self.get_absolute_url(),
            self.workspace_url(),
            self.is_public,
        )


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, viewer: object) -> CourseQuerySet:
        """Public with its programme."""
        return self if may_read_all(viewer) else self.filter(programme__is_public=True)


class Course(Record, Translated, Sourced):
    """What is taught: its modules with their hours, and which roles of skills frameworks it is for."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="courses", verbose_name=_("Programme")
    )
    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("Part of its address. It cannot change.")
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Summary"), help_text=_("What people learn, in plain words.")
    )
    hours = models.DecimalField(
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        verbose_name=pgettext_lazy("length of a course", "Hours"),
        help_text=_("Leave it empty if it is not known."),
    )
    level = models.CharField(max_length=12, choices=Level.choices, blank=True, verbose_name=_("Level"))
    roles = models.ManyToManyField(Item, through="CourseRole", related_name="training_courses")

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return self.programme.owner_ids()

    @property
    def is_public(self) -> bool:
        return self.programme.is_public

    def workspace_url(self) -> str:
        return path_to("workspace:training_course", self.code)

    def get_absolute_url(self) -> str:
        return path_to("portal:training_course", self.code)

    def search_entry(self) -> Entry:
        words = [self.summary, *(str(text) for each in self.translations.values() for text in each.values())]
        return Entry(
            "training_course",
            self.title,
            " ".join(words),
            self.get_absolute_url(),
            self.workspace_url(),
            self.is_public,
        )


class CourseRoleQuerySet(models.QuerySet["CourseRole"]):
    def visible_to(self, viewer: object) -> CourseRoleQuerySet:
        """Seen by whoever sees the course."""
        return self.filter(course__in=Course.objects.visible_to(viewer))


class CourseRole(Record):
    """A role of a skills framework (NICE, ECSF) that a course prepares for."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="course_roles")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="course_roles")

    objects = CourseRoleQuerySet.as_manager()

    class Meta:
        ordering = ["item__in_version", "item__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "item"], name="course_role_once")]

    def __str__(self) -> str:
        return f"{self.course}: {self.item}"

    def audit_subject(self) -> models.Model:
        return self.course


class CourseModuleQuerySet(models.QuerySet["CourseModule"]):
    def visible_to(self, viewer: object) -> CourseModuleQuerySet:
        """As roles are."""
        return self.filter(course__in=Course.objects.visible_to(viewer))


class CourseModule(Record, Translated):
    """One part of a course."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title",)

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200, verbose_name=_("Module"))
    hours = models.DecimalField(
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        verbose_name=pgettext_lazy("length of a course", "Hours"),
    )

    objects = CourseModuleQuerySet.as_manager()

    class Meta:
        ordering = ["course", "position", "pk"]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.course


class CohortQuerySet(models.QuerySet["Cohort"]):
    def visible_to(self, viewer: object) -> CohortQuerySet:
        if may_read_all(viewer):
            return self
        return self.filter(is_public=True, course__programme__is_public=True)

    def running(self) -> CohortQuerySet:
        """Not cancelled, and without their results yet."""
        return self.filter(state=CohortState.PLANNED)


class Cohort(Record, Translated, Sourced):
    """One group that takes a course, from a day to a day. Of one in the past that only a source tells of, what the source does not say
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
    state = models.CharField(max_length=9, choices=CohortStateChoice.choices, default=CohortState.PLANNED)
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
    """One meeting of a cohort: when, where, who teaches it. Its trainer opens the door page by a signed link."""

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
    reminded_at = models.DateTimeField(null=True, blank=True)
    recorded_on = models.DateField(null=True, blank=True)  # when somebody said that the list is whole

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
    is_ended = models.BooleanField(default=False)

    class Meta:
        ordering = ["organisation__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "organisation"], name="invited_to_cohort_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.people})"


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
    number = models.PositiveIntegerField()
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
    state = models.CharField(max_length=9, choices=EnrolmentStateChoice.choices, default=EnrolmentState.CONFIRMED)
    asked_on = models.DateField(verbose_name=_("Signed up on"))
    entered_at = models.DateTimeField(null=True, blank=True)  # when the address was confirmed: the order of the queue
    ended_on = models.DateField(null=True, blank=True)  # cancelled, or left
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
    is_erased = models.BooleanField(default=False)  # by the person: only counts are left

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
    sector = models.CharField(max_length=9, choices=Sector.choices, blank=True)  # as above
    how = models.CharField(max_length=5, choices=How.choices, default=How.LIST)
    recorded_at = models.DateTimeField(null=True, blank=True)  # not known of what a pack brings
    recorded_by = models.CharField(max_length=200, blank=True)

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
