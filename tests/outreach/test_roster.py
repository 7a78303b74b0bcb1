"""The roster: codes, certificates that lapse, links, leave, silence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from floreo.certificates.models import Certificate
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Recipient
from floreo.organisations.models import Place
from floreo.outreach.access import link_of
from floreo.outreach.actions import roster, sessions
from floreo.outreach.models import Ambassador, AmbassadorLink, OutreachSession, Scheme
from floreo.outreach.queries import active_on, coverage, silent_ambassadors
from floreo.outreach.tasks import waiting_tasks
from tests.outreach.making import TODAY, given, link_for, logged

pytestmark = pytest.mark.usefixtures("isla")


def of(code: str) -> Ambassador:
    return Ambassador.objects.get(code=code)


def added(**more: Any) -> Ambassador:
    facts: dict[str, Any] = {
        "scheme": Scheme.objects.get(code="community"),
        "district": Place.objects.get(code="XP-FC"),
        "name": "Nadia Marea",
        "languages": ["es"],
    }
    return roster.add_ambassador(by=SYSTEM, **(facts | more))


def certificate(**more: Any) -> Certificate:
    number = int(Certificate.objects.order_by("-serial").values_list("serial", flat=True)[0]) + 1
    facts: dict[str, Any] = {
        "code": f"TEST{number:06d}",
        "number": f"TEST-{number}",
        "serial": number,
        "name": "Nadia Marea",
        "title": "Community ambassador",
        "issuer_name": "Ministry of Education",
        "issued_on": date(2026, 6, 1),
        "expires_on": date(2028, 5, 31),
    }
    return Certificate.objects.create(**(facts | more))


class TestAdding:
    def test_the_code_follows_from_the_district_and_no_certificate_makes_a_candidate(self) -> None:
        made = added()
        assert (made.code, made.state) == ("FC-02", "candidate")

    def test_with_a_certificate_they_are_active(self) -> None:
        made = added(certified_on=date(2026, 10, 1), certificate_expires_on=date(2028, 9, 30))
        assert made.state == "active"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": " "}, "name"),
            ({"certificate_expires_on": date(2028, 1, 1)}, "certified_on"),
            ({"certified_on": date(2026, 5, 1), "certificate_expires_on": date(2026, 4, 1)}, "certificate_expires_on"),
            ({"named_on": date(2026, 5, 1)}, "listed_on"),
            ({"certified_on": date(2026, 5, 1), "meets_minors": True}, "checked_on"),
        ],
        ids=["no name", "no day of the certificate", "expired before issued", "named, not listed", "minors unchecked"],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refusal:
            added(**facts)
        assert list(refusal.value.fields) == [field]


class TestCertificate:
    def test_number_and_dates_follow_from_it(self) -> None:
        held = certificate()
        made = added(certificate=held)
        assert (made.certificate_number, made.certified_on, made.certificate_expires_on, made.state) == (
            held.number,
            held.issued_on,
            held.expires_on,
            "active",
        )

    def test_who_has_one_that_was_revoked_drops_out_by_themselves(self) -> None:
        held = certificate()
        made = added(certificate=held)
        logged(roster.issue_link(made, by=SYSTEM), happened_on=date(2026, 11, 20))
        sessions.approve_sessions(list(made.sessions.all()), by=SYSTEM)
        assert active_on(TODAY).filter(pk=made.pk).exists()
        held.revoked_on, held.revoked_reason = date(2026, 11, 23), "Issued to the wrong person."
        held.save()
        assert not active_on(TODAY).filter(pk=made.pk).exists()
        roster.lapse_expired(by=SYSTEM)
        made.refresh_from_db()
        assert (made.state, made.certificate_expires_on) == ("lapsed", date(2026, 11, 22))

    def test_who_renewed_it_is_active_again(self) -> None:
        held = certificate(issued_on=date(2024, 6, 1), expires_on=date(2026, 5, 31))
        made = added(certificate=held)
        assert made.state == "candidate"
        Ambassador.objects.filter(pk=made.pk).update(state="lapsed")
        renewed = certificate(renews=held, issued_on=date(2026, 11, 1), expires_on=date(2028, 10, 31))
        roster.lapse_expired(by=SYSTEM)
        made.refresh_from_db()
        assert (made.state, made.certificate, made.certificate_number) == ("active", renewed, renewed.number)

    def test_one_of_the_roster_that_expired_lapses(self) -> None:
        Ambassador.objects.filter(code="CC-03").update(certificate_expires_on=TODAY - timedelta(days=1))
        assert roster.lapse_expired(by=SYSTEM) == 1
        assert of("CC-03").state == "lapsed"
        assert roster.lapse_expired(by=SYSTEM) == 0


class TestLinks:
    def test_only_its_hash_is_stored_and_not_in_the_trail(self) -> None:
        secret = link_for("CC-03")
        link = link_of(secret)
        assert secret not in (link.link_hash, link.key)
        entries = AuditEntry.objects.filter(verb="ambassador.link_issued")
        assert not any(secret in str(e.detail) or link.link_hash in str(e.detail) for e in entries)

    def test_a_new_one_ends_the_one_before(self) -> None:
        first, second = link_for("CC-03"), link_for("CC-03")
        assert (link_of(first).is_live, link_of(second).is_live) == (False, True)
        assert AmbassadorLink.objects.filter(ambassador__code="CC-03", ended_at=None).count() == 1

    def test_by_mail_it_is_secret(self) -> None:
        secret = roster.issue_link(of("CC-03"), by=SYSTEM, by_mail=True)
        mail = OutboxMail.objects.get(kind="outreach.link")
        assert (mail.is_secret, secret in mail.text, mail.to) == (True, True, "cc-03@ambassadors.example")

    def test_a_candidate_gets_none(self) -> None:
        with pytest.raises(Refused, match="Only an active ambassador gets a link"):
            roster.issue_link(of("GV-05"), by=SYSTEM)

    def test_it_ends_for_a_reason(self) -> None:
        secret = link_for("CC-03")
        with pytest.raises(Refused, match="Say why"):
            roster.end_link(of("CC-03"), by=SYSTEM, reason=" ")
        roster.end_link(of("CC-03"), by=SYSTEM, reason="The telephone was lost.")
        assert link_of(secret).ended_why == "The telephone was lost."
        with pytest.raises(Refused, match="has no link now"):
            roster.end_link(of("CC-03"), by=SYSTEM, reason="Again")

    def test_an_unknown_one_is_missing(self) -> None:
        with pytest.raises(Missing):
            link_of("")


class TestLeaving:
    def test_link_address_and_listing_go_and_sessions_stay(self) -> None:
        secret, number = roster.issue_link(of("CC-03"), by=SYSTEM, by_mail=True), of("CC-03").sessions.count()
        roster.leave(of("CC-03"), by=SYSTEM, left_on=TODAY, reason="Moved abroad")
        left = of("CC-03")
        assert (left.state, left.phone, left.mail, left.listed_on) == ("left", "", "", None)
        assert (link_of(secret).is_live, left.sessions.count()) == (False, number)
        assert not OutboxMail.objects.filter(to="cc-03@ambassadors.example").exists()
        with pytest.raises(Refused, match="has left"):
            roster.record_call(left, by=SYSTEM, called_on=TODAY)

    def test_leave_ends_by_itself(self) -> None:
        assert of("CC-07").state == "on_leave"
        Ambassador.objects.filter(code="CC-07").update(leave_until=TODAY - timedelta(days=1))
        roster.lapse_expired(by=SYSTEM)
        assert (of("CC-07").state, of("CC-07").leave_until) == ("active", None)

    def test_leave_has_its_rules(self) -> None:
        with pytest.raises(Refused, match="That day has passed"):
            roster.begin_leave(of("CC-03"), by=SYSTEM, leave_until=date(2026, 1, 1))
        roster.begin_leave(of("CC-03"), by=SYSTEM, leave_until=date(2026, 12, 24))
        roster.end_leave(of("CC-03"), by=SYSTEM)
        assert of("CC-03").state == "active"
        with pytest.raises(Refused, match="not on leave"):
            roster.end_leave(of("CC-03"), by=SYSTEM)


class TestSilence:
    def test_who_was_silent_for_sixty_days_is_found_longest_first(self) -> None:
        assert [(a.code, days) for a, days in silent_ambassadors(TODAY)] == [
            ("GV-03", 112),
            ("PE-07", 88),
            ("CC-07", 63),
        ]

    def test_a_session_from_an_ended_link_breaks_no_silence(self) -> None:
        secret = link_for("GV-03")
        link_for("GV-03")
        logged(secret, happened_on=date(2026, 11, 20), district=Place.objects.get(code="XP-GV"))
        assert "GV-03" in [a.code for a, _days in silent_ambassadors(TODAY)]

    def test_a_reminder_is_sent_once_a_week(self) -> None:
        roster.send_reminder(of("PE-07"), by=SYSTEM)
        assert OutboxMail.objects.get(kind="outreach.reminder").to == "pe-07@ambassadors.example"
        with pytest.raises(Refused, match="less than a week ago"):
            roster.send_reminder(of("PE-07"), by=SYSTEM)

    def test_a_call_is_recorded(self) -> None:
        roster.record_call(of("PE-07"), by=SYSTEM, called_on=TODAY, call_note=" Back in December ")
        assert (of("PE-07").called_on, of("PE-07").call_note) == (TODAY, "Back in December")

    def test_an_update_of_facts_keeps_the_rest(self) -> None:
        made = roster.update_ambassador(of("PE-07"), by=SYSTEM, community="Las Redes")
        assert (made.community, made.name) == ("Las Redes", of("PE-07").name)


def test_what_waits_for_the_coordinator_is_among_the_tasks() -> None:
    found = {t.key: t for t in waiting_tasks(Recipient(everybody=True), viewer=SYSTEM, today=TODAY)}
    assert "need a closer look" in found["outreach.sessions"].why
    assert found["outreach.silent"].why == "2 ambassadors have been silent for 60 days or more."
    titles = {t.title for t in found.values()}
    assert {"Safeguarding check of CC-04", "Safeguarding check of SR-01"} <= titles
    late = [t for t in found.values() if t.title == "San Borrador Secondary School"]
    assert [t.days_late(TODAY) for t in late] == [27]


def test_nobody_else_has_these_tasks() -> None:
    assert list(waiting_tasks(Recipient(permissions=frozenset({"plan.edit"})), viewer=SYSTEM, today=TODAY)) == []


def test_coverage_is_that_of_its_records() -> None:
    found = coverage(TODAY)
    assert [(r.district.code, r.ambassadors, str(r.rate)) for r in found.rows if r.district] == [
        ("XP-CC", 8, "2.3"),
        ("XP-SR", 5, "2.1"),
        ("XP-NP", 4, "1.9"),
        ("XP-FC", 1, "1.9"),
        ("XP-PE", 8, "1.1"),
        ("XP-GV", 3, "1.1"),
    ]
    held = OutreachSession.objects.filter(state="reviewed", happened_on__gte=found.first, happened_on__lte=TODAY)
    assert found.country.sessions == held.count()
    assert found.country.people == sum(held.values_list("people", flat=True))
    assert (found.country.silent, found.country.waiting, found.years) == (3, 6, (2023,))


def test_the_day_of_the_sample_is_the_day_of_these_tests() -> None:
    assert clock.today() == TODAY
    assert given().happened_on < TODAY
