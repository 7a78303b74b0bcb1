"""The workspace's pages of frameworks: rating without script, review, suggestions, filters, the pack, and who may not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core.keys import key
from floreo.evidence.models import Evidence
from floreo.frameworks.models import Answer, Assessment, Contribution
from floreo.organisations.models import User
from floreo.strategy.models import Action, Objective

pytestmark = pytest.mark.usefixtures("isla")
Browser = Callable[[User], Client]
CMM = "/workspace/assessments/cmm-2026/"


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_every_page_answers_those_who_assess(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    for address in (
        "/workspace/frameworks/",
        "/workspace/frameworks/aci/",
        "/workspace/frameworks/ncaf/?version=ncaf-1",
        "/workspace/frameworks/nist-csf/",
        "/workspace/assessments/aci-2026/",
        "/workspace/assessments/aci-2026/?show=missing",
        f"{CMM}?show=nonsense",
        f"{CMM}items/D1.1.c/",
        "/workspace/assessments/aci-2026/compare/",
        "/workspace/frameworks/aci/new/",
        "/workspace/frameworks/aci/scores/new/",
        "/workspace/frameworks/aci/aci-2/items/LEG-1/check/",
        f"{CMM}close/",
        "/workspace/assessments/aci-2026/unpublish/",
    ):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(
    "address",
    [
        "/workspace/frameworks/nope/",
        "/workspace/frameworks/aci/?version=cmm-2021",
        "/workspace/assessments/nope/",
        f"{CMM}items/nope/",
        f"{CMM}compare/",
        "/workspace/assessments/aci-2026/compare/?with=cmm-2026",
        "/workspace/assessments/aci-2026/pack-publish.zip",
        "/workspace/assessments/aci-2026/pack-send.exe",
        "/workspace/frameworks/cmm/aci-2/items/LEG-1/check/",
        "/workspace/frameworks/contribution/organisations.user:1/",
        "/workspace/frameworks/contribution/strategy.action:999999/",
        "/workspace/frameworks/contribution/nonsense/",
    ],
)
def test_what_is_not_there_is_missing(browser_of: Browser, secretariat: User, address: str) -> None:
    assert browser_of(secretariat).get(address).status_code == 404


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("role", ["observer", "operator", "drafter", "coordinator", "auditor"])
def test_who_does_not_assess_is_kept_out(browser_of: Browser, user_with: Any, role: str) -> None:
    client = browser_of(user_with(role))
    for address in (
        "/workspace/frameworks/",
        "/workspace/frameworks/aci/",
        CMM,
        f"{CMM}items/D1.1.c/",
        f"{CMM}pack-send.zip",
    ):
        assert client.get(address).status_code in {403, 404}, address


def test_a_lead_rates_but_neither_reviews_nor_publishes(browser_of: Browser, user_with: Any) -> None:
    client = browser_of(user_with("lead"))
    assert client.post(f"{CMM}items/D1.2.a/rate/", {"mine-held": ["2"], "mine-reason": "Sorted."}).status_code == 302
    for act in ("items/D1.1.c/review/", "items/D1.1.a/take-back/", "close/", "publish/", "unpublish/", "reopen/"):
        assert client.post(f"{CMM}{act}", {}).status_code == 403, act
    assert client.post("/workspace/frameworks/aci/new/", {"year": 2026}).status_code == 403


def test_rating_without_script_goes_to_the_next_item(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    sent = {"mine-held": ["2", "3"], "mine-reason": "It is in the plan.", "go": "next"}
    response = client.post(f"{CMM}items/D1.1.c/rate/", sent)
    assert (response.status_code, response["Location"]) == (302, f"{CMM}items/D1.1.d/")
    answer = Answer.objects.get(assessment__code="cmm-2026", item__code="D1.1.c")
    assert [(r.rater_name, int(r.level)) for r in answer.ratings.all()][-1] == ("Test secretariat", 3)
    page = text_of(client.get(f"{CMM}items/D1.1.c/"))
    assert "Change my rating" in page
    assert re.search(r'name="mine-held" value="3"[^>]*checked', page)


def test_a_rating_without_its_reason_comes_back_with_what_was_typed(browser_of: Browser, secretariat: User) -> None:
    response = browser_of(secretariat).post(f"{CMM}items/D1.1.c/rate/", {"mine-held": ["2"], "mine-reason": ""})
    page = text_of(response)
    assert response.status_code == 422
    assert "“Reason” is empty. Fill it in." in page
    assert re.search(r'name="mine-held" value="2"[^>]*checked', page)


@pytest.mark.long
def test_where_raters_differ_the_review_needs_words_and_then_counts(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    answer = Answer.objects.get(assessment__code="cmm-2026", item__code="D1.1.c")
    facts = {"review-held": ["2"], "review-reason": "", "review-version": answer.version}
    response = client.post(f"{CMM}items/D1.1.c/review/", facts)
    assert response.status_code == 422
    assert "The ratings differ, or none gave this level. Give the reason for choosing this level." in text_of(response)
    assert client.post(f"{CMM}items/D1.1.c/review/", facts | {"review-reason": "No money yet."}).status_code == 302
    page = text_of(client.get(f"{CMM}items/D1.1.c/"))
    assert "Reviewed: Formative. This level is confirmed." in page


def test_the_second_reviewer_is_told_and_may_then_decide(
    browser_of: Browser, secretariat: User, administrator: User
) -> None:
    answer = Answer.objects.get(assessment__code="cmm-2026", item__code="D1.1.c")
    facts = {"review-held": ["2"], "review-reason": "No money yet.", "review-version": answer.version}
    assert browser_of(secretariat).post(f"{CMM}items/D1.1.c/review/", facts).status_code == 302
    late = browser_of(administrator).post(f"{CMM}items/D1.1.c/review/", facts | {"review-held": ["2", "3"]})
    assert late.status_code == 409
    assert "Test secretariat reviewed this item while you had it open." in text_of(late)
    fresh = Answer.objects.get(pk=answer.pk)
    again = browser_of(administrator).post(
        f"{CMM}items/D1.1.c/review/", facts | {"review-held": ["2", "3"], "review-version": fresh.version}
    )
    assert again.status_code == 302


def test_nothing_is_written_into_a_closed_assessment(browser_of: Browser, secretariat: User) -> None:
    client, one = browser_of(secretariat), "/workspace/assessments/aci-2026/items/CAP-5/"
    assert "Rate it" not in text_of(client.get(one))
    response = client.post(f"{one}rate/", {"mine-level": "1", "mine-reason": "Late."})
    assert response.status_code == 422
    assert "This assessment is closed, so its ratings cannot change. Reopen it first, with a reason." in text_of(
        response
    )
    evidence = Evidence.objects.filter(code="bill-14-2025").get()
    assert client.post(f"{one}attach/{evidence.code}/").status_code == 422


def test_evidence_of_the_action_that_serves_the_item_is_one_press_away(browser_of: Browser, secretariat: User) -> None:
    client, one = browser_of(secretariat), f"{CMM}items/D4.1.a/"
    page = text_of(client.get(one))
    assert "Gazette of 14 August 2026" in page
    assert "Bill 14 of 2025" in page  # hangs on a milestone of that action
    assert client.post(f"{one}attach/gazette-cybercrime-amendment/").status_code == 302
    answer = Answer.objects.get(assessment__code="cmm-2026", item__code="D4.1.a")
    gazette = Evidence.objects.get(code="gazette-cybercrime-amendment")
    assert key(answer) in set(gazette.attachments.values_list("thing", flat=True))


def test_only_what_is_missing_is_shown_with_the_part_that_holds_it(browser_of: Browser, secretariat: User) -> None:
    page = text_of(browser_of(secretariat).get("/workspace/assessments/aci-2026/?show=waiting"))
    assert set(re.findall(r'<tr id="item-([A-Z]+-\d)"', page)) == {"CAP-5", "CAP-6"}
    assert "Capacity development" in page
    assert "Legal measures" not in page


def test_a_new_year_starts_from_the_last(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    last = Assessment.objects.get(code="aci-2026")
    assert client.post("/workspace/frameworks/aci/new/", {"year": 2027, "before": last.pk}).status_code == 302
    made = Assessment.objects.get(year=2027)
    assert (made.code, made.before, made.answers.count()) == ("aci-2027", last, 20)
    again = client.post("/workspace/frameworks/aci/new/", {"year": 2027})
    assert again.status_code == 422
    assert "There is already an open assessment for 2027" in text_of(again)


def test_the_pack_to_send_holds_what_may_leave(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    sent = client.get("/workspace/assessments/aci-2026/pack-send.zip")
    names = zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content))).namelist()  # type: ignore[attr-defined]
    assert "LEG-1/gazette-2026-08-14.pdf" in names
    assert not any("duty-rota" in name for name in names)
    kept = client.get("/workspace/assessments/aci-2026/pack-keep.zip")
    names = zipfile.ZipFile(io.BytesIO(b"".join(kept.streaming_content))).namelist()  # type: ignore[attr-defined]
    assert "TEC-1/duty-rota.csv" in names
    book = client.get("/workspace/assessments/aci-2026/pack-send.xlsx")
    assert book["Content-Disposition"] == 'attachment; filename="aci-2026-send.xlsx"'


@pytest.mark.long
def test_an_action_says_which_items_it_serves(browser_of: Browser, secretariat: User) -> None:
    client = browser_of(secretariat)
    act = Action.objects.get(edition__code="2025-2028", code="1.1.1")
    page = text_of(client.get(act.workspace_url()))
    assert "LEG-1 Cybercrime law" in page
    address = f"/workspace/frameworks/contribution/{key(act)}/"
    response = client.post(address, {"item": "budapest-2001/2", "note": "Section 4"})
    assert (response.status_code, response["Location"]) == (302, act.workspace_url())
    contribution = Contribution.objects.get(item__code="2", thing=key(act))
    assert client.post(f"{address}{contribution.pk}/remove/").status_code == 302
    assert not Contribution.objects.filter(pk=contribution.pk).exists()
    assert client.post(address, {"item": "nope"}).status_code == 422


def test_an_objective_says_so_on_a_page_of_its_own(browser_of: Browser, secretariat: User) -> None:
    objective = Objective.objects.get(pillar__edition__code="2025-2028", code="4.1")
    address = f"/workspace/frameworks/contribution/{key(objective)}/"
    client = browser_of(secretariat)
    assert "ORG-3 Cybersecurity metrics" in text_of(client.get(address))
    response = client.post(address, {"item": "aci-2/ORG-1", "note": ""})
    assert (response.status_code, response["Location"]) == (302, address)


@pytest.mark.long
@pytest.mark.parametrize(("address", "most"), [("/workspace/frameworks/", 2), ("/workspace/assessments/aci-2026/", 10)])
def test_lists_ask_no_more_for_more_rows(browser_of: Browser, secretariat: User, address: str, most: int) -> None:
    client = browser_of(secretariat)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    own = [q["sql"] for q in asked if "frameworks_" in q["sql"] or "evidence_" in q["sql"]]
    assert len(own) == most, own
