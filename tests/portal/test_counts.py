"""How many queries a page takes: literal numbers, the same at one row and at three."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.indicators.models import Indicator
from floreo.organisations.models import Country, Organisation, Place
from floreo.strategy.models import Action, Edition, Event, Milestone, Objective, Participation, Pillar


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming response has it
    assert response.status_code == 200
    return len(queries)


def build(number: int) -> None:
    """A country with `number` of everything."""
    Country.objects.create(
        code="XX", name="Here", languages=["en", "es"], currency="USD", pack="x", calendar_day=date(2026, 11, 24)
    )
    edition = Edition.objects.create(
        code="e", title="E", is_public=True, state="in_force", starts_on=date(2025, 1, 1), ends_on=date(2028, 1, 1)
    )
    for n in range(number):
        pillar = Pillar.objects.create(edition=edition, code=str(n), title=f"P{n}")
        objective = Objective.objects.create(pillar=pillar, code=f"{n}.1", title=f"O{n}")
        body = Organisation.objects.create(code=f"b{n}", name=f"B{n}", kind="agency")
        act = Action.objects.create(
            edition=edition,
            objective=objective,
            code=f"{n}.1.1",
            title=f"A{n}",
            status="late",
            status_rule="action_overdue",
            status_since=date(2026, 11, 1),
            due_on=date(2026, 11, 1),
        )
        Participation.objects.create(action=act, organisation=body, part="lead")
        Milestone.objects.create(
            action=act, code="r", title=f"R{n}", due_on=date(2026, 1, 1), reached_on=date(2026, 1, 1)
        )
        Milestone.objects.create(action=act, code="d", title=f"D{n}", due_on=date(2027, 1, 1))
        Event.objects.create(edition=edition, code=f"v{n}", title=f"V{n}", on=date(2026, 5, 1), action=act)
        Indicator.objects.create(code=f"i{n}", title=f"I{n}", definition="x", unit="people", on_home=True)
        Place.objects.create(code=f"D{n}", name=f"D{n}", kind="district", population=100, area_km2=10)


PAGES = {
    "/": 22,
    "/strategy/": 20,
    "/strategy/?show=late": 21,
    "/strategy/e/timeline/": 12,
    "/strategy/?download=csv": 9,  # what rows share is read once for all of them, in a query each
    "/indicators/": 7,
    "/organisations/": 7,
    "/districts/": 9,
    "/about/unconfirmed/": 15,
    "/data/": 4,
    "/data/actions/": 8,
}


@pytest.mark.first_cases(2)
@pytest.mark.django_db
@pytest.mark.parametrize(("address", "queries"), PAGES.items())
@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_as_many_queries_at_one_row_as_at_three(
    stranger: Client, address: str, queries: int, number: int
) -> None:
    build(number)
    assert count(stranger, address) == queries


def test_an_action_takes_a_fixed_number_of_queries(isla: Country, stranger: Client) -> None:
    few = count(stranger, "/strategy/2025-2028/actions/2.1.1/")
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    for n in range(3):
        Milestone.objects.create(action=act, code=f"x{n}", title="x", due_on=date(2027, 1, 1))
        act.budget_lines.create(amount=1, currency="USD", fiscal_year=2026)
        act.updates.create(on=date(2026, 10, 1), done="x", reported_by="x")
    assert count(stranger, "/strategy/2025-2028/actions/2.1.1/") == few
    assert few <= 22
