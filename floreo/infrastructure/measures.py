"""The values that the register of essential services offers: (period, filters) -> Reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from floreo.core.figures import Filters, Group, Period, Reading, RecordRef, share
from floreo.core.routes import path_to
from floreo.infrastructure.logic import rounded_down, rounded_up
from floreo.infrastructure.models import (
    Dependency,
    Designation,
    DesignationStep,
    RecoveryPlan,
    Service,
    ServiceStateChoice,
    SinglePointsResult,
    StepKind,
    TestResult,
)
from floreo.infrastructure.queries import newest_result, points_in
from floreo.organisations.models import NationalSector, Organisation

OF = "of"  # the sector, or the bound, that an indicator means
SECTOR = "sector:"  # before the code of a sector that is a group
NO_SECTOR = "no_sector"
NO_OPERATOR = "services_without_operator"
HIT_NOTHING = "services_that_hit_nothing"
UNKNOWN_USERS = "services_of_unknown_users"
LEAST, MOST = "least", "most"
NOTHING = Reading(None, Decimal(0), Decimal(0))


def _any_designation_by(day: date) -> bool:
    """Whether anything is known of designation on that day: a procedure had begun."""
    return DesignationStep.objects.filter(on__lte=day).exists()


def _designated_on(period: Period) -> list[Designation]:
    """Procedures whose decision was taken by the end of the period and that were not withdrawn by then."""
    rows = Designation.objects.filter(steps__kind=StepKind.DECISION, steps__on__lte=period.end)
    gone = rows.filter(steps__kind=StepKind.WITHDRAWAL, steps__on__lte=period.end).values("pk")
    found = Designation.objects.filter(pk__in=rows.values("pk")).exclude(pk__in=gone)
    related = ("service__operator__sector", "service__sector")
    return list(found.select_related(*related).order_by("service__name", "pk"))


def _sector_of(operator: Organisation, services: Iterable[Service]) -> str:
    """The one group in which an operator counts: its own sector, or where none is recorded that of its first designated service."""
    sector = operator.sector or next((each.sector for each in services), None)
    return f"{SECTOR}{sector.code}" if sector is not None else NO_SECTOR


def _operators(found: Iterable[Designation]) -> Reading:
    services: dict[Organisation, list[Service]] = {}
    without = 0
    for each in found:
        if each.service.operator is None:
            without += 1
        else:
            services.setdefault(each.service.operator, []).append(each.service)
    sectors: dict[str, int] = {}
    for operator, run in services.items():
        name = _sector_of(operator, run)
        sectors[name] = sectors.get(name, 0) + 1
    number = Decimal(len(services))
    return Reading(
        number,
        number,
        number,
        tuple(RecordRef(body.name, run[0].workspace_url(), counted=True) for body, run in services.items()),
        tuple(Group(name, count, count) for name, count in sorted(sectors.items())),
        ((NO_OPERATOR, without),) if without else (),
    )


def operators_designated(period: Period, filters: Filters) -> Reading:
    """Operators with at least one service whose designation is in force at the end of the period, each in one sector. Not known until the
    first procedure began."""
    if not _any_designation_by(period.end):
        return NOTHING
    return _operators(_designated_on(period))


def _within(sector: NationalSector, code: str, parents: dict[int, NationalSector]) -> bool:
    """Whether it is the sector of that code, or a part of it."""
    seen = set[int]()
    here: NationalSector | None = sector
    while here is not None and here.pk not in seen:
        if here.code == code:
            return True
        seen.add(here.pk)
        here = parents.get(here.parent_id) if here.parent_id else None
    return False


def operators_designated_in_sector(period: Period, filters: Filters) -> Reading:
    """The same of one sector and its parts, by the sectors of the designated services: who runs services of two sectors counts in both."""
    if not _any_designation_by(period.end):
        return NOTHING
    code = dict(filters.extra).get(OF, "")
    parents = {each.pk: each for each in NationalSector.objects.all()}
    return _operators(each for each in _designated_on(period) if _within(each.service.sector, code, parents))


def sectors() -> Iterator[tuple[str, str]]:
    """The sectors of which an indicator can give the designated operators."""
    for each in NationalSector.objects.all():
        yield each.code, each.in_language("name")


def services_designated(period: Period, filters: Filters) -> Reading:
    """Services whose designation is in force at the end of the period. Not known until the first procedure began."""
    if not _any_designation_by(period.end):
        return NOTHING
    found = _designated_on(period)
    number = Decimal(len(found))
    records = tuple(RecordRef(str(each.service), each.workspace_url(), counted=True) for each in found)
    return Reading(number, number, number, records)


def share_of_plans_tested(period: Period, filters: Filters) -> Reading:
    """Per cent of designated services with a recovery plan whose last test passed, at least in part, within twelve months before the
    end of the period. A service without a plan counts as one that was not tested. Only the last test of a plan is known, so this knows
    today only."""
    found = _designated_on(period)
    if not found:
        return NOTHING
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
        return NOTHING
    counted = rows.filter(checked_on__lte=period.end).count()
    return Reading(share(counted, total), Decimal(counted), Decimal(total))


def services_in_register(period: Period, filters: Filters) -> Reading:
    """Services that are in the register now. None where none was ever entered."""
    if not Service.objects.exists():
        return NOTHING
    number = Decimal(Service.objects.filter(state=ServiceStateChoice.CURRENT).count())
    return Reading(number, number, number)


def _result_for(period: Period) -> SinglePointsResult | None:
    """The stored result that held at the end of the period; None where there is none, or no dependency was recorded: then nobody knows."""
    found = newest_result(period.end)
    return found if found is not None and found.services and found.dependencies else None


def single_points_of_failure(period: Period, filters: Filters) -> Reading:
    """Services whose failure alone hits at least one other within the hours of the cascade, by the stored result that held at the end of
    the period. Which they are, only those read who may run cascades."""
    found = _result_for(period)
    if found is None:
        return NOTHING
    points = points_in(found)
    names = Service.objects.in_bulk([each.service for each in points], field_name="code")
    records = tuple(
        RecordRef(
            str(names[each.service]) if each.service in names else each.service,
            path_to("workspace:service", each.service),
            counted=True,
        )
        for each in points
    )
    number = Decimal(len(points))
    rest = found.services - len(points)
    return Reading(number, number, number, records, left_out=((HIT_NOTHING, rest),) if rest else ())


def people_behind_largest_single_point(period: Period, filters: Filters) -> Reading:
    """People without at least one service when the first of the single points of failure fails alone: the one of the most person-hours.
    The least or the most that it can be, as the indicator says, to two digits, so that nobody reads in it how many use the service of one
    operator. Not known where nobody knows the users of any service that stops."""
    found = _result_for(period)
    if found is None or found.least is None or found.most is None:
        return NOTHING
    is_most = dict(filters.extra).get(OF, LEAST) == MOST
    number = Decimal(rounded_up(found.most) if is_most else rounded_down(found.least))
    first = points_in(found)[0]
    service = Service.objects.filter(code=first.service).first()
    records = (RecordRef(str(service or first.service), path_to("workspace:service", first.service), counted=True),)
    return Reading(number, number, number, records, left_out=((UNKNOWN_USERS, found.unknown),) if found.unknown else ())


_BOUNDS: tuple[tuple[str, Promise], ...] = (
    (LEAST, _("The least that it can be")),
    (MOST, _("The most that it can be")),
)


def bounds() -> Iterator[tuple[str, str]]:
    """Which of the two numbers of people an indicator gives."""
    for value, words in _BOUNDS:
        yield value, str(words)
