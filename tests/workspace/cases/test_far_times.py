"""Times at the edges of the calendar: no form takes them, and rows that have them are shown, in zones on both sides of UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db.models import Model
from django.test import Client

from floreo.core import clock
from floreo.incidents.actions import triage
from floreo.incidents.models import Case, Report
from floreo.organisations.models import Country, User
from tests.incidents.desk import Desk, a_desk
from tests.incidents.reports import taken_in

pytestmark = pytest.mark.django_db
FAR = ("0001-01-01T00:00", "0001-01-03T00:00", "9999-12-31T23:59", "2999-01-01T00:00")


@pytest.fixture(params=["America/Belize", "Asia/Tokyo"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    Country.objects.create(code="XX", name="Here", languages=["en", "es"], currency="USD", pack="x", zone=request.param)
    with clock.pinned_day(zone=request.param):
        yield a_desk()


@pytest.fixture
def browser(desk: Desk, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(desk.ana)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("when", FAR)
def test_no_form_takes_them(desk: Desk, browser: Client, when: str) -> None:
    case = desk.case()
    forms = {
        "/workspace/incidents/reports/new/": {
            "channel": "phone",
            "subject": "x",
            "kind": "other",
            "received_at": when,
            "once": "k" * 20,
        },
        "/workspace/incidents/cases/new/": {"title": "x", "tlp": "AMBER", "received_at": when},
        f"{case.get_absolute_url()}do/times/": {"occurred_at": when, "version": case.version},
        f"{case.get_absolute_url()}do/pause/": {"reason": "x", "at": when},
        f"{case.get_absolute_url()}do/task/": {"title": "x", "waiting_for": "team", "due_at": when},
        f"{case.get_absolute_url()}do/happened/": {"text": "x", "at": when, "tlp": "AMBER"},
    }
    for address, facts in forms.items():
        answer = browser.post(address, facts)
        assert (address, answer.status_code, "Check the year" in answer.content.decode()) == (address, 422, True)
    assert (Report.objects.count(), Case.objects.count()) == (0, 1)


@pytest.mark.long
@pytest.mark.parametrize("when", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
def test_rows_that_have_them_are_shown(desk: Desk, browser: Client, when: datetime) -> None:
    """Such as an older edition of the program took in."""
    new, accepted = taken_in(1), taken_in(2)
    case = triage.accept(accepted, by=desk.ana)

    def set_on(row: Model, *names: str) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(**dict.fromkeys(names, when))

    set_on(new, "received_at", "happened_at", "noticed_at")
    set_on(case, "received_at", "occurred_at", "detected_at")
    addresses = ["/workspace/incidents/", "/workspace/incidents/cases/", "/workspace/"]
    addresses += [new.get_absolute_url(), case.get_absolute_url(), f"{case.get_absolute_url()}do/times/"]
    assert [browser.get(each).status_code for each in addresses] == [200] * len(addresses)
