"""Programs of other teams report incidents with a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.incidents.models import Report
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import User

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/incident-reports"


def _send(word: str, body: object) -> Any:
    return Client().post(ADDRESS, body, content_type="application/json", headers={"Authorization": f"Bearer {word}"})


@pytest.fixture
def word(user_with: Callable[..., User]) -> str:
    return make_token(user_with("responder"), by=SYSTEM, name="Another team")[1]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_nobody_can_mean_is_refused_at_its_field(word: str, when: str) -> None:
    answer = _send(word, {"key": "ticket-7", "subject": "Phishing page", "happened_at": when})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["happened_at"])
    assert not Report.objects.exists()


def test_a_report_comes_in_once_under_the_senders_own_name(word: str) -> None:
    body = {
        "key": "ticket-7",
        "subject": "Phishing page",
        "kind": "message",
        "rsit": "fraud/phishing",
        "observables": [{"kind": "url", "value": "http://bad.example/login"}],
        "reporter": {"mail": "soc@bank.example"},
    }
    first, second = _send(word, body), _send(word, body)
    report = Report.objects.get()
    assert (first.status_code, first.json()) == (202, {"reference": report.reference, "already": False})
    assert second.json() == {"reference": report.reference, "already": True}
    assert (report.channel, report.rsit, report.answers) == (
        "api",
        "fraud/phishing",
        {"observables": [["url", "http://bad.example/login"]]},
    )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "earthquake"}, "kind"),
        ({"organisation": "nobody"}, "organisation"),
        ({"place": "nowhere"}, "place"),
        ({"observables": [{"kind": "smell", "value": "x"}]}, "observables"),
        ({"happened_at": "2099-01-01T00:00:00Z"}, "happened_at"),
        ({"happened_at": "2026-01-01T00:00:00"}, "happened_at"),
        ({"subject": "a\x00b"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"state": "accepted"}, "state"),
    ],
)
def test_what_the_desk_does_not_know_is_refused_at_its_field(word: str, facts: dict[str, object], field: str) -> None:
    answer = _send(word, {"key": "1", "subject": "A report"} | facts)
    assert answer.status_code == 422
    assert field in str(answer.json()["error"]["fields"])
    assert Report.objects.count() == 0


def test_a_token_of_another_account_reports_nothing(user_with: Callable[..., User]) -> None:
    _row, word = make_token(user_with("secretariat"), by=SYSTEM, name="A sensor")
    assert _send(word, {"key": "1", "subject": "A report"}).status_code == 403
    assert _send("floreo_unknown", {"key": "1", "subject": "A report"}).status_code == 401
    assert Report.objects.count() == 0
