"""Mail that leaves: a real server on loopback refuses, puts off, cuts the line and is down for days."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from django.test import override_settings

from floreo.config import jobs
from floreo.core import clock, delivery, outgoing
from floreo.core.access import SYSTEM
from floreo.core.action import action
from floreo.core.delivery import JOB, ServerSilent, deliver_due, pause_after, silent_since, wait_after
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, MailState, OutboxMail, Schedule
from floreo.core.outbox import Attachment, discard_mail, kept, letter, post, post_all, send_elsewhere, try_again
from floreo.core.private_routes import PRIVATE_ROUTES
from floreo.organisations.models import User
from tests.core.mail_server import MailServer, mail_server, no_mail_server

pytestmark = pytest.mark.django_db


@action("test.letters_posted", needs=None)
def put(mails: list[OutboxMail], *, by: object) -> int:
    return post_all(mails)


@action("test.letter_posted", needs=None)
def put_one(mail: OutboxMail, *, by: object) -> OutboxMail:
    return post(mail)


def note_to(to: str, **facts: object) -> OutboxMail:
    words = {"subject": "A review is open", "text": "Please answer.", "kind": "review.asked"} | facts
    return letter(to=to, **words)  # type: ignore[arg-type]  # each test names facts of its own


def states() -> dict[str, str]:
    return dict(OutboxMail.objects.order_by("pk").values_list("to", "state"))


@contextmanager
def later(**much: float) -> Iterator[None]:
    with time_machine.travel(clock.now() + timedelta(**much)):
        yield


def test_a_letter_leaves_with_the_headers_of_a_machine_that_writes() -> None:
    put(
        [
            note_to(
                "lead@example.org",
                language="es",
                headers={"List-Unsubscribe": "<https://floreo.example/workspace/me/>"},
                subject="Revisión: ¿cómo va?\nBcc: eve@example.org",
            )
        ],
        by=SYSTEM,
    )
    with mail_server(MAIL_REPLY_TO="secretariat@example.org", MAIL_RETURN="bounces@example.org") as server:
        assert deliver_due() == 1
    (got,) = server.got
    kept = OutboxMail.objects.get()
    assert {
        name: str(got[name]).strip()
        for name in (
            "To",
            "Subject",
            "Message-ID",
            "Auto-Submitted",
            "Reply-To",
            "List-Unsubscribe",
            "Content-Language",
            "Bcc",
        )
    } == {
        "To": "lead@example.org",
        "Subject": "Revisión: ¿cómo va? Bcc: eve@example.org",
        "Message-ID": kept.message_id,
        "Auto-Submitted": "auto-generated",
        "Reply-To": "secretariat@example.org",
        "List-Unsubscribe": "<https://floreo.example/workspace/me/>",
        "Content-Language": "es",
        "Bcc": "None",
    }
    assert (kept.state, kept.attempts, kept.text) == (MailState.SENT, 1, "Please answer.")


def test_a_secret_letter_keeps_its_words_without_the_key_once_it_has_left() -> None:
    put([note_to("lead@example.org", is_secret=True, text="Open https://floreo.example/welcome/abc/ today")], by=SYSTEM)
    assert "welcome" not in str(AuditEntry.objects.values_list("detail", flat=True)[0])
    with mail_server() as server:
        deliver_due()
    assert "welcome/abc" in server.got[0].get_content()
    mail = OutboxMail.objects.get()
    assert (mail.text, mail.is_masked) == ("Open https://floreo.example/welcome/[•••]/ today", True)


@pytest.mark.parametrize("kind", ["account.password_reset_key", "case", "feeds.duty", "weekly_mail.sent"])
def test_of_some_kinds_nothing_is_kept(kind: str) -> None:
    put([note_to("lead@example.org", is_secret=True, kind=kind, text="Code 123456")], by=SYSTEM)
    with mail_server():
        deliver_due()
    mail = OutboxMail.objects.get()
    assert (mail.text, mail.attachment, mail.is_masked) == ("", "", True)


def test_a_link_that_a_calendar_file_folds_is_masked_as_a_whole() -> None:
    file = Attachment(
        "a.ics", "BEGIN:VCALENDAR\r\nURL:https://floreo.example/training/mi\r\n ne/abcd\r\n efgh/\r\n", "text/calendar"
    )
    mail = note_to(
        "lead@example.org", is_secret=True, text="https://floreo.example/es/training/mine/abcdefgh/", attachment=file
    )
    assert kept(mail) == {
        "text": "https://floreo.example/es/training/mine/[•••]/",
        "attachment": "BEGIN:VCALENDAR\r\nURL:https://floreo.example/training/mine/[•••]/\r\n",
        "is_masked": True,
    }


@pytest.mark.parametrize("host", ["https://floreo.example", "https://floreo.example/es", "http://localhost:8000"])
def test_no_private_link_keeps_its_key(host: str) -> None:
    for place in (f"{host}/{route.path}" for route in PRIVATE_ROUTES):
        text = f"Open {place}/17-1~Ab_c-9=/more/ or {quote(f'{place}/17-1~Ab_c-9/', safe='')}."
        mail = note_to("lead@example.org", is_secret=True, text=text)
        assert "Ab_c" not in outgoing.words_of(mail), place
        assert f"{place}/[•••]/more/" in outgoing.words_of(mail)


def test_what_a_server_refuses_for_good_is_marked_and_what_it_puts_off_is_tried_again() -> None:
    put(
        [
            note_to("nobody@example.org"),
            note_to("greylisted@example.org"),
            note_to("prize@example.org", text="win a prize"),
            note_to("lead@example.org"),
        ],
        by=SYSTEM,
    )
    with mail_server() as server:
        assert deliver_due() == 1
        assert states() == {
            "nobody@example.org": MailState.BOUNCED,
            "greylisted@example.org": MailState.WAITING,
            "prize@example.org": MailState.STUCK,
            "lead@example.org": MailState.SENT,
        }
        errors = dict(OutboxMail.objects.values_list("to", "last_error"))
        assert errors["nobody@example.org"] == "550 5.1.1 <nobody>: Recipient address rejected: User unknown"
        assert errors["prize@example.org"] == "554 5.7.1 Message looks like spam"
        assert errors["greylisted@example.org"].startswith("451 4.7.1 Greylisted")
        assert deliver_due() == 0  # not yet due again
        for minutes in (6, 22):
            with later(minutes=minutes):
                deliver_due()
    assert states()["greylisted@example.org"] == MailState.SENT
    assert server.sessions == 3  # one connection for many mails


def test_a_line_that_is_cut_holds_up_only_the_letter_it_was_cut_at() -> None:
    put([note_to("cut@example.org"), note_to("lead@example.org")], by=SYSTEM)
    with mail_server() as server:
        assert deliver_due() == 1
        assert states() == {"cut@example.org": MailState.WAITING, "lead@example.org": MailState.SENT}
        with later(minutes=6):
            assert deliver_due() == 1
    assert [m["To"] for m in server.got] == ["lead@example.org", "cut@example.org"]


@pytest.mark.one_database
@pytest.mark.long  # some eighty attempts; one that fails and is made again has a test of its own
def test_a_server_that_is_down_for_three_days_loses_nothing() -> None:
    began = clock.now()
    put([note_to(f"lead{n}@example.org") for n in range(120)], by=SYSTEM)
    Schedule.objects.bulk_create(  # only the mail comes round
        Schedule(name=name, due_at=began if name == JOB else began + timedelta(days=30)) for name in jobs.JOBS
    )
    with no_mail_server():
        at, tries = began, 0
        while at < began + timedelta(days=3):
            with time_machine.travel(at):
                jobs.run_due([JOB])
            tries += 1
            at = max(Schedule.objects.get(name=JOB).due_at, at + timedelta(seconds=30))
        assert tries < 400  # a silent server is asked every quarter of an hour, not every few seconds
        assert "The mail server does not accept our e-mail:" in Schedule.objects.get(name=JOB).last_error
        since = silent_since()
        assert since is not None
        assert abs(since - began) < timedelta(minutes=1)
        assert OutboxMail.objects.filter(state=MailState.WAITING).count() == 120
    with mail_server() as server, time_machine.travel(at + timedelta(minutes=20)):
        jobs.run_due([JOB])
    assert sorted(m["To"] for m in server.got) == sorted(f"lead{n}@example.org" for n in range(120))
    assert silent_since() is None


def test_after_five_days_a_letter_is_stuck_and_a_person_may_have_it_tried_again(administrator: User) -> None:
    put([note_to("greylisted@example.org")], by=SYSTEM)
    with mail_server():
        deliver_due()
        with later(days=5, minutes=1):
            assert deliver_due() == 0
            mail = OutboxMail.objects.get()
            assert mail.state == MailState.STUCK
            try_again(mail, by=administrator)
            deliver_due()
        with later(days=5, minutes=20):
            assert deliver_due() == 1
    with pytest.raises(Refused, match="This e-mail has been sent or is no longer needed"):
        try_again(OutboxMail.objects.get(), by=administrator)


def test_a_letter_that_came_too_late_is_dropped_with_its_secret() -> None:
    put([note_to("lead@example.org", is_secret=True, not_after=clock.now() + timedelta(hours=1))], by=SYSTEM)
    with mail_server() as server, later(hours=2):
        assert deliver_due() == 0
    mail = OutboxMail.objects.get()
    assert (server.got, mail.state, mail.is_masked) == ([], MailState.DROPPED, True)


def test_a_newer_letter_takes_the_place_of_one_that_waits() -> None:
    put_one(note_to("lead@example.org", about="reviews.updaterequest:1", text="old"), by=SYSTEM)
    put_one(note_to("lead@example.org", about="reviews.updaterequest:2", text="another thing"), by=SYSTEM)
    put(
        [
            note_to("lead@example.org", about="reviews.updaterequest:1", text="new"),
            note_to("other@example.org", about="reviews.updaterequest:1", text="to another"),
            note_to("lead@example.org", about="", text="about nothing"),
            note_to("lead@example.org", about="", text="about nothing too"),
        ],
        by=SYSTEM,
    )
    with mail_server() as server:
        assert deliver_due() == 5
    assert [m.get_content().strip() for m in server.got] == [
        "another thing",
        "new",
        "to another",
        "about nothing",
        "about nothing too",
    ]


@override_settings(MAIL_PER_DAY=3)
def test_two_machines_that_answer_each_other_stop_at_the_ceiling_of_a_day() -> None:
    put([note_to("loop@example.org", kind=f"k{n}") for n in range(5)] + [note_to("lead@example.org")], by=SYSTEM)
    with mail_server() as server:
        assert deliver_due() == 4
        assert [m["To"] for m in server.got].count("loop@example.org") == 3
        with later(days=1, hours=1):
            assert deliver_due() == 2


@pytest.mark.parametrize(
    "to", ["lead\n@example.org", "no address", "@", "x" * 300 + "@example.org", "ñandú@example.org"]
)
def test_an_address_that_no_mail_can_have_is_stuck_and_stops_nothing(to: str) -> None:
    mails = [note_to("before@example.org"), note_to(to[:254]), note_to("after@example.org")]
    put(mails, by=SYSTEM)
    with mail_server() as server:
        assert deliver_due() in {2, 3}
    assert {"before@example.org", "after@example.org"} <= {m["To"] for m in server.got}
    assert OutboxMail.objects.exclude(state=MailState.SENT).filter(state=MailState.WAITING).count() == 0


def test_who_may_not_manage_accounts_neither_drops_nor_sends_again(observer: User, administrator: User) -> None:
    put([note_to("lead@example.org")], by=SYSTEM)
    mail = OutboxMail.objects.get()
    for act in (discard_mail, try_again):
        with pytest.raises(Refused, match="Your role does not allow this"):
            act(mail, by=observer)
    discard_mail(mail, by=administrator)
    assert AuditEntry.objects.order_by("-number")[0].verb == "mail.discarded"
    with mail_server() as server:
        assert deliver_due() == 0
    assert server.got == []


def test_a_wrong_password_at_the_mail_server_puts_off_and_is_said() -> None:
    put([note_to("lead@example.org")], by=SYSTEM)
    wrong = override_settings(EMAIL_HOST_USER="floreo", EMAIL_HOST_PASSWORD="wrong")
    with mail_server(), wrong, pytest.raises(ServerSilent, match="The mail server does not accept our e-mail:"):
        deliver_due()
    assert states() == {"lead@example.org": MailState.WAITING}


def test_waits_grow_to_hours_and_a_silent_server_is_asked_every_quarter_of_an_hour() -> None:
    assert [wait_after(n).total_seconds() / 60 for n in (0, 1, 2, 3, 7, 50)] == [5, 5, 15, 30, 480, 480]
    assert [pause_after(timedelta(minutes=m)) for m in (0, 10, 600)] == [
        timedelta(seconds=30),
        timedelta(minutes=2.5),
        timedelta(minutes=15),
    ]


class SlowServer(MailServer):
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0.1)
        return await super().handle_DATA(server, session, envelope)


def test_a_slow_server_ends_the_turn_at_its_time_and_the_rest_is_due_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BUDGET", 0.2)
    put([note_to(f"lead{n}@example.org") for n in range(40)], by=SYSTEM)
    with mail_server(SlowServer()) as server:
        first = deliver_due()
        assert 1 <= first < 40
        due = OutboxMail.objects.filter(state=MailState.WAITING, next_try_at__lte=clock.now())
        assert due.count() == 40 - first
        monkeypatch.setattr(delivery, "BUDGET", 60.0)
        assert deliver_due() == 40 - first
    assert len(server.got) == 40


@pytest.mark.long
def test_a_link_to_sign_in_goes_before_a_thousand_notices() -> None:
    put([note_to(f"lead{n}@example.org") for n in range(60)], by=SYSTEM)
    put([note_to("locked-out@example.org", not_after=clock.now() + timedelta(days=1))], by=SYSTEM)
    with mail_server() as server:
        deliver_due()
    assert server.got[0]["To"] == "locked-out@example.org"


def test_a_worker_that_was_killed_holds_its_letters_no_longer_than_a_minute_and_a_half() -> None:
    put([note_to("lead@example.org")], by=SYSTEM)
    assert len(delivery._claim()) == 1  # taken up, and never finished
    with mail_server() as server:
        assert deliver_due() == 0
        with later(seconds=91):
            assert deliver_due() == 1
    assert len(server.got) == 1


def test_a_letter_put_off_by_a_clock_that_stood_a_year_ahead_leaves_today() -> None:
    with later(days=365), no_mail_server():
        put([note_to("lead@example.org")], by=SYSTEM)
        with pytest.raises(ServerSilent):
            deliver_due()
    with mail_server(), override_settings(MAIL_PER_DAY=1):
        OutboxMail.objects.update(attempts=0)
        assert deliver_due() == 1
        OutboxMail.objects.update(sent_at=clock.now() + timedelta(days=365))
        put([note_to("lead@example.org", kind="another")], by=SYSTEM)
        assert deliver_due() == 1  # what was sent in a year to come does not count as today's


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_thousand_letters_once_each_over_few_connections() -> None:
    number = 1000 if os.environ.get("LONG") else 300
    put([note_to(f"lead{n}@example.org") for n in range(number)], by=SYSTEM)
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while OutboxMail.objects.filter(state=MailState.WAITING, next_try_at__lte=clock.now()).exists():
                deliver_due()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    with mail_server(MailServer()) as server:
        workers = [threading.Thread(target=work) for _n in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    assert problems == []
    assert sorted(m["To"] for m in server.got) == sorted(f"lead{n}@example.org" for n in range(number))
    assert server.sessions < 20  # one connection carries many mails


def test_what_bounced_is_sent_alone_to_a_corrected_address(administrator: User) -> None:
    """The words are the same; what came back stays on record."""
    put([note_to("nobody@example.org", about="x"), note_to("lead@example.org", about="x")], by=SYSTEM)
    with mail_server() as server:
        deliver_due()
        back = OutboxMail.objects.get(state=MailState.BOUNCED)
        made = send_elsewhere(back, by=administrator, to=" right@example.org ")
        deliver_due()
    assert [m["To"] for m in server.got] == ["lead@example.org", "right@example.org"]
    assert (made.text, made.about, made.posted_by) == (back.text, "x", administrator.name)
    assert OutboxMail.objects.get(pk=back.pk).state == MailState.BOUNCED


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("right at example", "Enter one e-mail address"),
        ("", "Enter one e-mail address"),
        ("NOBODY@example.org", "This is the address that the e-mail was for"),
    ],
)
def test_a_wrong_corrected_address_sends_nothing(administrator: User, to: str, sentence: str) -> None:
    put([note_to("nobody@example.org")], by=SYSTEM)
    with mail_server():
        deliver_due()
    with pytest.raises(Refused, match=sentence):
        send_elsewhere(OutboxMail.objects.get(), by=administrator, to=to)
    assert OutboxMail.objects.count() == 1


def test_a_link_made_for_an_address_goes_to_no_other(administrator: User) -> None:
    put([note_to("nobody@example.org", is_secret=True)], by=SYSTEM)
    with mail_server():
        deliver_due()
    with pytest.raises(Refused, match="holds a link made for its address"):
        send_elsewhere(OutboxMail.objects.get(), by=administrator, to="right@example.org")


def test_what_was_sent_is_not_sent_elsewhere(administrator: User) -> None:
    put([note_to("lead@example.org")], by=SYSTEM)
    with mail_server():
        deliver_due()
    with pytest.raises(Refused, match="has been sent"):
        send_elsewhere(OutboxMail.objects.get(), by=administrator, to="right@example.org")


def test_the_trail_keeps_nobodys_address() -> None:
    """It is never erased; the outbox is."""
    put_one(note_to("ana@outside.example"), by=SYSTEM)
    entry = AuditEntry.objects.order_by("-number")[0]
    said = repr({field.name: getattr(entry, field.name) for field in entry._meta.concrete_fields}).lower()
    assert "review.asked" in said
    assert "outside" not in said
    assert OutboxMail.objects.get().to == "ana@outside.example"
