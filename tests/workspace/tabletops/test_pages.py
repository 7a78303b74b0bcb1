"""The area of exercises: who opens it, what its pages cost, and what is done on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.infrastructure.actions.what_ifs import add_what_if
from floreo.organisations.models import Organisation, User
from floreo.tabletops.actions import planning
from floreo.tabletops.models import Scenario, Tabletop, TabletopFinding

pytestmark = pytest.mark.usefixtures("isla")
LIST, HELD, PLANNED = "/workspace/tabletops/", "/workspace/tabletops/ex-2026-01/", "/workspace/tabletops/ex-2026-03/"
QUERIES_OF_A_LIST = 9
Browse = Callable[[User], Client]


@pytest.mark.guards("exercises are for who runs them")
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("secretariat", 200),
        ("responder", 200),
        ("administrator", 403),
        ("lead", 403),
        ("operator", 403),
        ("analyst", 403),
        ("auditor", 403),
        ("observer", 403),
        ("drafter", 403),
        ("coordinator", 403),
    ],
)
def test_exercises_are_for_who_runs_them(
    role: str, status: int, user_with: Callable[..., User], browser_of: Browse
) -> None:
    browser = browser_of(user_with(role, organisation=Organisation.objects.get(code="water-board")))
    assert {browser.get(a).status_code for a in (LIST, HELD, f"{HELD}report/", f"{HELD}report.pdf")} == {status}


def test_an_organisation_sees_and_closes_the_recommendations_to_it_alone(
    user_with: Callable[..., User], browser_of: Browse
) -> None:
    browser = browser_of(user_with("operator", organisation=Organisation.objects.get(code="water-board")))
    page = browser.get("/workspace/tabletop-findings/").content.decode()
    assert ("names no recovery time" in page, "work on paper" in page) == (True, False)
    assert browser.get(f"{HELD}findings/2/").status_code == 404
    one = browser.get(f"{HELD}findings/1/").content.decode()
    assert ("Rita Caudal" in one, "Nora Alerta" in one, "/do/edit/" in one) == (False, False, False)
    answer = browser.post(
        f"{HELD}findings/1/do/close/", {"on": clock.today().isoformat(), "closing_note": "Agreed in the new contract"}
    )
    assert (answer.status_code, TabletopFinding.objects.get(number=1).is_closed) == (302, True)
    assert browser.post(f"{HELD}findings/1/do/reopen/", {"reason": "x"}).status_code == 403


@pytest.mark.long
def test_the_list_costs_the_same_at_one_row_and_at_five(
    secretariat: User, browser_of: Browse, django_assert_num_queries: Any
) -> None:
    browser = browser_of(secretariat)
    browser.get(LIST)
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        browser.get(f"{LIST}?state=planned")
    for _n in range(4):
        planning.plan_tabletop(by=SYSTEM, scenario=Scenario.objects.all()[0], planned_at=clock.now())
    browser.get(LIST)
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        assert len(browser.get(f"{LIST}?state=planned").context["rows"]) == 5


@pytest.mark.long
def test_an_exercise_is_planned_from_a_scenario_and_a_what_if(secretariat: User, browser_of: Browse) -> None:
    what_if = add_what_if(by=SYSTEM, title="The cable fails")
    browser = browser_of(secretariat)
    page = browser.get(f"/workspace/new-tabletop/?scenario=submarine-cable-cut&what_if={what_if.code}")
    assert page.context["form"].initial == {"scenario": "submarine-cable-cut", "what_if": what_if.code}
    answer = browser.post(
        "/workspace/new-tabletop/",
        {"scenario": "submarine-cable-cut", "what_if": what_if.code, "planned_at": "2026-12-01T09:00"},
    )
    made = Tabletop.objects.get(code="ex-2026-04")
    assert (answer["Location"], made.what_if, made.injects.count()) == (made.workspace_url(), what_if, 6)
    assert "The cable fails" in browser.get(made.workspace_url()).content.decode()
    assert "?what_if=the-cable-fails" in browser.get(what_if.workspace_url()).content.decode()


def test_an_inject_before_the_start_is_refused_at_its_field(secretariat: User, browser_of: Browse) -> None:
    answer = browser_of(secretariat).post(
        f"{PLANNED}do/inject/", {"minute": "-10", "title": "Early", "text": "What was typed"}
    )
    page = answer.content.decode()
    assert (answer.status_code, "Minute -10 is before the start" in page, "What was typed" in page) == (422, True, True)


def test_the_link_of_who_has_an_address_is_shown_to_nobody(secretariat: User, browser_of: Browse) -> None:
    browser = browser_of(secretariat)
    browser.post(
        f"{PLANNED}do/invite/",
        {"part": "player", "organisation": "finance", "language": "en", "invited_mail": "ana@example.org"},
    )
    assert browser.get(f"{PLANNED}participants/4/link/").status_code == 404
    assert browser.get(f"{PLANNED}participants/2/link/").status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_report_is_a_file_in_both_languages(kind: str, secretariat: User, browser_of: Browse) -> None:
    browser = browser_of(secretariat)
    for language, name in (("", "exercise-ex-2026-01"), ("/es", "ejercicio-ex-2026-01")):
        answer = browser.get(f"{language}{HELD}report.{kind}?names=no")
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.{kind}"'
        assert len(answer.content) > 5000


def test_the_report_without_names_names_nobody(secretariat: User, browser_of: Browse) -> None:
    browser = browser_of(secretariat)
    named, unnamed = (browser.get(f"{HELD}report/{more}").content.decode() for more in ("", "?names=no"))
    assert ("Rita Caudal" in named, "Rita Caudal" in unnamed, "Nora Alerta" in unnamed) == (True, False, False)
    assert "Met: 7 of 12 expected actions (58.3 %)" in named


def test_one_that_has_not_begun_has_no_report(secretariat: User, browser_of: Browse) -> None:
    assert browser_of(secretariat).get(f"{PLANNED}report/").status_code == 404
