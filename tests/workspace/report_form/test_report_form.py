"""Who handles reports, and the form that a person opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.incidents.actions.public_form import close_form, open_form, set_up
from floreo.incidents.models import ReportingPoint
from floreo.organisations.models import User
from tests.factories import strategy as make
from tests.portal import reporting

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def browser(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("responder"))


def test_the_form_opens_when_a_person_has_named_who_handles_reports_and_when(browser: Client) -> None:
    make.make_country()
    body = make.make_organisation("csirt", "National CSIRT", kind="csirt")
    assert "The public form is closed" in browser.get("/workspace/report-form/").content.decode()
    given = {"organisation": str(body.pk), "hours": "", "untouched_hours": "24", "frames": ""}
    team = browser.post("/workspace/report-form/change/", given)
    assert (team.status_code, ReportingPoint.objects.count()) == (422, 0)
    given |= {
        "hours": "Weekdays, 8:00 to 17:00",
        "hours_es": "De lunes a viernes",
        "frames": "https://police.example/\n",
    }
    assert browser.post("/workspace/report-form/change/", given).status_code == 302
    assert Client().post("/report/", {"step": "danger", "danger": "no"}).status_code == 409
    assert browser.post("/workspace/report-form/open/").status_code == 302
    saved = ReportingPoint.objects.get()
    assert (saved.is_open, saved.frames, saved.in_language("hours", "es")) == (
        True,
        ["https://police.example"],
        "De lunes a viernes",
    )
    assert Client().post("/report/", {"step": "danger", "danger": "no"}).status_code == 200
    assert browser.post("/workspace/report-form/close/").status_code == 302
    assert Client().post("/report/", {"step": "danger", "danger": "no"}).status_code == 409


def test_without_hours_it_does_not_open_and_a_closed_one_stays_closed() -> None:
    team = reporting.open_form(hours=" ", is_open=False)
    with pytest.raises(Refused):
        open_form(team, by=SYSTEM)
    assert close_form(team, by=SYSTEM).is_open is False


@pytest.mark.parametrize(
    "address",
    [
        "police.example",
        "http://police.example",
        "https://police.example/form",
        "https://*",
        "https://a.example; script-src *",
        "https://user@a.example",
        "https://[::1",
        "'self'",
    ],
)
def test_only_the_beginning_of_an_address_may_be_a_site_that_shows_the_form(address: str) -> None:
    team = reporting.open_form()
    with pytest.raises(Refused) as refusal:
        set_up(team, by=SYSTEM, frames=[address])
    assert list(refusal.value.fields) == ["frames"]
