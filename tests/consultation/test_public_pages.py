"""The public pages of consultations, as anybody opens them: hidden, open, closed, answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from floreo.consultation import moments
from floreo.consultation.actions import deciding, preparing
from floreo.consultation.models import Comment, Consultation
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry, OutboxMail, SearchEntry
from floreo.organisations.models import User
from tests.consultation.making import CODE, bill, closed_now, decided, draft, opened, read, sent

pytestmark = pytest.mark.usefixtures("no_consultations")
FORM = f"/consultations/{CODE}/comment/"
ONCE = "a-key-of-a-form-long-enough"


def posted(text: str = "My shop gives a two-year guarantee.", **more: str) -> dict[str, str]:
    return {"about": "clause:sec_4", "text": text, "respondent": "business", "is_nameless": "on", "once": ONCE} | more


def link_in(page: str) -> str:
    found = re.search(r"/comment/follow/[\w-]+/", page)
    assert found is not None
    return found[0]


def text_of(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode()


class TestHidden:
    @pytest.mark.long
    def test_before_it_opens_nobody_finds_it(self, stranger: Client) -> None:
        preparing.schedule(draft(opens_at=moments.now() + timedelta(days=1)), by=SYSTEM)
        assert stranger.get(f"/consultations/{CODE}/").status_code == 404
        assert stranger.get(FORM).status_code == 404
        assert stranger.post(FORM, posted()).status_code == 404
        for address in ("/consultations/", "/data/consultations.csv", "/api/v1/consultations", "/search/?q=Harbour"):
            assert "Harbour Bill 2026" not in text_of(stranger.get(address)), address
        assert stranger.get(f"/consultations/{CODE}/comments/").status_code == 404

    def test_a_draft_whose_moment_has_come_is_hidden_too(self, stranger: Client) -> None:
        draft()
        assert stranger.get(f"/consultations/{CODE}/").status_code == 404

    def test_a_missing_one_and_a_hidden_one_read_alike(self, stranger: Client) -> None:
        draft()
        hidden, missing = stranger.get(f"/consultations/{CODE}/"), stranger.get("/consultations/no-such-thing/")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert text_of(hidden).replace(CODE, "") == text_of(missing).replace("no-such-thing", "")

    def test_who_prepares_sees_it(self, secretariat: User, browser_of: Callable[[User], Client]) -> None:
        draft()
        assert browser_of(secretariat).get(f"/workspace/consultations/{CODE}/").status_code == 200

    def test_the_search_finds_it_when_the_worker_wrote_down_that_it_opened(self, stranger: Client) -> None:
        opened()
        entry = SearchEntry.objects.get(kind="consultation")
        assert entry.is_public is False
        assert preparing.announce_due(by=SYSTEM) == 1
        entry.refresh_from_db()
        assert entry.is_public is True
        assert preparing.announce_due(by=SYSTEM) == 0
        assert "Harbour Bill 2026" in text_of(stranger.get("/search/?q=Harbour"))


class TestSearched:
    @pytest.mark.long
    def test_what_a_moderator_hid_is_found_by_no_search(self, stranger: Client) -> None:
        comment = sent(opened(), "It was Juan of the green house.")
        deciding.publish_comment(comment, by=SYSTEM, text="It was […] of the green house.")
        for address in (
            f"/consultations/{CODE}/comments/",
            f"/consultations/{CODE}/comments/?download=csv",
            "/api/v1/consultation_comments",
        ):
            more = "&" if "?" in address else "?"
            assert "green house" in text_of(stranger.get(f"{address}{more}q=green")), address
            assert "green house" not in text_of(stranger.get(f"{address}{more}q=Juan")), address
        assert comment.text == "It was Juan of the green house."


class TestFollowed:
    def test_the_feed_tells_what_opened_and_what_was_answered(self, stranger: Client) -> None:
        made = opened()
        feed = stranger.get("/consultations/feed.xml")
        assert feed["Content-Type"].startswith("application/rss+xml")
        assert "Open for comments: Harbour Bill 2026" in text_of(feed)
        assert "Proyecto de ley de puertos 2026" in text_of(stranger.get("/es/consultations/feed.xml"))
        read(sent(made))
        made = closed_now(made)
        decided(made, [1])
        deciding.publish_answers(made, by=SYSTEM)
        after = text_of(stranger.get("/consultations/feed.xml"))
        assert after.index("Answers published: Harbour Bill 2026") < after.index("Open for comments: Harbour Bill 2026")

    def test_the_feed_tells_nothing_before_its_moment(self, stranger: Client) -> None:
        preparing.schedule(draft(opens_at=moments.now() + timedelta(days=1)), by=SYSTEM)
        assert "Harbour" not in text_of(stranger.get("/consultations/feed.xml"))

    def test_the_first_page_lists_what_is_open_and_nothing_else(self, stranger: Client) -> None:
        made = opened()
        assert f"/consultations/{CODE}/" in text_of(stranger.get("/"))
        closed_now(made)
        assert f"/consultations/{CODE}/" not in text_of(stranger.get("/"))


class TestOpen:
    def test_its_page_lists_the_clauses(self, stranger: Client) -> None:
        opened()
        page = text_of(stranger.get(f"/consultations/{CODE}/"))
        assert "?on=clause:sec_4" in page
        assert "Searches" in page
        assert "Harbour Bill 2026" in text_of(stranger.get("/consultations/"))

    def test_the_form_quotes_the_clause(self, stranger: Client) -> None:
        opened()
        page = text_of(stranger.get(f"{FORM}?on=clause:sec_4__subsec_2"))
        assert "The Minister may extend the time." in page

    def test_it_speaks_spanish(self, stranger: Client) -> None:
        opened()
        page = text_of(stranger.get(f"/es{FORM}"))
        assert "Enviar el comentario" in page
        assert "Proyecto de ley de puertos 2026" in page

    def test_a_comment_is_received_with_a_reference_and_a_link(self, stranger: Client) -> None:
        opened()
        answer = stranger.post(FORM, posted(mail="a@example.org"))
        made = Comment.objects.get()
        assert answer.status_code == 200
        assert made.reference in text_of(answer)
        facts = (made.clause, made.eid, made.respondent, made.state, made.channel, made.language)
        assert facts == ("4", "sec_4", "business", "waiting", "site", "en")
        secret = link_in(text_of(answer)).split("/")[-2]
        assert secret not in str(list(Comment.objects.values()))
        assert AuditEntry.objects.filter(verb="comment.sent").count() == 1
        entry = str(AuditEntry.objects.get(verb="comment.sent").detail)
        assert "two-year" not in entry
        assert "a@example.org" not in entry
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")

    @pytest.mark.long
    def test_what_waits_to_be_read_is_not_public(self, stranger: Client) -> None:
        opened()
        stranger.post(FORM, posted())
        for address in (f"/consultations/{CODE}/comments/", "/data/consultation_comments/", f"/consultations/{CODE}/"):
            assert "two-year" not in text_of(stranger.get(address)), address
        read(Comment.objects.get())
        assert "two-year" in text_of(stranger.get(f"/consultations/{CODE}/comments/"))

    def test_the_same_form_twice_is_one_comment_and_shows_the_same_link(self, stranger: Client) -> None:
        opened()
        first, second = stranger.post(FORM, posted()), stranger.post(FORM, posted())
        assert Comment.objects.count() == 1
        assert link_in(text_of(first)) == link_in(text_of(second))
        stranger.post(FORM, posted(text="Something else."))
        assert Comment.objects.count() == 2

    @pytest.mark.long
    def test_another_who_has_the_same_words_has_another_link(self, stranger: Client) -> None:
        opened()
        links = {link_in(text_of(stranger.post(FORM, posted(once=once)))) for once in ("", "", "x", ONCE)}
        assert len(links) == 4


class TestBadInput:
    def test_two_megabytes_are_refused_with_a_sentence(self, stranger: Client) -> None:
        opened()
        answer = stranger.post(FORM, posted(text="x" * 2_000_000))
        assert (answer.status_code, Comment.objects.count()) == (422, 0)
        assert "At most 2,000 fit." in text_of(answer)

    @pytest.mark.long
    def test_one_letter_too_many_is_refused_and_the_text_stays(self, stranger: Client) -> None:
        opened()
        answer = stranger.post(FORM, posted(text="ñ" * 2001))
        assert (answer.status_code, Comment.objects.count()) == (422, 0)
        assert "ñ" * 2001 in text_of(answer)
        assert stranger.post(FORM, posted(text="ñ" * 2000)).status_code == 200

    def test_an_empty_one_is_refused(self, stranger: Client) -> None:
        opened()
        answer = stranger.post(FORM, posted(text=" \n "))
        assert (answer.status_code, "Write your comment." in text_of(answer)) == (422, True)

    @pytest.mark.long
    def test_a_script_is_text(self, stranger: Client) -> None:
        opened()
        stranger.post(FORM, posted(text="<script>alert(1)</script>"))
        read(Comment.objects.get())
        page = text_of(stranger.get(f"/consultations/{CODE}/comments/"))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    @pytest.mark.long
    @pytest.mark.parametrize("letter", ["%ED%A0%80", "%1B", "%0D"])
    def test_halves_of_characters_and_control_characters_are_left_out(self, stranger: Client, letter: str) -> None:
        opened()
        body = f"about=&respondent=citizen&once=&text=A{letter}B"
        assert stranger.generic("POST", FORM, body, "application/x-www-form-urlencoded").status_code == 200
        made = Comment.objects.get()
        assert made.text.startswith("A")
        assert not set(made.text) & {"\ud800", "\x1b", "\r"}

    def test_nul_is_refused_with_a_sentence(self, stranger: Client) -> None:
        opened()
        answer = stranger.generic(
            "POST", FORM, "about=&respondent=citizen&text=A%00B", "application/x-www-form-urlencoded"
        )
        assert (answer.status_code, Comment.objects.count()) == (422, 0)

    @pytest.mark.long
    def test_an_unknown_clause_has_its_sentence(self, stranger: Client) -> None:
        opened()
        answer = stranger.post(FORM, posted(about="clause:sec_99"))
        assert (answer.status_code, Comment.objects.count()) == (422, 0)
        assert "has no clause “sec_99”" in text_of(answer)
        assert stranger.get(f"{FORM}?on=clause:sec_99").status_code == 404
        assert stranger.post(FORM, posted(about="topic:7")).status_code == 422

    @pytest.mark.long
    def test_a_crowd_by_script_is_slowed(self, stranger: Client) -> None:
        opened()
        with clock.as_of(clock.now()):  # on a busy machine one more may be sent meanwhile
            codes = [stranger.post(FORM, posted(once="", text=f"No {n}")).status_code for n in range(31)]
        assert codes == [200] * 30 + [429]
        assert Comment.objects.count() == 30

    def test_a_wrong_address_of_mail_is_refused(self, stranger: Client) -> None:
        opened()
        assert stranger.post(FORM, posted(mail="not an address")).status_code == 422

    def test_closing_while_somebody_types_loses_nothing(self, stranger: Client) -> None:
        closed_now(opened())
        answer = stranger.post(FORM, posted())
        page = text_of(answer)
        assert (answer.status_code, Comment.objects.count()) == (409, 0)
        assert re.search(r"The consultation closed at \d\d:\d\d on ", page)
        assert "My shop gives a two-year guarantee." in page
        assert stranger.get(FORM).status_code == 302


class TestByLink:
    def test_a_comment_is_changed_until_the_closing(self, stranger: Client) -> None:
        consultation = opened()
        comment = read(sent(consultation))
        link = "/comment/follow/secret-1/"
        page = stranger.get(link)
        assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
        answer = stranger.post(link, posted(text="Two years.", do="change"))
        comment.refresh_from_db()
        assert (answer.status_code, comment.text, comment.state) == (302, "Two years.", "waiting")
        closed_now(consultation)
        late = stranger.post(link, posted(text="Three years.", do="change"))
        comment.refresh_from_db()
        assert (late.status_code, comment.text) == (409, "Two years.")
        assert "Three years." in text_of(late)

    def test_a_comment_is_withdrawn_once(self, stranger: Client) -> None:
        sent(opened())
        link = "/comment/follow/secret-1/"
        assert stranger.post(link, {"do": "withdraw"}).status_code == 302
        second = stranger.post(link, {"do": "withdraw"})
        assert second.status_code == 422
        assert "This comment was withdrawn already." in text_of(second)
        assert Comment.objects.counted().count() == 0

    def test_anothers_reference_opens_nothing(self, stranger: Client) -> None:
        comment = sent(opened())
        assert stranger.get(f"/comment/follow/{comment.reference}/").status_code == 404
        assert stranger.post("/comment/follow/x/", {"do": "withdraw"}).status_code == 404

    @pytest.mark.long
    def test_guesses_are_counted(self, stranger: Client) -> None:
        codes = {stranger.get(f"/comment/follow/guess-{n}/").status_code for n in range(31)}
        assert codes == {404, 429}

    def test_the_writer_gets_what_is_stored_and_erases_it(self, stranger: Client) -> None:
        consultation = opened()
        comment = sent(consultation, name="Ana", mail="ana@example.org", organisation_name="Shop")
        read(comment)
        stored = stranger.get("/comment/follow/secret-1/data.json").json()
        assert (stored["mail"], stored["name"], stored["reference"]) == ("ana@example.org", "Ana", comment.reference)
        closed_now(consultation)
        assert stranger.post("/comment/follow/secret-1/", {"do": "erase"}).status_code == 200
        comment.refresh_from_db()
        facts = (comment.text, comment.name, comment.organisation_name, comment.mail, comment.is_erased, comment.state)
        assert facts == ("", "", "", "", True, "published")
        assert stranger.get("/comment/follow/secret-1/").status_code == 404
        assert "Ana" not in str(list(AuditEntry.objects.filter(verb__startswith="comment.").values()))
        assert 'id="comment-1"' not in text_of(stranger.get(f"/consultations/{CODE}/comments/"))

    def test_erased_while_open_counts_no_more(self, stranger: Client) -> None:
        sent(opened())
        stranger.post("/comment/follow/secret-1/", {"do": "erase"})
        assert Comment.objects.get().state == "withdrawn"


class TestAnswered:
    @pytest.fixture
    def answered(self) -> Consultation:
        consultation = opened()
        for n in range(1, 8):
            read(sent(consultation, f"Comment {n} is of its own.", mail="ana@example.org" if n == 1 else ""))
        deciding.withhold_comment(sent(consultation, "It was Juan."), by=SYSTEM, reason="It names a person.")
        consultation = closed_now(consultation)
        decided(consultation, [1, 2, 3], clause="4(2)", changed_version=consultation.law_version)
        decided(consultation, [4, 5], "partly")
        decided(consultation, [6, 7], "not_accepted")
        decided(consultation, [8], "out_of_scope")
        return deciding.publish_answers(consultation, by=SYSTEM, answered_by="Inés Farol")

    @pytest.mark.long
    def test_the_page_says_what_changed(self, answered: Consultation, stranger: Client) -> None:
        page = text_of(stranger.get(f"/consultations/{CODE}/"))
        assert "2 of the 4 points you raised changed the draft" in page
        assert "Of 4 points: 1 accepted, 1 partly accepted, 1 not accepted, 1 out of scope." in page
        assert "3 comments: 3 citizens" in page
        assert "Clause 4(2) as changed" in " ".join(page.split())
        assert "8 comments in" in page
        assert "They were counted and decided on." in page
        assert "It was Juan" not in page
        spanish = text_of(stranger.get(f"/es/consultations/{CODE}/"))
        assert "2 de los 4 puntos que ustedes plantearon cambiaron el borrador" in spanish
        assert "Es cierto." in spanish

    def test_points_are_narrowed_by_decision(self, answered: Consultation, stranger: Client) -> None:
        page = text_of(stranger.get(f"/consultations/{CODE}/?decision=partly"))
        assert 'id="point-2"' in page
        assert 'id="point-1"' not in page
        assert stranger.get(f"/consultations/{CODE}/?decision=no-such").status_code == 200

    @pytest.mark.long
    def test_comments_of_a_point_are_read_and_downloaded(self, answered: Consultation, stranger: Client) -> None:
        page = text_of(stranger.get(f"/consultations/{CODE}/points/2/"))
        assert "Comment 4 is of its own." in page
        assert "Comment 1 is of its own." not in page
        rows = text_of(stranger.get(f"/consultations/{CODE}/points/2/?download=csv"))
        assert rows.count("is of its own") == 2
        assert stranger.get(f"/consultations/{CODE}/points/9/").status_code == 404

    @pytest.mark.parametrize("kind", ["pdf", "docx"])
    def test_it_is_had_on_paper(self, answered: Consultation, stranger: Client, kind: str) -> None:
        answer = stranger.get(f"/es/consultations/{CODE}/answers.{kind}")
        assert answer.status_code == 200
        assert answer.content[:4] in {b"%PDF", b"PK\x03\x04"}
        assert stranger.get(f"/consultations/{CODE}/answers.exe").status_code == 404

    @pytest.mark.long
    def test_who_left_an_address_was_sent_the_decision(self, answered: Consultation) -> None:
        mail = OutboxMail.objects.get(kind="consultation.answer")
        assert mail.to == "ana@example.org"
        assert "Decision: Accepted. It is right." in mail.text
        assert f"/consultations/{CODE}/#point-1" in mail.text
        assert Comment.objects.exclude(mail="").count() == 0

    @pytest.mark.long
    def test_the_tables_hold_what_is_public(self, answered: Consultation, stranger: Client) -> None:
        points = text_of(stranger.get("/api/v1/consultation_points"))
        assert "not_accepted" in points
        comments = text_of(stranger.get("/api/v1/consultation_comments"))
        assert "Comment 4 is of its own." in comments
        assert "It was Juan" not in comments
        assert "whole_text" not in comments


def test_decisions_are_hidden_until_all_are_published(stranger: Client) -> None:
    consultation = opened()
    read(sent(consultation))
    decided(closed_now(consultation), [1])
    assert "It is right." not in text_of(stranger.get(f"/consultations/{CODE}/"))
    assert "It is right." not in text_of(stranger.get("/api/v1/consultation_points"))
    assert stranger.get(f"/consultations/{CODE}/points/1/").status_code == 404


def test_the_page_of_a_law_says_which_clauses_were_changed_after_comments(stranger: Client) -> None:
    version = bill()
    made = opened(law_version=version)
    read(sent(made))
    decided(made, [1], clause="4", changed_version=version)
    assert "A point about [1]" not in text_of(stranger.get("/laws/harbour-bill/v1/"))  # nobody has answered yet
    deciding.publish_answers(closed_now(made), by=SYSTEM)
    page = text_of(stranger.get("/laws/harbour-bill/v1/"))
    shown = re.search(r'<a href="#sec_4">4</a>\s*<small><a\s+href="([^"]+)"\s*>([^<]+)</a></small>', page)
    assert shown is not None
    assert shown.groups() == (f"/consultations/{CODE}/", "A point about [1]")
