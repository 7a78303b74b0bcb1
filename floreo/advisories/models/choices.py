"""What may be chosen for advisories, and who may read which marking."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, can
from floreo.core.policy import Tlp


class AdvisoryState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Severity(models.TextChoices):
    LOW = "low", pgettext_lazy("severity", "Low")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    HIGH = "high", pgettext_lazy("severity", "High")
    CRITICAL = "critical", pgettext_lazy("severity", "Critical")


class ProductStatus(models.TextChoices):
    """As CSAF calls them."""

    AFFECTED = "known_affected", pgettext_lazy("product", "Affected")
    FIXED = "fixed", pgettext_lazy("product", "Fixed")
    NOT_AFFECTED = "known_not_affected", pgettext_lazy("product", "Not affected")
    INVESTIGATED = "under_investigation", pgettext_lazy("product", "Under investigation")


class ReplyKind(models.TextChoices):
    """What an organisation says of an advisory on what it runs."""

    WORKING = "working", pgettext_lazy("reply to an advisory", "Affected; working on it")
    FIXED = "fixed", pgettext_lazy("reply to an advisory", "Fixed")
    NOT_AFFECTED = "not_affected", pgettext_lazy("reply to an advisory", "Not affected")
    NEED_HELP = "need_help", pgettext_lazy("reply to an advisory", "Need help")


CLOSING = (ReplyKind.FIXED, ReplyKind.NOT_AFFECTED)  # nothing is left to do
# What is sent to organisations: what their people may read in the workspace.
SENT_TO_ORGANISATIONS = (Tlp.CLEAR, Tlp.GREEN)
# Who may read what is not TLP:CLEAR: AMBER is for who writes advisories, AMBER+STRICT and RED for few of them.
CLOSED = (Tlp.AMBER_STRICT, Tlp.RED)


def may_write(viewer: object) -> bool:
    """Whether the viewer sees what is not published yet."""
    return can(viewer, Permission.ADVISORY_WRITE)


def may_read_marking(viewer: object, tlp: str) -> bool:
    """Whether somebody who writes advisories may also read one with that marking."""
    return tlp not in CLOSED or can(viewer, Permission.ADVISORY_RED)


def markings_read_by(viewer: object) -> tuple[str, ...]:
    """The markings of what was published that the viewer may read."""
    if may_write(viewer):
        return tuple(tlp for tlp in Tlp.values if may_read_marking(viewer, tlp))
    return (Tlp.CLEAR, Tlp.GREEN) if can(viewer, Permission.ADVISORY_READ) else (Tlp.CLEAR,)
