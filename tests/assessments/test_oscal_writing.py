"""Assessments as OSCAL: what is in the file, that it is the same file twice, and that it holds against the schema of trestle's models."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from floreo.assessments.access import ForReview
from floreo.assessments.actions import answering, planning, preparing, reviewing
from floreo.assessments.models import AssessmentCampaign, Participant
from floreo.assessments.oscal import names, writing
from floreo.assessments.oscal.caged import results_in_a_cage
from floreo.assessments.queries import wholes_of
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from tests.assessments.making import accepted, answered, asked, body, by_link, given, opened, submitted

pytestmark = pytest.mark.usefixtures("isla")
Make = Callable[..., User]
Browser = Callable[[User], Client]
SCHEMAS = Path(__file__).parent / "oscal"
HERE = "/workspace/organisation-assessments/power-check-light-and-power/oscal/"
ZIP = "/workspace/assessment-campaigns/power-check/oscal.zip"


def holds(document: dict[str, Any]) -> None:
    """Against the schema that trestle's models give of themselves (oscal/README.md)."""
    import jsonschema  # late: it takes a second

    (name,) = document
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def results(row: Participant) -> dict[str, Any]:
    (whole,) = wholes_of(row.campaign, [row])
    document = writing.assessment_results(whole)
    holds(document)
    return document["assessment-results"]  # type: ignore[no-any-return]


def item(code: str, row: Participant) -> Any:
    return row.campaign.in_version.items.get(code=code)


def props(one: dict[str, Any]) -> dict[str, str]:
    assert {prop["ns"] for prop in one["props"]} == {names.NAMESPACE}
    return {prop["name"]: prop["value"] for prop in one["props"]}


@pytest.mark.long
def test_results_name_items_answers_levels_and_whether_the_target_is_met() -> None:
    campaign = opened()
    preparing.set_target(campaign, by=SYSTEM, item=item("A", asked(campaign)), level=Decimal("0.5"))
    row = submitted(asked(campaign))
    reviewing.review_item(
        campaign, by=SYSTEM, participant=row, item=item("A-1", row), level=Decimal(0), reason="No law yet."
    )
    (result,) = (made := results(asked(campaign)))["results"]
    assert made["metadata"]["oscal-version"] == "1.2.1"
    assert [party["name"] for party in made["metadata"]["parties"]] == [
        body("light-and-power").name,
        body("utilities-commission").name,
    ]
    assert made["import-ap"]["href"] == f"#{made['back-matter']['resources'][0]['uuid']}"
    assert props(result) == {"framework": "own-1", "scale": "0 0.5 1", "state": "submitted"}
    (selection,) = result["reviewed-controls"]["control-selections"]
    assert [each["control-id"] for each in selection["include-controls"]] == ["A-1", "A-2", "B-1"]
    assert "exclude-controls" not in selection
    assert [(o["description"], o["methods"], props(o)) for o in result["observations"]] == [
        ("About A-1.", ["INTERVIEW"], {"item": "A-1"}),
        ("No law yet.", ["EXAMINE"], {"item": "A-1", "by": "reviewer"}),
        ("About A-2.", ["INTERVIEW"], {"item": "A-2"}),
        ("About B-1.", ["INTERVIEW"], {"item": "B-1"}),
    ]
    assert [(f["target"]["target-id"], f["target"]["status"]["state"], props(f)) for f in result["findings"]] == [
        ("A-1", "not-satisfied", {"item": "A-1", "level": "0", "self-level": "1", "target-level": "0.5"}),
        ("A-2", "satisfied", {"item": "A-2", "level": "0.5", "target-level": "0.5"}),
        ("B-1", "not-satisfied", {"item": "B-1", "level": "0"}),
    ]
    first = [each["uuid"] for each in result["observations"][:2]]
    assert [each["observation-uuid"] for each in result["findings"][0]["related-observations"]] == first
    assert "law.test" not in json.dumps(made)


def test_an_item_that_does_not_apply_is_excluded_and_no_finding() -> None:
    row = asked(opened())
    rows = [given("A-1", None, "We have none.", applies=False), given("A-2", "1")]
    answering.save_answers(row, by=by_link(row), given=rows)
    (result,) = results(asked(row.campaign))["results"]
    (selection,) = result["reviewed-controls"]["control-selections"]
    assert selection["exclude-controls"] == [{"control-id": "A-1"}]
    assert [f["target"]["target-id"] for f in result["findings"]] == ["A-2"]
    assert "related-observations" not in result["findings"][0]  # it says nothing in words
    assert [(o["description"], props(o)) for o in result["observations"]] == [
        ("We have none.", {"item": "A-1", "applies": "no"})
    ]


def test_what_is_not_answered_has_neither_observations_nor_findings() -> None:
    (result,) = results(asked(opened()))["results"]
    assert {"observations", "findings", "end"} & set(result) == set()


@pytest.mark.long
def test_the_same_assessment_twice_is_the_same_file_and_a_change_is_another_version() -> None:
    row = accepted(asked(opened()))
    texts = [writing.as_text(writing.assessment_results(wholes_of(row.campaign, [row])[0])) for _n in range(2)]
    packed = [writing.archive(wholes_of(row.campaign, [row])) for _n in range(2)]
    assert texts[0] == texts[1]
    assert packed[0] == packed[1]
    before = results(row)
    planning.add_line(row, by=SYSTEM, item=item("B-1", row), title="Hire a team", owner="Works", due_on=clock.today())
    after = results(asked(row.campaign))
    assert (before["uuid"], before["results"][0]["uuid"]) == (after["uuid"], after["results"][0]["uuid"])
    assert before["metadata"]["last-modified"] <= after["metadata"]["last-modified"]


@pytest.mark.long
def test_no_person_and_no_note_of_a_return_is_in_it() -> None:
    row = submitted(asked(opened()))
    reviewing.return_to(ForReview(row), by=SYSTEM, text="Say more about the team.")
    text = json.dumps(results(asked(row.campaign)))
    people = {each.name for each in row.respondents.all()} | {each.mail for each in row.respondents.all()}
    assert people
    assert [name for name in people if name in text] == []
    assert "Say more" not in text


def test_codes_that_oscal_does_not_take_get_a_name_and_keep_their_code() -> None:
    row = asked(opened())
    for old, new in (("A-1", "1.2 (a)"), ("A-2", "1.2 (a/")):
        row.campaign.in_version.items.filter(code=old).update(code=new)
    row = answered(row, {"1.2 (a)": "1", "1.2 (a/": "0"})
    (result,) = results(row)["results"]
    assert [(f["target"]["target-id"], props(f)["item"]) for f in result["findings"]] == [
        ("_1.2__a_", "1.2 (a)"),
        ("_1.2__a__2", "1.2 (a/"),
    ]


@pytest.mark.long
def test_the_plan_has_owners_due_dates_and_what_became_of_each_line() -> None:
    row, today = accepted(asked(opened())), clock.today()
    for title in ("Hire a team", "Train it", "Outsource it"):
        planning.add_line(
            row, by=SYSTEM, item=item("B-1", row), title=title, owner="Head of works", due_on=today + timedelta(days=30)
        )
    lines = {line.title: line for line in row.plan_lines.all()}
    planning.finish_line(lines["Train it"], by=SYSTEM, on=today)
    planning.give_up_line(lines["Outsource it"], by=SYSTEM, on=today, reason="Too dear.")
    (whole,) = wholes_of(row.campaign, [row])
    document = writing.action_plan(whole)
    holds(document)
    made = document["plan-of-action-and-milestones"]
    owner = next(party for party in made["metadata"]["parties"] if party["name"] == "Head of works")
    assert [(each["title"], props(each)["state"]) for each in made["poam-items"]] == [
        ("Hire a team", "open"),
        ("Train it", "done"),
        ("Outsource it", "dropped"),
    ]
    assert [risk["status"] for risk in made["risks"]] == ["open", "closed", "open"]
    (response,) = made["risks"][0]["remediations"]
    (task,) = response["tasks"]
    due = (today + timedelta(days=30)).isoformat()
    assert (made["risks"][0]["deadline"][:10], task["timing"]["on-date"]["date"][:10]) == (due, due)
    assert task["responsible-roles"] == [{"role-id": "owner", "party-uuids": [owner["uuid"]]}]
    assert "Too dear." in made["risks"][2]["remediations"][0]["remarks"]
    assert made["poam-items"][0]["related-findings"] == [{"finding-uuid": made["findings"][0]["uuid"]}]
    assert made["findings"][0]["uuid"] == results(row)["results"][0]["findings"][2]["uuid"]


@pytest.mark.long
def test_a_plan_without_lines_is_none() -> None:
    row = accepted(asked(opened()))
    (whole,) = wholes_of(row.campaign, [row])
    with pytest.raises(ValueError, match="at least one"):
        writing.action_plan(whole)


@pytest.mark.long
def test_what_is_written_is_read_again() -> None:
    row = asked(opened())
    rows = [given("A-1", None, "", applies=False), given("A-2", "0.5", "Yes."), given("B-1", "1")]
    answering.save_answers(row, by=by_link(row), given=rows)
    (whole,) = wholes_of(row.campaign, [asked(row.campaign)])
    read = results_in_a_cage(writing.as_text(writing.assessment_results(whole)).encode())
    assert [(a["item"], a["level"], a["applies"], a["text"]) for a in read["answers"]] == [
        ("A-2", "0.5", True, "Yes."),
        ("B-1", "1", True, ""),
        ("A-1", "", False, ""),
    ]
    assert (read["framework"], read["results"]) == ("own-1", 1)


@pytest.mark.long
def test_in_spanish_the_words_are_spanish_and_the_names_the_same() -> None:
    row = submitted(asked(opened()))
    english = results(row)
    with override("es"):
        spanish = results(row)
    assert spanish["metadata"]["title"].startswith("Evaluación de ")
    assert spanish["uuid"] == english["uuid"]


@pytest.mark.long
def test_every_organisation_of_the_sample_country_holds(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    campaign = AssessmentCampaign.objects.get(code="operators-2026")
    rows = campaign.participants.select_related("organisation", "assessment")
    with django_assert_num_queries(8):
        wholes = wholes_of(campaign, rows)
        packed = writing.archive(wholes)
    with zipfile.ZipFile(io.BytesIO(packed)) as opened_zip:
        found = {name: json.loads(opened_zip.read(name)) for name in opened_zip.namelist()}
    assert len(wholes) > 1
    assert sum("poam" in name for name in found) == sum(bool(whole.plan) for whole in wholes) > 0
    for document in found.values():
        holds(document)


class TestPages:
    def test_who_reads_the_page_reads_the_files(self, user_with: Make, browser_of: Browser) -> None:
        row = accepted(asked(opened()))
        own = browser_of(user_with("operator", organisation=row.organisation))
        answer = own.get(f"{HERE}results.json")
        assert answer.headers["Content-Type"] == "application/json"
        assert json.loads(answer.content)["assessment-results"] == results(row)
        assert own.get(f"{HERE}plan.json").status_code == 404  # nothing is planned
        planning.add_line(row, by=SYSTEM, item=item("B-1", row), title="Hire", owner="Works", due_on=clock.today())
        holds(json.loads(own.get(f"{HERE}plan.json").content))
        assert own.get(f"{HERE}all.json").status_code == 404
        page = own.get(HERE.removesuffix("oscal/")).content.decode()
        assert (f"{HERE}results.json" in page, f"{HERE}plan.json" in page) == (True, True)

    @pytest.mark.long
    def test_others_read_none_of_it(self, user_with: Make, browser_of: Browser, stranger: Client) -> None:
        accepted(asked(opened()))
        other = browser_of(user_with("operator", organisation=body("general-hospital")))
        assert other.get(f"{HERE}results.json").status_code == 404
        assert other.get(ZIP).status_code == 404
        assert stranger.get(f"{HERE}results.json").status_code == 302

    def test_a_campaign_as_a_zip_holds_whom_the_reader_may_see(self, user_with: Make, browser_of: Browser) -> None:
        codes = ("light-and-power", "general-hospital")
        accepted(asked(opened(*codes)))
        found = {}
        people = {"own": user_with("operator", organisation=body(codes[0])), "all": user_with("secretariat")}
        for name, person in people.items():
            answer = browser_of(person).get(ZIP)
            with zipfile.ZipFile(io.BytesIO(answer.content)) as opened_zip:
                found[name] = opened_zip.namelist()
        assert found["own"] == ["light-and-power-assessment-results.json"]
        assert found["all"] == ["general-hospital-assessment-results.json", "light-and-power-assessment-results.json"]
        assert ZIP in browser_of(people["all"]).get(ZIP.removesuffix("oscal.zip")).content.decode()
