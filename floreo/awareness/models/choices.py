"""What may be chosen for campaigns, materials, quizzes and exercises."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(models.TextChoices):
    """For whom something is written."""

    HOUSEHOLDS = "households", _("Households")
    SCHOOLS = "schools", _("Schools")
    FIRMS = "firms", _("Small firms")
    OLDER = "older", _("Older people")
    PUBLIC_BODIES = "public_bodies", _("Public bodies")
    EVERYBODY = "everybody", _("Everybody")


class Subject(models.TextChoices):
    """What something is about."""

    PASSWORDS = "passwords", _("Passwords and sign-in")
    PHISHING = "phishing", _("Phishing and fraud")
    MONEY = "money", _("Money and shopping")
    DEVICES = "devices", _("Devices and updates")
    BACKUPS = "backups", _("Backups")
    PRIVACY = "privacy", _("Privacy and social networks")
    CHILDREN = "children", _("Children and young people")
    REPORTING = "reporting", _("What to do after an incident")
    OTHER = "other", pgettext_lazy("subject", "Another subject")


class ChannelType(models.TextChoices):
    RADIO = "radio", _("Radio")
    TELEVISION = "television", _("Television")
    PRESS = "press", _("Newspapers")
    SMS = "sms", _("SMS")
    SOCIAL = "social", _("Social network")
    WEB = "web", _("Website")
    POSTER = "poster", _("Posters and leaflets")
    EVENT = "event", pgettext_lazy("channel", "Event")


class ReachUnit(models.TextChoices):
    """What a number of a campaign counts. Numbers of different units are never added."""

    VIEWS = "views", _("Views")
    LISTENERS = "listeners", _("Listeners")
    PEOPLE = "people", _("People present")
    SMS = "sms", _("SMS sent")
    COPIES = "copies", _("Copies handed out")


class LinkType(models.TextChoices):
    PARTNER = "partner", _("Partner")
    SITE = "site", _("Other site")
    INITIATIVE = "initiative", _("Initiative that it builds on")


class PaperSize(models.TextChoices):
    A4 = "a4", "A4"
    A5 = "a5", "A5"


class QuizKind(models.TextChoices):
    QUIZ = "quiz", _("Quiz")
    CHECK = "check", _("Self-check")  # ends with things to do, and has no right answers


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("One answer")
    MULTIPLE = "multiple", _("Several answers")
    TRUE_FALSE = "true_false", _("True or false")


class Verdict(models.TextChoices):
    PHISH = "phish", _("Phish")
    REAL = "real", _("Real message")


class SpotPart(models.TextChoices):
    """In which part of a message a place lies."""

    SENDER = "sender", _("Sender")
    SUBJECT = "subject", pgettext_lazy("of a message", "Subject")
    BODY = "body", _("Text")
    LINK = "link", _("Link")
    ATTACHMENT = "attachment", _("Attachment")
