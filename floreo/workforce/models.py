"""The workforce: how many people each role needs and how many there are, which organisation was asked, and the courses of the country."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.access import Permission, can, people_of
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.core.sectors import Sector
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation, Place
from floreo.workforce.logic import CourseDay, Need, is_confirmed

RUN = Permission.WORKFORCE_RUN


class NeedChannel(models.TextChoices):
    LINK = "link", _("By its link")
    STAFF = "staff", _("Entered by staff")


class WorkforceNeedQuerySet(models.QuerySet["WorkforceNeed"]):
    def visible_to(self, viewer: object) -> WorkforceNeedQuerySet:
        """Numbers of one organisation are for the coordinator and for the organisation itself. The public sees sums (logic.published)."""
        if can(viewer, RUN):
            return self
        return self.filter(organisation__in=people_of(viewer, Permission.REGISTER_READ))


class WorkforceNeed(Record, Sourced):
    """How many people of one role an organisation, or a whole sector, needs and has on a day. A newer answer does not replace an older one:
    the newest counts."""

    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="workforce_needs",
        verbose_name=_("Organisation"),
        help_text=_("Empty for an estimate of the whole sector."),
    )
    sector = models.CharField(max_length=9, choices=Sector.choices, verbose_name=_("Sector"))
    role = models.ForeignKey(
        Item,
        on_delete=models.PROTECT,
        related_name="workforce_needs",
        verbose_name=pgettext_lazy("skills framework", "Role"),
    )
    needed = models.PositiveIntegerField(
        verbose_name=_("People needed"), help_text=_("Posts for this work, filled or not.")
    )
    in_post = models.PositiveIntegerField(
        verbose_name=_("People in post"), help_text=_("People who do this work today.")
    )
    as_of = models.DateField(verbose_name=_("As of"))
    channel = models.CharField(
        max_length=5, choices=NeedChannel.choices, default=NeedChannel.STAFF, verbose_name=_("Channel")
    )
    note = models.CharField(max_length=500, blank=True, verbose_name=_("Note"), help_text=_("Not published."))
    is_public = models.BooleanField(
        default=True,
        verbose_name=_("Count it in the public values"),
        help_text=_("Only in sums of sectors, never alone."),
    )

    objects = WorkforceNeedQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sector", "role", "as_of"], name="need_once_a_day"),
            models.CheckConstraint(condition=Q(needed__lte=100_000, in_post__lte=100_000), name="need_believable"),
        ]
        indexes = [models.Index(fields=["sector", "as_of"], name="need_of_sector")]

    def __str__(self) -> str:
        return f"{self.role}, {self.as_of.isoformat()}"

    def owner_ids(self) -> set[int]:
        return {self.organisation_id} if self.organisation_id else set()

    def audit_subject(self) -> models.Model:
        """Under the organisation, where there is one: its history says who answered for it. Of a sector it has a history of its own."""
        return self

    def workspace_url(self) -> str:
        return path_to("workspace:workforce_need", self.pk)

    @property
    def plain(self) -> Need:
        return Need(
            self.organisation_id, self.sector, self.role_id, self.needed, self.in_post, self.as_of, number=self.pk or 0
        )


class NeedsRequest(Record):
    """One organisation, asked once a year how many people it needs and has. It answers by its own link, without an account."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash", "mail"})
    read_with = RUN

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="needs_requests", verbose_name=_("Organisation")
    )
    year = models.PositiveSmallIntegerField(verbose_name=_("Year"))
    sector = models.CharField(max_length=9, choices=Sector.choices, verbose_name=_("Sector"))
    mail = models.EmailField(verbose_name=_("E-mail"), help_text=_("The personal link is sent there."))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    due_on = models.DateField(verbose_name=_("Answer due"))
    link_hash = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # SHA-256 of the secret; "" once it was ended
    sent_on = models.DateField(verbose_name=_("Sent"))
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Reminded"))
    answered_on = models.DateField(null=True, blank=True, verbose_name=_("Answered"))

    class Meta:
        ordering = ["-year", "organisation__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="needs_requested_once")]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.year}"

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def workspace_url(self) -> str:
        return path_to("workspace:needs_requests")


class Institution(Record):
    """Who offers courses: an organisation of the register that keeps its part of the catalogue by its own link."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash", "mail"})
    read_with = RUN

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="institution", verbose_name=_("Organisation")
    )
    mail = models.EmailField(
        blank=True, verbose_name=_("E-mail"), help_text=_("The link by which it keeps its courses is sent there.")
    )
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    link_hash = models.CharField(
        max_length=64, blank=True, db_index=True
    )  # SHA-256 of the secret; "" where it has none
    invited_on = models.DateField(null=True, blank=True, verbose_name=_("Invited"))
    reminded_on = models.DateField(null=True, blank=True, verbose_name=_("Reminded"))
    confirmed_on = models.DateField(
        null=True, blank=True, verbose_name=_("Confirmed")
    )  # when it last said that all its courses are right

    class Meta:
        ordering = ["organisation__name", "pk"]

    def __str__(self) -> str:
        return str(self.organisation)

    def named(self) -> str:
        return self.organisation.in_language("name")

    def owner_ids(self) -> set[int]:
        return {self.organisation_id}

    def workspace_url(self) -> str:
        return path_to("workspace:institution", self.organisation.code)

    @property
    def has_link(self) -> bool:
        return bool(self.link_hash)


class Level(models.TextChoices):
    AWARENESS = "awareness", _("For everybody")
    BASIC = "basic", pgettext_lazy("level of a course", "Basic")
    INTERMEDIATE = "intermediate", pgettext_lazy("level of a course", "Intermediate")
    ADVANCED = "advanced", pgettext_lazy("level of a course", "Advanced")
    DEGREE = "degree", _("Degree or diploma")


class Mode(models.TextChoices):
    PRESENT = "present", _("In person")
    ONLINE = "online", pgettext_lazy("mode of a course", "Online")
    MIXED = "mixed", _("In person and online")


class CatalogueCourseQuerySet(models.QuerySet["CatalogueCourse"]):
    def listed(self) -> CatalogueCourseQuerySet:
        """What everybody reads."""
        return self.filter(is_hidden=False, removed_on=None, institution__organisation__is_public=True)

    def visible_to(self, viewer: object) -> CatalogueCourseQuerySet:
        return self if can(viewer, RUN) else self.listed()


class CatalogueCourse(Record, Translated, Sourced):
    """One course that somebody in the country offers, as its institution describes it."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "cost_text", "duration")

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="courses", verbose_name=_("Institution")
    )
    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("What one learns"), help_text=_("In plain words.")
    )
    level = models.CharField(max_length=12, choices=Level.choices, verbose_name=_("Level"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    mode = models.CharField(max_length=7, choices=Mode.choices, verbose_name=_("How it is held"))
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="catalogue_courses",
        verbose_name=_("District"),
        help_text=_("Empty where it is held online only."),
    )
    is_free = models.BooleanField(default=False, verbose_name=_("It costs nothing"))
    cost_amount = models.DecimalField(
        max_digits=10, decimal_places=2, null=True, blank=True, verbose_name=_("Cost"), help_text=_("Only the number.")
    )
    currency = models.CharField(max_length=3, blank=True, verbose_name=_("Currency"), help_text=_("Three letters."))
    cost_text = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("About the cost"),
        help_text=_("For example: by instalments, scholarships for teachers."),
    )
    duration = models.CharField(
        max_length=100, blank=True, verbose_name=_("Duration"), help_text=_("For example: 12 Saturdays.")
    )
    hours = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Hours in all"))
    address = models.URLField(max_length=500, blank=True, verbose_name=_("Address of its page"))
    roles = models.ManyToManyField(
        Item,
        through="CatalogueRole",
        related_name="catalogue_courses",
        verbose_name=pgettext_lazy("skills framework", "Roles"),
    )
    checked_on = models.DateField(
        null=True, blank=True, verbose_name=_("Last confirmed")
    )  # when its institution last said that it is right
    needs_look = models.BooleanField(
        default=False, verbose_name=_("To be looked at")
    )  # new or changed by the institution, and nobody here looked at it yet
    is_hidden = models.BooleanField(default=False, verbose_name=_("Hidden"))
    hidden_reason = models.CharField(max_length=300, blank=True, verbose_name=_("Reason"))
    removed_on = models.DateField(
        null=True, blank=True, verbose_name=_("Removed")
    )  # by its institution: no longer offered

    objects = CatalogueCourseQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_amount=None) | Q(cost_amount__gte=0) & ~Q(currency=""), name="course_cost_has_currency"
            ),
            models.CheckConstraint(
                condition=Q(is_free=False) | Q(cost_amount=None) | Q(cost_amount=0), name="course_free_costs_nothing"
            ),
            models.CheckConstraint(condition=Q(is_hidden=False) | ~Q(hidden_reason=""), name="course_hidden_why"),
        ]
        indexes = [
            models.Index(fields=["institution", "removed_on"], name="course_of_institution"),
            models.Index(fields=["level", "title"], name="course_by_level"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_listed(self) -> bool:
        return not self.is_hidden and self.removed_on is None and self.institution.organisation.is_public

    @property
    def is_current(self) -> bool:
        """Whether its institution said within a year that it is right."""
        return is_confirmed(self.checked_on, clock.today())

    def coming(self, today: date | None = None) -> list[CourseDate]:
        """The dates to come, the next one first."""
        day = today or clock.today()
        return [each for each in self.dates.all() if each.starts_on >= day]

    def owner_ids(self) -> set[int]:
        return {self.institution.organisation_id}

    def get_absolute_url(self) -> str:
        return path_to("portal:course", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:catalogue_course", self.code)

    def search_entry(self) -> Entry:
        texts = [str(text) for each in self.translations.values() for text in each.values()]
        words = " ".join([self.summary, str(self.institution.organisation), *texts])
        return Entry(
            "catalogue_course", self.title, words, self.get_absolute_url(), self.workspace_url(), self.is_listed
        )


class CatalogueRoleQuerySet(models.QuerySet["CatalogueRole"]):
    def visible_to(self, viewer: object) -> CatalogueRoleQuerySet:
        """Seen by whoever sees the course."""
        return self.filter(course__in=CatalogueCourse.objects.visible_to(viewer))


class CatalogueRole(Record):
    """A role of a skills framework (ECSF, NICE) that a course of the catalogue prepares for."""

    course = models.ForeignKey(CatalogueCourse, on_delete=models.CASCADE, related_name="course_roles")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="catalogue_roles", verbose_name=_("Role"))

    objects = CatalogueRoleQuerySet.as_manager()

    class Meta:
        ordering = ["item__in_version", "item__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "item"], name="catalogue_role_once")]

    def __str__(self) -> str:
        return f"{self.course}: {self.item}"

    def audit_subject(self) -> models.Model:
        return self.course

    def owner_ids(self) -> set[int]:
        return self.course.owner_ids()


class CourseDateQuerySet(models.QuerySet["CourseDate"]):
    def visible_to(self, viewer: object) -> CourseDateQuerySet:
        """Seen by whoever sees the course."""
        return self.filter(course__in=CatalogueCourse.objects.visible_to(viewer))


class CourseDate(Record):
    """A day on which a course of the catalogue begins."""

    course = models.ForeignKey(
        CatalogueCourse, on_delete=models.CASCADE, related_name="dates", verbose_name=_("Course")
    )
    starts_on = models.DateField(verbose_name=_("Begins"))
    seats = models.PositiveIntegerField(null=True, blank=True, verbose_name=pgettext_lazy("of a course", "Seats"))

    objects = CourseDateQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["course", "starts_on"], name="course_begins_once")]
        indexes = [models.Index(fields=["starts_on"], name="course_begins")]

    def __str__(self) -> str:
        return self.starts_on.isoformat()

    def audit_subject(self) -> models.Model:
        return self.course

    def owner_ids(self) -> set[int]:
        return self.course.owner_ids()

    @property
    def plain(self) -> CourseDay:
        return CourseDay(self.starts_on, self.seats)
