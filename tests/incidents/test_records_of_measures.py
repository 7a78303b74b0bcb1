"""Which reports and cases a value was counted from is listed for those who handle them alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo import offers
from floreo.indicators.access import may_list_records
from floreo.indicators.models import Reading
from floreo.organisations.models import User

pytestmark = pytest.mark.django_db


def test_every_measure_of_the_incident_desk_says_so() -> None:
    from floreo.incidents.offers import OFFERS

    assert {m.records_need for m in OFFERS.measures.values()} == {"incident.handle"}


def test_an_observer_and_the_secretariat_read_the_value_and_not_its_reports(
    user_with: Callable[..., User], browser_of: Callable[[User], Client], isla: object
) -> None:
    with_records = Reading.objects.filter(indicator__code="reports-within-24h").exclude(records=None).order_by("-pk")
    reading = with_records.first()
    assert reading is not None
    place = f"/workspace/indicators/reports-within-24h/readings/{reading.pk}/"
    for role, lists in (("observer", False), ("secretariat", False), ("responder", True)):
        browser = browser_of(user_with(role, email=f"{role}@x.example"))
        answers = [browser.get(each).content.decode() for each in (place, "/indicators/reports-within-24h/")]
        assert [("REP-20" in text, role) for text in answers] == [(lists, role)] * 2


def test_a_value_of_a_measure_that_is_gone_lists_nothing(user_with: Callable[..., User]) -> None:
    assert "no_such_measure" not in offers.measures()
    assert not may_list_records(user_with("administrator"), Reading(measure="no_such_measure"))
