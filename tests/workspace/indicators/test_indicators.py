"""Indicators in the workspace: values that are due come first, forms keep what was typed, and only who may can press."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.indicators.actions import freeze_reading, take_due_readings
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation
from tests.indicators.making import aim, enter, make_indicator
from tests.pages import decide


@pytest.fixture
def body(db: None) -> Iterator[Organisation]:
    """A country on 24 November 2026 with a plan and one indicator that its CSIRT answers for."""
    make_country()
    with clock.pinned_day(day=TODAY):
        body = make_organisation("csirt", name="National CSIRT")
        edition = make_edition()
        Edition.objects.update(is_public=True)
        make_action(edition, "1.1.1", lead=body)
        aim(make_indicator(answers_for=body), baseline=54, baseline_on=date(2024, 12, 31))
        make_indicator("holding", title="Actions that hold", measure="share_actions_on_track", edition=edition)
        yield body


@pytest.fixture
def lead(body: Organisation, user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("lead", organisation=body))


@pytest.fixture
def analyst(body: Organisation, user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("analyst"))


def words_of(response: object) -> str:
    """What a reader reads: tags away, spaces single."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())  # type: ignore[attr-defined]  # a response
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("&nbsp;", " "))


ONE = {"period": "2026-07-01/2026-09-30", "value": "81", "source": "Register, page 1"}


def address(name: str, *more: object, code: str = "reports-in-time") -> str:
    return reverse(f"workspace:{name}", args=[code, *more])


@pytest.mark.long
def test_the_list_opens_on_the_values_that_are_due(lead: Client) -> None:
    text = words_of(lead.get(reverse("workspace:indicators")))
    assert "Values due 1 Q3 2026 due since 1 Oct 2026 Reports in time" in text
    assert text.index("Values due") < text.index("No value yet")
    enter(Indicator.objects.get(code="reports-in-time"), 81)
    assert "Values due" not in words_of(lead.get(reverse("workspace:indicators")))


@pytest.mark.long
def test_a_lead_enters_a_reading_and_sees_it(lead: Client) -> None:
    response = lead.post(address("new_reading"), ONE, follow=True)
    assert response.status_code == 200
    assert "Q3 2026: 81 %. On track; target: 95 % by 31 Dec 2027." in words_of(response)
    assert Reading.objects.get().taken_by == "Test lead"


def test_what_was_typed_is_kept_when_it_is_refused(lead: Client) -> None:
    response = lead.post(address("new_reading"), ONE | {"value": "many", "text": "Counted by hand"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "Enter a number, for example 81 or 4.5." in html
    assert 'value="many"' in html
    assert "Counted by hand" in html
    assert not Reading.objects.exists()


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"value": ""}, "“Value” is empty. Fill it in."),
        ({"source": ""}, "“Source” is empty. Fill it in."),
        ({"period": "days"}, "Choose a period, or enter its first and last day."),
        ({"period": "days", "starts_on": "2026-10-01", "ends_on": "2026-12-31"}, ". Enter its value after that."),
        (
            {"period": "days", "starts_on": "2026-03-01", "ends_on": "2026-01-31"},
            "The first day is after the last day. Change one of them.",
        ),
        ({"numerator": "1", "denominator": "2"}, "1 of 2 is 50.0 %"),
    ],
)
def test_a_wrong_reading_is_answered_with_a_sentence(lead: Client, typed: dict[str, str], text: str) -> None:
    response = lead.post(address("new_reading"), ONE | typed)
    assert response.status_code == 422
    assert text in words_of(response)


@pytest.mark.long
def test_a_frozen_period_is_no_longer_offered_and_is_refused(lead: Client) -> None:
    freeze_reading(enter(Indicator.objects.get(code="reports-in-time"), 80), by=SYSTEM)
    form = lead.get(address("new_reading")).content.decode()
    assert "2026-07-01/2026-09-30" not in form
    typed = {"period": "days", "starts_on": "2026-07-01", "ends_on": "2026-09-30"}
    response = lead.post(address("new_reading"), ONE | typed)
    assert (
        response.status_code,
        "Q3 2026 has a frozen value. Correct it and give the reason. Both values will stay visible."
        in words_of(response),
    ) == (422, True)


def test_an_analyst_freezes_and_corrects(analyst: Client) -> None:
    old = enter(Indicator.objects.get(code="reports-in-time"), 79)
    decide(analyst, address("freeze_reading", old.pk))
    assert Reading.objects.get().is_frozen
    analyst.post(address("correct_reading", old.pk), {"value": "77", "reason": "Counted twice", "source": "Register"})
    assert [int(r.value or 0) for r in Reading.objects.order_by("pk")] == [79, 77]
    text = words_of(analyst.get(address("indicator")))
    assert "Corrected, previously 79 %. Counted twice" in text
    assert "Corrected later" in text


def test_an_analyst_computes_and_opens_the_records_behind_a_figure(analyst: Client) -> None:
    typed = {"period": "2026-10-01/2026-12-31"}
    page = analyst.post(address("compute_reading", code="holding"), typed, follow=True)
    assert "Q4 2026 so far, as of 24 Nov 2026: 100 %. No target is set." in words_of(page)
    reading = Reading.objects.get(indicator__code="holding")
    behind = analyst.get(address("reading", reading.pk, code="holding"))
    assert "1 record used" in words_of(behind)
    assert 'href="/strategy/2025-2028/actions/1.1.1/"' in behind.content.decode()


@pytest.mark.long
def test_an_analyst_defines_an_indicator_and_gives_it_a_target(analyst: Client) -> None:
    typed = {
        "code": "late-ones",
        "title": "Late ones",
        "definition": "Milestones past their day",
        "decimals": "0",
        "measure": "milestones_late",
        "direction": "down",
        "frequency": "quarter",
        "kind": "output",
        "edition": str(Edition.objects.get().pk),
        "is_public": "on",
    }
    assert analyst.post(reverse("workspace:new_indicator"), typed).status_code == 302
    made = Indicator.objects.get(code="late-ones")
    assert (made.unit, made.numerator_text) == ("milestones", "milestones late")
    refused = analyst.post(address("edit_target", code="late-ones"), {"target": "2"})
    assert (refused.status_code, "Enter who set this target, and when." in words_of(refused)) == (422, True)
    aimed = {"target": "2", "target_due": "2028-12-31", "target_source": "Committee", "version": str(made.version)}
    assert analyst.post(address("edit_target", code="late-ones"), aimed).status_code == 302


@pytest.mark.long
def test_two_people_who_edit_at_once_lose_nothing(analyst: Client) -> None:
    opened = Indicator.objects.get(code="reports-in-time").version
    aim(Indicator.objects.get(code="reports-in-time"), target=90)
    typed = {"target": "99", "target_due": "2027-12-31", "target_source": "Committee", "version": str(opened)}
    response = analyst.post(address("edit_target"), typed)
    assert response.status_code == 409
    assert 'value="99"' in response.content.decode()
    assert Indicator.objects.get(code="reports-in-time").target == 90


def test_closing_a_period_freezes_it(analyst: Client) -> None:
    enter(Indicator.objects.get(code="reports-in-time"), 79)
    assert "Q3 2026" in words_of(analyst.get(reverse("workspace:close_period")))
    decide(analyst, reverse("workspace:close_period"), {"period": "2026-07-01/2026-09-30"})
    assert Reading.objects.get().frozen_by == "Test analyst"


def test_recomputing_says_how_many(analyst: Client) -> None:
    response = analyst.post(reverse("workspace:recompute"), follow=True)
    assert "values calculated." in words_of(response)


# What each role may open of one indicator that its own organisation answers for.
MAY = {
    "administrator": {"indicator", "new_reading", "edit_target", "edit_indicator", "new_chart_note", "correct_reading"},
    "secretariat": {"indicator", "new_reading", "edit_target", "edit_indicator", "new_chart_note", "correct_reading"},
    "analyst": {"indicator", "new_reading", "edit_target", "edit_indicator", "new_chart_note", "correct_reading"},
    "lead": {"indicator", "new_reading"},
    "coordinator": {"indicator", "new_reading"},
    "observer": {"indicator"},
    "drafter": {"indicator"},
    "auditor": {"indicator"},
    "operator": set(),
}


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", MAY)
def test_who_may_open_what(
    body: Organisation, user_with: Callable[..., User], browser_of: Callable[[User], Client], role: str
) -> None:
    reading = freeze_reading(enter(Indicator.objects.get(code="reports-in-time"), 79), by=SYSTEM)
    browser = browser_of(user_with(role, organisation=body))
    names: dict[str, list[int]] = {name: [] for name in MAY["analyst"]}
    names["correct_reading"] = [reading.pk]
    opened = {n for n, more in names.items() if browser.get(address(n, *more)).status_code == 200}
    assert opened == MAY[role]


def test_a_lead_of_another_organisation_may_not_enter_it(
    body: Organisation, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(user_with("lead", organisation=make_organisation("police")))
    assert browser.post(address("new_reading"), ONE).status_code == 403
    assert not Reading.objects.exists()


def test_a_stranger_is_sent_to_sign_in(body: Organisation, stranger: Client) -> None:
    for name in ("indicators", "new_indicator", "close_period"):
        assert stranger.get(reverse(f"workspace:{name}")).status_code == 302
    assert stranger.get(address("indicator")).status_code == 302


@pytest.mark.long
def test_queries_do_not_grow_with_the_list(analyst: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert analyst.get(reverse("workspace:indicators")).status_code == 200
        return len(seen)

    take_due_readings(by=SYSTEM)
    queries()
    first = queries()
    for number in range(3):
        enter(make_indicator(f"more-{number}", answers_for=Organisation.objects.get(code="csirt")), 5, "2026-2")
    assert queries() == first


@pytest.mark.long
def test_pages_speak_spanish(analyst: Client) -> None:
    with translation.override("en"):  # a request leaves its language behind
        for path in (reverse("workspace:indicators"), address("indicator"), address("new_reading")):
            assert 'lang="es"' in analyst.get(f"/es{path}").content.decode()
