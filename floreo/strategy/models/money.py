"""Where money comes from: funders' agreements, the days on which money moved, and who is who for IATI. What is counted
is on budget lines (`work.py`) and nowhere else."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from floreo.core.access import Permission, reach
from floreo.core.models import Record, Sourced, Translated
from floreo.core.routes import path_to
from floreo.organisations.models import Organisation
from floreo.strategy.models.editions import may_read_plan
from floreo.strategy.models.work import BudgetLine, GrantState, in_seen_actions, taken_part_in


class GrantQuerySet(models.QuerySet["Grant"]):
    def visible_to(self, viewer: object) -> GrantQuerySet:
        """The public: signed, of public funders, paying for public actions. Who reads the plan: what is not only proposed,
        and the proposals for their own actions, of funders that they may know of."""
        own = reach(viewer, Permission.MONEY_INTERNAL)
        if own is None:
            return self
        known = self.filter(funder__in=Organisation.objects.visible_to(viewer))
        if may_read_plan(viewer):
            theirs = BudgetLine.objects.filter(action__in=taken_part_in(own), grant__isnull=False)
            return known.filter(~Q(state=GrantState.PROPOSED) | Q(pk__in=theirs.values("grant_id")))
        public = BudgetLine.objects.filter(in_seen_actions(None, "action__"), grant__isnull=False)
        return known.filter(pk__in=public.values("grant_id")).exclude(state=GrantState.PROPOSED)


class Grant(Record, Translated, Sourced):
    """An agreement with a funder. Its amount is shown beside the budget lines that it pays for, never added to them.

    It belongs to no edition: work that is carried over keeps its agreement."""

    translated_fields = ("title",)

    code = models.SlugField(
        max_length=60, unique=True, verbose_name=_("Code"), help_text=_("A short name, for example eu-skills-2026.")
    )
    title = models.CharField(max_length=300, verbose_name=_("Purpose"))
    funder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants", verbose_name=_("Funder"))
    reference = models.CharField(
        max_length=120, blank=True, verbose_name=_("The funder’s number for the agreement")
    )  # the funder's own number of the agreement
    # The IATI identifier of the funder's activity. Without it the funder's own tools never show the money's arrival.
    provider_activity_id = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("IATI identifier of the funder’s activity"),
        help_text=_(
            "Ask the funder for it. Without it, the funder’s own tools do not show that the money arrived here."
        ),
    )
    currency = models.CharField(
        max_length=3,
        verbose_name=_("Currency"),
        help_text=_("Three letters, for example USD. Its budget lines use the same currency."),
    )  # ISO 4217
    amount = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        verbose_name=_("Amount of the whole agreement"),
        help_text=_("Shown beside the lines it funds, and not added to them."),
    )
    signed_on = models.DateField(null=True, blank=True, verbose_name=_("Signed on"))
    starts_on = models.DateField(null=True, blank=True, verbose_name=_("Start"))
    ends_on = models.DateField(null=True, blank=True, verbose_name=_("End"))
    state = models.CharField(
        max_length=10, choices=GrantState.choices, default=GrantState.PROPOSED, verbose_name=_("State")
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="grant_not_negative"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="grant_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def workspace_url(self) -> str:
        return path_to("workspace:grant", self.code)


class PaymentKind(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("money", "Received")  # from the funder; counted in no sum of spending
    SPENT = "spent", pgettext_lazy("money", "Spent")


class Payment(Record, Sourced):
    """Money that moved on a day: received for a budget line, or spent from it. Where a line has payments of the second
    kind, the line's `spent` is their sum, and only actions write it."""

    internal_fields = frozenset({"reference"})

    budget_line = models.ForeignKey(
        BudgetLine, on_delete=models.PROTECT, related_name="payments", verbose_name=_("Budget line")
    )
    on = models.DateField(verbose_name=_("Day"))
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, validators=[MinValueValidator(0)], verbose_name=_("Amount")
    )
    kind = models.CharField(
        max_length=8,
        choices=PaymentKind.choices,
        default=PaymentKind.SPENT,
        verbose_name=_("What happened"),
        help_text=_(
            "Received: it came from the funder and does not count as spending. Spent: it was paid from this line."
        ),
    )
    reference = models.CharField(
        max_length=120, blank=True, verbose_name=_("Voucher, invoice or transfer number"), help_text=_("Not published.")
    )  # voucher, invoice or transfer number

    class Meta:
        ordering = ["on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_something")]
        indexes = [models.Index(fields=["budget_line", "kind"], name="payment_of_line")]

    def __str__(self) -> str:
        return f"{self.on} {self.amount} {self.budget_line.currency}"

    def audit_subject(self) -> models.Model:
        return self.budget_line.action

    def shows_internal_to(self, viewer: object) -> bool:
        return self.budget_line.action.shows_internal_to(viewer)

    def owner_ids(self) -> set[int]:
        return self.budget_line.owner_ids()


class OrganisationType(models.TextChoices):
    """IATI's codelist OrganisationType, as far as funders of a strategy need it."""

    GOVERNMENT = "10", _("Government")
    LOCAL_GOVERNMENT = "11", _("Local government")
    PUBLIC = "15", _("Other public sector")
    INTERNATIONAL_NGO = "21", _("International NGO")
    NATIONAL_NGO = "22", _("National NGO")
    REGIONAL_NGO = "23", _("Regional NGO")
    PARTNERSHIP = "30", _("Public private partnership")
    MULTILATERAL = "40", _("Multilateral")
    FOUNDATION = "60", _("Foundation")
    PRIVATE = "70", _("Private sector")
    ACADEMIC = "80", _("Academic, training and research")
    OTHER = "90", _("Other")


class IatiBody(Record, Sourced):
    """What an organisation is called in IATI files. One of them reports: whose register number begins every activity."""

    read_with = Permission.AUDIT_READ

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="iati", verbose_name=_("Organisation")
    )
    ref = models.CharField(
        max_length=120,
        blank=True,
        verbose_name=_("Number"),
        help_text=_("As published by the organisation, for example XM-DAC-41114. Leave empty if it is not known."),
    )  # "XM-DAC-41114"; empty while unknown
    kind = models.CharField(max_length=2, choices=OrganisationType.choices, verbose_name=_("Type of organisation"))
    reports = models.BooleanField(
        default=False,
        verbose_name=_("This is the reporting organisation: every activity in the file begins with its number"),
    )

    class Meta:
        ordering = ["organisation__name", "pk"]
        verbose_name_plural = "IATI bodies"
        constraints = [models.UniqueConstraint(fields=["reports"], condition=Q(reports=True), name="one_body_reports")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.ref}"
