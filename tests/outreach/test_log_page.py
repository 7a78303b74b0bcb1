"""What a phone sends by a personal link: never lost, never counted twice, never somebody else's."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from PIL import Image

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.outreach.access import link_of
from floreo.outreach.actions import roster, sessions
from floreo.outreach.measures import people_reached
from floreo.outreach.models import Ambassador, OutreachSession, Photo
from tests.outreach.making import link_for, picture, sent, upload

pytestmark = pytest.mark.usefixtures("isla")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
YEAR_BEFORE = Period(date(2025, 11, 1), date(2025, 11, 30))


def queue(client: Client, secret: str, facts: dict[str, Any]) -> Any:
    """As offline.js sends it."""
    return client.post(f"/ambassador/{secret}/", facts, headers={"Accept": "application/json"})


def people(period: Period) -> int:
    return int(people_reached(period, Filters()).value or 0)


class TestOnce:
    def test_the_same_session_five_times_over_two_days_is_one_row_with_one_receipt(self, stranger: Client) -> None:
        secret, facts, before = link_for(), sent(), OutreachSession.objects.count()
        now = clock.machine()
        answers = []
        for hours in (0, 1, 20, 30, 47):
            with time_machine.travel(now + timedelta(hours=hours), tick=False):
                answers.append(queue(stranger, secret, facts))
        assert [a.status_code for a in answers] == [201, 200, 200, 200, 200]
        assert len({(a.json()["receipt"], a.json()["received_at"]) for a in answers}) == 1
        assert OutreachSession.objects.count() == before + 1
        assert AuditEntry.objects.filter(verb="outreach.logged").count() == 1

    def test_it_counts_once_when_it_is_reviewed(self, stranger: Client) -> None:
        secret, facts, before = link_for(), sent(), people(NOVEMBER)
        reference = queue(stranger, secret, facts).json()["receipt"]
        assert people(NOVEMBER) == before
        found = OutreachSession.objects.get(reference=reference)
        sessions.approve_sessions([found], by=SYSTEM)
        queue(stranger, secret, facts)
        assert people(NOVEMBER) == before + 18

    def test_two_sessions_that_say_the_same_are_two(self, stranger: Client) -> None:
        secret = link_for()
        numbers = {queue(stranger, secret, sent()).json()["receipt"] for _turn in range(2)}
        assert len(numbers) == 2

    def test_changed_on_the_phone_before_its_review_it_is_changed_here(self, stranger: Client) -> None:
        secret, facts = link_for(), sent()
        first = queue(stranger, secret, facts).json()
        second = queue(stranger, secret, facts | {"people_34": "30"}).json()
        found = OutreachSession.objects.get(reference=first["receipt"])
        assert (second["receipt"], found.people, second["sentence"]) == (
            first["receipt"],
            36,
            "The change was received.",
        )

    @pytest.mark.long
    def test_changed_after_its_review_it_is_not_and_the_phone_hears_why(self, stranger: Client) -> None:
        secret, facts = link_for(), sent()
        reference = queue(stranger, secret, facts).json()["receipt"]
        sessions.approve_sessions(list(OutreachSession.objects.filter(reference=reference)), by=SYSTEM)
        answer = queue(stranger, secret, facts | {"people_34": "300"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "reviewed")
        assert answer.json()["error"]["message"] == (
            f"{reference} was reviewed already and is not changed. Call your coordinator to correct it."
        )
        assert OutreachSession.objects.get(reference=reference).people == 18
        assert queue(stranger, secret, facts).json()["receipt"] == reference

    def test_without_a_number_it_is_refused(self, stranger: Client) -> None:
        answer = queue(stranger, link_for(), sent(uuid="17"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_number")

    def test_by_the_form_without_a_script_it_is_one_too(self, stranger: Client) -> None:
        secret, facts, before = link_for(), sent(), OutreachSession.objects.count()
        for _turn in range(2):
            answer = stranger.post(f"/ambassador/{secret}/", facts)
            assert answer.status_code == 302
        page = stranger.get(answer["Location"]).content.decode()
        assert OutreachSession.objects.count() == before + 1
        assert "Number FC-0301." in page


class TestClock:
    def test_a_phone_a_year_behind_is_marked_and_not_counted_in_a_wrong_period(self, stranger: Client) -> None:
        secret, before = link_for(), people(YEAR_BEFORE)
        a_year_ago = (clock.machine() - timedelta(days=365)).isoformat()
        answer = queue(
            stranger, secret, sent(happened_on="2025-11-23", phone_clock=a_year_ago, sent_clock=a_year_ago)
        ).json()
        found = OutreachSession.objects.get(reference=answer["receipt"])
        assert answer["sentence"] == (
            "The clock of this phone may be wrong. The coordinator looks at the date before it counts."
        )
        assert (found.clock_doubt, found.proposed_day, found.state) == ("behind", date(2026, 11, 23), "received")
        assert sessions.approve_sessions([found], by=SYSTEM) == 0
        assert people(YEAR_BEFORE) == before

    def test_set_right_by_the_coordinator_it_counts_in_its_own_period(self, stranger: Client) -> None:
        secret, before = link_for(), (people(YEAR_BEFORE), people(NOVEMBER))
        ahead = (clock.machine() + timedelta(days=365)).isoformat()
        answer = queue(stranger, secret, sent(happened_on="2027-11-23", phone_clock=ahead, sent_clock=ahead)).json()
        found = OutreachSession.objects.get(reference=answer["receipt"])
        assert found.clock_doubt == "ahead"
        sessions.approve_session(found, by=SYSTEM, happened_on=found.proposed_day)
        assert (people(YEAR_BEFORE), people(NOVEMBER)) == (before[0], before[1] + 18)

    def test_a_moment_that_nobody_can_mean_is_not_kept(self, stranger: Client) -> None:
        answer = queue(stranger, link_for(), sent(phone_clock="0001-01-01T00:00:00Z", sent_clock="soon")).json()
        found = OutreachSession.objects.get(reference=answer["receipt"])
        assert (found.phone_clock, found.sent_clock, found.clock_doubt) == (None, None, "")


class TestOwner:
    """A phone that changed its owner with unsent sessions in it."""

    def test_what_waits_under_an_ended_link_is_kept_and_is_not_the_new_owners(self, stranger: Client) -> None:
        old, facts, before = link_for("PE-05"), sent(district="XP-PE"), people(NOVEMBER)
        roster.end_link(Ambassador.objects.get(code="PE-05"), by=SYSTEM, reason="The phone was passed on.")
        new = link_for("PE-08")
        answer = queue(stranger, old, facts)  # the queue sends it to the address under which it was written
        found = OutreachSession.objects.get(reference=answer.json()["receipt"])
        assert (answer.status_code, found.ambassador.code, found.is_late_link, found.state) == (
            201,
            "PE-05",
            True,
            "received",
        )
        assert answer.json()["sentence"] == (
            "It was written under a link that has ended. It is kept, and counts when the coordinator has looked at it."
        )
        assert sessions.approve_sessions([found], by=SYSTEM) == 0
        assert not link_of(new).ambassador.sessions.filter(pk=found.pk).exists()
        assert people(NOVEMBER) == before

    def test_it_counts_for_whom_the_coordinator_says(self, stranger: Client) -> None:
        old, before = link_for("PE-05"), people(NOVEMBER)
        link_for("PE-05")  # a new one ends the old
        found = OutreachSession.objects.get(reference=queue(stranger, old, sent(district="XP-PE")).json()["receipt"])
        with pytest.raises(Refused, match="Ask who held the session"):
            sessions.approve_session(found, by=SYSTEM, happened_on=found.happened_on)
        sessions.approve_session(found, by=SYSTEM, happened_on=found.happened_on, is_theirs=True)
        assert people(NOVEMBER) == before + 18

    def test_the_same_number_under_another_link_stays_with_the_first(self, stranger: Client) -> None:
        first, second, facts = link_for("PE-05"), link_for("PE-08"), sent(district="XP-PE")
        queue(stranger, first, facts)
        answer = queue(stranger, second, facts)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "other_link")
        assert OutreachSession.objects.get(uuid=facts["uuid"]).ambassador.code == "PE-05"

    def test_an_ended_link_opens_no_form_and_still_sends(self, stranger: Client) -> None:
        old = link_for("PE-05")
        link_for("PE-05")
        page = stranger.get(f"/ambassador/{old}/")
        assert page.status_code == 410
        assert "This link has ended" in page.content.decode()
        assert "data-offline-form" not in page.content.decode()
        assert "js/offline-page" in page.content.decode()

    def test_a_link_that_never_was_is_missing_for_the_queue_too(self, stranger: Client) -> None:
        answer = queue(stranger, "no-such-link", sent())
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "missing")


class TestPhotos:
    def test_a_photo_is_drawn_anew_small_and_without_its_position(self, stranger: Client) -> None:
        secret = link_for()
        facts = sent(photo_consent="written", photos=[upload(picture())])
        reference = queue(stranger, secret, facts).json()["receipt"]
        photo = Photo.objects.get(session__reference=reference)
        with photo.file.open("rb") as opened:
            content = opened.read()
        kept = Image.open(io.BytesIO(content))
        assert (kept.format, kept.size, dict(kept.getexif()), "comment" in kept.info) == (
            "JPEG",
            (1280, 720),
            {},
            False,
        )
        assert b"Ancla" not in content
        assert (photo.width, photo.height) == (1280, 720)
        photo.file.delete(save=False)

    def test_without_consent_no_photo_is_kept(self, stranger: Client) -> None:
        answer = queue(stranger, link_for(), sent(photos=[upload(picture())]))
        assert answer.status_code == 201
        assert not Photo.objects.filter(session__reference=answer.json()["receipt"]).exists()

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"\xff\xd8\xff\xe0 cut",
            b"GIF89a",
        ],
        ids=["a drawing with a script", "a torn file", "another kind"],
    )
    def test_a_file_that_is_no_photo_does_not_lose_the_session(self, stranger: Client, content: bytes) -> None:
        answer = queue(stranger, link_for(), sent(photo_consent="nobody", photos=[upload(content)])).json()
        found = OutreachSession.objects.get(reference=answer["receipt"])
        assert (found.photos.count(), found.photos_refused) == (0, 1)
        assert answer["sentence"] == "1 photo could not be read and was not kept."

    def test_it_is_shown_to_who_coordinates_and_to_nobody_else(
        self, stranger: Client, secretariat: User, observer: User, browser_of: Any
    ) -> None:
        facts = sent(photo_consent="written", photos=[upload(picture(width=40, height=40))])
        reference = queue(stranger, link_for(), facts).json()["receipt"]
        address = f"/workspace/outreach/sessions/{reference}/photos/1.jpg"
        answer = browser_of(secretariat).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        b"".join(answer.streaming_content)
        assert (stranger.get(address).status_code, browser_of(observer).get(address).status_code) == (302, 403)


class TestPage:
    def test_it_holds_what_the_phone_needs(self, stranger: Client) -> None:
        secret = link_for()
        page = stranger.get(f"/es/ambassador/{secret}/")
        text = page.content.decode()
        assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (200, "no-store", "no-referrer")
        assert f'data-link="{link_of(secret).key}"' in text
        assert 'data-scope="/es/ambassador/"' in text
        assert f'href="/es/ambassador/{secret}/manifest.webmanifest"' in text

    def test_its_manifest_opens_it(self, stranger: Client) -> None:
        secret = link_for()
        facts = stranger.get(f"/ambassador/{secret}/manifest.webmanifest").json()
        assert (facts["start_url"], facts["scope"], facts["display"]) == (
            f"/ambassador/{secret}/",
            "/ambassador/",
            "standalone",
        )

    def test_the_worker_may_serve_it(self, stranger: Client) -> None:
        answer = stranger.get("/offline-worker.js")
        assert (answer.status_code, answer["Service-Worker-Allowed"]) == (200, "/")
        assert answer["Content-Type"].startswith("text/javascript")

    def test_there_is_no_field_for_a_name_of_a_participant(self, stranger: Client) -> None:
        text = stranger.get(f"/ambassador/{link_for()}/").content.decode()
        assert 'name="name"' not in text
        assert "Do not write names of participants" in text

    def test_nobody_counted_is_refused_at_its_field(self, stranger: Client) -> None:
        answer = queue(stranger, link_for(), sent(people_34="", people_59=""))
        assert (answer.status_code, answer.json()["error"]["fields"]["people_12"]) == (
            422,
            "Count at least one person. A guess within five is fine.",
        )

    def test_a_form_that_is_refused_keeps_what_was_typed(self, stranger: Client) -> None:
        answer = stranger.post(f"/ambassador/{link_for()}/", sent(venue="Quay of the north", minutes=""))
        assert (answer.status_code, "Quay of the north" in answer.content.decode()) == (422, True)

    def test_papers_are_drawn(self, stranger: Client) -> None:
        secret = link_for()
        for name in ("consent", "session"):
            answer = stranger.get(f"/ambassador/{secret}/{name}.pdf")
            assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")

    def test_what_came_back_is_changed_and_sent_again_under_its_number(self, stranger: Client) -> None:
        secret, facts = link_for(), sent()
        reference = queue(stranger, secret, facts).json()["receipt"]
        found = OutreachSession.objects.get(reference=reference)
        sessions.return_session(found, by=SYSTEM, reason="18 or 80 people?")
        page = stranger.get(f"/ambassador/{secret}/?change={reference}").content.decode()
        assert "18 or 80 people?" in page
        assert f'data-resend="{facts["uuid"]}"' in page
        queue(stranger, secret, facts | {"people_34": "74"})
        found.refresh_from_db()
        assert (found.state, found.people, found.reference) == ("received", 80, reference)


@pytest.mark.long
def test_a_hundred_guesses_of_links_are_slowed(stranger: Client) -> None:
    answers = [stranger.get(f"/ambassador/guess-{n}/").status_code for n in range(40)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_a_day_is_kept_as_it_was_said(stranger: Client) -> None:
    answer = queue(stranger, link_for(), sent(happened_on="2026-11-20")).json()
    found = OutreachSession.objects.get(reference=answer["receipt"])
    assert (found.happened_on, datetime.fromisoformat(answer["received_at"]) == found.received_at) == (
        date(2026, 11, 20),
        True,
    )
