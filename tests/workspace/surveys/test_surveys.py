"""The area of surveys: from a first question to published results, with papers, links and weights, by the pages alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from floreo.surveys.actions import publishing
from floreo.surveys.models import Interviewer, SampleLink, Survey, Wave
from tests.surveys.making import CODE, WAVE, ended, filled, fresh, opened, planned, prepared

pytestmark = pytest.mark.usefixtures("isla")
HERE = f"/workspace/surveys/{CODE}/"
OF_WAVE = f"{HERE}waves/{WAVE}/"


@pytest.fixture
def browser(secretariat: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(secretariat)


def words_in(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_survey_is_made_by_its_pages(browser: Client) -> None:
    today = clock.today()
    new = browser.post(
        "/workspace/new-survey/", {"title": "Town survey", "code": "town", "topic": "awareness", "is_public": "on"}
    )
    assert new.status_code == 302
    version = "/workspace/surveys/town/versions/1/"
    question = {
        "key": "lives",
        "text": "In which district do you live?",
        "text_es": "¿En qué distrito vive?",
        "kind": "single",
        "variable": "district",
        "options_text": "",
    }
    assert browser.post(f"{version}do/question/", question).status_code == 302
    question = {
        "text": "Do you lock your phone?",
        "text_es": "¿Bloquea su teléfono?",
        "title": "Locked phones",
        "kind": "single",
        "options_text": "yes = Yes | Sí\nno = No | No",
        "counted": "yes",
        "statement": "lock their phone",
    }
    assert browser.post(f"{version}do/question/", question).status_code == 302
    made = Survey.objects.get(code="town").versions.get()
    lives, locks = made.questions.all()
    assert [o["key"] for o in lives.options][:2] == ["XP-NP", "XP-CC"]
    assert (locks.key, locks.options[0], locks.counted) == (
        "locked-phones",
        {"key": "yes", "text": "Yes", "es": "Sí"},
        ["yes"],
    )
    page = words_in(browser.get(version))
    assert "Do you lock your phone?" in page
    assert "Do you lock your phone?" in words_in(browser.get(f"{version}preview/"))
    wave = {
        "title": "First",
        "code": "first",
        "instrument": made.pk,
        "mode": "interviewer",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=9)).isoformat(),
        "broken_off": "0",
    }
    assert browser.post("/workspace/surveys/town/do/wave/", wave).status_code == 302
    at = "/workspace/surveys/town/waves/first/"
    opening = browser.get(f"{at}do/open/")
    shown = re.search(r'name="shown" value="([^"]+)"', opening.content.decode())
    assert shown is not None
    assert browser.post(f"{at}do/open/", {"shown": shown[1]}).status_code == 302
    assert Wave.objects.get(code="first").state == "open"
    assert "Frozen: a wave asks them." in words_in(browser.get("/workspace/surveys/town/"))


def test_a_line_of_answers_without_its_key_is_said(browser: Client) -> None:
    prepared()
    given = {"text": "One?", "kind": "single", "options_text": "Yes\nno = No"}
    answer = browser.post(f"{HERE}versions/1/do/question/", given)
    assert (answer.status_code, "Line 1 has no “=” between key and words." in words_in(answer)) == (422, True)


def test_questions_move_by_a_press(browser: Client) -> None:
    survey = prepared()
    browser.post(f"{HERE}versions/1/questions/comment/move/", {"up": "1"})
    assert list(survey.versions.get().questions.values_list("key", flat=True))[-1] == "accounts"


def test_the_wave_page_shows_progress_and_who_lacks(browser: Client) -> None:
    wave = filled(opened(mode="interviewer"), 100)
    rows = "district;count\nXP-NP;6000\nXP-CC;3000\nXP-GV;1000\n"
    file = SimpleUploadedFile("people.csv", rows.encode("utf-8-sig"), content_type="text/csv")
    answer = browser.post(f"{OF_WAVE}do/population/", {"file": file, "source": "Census 2023"})
    assert answer.status_code == 302
    page = words_in(browser.get(OF_WAVE))
    assert "100 answers" in page
    assert "XP-GV 0 nobody: cannot be weighted 1,000" in page
    assert fresh(wave).weighted_by == ["district"]
    assert "Nobody of “XP-GV” answered" in words_in(browser.get(f"{OF_WAVE}results/"))


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01binary", b"district,count\nXP-NP,many\n", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(browser: Client, content: bytes) -> None:
    opened(mode="interviewer")
    file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
    answer = browser.post(f"{OF_WAVE}do/population/", {"file": file, "source": "Census"})
    assert answer.status_code == 422
    assert "There is a problem" in words_in(answer)


def test_weights_are_chosen(browser: Client) -> None:
    wave = opened(mode="interviewer")
    answer = browser.post(
        f"{OF_WAVE}do/weights/", {"method": "rake", "weighted_by": ["age", "district"], "version": wave.version}
    )
    assert (answer.status_code, fresh(wave).weighted_by) == (302, ["district", "age"])


def test_papers_are_typed_in_one_after_another_and_checked(browser: Client) -> None:
    wave = opened(mode="paper")
    given = {"paper_number": "7", "taken_on": clock.today().isoformat(), "q_district": "XP-NP", "q_backup": "no"}
    assert browser.post(f"{OF_WAVE}paper/", given).status_code == 302
    twice = browser.post(f"{OF_WAVE}paper/", given)
    assert (twice.status_code, "Paper 7 is entered already." in words_in(twice)) == (422, True)
    again = browser.post(f"{OF_WAVE}paper/", given | {"again": "1", "q_backup": "yes"})
    assert "The two typings differ at: “Backups”. Look at the paper." in words_in(again)
    correct = f"{OF_WAVE}paper/correct/?paper_number=7"
    assert "Correct a paper" in words_in(browser.get(correct))
    fixed = browser.post(f"{OF_WAVE}paper/correct/", {"paper_number": "7", "q_district": "XP-CC", "q_backup": "yes"})
    assert fixed.status_code == 302
    made = wave.responses.get()
    assert (made.district, made.answers, made.typed_twice) == ("XP-CC", {"backup": "yes"}, True)
    assert browser.get(f"{OF_WAVE}paper/correct/?paper_number=none").status_code == 404


def test_links_are_shown_once(browser: Client) -> None:
    opened(mode="sample")
    answer = browser.post(f"{OF_WAVE}links/", {"number": "3"})
    rows = answer.content.decode().splitlines()
    assert (answer["Content-Type"], len(rows), SampleLink.objects.count()) == ("text/csv; charset=utf-8", 4, 3)
    assert all("/survey/link/" in row for row in rows[1:])
    assert browser.post(f"{OF_WAVE}links/", {"number": "99999"}).status_code == 422


def test_an_interviewer_gets_a_link_and_another(browser: Client) -> None:
    opened(mode="interviewer")
    page = browser.post(f"{OF_WAVE}interviewers/", {"name": "A. Paso", "district": "XP-NP"})
    first = re.search(r"/survey/interview/([\w-]+)/", page.content.decode())
    assert first is not None
    stranger = Client()
    assert stranger.get(first[0]).status_code == 200
    found = Interviewer.objects.get(name="A. Paso")
    again = browser.post(f"{OF_WAVE}interviewers/{found.pk}/renew/")
    assert stranger.get(first[0]).status_code == 404
    second = re.search(r"/survey/interview/([\w-]+)/", again.content.decode())
    assert second is not None
    assert stranger.get(second[0]).status_code == 200
    assert browser.post(f"{OF_WAVE}interviewers/{found.pk}/do/end/", {}).status_code == 302
    assert stranger.get(second[0]).status_code == 404
    assert browser.post(f"{OF_WAVE}interviewers/", {"name": "A. Paso"}).status_code == 422


@pytest.mark.long
def test_results_are_published_as_they_were_shown(browser: Client) -> None:
    wave = ended(filled(opened(mode="interviewer")))
    page = browser.get(f"{OF_WAVE}results/")
    assert "Not public until somebody publishes them." in words_in(page)
    shown = re.search(r"do/publish/\?shown=([\w-]+)", page.content.decode())
    assert shown is not None
    answer = browser.post(f"{OF_WAVE}do/publish/", {"shown": shown[1]})
    assert (answer.status_code, fresh(wave).state) == (302, "published")
    assert "Published and frozen." in words_in(browser.get(f"{OF_WAVE}results/"))


def test_single_answers_are_for_who_may_see_them(
    browser: Client, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    publishing.publish(ended(filled(opened(mode="interviewer"))), by=SYSTEM)
    whole = b"".join(browser.get(f"{OF_WAVE}answers.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(whole.splitlines()) == 301
    coordinator = browser_of(user_with("coordinator"))
    assert coordinator.get(f"{OF_WAVE}answers.csv").status_code == 403
    assert "Single answers (CSV)" not in words_in(coordinator.get(OF_WAVE))


def test_an_auditor_reads_and_changes_nothing(
    user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    planned()
    auditor = browser_of(user_with("auditor"))
    assert auditor.get(OF_WAVE).status_code == 200
    assert auditor.post(f"{OF_WAVE}do/open/", {}).status_code == 403
    assert auditor.get("/workspace/new-survey/").status_code == 403
