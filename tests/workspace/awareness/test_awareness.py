"""The areas of awareness in the browser: campaigns, materials, quizzes with their import, exercises with groups and results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.awareness.models import (
    Campaign,
    CampaignChannel,
    Exercise,
    ExerciseGroup,
    Material,
    Question,
    Quiz,
    Reach,
    SimulationResult,
)
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from tests.awareness import making

pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture
def browser(user_with: Callable[..., User], browser_of: Callable[[User], Client]) -> Client:
    return browser_of(user_with("coordinator"))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def shown(browser: Client, address: str) -> str:
    """What a decision carries of the page that led to it."""
    return str(browser.get(address).wsgi_request.as_shown)  # type: ignore[attr-defined]


CAMPAIGN = {
    "title": "Look here",
    "title_es": "Mire aquí",
    "starts_on": "2026-11-01",
    "ends_on": "2026-11-30",
    "audiences": ["firms"],
}


@pytest.mark.long
def test_a_campaign_from_its_draft_to_its_reach(browser: Client) -> None:
    assert browser.post("/workspace/new-campaign/", CAMPAIGN).status_code == 302
    made = Campaign.objects.get(title="Look here")
    here = f"/workspace/campaigns/{made.code}/"
    assert (made.audiences, made.in_language("title", "es"), made.is_public) == (["firms"], "Mire aquí", False)
    channel = {"kind": "radio", "title": "Spot", "planned_on": "2026-11-02"}
    assert browser.post(f"{here}do/channel/", channel).status_code == 302
    placed = CampaignChannel.objects.get(campaign=made)
    assert browser.post(f"{here}channels/{placed.pk}/do/placed/", {"placed_on": "2026-11-03"}).status_code == 302
    link = {"kind": "site", "name": "A guide", "url": "https://example.org/guide"}
    assert browser.post(f"{here}do/link/", link).status_code == 302
    reach = {"unit": "listeners", "number": "900", "from_on": "2026-11-03", "to_on": "2026-11-09"}
    refused = browser.post(f"{here}do/reach/", reach)
    assert (refused.status_code, "Reach without a source is not kept." in text_of(refused)) == (422, True)
    assert 'value="900"' in text_of(refused)
    more = {"source": "The station", "document": "bill-14-2025", "channel": str(placed.pk)}
    assert browser.post(f"{here}do/reach/", reach | more).status_code == 302
    entered = Reach.objects.get(campaign=made)
    assert (entered.source, entered.document.code if entered.document else "") == ("The station", "bill-14-2025")
    assert browser.post(f"{here}do/publish/", {"shown": shown(browser, here)}).status_code == 302
    page = text_of(browser.get(here))
    assert "900 listeners" in page
    assert "The station" in page
    for address in (f"{here}do/edit/", f"{here}reach/{entered.pk}/do/edit/", "/workspace/campaign-calendar/"):
        assert browser.get(address).status_code == 200, address
    assert "Look here" in text_of(browser.get("/workspace/campaign-calendar/"))
    assert "Mire aquí" in text_of(Client().get(f"/es/campaigns/{made.code}/"))


@pytest.mark.long
def test_a_material_is_written_and_published(browser: Client) -> None:
    facts = {
        "title": "Router",
        "body": "## First",
        "body_es": "## Primero",
        "audience": "firms",
        "subject": "devices",
        "paper": "a5",
    }
    refused = browser.post("/workspace/new-material/", facts)
    assert refused.status_code == 422
    assert "“Licence” is empty" in text_of(refused)
    assert (
        browser.post("/workspace/new-material/", facts | {"licence": "CC BY 4.0", "source": " "}).status_code == 422
    ), "nor without a source"
    assert browser.post("/workspace/new-material/", facts | {"licence": "CC BY 4.0", "source": "Me"}).status_code == 302
    here = f"/workspace/materials/{Material.objects.get(title='Router').code}/"
    assert browser.post(f"{here}do/publish/", {"shown": shown(browser, here)}).status_code == 302
    assert browser.get(f"{here}do/reviewed/").status_code == 200
    assert browser.post(f"{here}do/reviewed/", {"review_on": "2027-05-01"}).status_code == 302
    assert "Primero" in text_of(Client().get("/es/learn/router/"))


def test_a_quiz_is_written_by_hand(browser: Client) -> None:
    facts = {"title": "Quick", "kind": "quiz", "audience": "firms", "subject": "other", "hourly_limit": "50"}
    assert browser.post("/workspace/new-quiz/", facts).status_code == 302
    here = f"/workspace/quizzes/{Quiz.objects.get(title='Quick').code}/"
    question = {"kind": "single", "text": "Which?", "text_es": "¿Cuál?", "explanation": "So."}
    assert browser.post(f"{here}do/question/", question).status_code == 302
    for number, right in ((1, "on"), (2, "")):
        given = {"text": f"Answer {number}", "text_es": f"Respuesta {number}", "is_right": right}
        assert browser.post(f"{here}questions/1/do/option/", given).status_code == 302
    for address in (here, f"{here}questions/1/do/edit/", f"{here}questions/1/answers/1/do/edit/"):
        assert browser.get(address).status_code == 200, address
    assert browser.post(f"{here}do/publish/", {"shown": shown(browser, here)}).status_code == 302
    assert "Respuesta 2" in text_of(Client().get("/es/quiz/quick/"))


GIFT = "$CATEGORY: Money\n\nWhich?{=a#yes ~b}\n\nBroken?{=a ~b\n\n<script>alert(1)</script>{T}\n\nWho?{=Grant}\n"


def test_a_gift_file_is_checked_and_then_imported(browser: Client) -> None:
    made = making.quiz(is_public=False)
    here = f"/workspace/quizzes/{made.code}/import/"
    checked = browser.post(here, {"check": "yes", "file": SimpleUploadedFile("bank.txt", GIFT.encode())})
    page = text_of(checked)
    assert checked.status_code == 422
    assert "2 questions can be imported. 2 cannot." in page
    assert "Line 5, “Broken?{=a ~b”: the braces { } do not close" in page
    assert "short answers are not taken" in page
    assert "<script>alert" not in page
    assert Question.objects.filter(quiz=made).count() == 2
    done = browser.post(here, {"import": "yes", "file": SimpleUploadedFile("bank.txt", GIFT.encode())}, follow=True)
    assert "2 questions imported." in text_of(done)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text_of(done)
    assert list(Question.objects.filter(quiz=made, category="Money").values_list("kind", flat=True)) == [
        "single",
        "true_false",
    ]


def test_questions_are_pasted_and_one_category_chosen(browser: Client) -> None:
    made = making.quiz(is_public=False)
    here = f"/workspace/quizzes/{made.code}/import/"
    text = "$CATEGORY: A\n\nOne?{=a ~b}\n\n$CATEGORY: B\n\nTwo?{=a ~b}"
    assert browser.post(here, {"import": "yes", "text": text, "category": "B"}).status_code == 302
    assert list(Question.objects.filter(quiz=made, number=3).values_list("text", "category")) == [("Two?", "B")]
    assert not Question.objects.filter(quiz=made, number=4).exists()


@pytest.mark.long
def test_a_gift_file_of_two_megabytes_gets_its_sentence(browser: Client) -> None:
    made = making.quiz(is_public=False)
    here = f"/workspace/quizzes/{made.code}/import/"
    large = "\n\n".join(f"Question {n}?{{=yes ~no#because of it}}" for n in range(48_000)).encode()
    large = large[: 2 * 1024 * 1024 - 10]
    answer = browser.post(here, {"import": "yes", "file": SimpleUploadedFile("bank.txt", large)})
    assert answer.status_code == 422
    assert "A quiz has at most 60 questions" in text_of(answer)
    too_large = browser.post(here, {"check": "yes", "file": SimpleUploadedFile("bank.txt", b"x" * (2 * 1024**2 + 1))})
    assert (too_large.status_code, "larger than 2 MB" in text_of(too_large)) == (422, True)
    nothing = browser.post(here, {"check": "yes"})
    assert (nothing.status_code, "Choose a file first." in text_of(nothing)) == (422, True)
    assert Question.objects.filter(quiz=made).count() == 2


def test_an_exercise_with_its_messages_and_places(browser: Client) -> None:
    facts = {"title": "Two mails", "audience": "firms", "subject": "phishing"}
    assert browser.post("/workspace/new-exercise/", facts).status_code == 302
    here = f"/workspace/exercises/{Exercise.objects.get(title='Two mails').code}/"
    message = {
        "verdict": "phish",
        "sender_name": "Bank",
        "sender_address": "a@example.org",
        "subject": "Pay",
        "body": "Pay today.",
        "explanation": "Hurry.",
    }
    assert browser.post(f"{here}do/message/", message).status_code == 302
    assert browser.post(f"{here}do/message/", message | {"verdict": "real"}).status_code == 302
    wrong = browser.post(f"{here}messages/1/do/spot/", {"part": "body", "quote": "tomorrow", "explanation": "x"})
    assert (wrong.status_code, "are not in the text of the message" in text_of(wrong)) == (422, True)
    spot = {"part": "body", "quote": "today", "is_sign": "on", "explanation": "Hurry."}
    assert browser.post(f"{here}messages/1/do/spot/", spot).status_code == 302
    for address in (here, f"{here}messages/1/do/edit/", f"{here}messages/1/places/1/do/edit/"):
        assert browser.get(address).status_code == 200, address
    assert browser.post(f"{here}do/publish/", {"shown": shown(browser, here)}).status_code == 302
    group = {"name": "Class 9B", "sector": "education", "ends_on": "2026-12-20"}
    assert browser.post(f"{here}do/group/", group).status_code == 302
    made = ExerciseGroup.objects.get(name="Class 9B")
    assert made.join_code in text_of(browser.get(here))
    assert browser.post(f"{here}groups/{made.code}/do/close/", {}).status_code == 302
    page = text_of(browser.get(here))
    assert made.join_code not in page
    assert "Fewer than 5 took it." in page


def test_the_sample_shows_nothing_of_groups_of_four(browser: Client) -> None:
    page = " ".join(text_of(browser.get("/workspace/exercises/first-six/")).split())
    assert page.count("Fewer than 5 took it.") == 1, "the port"
    assert page.count("Not shown: this group, or another of the same parent, has fewer than 5") == 1, "the cabinet"
    assert "94 %" not in page, "what the four of the cabinet recognised"
    assert "56 %" not in page, "what the four of the port recognised"
    assert "77 %" in page, "the ministry as a whole"


HEAD = "group,sent,opened,clicked,reported,date\n"
PERSONAL = HEAD + "island-bank-branches,30,20,5,2,2026-09-01\nmaria.private@bank.example,1,1,1,0,2026-09-01\n"


def test_a_results_file_with_addresses_is_refused_whole_and_nothing_of_it_is_kept(
    browser: Client, settings: Any
) -> None:
    here = "/workspace/exercises/first-six/results/"
    before, entries = SimulationResult.objects.count(), AuditEntry.objects.count()
    for press in ("check", "import"):
        file = SimpleUploadedFile("maria.private.csv", PERSONAL.encode())
        answer = browser.post(here, {press: "yes", "file": file, "source": "Tool"})
        page = text_of(answer)
        assert answer.status_code == 422
        assert "Line 3, column 1, holds an e-mail address or something like it." in page
        assert "The whole file was refused, and nothing of it was stored." in page
        assert "maria" not in page
    assert (SimulationResult.objects.count(), AuditEntry.objects.count()) == (before, entries)
    assert "maria" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    kept = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert not [path for path in kept if b"maria.private" in path.read_bytes()]


def test_counts_of_groups_are_imported_with_their_source(browser: Client) -> None:
    here = "/workspace/exercises/first-six/results/"
    text = HEAD + "island-bank-branches,30,20,5,2,2026-09-01\nSchool-North-9B,24,9,3,1,2026-09-02\n"
    checked = browser.post(here, {"check": "yes", "file": SimpleUploadedFile("r.csv", text.encode())})
    assert "2 rows can be imported." in text_of(checked)
    nameless = browser.post(here, {"import": "yes", "file": SimpleUploadedFile("r.csv", text.encode()), "source": ""})
    assert (nameless.status_code, "Enter the source: which tool" in text_of(nameless)) == (422, True)
    given = {"import": "yes", "file": SimpleUploadedFile("r.csv", text.encode()), "source": "Tool of the bank"}
    assert browser.post(here, given).status_code == 302
    assert SimulationResult.objects.filter(source="Tool of the bank").count() == 2
    assert "Tool of the bank" in text_of(browser.get("/workspace/exercises/first-six/"))


@pytest.mark.long
def test_counts_that_are_wrong_are_removed_by_who_runs_the_exercise(
    browser: Client, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    page, result = "/workspace/exercises/first-six/", SimulationResult.objects.order_by("pk")[0]
    here, before = f"{page}results/{result.pk}/do/remove/", SimulationResult.objects.count()
    assert f'href="{here}"' in text_of(browser.get(page))
    assert browser_of(user_with("auditor")).post(here).status_code == 403
    assert browser.get(here.replace("first-six", "another")).status_code == 404
    assert "Remove the counts of this group on this day" in text_of(browser.get(here))
    assert browser.post(here).status_code == 302
    assert (SimulationResult.objects.count(), f'href="{here}"' in text_of(browser.get(page))) == (before - 1, False)
    assert AuditEntry.objects.latest("number").verb == "simulation_results.removed"


def test_who_may_only_read_changes_nothing(
    user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(user_with("auditor"))
    for address in ("campaigns/", "campaigns/look-twice/", "materials/", "quizzes/basics/", "exercises/first-six/"):
        page = browser.get(f"/workspace/{address}")
        assert page.status_code == 200, address
        assert "/do/" not in text_of(page), address
    assert browser.post("/workspace/new-campaign/", CAMPAIGN).status_code == 403
    assert browser_of(user_with("observer")).get("/workspace/campaigns/").status_code == 403
