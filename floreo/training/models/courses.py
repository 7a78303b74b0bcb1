"""Programmes, their courses, and the modules and roles of a course."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation
from floreo.strategy.models import Objective
from floreo.training.models.choices import Audience, Level


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
    roles = models.ManyToManyField(Item, through="CourseRole", related_name="training_courses", verbose_name=_("Roles"))

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
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="course_roles", verbose_name=_("Role"))

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
