"""The values that the register of essential services offers: (period, filters) -> Reading."""

from __future__ import annotations

from decimal import Decimal

from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.infrastructure.models import (
    Dependency,
    Designation,
    RecoveryPlan,
    Service,
    ServiceStateChoice,
    StepKind,
    TestResult,
)
from floreo.organisations.models import NationalSector


def _designated_on(period: Period) -> list[Designation]:
    """Procedures whose decision was taken by the end of the period and that were not withdrawn by then."""
    rows = Designation.objects.filter(steps__kind=StepKind.DECISION, steps__on__lte=period.end)
    gone = rows.filter(steps__kind=StepKind.WITHDRAWAL, steps__on__lte=period.end).values("pk")
    found = Designation.objects.filter(pk__in=rows.values("pk")).exclude(pk__in=gone)
    return list(found.select_related("service__operator", "service__sector").order_by("service__name", "pk"))


def operators_designated(period: Period, filters: Filters) -> Reading:
    """Operators with at least one service whose designation is in force at the end of the period, by sector."""
    found = _designated_on(period)
    operators = {each.service.operator_id: each.service for each in found}
    by_sector: dict[int, set[int | None]] = {}
    for each in found:
        by_sector.setdefault(each.service.sector_id, set()).add(each.service.operator_id)
    names = {s.pk: s.in_language("name") for s in NationalSector.objects.filter(pk__in=by_sector)}
    number = Decimal(len(operators))
    groups = tuple(Group(names[pk], len(bodies), len(bodies)) for pk, bodies in sorted(by_sector.items()))
    records = tuple(RecordRef(str(each.operator), each.workspace_url(), counted=True) for each in operators.values())
    return Reading(number, number, number, records, groups if sum(g.denominator for g in groups) == number else ())


def services_designated(period: Period, filters: Filters) -> Reading:
    """Services whose designation is in force at the end of the period."""
    found = _designated_on(period)
    number = Decimal(len(found))
    records = tuple(RecordRef(str(each.service), each.workspace_url(), counted=True) for each in found)
    return Reading(number, number, number, records)


def share_of_plans_tested(period: Period, filters: Filters) -> Reading:
    """Per cent of designated services with a recovery plan whose last test passed, at least in part, within twelve months before the
    end of the period. A service without a plan counts as one that was not tested."""
    found = _designated_on(period)
    if not found:
        return Reading(None, None, None)
    year_before = period.end.replace(year=period.end.year - 1, day=min(period.end.day, 28))
    tested = set(
        RecoveryPlan.objects.filter(
            service__in=[each.service_id for each in found],
            last_test_on__gt=year_before,
            last_test_on__lte=period.end,
            last_result__in=[TestResult.PASSED, TestResult.PARTLY],
        ).values_list("service", flat=True)
    )
    records = tuple(
        RecordRef(str(each.service), each.service.workspace_url(), counted=each.service_id in tested) for each in found
    )
    counted, total = sum(r.counted for r in records), len(records)
    return Reading(share(counted, total), Decimal(counted), Decimal(total), records)


def dependencies_checked(period: Period, filters: Filters) -> Reading:
    """Per cent of recorded dependencies that the team has checked with the operator. The records are not named: they say who depends
    on whom."""
    rows = Dependency.objects.current()
    total = rows.count()
    if not total:
        return Reading(None, None, None)
    counted = rows.filter(checked_on__lte=period.end).count()
    return Reading(share(counted, total), Decimal(counted), Decimal(total))


def services_in_register(period: Period, filters: Filters) -> Reading:
    """Services that are in the register now."""
    number = Decimal(Service.objects.filter(state=ServiceStateChoice.CURRENT).count())
    return Reading(number, number, number)
