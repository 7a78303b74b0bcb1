"""Who interviews and who is asked, what was answered, and what of it is published."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core import languages
from floreo.core.access import Permission
from floreo.core.models import Record
from floreo.surveys.models.choices import ResponseMode, WaveState
from floreo.surveys.models.surveys import OfSurvey, Survey, may_read_all
from floreo.surveys.models.waves import Wave


class Interviewer(OfSurvey):
    """Somebody who asks the questions of one wave and sends answers by a link of their own."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"link_hash"})
    read_with = Permission.SURVEY_READ

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="interviewers")
    name = models.CharField(max_length=120, verbose_name=_("Name"))
    district = models.CharField(max_length=20, blank=True, verbose_name=_("District"))
    link_hash = models.CharField(max_length=64, blank=True, db_index=True)  # SHA-256 of the secret of the link
    ended_on = models.DateField(null=True, blank=True, verbose_name=_("Ended"))

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["wave", "name"], name="interviewer_once")]

    def __str__(self) -> str:
        return self.name

    def the_survey(self) -> Survey:
        return self.wave.survey

    def workspace_url(self) -> str:
        return self.wave.workspace_url()


class SampleLink(models.Model):
    """A link by which one person of a sample answers once. It says whether it was used, and neither when nor with which answer: it is in
    no entry of the trail, and has no time, so that nothing here joins the two."""

    not_chained = "An entry beside that of the answer would say whose answer it was."
    read_with = Permission.SURVEY_READ

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="sample_links")
    batch = models.PositiveSmallIntegerField()
    link_hash = models.CharField(max_length=64, unique=True)
    is_used = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["wave", "is_used"], name="sample_link_used")]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.batch}"


class Response(Record):
    """What one person answered. No name and no address of anybody; groups are coarse."""

    read_with = Permission.SURVEY_DATA
    # What somebody answered is in no entry of the trail, which others read.
    secret_fields: ClassVar[frozenset[str]] = frozenset(
        {"answers", "district", "age", "gender", "sector", "interviewer", "taken_at", "received_at", "paper_number"}
    )

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    mode = models.CharField(max_length=11, choices=ResponseMode.choices, verbose_name=_("Mode"))
    language = models.CharField(max_length=5, default=languages.first, verbose_name=_("Language"))
    answers = models.JSONField(default=dict)
    district = models.CharField(max_length=20, blank=True)
    age = models.CharField(max_length=20, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    sector = models.CharField(max_length=40, blank=True)
    interviewer = models.ForeignKey(
        Interviewer, null=True, blank=True, on_delete=models.SET_NULL, related_name="responses"
    )
    taken_at = models.DateTimeField(null=True, blank=True)  # as the phone's clock said
    received_at = models.DateTimeField(null=True, blank=True)  # of an answer by a personal link only the day is kept
    clock_off = models.BooleanField(default=False)
    paper_number = models.CharField(max_length=20, blank=True, verbose_name=_("Number on the paper"))
    typed_twice = models.BooleanField(default=False)  # two people typed the paper, and the same came of it

    class Meta:
        ordering = ["wave", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "paper_number"], condition=~Q(paper_number=""), name="response_paper_once"
            )
        ]
        indexes = [models.Index(fields=["wave", "mode", "district"], name="response_progress")]

    def __str__(self) -> str:
        return str(self.uuid)

    def audit_subject(self) -> models.Model:
        return self.wave.survey

    def group(self, variable: str) -> str:
        return str(getattr(self, variable))


class ResultQuerySet(models.QuerySet["PublishedResult"]):
    def visible_to(self, viewer: object) -> ResultQuerySet:
        """Published for everybody, with its survey."""
        rows = self.filter(wave__state=WaveState.PUBLISHED)
        return rows if may_read_all(viewer) else rows.filter(wave__survey__is_public=True)


class PublishedResult(Record):
    """One published share: of a question and an answer, for everybody or for a group. The same as in the results of its wave, as a row."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="result_rows", verbose_name=_("Wave"))
    question = models.CharField(max_length=40, verbose_name=_("Key"))
    option = models.CharField(max_length=40, verbose_name=_("Answer"))  # "*": the answers that count together
    grouping = models.CharField(max_length=60, blank=True, verbose_name=_("Group by"))  # "" is everybody
    value = models.CharField(max_length=60, blank=True, verbose_name=_("Group"))
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Per cent"))
    low = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Lower end"))
    high = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Upper end"))
    answers = models.PositiveIntegerField(null=True, blank=True, verbose_name=_("Answers"))
    hidden = models.CharField(
        max_length=12, blank=True, verbose_name=_("Withheld")
    )  # why there is no share: logic.Hidden
    change = models.CharField(max_length=14, blank=True, verbose_name=_("Change"))  # on the wave before: logic.Change
    change_by = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Points"))
    change_low = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Lower end of the change")
    )
    change_high = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, verbose_name=_("Upper end of the change")
    )
    position = models.PositiveIntegerField(default=0)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["wave", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "question", "option", "grouping", "value"], name="survey_result_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.option} {self.grouping} {self.value}"

    def audit_subject(self) -> models.Model:
        return self.wave.survey
