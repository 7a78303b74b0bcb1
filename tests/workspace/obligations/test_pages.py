"""Pages of obligations and notifications: each sees its own, and what leaves is shown before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core.models import OutboxMail
from floreo.obligations import moments
from floreo.obligations.logic import NotificationState, Stage, StageState
from floreo.obligations.models import (
    Forwarding,
    Notification,
    NotificationClock,
    NotificationStage,
    ObligationDue,
)
from floreo.organisations.models import Organisation, User

pytestmark = pytest.mark.usefixtures("isla")
OWN, OTHER = "NTF-2026-4KD7WQ", "NTF-2026-7PM3XA"


@pytest.fixture
def operator(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    body = Organisation.objects.get(code="light-and-power")
    return browser_of(user_with("operator", organisation=body, email="op@example.org"))


@pytest.fixture
def team(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("responder", email="team@example.org"))


def test_an_operator_reads_its_own_notifications_and_no_other(operator: Client) -> None:
    page = operator.get("/workspace/notifications/").content.decode()
    assert (OWN in page, OTHER in page) == (True, False)
    codes = [operator.get(f"/workspace/notifications/{each}/").status_code for each in (OWN, OTHER)]
    assert codes == [200, 404]


def test_an_operator_reads_what_is_due_of_it_alone(operator: Client) -> None:
    page = operator.get("/workspace/obligations/").content.decode()
    assert ("Prueba Light and Power" in page, "Water Board" in page) == (True, False)
    other = ObligationDue.objects.exclude(organisation__code="light-and-power").first()
    assert other is not None
    assert operator.get(f"/workspace/obligations/due/{other.pk}/").status_code == 404


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["administrator", "secretariat", "auditor", "observer", "analyst", "drafter"])
def test_who_does_not_handle_incidents_reads_no_notification(
    role: str, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(user_with(role, email="who@example.org"))
    assert browser.get(f"/workspace/notifications/{OWN}/").status_code in {403, 404}
    assert not Notification.objects.visible_to(User.objects.get(email="who@example.org")).exists()


@pytest.mark.long
def test_each_list_says_for_whom_it_waits(operator: Client, team: Client) -> None:
    for browser in (operator, team):
        for address in ("obligations", "notifications"):
            assert "Waiting for you" in browser.get(f"/workspace/{address}/").content.decode()


def test_the_case_shows_its_notification_to_the_team(team: Client) -> None:
    assert OTHER in team.get("/workspace/incidents/cases/INC-2026-0031/").content.decode()


def test_what_is_passed_on_is_shown_before_and_leaves_once(team: Client) -> None:
    address = f"/workspace/notifications/{OWN}/forward/"
    form = {
        "organisation": "utilities-commission",
        "to": "info@utilities-commission.example",
        "basis": "section 21(6)",
        "subject": "An outage",
        "text": "Facts only.",
        "once": "abcdefghijklmnopqrst",
    }
    plain = Client()
    plain.cookies = team.cookies
    page = plain.post(address, form)
    ours = Forwarding.objects.filter(notification__reference=OWN)
    assert (page.status_code, ours.count()) == (200, 0)
    assert "TLP:AMBER" in page.content.decode()
    seen = page.context["seen"]
    codes = [plain.post(address, {**form, "seen": seen}).status_code for _n in range(2)]
    assert (codes, ours.count()) == ([302, 302], 1)
    assert OutboxMail.objects.filter(kind="notification.forward").count() == 1


def test_a_stage_is_accepted_and_returned_in_the_workspace(team: Client) -> None:
    stage = Notification.objects.get(reference=OWN).stages.get()
    at = f"/workspace/notifications/{OWN}/stages/{stage.pk}/do"
    assert team.post(f"{at}/return/", {"reason": ""}).status_code == 422
    assert team.post(f"{at}/return/", {"reason": "Say which."}).status_code == 302
    assert team.post(f"{at}/accept/").status_code == 422
    stage.refresh_from_db()
    assert (stage.state, stage.reason) == ("returned", "Say which.")


def test_every_state_of_the_sample_country_is_there() -> None:
    states = set(Notification.objects.values_list("state", flat=True))
    assert states == {"draft", "open", "closed", "withdrawn", "rejected"}
    assert set(ObligationDue.objects.values_list("state", flat=True)) == {
        "open",
        "submitted",
        "returned",
        "accepted",
        "lapsed",
    }
    late = Notification.objects.get(reference="NTF-2026-3RG8HN").clocks.get(rule="notification")
    assert late.state == "met_late"
    assert Notification.objects.get(reference="NTF-2026-6ZB3GX").clocks.get(rule="final-report").state != "met"


def test_the_sample_country_shows_every_state_of_a_notification(team: Client) -> None:
    """Each kind of stage, each state of a stage and of a notification, one passed on, one late; an answer of a form that is in force."""
    stages = NotificationStage.objects.all()
    assert set(stages.values_list("kind", flat=True)) == {*Stage}
    assert set(stages.values_list("state", flat=True)) == {*StageState}
    assert set(Notification.objects.values_list("state", flat=True)) == {*NotificationState}
    assert stages.filter(kind=Stage.PROGRESS, state=StageState.ACCEPTED).exists()
    assert Forwarding.objects.get().organisation.code == "utilities-commission"
    late = NotificationClock.objects.filter(is_open=True, due_at__lt=moments.now())
    assert "NTF-2026-6ZB3GX" in {each.notification.reference for each in late}
    page = team.get("/workspace/notifications/NTF-2026-9TB5CE/").content.decode()
    assert ("Passed on" in page, "Calls abroad failed for eleven hours" in page) == (True, True)
