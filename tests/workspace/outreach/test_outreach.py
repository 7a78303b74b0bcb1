"""The area of outreach, as a coordinator works in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM
from floreo.organisations.models import User
from floreo.outreach.actions import sessions
from floreo.outreach.models import Ambassador, AmbassadorRequest, KitItem, OutreachSession, StockMove
from tests.outreach.making import link_for, logged, sent

pytestmark = pytest.mark.usefixtures("isla")
HERE = "/workspace/outreach/"


@pytest.fixture
def desk(secretariat: User, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(secretariat)


def typed(**more: str) -> dict[str, Any]:
    """A session from paper."""
    facts = sent(**more)
    return {name: value for name, value in facts.items() if name != "uuid"} | {"number": str(uuid4())}


class TestCoverage:
    def test_the_heading_is_the_answer(self, desk: Client) -> None:
        text = desk.get(HERE).content.decode()
        assert "<h1>2 of 6 districts have 2 ambassadors per 10,000 inhabitants</h1>" in text
        assert "21 of 40 ambassadors are certified and active (Community cyber ambassadors)." in text
        assert "6, two late." in text

    @pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "geojson"])
    def test_it_is_a_file_too(self, desk: Client, kind: str) -> None:
        assert desk.get(f"{HERE}?download={kind}").status_code == 200

    def test_what_is_internal_is_not_on_the_public_page(self, stranger: Client) -> None:
        text = stranger.get("/outreach/").content.decode()
        assert "2 of 6 districts" in text
        assert not [w for w in ("San Borrador Secondary School", "Silent", "Requests waiting", "GV-03") if w in text]

    @pytest.mark.long
    def test_where_nobody_is_known_it_says_so(self, stranger: Client) -> None:
        OutreachSession.objects.update(state="received")
        assert "0 of 6 districts have 2 ambassadors" in stranger.get("/outreach/").content.decode()

    @pytest.mark.long
    def test_it_asks_as_much_with_more_sessions(self, stranger: Client) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as found:
                stranger.get("/outreach/")
            return len(found)

        asked()
        before = asked()
        secret = link_for()
        for _turn in range(5):
            sessions.approve_sessions([logged(secret).session], by=SYSTEM)
        assert asked() == before


class TestSessions:
    def test_ticked_ones_are_counted_and_what_needs_care_is_left(self, desk: Client) -> None:
        plain = logged(link_for()).session
        doubtful = OutreachSession.objects.get(clock_doubt="behind")
        answer = desk.post(
            f"{HERE}sessions/review/", {"session": [plain.reference, doubtful.reference], "do": "approve"}, follow=True
        )
        assert "1 session reviewed. 1 needs a closer look and was left." in answer.content.decode()
        plain.refresh_from_db()
        doubtful.refresh_from_db()
        assert (plain.state, doubtful.state) == ("reviewed", "received")

    def test_a_date_in_doubt_starts_from_the_likely_day(self, desk: Client) -> None:
        doubtful = OutreachSession.objects.get(clock_doubt="future")
        page = desk.get(f"{HERE}sessions/{doubtful.reference}/do/approve/").content.decode()
        assert 'value="2026-11-24"' in page
        answer = desk.post(f"{HERE}sessions/{doubtful.reference}/do/approve/", {"happened_on": "2026-11-02"})
        doubtful.refresh_from_db()
        assert (answer.status_code, doubtful.state, doubtful.happened_on) == (302, "reviewed", date(2026, 11, 2))

    def test_one_from_an_ended_link_asks_whose_it_is(self, desk: Client) -> None:
        late = OutreachSession.objects.get(is_late_link=True)
        address = f"{HERE}sessions/{late.reference}/do/approve/"
        refused = desk.post(address, {"happened_on": "2026-06-25"})
        assert (refused.status_code, "Ask who held the session" in refused.content.decode()) == (422, True)
        assert desk.post(address, {"happened_on": "2026-06-25", "is_theirs": "on"}).status_code == 302

    def test_paper_is_typed_in_once(self, desk: Client) -> None:
        address, facts = f"{HERE}ambassadors/FC-01/session/", typed()
        assert desk.post(address, facts).status_code == 302
        again = desk.post(address, typed())
        assert (again.status_code, "is a session of the same ambassador" in again.content.decode()) == (422, True)
        assert OutreachSession.objects.filter(channel="paper", ambassador__code="FC-01").count() == 1

    def test_a_correction_keeps_what_another_saved(self, desk: Client) -> None:
        session = logged(link_for()).session
        address = f"{HERE}sessions/{session.reference}/do/correct/"
        facts = {**sent(people_34="40"), "version": str(session.version)}
        assert desk.post(address, facts).status_code == 302
        assert desk.post(address, {**facts, "people_34": "41"}).status_code == 409

    def test_the_list_is_a_file(self, desk: Client) -> None:
        answer = desk.get(f"{HERE}sessions/?state=received&download=csv")
        assert answer.getvalue().count(b"\n") == 11


class TestAmbassadors:
    def test_one_is_added_with_a_code_of_the_district(self, desk: Client) -> None:
        facts = {"name": "Nadia Marea", "scheme": "community", "district": "XP-FC", "spoken": ["es"], "language": "es"}
        answer = desk.post(f"{HERE}ambassadors/new/", facts | {"more_languages": "kek"})
        made = Ambassador.objects.get(code="FC-02")
        assert (answer.status_code, made.languages, made.state) == (302, ["es", "kek"], "candidate")

    def test_facts_are_edited(self, desk: Client) -> None:
        page = desk.get(f"{HERE}ambassadors/CC-03/do/edit/").content.decode()
        assert 'value="CC-03"' not in page
        facts = {
            "name": "Irma Ceiba",
            "scheme": "community",
            "district": "XP-CC",
            "spoken": ["en"],
            "language": "en",
            "certified_on": "2026-04-10",
            "certificate_expires_on": "2028-04-09",
            "certificate_number": "XP-AMB-2026-0013",
        }
        answer = desk.post(f"{HERE}ambassadors/CC-03/do/edit/", facts | {"community": "Reef End", "version": "1"})
        assert (answer.status_code, Ambassador.objects.get(code="CC-03").community) == (302, "Reef End")

    def test_an_unknown_certificate_is_refused_at_its_field(self, desk: Client) -> None:
        facts = {"name": "X", "scheme": "community", "district": "XP-FC", "language": "en", "certificate": "NO-1"}
        answer = desk.post(f"{HERE}ambassadors/new/", facts)
        assert "No certificate has this number." in answer.content.decode()

    def test_a_link_is_shown_once_as_picture_and_words(self, desk: Client) -> None:
        address = f"{HERE}ambassadors/CC-03/link/"
        assert "/ambassador/" not in desk.get(address).content.decode()
        shown = desk.post(address)
        text = shown.content.decode()
        assert (shown["Cache-Control"], "<svg" in text, "/ambassador/" in text) == ("no-store", True, True)
        assert "/ambassador/" not in desk.get(f"{HERE}ambassadors/CC-03/").content.decode()

    def test_a_candidate_gets_none_and_hears_why(self, desk: Client) -> None:
        answer = desk.post(f"{HERE}ambassadors/GV-05/link/")
        assert (answer.status_code, "Enter the certificate first." in answer.content.decode()) == (422, True)

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("code", "name", "facts"),
        [
            ("PE-07", "remind", {}),
            ("PE-07", "call", {"called_on": "2026-11-20", "call_note": "Back soon"}),
            ("PE-07", "leave", {"leave_until": "2026-12-24"}),
            ("CC-07", "back", {}),
            ("PE-07", "left", {"left_on": "2026-11-20"}),
        ],
    )
    def test_what_can_be_done_is_done(self, desk: Client, code: str, name: str, facts: dict[str, str]) -> None:
        assert desk.get(f"{HERE}ambassadors/{code}/do/{name}/").status_code == 200
        assert desk.post(f"{HERE}ambassadors/{code}/do/{name}/", facts).status_code == 302

    def test_only_who_agreed_is_on_the_public_list(self, stranger: Client) -> None:
        text = stranger.get("/outreach/ambassadors/").content.decode()
        listed = Ambassador.objects.listed()
        assert all(f">{a.code}<" in text for a in listed)
        hidden = [a for a in Ambassador.objects.all() if a.named_on is None]
        assert not [a.name for a in hidden if a.name in text]
        assert "GV-05" not in text


class TestRequestsAndKit:
    def test_a_request_is_assigned_and_met(self, desk: Client) -> None:
        found = AmbassadorRequest.objects.get(requester="Coral Divers Ltd")
        here = f"{HERE}requests/{found.reference}/do/"
        assert "CC-03" in desk.get(f"{here}assign/").content.decode()
        assert desk.post(f"{here}assign/", {"ambassador": "CC-03"}).status_code == 302
        assert desk.post(f"{here}done/", {}).status_code == 302
        found.refresh_from_db()
        assert (found.state, found.ambassador and found.ambassador.code) == ("done", "CC-03")

    def test_a_move_of_kit_is_recorded(self, desk: Client) -> None:
        facts = {"kind": "received", "amount": "50", "moved_on": "2026-11-20"}
        assert desk.post(f"{HERE}kit/leaflet-fraud/do/move/", facts).status_code == 302
        assert StockMove.objects.filter(item__code="leaflet-fraud", amount=50, kind="received").exists()
        assert desk.post(f"{HERE}kit/new/", {"title": "Poster", "minimum": "2"}).status_code == 302
        assert KitItem.objects.get(code="poster").minimum == 2

    def test_the_sample_has_left_what_its_sessions_say(self) -> None:
        said = OutreachSession.objects.filter(state="reviewed").exclude(material=None)
        assert StockMove.objects.filter(kind="left").count() == said.count() > 50


def test_who_may_only_look_finds_no_button(
    user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(user_with("observer"))
    assert stranger.get(HERE).status_code == 403
    assert stranger.get(f"{HERE}ambassadors/CC-03/").status_code == 403
