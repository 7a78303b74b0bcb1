"""Who may read and edit services, how long hours may be, and kinds and states."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission
from floreo.infrastructure.logic import MOST_HOURS, ServiceState, Stage

READ, EDIT, EDGES = Permission.SERVICE_READ, Permission.SERVICE_EDIT, Permission.DEPENDENCY_EDIT
HOURS = [MaxValueValidator(MOST_HOURS)]


class ServiceStateChoice(models.TextChoices):
    PROPOSED = ServiceState.PROPOSED, _("Waiting for review")
    CURRENT = ServiceState.CURRENT, pgettext_lazy("a service", "In the register")
    WITHDRAWN = ServiceState.WITHDRAWN, pgettext_lazy("a service", "Withdrawn")


class StageChoice(models.TextChoices):
    PROPOSED = Stage.PROPOSED, pgettext_lazy("a designation", "Proposed")
    HEARING = Stage.HEARING, _("Hearing of the operator")
    DESIGNATED = Stage.DESIGNATED, _("Designated")
    DECLINED = Stage.DECLINED, _("Not designated")
    WITHDRAWN = Stage.WITHDRAWN, _("Designation withdrawn")


class DependencyKind(models.TextChoices):
    """What a service needs of another. The kinds are the interdependencies that infrastructure studies distinguish, in everyday words."""

    POWER = "power", _("Electric power")
    WATER = "water", _("Water")
    TELECOM = "telecom", _("Telecommunications")
    DATA = "data", _("Data and computing")
    PAYMENT = "payment", _("Payments")
    IDENTITY = "identity", _("Identity")
    FUEL = "fuel", _("Fuel")
    LOGISTICS = "logistics", _("Transport and supplies")
    PEOPLE = "people", _("People")
    OTHER = "other", pgettext_lazy("dependency", "Other")


class AssetKind(models.TextChoices):
    SITE = "site", _("Site or building")
    SYSTEM = "system", _("Computer system")
    CONTROL = "control", _("Control system")
    NETWORK = "network", _("Network or line")
    DATA = "data", _("Data")
    OTHER = "other", pgettext_lazy("asset", "Other")


class StepKind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    HEARING = "hearing", pgettext_lazy("step of a designation", "Hearing")
    DECISION = "decision", _("Decision to designate")
    REFUSAL = "refusal", _("Decision not to designate")
    REVIEW = "review", _("Review: the designation stays")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class TestResult(models.TextChoices):
    __test__ = False  # not a class of tests

    PASSED = "passed", _("Passed")
    PARTLY = "partly", _("Passed in part")
    FAILED = "failed", _("Failed")
