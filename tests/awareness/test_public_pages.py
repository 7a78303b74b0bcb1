"""What anybody sees and takes: learn, quizzes, self-checks, exercises, campaigns. Without an account, a cookie or a script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.awareness.actions import campaigns, exercises, publishing, quizzes
from floreo.awareness.actions.counting import take_in
from floreo.awareness.models import Campaign, Exercise, ExerciseCount, ExerciseGroup, Material, Quiz, QuizCount
from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.core.models import SearchEntry, TokenBucket
from tests.awareness import making

pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture(autouse=True)
def own_spool(settings: Any, tmp_path: Path) -> Path:
    settings.SPOOL_ROOT = tmp_path / "spool"
    return tmp_path / "spool" / "counts"


def text_of(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(whole.decode())


def taken(quiz: Quiz) -> dict[tuple[int, int], int]:
    take_in(by=SYSTEM)
    found = QuizCount.objects.filter(quiz=quiz).values_list("question", "option", "number")
    return {(question, option): number for question, option, number in found}


class TestLearn:
    def test_it_lists_what_is_published_in_both_languages_and_nothing_else(self, stranger: Client) -> None:
        making.material(title="Hidden text", is_public=False)
        english, spanish = text_of(stranger.get("/learn/")), text_of(stranger.get("/es/learn/"))
        assert "Passwords that hold" in english
        assert "Contraseñas que resisten" in spanish
        assert "Para empresas y oficinas" in spanish
        assert "Hidden text" not in english
        assert stranger.get("/learn/a-material/").status_code == 404

    @pytest.mark.long
    def test_pages_are_small_and_have_no_script_and_no_cookie(self, stranger: Client) -> None:
        for address in ("/learn/", "/learn/spot-a-phish/", "/quiz/basics/", "/self-check/", "/spot-a-phish/first-six/"):
            for prefix in ("", "/es"):
                answer = stranger.get(prefix + address, headers={"Accept-Encoding": "gzip"})
                assert answer.status_code == 200, address
                assert len(answer.content) < 12_000, (prefix, address)
                assert not answer.cookies
                assert "<script" not in text_of(stranger.get(prefix + address))

    def test_an_empty_country_says_what_is_missing(self, stranger: Client) -> None:
        for model in (Material, Quiz, Exercise, Campaign):
            model.objects.update(is_public=False)
        assert "Nothing is published here yet." in text_of(stranger.get("/learn/"))
        assert stranger.get("/self-check/").status_code == 404
        assert "No exercise is published yet." in text_of(stranger.get("/spot-a-phish/"))
        assert "No campaign is public yet." in text_of(stranger.get("/campaigns/"))

    def test_general_advice_is_marked_and_what_is_missing_is_said(self, stranger: Client) -> None:
        assert "General advice that comes with this program." in text_of(stranger.get("/learn/strong-passwords/"))
        assert "are still missing" not in text_of(stranger.get("/learn/"))
        Material.objects.filter(is_generic=False).update(is_public=False)
        assert "Materials for the country itself are still missing." in text_of(stranger.get("/learn/"))

    def test_markdown_is_shown_and_script_in_it_is_harmless(self, stranger: Client) -> None:
        body = "## Do\n\n**this** <script>alert(1)</script> [x](javascript:alert(2))\n\n<img src=x onerror=alert(3)>"
        publishing.publish_material(making.material(body=body), by=SYSTEM)
        page = text_of(stranger.get("/learn/a-material/"))
        assert "<strong>this</strong>" in page
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "<img src=x" not in page

    @pytest.mark.long
    @pytest.mark.parametrize(("code", "width"), [("strong-passwords", 595), ("your-phone", 420)])
    def test_a_material_is_printed_on_its_paper(self, stranger: Client, code: str, width: int) -> None:
        from io import BytesIO

        from pypdf import PdfReader

        answer = stranger.get(f"/es/learn/{code}/paper.pdf")
        assert answer["Content-Type"] == "application/pdf"
        reader = PdfReader(BytesIO(answer.content))
        assert round(float(reader.pages[0].mediabox.width)) == pytest.approx(width, abs=1)
        words = reader.pages[0].extract_text()
        assert "CC BY 4.0" in "".join(page.extract_text() for page in reader.pages)
        assert {"strong-passwords": "Contraseñas", "your-phone": "celular"}[code] in words


class TestQuizzes:
    @pytest.mark.long
    def test_it_is_answered_and_explained_and_counted_once(self, stranger: Client, own_spool: Path) -> None:
        quiz = making.quiz()
        answer = stranger.post("/quiz/a-quiz/", {"q1": "2", "q2": ["1", "2"]})
        page = text_of(answer)
        assert (answer.status_code, answer["Cache-Control"], dict(answer.cookies)) == (200, "private, no-store", {})
        assert "1 of 2 right" in page
        assert "Because of Which ones?" in page
        assert "no survey" in page
        assert taken(quiz) == {(0, 0): 1, (1, 0): 1, (1, 2): 1, (2, 0): 1, (2, 1): 1, (2, 2): 1}
        assert list(own_spool.glob("*")) == []

    def test_nothing_of_who_answers_is_kept(self, stranger: Client, own_spool: Path) -> None:
        making.quiz()
        buckets = TokenBucket.objects.count()
        stranger.post("/quiz/a-quiz/", {"q1": "2"}, REMOTE_ADDR="203.0.113.77", headers={"User-Agent": "Palm-7"})
        (file,) = own_spool.glob("*")
        kept = file.read_text()
        assert "203.0.113" not in kept
        assert "Palm" not in kept
        assert re.fullmatch(r'\{"k":"q","i":\d+,"d":"2026-11-24","a":\[\[1,\[2\]\]\],"r":\[1\]\}\t[0-9a-f]{16}\n', kept)
        assert TokenBucket.objects.count() == buckets

    def test_what_the_quiz_has_not_is_left_out(self, stranger: Client) -> None:
        quiz = making.quiz()
        stranger.post("/quiz/a-quiz/", {"q1": ["2", "3", "99", "x", "-1", "9" * 40], "q7": "1", "<script>": "1"})
        assert taken(quiz) == {(0, 0): 1, (1, 0): 1, (1, 2): 1}

    def test_an_empty_form_says_so_and_counts_nothing(self, stranger: Client) -> None:
        quiz = making.quiz()
        answer = stranger.post("/quiz/a-quiz/", {"q1": "77"})
        assert (answer.status_code, "Choose at least one answer." in text_of(answer)) == (422, True)
        assert taken(quiz) == {}

    @pytest.mark.long
    def test_script_in_a_quiz_is_text(self, stranger: Client) -> None:
        made = making.quiz(is_public=False)
        question = quizzes.add_question(made, by=SYSTEM, text="<script>alert(1)</script>", explanation="<b onclick=x>")
        quizzes.add_option(question, by=SYSTEM, text="<img src=x onerror=alert(2)>", is_right=True)
        quizzes.add_option(question, by=SYSTEM, text="no")
        publishing.publish_quiz(made, by=SYSTEM)
        for page in (stranger.get("/quiz/a-quiz/"), stranger.post("/quiz/a-quiz/", {"q3": "1"})):
            words = text_of(page)
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in words
            assert "<script>alert" not in words
            assert "<img src=x" not in words
            assert "<b onclick" not in words

    def test_over_the_limit_of_a_network_the_result_is_shown_and_not_counted(self, stranger: Client) -> None:
        quiz = making.quiz(hourly_limit=3)
        pages = [text_of(stranger.post("/quiz/a-quiz/", {"q1": "2"})) for _n in range(5)]
        assert ["were not counted" in page for page in pages] == [False, False, False, True, True]
        assert all("1 of 2 right" in page for page in pages)
        other = stranger.post("/quiz/a-quiz/", {"q1": "2"}, REMOTE_ADDR="203.0.113.5")
        assert "were not counted" not in text_of(other)
        counts = taken(quiz)
        assert (counts[0, 0], counts[0, 1]) == (4, 2)

    def test_who_sends_without_end_is_told_to_wait(self, stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        from floreo.portal.views import quizzes as pages

        making.quiz()
        monkeypatch.setattr(pages, "PRESSES", 2)
        monkeypatch.setattr(pages, "PRESSES_PER_HOUR", 2)
        throttle.METER.clear()
        found = [stranger.post("/quiz/a-quiz/", {"q1": "2"}).status_code for _n in range(3)]
        assert found == [200, 200, 429]

    def test_a_draft_is_not_there(self, stranger: Client) -> None:
        making.quiz(is_public=False)
        assert stranger.get("/quiz/a-quiz/").status_code == 404
        assert stranger.post("/quiz/a-quiz/", {"q1": "2"}).status_code == 404
        assert stranger.get("/quiz/small-firm/").status_code == 404, "a self-check has its own address"


class TestSelfCheck:
    def test_it_ends_with_three_things_and_stores_nothing_but_counts(self, stranger: Client, own_spool: Path) -> None:
        answer = stranger.post("/self-check/", {"q1": "3", "q2": "1", "q3": "1", "q9": "3"})
        page = text_of(answer)
        assert "2 of 12 points are in place" in page
        assert page.count("<li>") >= 3
        start = page.index("fl-things")
        things = re.findall(r"<p>(?!\s*<a)(.*?)</p>", page[start : page.index("</ol>", start)], re.S)
        assert len(things) == 3
        assert "second step" in page or "two steps" in things[0]
        (file,) = own_spool.glob("*")
        assert '"r":[]' in file.read_text()

    def test_all_in_place(self, stranger: Client) -> None:
        page = text_of(stranger.post("/es/self-check/", {f"q{n}": "1" for n in range(1, 13)}))
        assert "12 de 12 puntos están en orden" in page
        assert "fl-things" not in page

    def test_the_same_under_its_code(self, stranger: Client) -> None:
        assert stranger.get("/self-check/small-firm/").status_code == 200
        assert stranger.get("/self-check/basics/").status_code == 404


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    return found[1] if found else ""


class TestExercises:
    HERE = "/spot-a-phish/two/"

    def play(self, stranger: Client, verdicts: list[str], group: str = "") -> str:
        page = text_of(stranger.post(self.HERE, {"go": "begin", "group": group}))
        for n, verdict in enumerate(verdicts, 1):
            given = {"go": "decide", "message": str(n), "verdict": verdict, "mark": "1"}
            given |= {"done": hidden(page, "done"), "group": hidden(page, "group")}
            page = text_of(stranger.post(self.HERE, given))
            if n < len(verdicts):
                again = {"go": "next", "done": hidden(page, "done"), "group": hidden(page, "group")}
                page = text_of(stranger.post(self.HERE, again))
        return page

    def test_it_is_played_by_forms_alone_and_counted_at_its_end(self, stranger: Client) -> None:
        exercise = making.exercise()
        first = text_of(stranger.post(self.HERE, {"go": "begin"}))
        assert "Message 1 of 2" in first
        assert '<label class="fl-spot" for="mark-1"><input type="checkbox" name="mark" value="1" id="mark-1">' in first
        page = self.play(stranger, ["phish", "phish"])
        assert "You judged 1 of 2 messages rightly" in page
        take_in(by=SYSTEM)
        counted = set(ExerciseCount.objects.filter(exercise=exercise).values_list("message", "number", "right"))
        assert counted == {(0, 1, 0), (1, 1, 1), (2, 1, 0)}

    def test_why_it_is_one_is_said_sign_by_sign(self, stranger: Client) -> None:
        making.exercise()
        given = {"go": "decide", "message": "1", "verdict": "real", "mark": "1"}
        page = text_of(stranger.post(self.HERE, given))
        assert re.search(r"Not right:\s+it is a phish", page)
        assert "Hurry." in page
        assert "You marked it." in page

    def test_without_a_decision_what_was_marked_stays(self, stranger: Client) -> None:
        making.exercise()
        answer = stranger.post(self.HERE, {"go": "decide", "message": "1", "mark": "1"})
        page = text_of(answer)
        assert (answer.status_code, "Decide first" in page, 'id="mark-1" checked' in page) == (422, True, True)

    def test_in_a_group_only_its_sums_grow(self, stranger: Client) -> None:
        exercise = making.exercise()
        group = making.group(exercise, "Class 9")
        spaced = f" {group.join_code[:4].lower()} {group.join_code[4:]} "
        page = self.play(stranger, ["phish", "real"], spaced)
        assert "Class 9" in page
        take_in(by=SYSTEM)
        group.refresh_from_db()
        assert (group.takers, group.phish_recognised, group.real_recognised) == (1, 1, 1)
        assert not ExerciseCount.objects.filter(exercise=exercise).exists()

    def test_a_code_that_is_none_or_closed_is_refused_with_what_was_typed(self, stranger: Client) -> None:
        exercise = making.exercise()
        group = making.group(exercise, "Class 9")
        wrong = stranger.post(self.HERE, {"go": "begin", "group": "NOSUCH"})
        assert (wrong.status_code, 'value="NOSUCH"' in text_of(wrong)) == (422, True)
        exercises.close_group(group, by=SYSTEM)
        closed = stranger.post(self.HERE, {"go": "begin", "group": group.join_code})
        assert (closed.status_code, "This group is closed." in text_of(closed)) == (422, True)
        again = {"go": "decide", "message": "2", "verdict": "real", "done": "1p", "group": group.join_code}
        assert stranger.post(self.HERE, again).status_code == 422
        take_in(by=SYSTEM)
        assert ExerciseGroup.objects.get(pk=group.pk).takers == 0

    @pytest.mark.long
    def test_codes_are_not_guessed_without_end(self, stranger: Client) -> None:
        making.exercise()
        found = {stranger.post(self.HERE, {"go": "begin", "group": f"WRONG{n}"}).status_code for n in range(40)}
        assert found == {422, 429}

    def test_what_was_forged_is_not_counted(self, stranger: Client) -> None:
        exercise = making.exercise()
        for done in ("99p_98r", "<script>", "1p" * 5000, "1p_1r_1p"):
            given = {"go": "decide", "message": "77", "verdict": "phish", "done": done}
            assert stranger.post(self.HERE, given).status_code == 200
        take_in(by=SYSTEM)
        assert not ExerciseCount.objects.filter(exercise=exercise).exists()

    def test_no_link_of_a_message_leads_anywhere(self, stranger: Client) -> None:
        page = text_of(stranger.post("/spot-a-phish/first-six/", {"go": "begin"}))
        assert "https://coral-bank.account-check.example/confirm" in page
        assert 'href="https://coral-bank' not in page

    def test_every_message_of_the_general_exercise_shows_its_places_in_spanish(self, stranger: Client) -> None:
        exercise = Exercise.objects.get(code="first-six")
        done: list[str] = []
        for message in exercise.messages.order_by("number"):
            given = {"go": "next", "done": "_".join(done)}
            page = text_of(stranger.post("/es/spot-a-phish/first-six/", given))
            assert page.count('name="mark"') == message.spots.count(), message
            done.append(f"{message.number}p")


class TestCampaigns:
    def test_reach_stands_with_its_source_and_units_apart(self, stranger: Client) -> None:
        page = text_of(stranger.get("/campaigns/look-twice/"))
        assert "It builds on what others do" in page
        assert 'href="/initiatives/grandparents-online/"' in page
        assert 'href="/campaigns/look-twice/"' in text_of(stranger.get("/initiatives/grandparents-online/"))
        assert "24,570 views" in page
        assert "31,000 listeners" in page
        assert "Delivery report of Island Telephone" in page
        assert "113,784" not in page, "the sum of all of them"
        assert "Look twice" in text_of(stranger.get("/campaigns/"))

    def test_one_that_is_planned_is_hidden(self, stranger: Client) -> None:
        assert stranger.get("/campaigns/safe-holidays/").status_code == 404
        for address in ("/campaigns/", "/campaigns/calendar.ics", "/learn/", "/data/campaigns.csv", "/search/?q=beach"):
            assert "without surprises" not in text_of(stranger.get(address)), address
        campaigns.publish_campaign(Campaign.objects.get(code="safe-holidays"), by=SYSTEM)
        assert stranger.get("/campaigns/safe-holidays/").status_code == 200
        assert SearchEntry.objects.get(kind="campaign", title="Holidays without surprises").is_public

    def test_the_calendar_can_be_followed(self, stranger: Client) -> None:
        from icalendar import Calendar

        answer = stranger.get("/es/campaigns/calendar.ics")
        assert answer["Content-Type"].startswith("text/calendar")
        events = [str(each["summary"]) for each in Calendar.from_ical(answer.content).walk("VEVENT")]
        assert "Mi empresa, segura" in events
        assert any(each.startswith("Mire dos veces. Radio:") for each in events)
