"""What anybody sees of training, and what participants, organisations and trainers do by their links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from floreo.core import clock, throttle
from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.organisations.models import Country, User
from floreo.portal.views import training as pages
from floreo.training import moments
from floreo.training.access import token_of
from floreo.training.actions import enrolling, running
from floreo.training.logic import check_in_code, step_of
from floreo.training.models import Cohort, Enrolment, Feedback
from floreo.training.queries import check_in_key
from tests.factories.strategy import make_country, make_organisation
from tests.training.making import CODE, asked, begun, cohort, held, signed_up

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FORM = f"/training/cohorts/{CODE}/sign-up/"
ANA = {"name": "Ana Abalone", "mail": "ana@example.org", "sector": "public"}


def text(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode()


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def real_days() -> None:
    """A country whose calendar goes on, so that a session is when the test says."""
    make_country()
    Country.objects.update(calendar_day=None)


def own(of: Enrolment) -> str:
    return f"/training/mine/{token_of(of)}/"


class TestPublic:
    @pytest.mark.long
    def test_what_is_not_public_is_found_nowhere(self, stranger: Client) -> None:
        made = cohort(is_public=False, title="Hidden cohort")
        signed = signed_up(made, "Zoila Private")
        for address in (f"/training/cohorts/{CODE}/", FORM, f"/training/cohorts/{CODE}.ics"):
            assert stranger.get(address).status_code == 404
        for address in ("/training/", "/data/training_cohorts.csv", f"/training/courses/{made.course.code}/"):
            page = text(stranger.get(address))
            assert "Hidden cohort" not in page
        assert stranger.get(own(signed)).status_code == 200  # who has a link sees their own

    @pytest.mark.long
    def test_no_page_or_table_names_a_participant(self, stranger: Client) -> None:
        made = held(7)
        enrolling.enrol(made, by=SYSTEM, who=enrolling.Who(name="Zoila Private", mail="zoila.private@example.org"))
        for address in (
            "/training/",
            f"/training/courses/{made.course.code}/",
            f"/training/cohorts/{CODE}/",
            f"/training/cohorts/{CODE}.ics",
            "/data/training_cohorts.json",
            "/data/training_courses.json",
            "/data/training_programmes.json",
            "/data/training_enrolments.json",
            "/api/v1/training_cohorts",
            "/search/?q=Zoila",
        ):
            assert "rivate" not in text(stranger.get(address)), address

    @pytest.mark.long
    def test_the_sample_country_shows_what_is_open_and_what_came_of_the_rest(
        self, isla: Country, stranger: Client
    ) -> None:
        page = text(stranger.get("/training/"))
        assert "<h1>2 courses open for sign-up</h1>" in page
        assert "Full, 4 people on the waiting list" in page
        assert "6 of 15 seats free" in page
        assert text(stranger.get("/training/cohorts/officials-2026-03/")).count("so few people are behind it") == 1
        assert "50 of 58 people completed it." in text(stranger.get("/training/cohorts/officials-2025-11/"))

    def test_belize_shows_that_the_number_of_people_is_not_known(self, real_country: Country, stranger: Client) -> None:
        page = text(stranger.get("/training/cohorts/impacs-2023/"))
        assert "known from its source only" in page
        assert "not known" in page
        assert "Sign up" not in page


class TestSigningUp:
    def test_by_the_form_the_mail_and_the_button(self, stranger: Client) -> None:
        made = cohort()
        answer = stranger.post(FORM, ANA)
        assert answer.status_code == 200
        link = re.search(r"http\S+(/training/mine/\S+)", OutboxMail.objects.get().text)
        assert link is not None
        assert stranger.get(link[1]).status_code == 200
        assert (
            made.enrolments.get().state == "asked"
        )  # a link that is only opened does nothing: mail programs open links
        answer = stranger.post(link[1], {"do": "confirm"}, follow=True)
        assert "You have a seat" in text(answer)
        assert made.enrolments.get().state == "confirmed"

    def test_the_page_says_the_same_to_who_is_there_already(self, stranger: Client) -> None:
        signed_up(cohort(), mail="ana@example.org")
        there = text(stranger.post(FORM, ANA))
        new = text(stranger.post(FORM, ANA | {"mail": "new@example.org"}))
        assert main_of(there).replace("ana@", "new@") == main_of(new)

    def test_what_was_typed_is_kept_where_something_is_wrong(self, stranger: Client) -> None:
        cohort()
        answer = stranger.post(FORM, ANA | {"mail": "no address", "organisation_name": "Fish <b>market</b>"})
        assert answer.status_code == 422
        page = text(answer)
        assert 'value="no address"' in page
        assert "Fish &lt;b&gt;market&lt;/b&gt;" in page
        assert "<title>Error:" in re.sub(r"\s+", " ", page).replace("<title> ", "<title>")
        assert Enrolment.objects.count() == 0

    def test_a_busy_database_loses_nothing_that_was_typed(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cohort()

        def busy(*_args: object, **_more: object) -> None:
            raise OperationalError("database is locked")

        monkeypatch.setattr(enrolling, "sign_up", busy)
        answer = stranger.post(FORM, ANA)
        page = text(answer)
        assert (answer.status_code, answer["Retry-After"], 'value="Ana Abalone"' in page) == (503, "60", True)
        assert "You are not signed up yet" in page

    @pytest.mark.long
    def test_a_crowd_by_script_meets_the_throttle_and_no_seat_is_given_twice(self, stranger: Client) -> None:
        """Of one address; the next test of all addresses together. 10,000 at once: benchmarks/sign_ups.py."""
        made = cohort(capacity=3)
        said = [stranger.post(FORM, ANA | {"mail": f"p{n}@example.org"}).status_code for n in range(40)]
        assert (said[: pages.SIGN_UPS], set(said[pages.SIGN_UPS :])) == ([200] * pages.SIGN_UPS, {429})
        assert made.enrolments.count() == pages.SIGN_UPS
        for each in Enrolment.objects.all():
            stranger.post(own(each), {"do": "confirm"})
        assert made.enrolments.filter(state="confirmed").count() == 3
        assert made.enrolments.filter(state="waiting").count() == pages.SIGN_UPS - 3

    @pytest.mark.long
    def test_a_crowd_from_many_addresses_is_bounded_too(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "OF_ALL", 10)
        monkeypatch.setattr(pages, "OF_ALL_PER_HOUR", 1)
        cohort()
        said = [
            stranger.post(FORM, ANA | {"mail": f"p{n}@example.org"}, REMOTE_ADDR=f"198.51.100.{n}").status_code
            for n in range(14)
        ]
        assert said == [200] * 10 + [429] * 4
        slow = stranger.post(FORM, ANA, REMOTE_ADDR="198.51.100.99")
        page, seconds = text(slow), int(slow["Retry-After"])
        assert seconds > 0
        assert "You are not signed up yet" in page
        assert f"Nothing was recorded. Wait {seconds} seconds, then press the button below." in page

    def test_the_button_of_who_was_told_to_wait_sends_the_same_again(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "OF_ALL", 1)
        made = cohort()
        stranger.post(FORM, ANA | {"mail": "first@example.org"})
        page = text(stranger.post(FORM, ANA | {"name": 'Ana "<Abalone>"'}, REMOTE_ADDR="198.51.100.9"))
        typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        typed = {name: unescape(value) for name, value in typed.items()}
        assert typed == {"organisation_name": ""} | ANA | {"name": 'Ana "<Abalone>"'}
        assert made.enrolments.count() == 1
        throttle.METER.clear()  # the time has passed
        assert stranger.post(FORM, typed).status_code == 200
        assert made.enrolments.count() == 2

    def test_who_is_told_to_wait_costs_few_queries(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
    ) -> None:
        monkeypatch.setattr(pages, "OF_ALL", 1)
        cohort()
        stranger.post(FORM, ANA)
        stranger.post(FORM, ANA, REMOTE_ADDR="198.51.100.9")
        with django_assert_num_queries(4):
            stranger.post(FORM, ANA, REMOTE_ADDR="198.51.100.9")

    @pytest.mark.long
    def test_nobody_floods_another_with_mails(self, stranger: Client) -> None:
        cohort()
        said = [stranger.post(FORM, ANA, REMOTE_ADDR=f"198.51.100.{n}").status_code for n in range(6)]
        assert said == [200] * pages.OF_MAIL + [429] * (6 - pages.OF_MAIL)

    def test_what_is_missing_is_named_together(self, stranger: Client) -> None:
        cohort()
        page = stranger.post(FORM, ANA | {"name": " ", "mail": ""})
        words = text(page)
        assert (page.status_code, "Enter a name." in words, "Enter an e-mail address." in words) == (422, True, True)

    def test_the_form_of_a_cohort_that_takes_nobody_leads_back(self, stranger: Client) -> None:
        cohort(sign_up="closed")
        assert stranger.get(FORM).status_code == 302
        assert stranger.post(FORM, ANA).status_code == 422

    def test_the_calendar_file_holds_the_sessions(self, stranger: Client) -> None:
        cohort(sessions=3)
        answer = stranger.get(f"/training/cohorts/{CODE}.ics")
        assert answer["Content-Type"].startswith("text/calendar")
        assert text(answer).count("BEGIN:VEVENT") == 3


class TestOwnLink:
    def test_a_participant_reads_and_erases_what_is_stored(self, stranger: Client) -> None:
        one = signed_up(cohort())
        data = json.loads(text(stranger.get(f"{own(one)}data.json")))
        assert (data["name"], data["mail"], data["state"]) == ("Ana Abalone", "ana.abalone@example.org", "confirmed")
        answer = stranger.post(own(one), {"do": "erase"})
        assert "Your data are deleted" in text(answer)
        assert stranger.get(own(one)).status_code == 404
        assert stranger.get(f"{own(one)}data.json").status_code == 404

    def test_the_code_of_the_door_is_asked_for_while_the_cohort_takes_attendance(self, stranger: Client) -> None:
        made = cohort(days=0)
        one = signed_up(made)
        with time_machine.travel(begun(made.sessions.get()), tick=False):
            assert "Code at the door" in text(stranger.get(own(one)))
            Cohort.objects.filter(pk=made.pk).update(state="closed", closed_on=clock.today())
            assert "Code at the door" not in text(stranger.get(own(one)))

    def test_cancelling_gives_the_seat_on(self, stranger: Client) -> None:
        made = cohort(capacity=1)
        one, other = signed_up(made), signed_up(made, "Bruno Brisa")
        assert "You are number 1 on the waiting list" in text(stranger.get(own(other)))
        assert "Cancelled." in text(stranger.post(own(one), {"do": "cancel"}, follow=True))
        assert "You have a seat" in text(stranger.get(own(other)))

    def test_who_waited_until_the_end_does_not_wait_any_more(self, stranger: Client) -> None:
        made = cohort(capacity=1)
        signed_up(made)
        other = signed_up(made, "Bruno Brisa")
        Cohort.objects.filter(pk=made.pk).update(state="closed", closed_on=clock.today())
        page = text(stranger.get(own(other)))
        assert ("no seat became free" in page, "You are number" in page) == (True, False)

    def test_the_link_is_kept_from_referrers_caches_and_search_engines(self, stranger: Client) -> None:
        answer = stranger.get(own(signed_up(cohort())))
        assert (answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]) == (
            "no-referrer",
            "no-store",
            "noindex, nofollow",
        )

    @pytest.mark.long
    def test_who_guesses_links_is_slowed(self, stranger: Client) -> None:
        said = {stranger.get(f"/training/mine/{n}-1~guess/").status_code for n in range(40)}
        assert said == {404, 429}

    def test_the_question_at_the_end(self, stranger: Client) -> None:
        made = held(1)
        one = made.enrolments.get()
        assert stranger.post(own(one), {"do": "feedback"}).status_code == 422
        page = text(stranger.post(own(one), {"do": "feedback", "rating": "4", "text": "More <time>."}, follow=True))
        assert "stored without your name" in page
        assert [(f.rating, f.text) for f in Feedback.objects.all()] == [(4, "More <time>.")]
        assert "One question" not in text(stranger.get(own(one)))


class TestGroup:
    def test_an_organisation_enrols_its_people_or_hears_what_is_wrong(self, stranger: Client) -> None:
        made = cohort()
        body = make_organisation("port", "Port Authority", is_public=True)
        invitation = running.invite_organisation(made, by=SYSTEM, organisation=body, mail="p@example.org", people=3)
        address = f"/training/group/{token_of(invitation)}/"
        answer = stranger.post(address, {"people-0": "Ana", "mail-0": "no address", "people-1": "Bruno"})
        assert answer.status_code == 422
        assert 'value="Bruno"' in text(answer)
        answer = stranger.post(
            address,
            {"people-0": "Ana", "mail-0": "ana@example.org", "people-4": "Bruno", "people-5": "Celia"},
            follow=True,
        )
        page = re.sub(r"\s+", " ", text(answer))
        assert "2 people have a seat. 1 person is on the waiting list." in page
        assert "You have enrolled as many people as you may." in page
        assert stranger.post(address, {"people-0": "Dario"}).status_code == 422
        assert made.enrolments.count() == 3


class TestDoor:
    def here(self, of: Cohort) -> tuple[Any, str]:
        session = of.sessions.get(number=1)
        return session, check_in_code(check_in_key(), session.pk, step_of(moments.now()))

    def test_the_trainer_shows_a_code_and_a_participant_presses_i_am_here(self, stranger: Client) -> None:
        real_days()
        made = cohort()
        one = signed_up(made, mail="ana@example.org")
        session = made.sessions.get()
        with time_machine.travel(begun(session), tick=False):
            _session, code = self.here(made)
            page = text(stranger.get(f"/training/check-in/{token_of(session)}/code/"))
            assert f"{code[:4]} {code[4:]}" in page
            assert "<svg" in page
            assert 'http-equiv="refresh"' in page
            scanned = f"/training/here/{session.pk}-{code}/"
            assert f'value="{code}"' in text(stranger.get(scanned))
            assert session.attendances.count() == 0  # opening it records nothing
            answer = stranger.post(scanned, {"name": "Ana Abalone", "mail": "ana@example.org", "code": code})
            assert "It is recorded that you are here." in text(answer)
            assert session.attendances.get().enrolment == one

    def test_by_ones_own_link_the_code_is_typed(self, stranger: Client) -> None:
        made = cohort()
        one = signed_up(made)
        session = made.sessions.get()
        assert "I am here" not in text(stranger.get(own(one)))
        with time_machine.travel(begun(session), tick=False):
            _session, code = self.here(made)
            assert stranger.post(own(one), {"do": "here", "code": "AAAABBBB"}).status_code == 422
            answer = stranger.post(own(one), {"do": "here", "code": f"{code[:4]} {code[4:].lower()}"}, follow=True)
            assert "It is recorded that you are here." in text(answer)

    def test_a_photograph_that_was_passed_on_records_nobody(self, stranger: Client) -> None:
        made = cohort()
        signed_up(made, mail="ana@example.org")
        session = made.sessions.get()
        with time_machine.travel(begun(session), tick=False):
            _session, code = self.here(made)
        scanned = f"/training/here/{session.pk}-{code}/"
        who = {"name": "Ana Abalone", "mail": "ana@example.org", "code": code}
        with time_machine.travel(begun(session) + timedelta(minutes=3), tick=False):
            answer = stranger.post(scanned, who)
            assert "This code has expired" in text(answer)
            assert 'value="Ana Abalone"' in text(answer)
        with time_machine.travel(begun(session), tick=False):
            answer = stranger.post(scanned, {"name": "A Friend", "mail": "friend@example.org", "code": code})
            assert "Nobody with this name and address" in text(answer)
        assert session.attendances.count() == 0

    def test_the_page_before_and_after_the_session_shows_no_code(self, stranger: Client) -> None:
        made = cohort()
        session = made.sessions.get()
        for minutes in (-60, 5 * 60):
            with time_machine.travel(begun(session, minutes), tick=False):
                page = text(stranger.get(f"/training/check-in/{token_of(session)}/code/"))
                assert "fl-check-in-code" not in page
                assert 'aria-label="Code to scan' not in page

    def test_the_trainer_ticks_adds_and_prints(self, stranger: Client) -> None:
        real_days()
        made = held(3)
        session = made.sessions.get()
        address = f"/training/check-in/{token_of(session)}/"
        assert "Person B" in text(stranger.get(address))
        stranger.post(address, {"do": "list", "shown": "", "came-1": "on", "came-3": "on"})
        assert sorted(session.attendances.values_list("enrolment__number", flat=True)) == [1, 3]
        assert stranger.post(address, {"do": "walk-in", "name": "", "sector": "other"}).status_code == 422
        stranger.post(address, {"do": "walk-in", "name": "Rosa Resaca", "sector": "food"})
        assert session.attendances.filter(name="Rosa Resaca", is_guest=True).count() == 1
        sheet = stranger.get(f"{address}sheet.pdf")
        assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")

    def test_a_link_of_a_participant_opens_no_door(self, stranger: Client) -> None:
        one = signed_up(cohort())
        assert stranger.get(f"/training/check-in/{token_of(one)}/").status_code == 404
        assert stranger.get("/training/here/x-y/").status_code == 404
        assert stranger.get("/training/at/999999/").status_code == 404


class TestWorkspace:
    @pytest.mark.long
    def test_every_page_of_the_area_opens_for_who_runs_training(
        self, isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
    ) -> None:
        browser = browser_of(user_with("coordinator"))
        base = "/workspace/training/"
        for address in (
            "",
            "programmes/",
            "programmes/secure-officials/",
            "courses/everyday-security/",
            "courses/everyday-security/do/roles/",
            "cohorts/handlers-2026/",
            "cohorts/handlers-2026/participants/",
            "cohorts/handlers-2026/participants/1/",
            "cohorts/officials-hospital/",
            "cohorts/officials-hospital/scores/",
            "cohorts/officials-hospital/import/",
            "cohorts/officials-hospital/sessions/1/",
            "cohorts/officials-hospital/sessions/1/attendance/",
            "cohorts/officials-2026-12/do/invite/",
            "cohorts/officials-2026-12/do/enrol/",
        ):
            assert browser.get(base + address).status_code == 200, address
        sheet = browser.get(f"{base}cohorts/officials-hospital/sessions/1/sheet.pdf")
        assert sheet.content[:5] == b"%PDF-"

    @pytest.mark.long
    def test_the_hospital_is_closed_from_its_page(
        self, isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
    ) -> None:
        browser = browser_of(user_with("coordinator"))
        answer = browser.post("/workspace/training/cohorts/officials-hospital/do/close/", {}, follow=True)
        assert "26 of 26 people completed it." in text(answer)

    def test_a_file_is_checked_first_and_then_imported(
        self, isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
    ) -> None:
        browser = browser_of(user_with("coordinator"))
        address = "/workspace/training/cohorts/officials-hospital/import/"
        template = browser.get(f"{address}template.csv").content.decode("utf-8-sig")
        assert template.splitlines()[0] == "number,name,e-mail,organisation,sector,sessions,before,after"
        assert len(template.splitlines()) == 27

        def send(content: bytes, button: str) -> Any:
            return browser.post(address, {"file": SimpleUploadedFile("l.csv", content), button: "yes"}, follow=True)

        wrong = send(b"number,after\n1,70\n99,80\n", "import")
        assert (wrong.status_code, "Line 3, number: Nobody in this cohort has this number." in text(wrong)) == (
            422,
            True,
        )
        good = "número;después\n1;70\n".encode("cp1252")
        assert "Nothing was imported yet" in text(send(good, "check"))
        one = Enrolment.objects.get(cohort__code="officials-hospital", number=1)
        assert one.score_after is None
        assert "1 row imported." in text(send(good, "import"))
        one.refresh_from_db()
        assert one.score_after == 70

    def test_who_only_reads_changes_nothing(
        self, isla: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
    ) -> None:
        for role, status in (("observer", 403), ("responder", 403)):
            browser = browser_of(user_with(role))
            for address in ("cohorts/officials-hospital/do/close/", "cohorts/officials-hospital/scores/"):
                assert browser.get(f"/workspace/training/{address}").status_code in (status, 404), (role, address)

    @pytest.mark.long
    def test_lists_take_as_many_queries_for_many_rows_as_for_one(
        self,
        isla: Country,
        user_with: Callable[..., User],
        browser_of: Callable[[User], Client],
        django_assert_max_num_queries: Any,
    ) -> None:
        browser = browser_of(user_with("coordinator"))
        for address in (
            "/workspace/training/",
            "/workspace/training/cohorts/officials-2025-11/participants/",
            "/training/",
        ):
            browser.get(address)
            with django_assert_max_num_queries(26):
                browser.get(address)


def test_unconfirmed_and_confirmed_look_alike_in_no_list(stranger: Client) -> None:
    made = cohort(capacity=1)
    asked(made)
    assert "1 of 1 seat free" in text(stranger.get(f"/training/cohorts/{CODE}/"))
