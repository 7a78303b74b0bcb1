"""Surveys, and what belongs to one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.core.search import Entry
from floreo.organisations.models import Organisation
from floreo.surveys.models.choices import Topic


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees surveys that are being prepared, and their progress."""
    return can(viewer, Permission.SURVEY_READ)


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, viewer: object) -> SurveyQuerySet:
        return self if may_read_all(viewer) else self.filter(is_public=True)


class Survey(Record, Translated, Sourced):
    """What the country is asked about, again and again."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "purpose", "who", "people", "paid_by")

    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("Its permanent address, for example awareness.")
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    topic = models.CharField(
        max_length=9, choices=Topic.choices, default=Topic.AWARENESS, verbose_name=_("What it asks about")
    )
    purpose = models.TextField(max_length=2000, blank=True, verbose_name=_("Purpose"))
    who = models.CharField(
        max_length=300,
        blank=True,
        verbose_name=_("Who is asked"),
        help_text=_("For example: residents aged 16 and over, in six districts."),
    )
    people = models.CharField(
        max_length=80,
        blank=True,
        verbose_name=_("Who is asked, in a word"),
        help_text=_("For headings, for example: adults."),
    )
    carried_out_by = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="surveys",
        verbose_name=_("Carried out by"),
    )
    paid_by = models.CharField(max_length=300, blank=True, verbose_name=_("Paid by"))
    next_wave_on = models.DateField(
        null=True, blank=True, verbose_name=_("Next wave"), help_text=_("The month counts.")
    )
    is_public = models.BooleanField(
        default=False, verbose_name=_("Public"), help_text=_("Its page and its published results are for everybody.")
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("portal:survey", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:survey", self.code)

    def search_entry(self) -> Entry:
        texts = [self.purpose, *(str(t) for each in self.translations.values() for t in each.values())]
        return Entry(
            "survey", self.title, " ".join(texts), self.get_absolute_url(), self.workspace_url(), self.is_public
        )


class OfSurvey(Record):
    """The base of what hangs on a survey."""

    class Meta:
        abstract = True

    def the_survey(self) -> Survey:
        raise NotImplementedError

    def audit_subject(self) -> models.Model:
        return self.the_survey()

    def workspace_url(self) -> str:
        return self.the_survey().workspace_url()
