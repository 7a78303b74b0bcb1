"""Notices: who gets what and when, what they say, that they go once, and that they outlive a mail server."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.config.doctor.attested import words_of_notices
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.delivery import ServerSilent, deliver_due
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.core.policy import Tlp
from floreo.feeds import selection, sent_words
from floreo.feeds.actions import notices as acts
from floreo.feeds.actions.replies import answer
from floreo.feeds.holding_links import holder_of, token_of
from floreo.feeds.models import Correction, Every, Finding, FindingState, Notice, NoticeLine, NoticeRule
from floreo.organisations.models import Contact, ContactRole, Organisation
from tests.core.mail_server import mail_server, no_mail_server
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, fixed, make_bank, make_feed, make_finding, make_telco, seen_again
from tests.moments import on


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with on(TODAY):
        make.make_country()
        make.make_organisation("csirt", "National CSIRT", kind="csirt", email="team@csirt.example.org")
        yield make_bank()


def to_whom(plan: selection.Plan) -> list[tuple[str, list[str], list[str]]]:
    return [(x.role, [r.address for r in x.to], [str(i.finding) for i in x.items]) for x in plan.letters]


def plans(today: date = MONDAY) -> dict[str, list[tuple[str, list[str], list[str]]]]:
    return {p.organisation.code: to_whom(p) for p in selection.preview(today)}


def sent(today: date) -> list[str]:
    """Sends that day's notices; the findings of each in words."""
    before = set(Notice.objects.values_list("pk", flat=True))
    acts.send_notices(today)
    new = Notice.objects.exclude(pk__in=before).order_by("pk")
    return [", ".join(str(line.finding) for line in d.lines.order_by("finding__subject")) for d in new]


@pytest.mark.long
def test_one_notice_a_week_and_never_twice(bank: Organisation) -> None:
    make_finding(bank)
    make_finding(bank, "192.0.2.8")
    assert sent(MONDAY) == ["open-rdp 192.0.2.7:3389, open-rdp 192.0.2.8:3389"]
    assert sent(MONDAY) == []
    (notice,) = Notice.objects.all()
    assert (notice.start, notice.end, notice.on) == (date(2026, 11, 16), date(2026, 11, 22), MONDAY)
    assert (notice.to, notice.contact_role) == (["abuse@bank.example.org"], ContactRole.ABUSE)
    make_finding(bank, "192.0.2.9", day=TODAY)
    assert [sent(TODAY + timedelta(days=n)) for n in range(6)] == [[], [], [], [], [], []]
    assert sent(MONDAY + timedelta(days=7)) == ["open-rdp 192.0.2.9:3389"]  # the others were not seen since


@pytest.mark.long
def test_what_is_open_is_reminded_again_after_its_days_and_only_while_it_is_seen(bank: Organisation) -> None:
    stands, gone = make_finding(bank), make_finding(bank, "192.0.2.8")
    sent(MONDAY)
    seen_again(stands, date(2026, 11, 29))
    assert sent(date(2026, 11, 30)) == ["open-rdp 192.0.2.7:3389"]
    fixed(gone, date(2026, 11, 24))
    assert sent(date(2026, 12, 7)) == []  # fixed without a word is no reason for a notice


@pytest.mark.long
def test_critical_findings_go_at_once_with_whatever_else_is_due_and_one_notice_a_day(bank: Organisation) -> None:
    make_finding(bank, "192.0.2.1", severity="critical", day=TODAY)
    make_finding(bank, "192.0.2.7", day=TODAY)  # waits for Monday
    assert sent(TODAY) == ["open-rdp 192.0.2.1:3389"]
    make_finding(bank, "192.0.2.2", severity="critical", day=TODAY)
    assert sent(TODAY) == []
    assert sent(TODAY + timedelta(days=1)) == ["open-rdp 192.0.2.2:3389"]
    make_finding(bank, "192.0.2.3", severity="critical", day=date(2026, 11, 30))
    assert sent(date(2026, 11, 30)) == ["open-rdp 192.0.2.3:3389, open-rdp 192.0.2.7:3389"]


def test_before_the_morning_only_what_is_urgent_leaves(bank: Organisation) -> None:
    make_finding(bank)
    assert acts.send_notices(MONDAY, hour=3) == 0
    make_finding(bank, "192.0.2.1", severity="critical")
    assert acts.send_notices(MONDAY, hour=3) == 1


def test_the_first_rule_that_fits_decides(bank: Organisation) -> None:
    Contact.objects.create(organisation=bank, purpose="NOC", role=ContactRole.TECHNICAL, email="noc@bank.example.org")
    make_finding(bank)
    make_finding(bank, "192.0.2.8", kind="open-telnet", port=23)
    make_finding(bank, "192.0.2.9", kind="open-ntp", port=123)
    make_finding(bank, "192.0.2.10", kind="open-dns", port=53, route="duty")
    acts.make_rule(by=SYSTEM, kind="open-telnet", contact_role=ContactRole.TECHNICAL, every=Every.DAY)
    acts.make_rule(by=SYSTEM, kind="open-ntp", every=Every.NEVER, reason="Theirs on purpose")
    never = NoticeRule.objects.get(kind="open-ntp")
    assert plans() == {
        "bank": [
            ("abuse", ["abuse@bank.example.org"], ["open-dns 192.0.2.10:53", "open-rdp 192.0.2.7:3389"]),
            ("technical", ["noc@bank.example.org"], ["open-telnet 192.0.2.8:23"]),
        ]
    }
    acts.make_rule(by=SYSTEM, organisation=bank, contact_role=ContactRole.TECHNICAL, every=Every.DAY)
    acts.move_rule(NoticeRule.objects.get(organisation=bank), by=SYSTEM, up=True)
    assert [r.kind for r in NoticeRule.objects.all()] == ["open-telnet", "", "open-ntp"]
    acts.remove_rule(never, by=SYSTEM)
    assert [(role, len(items)) for role, _to, items in plans()["bank"]] == [("abuse", 1), ("technical", 3)]
    with pytest.raises(Refused, match="Give the reason for not notifying them"):
        acts.make_rule(by=SYSTEM, every=Every.NEVER)


@pytest.mark.long
def test_a_rule_that_names_no_severity_delays_nothing_critical(bank: Organisation) -> None:
    make_finding(bank, "192.0.2.1", severity="critical", day=TODAY)
    make_finding(bank, "192.0.2.7", day=TODAY)
    rule = acts.make_rule(by=SYSTEM, organisation=bank, every=Every.MONTH, resend_days=30)
    assert sent(TODAY) == ["open-rdp 192.0.2.1:3389"]
    Finding.objects.filter(severity="critical").update(last_day=TODAY + timedelta(days=3))
    assert sent(TODAY + timedelta(days=3)) == ["open-rdp 192.0.2.1:3389"]  # it is still there
    acts.change_rule(rule, by=SYSTEM, worst="critical")  # said of critical ones: so they are meant
    make_finding(bank, "192.0.2.2", severity="critical", day=TODAY + timedelta(days=4))
    assert sent(TODAY + timedelta(days=4)) == []


def test_a_rule_that_notifies_nobody_notifies_of_nothing_critical_either(bank: Organisation) -> None:
    make_finding(bank, "192.0.2.1", severity="critical", day=TODAY)
    acts.make_rule(by=SYSTEM, organisation=bank, every=Every.NEVER, reason="They read the page")
    assert sent(TODAY) == []


@pytest.mark.long
def test_without_a_contact_of_the_role_the_next_is_notified_and_learns_why(bank: Organisation) -> None:
    telco = make_telco()
    Contact.objects.filter(organisation=telco).delete()
    make_finding(telco, "198.51.100.1", network="AS64496", reason="asn")
    assert selection.preview(MONDAY)[0].unreachable == 1
    assert sent(MONDAY) == []
    telco.email = "info@telco.example.org"
    telco.save()
    assert plans() == {"telco": [("other", ["info@telco.example.org"], ["open-rdp 198.51.100.1:3389"])]}
    Contact.objects.create(
        organisation=telco, purpose="CEO", role=ContactRole.MANAGEMENT, email="ceo@telco.example.org"
    )
    assert plans() == {"telco": [("management", ["ceo@telco.example.org"], ["open-rdp 198.51.100.1:3389"])]}
    sent(MONDAY)
    text = OutboxMail.objects.get().text
    assert (
        "The register has no contact of your organisation for this (Abuse and security reports), so we write to the next one: Management. Reply with the name of the person who should receive these notices."
        in text
    )
    assert (
        "The register lists the network AS64496 as yours, and no other organisation has registered these addresses."
        in text
    )


def test_a_merged_body_is_written_to_at_its_heir(bank: Organisation) -> None:
    old = make.make_organisation("old-bank", "Banco Viejo", merged_into=bank)
    make_finding(old, "192.0.2.77")
    assert plans() == {"bank": [("abuse", ["abuse@bank.example.org"], ["open-rdp 192.0.2.77:3389"])]}


def delivered() -> EmailMessage:
    with mail_server() as server:
        assert deliver_due() == 1
    return server.got[0]


def test_the_notice_says_what_it_is_what_to_do_and_why_it_came(bank: Organisation) -> None:
    secret = make_feed("secret", tlp=Tlp.AMBER_STRICT)
    make_finding(bank, detail="Windows Server 2012")
    make_finding(bank, "192.0.2.8", state=FindingState.REOPENED)
    make_finding(bank, "192.0.2.9", kind="open-telnet", port=23, severity="critical")
    make_finding(
        bank,
        "shop.bank.example.org",
        kind="compromised-website",
        port=0,
        network="bank.example.org",
        reason="domain",
        feed=secret,
    )
    sent(MONDAY)
    mail = delivered()
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
    assert str(mail["Subject"]) == "[TLP:AMBER+STRICT] Banco del Faro: 4 findings in your network, 1 critical"
    assert str(mail["Reply-To"]) == "team@csirt.example.org"
    assert text.index("192.0.2.9, port 23: new") < text.index(
        "- 192.0.2.7, port 3389: new, last seen 22 Nov 2026, Windows Server 2012"
    )
    for words in (
        "TLP:AMBER+STRICT. You may share this only within your organisation, with those who need to know.",
        "192.0.2.8, port 3389: seen again",
        "- The register lists the addresses 192.0.2.0/25 as yours.",
        "- The register lists the domain bank.example.org as yours.",
        "What to do:",
        "National CSIRT",
        "http://localhost:8000/findings/0.",
        "How to check that this notice is genuine: http://localhost:8000/notices/",
    ):
        assert words in text
    (file,) = mail.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(file.get_content().removeprefix("\ufeff"))))
    assert [(r["address"] or r["name"], r["kind"], r["severity"]) for r in rows] == [
        ("192.0.2.9", "open-telnet", "critical"),
        ("shop.bank.example.org", "compromised-website", "medium"),
        ("192.0.2.7", "open-rdp", "medium"),
        ("192.0.2.8", "open-rdp", "medium"),
    ]
    kept = OutboxMail.objects.get()
    assert "/findings/[•••]/" in kept.text
    assert "findings/0." not in kept.text + kept.attachment
    assert "findings/0." not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.long
def test_who_chose_no_language_is_notified_in_all_of_the_countrys(bank: Organisation) -> None:
    Contact.objects.update(language="")
    make_finding(bank)
    sent(MONDAY)
    text = OutboxMail.objects.get().text
    assert "http://localhost:8000/findings/" in text
    assert "http://localhost:8000/es/findings/" in text


def test_claims_are_praised_or_questioned(bank: Organisation) -> None:
    true, false = make_finding(bank), make_finding(bank, "192.0.2.8")
    sent(MONDAY)
    Finding.objects.update(reply="fixed", replied_on=TODAY, claim="claimed")
    fixed(true, date(2026, 11, 25))
    seen_again(false, date(2026, 11, 26))
    Finding.objects.filter(pk=false.pk).update(claim="contradicted")
    OutboxMail.objects.all().delete()
    assert sent(date(2026, 11, 30)) == ["open-rdp 192.0.2.7:3389, open-rdp 192.0.2.8:3389"]
    text = OutboxMail.objects.get().text
    praise, question = (
        text.index("You reported this as fixed, and the reports no longer show it. Thank you:"),
        text.index(
            "You reported this as fixed, but it was seen again afterwards. Please check it again, or send us any information that may help:"
        ),
    )
    assert praise < text.index("- 192.0.2.7, port 3389:") < question < text.index("- 192.0.2.8, port 3389:")
    assert sent(date(2026, 12, 7)) == []


@pytest.mark.long
def test_a_server_down_for_three_days_costs_no_notice_and_doubles_none(bank: Organisation) -> None:
    make_finding(bank)
    sent(MONDAY)
    for _day in range(3):
        with no_mail_server(), pytest.raises(ServerSilent):
            deliver_due()
        assert sent(MONDAY) == []
        OutboxMail.objects.update(next_try_at=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=3)), mail_server() as server:
        assert deliver_due() == 1
    assert [str(m["To"]) for m in server.got] == ["abuse@bank.example.org"]


@pytest.mark.long
def test_a_notice_is_sent_again_left_out_and_its_link_ended(bank: Organisation, user_with: object) -> None:
    make_finding(bank)
    sent(MONDAY)
    notice = Notice.objects.get()
    assert acts.resend(notice, by=SYSTEM) == 1
    assert list(OutboxMail.objects.order_by("pk").values_list("state", flat=True)) == [
        MailState.DROPPED,
        MailState.WAITING,
    ]
    acts.end_link(notice, by=SYSTEM, reason="Forwarded to a newspaper")
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {MailState.DROPPED}
    observer = user_with("observer")  # type: ignore[operator]  # as conftest gives it
    for refused in (acts.end_link, acts.resend):
        with pytest.raises(NotAllowed):
            refused(notice, by=observer)


def test_what_is_left_out_comes_with_the_next(bank: Organisation) -> None:
    make_finding(bank)
    acts.make_rule(by=SYSTEM, every=Every.DAY)
    with pytest.raises(Refused, match="Give the reason"):
        acts.skip(bank, by=SYSTEM, role="abuse", reason=" ")
    assert acts.skip(bank, by=SYSTEM, role="abuse", reason="We telephone today").to == []
    assert sent(TODAY) == []
    assert sent(TODAY + timedelta(days=1)) == ["open-rdp 192.0.2.7:3389"]


@pytest.mark.long
@pytest.mark.one_database
def test_a_huge_notice_asks_little_of_the_database_and_its_mail_is_small(bank: Organisation) -> None:
    one = make_finding(bank)
    Finding.objects.bulk_create(
        [
            Finding(
                **{
                    f.name: getattr(one, f.name)
                    for f in Finding._meta.concrete_fields
                    if f.name not in {"id", "subject", "unit"}
                },
                subject=f"2001:db8::{n:x}",
                unit=f"2001:db8::{n:x}",
            )
            for n in range(1, 5000)
        ],
        batch_size=500,
    )
    with CaptureQueriesContext(connection) as asked:
        assert acts.send_notices(MONDAY) == 1
    assert len(asked) < 150  # a few for each thousand findings, none for each
    mail = OutboxMail.objects.get()
    assert NoticeLine.objects.count() == 5000
    assert len(mail.text) < 6000
    assert mail.attachment.count("\n") == 5001
    assert len(mail.attachment) < 1_500_000
    notice = Notice.objects.get()
    by, expected = (
        holder_of(token_of(notice, 0)),
        dict.fromkeys(Finding.objects.values_list("pk", flat=True), "not_ours"),
    )
    with CaptureQueriesContext(connection) as asked:
        assert len(answer(notice, by=by, replies=expected)) == 5000
    assert len(asked) < 150
    assert Correction.objects.count() == 1
    with mail_server() as server:
        OutboxMail.objects.update(next_try_at=clock.now())
        deliver_due()
    assert [len(m.as_bytes()) < 1_500_000 for m in server.got] == [True, True]


# The words as they were sent


def test_the_digest_of_each_notice_is_in_the_trail_and_holds_before_and_after_it_leaves(bank: Organisation) -> None:
    make_finding(bank)
    acts.send_notices(MONDAY)
    noted = AuditEntry.objects.get(verb="notice.sent").detail["words"]
    mail = OutboxMail.objects.get(kind="feeds.notice")
    assert (noted, sent_words.changed()) == ({mail.message_id: sent_words.digest(mail)}, ([], 1))
    delivered()
    mail.refresh_from_db()
    assert mail.is_masked
    assert mail.text
    assert sent_words.changed() == ([], 1)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "facts", [{"text": "Nothing to report."}, {"subject": "Nothing"}, {"attachment": "a,b"}, {"attachment": ""}]
)
def test_words_that_somebody_changed_afterwards_are_named(bank: Organisation, facts: dict[str, str]) -> None:
    make_finding(bank)
    acts.send_notices(MONDAY)
    delivered()
    OutboxMail.objects.filter(kind="feeds.notice").update(**facts)  # past the programme
    (wrong,), compared = sent_words.changed()
    assert (wrong.about, compared) == (f"feeds.notice:{Notice.objects.get().pk}", 1)
    found = [line.text for line in words_of_notices() if "not those that were sent" in line.text]
    assert len(found) == 1


@pytest.mark.long
def test_a_notice_that_is_sent_again_has_a_digest_of_its_own(bank: Organisation) -> None:
    make_finding(bank)
    acts.send_notices(MONDAY)
    delivered()
    acts.resend(Notice.objects.get(), by=SYSTEM)
    delivered()
    assert sent_words.changed() == ([], 2)
    OutboxMail.objects.all().delete()  # its time is over
    assert sent_words.changed() == ([], 0)
