"""The closed sets of feeds, with words for the reader."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.policy import Tlp
from floreo.feeds import logic


class CollectorKind(models.TextChoices):
    UPLOAD = logic.CollectorKind.UPLOAD, _("Uploaded by hand")
    FOLDER = logic.CollectorKind.FOLDER, _("Watched folder")
    MAIL = logic.CollectorKind.MAIL, _("Attached to e-mail")
    FETCH = logic.CollectorKind.FETCH, _("Fetched from an address")
    REPORTS = logic.CollectorKind.REPORTS, _("Shadowserver Reports API")
    TAXII = logic.CollectorKind.TAXII, _("TAXII 2.1 collection")
    MISP = logic.CollectorKind.MISP, _("MISP feed")
    N6 = logic.CollectorKind.N6, _("n6 of CERT Polska")
    API = logic.CollectorKind.API, _("Sent to our API")


BATCHED = (CollectorKind.TAXII, CollectorKind.MISP, CollectorKind.N6)  # whose answers become lines of events
FETCHED = (CollectorKind.FETCH, CollectorKind.REPORTS, *BATCHED)  # asked for when due


class FileState(models.TextChoices):
    WAITING = logic.FileState.WAITING, _("Waiting")
    RUNNING = logic.FileState.RUNNING, _("Reading in progress")
    DONE = logic.FileState.DONE, _("Read")
    REFUSED = logic.FileState.REFUSED, _("Could not be read")


class HeldState(models.TextChoices):
    HELD = "held", pgettext_lazy("file", "Held")
    RELEASED = "released", pgettext_lazy("file", "Released")
    DISCARDED = "discarded", pgettext_lazy("file", "Discarded")


class RunHeld(models.TextChoices):
    """Why a night counts nothing, closes nothing and is in no notice."""

    FEWER = logic.Odd.FEWER, _("Far fewer rows than usual")
    MORE = logic.Odd.MORE, _("Far more rows than usual")
    EMPTY = logic.Odd.EMPTY, _("A file without a row")
    NO_FILE = logic.Odd.NO_FILE, _("No file of this type, which usually has many rows")
    REFUSED = logic.REFUSED, _("Does not count")


class HeldReason(models.TextChoices):
    """Why nothing proves who sent a mail."""

    UNSIGNED = "unsigned", _("The mail has no DKIM signature of the sender's domain.")
    NOT_VALID = (
        "not_valid",
        _("Its DKIM signature is not valid: the mail was forged, or it was changed on the way."),
    )
    NOT_TO_US = (
        "not_to_us",
        _("It is signed, but not as sent to this mailbox: it may be a copy of a mail to somebody else."),
    )
    ADDRESS_UNKNOWN = (
        "no_address",
        _(
            "It is signed, but FLOREO_FEED_ADDRESS does not say which address is ours, so nobody knows whether it was sent to us."
        ),
    )


class FindingState(models.TextChoices):
    NEW = logic.State.NEW, pgettext_lazy("finding", "New")
    PERSISTING = logic.State.PERSISTING, pgettext_lazy("finding", "Open")
    FIXED = logic.State.FIXED, pgettext_lazy("finding", "Fixed")
    NOT_SEEN = logic.State.NOT_SEEN, pgettext_lazy("finding", "Not seen any more")
    REOPENED = logic.State.REOPENED, pgettext_lazy("finding", "Seen again")
    FALSE_ALARM = logic.State.FALSE_ALARM, pgettext_lazy("finding", "False alarm")
    ACCEPTED = logic.State.ACCEPTED, pgettext_lazy("finding", "Accepted")
    OUTSIDE = logic.State.OUTSIDE, pgettext_lazy("finding", "Outside our constituency")
    WITHDRAWN = logic.State.WITHDRAWN, pgettext_lazy("finding", "Withdrawn by its source")
    DROPPED = logic.State.DROPPED, pgettext_lazy("finding", "Left out by a rule")


class EndingKind(models.TextChoices):
    """What ends a finding besides what files show."""

    FALSE_ALARM = logic.State.FALSE_ALARM, pgettext_lazy("finding", "False alarm")
    ACCEPTED = logic.State.ACCEPTED, pgettext_lazy("finding", "Accepted")
    OUTSIDE = logic.State.OUTSIDE, pgettext_lazy("finding", "Outside our constituency")
    WITHDRAWN = logic.State.WITHDRAWN, pgettext_lazy("finding", "Withdrawn by its source")


class Evidence(models.TextChoices):
    """What it says that a feed does not name something."""

    SCAN = logic.Evidence.SCAN, _("Scan: it looked and did not see it")
    SIGHTING = logic.Evidence.SIGHTING, _("Sighting: it is named only when it calls")
    LIST = logic.Evidence.LIST, _("List: each file names its own day only")


class Delivery(models.TextChoices):
    """What each file of a feed holds."""

    WHOLE = logic.Delivery.WHOLE, _("All that was seen that day")
    DIFFERENCE = logic.Delivery.DIFFERENCE, _("Only changes, and everything on one day of the week")


class PoolKind(models.TextChoices):
    """How the addresses of a network are used."""

    DYNAMIC = "dynamic", _("Dynamic: an address changes hands")
    NAT = "nat", _("Carrier NAT: customers share an address")


class PoolState(models.TextChoices):
    OFFERED = "offered", pgettext_lazy("pool", "To be confirmed")
    ACTIVE = "active", pgettext_lazy("pool", "In force")
    REFUSED = "refused", pgettext_lazy("pool", "Neither dynamic nor shared")
    ENDED = "ended", pgettext_lazy("pool", "Ended")


class Severity(models.TextChoices):
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")
    HIGH = "high", pgettext_lazy("severity", "High")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    LOW = "low", pgettext_lazy("severity", "Low")
    INFO = "info", pgettext_lazy("severity", "For information")
    UNDEFINED = "undefined", pgettext_lazy("severity", "Not rated")


class ReplyKind(models.TextChoices):
    FIXED = logic.ReplyKind.FIXED, _("Fixed")
    WORKING = logic.ReplyKind.WORKING, _("Working on it")
    NOT_OURS = logic.ReplyKind.NOT_OURS, _("Not ours")
    FALSE_ALARM = logic.ReplyKind.FALSE_ALARM, _("False alarm")
    NEED_HELP = logic.ReplyKind.NEED_HELP, _("Need help")


class FixClaim(models.TextChoices):
    CLAIMED = logic.FixClaim.CLAIMED, _("Reported fixed; the next reports will show")
    SHOWN = logic.FixClaim.SHOWN, _("Reported fixed, and not seen since")
    CONTRADICTED = logic.FixClaim.CONTRADICTED, _("Reported fixed, but seen again")


class Every(models.TextChoices):
    AT_ONCE = logic.Every.AT_ONCE, _("Immediately")
    DAY = logic.Every.DAY, _("Once a day")
    WEEK = logic.Every.WEEK, _("Once a week")
    MONTH = logic.Every.MONTH, _("Once a month")
    NEVER = logic.Every.NEVER, _("Never")


# What is marked RED is for those alone who were in the room: it is not sent on by a rule.
SENT_MARKINGS = [(marking.value, marking.label) for marking in Tlp if marking is not Tlp.RED]


class CorrectionState(models.TextChoices):
    OPEN = "open", _("Waiting for a decision")
    ACCEPTED = "accepted", _("The register was wrong")
    REFUSED = "refused", _("The register is right")
