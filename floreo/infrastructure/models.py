"""Essential services: who runs them, what they need, who is designated, how they recover, and what-ifs over them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core import clock
from floreo.core.access import Permission, can, reach
from floreo.core.models import Record, Sourced, Translated, named
from floreo.core.policy import Tlp
from floreo.core.routes import path_to
from floreo.core.search import Entry, spoken
from floreo.evidence.models import Evidence
from floreo.infrastructure.logic import MOST_HOURS, OPEN_STAGES, PlanState, ServiceState, Stage, plan_state
from floreo.organisations.models import NationalSector, Organisation, Place

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
    """What a service needs of another. The kinds are the interdependencies that infrastructure studies tell apart, in everyday words."""

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


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, viewer: object) -> ServiceQuerySet:
        """What is published, and those of one's own organisation; the team sees all."""
        own = reach(viewer, READ)
        if own is None:
            return self
        return self.filter(Q(is_public=True, state=ServiceState.CURRENT) | Q(operator__in=own))

    def current(self) -> ServiceQuerySet:
        return self.filter(state=ServiceState.CURRENT)


class Service(Record, Translated, Sourced):
    """An essential service: what people would be without. One that lies abroad or has no operator in the register has none."""

    translated_fields: ClassVar[tuple[str, ...]] = ("name", "summary")
    internal_fields: ClassVar[frozenset[str]] = frozenset(
        {"internal_notes", "rto_hours", "mtpd_hours", "stops_at", "users", "users_basis"}
    )

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, verbose_name=_("Name of the service"))
    summary = models.TextField(
        max_length=2000, blank=True, verbose_name=_("What it does"), help_text=_("In plain words.")
    )
    operator = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="services",
        verbose_name=_("Operator"),
        help_text=_("Empty for a service abroad, or one that nobody in the register runs."),
    )
    sector = models.ForeignKey(
        NationalSector, on_delete=models.PROTECT, related_name="services", verbose_name=_("Sector")
    )
    users = models.PositiveIntegerField(
        null=True,
        blank=True,
        verbose_name=_("People who use it"),
        help_text=_("In the whole country. Empty where it is not known."),
    )
    users_basis = models.CharField(
        max_length=300, blank=True, verbose_name=_("How that was counted"), help_text=_("Source and year.")
    )
    rto_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=HOURS,
        verbose_name=_("Recovery time objective, in hours"),
        help_text=_("RTO: within how many hours it is to work again."),
    )
    mtpd_hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=HOURS,
        verbose_name=_("Longest tolerable outage, in hours"),
        help_text=_("MTPD: after how many hours the harm can no longer be borne."),
    )
    stops_at = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Counts as stopped from a loss of, in per cent"),
    )
    internal_notes = models.TextField(
        max_length=4000, blank=True, verbose_name=_("Internal notes"), help_text=_("Not published.")
    )
    is_public = models.BooleanField(
        default=False,
        verbose_name=_("Public"),
        help_text=_(
            "Everybody sees its name, its operator and its sector, and whether it is designated. Nothing else."
        ),
    )
    state = models.CharField(
        max_length=9, choices=ServiceStateChoice.choices, default=ServiceStateChoice.CURRENT, editable=False
    )
    reviewed_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Last reviewed on"))
    withdrawn_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Withdrawn on"))
    reason = models.CharField(max_length=300, blank=True, editable=False, verbose_name=_("Reason"))

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rto_hours=None) | Q(mtpd_hours=None) | Q(rto_hours__lte=F("mtpd_hours")),
                name="service_recovers_before_harm",
                violation_error_message=_("The recovery time objective is longer than the longest tolerable outage."),
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_on__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_on=None)),
                name="service_withdrawn_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "name"], name="service_listed")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_current(self) -> bool:
        return self.state == ServiceState.CURRENT

    def shows_internal_to(self, viewer: object) -> bool:
        return can(viewer, READ, self)

    def owner_ids(self) -> set[int]:
        return {self.operator_id} if self.operator_id else set()

    def get_absolute_url(self) -> str:
        return path_to("portal:essential_service", self.code)

    def workspace_url(self) -> str:
        return path_to("workspace:service", self.code)

    def search_entry(self) -> Entry:
        words = " ".join([*spoken(self)[1:], self.summary])
        shown = self.is_public and self.is_current
        return Entry("service", self.name, words, self.get_absolute_url(), self.workspace_url(), shown)


class OfServiceQuerySet(models.QuerySet[Any]):
    """Rows that are seen by the team, and by the operator of the service that they hang on; of a published service too nobody else
    sees them."""

    def visible_to(self, viewer: object) -> OfServiceQuerySet:
        own = reach(viewer, READ)
        return self if own is None else self.filter(service__operator__in=own)


class ServicePlace(Record):
    """Where a service is delivered, and to how many people there."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="served")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="served_by", verbose_name=_("Place"))
    users = models.PositiveIntegerField(
        null=True, blank=True, verbose_name=_("People who use it there"), help_text=_("Empty where it is not known.")
    )

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["place__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["service", "place"], name="service_place_once")]

    def __str__(self) -> str:
        return str(self.place)

    def audit_subject(self) -> models.Model:
        return self.service

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()


class Asset(Record, Sourced):
    """What a service stands on: a site, a system, a line. With the product that runs there, by which advisories find it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="assets", verbose_name=_("Service"))
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200, verbose_name=_("Name"))
    kind = models.CharField(max_length=8, choices=AssetKind.choices, verbose_name=_("Kind"))
    owner = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_assets",
        verbose_name=_("Owner"),
        help_text=_("Empty: the operator of the service."),
    )
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="assets", verbose_name=_("Place")
    )
    vendor = models.CharField(max_length=120, blank=True, verbose_name=_("Manufacturer"))
    product = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Product"),
        help_text=_("Advisories on this product are then shown to the operator."),
    )
    product_version = models.CharField(max_length=60, blank=True, verbose_name=_("Version"))
    note = models.TextField(max_length=2000, blank=True, verbose_name=_("Note"))

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> models.Model:
        return self.service

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()


class DependencyQuerySet(models.QuerySet["Dependency"]):
    def visible_to(self, viewer: object) -> DependencyQuerySet:
        """The team sees who hangs on whom. An operator sees what its own services need, and never who needs them."""
        own = reach(viewer, Permission.DEPENDENCY_READ)
        return self if own is None else self.filter(service__operator__in=own)

    def current(self) -> DependencyQuerySet:
        """Between services that are in the register, and not withdrawn."""
        return self.filter(withdrawn_on=None, service__state=ServiceState.CURRENT, needs__state=ServiceState.CURRENT)


class Dependency(Record, Sourced):
    """That a service needs another: how long until it is felt, how much is lost, and what bridges it."""

    named_with: ClassVar[tuple[str, ...]] = ("service", "needs")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="needs", verbose_name=_("Service"))
    needs = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="needed_by", verbose_name=_("Needs"))
    kind = models.CharField(max_length=9, choices=DependencyKind.choices, verbose_name=_("What it needs of it"))
    hours = models.PositiveIntegerField(
        default=0,
        validators=HOURS,
        verbose_name=_("Hours until it is felt"),
        help_text=_("0: at once. The hours of a fallback come on top."),
    )
    share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is then lost, in per cent"),
        help_text=_("100: it stops."),
    )
    fallback = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Fallback"),
        help_text=_("For example: a diesel generator. Empty: none."),
    )
    fallback_hours = models.PositiveIntegerField(
        default=0, validators=HOURS, verbose_name=_("Hours that the fallback lasts")
    )
    group = models.SlugField(
        max_length=40,
        blank=True,
        verbose_name=_("Alternatives"),
        help_text=_(
            "The same word at several dependencies of one service: any one of them is enough. Empty: it is needed in any case."
        ),
    )
    checked_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Checked on"))
    checked_by = models.CharField(max_length=200, blank=True, editable=False, verbose_name=_("Checked by"))
    withdrawn_on = models.DateField(null=True, blank=True, editable=False, verbose_name=_("Withdrawn on"))

    objects = DependencyQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "kind", "pk"]
        verbose_name_plural = "dependencies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(service=F("needs")),
                name="dependency_not_on_itself",
                violation_error_message=_("A service cannot depend on itself."),
            ),
            models.UniqueConstraint(
                fields=["service", "needs", "kind"],
                condition=Q(withdrawn_on=None),
                name="dependency_once",
                violation_error_message=_("This dependency is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(fallback_hours=0) | ~Q(fallback=""),
                name="dependency_fallback_named",
                violation_error_message=_("Say what the fallback is."),
            ),
        ]
        indexes = [models.Index(fields=["needs", "withdrawn_on"], name="dependency_of")]

    def __str__(self) -> str:
        return f"{self.service} → {self.needs}"

    def audit_subject(self) -> models.Model:
        return self

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()

    def workspace_url(self) -> str:
        return self.service.workspace_url()


# --- Designation --------------------------------------------------------------------------------------------------


class CriteriaSet(Record, Translated, Sourced):
    """By which criteria a service is designated, from which act, and from how many points."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "summary")

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title"))
    summary = models.TextField(max_length=2000, blank=True, verbose_name=_("How it is used"))
    threshold = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Threshold, in per cent of the points"),
        help_text=_("A service that reaches it is proposed. It is designated only by a decision."),
    )
    is_current = models.BooleanField(default=True)
    is_example = models.BooleanField(default=False)  # shipped or invented: nothing of a real state hangs on it

    read_with = READ

    class Meta:
        ordering = ["-is_current", "title", "pk"]

    def __str__(self) -> str:
        return self.title


class Criterion(Record, Translated):
    """One criterion with the levels that can be given: [{"points": 0, "word": "None", "es": "Ninguno"}], fewest points first."""

    read_with = READ

    criteria = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    levels = models.JSONField(default=list)
    weight = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["criteria", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["criteria", "code"], name="service_criterion_once")]

    def __str__(self) -> str:
        return self.title

    def audit_subject(self) -> models.Model:
        return self.criteria

    @property
    def most(self) -> int:
        return max((int(level["points"]) for level in self.levels), default=0)


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, viewer: object) -> DesignationQuerySet:
        """The team sees all; an operator those of its own services. That a published service is designated is public by the service."""
        own = reach(viewer, READ)
        return self if own is None else self.filter(service__operator__in=own)


class Designation(Record):
    """One procedure about one service: proposal, hearing, decision, reviews, withdrawal."""

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="designations", verbose_name=_("Service")
    )
    criteria = models.ForeignKey(
        CriteriaSet, on_delete=models.PROTECT, related_name="designations", verbose_name=_("Criteria")
    )
    code = models.SlugField(max_length=40, unique=True)
    stage = models.CharField(max_length=10, choices=StageChoice.choices, default=StageChoice.PROPOSED)
    proposed_by = models.CharField(max_length=200)
    proposed_code = models.CharField(max_length=120)  # the account: who proposed does not decide
    review_due_on = models.DateField(
        null=True,
        blank=True,
        verbose_name=_("To be reviewed by"),
        help_text=_("By when the decision is to be looked at again."),
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(stage__in=["proposed", "hearing", "designated"]),
                name="designation_one_at_a_time",
                violation_error_message=_("A designation of this service is open or in force."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.service}"

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def is_in_force(self) -> bool:
        return self.stage == Stage.DESIGNATED

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()

    def workspace_url(self) -> str:
        return path_to("workspace:designation", self.code)


class OfDesignationQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfDesignationQuerySet:
        return self.filter(designation__in=Designation.objects.visible_to(viewer))


class DesignationScore(Record):
    """Points for one criterion, with the reason."""

    designation = models.ForeignKey(Designation, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.PositiveSmallIntegerField(verbose_name=_("Points"))
    reason = models.CharField(max_length=500, verbose_name=_("Reason"))

    objects = OfDesignationQuerySet.as_manager()

    class Meta:
        ordering = ["criterion__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["designation", "criterion"], name="designation_scored_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"

    def audit_subject(self) -> models.Model:
        return self.designation

    def owner_ids(self) -> set[int]:
        return self.designation.owner_ids()


class StepKind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    HEARING = "hearing", pgettext_lazy("step of a designation", "Hearing")
    DECISION = "decision", _("Decision to designate")
    REFUSAL = "refusal", _("Decision not to designate")
    REVIEW = "review", _("Review: the designation stays")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class DesignationStep(Record):
    """One step of the procedure: its day, its reasons, and the document that shows it."""

    designation = models.ForeignKey(Designation, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    on = models.DateField(verbose_name=_("Day"))
    text = models.TextField(max_length=4000, verbose_name=_("Reasons"))
    document = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="designation_steps",
        verbose_name=_("Document"),
        help_text=_("Code of the evidence that holds it."),
    )
    by = models.CharField(max_length=200)

    objects = OfDesignationQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    def audit_subject(self) -> models.Model:
        return self.designation

    def owner_ids(self) -> set[int]:
        return self.designation.owner_ids()


# --- Recovery -----------------------------------------------------------------------------------------------------


class TestResult(models.TextChoices):
    __test__ = False  # not a class of tests

    PASSED = "passed", _("Passed")
    PARTLY = "partly", _("Passed in part")
    FAILED = "failed", _("Failed")


class RecoveryPlan(Record, Sourced):
    """A response or recovery plan of a service: who answers for it, within how many hours it works again, when it was tested."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="plans", verbose_name=_("Service"))
    code = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("Title of the plan"))
    owner = models.CharField(
        max_length=200,
        blank=True,
        verbose_name=_("Responsible"),
        help_text=_("The post, for example: head of operations."),
    )
    hours = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=HOURS,
        verbose_name=_("Works again within, in hours"),
        help_text=_("Within how many hours, as the plan says."),
    )
    last_test_on = models.DateField(null=True, blank=True, verbose_name=_("Last test"))
    last_result = models.CharField(
        max_length=6, choices=TestResult.choices, blank=True, verbose_name=_("Result of the last test")
    )
    last_note = models.CharField(max_length=500, blank=True, verbose_name=_("What the test showed"))
    next_test_on = models.DateField(null=True, blank=True, verbose_name=_("Next test"))
    document = models.ForeignKey(
        Evidence,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recovery_plans",
        verbose_name=_("Document"),
        help_text=_("Code of the evidence that holds it."),
    )

    objects = OfServiceQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_test_on=None, last_result="") | (Q(last_test_on__isnull=False) & ~Q(last_result="")),
                name="plan_tested_with_result",
                violation_error_message=_("The day of a test and its result go together."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> PlanState:
        passed = self.last_result != TestResult.FAILED
        return plan_state(self.last_test_on, self.next_test_on, clock.today(), passed=passed)

    def audit_subject(self) -> models.Model:
        return self.service

    def owner_ids(self) -> set[int]:
        return self.service.owner_ids()

    def workspace_url(self) -> str:
        return f"{self.service.workspace_url()}#plans"


# --- What-ifs -----------------------------------------------------------------------------------------------------


class WhatIfQuerySet(models.QuerySet["WhatIf"]):
    def visible_to(self, viewer: object) -> WhatIfQuerySet:
        """For who may see every dependency: a result tells of all of them."""
        return self if can(viewer, Permission.CASCADE_RUN) else self.none()


class WhatIf(Record, Translated, Sourced):
    """What would follow if services failed: which, from which hour, with which changes, over how many hours. Computed from the register
    as it is when it is looked at."""

    translated_fields: ClassVar[tuple[str, ...]] = ("title", "note")

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200, verbose_name=_("What fails"))
    note = models.TextField(max_length=4000, blank=True, verbose_name=_("Note"))
    hours = models.PositiveSmallIntegerField(
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        verbose_name=_("Hours to look ahead"),
    )
    place = models.ForeignKey(
        Place,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="what_ifs",
        verbose_name=_("A place is hit"),
        help_text=_(
            "Every service that is delivered from or to this place alone, and every one with an asset there, fails."
        ),
    )
    tlp = models.CharField(max_length=12, choices=Tlp.choices, default=Tlp.AMBER, verbose_name=_("Marking"))
    like = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="variants",
        verbose_name=_("Compare with"),
    )

    objects = WhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def workspace_url(self) -> str:
        return path_to("workspace:what_if", self.code)


class OfWhatIfQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: object) -> OfWhatIfQuerySet:
        return self.filter(what_if__in=WhatIf.objects.visible_to(viewer))


class WhatIfFailure(Record):
    """A service that fails, from which hour and how much of it."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="failures")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="what_if_failures", verbose_name=_("Service")
    )
    from_hour = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(240)], verbose_name=_("From hour")
    )
    share = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is lost, in per cent"),
    )

    objects = OfWhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["from_hour", "pk"]
        constraints = [models.UniqueConstraint(fields=["what_if", "service"], name="what_if_failure_once")]

    def __str__(self) -> str:
        return str(self.service)

    def audit_subject(self) -> models.Model:
        return self.what_if


class WhatIfChange(Record):
    """What is otherwise than in the register: the hours of a fallback, or the share that is lost."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="changes")
    dependency = models.ForeignKey(
        Dependency, on_delete=models.CASCADE, related_name="what_if_changes", verbose_name=_("Dependency")
    )
    fallback_hours = models.PositiveIntegerField(
        null=True, blank=True, validators=HOURS, verbose_name=_("Hours that the fallback lasts")
    )
    share = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        verbose_name=_("Share that is then lost, in per cent"),
    )

    objects = OfWhatIfQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["what_if", "dependency"], name="what_if_change_once"),
            models.CheckConstraint(
                condition=Q(fallback_hours__isnull=False) | Q(share__isnull=False),
                name="what_if_change_says_something",
                violation_error_message=_("Change the hours or the share."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.dependency)

    def named(self) -> str:
        return named(self.dependency)

    def audit_subject(self) -> models.Model:
        return self.what_if


# --- Single points of failure -------------------------------------------------------------------------------------


class SinglePointsQuerySet(models.QuerySet["SinglePointsResult"]):
    def visible_to(self, viewer: object) -> SinglePointsQuerySet:
        """For who may see every dependency, as of what-ifs."""
        return self if can(viewer, Permission.CASCADE_RUN) else self.none()


class SinglePointsResult(Record):
    """What followed when each service failed alone, on the register as it was from that day on until the next result. `points` are the
    single points of failure, the most first, as `queries.as_rows` writes them. `least` and `most` are the people without at least one
    service at the end, when the first of them fails; None where nobody knows the users of any service that stops then. A public value is
    made of the numbers alone: which services they are is never public, nor in the trail."""

    secret_fields: ClassVar[frozenset[str]] = frozenset({"points", "least", "most"})

    on = models.DateField(unique=True)
    hours = models.PositiveSmallIntegerField()
    register_sha256 = models.CharField(max_length=64)
    services = models.PositiveIntegerField()
    dependencies = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField(default=0)  # services of which nobody knows how many use them
    number = models.PositiveIntegerField(default=0)  # of single points of failure
    least = models.PositiveBigIntegerField(null=True, blank=True)
    most = models.PositiveBigIntegerField(null=True, blank=True)
    points = models.JSONField(default=list, blank=True)

    objects = SinglePointsQuerySet.as_manager()

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.on}"
