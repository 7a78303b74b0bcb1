"""How a service recovers, and how that was tested."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.models import Record, Sourced
from floreo.evidence.models import Evidence
from floreo.infrastructure.logic import PlanState, plan_state
from floreo.infrastructure.models.choices import HOURS, TestResult
from floreo.infrastructure.models.essential_services import OfServiceQuerySet, Service


class RecoveryPlan(Record, Sourced):
    """A response or recovery plan of a service: who answers for it, within how many hours it works again, when it was tested."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="plans", verbose_name=_("Service"))
    code = models.SlugField(max_length=80, unique=True, verbose_name=_("Code"))
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
