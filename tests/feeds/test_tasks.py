"""The tasks of feeds, to whom they are shown, and in how few questions to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM, Permission
from floreo.core.delivery import deliver_due
from floreo.core.tasks import Recipient
from floreo.feeds.actions.notices import resend, send_notices
from floreo.feeds.actions.replies import answer_signed_in, see_to
from floreo.feeds.holding_links import moment
from floreo.feeds.models import FeedFile, Notice, Reply, TypeMapping
from floreo.feeds.tasks import waiting_tasks
from floreo.organisations.models import Contact, Organisation, User
from tests.core.mail_server import mail_server
from tests.factories import strategy as make
from tests.feeds.notices_made import MONDAY, TODAY, make_bank, make_feed, make_finding, make_telco
from tests.moments import on

TEAM = Recipient(permissions=frozenset({Permission.FINDING_HANDLE.value, Permission.FEED_RUN.value}))


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with on(TODAY):
        make.make_country()
        yield make_bank()


def titles(recipient: Recipient = TEAM) -> list[tuple[str, date | None]]:
    return [(str(item.title), item.due) for item in waiting_tasks(recipient, viewer=SYSTEM, today=TODAY)]


@pytest.mark.long
def test_what_was_answered_waits_for_the_team(bank: Organisation, user_with: Callable[..., User]) -> None:
    first, second, third = (make_finding(bank, f"192.0.2.{n}") for n in (7, 8, 9))
    operator = user_with("operator", organisation=bank)
    answer_signed_in(
        bank, by=operator, replies={first.pk: "need_help", second.pk: "need_help", third.pk: "false_alarm"}
    )
    answer_signed_in(bank, by=operator, replies={make_finding(bank, "192.0.2.10").pk: "not_ours"})
    assert titles() == [
        ("Banco del Faro reports 1 finding as a false alarm", TODAY + timedelta(days=5)),
        ("Banco del Faro asks for help with 2 findings", TODAY + timedelta(days=1)),
        ("Banco del Faro reports that 192.0.2.0/25 is not theirs", TODAY + timedelta(days=5)),
    ]
    see_to(Reply.objects.filter(kind="need_help")[0], by=SYSTEM)
    assert len(titles()) == 2
    assert titles(Recipient(organisations=frozenset({bank.pk}))) == []


def test_who_cannot_be_written_to_is_told_to_the_team(bank: Organisation) -> None:
    telco = make_telco()
    Contact.objects.filter(organisation=telco).update(email="", phone="+501 1234")
    make_finding(bank)
    make_finding(make.make_organisation("old-telco", "Vieja", merged_into=telco), "198.51.100.1")
    assert titles() == [("We cannot notify Norte Telecom about 1 finding", None)]
    telco.email = "info@telco.example.org"
    telco.save()
    assert titles() == []


def test_an_address_that_takes_no_letter_is_told_to_the_team(bank: Organisation) -> None:
    Contact.objects.update(email="nobody@bank.example.org")
    make_finding(bank)
    send_notices(MONDAY)
    with mail_server():
        deliver_due()
    assert titles() == [("Notices to nobody@bank.example.org do not arrive", None)]
    Contact.objects.update(email="abuse@bank.example.org")
    resend(Notice.objects.get(), by=SYSTEM)
    assert titles() == []


def test_a_silent_feed_and_an_unknown_kind_of_report_wait(bank: Organisation) -> None:
    feed = make_feed(every_minutes=60)
    make_feed("never-came", every_minutes=60)
    report = FeedFile.objects.create(
        feed=feed,
        sha256="x",
        name="x",
        day=TODAY,
        report_type="scan_toaster",
        is_known_type=False,
        state="done",
        received_at=moment(TODAY) - timedelta(hours=2),
    )
    assert [t for t, _due in titles()] == ["Describe files of the type scan_toaster"]
    TypeMapping.objects.create(report_type="scan_toaster", mapping={"address": "ip"})
    FeedFile.objects.filter(pk=report.pk).update(received_at=moment(TODAY) - timedelta(hours=4))
    assert [t for t, _due in titles()] == ["No file from Shadowserver"]


@pytest.mark.long
def test_more_rows_ask_no_more_queries(bank: Organisation) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as seen:
            list(waiting_tasks(TEAM, viewer=SYSTEM, today=TODAY))
        return len(seen)

    telco = make_telco()
    Contact.objects.all().delete()
    make_finding(bank)
    make_finding(telco, "198.51.100.1")
    before = questions()
    for n in range(20, 30):
        body = make.make_organisation(f"body-{n}")
        finding = make_finding(body, f"192.0.2.{n}")
        answer_signed_in(body, by=SYSTEM, replies={finding.pk: "need_help"})
        make_feed(f"feed-{n}")
    assert (before, questions()) == (20, 20)
