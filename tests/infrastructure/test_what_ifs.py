"""What-ifs: what fails, what is otherwise, and what the page says of it; people by district between two bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.infrastructure import cascade_text
from floreo.infrastructure.actions import what_ifs as acts
from floreo.infrastructure.actions.registering import add_asset, check_dependency, withdraw_service
from floreo.infrastructure.models import WhatIf, WhatIfChange, WhatIfFailure
from floreo.infrastructure.queries import points_of, run_what_if, the_register
from floreo.organisations.models import Place, User
from tests.infrastructure.making import a_dependency, a_service, body

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> WhatIf:
    """Power fails; water follows after a reservoir of 8 hours, and the hospital 4 hours after that, by half."""
    north = Place.objects.create(code="N", name="North", kind="district", population=1000)
    south = Place.objects.create(code="S", name="South", kind="district", population=3000)
    power = a_service("Power", body(), places={north: 900})
    water = a_service("Water", places={north: 800, south: 2000})
    hospital = a_service("Hospital", users=400)
    a_dependency(water, power, fallback="Reservoir", fallback_hours=8)
    check_dependency(a_dependency(hospital, water, kind="water", hours=4, share=50), by=SYSTEM)
    return acts.add_what_if(by=SYSTEM, title="No power", services=[power], hours=24)


def refused(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def test_the_hours_and_the_reasons_of_a_cascade(chain: WhatIf) -> None:
    lines = cascade_text.lines(run_what_if(chain))
    assert [(each.service.name, each.at, each.effect, each.because) for each in lines] == [
        ("Power", "at once", "Stops", "It fails by itself."),
        ("Water", "at hour 8", "Stops", "Power is lost (Electric power); Reservoir ends at hour 8."),
        ("Hospital", "at hour 12", "Loses 50 %", "Water is lost (Water)."),
    ]
    assert [each.is_unchecked for each in lines] == [False, True, False]


def test_people_are_counted_between_two_bounds_and_never_beyond_the_population(chain: WhatIf) -> None:
    people = run_what_if(chain).cascade.people
    assert [people.at(0), people.at(8)] == [(900, 900), (900 + 2000, 1000 + 2000)]


def test_the_page_answers_first(chain: WhatIf) -> None:
    ran = run_what_if(chain)
    assert cascade_text.title_text(ran) == "After 8 hours 2,900 to 3,000 people are without at least one service"
    assert cascade_text.summary_text(ran).startswith("2 services stop. 1 more works in part.")


def test_a_number_for_the_country_is_spread_by_population(chain: WhatIf) -> None:
    assert the_register().graph.service("hospital").users == {"N": 100, "S": 300}


def test_a_longer_fallback_is_tried_without_touching_the_register(chain: WhatIf) -> None:
    water = the_register().dependencies
    dependency = next(each for each in water.values() if each.service.code == "water")
    change = acts.add_change(chain, by=SYSTEM, dependency=dependency, fallback_hours=20)
    assert run_what_if(chain).cascade.stopped_at("water") == 20
    dependency.refresh_from_db()
    assert dependency.fallback_hours == 8
    assert refused(lambda: acts.add_change(chain, by=SYSTEM, dependency=dependency, share=5)).code == "twice"
    acts.remove_change(change, by=SYSTEM)
    assert run_what_if(chain).cascade.stopped_at("water") == 8


def test_two_what_ifs_are_compared_hour_by_hour(chain: WhatIf) -> None:
    copy = acts.copy_what_if(chain, by=SYSTEM, title="With a larger reservoir")
    dependency = next(each for each in the_register().dependencies.values() if each.service.code == "water")
    acts.add_change(copy, by=SYSTEM, dependency=dependency, fallback_hours=48)
    rows = cascade_text.compared(run_what_if(copy), run_what_if(chain))
    assert [(row.hour, row.here, row.there) for row in rows][-1] == (
        "at hour 24",
        "900 people",
        "2,900 to 3,000 people",
    )


def test_what_would_help_most_is_what_saves_most(chain: WhatIf) -> None:
    found = cascade_text.what_would_help(run_what_if(chain))
    assert found[0].title == "Water: a fallback for Power that lasts to the end"
    assert found[0].saved == (24 - 8) * 2800


def test_what_is_not_known_is_said(chain: WhatIf) -> None:
    unknown = a_service("Control room")
    a_dependency(unknown, a_service("Radio"))
    acts.add_failure(chain, by=SYSTEM, service=unknown)
    said = " ".join(cascade_text.limits(run_what_if(chain)))
    assert "1 of 2 services that are hit rests on a dependency that nobody has checked" in said
    assert "counted nowhere: Control room." in said


def test_a_service_that_left_the_register_is_left_out_and_named(chain: WhatIf) -> None:
    pager = a_service("Paging")
    acts.add_failure(chain, by=SYSTEM, service=pager)
    withdraw_service(pager, by=SYSTEM, reason="Closed.")
    ran = run_what_if(chain)
    assert [each.name for each in ran.left_out] == ["Paging"]
    assert any("Paging" in sentence for sentence in cascade_text.limits(ran))


def test_a_place_that_is_hit_takes_what_is_there_with_it(chain: WhatIf) -> None:
    town = Place.objects.create(code="T", name="Town", kind="town", parent=Place.objects.get(code="S"))
    exchange = a_service("Exchange")
    add_asset(exchange, by=SYSTEM, name="Building", kind="site", place=town)
    hit = acts.add_what_if(by=SYSTEM, title="Hurricane", place=Place.objects.get(code="S"))
    assert {each.service for each in run_what_if(hit).cascade.failures} == {"exchange"}
    north = acts.add_what_if(by=SYSTEM, title="Storm", place=Place.objects.get(code="N"))
    assert {each.service for each in run_what_if(north).cascade.failures} == {"power"}


def test_what_fails_is_in_the_register_and_within_the_horizon(chain: WhatIf) -> None:
    pager = a_service("Paging")
    assert list(refused(lambda: acts.add_failure(chain, by=SYSTEM, service=pager, from_hour=25)).fields) == [
        "from_hour"
    ]
    failure = acts.add_failure(chain, by=SYSTEM, service=pager, from_hour=24)
    assert refused(lambda: acts.add_failure(chain, by=SYSTEM, service=pager)).code == "twice"
    acts.remove_failure(failure, by=SYSTEM)
    withdraw_service(pager, by=SYSTEM, reason="Closed.")
    assert refused(lambda: acts.add_failure(chain, by=SYSTEM, service=pager)).code == "not_current"


def test_a_what_if_is_changed_and_removed_with_all_that_hangs_on_it(chain: WhatIf) -> None:
    acts.update_what_if(chain, by=SYSTEM, hours=48)
    assert refused(lambda: acts.update_what_if(chain, by=SYSTEM, like=chain)).code == "itself"
    acts.remove_what_if(chain, by=SYSTEM)
    assert not (WhatIf.objects.exists())
    assert not (WhatIfFailure.objects.exists())
    assert not (WhatIfChange.objects.exists())


def test_single_points_are_listed_by_what_they_stop(chain: WhatIf) -> None:
    register = the_register()
    lines = cascade_text.single_point_lines(register, points_of(register, 72))
    assert [(each.service.name, each.stopped, each.hit) for each in lines] == [("Power", 1, 2), ("Water", 0, 1)]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["operator", "lead", "observer", "auditor", "administrator", "drafter"])
def test_no_other_role_runs_a_cascade(role: str, chain: WhatIf, user_with: Callable[..., User]) -> None:
    user = user_with(role, organisation=chain.failures.get().service.operator)
    with pytest.raises(NotAllowed):
        acts.add_what_if(by=user, title="Mine")
    assert not WhatIf.objects.visible_to(user).exists()
