"""What may be chosen for surveys, questions and waves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Topic(models.TextChoices):
    AWARENESS = "awareness", _("Awareness")
    WORKFORCE = "workforce", pgettext_lazy("kind of survey", "Workforce")
    TRAINING = "training", _("Training needs")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")
    SCALE = "scale", _("Scale")
    NUMBER = "number", _("Number")
    TEXT = "text", _("Short text")


class Variable(models.TextChoices):
    """What a question says about who answers: coarse, and stored apart from the answers."""

    DISTRICT = "district", _("District")
    AGE = "age", _("Age")
    GENDER = "gender", _("Gender")
    SECTOR = "sector", _("Sector")


# From the one that is taken out first, where single answers leave, to the last.
VARIABLES = tuple(Variable.values)


class WaveMode(models.TextChoices):
    OPEN = "open", _("Open link: whoever wants to answers")
    SAMPLE = "sample", _("Sample, by personal links")
    PAPER = "paper", _("Sample, on paper")
    INTERVIEWER = "interviewer", _("Sample, by interviewers")


class WaveState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", pgettext_lazy("a wave of a survey", "Closed")
    PUBLISHED = "published", _("Published")


class WeightMethod(models.TextChoices):
    NONE = "none", _("No weights")
    RAKE = "rake", _("Raking to the totals of each variable")
    CELLS = "cells", _("Post-stratification by cells")


class ResponseMode(models.TextChoices):
    WEB = "web", _("Open link")
    LINK = "link", _("Personal link")
    PAPER = "paper", _("On paper")
    INTERVIEWER = "interviewer", _("Interviewer")
