"""The public pages of surveys: results as they are computed, answering without a script, and what visitors send that nobody should."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from floreo.surveys.actions import preparing, publishing
from floreo.surveys.models import Response, Survey, Wave
from floreo.surveys.queries import COUNTED
from tests.surveys.making import CODE, WAVE, ended, filled, fresh, opened, planned, prepared

pytestmark = pytest.mark.usefixtures("isla")
ANSWER = f"/surveys/{CODE}/{WAVE}/answer/"
RESULT = "/surveys/awareness/2026-10/"


def text_of(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode()


def words_in(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).replace("&nbsp;", " ").replace("\xa0", " ").split())


def form(**more: Any) -> dict[str, Any]:
    given = {"q_district": "XP-NP", "q_age": "40+", "q_backup": "yes", "q_where": ["disk", "cloud"], "step": "send"}
    return given | {"once": str(uuid.uuid4())} | more


class TestResult:
    def test_its_heading_is_the_answer_and_its_facts_are_counted(self, stranger: Client) -> None:
        page = words_in(stranger.get(RESULT))
        facts = Wave.objects.get(code="2026-10").results["questions"]["two-step"]["shares"][COUNTED]
        share = int(facts[""]["share"] * 100 + 0.5)
        assert "Almost half of adults use two-step sign-in for their e-mail" in page
        assert f"{share} %, up from 38 % in March 2026." in page
        assert "The rise is clear in every age group except: 60 and over." in page
        low, high = (int(facts[""][end] * 100 + 0.5) for end in ("low", "high"))
        assert f"Between {low} % and {high} %, with 95 % confidence" in page
        assert re.search(r"Clear rise in \d+ of the \d+ results shown; no clear change in \d+", page)

    def test_small_groups_are_not_shown_and_the_page_says_why(self, stranger: Client) -> None:
        page = words_in(stranger.get(RESULT))
        assert "Gender: Another answer or none; District: Far Cay. Fewer than 50 answers" in page
        rows = text_of(stranger.get("/data/survey_results.csv"))
        assert [line.split(",")[7] for line in rows.splitlines() if "XP-FC" in line] == [""] * rows.count("XP-FC")

    def test_the_question_stands_as_it_was_asked_in_both_languages(self, stranger: Client) -> None:
        page = words_in(stranger.get(RESULT))
        assert "“When you sign in to your e-mail, do you use a second step" in page
        assert "«Cuando inicia sesión en su correo electrónico, ¿usa un segundo paso" in page
        assert "Question 7. Same words and same place in both waves." in page

    def test_a_question_with_other_words_is_not_compared(self, stranger: Client) -> None:
        page = words_in(stranger.get(f"{RESULT}report/"))
        assert "Not comparable with the earlier wave. Its words changed between the waves." in page
        assert "▲" not in page

    def test_what_a_campaign_did_is_not_claimed(self, stranger: Client) -> None:
        page = words_in(stranger.get(RESULT))
        assert "Before and after the campaign “Two steps”" in page
        assert "This does not prove that the campaign caused the change. Two banks" in page
        assert "Remembers the campaign: Yes. Of those" in page

    def test_it_is_charted_wide_and_narrow_and_said_aloud(self, stranger: Client) -> None:
        page = text_of(stranger.get(RESULT))
        assert page.count('class="fl-wide ') == page.count('class="fl-narrow"') == 2
        assert "Chart: Two-step sign-in. All adults" in page

    def test_its_target_is_that_of_the_indicator(self, stranger: Client) -> None:
        assert "60 % by" in words_in(stranger.get(RESULT))

    def test_an_open_survey_says_that_it_is_no_sample(self, stranger: Client) -> None:
        page = words_in(stranger.get("/surveys/training-needs/2026-05/"))
        assert "Not a sample : no confidence band can be given" in page
        assert "They chose to answer, so this is not the result of the country." in page
        assert "% of those who chose to answer want a course" in page
        assert "with 95 % confidence" not in page

    def test_in_spanish_nothing_of_it_is_english(self, stranger: Client) -> None:
        page = words_in(stranger.get(f"/es{RESULT}"))
        assert "Casi la mitad de las personas adultas usan el inicio de sesión en dos pasos en su correo" in page
        assert "Entre " in page
        for word in ("confidence", "Weighted", "answers", "Not shown"):
            assert word not in page

    def test_lists_lead_to_it(self, stranger: Client) -> None:
        assert "Awareness survey" in words_in(stranger.get("/surveys/"))
        assert "Almost half of adults" in words_in(stranger.get("/surveys/awareness/"))
        assert stranger.get("/surveys/awareness/2026-10/two-step/").status_code == 200
        assert stranger.get("/surveys/awareness/2026-10/nothing/").status_code == 404

    def test_the_indicator_shows_its_band(self, stranger: Client) -> None:
        page = words_in(stranger.get("/indicators/two-step-sign-in/"))
        assert re.search(r"Between \d+ % and \d+ %, with 95 % confidence", page)

    def test_files_hold_the_same(self, stranger: Client) -> None:
        rows = text_of(stranger.get(f"{RESULT}?download=csv"))
        assert "two-step" in rows
        assert "2026-03" not in rows
        assert stranger.get(f"{RESULT}?download=exe").status_code == 404
        for name in ("surveys", "survey_waves", "survey_questions"):
            assert stranger.get(f"/data/{name}.json").status_code == 200

    def test_the_questionnaire_is_a_paper_in_each_language(self, stranger: Client) -> None:
        answers = [stranger.get(f"/surveys/awareness/questionnaire-2.pdf?language={code}") for code in ("en", "es")]
        assert [a.content[:5] for a in answers] == [b"%PDF-", b"%PDF-"]
        assert answers[0].content != answers[1].content
        assert stranger.get("/surveys/awareness/questionnaire-9.pdf").status_code == 404


class TestHidden:
    def test_nothing_of_what_is_not_public_is_found(self, stranger: Client) -> None:
        opened(prepared(is_public=False))
        for address in (
            f"/surveys/{CODE}/",
            f"/surveys/{CODE}/{WAVE}/",
            ANSWER,
            f"/surveys/{CODE}/questionnaire-1.pdf",
        ):
            assert stranger.get(address).status_code == 404, address
        for address in ("/surveys/", "/data/surveys.csv", "/api/v1/surveys", "/search/?q=Harbour"):
            assert "Harbour survey" not in text_of(stranger.get(address)), address

    def test_a_draft_of_a_public_survey_and_its_questions_are_hidden(self, stranger: Client) -> None:
        planned()
        assert stranger.get(f"/surveys/{CODE}/{WAVE}/").status_code == 404
        assert stranger.get(f"/surveys/{CODE}/questionnaire-1.pdf").status_code == 404

    def test_results_are_not_shown_before_they_are_published(self, stranger: Client) -> None:
        ended(filled(opened(mode="interviewer")))
        page = words_in(stranger.get(f"/surveys/{CODE}/{WAVE}/"))
        assert "Closed, results are to come" in page
        assert "%" not in page.split("No results yet.")[0].split("First wave")[-1]

    def test_single_answers_need_their_own_decision(self, stranger: Client) -> None:
        wave = publishing.publish(ended(filled(opened(mode="interviewer"))), by=SYSTEM)
        address = f"/surveys/{CODE}/{WAVE}/answers.csv"
        assert stranger.get(address).status_code == 404
        publishing.publish_data(wave, by=SYSTEM)
        rows = text_of(stranger.get(address)).lstrip("\ufeff").splitlines()
        assert rows[0] == "district,age,weight,backup,where,safe"
        groups = [tuple(row.split(",")[:2]) for row in rows[1:]]
        assert min(groups.count(each) for each in set(groups)) >= 5


class TestAnswering:
    def test_fill_in_look_change_send(self, stranger: Client) -> None:
        wave = opened()
        assert "Do you make backups?" in words_in(stranger.get(ANSWER))
        given = form(step="check", q_comment="<script>alert(1)</script>")
        look = stranger.post(ANSWER, given)
        assert "Look at your answers" in words_in(look)
        assert "<script>alert(1)" not in text_of(look)
        assert wave.responses.count() == 0
        hidden = re.findall(r'<input type="hidden" name="(q_[^"]+)" value="([^"]*)"', text_of(look).replace("\n", " "))
        assert ("q_where", "cloud") in hidden
        change = text_of(stranger.post(ANSWER, given | {"step": "change"}))
        assert re.search(r'value="disk"\s+checked', re.sub(r"\s+", " ", change))
        thanks = stranger.post(ANSWER, given | {"step": "send"})
        assert "Your answers were received" in words_in(thanks)
        assert wave.responses.get().answers["comment"] == "<script>alert(1)</script>"

    @pytest.mark.long
    def test_the_same_form_sent_five_times_counts_once(self, stranger: Client) -> None:
        wave, given = opened(), form()
        assert {stranger.post(ANSWER, given).status_code for _n in range(5)} == {200}
        assert wave.responses.count() == 1

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"q_colour": "red"}, "This survey has no question “colour”."),
            ({"q_district": "Mars"}, "That is none of the answers to choose from."),
            ({"q_accounts": "51"}, "Enter a number from 0 to 50."),
            ({"q_accounts": "many"}, "Enter a whole number, with digits only."),
            ({"q_safe": "9"}, "Enter a number from 1 to 5."),
            ({"q_district": ""}, "This question has to be answered."),
            ({"q_comment": "x" * 600}, "At most 500 characters fit."),
        ],
    )
    def test_what_does_not_fit_is_said_at_its_question_and_nothing_is_lost(
        self, stranger: Client, given: dict[str, str], sentence: str
    ) -> None:
        wave = opened()
        answer = stranger.post(ANSWER, form(**given))
        assert (answer.status_code, sentence in words_in(answer), wave.responses.count()) == (422, True, 0)
        assert re.search(r'value="cloud"\s+checked', re.sub(r"\s+", " ", text_of(answer)))

    def test_two_megabytes_of_text_are_not_read(self, stranger: Client) -> None:
        wave = opened()
        answer = stranger.post(ANSWER, form(q_comment="x" * 2_000_000))
        assert answer.status_code in (413, 422)
        assert len(answer.content) < 200_000
        assert wave.responses.count() == 0

    def test_after_the_closing_nothing_is_taken(self, stranger: Client) -> None:
        wave = ended(opened())
        answer = stranger.post(ANSWER, form())
        assert (answer.status_code, wave.responses.count()) == (409, 0)
        assert "Your answers were not sent." in words_in(answer)
        assert "This survey closed on" in words_in(stranger.get(ANSWER))

    @pytest.mark.long
    def test_a_crowd_by_script_is_slowed(self, stranger: Client) -> None:
        wave = opened()
        codes = [stranger.post(ANSWER, form()).status_code for _n in range(35)]
        assert codes.count(200) == 30
        assert set(codes[30:]) == {429}
        assert wave.responses.count() == 30

    def test_a_sample_has_no_open_form(self, stranger: Client) -> None:
        opened(mode="sample")
        assert stranger.get(ANSWER).status_code == 302
        assert stranger.post(ANSWER, form()).status_code == 302
        assert Response.objects.filter(wave__survey__code=CODE).count() == 0


class TestPersonalLink:
    def test_it_answers_once(self, stranger: Client) -> None:
        wave = opened(mode="sample")
        (secret,) = preparing.make_links(wave, by=SYSTEM, number=1)
        address = f"/survey/link/{secret}/"
        first = stranger.get(address)
        assert "Your link works once" in words_in(first)
        assert first.headers["Cache-Control"] == "no-store"
        assert first.headers["Referrer-Policy"] == "no-referrer"
        assert stranger.post(address, form()).status_code == 200
        again = stranger.post(address, form())
        assert (again.status_code, wave.responses.count()) == (410, 1)
        assert "This link was used already." in words_in(again)

    def test_guesses_open_nothing(self, stranger: Client) -> None:
        assert stranger.get("/survey/link/none/").status_code == 404
        assert stranger.get("/survey/interview/none/").status_code == 404


class TestInterviewer:
    def post(self, browser: Client, address: str, **more: Any) -> Any:
        now = datetime.now(tz=UTC).isoformat()
        given = form() | {"uuid": str(uuid.uuid4()), "phone_clock": now, "sent_clock": now, "language": "es"} | more
        return browser.post(address, given, headers={"accept": "application/json"})

    @pytest.fixture
    def link(self) -> str:
        wave = opened(mode="interviewer")
        _interviewer, secret = preparing.add_interviewer(wave, by=SYSTEM, name="A. Paso")
        return f"/survey/interview/{secret}/"

    def test_its_page_carries_what_a_phone_needs_without_a_signal(self, stranger: Client, link: str) -> None:
        page = text_of(stranger.get(link))
        assert all(each in page for each in ("data-offline", "data-row", "offline-page.js", "/offline-worker.js"))

    def test_the_same_interview_sent_five_times_gets_the_same_receipt(self, stranger: Client, link: str) -> None:
        key = str(uuid.uuid4())
        answers = [self.post(stranger, link, uuid=key).json() for _n in range(5)]
        assert {each["receipt"] for each in answers} == {key[:8]}
        made = Response.objects.get(uuid=key)
        assert (made.answers["where"], made.language, made.mode) == (["disk", "cloud"], "es", "interviewer")

    def test_a_clock_a_year_off_is_marked_and_said(self, stranger: Client, link: str) -> None:
        wrong = (datetime.now(tz=UTC) - timedelta(days=365)).isoformat()
        answer = self.post(stranger, link, phone_clock=wrong, sent_clock=wrong)
        assert answer.json()["sentence"] == "The phone's clock is wrong. The day on which it arrived counts."
        assert Response.objects.get(wave__survey__code=CODE).clock_off is True

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        "moment", ["", "yesterday", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "x" * 5000]
    )
    def test_a_clock_that_says_nothing_sensible_loses_no_interview(
        self, stranger: Client, link: str, moment: str
    ) -> None:
        answer = self.post(stranger, link, phone_clock=moment, sent_clock=moment)
        assert answer.status_code == 200

    def test_what_does_not_fit_is_answered_in_a_sentence(self, stranger: Client, link: str) -> None:
        answer = self.post(stranger, link, q_colour="red")
        error = answer.json()["error"]
        assert (answer.status_code, error["message"]) == (422, "This survey has no question “colour”.")
        assert self.post(stranger, link, uuid="").json()["error"]["code"] == "no_key"

    def test_a_link_that_ended_takes_nothing(self, stranger: Client, link: str) -> None:
        wave = Wave.objects.get(survey__code=CODE)
        preparing.end_interviewer(wave.interviewers.get(), by=SYSTEM)
        assert self.post(stranger, link).status_code == 404


@pytest.mark.long
def test_pages_of_twenty_thousand_answers_ask_as_often_as_of_few(
    stranger: Client, django_assert_num_queries: Any
) -> None:
    wave = publishing.publish(ended(filled(opened(mode="interviewer"))), by=SYSTEM)
    address = f"/surveys/{CODE}/{WAVE}/"
    stranger.get(address)
    with django_assert_num_queries(7):
        assert stranger.get(address).status_code == 200
    filled(fresh(wave), 500)
    with django_assert_num_queries(7):
        assert stranger.get(address).status_code == 200


def test_a_survey_is_found_by_its_words(stranger: Client, secretariat: User) -> None:
    preparing.update(Survey.objects.get(code="awareness"), by=SYSTEM, purpose="What people know of hummingbirds.")
    assert "Awareness survey" in words_in(stranger.get("/search/?q=hummingbirds"))
