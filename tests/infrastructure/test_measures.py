"""The values of the register of essential services: designated operators by sector, and single points of failure from a stored result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM, Actor
from floreo.core.action import NEEDS, VERBS, action
from floreo.core.errors import NotAllowed
from floreo.core.figures import Filters, Group, Period
from floreo.core.models import AuditEntry
from floreo.infrastructure import cascade, measures, queries
from floreo.infrastructure.actions import designating
from floreo.infrastructure.actions.registering import add_asset, update_service, withdraw_dependency, withdraw_service
from floreo.infrastructure.actions.single_points import calculate_single_points, save_single_points
from floreo.infrastructure.logic import rounded_down, rounded_up
from floreo.infrastructure.models import (
    Criterion,
    DesignationStep,
    Service,
    SinglePointsResult,
    StepKind,
)
from floreo.organisations.models import NationalSector, Place, User
from tests.conftest import make_user
from tests.infrastructure.making import a_dependency, a_sector, a_service, body, proposed
from tests.moments import on

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 2)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def in_the_year() -> Iterator[None]:
    with on(date(2026, 12, 1)):
        yield


ALL = Filters()


def of(value: str) -> Filters:
    return Filters(extra=(("of", value),))


def designated(service: Service, on: date = DAY) -> None:
    made = proposed(service)
    points = dict.fromkeys(Criterion.objects.all(), (3, "Known."))
    designating.score(made, by=SYSTEM, points=points)
    designating.record_hearing(made, by=SYSTEM, on=on, text="The operator agrees.")
    decider = User.objects.filter(email="secretariat@example.org").first() or make_user("secretariat")
    designating.designate(made, by=decider, on=on, text="Section 6.")


# --- Designation --------------------------------------------------------------------------------------------------


def test_designated_operators_count_once_each_in_one_sector() -> None:
    energy, water = a_sector(), a_sector("Water")
    power, works = body(), body("works", "Water Works")
    works.sector = water
    works.save()
    designated(a_service("Power", power))
    designated(a_service("Grid control", power))
    designated(a_service("Pumps", works))
    a_service("Not designated", body("other", "Other"))
    read = measures.operators_designated(YEAR, ALL)
    assert (read.value, [r.label for r in read.records]) == (Decimal(2), ["Power Company", "Water Works"])
    assert read.groups == (Group(f"sector:{energy.code}", 1, 1), Group(f"sector:{water.code}", 1, 1))
    assert measures.services_designated(YEAR, ALL).value == 3
    assert measures.operators_designated(Period(date(2026, 1, 1), DAY - timedelta(days=1)), ALL).value == 0


def test_the_designated_operators_of_a_sector_are_those_of_its_parts_too() -> None:
    energy = a_sector()
    power = a_service("Power", body())
    designated(power)
    part = NationalSector.objects.create(code="grid", name="Grid", broad="energy", parent=energy)
    update_service(power, by=SYSTEM, sector=part)
    a_sector("Water")
    found = {code: measures.operators_designated_in_sector(YEAR, of(code)).value for code, _n in measures.sectors()}
    assert found == {energy.code: Decimal(1), "grid": Decimal(1), "water": Decimal(0)}


def test_a_withdrawn_designation_counts_until_its_day() -> None:
    designated(a_service("Power", body()))
    made = Service.objects.get().designations.get()
    DesignationStep.objects.create(designation=made, kind=StepKind.WITHDRAWAL, on=date(2026, 5, 1), by="x", text="x")
    before = Period(date(2026, 1, 1), date(2026, 4, 30))
    assert [measures.operators_designated(each, ALL).value for each in (before, YEAR)] == [Decimal(1), Decimal(0)]


# --- Single points of failure -------------------------------------------------------------------------------------


@pytest.fixture
def chain() -> dict[str, Service]:
    """Power carries water, water half of the hospital; the library needs nothing and nobody needs it."""
    north = Place.objects.create(code="N", name="North", kind="district", population=1000)
    south = Place.objects.create(code="S", name="South", kind="district", population=3000)
    power = a_service("Power", body(), places={north: 912})
    water = a_service("Water", places={north: 804, south: 2017})
    hospital = a_service("Hospital", users=400)
    a_dependency(water, power, fallback="Reservoir", fallback_hours=8)
    a_dependency(hospital, water, kind="water", hours=4, share=50)
    return {each.code: each for each in (power, water, hospital, a_service("Library"))}


def test_single_points_come_from_the_stored_result_and_from_nothing_else(chain: dict[str, Service]) -> None:
    assert measures.single_points_of_failure(YEAR, ALL) == measures.NOTHING
    calculate_single_points(by=SYSTEM)
    a_dependency(chain["library"], chain["hospital"])  # the register has changed, and nothing was calculated since
    read = measures.single_points_of_failure(YEAR, ALL)
    assert (read.value, [r.label for r in read.records]) == (Decimal(2), ["Power", "Water"])
    assert [r.address for r in read.records] == [chain["power"].workspace_url(), chain["water"].workspace_url()]
    assert (read.groups, read.left_out) == ((), (("services_that_hit_nothing", 2),))


def test_the_people_behind_the_largest_are_two_bounds_to_two_digits(chain: dict[str, Service]) -> None:
    result = calculate_single_points(by=SYSTEM)
    assert result is not None
    assert (result.least, result.most, result.unknown) == (
        2929,
        3017,
        1,
    )  # the most: 1,000 in the north, not 912 and 804
    found = [measures.people_behind_largest_single_point(YEAR, of(each)) for each in ("least", "most")]
    assert [(each.value, [r.label for r in each.records]) for each in found] == [
        (Decimal(2900), ["Power"]),
        (Decimal(3100), ["Power"]),
    ]
    assert found[0].left_out == (("services_of_unknown_users", 1),)
    assert dict(measures.bounds()) == {"least": "The least that it can be", "most": "The most that it can be"}


def test_people_are_unknown_where_nobody_counted_them() -> None:
    a_dependency(a_service("Water"), a_service("Power", body()))
    calculate_single_points(by=SYSTEM)
    assert measures.single_points_of_failure(YEAR, ALL).value == 1
    assert measures.people_behind_largest_single_point(YEAR, of("least")) == measures.NOTHING


def test_without_a_recorded_dependency_nobody_knows(chain: dict[str, Service]) -> None:
    for each in chain["water"].needs.all() | chain["hospital"].needs.all():
        withdraw_dependency(each, by=SYSTEM)
    calculate_single_points(by=SYSTEM)
    assert SinglePointsResult.objects.get().number == 0
    assert measures.single_points_of_failure(YEAR, ALL) == measures.NOTHING
    assert measures.people_behind_largest_single_point(YEAR, of("most")) == measures.NOTHING


def test_a_result_is_kept_for_each_day_on_which_the_register_changed(chain: dict[str, Service]) -> None:
    first = calculate_single_points(by=SYSTEM)
    entries = AuditEntry.objects.count()
    add_asset(chain["power"], by=SYSTEM, name="Substation", kind="site")  # nothing that a cascade reads
    entries += 1
    assert (calculate_single_points(by=SYSTEM), AuditEntry.objects.count()) == (first, entries)
    withdraw_service(chain["hospital"], by=SYSTEM, reason="Closed.")
    second = calculate_single_points(by=SYSTEM)
    assert second is not None
    assert first is not None
    assert (second.pk, second.number, SinglePointsResult.objects.count()) == (first.pk, 1, 1)  # of the same day
    yesterday = clock.today() - timedelta(days=1)
    SinglePointsResult.objects.update(on=yesterday)
    withdraw_service(chain["water"], by=SYSTEM, reason="Closed.")
    a_dependency(chain["library"], chain["power"])
    third = calculate_single_points(by=SYSTEM)
    assert third is not None
    assert [each.on for each in SinglePointsResult.objects.all()] == [clock.today(), yesterday]
    past = measures.single_points_of_failure(Period(yesterday, yesterday), ALL)
    assert [r.label for r in past.records] == ["Power"]
    older = Period(date(2020, 1, 1), date(2020, 12, 31))
    assert measures.single_points_of_failure(older, ALL) == measures.NOTHING


def test_the_trail_does_not_say_which_they_are(chain: dict[str, Service]) -> None:
    calculate_single_points(by=SYSTEM)
    entry = AuditEntry.objects.get(verb="single_points.calculated")
    text = str(entry.detail)
    assert [word for word in ("water", "power", "2929", "3017") if word in text] == []
    assert "'number': 2" in text


def test_nothing_is_kept_of_an_empty_register() -> None:
    assert calculate_single_points(by=SYSTEM) is None
    assert not SinglePointsResult.objects.exists()


def test_the_digest_is_of_what_a_cascade_reads(chain: dict[str, Service]) -> None:
    register = queries.the_register()
    assert queries.digest_of(register) == queries.digest_of(queries.the_register())
    fewer = replace(register, graph=cascade.Graph(register.graph.services, register.graph.dependencies[:1]))
    assert queries.digest_of(fewer) != queries.digest_of(register)


@pytest.mark.long
def test_of_a_large_register_the_page_shows_the_stored_result_with_its_day(
    chain: dict[str, Service], browser_of: Callable[[User], Client]
) -> None:
    browser, sector = browser_of(make_user("responder")), a_sector()
    small = browser.get("/workspace/single-points/")
    assert ([line.service.code for line in small.context["lines"]], small.context["stored_on"]) == (
        ["power", "water"],
        None,
    )
    many = [Service(code=f"s-{n}", name=f"Service {n}", sector=sector) for n in range(queries.LARGE)]
    Service.objects.bulk_create(many)
    assert "They are not calculated yet." in browser.get("/workspace/single-points/").content.decode()
    Service.objects.filter(code__startswith="s-").delete()
    calculate_single_points(by=SYSTEM)
    withdraw_service(chain["hospital"], by=SYSTEM, reason="Closed.")
    Service.objects.bulk_create(
        Service(code=f"t-{n}", name=f"Service {n}", sector=sector) for n in range(queries.LARGE)
    )
    page = browser.get("/workspace/single-points/")
    assert [(line.service.code, line.hit) for line in page.context["lines"]] == [("power", 2), ("water", 1)]
    assert page.context["stored_on"] == clock.today()
    assert "The list was calculated:" in page.content.decode()


@pytest.mark.long
def test_a_large_register_is_left_to_the_worker_while_a_pack_loads(chain: dict[str, Service]) -> None:
    first = calculate_single_points(by=SYSTEM)
    sector = a_sector()
    Service.objects.bulk_create(
        Service(code=f"t-{n}", name=f"Service {n}", sector=sector) for n in range(queries.LARGE)
    )

    @action("test.loading", needs=None, quiet=True)
    def load(*, by: Actor) -> SinglePointsResult | None:
        return calculate_single_points(by=by)

    try:
        assert load(by=SYSTEM) == first
    finally:
        del VERBS["test.loading"], NEEDS["test.loading"]
    assert first is not None
    first.refresh_from_db()
    assert first.services == 4


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["operator", "lead", "observer", "auditor", "administrator", "analyst"])
def test_no_other_role_sees_or_keeps_a_result(role: str, chain: dict[str, Service]) -> None:
    calculate_single_points(by=SYSTEM)
    user = make_user(role, organisation=chain["power"].operator)
    assert not SinglePointsResult.objects.visible_to(user).exists()
    with pytest.raises(NotAllowed):
        save_single_points(by=user, facts={})
    assert SinglePointsResult.objects.visible_to(make_user("responder")).count() == 1


@given(st.integers(min_value=0, max_value=10**12))
def test_a_rounded_number_holds_the_true_one_and_tells_two_digits_at_most(number: int) -> None:
    low, high = rounded_down(number), rounded_up(number)
    assert low <= number <= high
    assert all(len(str(each).rstrip("0")) <= 2 and each % 10 == 0 for each in (low, high))
    assert high - low <= max(10, number // 10)
