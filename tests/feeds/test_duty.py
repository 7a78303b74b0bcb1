"""A call for help, a reply, a new critical finding, a notice that came back and a feed that fell silent are mailed at once to whoever is on
duty: one mail for many, none twice. So is what is held until a person decides; what an unusual night holds is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
import time_machine

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import NotAllowed
from floreo.core.models import AuditEntry, OutboxMail
from floreo.feeds.actions.duty import PAUSE, alert, alert_due, on_duty
from floreo.feeds.actions.notices import release_notices, send_due, write_to
from floreo.feeds.actions.replies import answer_signed_in, see_to
from floreo.feeds.actions.watching import watch
from floreo.feeds.holding_links import moment
from floreo.feeds.models import Feed, FeedFile, Finding, Notice, NoticeRule, Reply, Run
from floreo.organisations.models import Contact, ContactRole, Organisation, User
from tests.core.mail_server import mail_server
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, make_bank, make_feed, make_finding, seen_again

pytestmark = pytest.mark.django_db
UserWith = Callable[..., User]


@pytest.fixture
def team() -> Iterator[Organisation]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        csirt = make.make_organisation("csirt", "National CSIRT", kind="csirt", email="team@csirt.example.org")
        Contact.objects.create(
            organisation=csirt, purpose="Duty", role=ContactRole.DUTY, email="duty@csirt.example.org", language="en"
        )
        yield csirt


@pytest.fixture
def bank(team: Organisation) -> Organisation:
    return make_bank()


def mailed() -> list[EmailMessage]:
    """What the duty contact gets when the worker comes round."""
    alert_due(by=SYSTEM)
    with mail_server() as server:
        deliver_due()
    return [mail for mail in server.got if "@csirt.example.org" in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")  # type: ignore[union-attr]  # it has one


@pytest.mark.long
def test_a_call_for_help_reaches_the_duty_contact_at_once(bank: Organisation, user_with: UserWith) -> None:
    first, second = make_finding(bank), make_finding(bank, "192.0.2.8")
    operator = user_with("operator", organisation=bank)
    assert mailed() == []  # open, but not critical
    answer_signed_in(bank, by=operator, replies={first.pk: "need_help", second.pk: "working"})
    (mail,) = mailed()
    assert (str(mail["To"]), str(mail["Subject"])) == (
        "duty@csirt.example.org",
        "On duty: 1 request for help and 1 reply",
    )
    text = text_of(mail)
    assert "- Banco del Faro: Remote Desktop is open to the whole internet (1)" in text
    assert f"http://localhost:8000/workspace/findings/{first.pk}/" in text
    assert "192.0.2" not in text  # what is where is read in the workspace
    assert OutboxMail.objects.get(kind="feeds.duty").text == ""
    assert AuditEntry.objects.get(verb="duty.alerted").detail["calls"] == 1


def test_a_new_critical_finding_alerts_once_and_again_only_when_it_is_back(bank: Organisation) -> None:
    finding = make_finding(bank, severity="critical")
    assert [str(mail["Subject"]) for mail in mailed()] == ["On duty: 1 new critical finding"]
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        seen_again(finding, TODAY)
        assert mailed() == []
        Finding.objects.update(state="reopened", opened_on=TODAY, alerted_on=TODAY - timedelta(days=3))
        assert len(mailed()) == 1


@pytest.mark.long
def test_many_within_a_few_minutes_are_one_mail(bank: Organisation, user_with: UserWith) -> None:
    make_finding(bank, "192.0.2.1", severity="critical")
    assert len(mailed()) == 1
    for last in range(2, 40):
        make_finding(bank, f"192.0.2.{last}", severity="critical")
        assert mailed() == []
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        assert [str(mail["Subject"]) for mail in mailed()] == ["On duty: 38 new critical findings"]


@pytest.mark.long
def test_nothing_of_an_unusual_night_alerts_until_a_person_lets_it_count(bank: Organisation) -> None:
    feed = make_feed()
    finding = make_finding(bank, severity="critical", feed=feed)
    Run.objects.create(feed=feed, report_type="scan_rdp", day=finding.last_day, held="more", rows=900)
    (mail,) = mailed()  # that it waits, and nothing of what it holds
    assert str(mail["Subject"]) == "On duty: 1 unusual file held"
    assert "Shadowserver (1)\n  http://localhost:8000/workspace/feeds/shadowserver/#nights" in text_of(mail)
    assert "Banco del Faro" not in text_of(mail)
    assert Finding.objects.get().alerted_on is None
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        assert mailed() == []
        Run.objects.update(held="")
        assert [str(mail["Subject"]) for mail in mailed()] == ["On duty: 1 new critical finding"]


def test_files_that_are_held_are_one_line_a_feed_and_each_is_mailed_once(team: Organisation) -> None:
    first, second = make_feed(), make_feed("second")
    for feed, days in ((first, 2), (second, 1)):
        for day in range(days):
            held_at = TODAY - timedelta(days=day)
            Run.objects.create(feed=feed, report_type="scan_rdp", day=held_at, held="fewer", rows=1)
    Run.objects.create(feed=first, report_type="scan_ssh", day=TODAY, held="refused")  # decided already
    Run.objects.create(feed=first, report_type="scan_ftp", day=TODAY, rows=9)
    (mail,) = mailed()
    assert str(mail["Subject"]) == "On duty: 3 unusual files held"
    assert "- Shadowserver (2)" in text_of(mail)
    assert "- Second (1)" in text_of(mail)
    assert AuditEntry.objects.get(verb="duty.alerted").detail["nights"] == 3
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        assert mailed() == []
        Run.objects.create(feed=second, report_type="scan_ssh", day=TODAY, held="more", rows=900)
        assert [str(mail["Subject"]) for mail in mailed()] == ["On duty: 1 unusual file held"]


@pytest.mark.long
def test_notices_that_are_held_are_mailed_once_and_again_when_they_are_held_again(team: Organisation) -> None:
    NoticeRule.objects.create(every="at_once", contact_role="abuse")
    for number in range(25):
        make_finding(make.make_organisation(f"body-{number}", f"Body {number}", email=f"it@body-{number}.example"))
    assert mailed() == []
    assert (send_due(by=SYSTEM), send_due(by=SYSTEM)) == (0, 0)
    (mail,) = mailed()
    assert str(mail["Subject"]) == "On duty: notices to 25 organisations held"
    assert "- 25 organisations\n  http://localhost:8000/workspace/notices/today/" in text_of(mail)
    assert AuditEntry.objects.get(verb="duty.alerted").detail["held_notices"] == 25
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        send_due(by=SYSTEM)
        assert mailed() == []
        Finding.objects.update(state="fixed", fixed_on=TODAY)
        send_due(by=SYSTEM)  # none is due, so none is held
        Finding.objects.update(state="new", fixed_on=None)
        assert mailed() == []
        send_due(by=SYSTEM)
        assert len(mailed()) == 1
    with time_machine.travel(clock.now() + 2 * PAUSE + timedelta(minutes=2)):
        assert release_notices(TODAY, by=SYSTEM) == 25
        assert mailed() == []


def test_what_is_old_or_handled_alerts_nobody(bank: Organisation, user_with: UserWith) -> None:
    make_finding(bank, severity="critical", day=date(2026, 11, 10))
    make_finding(bank, "192.0.2.8", severity="critical", state="fixed", fixed_on=TODAY)
    asked = make_finding(bank, "192.0.2.9")
    answer_signed_in(bank, by=user_with("operator", organisation=bank), replies={asked.pk: "need_help"})
    see_to(Reply.objects.get(), by=SYSTEM)
    assert mailed() == []


def test_without_a_duty_contact_the_teams_next_address_is_alerted(team: Organisation) -> None:
    Contact.objects.all().delete()
    found = on_duty()
    assert found is not None
    assert [reach.address for reach in found[1]] == ["team@csirt.example.org"]
    Organisation.objects.filter(pk=team.pk).update(email="")
    assert on_duty() is None
    make_finding(make_bank(), severity="critical")
    assert mailed() == []
    assert Finding.objects.get().alerted_on is None  # it is mailed once there is an address


def test_the_duty_contact_is_written_to_in_its_language(team: Organisation) -> None:
    make_finding(make_bank(), severity="critical")
    Contact.objects.filter(role=ContactRole.DUTY).update(language="es")
    (mail,) = mailed()
    assert str(mail["Subject"]) == "Turno: 1 hallazgo crítico nuevo"
    assert "- Banco del Faro: Escritorio remoto está abierto a todo internet (1)" in text_of(mail)


def test_only_who_handles_findings_alerts(bank: Organisation, user_with: UserWith) -> None:
    with pytest.raises(NotAllowed):
        alert(TODAY, by=user_with("observer"))


# What else came: replies, notices that came back, feeds that fell silent


def test_any_reply_reaches_the_duty_contact_once(bank: Organisation, user_with: UserWith) -> None:
    first, second, third = make_finding(bank), make_finding(bank, "192.0.2.8"), make_finding(bank, "192.0.2.9")
    operator = user_with("operator", organisation=bank)
    replies = {first.pk: "fixed", second.pk: "false_alarm", third.pk: "false_alarm"}
    answer_signed_in(bank, by=operator, replies=replies)
    (mail,) = mailed()
    assert str(mail["Subject"]) == "On duty: 3 replies"
    assert "- Banco del Faro: Fixed (1), False alarm (2)" in text_of(mail)
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        assert mailed() == []


def _notice_that_bounced(bank: Organisation) -> Notice:
    make_finding(bank)
    (notice,) = write_to(bank, by=SYSTEM, today=TODAY)
    OutboxMail.objects.filter(kind="feeds.notice").update(
        state="bounced", bounced_at=clock.now(), changed_at=clock.now()
    )
    return notice


def test_a_notice_that_came_back_is_noted_once_and_mailed_to_the_duty_contact(bank: Organisation) -> None:
    NoticeRule.objects.create(every="day")
    notice = _notice_that_bounced(bank)
    assert (watch(by=SYSTEM), watch(by=SYSTEM)) == (1, 0)
    notice.refresh_from_db()
    assert notice.undelivered == ["abuse@bank.example.org"]
    (mail,) = mailed()
    assert str(mail["Subject"]) == "On duty: 1 notice not delivered"
    assert f"/workspace/notices/{notice.pk}/" in text_of(mail)
    assert "abuse@bank" not in text_of(mail)
    assert AuditEntry.objects.filter(verb="notice.undelivered").count() == 1


def test_a_feed_that_falls_silent_is_mailed_once_and_again_when_it_falls_silent_again(bank: Organisation) -> None:
    feed = make_feed(collector="folder", every_minutes=60)

    def received(hours_ago: int) -> None:
        at = moment(TODAY) - timedelta(hours=hours_ago)
        facts = {"day": TODAY, "received_at": at, "sha256": f"{hours_ago:064d}", "state": "done"}
        FeedFile.objects.create(feed=feed, name="night.csv", report_type="scan_rdp", **facts)

    received(2)
    assert (watch(by=SYSTEM), mailed()) == (0, [])
    FeedFile.objects.all().delete()
    received(9)
    assert (watch(by=SYSTEM), watch(by=SYSTEM)) == (1, 0)
    feed.refresh_from_db()
    assert feed.silent_since is not None
    assert abs(feed.silent_since - (moment(TODAY) - timedelta(hours=6))) < timedelta(minutes=1)
    assert [str(mail["Subject"]) for mail in mailed()] == ["On duty: 1 silent feed"]
    received(1)
    assert watch(by=SYSTEM) == 1
    feed.refresh_from_db()
    assert (feed.silent_since, feed.alerted_at) == (None, None)
    FeedFile.objects.exclude(sha256=f"{9:064d}").delete()
    assert watch(by=SYSTEM) == 1
    with time_machine.travel(clock.now() + PAUSE + timedelta(minutes=1)):
        assert len(mailed()) == 1
    verbs = AuditEntry.objects.filter(verb__startswith="feed.").order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["feed.silent", "feed.back", "feed.silent"]


@pytest.mark.parametrize(
    ("facts", "is_silent"),
    [
        ({"collector": "folder"}, True),  # never sent anything, though it should have
        ({"collector": "upload"}, False),  # nobody expects the first file by hand
        ({"collector": "folder", "is_active": False}, False),
    ],
)
def test_a_feed_that_never_sent_is_silent_where_files_are_expected(
    team: Organisation, facts: dict[str, object], *, is_silent: bool
) -> None:
    feed = make_feed("nightly", **(facts | {"every_minutes": 60}))
    Feed.objects.update(created_at=moment(TODAY) - timedelta(days=3))
    assert watch(by=SYSTEM) == int(is_silent)
    feed.refresh_from_db()
    assert (feed.silent_since is not None) == is_silent
