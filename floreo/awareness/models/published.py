"""What is written for the public: who may read it, and what materials, quizzes and exercises have in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.awareness.models.choices import Audience, Subject
from floreo.core.access import Permission, can
from floreo.core.models import Record, Sourced, Translated


def may_read_all(viewer: object) -> bool:
    """Whether the viewer sees what is not public: drafts, and groups with their results."""
    return can(viewer, Permission.AWARENESS_READ)


class PublishedQuerySet(models.QuerySet[Any]):
    """Rows with `is_public`."""

    def out(self) -> PublishedQuerySet:
        return self.filter(is_public=True)

    def visible_to(self, viewer: object) -> PublishedQuerySet:
        return self if may_read_all(viewer) else self.out()


class Published(Record, Translated, Sourced):
    """The base of what anybody may use once it is published."""

    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"), help_text=_("Its permanent address."))
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=500, blank=True, verbose_name=_("Summary"), help_text=_("One sentence."))
    audience = models.CharField(
        max_length=13, choices=Audience.choices, default=Audience.EVERYBODY, verbose_name=_("Audience")
    )
    subject = models.CharField(
        max_length=10, choices=Subject.choices, verbose_name=pgettext_lazy("of a text", "Subject")
    )
    is_public = models.BooleanField(default=False, verbose_name=_("Published"))
    published_on = models.DateField(null=True, blank=True, verbose_name=_("Published on"))
    is_generic = models.BooleanField(
        default=False, editable=False, verbose_name=_("General")
    )  # came with the product, not written for the country

    objects = PublishedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def owner_ids(self) -> set[int]:
        return set()

    def workspace_url(self) -> str:
        raise NotImplementedError

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def search_words(self) -> str:
        """What the search looks into, beside the title."""
        return " ".join([self.summary, *(str(each.get("title", "")) for each in self.translations.values())])
