"""Requests for updates are seen before they leave, and their words are kept after: opening, reminding, sending again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.bounce_mailbox import take_in
from floreo.core.decisions import as_shown
from floreo.core.delivery import deliver_due
from floreo.core.models import HeldBecause, MailState, OutboxMail
from floreo.core.outbox import letter
from floreo.core.private_routes import PLACEHOLDER
from floreo.organisations.models import Organisation, Person, User
from floreo.reviews import actions as acts
from floreo.reviews.access import Answerer
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.strategy.models import Action, Edition, Update
from tests.core.mail_server import mail_server
from tests.core.test_outbox import put
from tests.factories import strategy as make

DAYS = {"starts_on": "2026-10-01", "ends_on": "2026-11-15", "due_on": "2026-12-04", "closes_on": "2026-12-15"}
SENT, WAITING, BOUNCED, HELD = MailState.SENT, MailState.WAITING, MailState.BOUNCED, MailState.HELD


@pytest.fixture
def browser(marlo: User) -> Client:
    """A person who presses one thing at a time."""
    client = Client()
    client.force_login(marlo)
    return client


@pytest.fixture
def address(edition: Edition, act: Action) -> str:
    return f"/workspace/reviews/{edition.code}/new/"


def fields_of(answer: Any) -> dict[str, str]:
    """The hidden fields of the page that shows what would leave, as a browser sends them back."""
    assert answer.status_code == 200, answer.content.decode()
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode())
    fields = {name: value for name, value in found if name != "csrfmiddlewaretoken"}
    assert re.fullmatch(r"[0-9a-f]{64} 20[0-9T:.+-]+", fields["seen"])
    return fields


def fifty(edition: Edition, csirt: Organisation) -> list[Person]:
    """So many leads, each with an action and an address of their own."""
    people = []
    for number in range(50):
        name = "nobody" if number == 17 else f"lead{number}"  # the mail server of the tests knows nobody of that name
        one = make.make_person(f"lead-{number}", csirt, email=f"{name}@csirt.example.org")
        act = make.make_action(edition, f"9.1.{number + 1}", lead=csirt)
        act.person = one
        act.save()
        people.append(one)
    return people


def bounce(mail: OutboxMail) -> None:
    """The server of the recipient sends it back."""
    report = (
        "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {mail.to}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {mail.message_id}\n\n--b--\n"
    )
    take_in(report.encode())


def test_a_review_is_opened_with_its_preview_in_two_presses_of_its_form(
    address: str, browser: Client, tomas: Person
) -> None:
    shown = browser.post(address, DAYS)
    page = shown.content.decode()
    assert (Review.objects.count(), OutboxMail.objects.count()) == (0, 0)  # nothing left, nothing was written
    assert "1 e-mail will be sent." in page
    assert "Nothing has been sent or saved yet." in page
    assert tomas.name in page
    assert tomas.email in page
    assert f"/answer/{PLACEHOLDER}/" in page
    made = browser.post(address, fields_of(shown))
    review = Review.objects.get()
    assert (made.status_code, made["Location"]) == (302, review.workspace_url())
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.state, mail.posted_by) == (tomas.email, WAITING, "Marlo Quill")


def test_the_words_that_were_shown_are_the_words_that_leave_and_are_kept(
    address: str, browser: Client, act: Action
) -> None:
    shown = browser.post(address, DAYS)
    context: Any = next(c for c in shown.context if "lines" in c)
    read = context["lines"][0].text
    browser.post(address, fields_of(shown))
    before = OutboxMail.objects.get().text
    with mail_server() as server:
        deliver_due()
    left = server.got[0].get_content().replace("\r\n", "\n")
    secret = re.search(r"/answer/([^/\s]+)/", left)
    assert secret is not None
    assert left.strip() == before.strip()
    kept = OutboxMail.objects.get()
    assert kept.text == read == before.replace(secret[1], PLACEHOLDER)
    assert (kept.state, kept.is_masked) == (SENT, True)
    page = browser.get(Review.objects.get().workspace_url()).content.decode()
    assert PLACEHOLDER in page
    assert secret[1] not in page
    request = UpdateRequest.objects.get()
    assert secret[1] not in browser.get(request.workspace_url()).content.decode()
    outbox = browser.get(f"/workspace/mail/{kept.pk}/").content.decode()
    assert PLACEHOLDER in outbox
    assert secret[1] not in outbox
    assert browser.get(f"/answer/{PLACEHOLDER}/").status_code == 404  # it opens nothing


def test_what_is_kept_is_not_sent_again(address: str, browser: Client) -> None:
    browser.post(address, fields_of(browser.post(address, DAYS)))
    with mail_server():
        deliver_due()
    bounce(OutboxMail.objects.get())
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.last_error) == (BOUNCED, "550 5.1.1 no such user")
    answer = browser.post(f"/workspace/mail/{mail.pk}/again/", follow=True).content.decode()
    assert "The link in this e-mail was removed when it was sent." in answer
    assert OutboxMail.objects.get().state == BOUNCED


def test_whoever_has_no_address_is_held_back_and_named(address: str, browser: Client, edition: Edition) -> None:
    quiet = make.make_organisation("port", "Port Authority", email="")
    make.make_action(edition, "2.1.1", lead=quiet)
    shown = browser.post(address, DAYS)
    page = shown.content.decode()
    assert "1 e-mail will be sent." in page
    assert "1 is held back." in page
    assert "Port Authority" in page
    assert "No e-mail address in the register" in page
    browser.post(address, fields_of(shown))
    held = OutboxMail.objects.get(state=HELD)
    assert (held.to, held.name, held.held_because) == ("", "Port Authority", HeldBecause.NO_ADDRESS)
    review = browser.get(Review.objects.get().workspace_url()).content.decode()
    assert "Held back: No e-mail address in the register" in review
    answer = browser.post(f"/workspace/mail/{held.pk}/again/", follow=True).content.decode()
    assert "There is no address." in answer


@pytest.mark.long
def test_one_of_fifty_bounces_and_the_others_go(edition: Edition, csirt: Organisation, browser: Client) -> None:
    """The one is seen with its reason, is held back the next time, is corrected and sent again alone."""
    people = fifty(edition, csirt)
    address = f"/workspace/reviews/{edition.code}/new/"
    shown = browser.post(address, DAYS)
    assert "50 e-mails will be sent." in shown.content.decode()
    browser.post(address, fields_of(shown))
    with mail_server() as server:
        deliver_due()
        assert len(server.got) == 49
    states = dict(OutboxMail.objects.values_list("to", "state"))
    assert [to for to, state in states.items() if state != SENT] == [people[17].email]
    assert states[people[17].email] == BOUNCED
    review = Review.objects.get()
    page = browser.get(f"{review.workspace_url()}?q=lead-17").content.decode()
    assert "Bounced" in page
    again = browser.post(f"{review.workspace_url()}remind/")
    page = again.content.decode()
    assert "49 e-mails will be sent." in page
    assert "The last e-mail to this address bounced" in page
    browser.post(f"{review.workspace_url()}remind/", fields_of(again))
    held = OutboxMail.objects.get(state=HELD)
    assert (held.to, held.held_because) == (people[17].email, HeldBecause.BOUNCED)

    Person.objects.filter(pk=people[17].pk).update(email="right@csirt.example.org")
    request = UpdateRequest.objects.get(person=people[17])
    renew = f"{request.workspace_url()}renew/"
    browser.post(renew, fields_of(browser.post(renew)))
    newest = OutboxMail.objects.order_by("-pk")[0]
    assert (newest.to, newest.state, newest.kind) == ("right@csirt.example.org", WAITING, "review.renewed")


def test_alone_it_is_sent_all_the_same_with_a_warning(
    review: Review, update_request: UpdateRequest, browser: Client
) -> None:
    with mail_server():
        deliver_due()
    bounce(OutboxMail.objects.get())
    renew = f"{update_request.workspace_url()}renew/"
    shown = browser.post(renew)
    assert "The last e-mail to this address bounced on" in shown.content.decode()
    assert "550 5.1.1 no such user" in shown.content.decode()
    browser.post(renew, fields_of(shown))
    assert OutboxMail.objects.order_by("-pk")[0].state == WAITING


def test_a_recipient_who_left_between_reading_and_pressing_gets_nothing(
    address: str, browser: Client, tomas: Person, csirt: Organisation
) -> None:
    fields = fields_of(browser.post(address, DAYS))
    Person.objects.filter(pk=tomas.pk).update(is_active=False)
    answer = browser.post(address, fields)
    page = answer.content.decode()
    assert "What would be sent has changed" in page
    assert "Nothing was sent." in page
    assert csirt.email in page
    assert tomas.email not in page
    assert (Review.objects.count(), OutboxMail.objects.count()) == (0, 0)
    browser.post(address, fields_of(answer))  # what is shown now goes
    assert OutboxMail.objects.get().to == csirt.email


def test_words_that_changed_between_reading_and_pressing_are_shown_again(
    address: str, browser: Client, act: Action
) -> None:
    fields = fields_of(browser.post(address, DAYS))
    Action.objects.filter(pk=act.pk).update(title="Another title")
    answer = browser.post(address, fields)
    assert "What would be sent has changed" in answer.content.decode()
    assert "Another title" in answer.content.decode()
    assert OutboxMail.objects.count() == 0


def test_a_digest_that_somebody_made_up_sends_nothing(address: str, browser: Client) -> None:
    answer = browser.post(address, DAYS | {"seen": "0" * 64})
    assert "What would be sent has changed" in answer.content.decode()
    assert OutboxMail.objects.count() == 0


def test_a_double_press_sends_once(address: str, browser: Client) -> None:
    fields = fields_of(browser.post(address, DAYS))
    first, second = browser.post(address, fields), browser.post(address, fields)
    assert (first.status_code, second.status_code) == (302, 302)
    assert (Review.objects.count(), OutboxMail.objects.count()) == (1, 1)


@pytest.mark.long
@pytest.mark.parametrize("what", ["remind", "renew", "escalate"])
def test_a_button_on_a_request_shows_its_mail_first_and_sends_once(
    what: str, update_request: UpdateRequest, browser: Client
) -> None:
    OutboxMail.objects.all().delete()
    at = f"{update_request.workspace_url()}{what}/"
    shown = browser.post(at)
    assert "1 e-mail will be sent." in shown.content.decode()
    assert OutboxMail.objects.count() == 0
    fields = fields_of(shown)
    assert (browser.post(at, fields).status_code, browser.post(at, fields).status_code) == (302, 302)
    assert OutboxMail.objects.count() == 1


@pytest.mark.long
def test_of_many_each_text_is_a_press_away(edition: Edition, csirt: Organisation, browser: Client) -> None:
    people = fifty(edition, csirt)
    address = f"/workspace/reviews/{edition.code}/new/"
    shown = browser.post(address, DAYS)
    assert shown.content.decode().count(people[30].email) == 2  # in the list, and on its button
    assert len(shown.content) < 100_000
    looked = browser.post(address, fields_of(shown) | {"look": "30"})
    assert f"<b>{people[30].email}: " in looked.content.decode()
    assert OutboxMail.objects.count() == 0
    for wrong in ("-1", "9999", "x" * 9, "١"):
        assert browser.post(address, fields_of(shown) | {"look": wrong}).status_code == 200


def test_two_who_approve_at_once_what_a_third_changed_approve_nothing(
    update_request: UpdateRequest, act: Action, browser: Client, ines: User
) -> None:
    answer = _answered(update_request, act, "Form opened.")
    other = Client()
    other.force_login(ines)
    shown = as_shown()
    _answered(update_request, act, "Form opened, and closed again.")
    at = f"{update_request.review.workspace_url()}answers/{answer.pk}/approve/"
    for each in (browser, other):
        page = each.post(at, {"shown": shown}, follow=True).content.decode()
        assert "It was changed after you opened it" in page
    assert (Update.objects.count(), Answer.objects.get().state) == (0, "submitted")


def _answered(update_request: UpdateRequest, act: Action, done: str) -> Answer:
    return acts.submit_answer(
        update_request, by=Answerer(update_request), act=act, reported_by="Tomás Marea", done=done
    )


def test_who_may_not_see_a_request_does_not_read_its_mail(review: Review, user_with: Callable[..., User]) -> None:
    """The outbox lists it for who looks after mail; its words are for who may see what it is about."""
    with mail_server():
        deliver_due()
    mail = OutboxMail.objects.get()
    responder = Client()
    responder.force_login(user_with("responder"))
    page = responder.get(f"/workspace/mail/{mail.pk}/").content.decode()
    assert mail.subject in page
    assert "You may not read this text" in page
    assert PLACEHOLDER not in page


def test_an_e_mail_about_nothing_that_is_known_is_read_by_nobody(browser: Client, review: Review) -> None:
    for about in ("", "reviews.updaterequest:999999", "nothing:1", "notification.start:a@example.org"):
        put([_mail(about)], by=SYSTEM)
        page = browser.get(f"/workspace/mail/{OutboxMail.objects.order_by('-pk')[0].pk}/").content.decode()
        assert "Between us" not in page
        assert "You may not read this text" in page


def _mail(about: str) -> OutboxMail:
    return letter(to="a@example.org", subject="Subject", text="Between us", kind="review.asked", about=about)
