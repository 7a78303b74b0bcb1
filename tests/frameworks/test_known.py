"""A framework that is only known: every exit asks the same rule. Items that are gone again (a publisher's new count) close what was
open: nothing is rated, summed, published or sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Filters, Period
from floreo.core.tasks import Recipient
from floreo.frameworks import actions as acts
from floreo.frameworks import presenters, queries
from floreo.frameworks.measures import share_items_reviewed
from floreo.frameworks.models import Assessment, Framework, Version
from floreo.frameworks.tasks import waiting_tasks
from floreo.organisations.models import User
from floreo.workspace.frameworks.forms import ContributionForm
from tests.frameworks.making import TODAY, make_assessment

pytestmark = pytest.mark.usefixtures("today")
KNOWN = (
    "OWN, own-1 is known, but not held: its publisher counts 10 items, and 3 of them are in this system. The country is "
    "not rated against it here."
)


@pytest.fixture
def closed(user_with: Any, secretariat: User) -> Assessment:
    """A published assessment; then the publisher counts ten items, of which three are here."""
    assessment, lead = make_assessment(), user_with("lead")
    for answer in assessment.answers.all():
        acts.rate(answer, by=lead, level="1", reason="Yes.")
        acts.review_answer(answer, by=secretariat, level="1")
    acts.publish_assessment(acts.close_assessment(assessment, by=SYSTEM), by=SYSTEM)
    Version.objects.update(items_stated=10)
    return Assessment.objects.get()


def test_no_action_rates_against_it(closed: Assessment) -> None:
    answer = closed.answers.get(item__code="A-1")
    acts.unpublish_assessment(closed, by=SYSTEM)
    for act in (
        lambda: acts.open_assessment(Version.objects.get(), by=SYSTEM, year=2025),
        lambda: acts.publish_assessment(closed, by=SYSTEM),
        lambda: acts.add_contribution(answer.item, by=SYSTEM, thing=Framework.objects.get()),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "not_held"
    acts.reopen_assessment(closed, by=SYSTEM, reason="To look again.")
    for rating in (
        lambda: acts.rate(answer, by=SYSTEM, level="1", reason="Yes."),
        lambda: acts.review_answer(answer, by=SYSTEM, level="1", reason="Yes."),
    ):
        with pytest.raises(Refused) as refused:
            rating()
        assert refused.value.code == "not_held"


def test_nothing_of_it_is_summed_counted_or_waited_for(closed: Assessment, secretariat: User) -> None:
    sheet = queries.sheet(closed.in_version, closed, SYSTEM)
    assert (sheet.total.value, sheet.coverage.reviewed, presenters.status_text(sheet)) == (None, 0, KNOWN)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert share_items_reviewed(period, Filters()).value is None
    assert ContributionForm().fields["item"].choices == [("", "Choose one")]  # type: ignore[attr-defined]  # a ChoiceField
    acts.unpublish_assessment(closed, by=SYSTEM)
    acts.reopen_assessment(closed, by=SYSTEM, reason="To look again.")
    closed.answers.update(level=None, reviewed_on=None)
    everybody = Recipient(everybody=True)
    assert list(waiting_tasks(everybody, viewer=SYSTEM, today=TODAY)) == []
    Version.objects.update(items_stated=3)
    assert len(list(waiting_tasks(everybody, viewer=SYSTEM, today=TODAY))) == 1


@pytest.mark.long
def test_pages_tables_and_the_api_say_so(closed: Assessment) -> None:
    page = Client().get("/frameworks/own/").content.decode()
    assert "is known, but not held: its publisher counts 10 items" in page
    assert "In place" not in page
    assert Client().get(f"/frameworks/own/?assessment={closed.code}").status_code == 404

    def rows(table: str) -> list[dict[str, Any]]:
        return list(json.loads(b"".join(Client().get(f"/data/{table}.json").streaming_content)))  # type: ignore[attr-defined]  # a streamed answer

    assert rows("framework_ratings") == []
    assert [(r["items_stated"], r["items_here"], r["is_held"]) for r in rows("frameworks")] == [(10, 3, False)]
    assert {r["is_rated"] for r in rows("framework_items")} == {False}
    Version.objects.update(items_stated=3)
    assert len(rows("framework_ratings")) == 3
    assert {r["is_rated"] for r in rows("framework_items")} == {True, False}


@pytest.mark.long
def test_the_workspace_offers_no_assessment_and_no_workbook(
    closed: Assessment, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    client = browser_of(secretariat)
    page = client.get("/workspace/frameworks/own/").content.decode()
    assert "is known, but not held" in page
    assert "Start an assessment" not in page
    for address in (
        "/workspace/frameworks/own/new/",
        f"/workspace/assessments/{closed.code}/pack-send.xlsx",
        f"/workspace/assessments/{closed.code}/pack-keep.zip",
    ):
        answer = client.get(address)
        assert (answer.status_code, b"is known, but not held" in answer.content) == (Refused.status, True), address
