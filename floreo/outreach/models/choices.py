"""What may be chosen for ambassadors, their sessions and requests."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.outreach.logic import ClockDoubt


class AmbassadorState(models.TextChoices):
    CANDIDATE = "candidate", _("Candidate")
    ACTIVE = "active", pgettext_lazy("an ambassador", "Active")
    ON_LEAVE = "on_leave", _("On leave")
    LAPSED = "lapsed", _("Certificate expired")
    LEFT = "left", pgettext_lazy("an ambassador", "Left")


class Audience(models.TextChoices):
    PUPILS = "pupils", _("Pupils")
    FAMILIES = "families", _("Families")
    OLDER = "older", _("Older people")
    WORKERS = "workers", _("Workers")
    BUSINESSES = "businesses", _("Small businesses")
    OFFICIALS = "officials", _("Officials")


class SessionTopic(models.TextChoices):
    FRAUD = "fraud", _("Fraud by message")
    SIGN_IN = "sign_in", _("Two-step sign-in and passwords")
    CHILDREN = "children", _("Children online")
    DEVICES = "devices", _("Safe devices")
    REPORTING = "reporting", _("How to report an incident")


class VenueKind(models.TextChoices):
    """Where a session is held: its setting."""

    SCHOOL = "school", _("School")
    HALL = "hall", _("Community hall")
    WORKPLACE = "workplace", _("Workplace")
    HEALTH = "health", _("Health post")
    WORSHIP = "worship", _("Place of worship")
    OUTDOOR = "outdoor", _("Market or open air")
    ONLINE = "online", _("Online or radio")
    OTHER = "other", pgettext_lazy("a place", "Other")


class PhotoConsent(models.TextChoices):
    NONE = "none", _("No photos were taken")
    WRITTEN = "written", _("Photos, and everybody in them agreed in writing")
    NOBODY = "nobody", _("Photos in which nobody can be recognised")


class SessionChannel(models.TextChoices):
    PHONE = "phone", _("By telephone, from its queue")
    WEB = "web", _("On this site")
    PAPER = "paper", _("On paper")


class SessionState(models.TextChoices):
    RECEIVED = "received", _("Waiting for review")
    REVIEWED = "reviewed", _("Reviewed and counted")
    RETURNED = "returned", _("Returned")
    REJECTED = "rejected", pgettext_lazy("a session", "Not counted")


class Doubt(models.TextChoices):
    """ClockDoubt with words for the reader."""

    AHEAD = ClockDoubt.AHEAD, _("The clock of the phone is ahead")
    BEHIND = ClockDoubt.BEHIND, _("The clock of the phone is behind ours")
    FUTURE = ClockDoubt.FUTURE, _("The date is still to come")
    BEFORE = ClockDoubt.BEFORE, _("The date is after the day on which it was written")
    OLD = ClockDoubt.OLD, _("The date is more than half a year before it arrived")


class RequestState(models.TextChoices):
    WAITING = "waiting", _("Waiting for an ambassador")
    ASSIGNED = "assigned", _("Assigned")
    DONE = "done", pgettext_lazy("a request", "Done")
    DECLINED = "declined", _("Declined")


class RequesterKind(models.TextChoices):
    SCHOOL = "school", _("School")
    FIRM = "firm", _("Firm")
    ASSOCIATION = "association", _("Association or council")
    PUBLIC_BODY = "public_body", _("Public body")
    OTHER = "other", pgettext_lazy("who asks", "Other")


class MoveKind(models.TextChoices):
    RECEIVED = "received", _("Arrived in the store")
    HANDED_OUT = "handed_out", _("Handed to an ambassador")
    RETURNED = "returned", _("Brought back to the store")
    LEFT = "left", _("Left at a session")
    LOST = "lost", _("Lost or damaged")
