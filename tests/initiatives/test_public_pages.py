"""Initiatives and competitions as anybody opens them, and what guardians, entrants and the jury do by their links."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Frequency, period_of
from floreo.core.models import SearchEntry
from floreo.core.tasks import Recipient
from floreo.initiatives import measures
from floreo.initiatives.actions import registering, running
from floreo.initiatives.models import Competition, CompetitionEntry, Initiative
from floreo.initiatives.tasks import waiting_tasks
from floreo.organisations.models import User
from tests.initiatives.making import CODE, NAME, agreed, closed_now, draft, guardian_secret, juror, opened, scored, sent

pytestmark = [pytest.mark.usefixtures("isla"), pytest.mark.xdist_group("files of entries")]  # they look into one folder
FORM = f"/competitions/{CODE}/enter/"
SCRIPT = "<script>alert(1)</script>"
ONCE = "a-key-of-a-form-long-enough"


def text_of(answer: Any) -> str:
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(whole.decode("utf-8", "replace"))


def typed(**more: Any) -> dict[str, Any]:
    start = {
        "title": "A key for every door",
        "category": "Text",
        "description": "I looked at all doors of our street.",
        "school": "Primary School of the Hill",
        "entrant_name": NAME,
        "age": "13",
        "guardian_name": "Casimiro Quispe",
        "guardian_mail": "1-parent@example.org",
        "agrees": "on",
        "once": ONCE,
    }
    return start | more


class TestTelling:
    def tell(self, stranger: Client, **more: Any) -> Any:
        facts = {
            "title": "Port radio",
            "who_name": "Port radio",
            "summary": "An hour.",
            "audience": "public",
            "once": ONCE,
        }
        return stranger.post("/initiatives/propose/", facts | more)

    def test_it_is_shown_once_somebody_read_it(self, stranger: Client) -> None:
        answer = self.tell(stranger, districts=["XP-NP"], contact="a@example.org")
        assert (answer.status_code, self.tell(stranger, districts=["XP-NP"], contact="a@example.org").status_code) == (
            302,
            302,
        )
        made = Initiative.objects.get(title="Port radio")
        assert stranger.get(made.get_absolute_url()).status_code == 404
        for address in ("/initiatives/", "/data/initiatives.csv", "/api/v1/initiatives", "/search/?q=radio"):
            assert "Port radio" not in text_of(stranger.get(address)), address
        registering.publish_initiative(made, by=SYSTEM)
        page = text_of(stranger.get(made.get_absolute_url()))
        assert ("Port radio" in page, "a@example.org" in page) == (True, False)
        assert "a@example.org" not in text_of(stranger.get("/data/initiatives.csv"))

    def test_a_script_is_text(self, stranger: Client) -> None:
        self.tell(stranger, summary=SCRIPT, title=f"Radio {SCRIPT}")
        made = Initiative.objects.get(title__startswith="Radio")
        registering.publish_initiative(made, by=SYSTEM)
        for address in (made.get_absolute_url(), "/initiatives/"):
            assert SCRIPT not in text_of(stranger.get(address)), address

    def test_what_was_typed_stays_with_the_sentence(self, stranger: Client) -> None:
        answer = self.tell(stranger, address="javascript:alert(1)", summary="What I typed")
        page = text_of(answer)
        assert (answer.status_code, "What I typed" in page, "An address begins with" in page) == (422, True, True)
        assert self.tell(stranger, summary="x" * 2_000_000).status_code == 422
        assert not Initiative.objects.filter(title="Port radio").exists()

    @pytest.mark.long
    def test_a_crowd_by_script_is_slowed(self, stranger: Client) -> None:
        answers = [self.tell(stranger, once=f"a-key-of-a-form-number-{n}", title=f"R{n}") for n in range(12)]
        assert {answer.status_code for answer in answers} == {302, 429}
        assert "Retry-After" in answers[-1].headers

    def test_the_list_is_narrowed_and_asks_the_same_however_long_it_is(
        self, stranger: Client, django_assert_max_num_queries: Callable[[int], Any]
    ) -> None:
        rows = stranger.get("/initiatives/?audience=firms&district=XP-GV").context["rows"]
        assert [row[0].code for row in rows] == ["students-clinic"]
        over = stranger.get("/initiatives/?when=over").context["rows"]
        assert {row[0].code for row in over} == {"bank-week", "grandparents-online"}
        with django_assert_max_num_queries(14):
            stranger.get("/initiatives/")


class TestEntering:
    def test_an_entry_waits_for_the_guardian_and_its_link_is_shown_once(self, stranger: Client) -> None:
        made = opened()
        answer = stranger.post(FORM, typed())
        page = text_of(answer)
        found = re.search(r"/competitions/entry/[\w-]+/", page)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert found is not None
        assert "A link was sent to the parent or guardian" in page
        assert text_of(stranger.post(FORM, typed())).count(found[0]) >= 1  # the same form again is the same entry
        assert made.entries.count() == 1
        own = text_of(stranger.get(found[0]))
        assert "Waiting for the consent of the guardian" in own
        assert stranger.post(found[0]).status_code == 200
        assert (made.entries.count(), stranger.get(found[0]).status_code) == (0, 404)

    def test_after_the_last_day_every_word_comes_back(self, stranger: Client) -> None:
        closed_now(opened())
        answer = stranger.post(FORM, typed(description="What I typed"))
        page = text_of(answer)
        assert (answer.status_code, "What I typed" in page, "The last day was" in page) == (422, True, True)
        assert not CompetitionEntry.objects.filter(competition__code=CODE).exists()
        assert stranger.get(FORM).status_code == 302

    def test_a_draft_has_no_form(self, stranger: Client) -> None:
        draft()
        assert (stranger.get(FORM).status_code, stranger.post(FORM, typed()).status_code) == (404, 404)

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("facts", "status"),
        [
            ({"description": "x" * 2_000_000}, 422),
            ({"age": "-3"}, 422),
            ({"age": "many"}, 422),
            ({"guardian_mail": "nobody"}, 422),
            ({"agrees": ""}, 422),
            ({"title": "x" * 201}, 422),
        ],
    )
    def test_what_cannot_be_is_refused_with_its_sentence(
        self, stranger: Client, facts: dict[str, str], status: int
    ) -> None:
        opened()
        answer = stranger.post(FORM, typed(**facts))
        assert (answer.status_code, "There is a problem" in text_of(answer)) == (status, True)

    def test_a_program_is_not_taken_as_a_picture(self, stranger: Client) -> None:
        made = opened()
        file = SimpleUploadedFile("door.png", b"MZ\x90\x00" + b"\0" * 100)
        assert stranger.post(FORM, typed(file=file)).status_code == 422
        assert made.entries.count() == 0


class TestGuardian:
    def test_opening_agrees_to_nothing_and_a_press_does(self, stranger: Client) -> None:
        made = opened()
        sent(made)
        address = f"/competitions/guardian/{guardian_secret()}/"
        page = text_of(stranger.get(address))
        assert "Do you agree to this entry?" in page
        entry = made.entries.get()
        assert entry.state == "waiting"
        assert stranger.post(address, {}).status_code == 404  # a program that tries forms presses no button
        entry.refresh_from_db()
        assert entry.agreed_on is None
        assert stranger.post(address, {"do": "agree"}).status_code == 302
        entry.refresh_from_db()
        assert (entry.state, entry.may_name) == ("entered", False)

    def test_the_name_is_agreed_to_apart(self, stranger: Client) -> None:
        made = opened()
        sent(made)
        address = f"/competitions/guardian/{guardian_secret()}/"
        stranger.post(address, {"do": "agree", "may_name": "on"})
        assert made.entries.get().may_name is True
        stranger.post(address, {"do": "no-name"})
        assert made.entries.get().may_name is False

    def test_the_guardian_removes_the_entry(self, stranger: Client) -> None:
        made = opened()
        sent(made)
        address = f"/competitions/guardian/{guardian_secret()}/"
        assert stranger.post(address, {"do": "remove"}).status_code == 200
        assert (made.entries.count(), stranger.get(address).status_code) == (0, 404)


class TestJury:
    def test_the_jury_reads_entries_without_names_and_gives_points(self, stranger: Client) -> None:
        made = opened()
        entry, (_member, secret) = agreed(made, description=f"Doors {SCRIPT}"), juror(made)
        waiting = sent(made, 2, title="Nobody agreed to this")
        home = f"/competitions/jury/{secret}/"
        listed, page = text_of(stranger.get(home)), text_of(stranger.get(f"{home}{entry.reference}/"))
        for word in (NAME, "Casimiro", "parent@example.org", "The doors", "Primary School", SCRIPT, "Nobody agreed"):
            assert word not in listed + page, word
        assert stranger.get(f"{home}{waiting.reference}/").status_code == 404
        field = f"points_{made.criteria.get().pk}"
        assert stranger.post(f"{home}{entry.reference}/", {"do": "score", field: ""}).status_code == 422
        assert stranger.post(f"{home}{entry.reference}/", {"do": "score", field: "11"}).status_code == 422
        for _again in range(2):
            assert stranger.post(f"{home}{entry.reference}/", {"do": "score", field: "7"}).status_code == 302
        assert [s.points for s in entry.scores.all()] == [7]
        assert stranger.post(f"{home}{entry.reference}/", {"do": "conflict"}).status_code == 302
        assert entry.scores.count() == 0
        refused = stranger.post(f"{home}{entry.reference}/", {"do": "score", field: "7"})
        assert (refused.status_code, entry.scores.count()) == (422, 0)

    def test_after_its_end_the_link_is_none(self, stranger: Client) -> None:
        made = opened()
        entry, (member, secret) = agreed(made), juror(made)
        running.end_juror(member, by=SYSTEM)
        for address in ("", f"{entry.reference}/", f"{entry.reference}/file/"):
            assert stranger.get(f"/competitions/jury/{secret}/{address}").status_code == 404


class TestNames:
    @pytest.mark.guards("the name of a minor is in no public exit")
    def test_the_name_of_a_minor_is_in_no_public_exit(self, stranger: Client) -> None:
        made = opened()
        _member, secret = juror(made)
        for number in (1, 2):
            scored(secret, agreed(made, number, title=f"Door {number}"), 9 - number)
        made = running.publish_result(closed_now(made), by=SYSTEM)
        exits = (
            "/competitions/",
            f"/competitions/{CODE}/",
            f"/es/competitions/{CODE}/",
            "/data/",
            "/data/competition_results.csv",
            "/data/competition_results.json",
            "/data/competitions.csv",
            "/api/v1/competition_results",
            "/api/v1/competitions",
            "/search/?q=Door",
            "/audit/",
        )
        for address in exits:
            page = text_of(stranger.get(address))
            for word in ("Teodora", "Quispe", "Casimiro", "parent@example.org", "The doors", "our street"):
                assert word not in page, (address, word)
        assert not SearchEntry.objects.filter(Q(title__icontains="Teodora") | Q(body__icontains="Teodora")).exists()
        assert "Door 1" in text_of(stranger.get(f"/competitions/{CODE}/"))
        for address in ("/data/competition_entries.csv", "/api/v1/competition_entries"):
            assert stranger.get(address).status_code == 404

    def test_a_name_is_in_the_result_only_where_the_guardian_said_so(self, stranger: Client) -> None:
        made = opened()
        _member, secret = juror(made)
        scored(secret, agreed(made, may_name=True), 8)
        running.publish_result(closed_now(made), by=SYSTEM)
        assert NAME in text_of(stranger.get(f"/competitions/{CODE}/"))
        assert NAME not in text_of(stranger.get("/data/competition_results.csv"))


class TestWork:
    def test_the_measures(self) -> None:
        year = period_of(clock.today(), Frequency.YEAR)
        found = measures.initiatives_running(year, Filters())
        assert found.value == Initiative.objects.filter(state="published").count() == 8
        assert measures.competition_entries(year, Filters()).value == 11

    def test_what_waits(self) -> None:
        made = opened(code="soon", closes_on=clock.today() + timedelta(days=3))
        found = {t.key: t.why for t in waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=clock.today())}
        whys = " ".join(found.values())
        assert "Sent by the public form" in whys
        assert "It has no jury yet." in whys
        Competition.objects.filter(pk=made.pk).update(closes_on=clock.today() - timedelta(days=1))
        later = [t.why for t in waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=clock.today())]
        assert any("to be judged, and the result" in why for why in later)

    def test_who_runs_it_sees_the_entries_and_an_operator_nothing(
        self, user_with: Callable[..., User], browser_of: Callable[[User], Client]
    ) -> None:
        entry = sent(opened())
        address = f"/workspace/competitions/{CODE}/entries/{entry.reference}/"
        coordinator = browser_of(user_with("coordinator"))
        assert NAME in text_of(coordinator.get(address))
        listed = text_of(coordinator.get(f"/workspace/competitions/{CODE}/entries/?download=csv"))
        assert (entry.reference in listed, NAME in listed) == (True, False)
        assert browser_of(user_with("observer")).get(address).status_code in {403, 404}
