"""Materials of campaigns, to take away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.awareness.models.choices import PaperSize
from floreo.awareness.models.published import Published
from floreo.core.routes import path_to
from floreo.core.search import Entry


class Material(Published):
    """Advice to read and to print, in Markdown. Licence and source are required."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "body")

    body = models.TextField(
        max_length=20_000,
        verbose_name=_("Text"),
        help_text=_("Markdown: ## heading, - list, **bold**, [link](address)."),
    )
    licence = models.CharField(
        max_length=100, verbose_name=_("Licence"), help_text=_("Under which others may use it, for example CC BY 4.0.")
    )
    paper = models.CharField(
        max_length=2, choices=PaperSize.choices, default=PaperSize.A4, verbose_name=_("Paper size")
    )
    review_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("Review by"),
        help_text=_("The day by which somebody reads whether it is still right."),
    )

    class Meta:
        ordering = ["audience", "subject", "title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(licence=""), name="material_has_a_licence"),
            models.CheckConstraint(condition=~Q(source=""), name="material_has_a_source"),
        ]

    def get_absolute_url(self) -> str:
        return path_to("portal:material", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:material", self.code)

    def search_entry(self) -> Entry:
        texts = [self.search_words(), self.body, *(str(each.get("body", "")) for each in self.translations.values())]
        here = self.get_absolute_url()
        return Entry("material", self.title, " ".join(texts), here, self.workspace_url(), self.is_public)
