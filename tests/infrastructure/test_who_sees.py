"""Who depends on whom is read by those who work with it: an operator learns nothing of another's edges by any exit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.models import AuditEntry
from floreo.infrastructure.models import Dependency, Service
from floreo.organisations.models import Country, Organisation, User

MINE, OTHER = "light-and-power", "water-board"
LISTS = ["services", "dependencies", "designations", "assets", "recovery-plans", "sectors"]


@pytest.fixture
def operator(isla: Country, user_with: Callable[..., User]) -> User:
    return user_with("operator", organisation=Organisation.objects.get(code=MINE))


def test_an_operator_reads_what_its_services_need_and_not_who_needs_them(operator: User) -> None:
    seen = Dependency.objects.visible_to(operator)
    assert seen.exists()
    assert {
        each.service.operator.code for each in seen.select_related("service__operator") if each.service.operator
    } == {MINE}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["", "?q=water", "?sort=name", "?format=csv", "?format=json", "?page=2"])
def test_no_list_filter_search_or_file_names_a_service_of_another_that_is_not_public(
    name: str, query: str, operator: User, browser_of: Callable[[User], Client]
) -> None:
    answer = browser_of(operator).get(f"/workspace/{name}/{query}")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = body.decode()
    hidden = Service.objects.exclude(operator__code=MINE).filter(is_public=False)
    needed = set(Dependency.objects.visible_to(operator).values_list("needs", flat=True))
    names = [each.name for each in hidden.exclude(pk__in=needed)]
    assert [each for each in names if f">{each}<" in text or f"{each}," in text] == []


@pytest.mark.parametrize(
    "address",
    [
        "services/water-treatment/",
        "cascades/",
        "cascades/cable-and-substation/",
        "new-cascade/",
        "single-points/",
        "designations/DES-2025-006/",
        "services/water-treatment/do/edit/",
    ],
)
def test_pages_of_others_and_cascades_are_not_there_for_an_operator(
    address: str, operator: User, browser_of: Callable[[User], Client]
) -> None:
    assert browser_of(operator).get(f"/workspace/{address}").status_code in (403, 404)


def test_its_own_page_shows_what_it_needs_and_not_what_needs_it(
    operator: User, browser_of: Callable[[User], Client]
) -> None:
    page = browser_of(operator).get("/workspace/services/power-control/").content.decode()
    assert ("What it needs" in page, "What needs it" in page, "Power transmission" in page) == (True, False, False)


def test_the_trail_keeps_others_from_an_operator(operator: User, browser_of: Callable[[User], Client]) -> None:
    """Nothing that it may read in the history names an edge of another."""
    assert AuditEntry.objects.exists()
    assert browser_of(operator).get("/workspace/audit/").status_code in (403, 404)


@pytest.mark.parametrize("role", ["observer", "drafter", "lead", "auditor", "coordinator", "analyst"])
def test_those_without_the_purpose_find_none_of_it(
    role: str, isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    user = user_with(role, organisation=Organisation.objects.get(code="finance"))
    assert not Dependency.objects.visible_to(user).exists()
    assert browser_of(user).get("/workspace/dependencies/").status_code in (403, 404)
    found = browser_of(user).get("/workspace/search/", {"q": "Grid control"})
    assert "services/power-control" not in found.content.decode()


def test_the_public_reads_names_and_nothing_of_what_is_needed(isla: Country, stranger: Client) -> None:
    page = stranger.get("/services/water-pe/").content.decode()
    assert "Drinking water in Trial Harbour" in page
    assert [
        word
        for word in ("RTO", "Reservoir", "66,200", "tankers", "Needs", "Electricity in Trial Harbour")
        if word in page
    ] == []
    assert stranger.get("/services/power-control/").status_code == 404
    assert "Grid control" not in stranger.get("/services/").content.decode()
    table = b"".join(stranger.get("/data/essential_services.csv").streaming_content)  # type: ignore[attr-defined]
    assert (b"Grid control" in table, b"Drinking water in Trial Harbour" in table) == (False, True)
