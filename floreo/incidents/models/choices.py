"""The closed sets of the incidents app. Their short names are what the database keeps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """How a report reached the team."""

    FORM = "form", _("Public form")
    PHONE = "phone", _("Telephone")
    PAPER = "paper", _("On paper")
    MAIL = "mail", _("E-mail")
    XARF = "xarf", _("Abuse report (XARF)")
    API = "api", _("API")
    FEED = "feed", _("Finding of a feed")
    IMPORT = "import", _("Imported")


class ReportKind(models.TextChoices):
    """What the reporter says it is, in their own terms; the team's classification is RSIT."""

    MONEY = "money", _("Money or a payment was lost, or somebody tried")
    MESSAGE = "message", _("A suspicious message, call or website")
    ACCOUNT = "account", _("Somebody got into an account")
    LOCKED = "locked", _("Files or computers do not open, or somebody asks for money")
    DATA = "data", _("Personal data or documents were seen or published")
    DOWN = "down", _("A service or website does not work, or was changed")
    HARM = "harm", _("Somebody is threatened, harassed or blackmailed online")
    CHILD = "child", _("Something that hurts or uses a child")
    WEAKNESS = "weakness", _("A weakness in a system")
    OTHER = "other", _("Something else, or not known")


class ReportState(models.TextChoices):
    NEW = "new", pgettext_lazy("a report", "To triage")
    ASKED = "asked", _("Waiting for the reporter")
    ACCEPTED = "accepted", pgettext_lazy("a report", "Taken into a case")
    REJECTED = "rejected", pgettext_lazy("a report", "Rejected")
    PASSED = "passed", _("Passed on to another body")
    DUPLICATE = "duplicate", _("Reported before")
    WITHDRAWN = "withdrawn", _("Withdrawn by the reporter")


class CaseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a case", "Open")
    CONTAINED = "contained", _("Contained")
    RESOLVED = "resolved", pgettext_lazy("a case", "Resolved")
    CLOSED = "closed", pgettext_lazy("a case", "Closed")
    MERGED = "merged", _("Merged into another")


class WaitingFor(models.TextChoices):
    """Who must act next."""

    TEAM = "team", _("The team")
    REPORTER = "reporter", _("The reporter")
    ORGANISATION = "organisation", _("The organisation concerned")
    OTHER = "other", _("Somebody else")
    NOBODY = "nobody", _("Nobody")


class CaseSeverity(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("severity", "Not set")
    LOW = "low", pgettext_lazy("severity", "Low")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    HIGH = "high", pgettext_lazy("severity", "High")
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")


class Pap(models.TextChoices):
    """Permissible Actions Protocol: what may be done with an observable."""

    CLEAR = "CLEAR", "PAP:CLEAR"
    GREEN = "GREEN", "PAP:GREEN"
    AMBER = "AMBER", "PAP:AMBER"
    RED = "RED", "PAP:RED"


class PartOf(models.TextChoices):
    """What an organisation has to do with a case."""

    AFFECTED = "affected", _("Affected")
    REPORTER = "reporter", _("Reported it")
    HELPS = "helps", _("Helps")
    SOURCE = "source", _("The attack came through it")


class ObservableKind(models.TextChoices):
    IPV4 = "ipv4", _("IPv4 address")
    IPV6 = "ipv6", _("IPv6 address")
    DOMAIN = "domain", _("Domain name")
    URL = "url", "URL"
    EMAIL = "email", _("E-mail address")
    MD5 = "md5", "MD5"
    SHA1 = "sha1", "SHA-1"
    SHA256 = "sha256", "SHA-256"
    CVE = "cve", "CVE"
    FILE = "file", _("File name")
    ACCOUNT = "account", _("User account")
    PHONE = "phone", _("Telephone number")
    BITCOIN = "bitcoin", _("Bitcoin address")
    OTHER = "other", _("Something else")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a task of a case", "To do")
    DONE = "done", pgettext_lazy("a task of a case", "Done")
    DROPPED = "dropped", _("Not needed")


class Direction(models.TextChoices):
    OUT = "out", pgettext_lazy("a message", "Sent")
    IN = "in", pgettext_lazy("a message", "Received")


class SubmissionKind(models.TextChoices):
    """What an organisation under a law sends, in its order."""

    EARLY_WARNING = "early_warning", _("Early warning")
    NOTIFICATION = "notification", _("Incident notification")
    PROGRESS = "progress", _("Progress report")
    FINAL = "final", _("Final report")
    REQUEST = "request", _("Request to the team")
