"""The closed sets of feeds, with words for the reader."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.feeds import logic


class Way(models.TextChoices):
    UPLOAD = logic.Way.UPLOAD, _("Uploaded by hand")
    FOLDER = logic.Way.FOLDER, _("A watched folder")
    MAIL = logic.Way.MAIL, _("Attached to mail")
    FETCH = logic.Way.FETCH, _("Fetched from an address")
    API = logic.Way.API, _("Sent to our API")


class ReportState(models.TextChoices):
    WAITING = logic.ReportState.WAITING, _("Waits")
    RUNNING = logic.ReportState.RUNNING, _("Is being read")
    DONE = logic.ReportState.DONE, _("Read")
    REFUSED = logic.ReportState.REFUSED, _("Could not be read")


class FindingState(models.TextChoices):
    NEW = logic.State.NEW, pgettext_lazy("finding", "New")
    PERSISTING = logic.State.PERSISTING, pgettext_lazy("finding", "Still there")
    FIXED = logic.State.FIXED, pgettext_lazy("finding", "Mended")
    REOPENED = logic.State.REOPENED, pgettext_lazy("finding", "Back again")


class Severity(models.TextChoices):
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")
    HIGH = "high", pgettext_lazy("severity", "High")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    LOW = "low", pgettext_lazy("severity", "Low")
    INFO = "info", pgettext_lazy("severity", "For information")
    UNDEFINED = "undefined", pgettext_lazy("severity", "Not rated")


class Said(models.TextChoices):
    FIXED = logic.Said.FIXED, _("It is mended")
    WORKING = logic.Said.WORKING, _("We are working on it")
    NOT_OURS = logic.Said.NOT_OURS, _("It is not ours")
    FALSE_ALARM = logic.Said.FALSE_ALARM, _("It is a false alarm")
    NEED_HELP = logic.Said.NEED_HELP, _("We need help")


class Claim(models.TextChoices):
    CLAIMED = logic.Claim.CLAIMED, _("Said to be mended; the next reports will show")
    SHOWN = logic.Claim.SHOWN, _("Said to be mended, and not seen since")
    CONTRADICTED = logic.Claim.CONTRADICTED, _("Said to be mended, but seen again")


class Every(models.TextChoices):
    AT_ONCE = logic.Every.AT_ONCE, _("As soon as it is seen")
    DAY = logic.Every.DAY, _("Once a day")
    WEEK = logic.Every.WEEK, _("Once a week")
    MONTH = logic.Every.MONTH, _("Once a month")
    NEVER = logic.Every.NEVER, _("Never")


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0 (FIRST, 2022), as far as feeds use it."""

    CLEAR = "CLEAR", "TLP:CLEAR"
    GREEN = "GREEN", "TLP:GREEN"
    AMBER = "AMBER", "TLP:AMBER"
    AMBER_STRICT = "AMBER+STRICT", "TLP:AMBER+STRICT"


class CorrectionState(models.TextChoices):
    OPEN = "open", _("Waits for a decision")
    ACCEPTED = "accepted", _("The register was wrong")
    REFUSED = "refused", _("The register is right")
