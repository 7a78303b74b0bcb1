"""Forms of notifications: which fields each stage asks for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.obligations import logic
from floreo.obligations.models.choices import READ


class NotificationForm(Record, Translated, Sourced):
    """What is asked in the stages of a notification, as data: the questions, and the rules by which an incident is significant. A later
    revision is a row of its own, and what was begun on an earlier one ends on it. A draft is in force for nobody; once it is published,
    nobody changes it."""

    read_with = READ
    translated_fields: ClassVar[tuple[str, ...]] = ("title", "law")

    code = models.SlugField(max_length=60)
    revision = models.CharField(max_length=20, default="1", verbose_name=_("Version"))
    holds_from = models.DateField(
        verbose_name=_("In force from"),
        help_text=_("Notifications that are begun from that day on ask these questions; earlier ones keep theirs."),
    )
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    law = models.CharField(
        max_length=200, blank=True, verbose_name=_("Law"), help_text=_("The act that asks for the notification.")
    )
    section = models.CharField(max_length=60, blank=True, verbose_name=_("Section"))
    is_example = models.BooleanField(default=False, verbose_name=_("Example"))
    is_draft = models.BooleanField(default=False, verbose_name=_("Draft"))
    questions = models.JSONField(default=list, blank=True)  # logic.py: item_of
    significant = models.JSONField(default=list, blank=True)  # logic.py: significance_rule_of

    class Meta:
        ordering = ["code", "-holds_from", "-pk"]
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="notification_form_revision")]

    def __str__(self) -> str:
        return f"{self.title} {self.revision}"

    def workspace_url(self) -> str:
        return path_to("workspace:notification_form", self.pk)

    def all_items(self) -> tuple[logic.Question, ...]:
        return logic.questions_of(self.questions)

    def asked_in(self, stage: str) -> tuple[logic.Question, ...]:
        return logic.asked_in(self.all_items(), logic.Stage(stage))

    def significance_rules(self) -> list[logic.SignificanceRule]:
        codes = [str(each["code"]) for each in self.questions]
        return [logic.significance_rule_of(each, codes) for each in self.significant]
