"""Requests for an ambassador, from the public form to the session; and kit, whose stock follows from its moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.figures import Filters, Period
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.organisations.models import User
from floreo.outreach.access import ANYBODY
from floreo.outreach.actions import kit, requests, roster, sessions
from floreo.outreach.measures import share_requests_on_time
from floreo.outreach.models import Ambassador, AmbassadorRequest, KitItem, OutreachSession
from floreo.outreach.queries import candidates_for, held_by, in_store, kit_of, stock
from floreo.outreach.tasks import waiting_tasks
from floreo.tasks.calendar import calendar_of
from tests.outreach.making import TODAY, link_for, logged

pytestmark = pytest.mark.usefixtures("isla")
FORM = "/outreach/request/"
ONCE = "a-key-of-a-form-long-enough"


def posted(**more: str) -> dict[str, str]:
    return {
        "requester": "Ceiba School",
        "kind": "school",
        "district": "XP-GV",
        "community": "Mill Creek",
        "audience": "pupils",
        "topic": "children",
        "language": "es",
        "people": "60",
        "contact_name": "Head teacher",
        "contact_phone": "555-4711",
        "contact_mail": "head@ceiba.example",
        "once": ONCE,
    } | more


def of(requester: str) -> AmbassadorRequest:
    return AmbassadorRequest.objects.get(requester=requester)


class TestForm:
    def test_a_school_asks_and_is_told_its_number(self, stranger: Client) -> None:
        page = stranger.post(FORM, posted())
        found = of("Ceiba School")
        assert (page.status_code, found.reference in page.content.decode()) == (200, True)
        assert (found.received_on, found.due_on, found.state) == (TODAY, date(2026, 12, 8), "waiting")

    def test_the_same_form_twice_is_one_request(self, stranger: Client) -> None:
        for _turn in range(3):
            assert stranger.post(FORM, posted()).status_code == 200
        assert AmbassadorRequest.objects.filter(requester="Ceiba School").count() == 1

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"requester": ""}, "requester"),
            ({"contact_phone": "", "contact_mail": ""}, "contact_phone"),
            ({"people": "0"}, "people"),
            ({"district": "XX"}, "district"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_typed_is_lost(
        self, stranger: Client, more: dict[str, str], field: str
    ) -> None:
        page = stranger.post(FORM, posted(**more))
        text = page.content.decode()
        assert (page.status_code, f'id="r-{field}-error"' in text, "Mill Creek" in text) == (422, True, True)

    def test_one_address_that_asks_all_the_time_waits(self, stranger: Client) -> None:
        answers = [stranger.post(FORM, posted(once="", requester=f"School {n}")) for n in range(8)]
        assert (answers[0].status_code, answers[-1].status_code) == (200, 429)
        assert "School 7" in answers[-1].content.decode()
        assert int(answers[-1]["Retry-After"]) > 0


class TestMatching:
    def test_district_and_language_come_first_and_who_has_least_to_do(self) -> None:
        found = of("Valley Farmers’ Association")
        rows = candidates_for(found)
        assert [(c.ambassador.code, c.fit) for c in rows[:3]] == [("GV-01", 3), ("GV-03", 3), ("GV-04", 3)]
        assert {c.ambassador.state for c in rows} == {"active"}

    def test_for_pupils_only_who_has_a_check_that_is_current(self) -> None:
        rows = candidates_for(of("San Borrador Secondary School"))
        assert all(c.ambassador.checked_on for c in rows)
        assert [c.ambassador.code for c in rows][:1] == ["GV-01"]

    def test_nobody_without_a_check_is_sent_to_pupils(self) -> None:
        with pytest.raises(Refused, match="no safeguarding check that is current"):
            requests.assign_ambassador(
                of("San Borrador Secondary School"), by=SYSTEM, ambassador=Ambassador.objects.get(code="GV-03")
            )


class TestCourse:
    def test_both_sides_are_told_and_the_contact_only_the_ambassador(self, stranger: Client) -> None:
        stranger.post(FORM, posted())
        requests.assign_ambassador(of("Ceiba School"), by=SYSTEM, ambassador=Ambassador.objects.get(code="GV-01"))
        to = {m.to: m.text for m in OutboxMail.objects.filter(kind__in=("outreach.assigned", "outreach.answer"))}
        assert set(to) == {"gv-01@ambassadors.example", "head@ceiba.example"}
        assert "555-4711" in to["gv-01@ambassadors.example"]

    @pytest.mark.long
    def test_an_agreed_day_is_among_the_tasks_in_calendars_and_in_a_mail(
        self, secretariat: User, browser_of: Callable[[User], Client]
    ) -> None:
        code = "GV-01"
        found = requests.assign_ambassador(
            of("San Borrador Secondary School"), by=SYSTEM, ambassador=Ambassador.objects.get(code=code)
        )
        at = f"/workspace/outreach/requests/{found.reference}/do/plan/"
        day = TODAY + timedelta(days=20)
        assert browser_of(secretariat).post(at, {"planned_on": day.isoformat()}).status_code == 302
        mail = OutboxMail.objects.get(kind="outreach.planned")
        event: Any = Calendar.from_ical(mail.attachment).walk("VEVENT")[0]
        assert (mail.to, mail.attachment_type) == ("gv-01@ambassadors.example", "text/calendar")
        assert (event["dtstart"].dt, event["dtend"].dt) == (day, day + timedelta(days=1))
        assert event["summary"] == "Sesión: San Borrador Secondary School"  # in the language of the ambassador
        assert self.tasks(TODAY)[found.requester] == ("A session of ambassador GV-01 is planned.", day)
        after = day + timedelta(days=1)
        why = "The session of ambassador GV-01 was planned: record whether it was held, or another day."
        assert self.tasks(after)[found.requester] == (why, day + timedelta(days=7))
        text = calendar_of(secretariat).decode()
        assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in text

    @staticmethod
    def tasks(today: date) -> dict[str, tuple[str, date | None]]:
        return {t.title: (t.why, t.due) for t in waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=today)}

    def test_a_day_that_changes_is_the_same_entry_and_one_that_is_taken_back_is_no_task(self) -> None:
        found = requests.assign_ambassador(
            of("San Borrador Secondary School"), by=SYSTEM, ambassador=Ambassador.objects.get(code="GV-01")
        )
        seen = []
        for days in (20, 25):
            found = requests.plan_session(found, by=SYSTEM, planned_on=TODAY + timedelta(days=days))
            text = OutboxMail.objects.filter(kind="outreach.planned").latest("pk").attachment
            event: Any = Calendar.from_ical(text).walk("VEVENT")[0]
            seen.append((str(event["uid"]), int(event["sequence"])))
        (first, before), (second, then) = seen
        assert (first, then > before) == (second, True)
        requests.plan_session(found, by=SYSTEM, planned_on=None)
        assert found.requester not in self.tasks(TODAY)

    def test_a_day_is_refused_that_has_passed_and_one_without_an_ambassador(self) -> None:
        with pytest.raises(Refused, match="No ambassador is assigned"):
            requests.plan_session(of("San Borrador Secondary School"), by=SYSTEM, planned_on=TODAY)
        found = requests.assign_ambassador(
            of("San Borrador Secondary School"), by=SYSTEM, ambassador=Ambassador.objects.get(code="GV-01")
        )
        with pytest.raises(Refused, match="This day has passed"):
            requests.plan_session(found, by=SYSTEM, planned_on=TODAY - timedelta(days=1))

    def test_a_day_agreed_with_one_ambassador_is_not_that_of_another(self) -> None:
        found = requests.assign_ambassador(
            of("Coral Divers Ltd"), by=SYSTEM, ambassador=Ambassador.objects.get(code="CC-03")
        )
        found = requests.plan_session(found, by=SYSTEM, planned_on=TODAY + timedelta(days=3))
        other = Ambassador.objects.exclude(code="CC-03").filter(state="active")[0]
        assert requests.assign_ambassador(found, by=SYSTEM, ambassador=other).planned_on is None

    def test_it_ends_with_the_session_that_was_held(self) -> None:
        found = requests.assign_ambassador(
            of("Coral Divers Ltd"), by=SYSTEM, ambassador=Ambassador.objects.get(code="CC-03")
        )
        other = OutreachSession.objects.filter(ambassador__code="FC-01")[0]
        with pytest.raises(Refused, match="another ambassador"):
            requests.finish_request(found, by=SYSTEM, session=other)
        mine = OutreachSession.objects.filter(ambassador__code="CC-03")[0]
        done = requests.finish_request(found, by=SYSTEM, session=mine)
        assert (done.state, done.session, done.closed_on) == ("done", mine, TODAY)
        with pytest.raises(Refused, match="closed already"):
            requests.decline_request(done, by=SYSTEM, reason="Late")

    def test_declined_with_its_reason_which_is_sent(self, stranger: Client) -> None:
        stranger.post(FORM, posted())
        with pytest.raises(Refused, match="Say why"):
            requests.decline_request(of("Ceiba School"), by=SYSTEM, reason="")
        requests.decline_request(of("Ceiba School"), by=SYSTEM, reason="No boat before March.")
        assert "No boat before March." in OutboxMail.objects.get(kind="outreach.answer").text

    def test_whom_to_call_is_forgotten_after_ninety_days(self) -> None:
        found = of("Reef End Hotel")
        AmbassadorRequest.objects.filter(pk=found.pk).update(
            contact_name="Reception", contact_phone="555-1", closed_on=TODAY - timedelta(days=91)
        )
        assert requests.forget_contacts(by=SYSTEM) >= 1
        found.refresh_from_db()
        assert (found.contact_name, found.contact_phone, found.is_erased) == ("", "", True)

    def test_addresses_are_in_no_entry_of_the_trail(self, stranger: Client) -> None:
        stranger.post(FORM, posted(audience="families"))
        mine = Ambassador.objects.get(code="GV-03")
        found = requests.assign_ambassador(of("Ceiba School"), by=SYSTEM, ambassador=mine)
        requests.plan_session(found, by=SYSTEM, planned_on=TODAY + timedelta(days=2))
        requests.decline_request(of("Ceiba School"), by=SYSTEM, reason="No boat.")
        roster.issue_link(mine, by=SYSTEM, by_mail=True)
        roster.send_reminder(mine, by=SYSTEM)
        written_to = set(OutboxMail.objects.filter(kind__startswith="outreach.").values_list("to", flat=True))
        assert written_to == {mine.mail, "head@ceiba.example"}
        for address in written_to:
            assert not AuditEntry.objects.filter(detail__icontains=address).exists()

    def test_the_e_mails_that_name_whom_to_call_go_with_it(self, stranger: Client) -> None:
        stranger.post(FORM, posted(audience="families"))
        mine = Ambassador.objects.get(code="GV-03")
        found = requests.assign_ambassador(of("Ceiba School"), by=SYSTEM, ambassador=mine)
        requests.finish_request(found, by=SYSTEM)
        assert OutboxMail.objects.filter(text__contains="555-4711").exists()
        AmbassadorRequest.objects.filter(pk=found.pk).update(closed_on=TODAY - timedelta(days=91))
        requests.forget_contacts(by=SYSTEM)
        assert not OutboxMail.objects.filter(text__contains="555-4711").exists()
        assert not OutboxMail.objects.filter(to="head@ceiba.example").exists()

    def test_how_many_are_answered_in_time_is_a_value(self) -> None:
        reading = share_requests_on_time(Period(date(2026, 1, 1), date(2026, 12, 31)), Filters())
        # Of 13, four wait and can still be answered in time; two wait too long, and one was assigned after 22 days.
        assert (reading.numerator, reading.denominator) == (6, 9)

    def test_by_the_action_it_needs_somebody_to_answer(self) -> None:
        with pytest.raises(Refused, match="so that we can answer"):
            requests.ask_for_ambassador(by=ANYBODY, requester="Nobody", people=3)


class TestKit:
    def item(self) -> KitItem:
        return KitItem.objects.get(code="leaflet-fraud")

    def test_stock_follows_from_the_moves(self) -> None:
        found = {row.item.code: row for row in stock(TODAY)}["leaflet-fraud"]
        moves = self.item().moves
        handed = sum(moves.filter(kind="handed_out").values_list("amount", flat=True))
        left = sum(moves.filter(kind="left").values_list("amount", flat=True))
        assert (found.store, found.held) == (6000 - handed, handed - left)

    def test_more_than_there_is_is_not_handed_out(self) -> None:
        facts: dict[str, Any] = {"moved_on": TODAY, "ambassador": Ambassador.objects.get(code="FC-01")}
        with pytest.raises(Refused, match="There are only"):
            kit.move_kit(self.item(), by=SYSTEM, kind="handed_out", amount=100_000, **facts)
        before = in_store(self.item())
        kit.move_kit(self.item(), by=SYSTEM, kind="handed_out", amount=10, **facts)
        kit.move_kit(self.item(), by=SYSTEM, kind="returned", amount=4, **facts)
        assert in_store(self.item()) == before - 6

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"kind": "left", "amount": 1}, "kind"),
            ({"kind": "handed_out", "amount": 1}, "ambassador"),
            ({"kind": "received", "amount": 0}, "amount"),
            ({"kind": "lost", "amount": 1, "moved_on": date(2027, 1, 1)}, "moved_on"),
        ],
    )
    def test_a_move_that_cannot_be_is_refused(self, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refusal:
            kit.move_kit(self.item(), by=SYSTEM, **({"moved_on": TODAY} | facts))
        assert list(refusal.value.fields) == [field]

    def test_what_is_left_at_a_session_is_off_the_ambassadors_stock_while_it_counts(self) -> None:
        mine = Ambassador.objects.get(code="FC-01")
        before = held_by(self.item(), mine)
        session = logged(link_for(), material=self.item(), materials_left=20).session
        assert held_by(self.item(), mine) == before
        sessions.approve_sessions([session], by=SYSTEM)
        assert held_by(self.item(), mine) == before - 20
        sessions.reject_session(session, by=SYSTEM, reason="A trial")
        assert held_by(self.item(), mine) == before

    def test_a_new_kind_has_none_and_is_edited(self) -> None:
        made = kit.add_kit_item(by=SYSTEM, title="Poster", minimum=3)
        assert (made.code, in_store(made)) == ("poster", 0)
        kit.update_kit_item(made, by=SYSTEM, title="Large poster")
        kit.move_kit(made, by=SYSTEM, kind="received", amount=5, moved_on=TODAY)
        assert (KitItem.objects.get(code="poster").title, in_store(made)) == ("Large poster", 5)
        assert kit_of(Ambassador.objects.get(code="GV-05")) == []
