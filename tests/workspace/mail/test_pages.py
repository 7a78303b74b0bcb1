"""The outbox in the workspace: who sees what, and that nobody reads a link there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.delivery import JOB, deliver_due
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail, Schedule
from floreo.core.outbox import letter
from floreo.organisations.models import Country, Person, User
from floreo.reviews.models import UpdateRequest
from floreo.tasks.models import Reminder
from floreo.workspace.mail_text import heading
from tests.core.mail_server import mail_server
from tests.core.test_outbox import put
from tests.pages import squeezed

Browser = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("isla")
SECRET = "https://floreo.example/welcome/abcdef/"


def post(to: str = "lead@example.org", **facts: object) -> OutboxMail:
    words = {"subject": "A review is open", "text": "Please answer by Friday.", "kind": "review.asked"} | facts
    words.setdefault("about", key(UpdateRequest.objects.order_by("pk")[0]))
    put([letter(to=to, **words)], by=SYSTEM)  # type: ignore[arg-type]  # each test names facts of its own
    return OutboxMail.objects.order_by("-pk")[0]


def test_the_heading_says_since_when_the_server_has_not_answered() -> None:
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False):
        since = datetime(2026, 11, 23, 10, 12, tzinfo=UTC)
        assert (
            heading(3, since)
            == "3 e-mails are waiting: the mail server has not accepted our e-mail since Monday 10:12."
        )
        assert heading(1, None) == "1 e-mail waiting."
        assert heading(0, None) == "No e-mail is waiting."
        assert heading(0, datetime(2026, 11, 2, 10, 12, tzinfo=UTC)) == (
            "The mail server has not accepted our e-mail since 2 Nov 2026, 10:12."
        )


def test_nobody_reads_a_secret_e_mail_and_everybody_who_may_reads_others(
    administrator: User, browser_of: Browser
) -> None:
    browser = browser_of(administrator)
    hidden, plain = post(text=SECRET, is_secret=True), post("other@example.org")
    page = browser.get(f"/workspace/mail/{hidden.pk}/").content.decode()
    assert "abcdef" not in page
    assert "https://floreo.example/welcome/[•••]/" in page
    assert "Please answer by Friday." in browser.get(f"/workspace/mail/{plain.pk}/").content.decode()
    assert "abcdef" not in browser.get("/workspace/mail/").content.decode()
    assert browser.get("/workspace/mail/?q=abcdef").content.decode().count("/again/") == 0


def test_an_e_mail_holds_no_markup_of_its_own(administrator: User, browser_of: Browser) -> None:
    mail = post(subject="<script>alert(1)</script>", text="<img src=x>\nsecond line")
    page = browser_of(administrator).get(f"/workspace/mail/{mail.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;img src=x&gt;\nsecond line" in page


@pytest.mark.parametrize("role", ["lead", "analyst", "operator", "drafter", "coordinator", "observer"])
def test_the_outbox_is_closed_to_who_may_not_read_mail(
    role: str, user_with: Callable[..., User], browser_of: Browser
) -> None:
    mail, browser = post(), browser_of(user_with(role))
    for address in ("/workspace/mail/", f"/workspace/mail/{mail.pk}/"):
        assert browser.get(address).status_code == 403
    for act in ("again", "drop"):
        assert browser.post(f"/workspace/mail/{mail.pk}/{act}/").status_code == 403
    assert browser.post("/workspace/mail/test/").status_code == 403
    assert list(OutboxMail.objects.values_list("state", flat=True)) == [MailState.WAITING]


def test_who_reads_mail_changes_nothing(user_with: Callable[..., User], browser_of: Browser) -> None:
    mail, browser = post(), browser_of(user_with("responder"))
    page = browser.get("/workspace/mail/").content.decode()
    assert "Send a test e-mail" not in page
    assert browser.post(f"/workspace/mail/{mail.pk}/drop/").status_code == 403
    assert browser.get("/workspace/mail/999999/").status_code == 404
    assert browser.get(f"/workspace/mail/{mail.pk}/drop/").status_code == 403


def test_an_e_mail_is_discarded_sent_again_and_tried_out(administrator: User, browser_of: Browser) -> None:
    browser, mail = browser_of(administrator), post()
    assert "It will not be sent." in browser.post(f"/workspace/mail/{mail.pk}/drop/", follow=True).content.decode()
    given = browser.post(f"/workspace/mail/{mail.pk}/again/", follow=True).content.decode()
    assert "This e-mail has been sent or is no longer needed. Reload the page." in given
    stuck = post("nobody@example.org")
    with mail_server() as server:
        deliver_due()
        browser.post(f"/workspace/mail/{stuck.pk}/again/")
        given = browser.post("/workspace/mail/test/", follow=True).content.decode()
        assert f"A test e-mail to {administrator.email} is in the outbox. It will be sent within a minute." in given
        deliver_due()
    assert [m["To"] for m in server.got] == [administrator.email]


def test_whose_address_bounces_is_named(administrator: User, browser_of: Browser) -> None:
    person = Person.objects.order_by("pk")[0]
    Person.objects.filter(pk=person.pk).update(email="nobody@example.org")
    post("nobody@example.org")
    with mail_server():
        deliver_due()
    page = browser_of(administrator).get("/workspace/mail/").content.decode()
    assert "E-mails to 1 address bounce." in page
    assert f'<a href="/workspace/people/{person.code}/">{person.name}</a>' in squeezed(page)
    assert "User unknown" in page


def test_a_silent_server_is_in_the_first_sentence(administrator: User, browser_of: Browser, isla: Country) -> None:
    post()
    Schedule.objects.update_or_create(
        name=JOB,
        defaults={"due_at": "2026-11-24T10:00:00Z", "last_error": "refused", "failing_since": "2026-10-01T16:12:00Z"},
    )
    page = browser_of(administrator).get("/workspace/mail/").content.decode()
    assert "1 e-mail is waiting: the mail server has not accepted our e-mail since 1 Oct 2026, 10:12." in page


def test_the_words_of_a_reminder_are_for_who_sends_reminders(
    user_with: Callable[..., User], secretariat: User, browser_of: Browser
) -> None:
    reminder = Reminder.objects.create(to_name="Port Authority", keys=[], on=date(2026, 11, 20), sent_by="Marlo")
    mail = post(kind="reminder.reminder", about=key(reminder), text="Their open tasks")
    page = browser_of(user_with("responder")).get(f"/workspace/mail/{mail.pk}/").content.decode()
    assert "Their open tasks" not in page
    assert "You may not read this text" in page
    assert "Their open tasks" in browser_of(secretariat).get(f"/workspace/mail/{mail.pk}/").content.decode()
