"""Subscriptions: asked for, confirmed, ended by one press; floods and forged links."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from floreo.advisories import mails
from floreo.advisories.access import UNSUBSCRIBE, token_of
from floreo.advisories.actions.subscribing import (
    VISITOR,
    confirm,
    forget_all_returned,
    forget_subscriber,
    forget_unconfirmed,
    subscribe,
    unsubscribe,
)
from floreo.advisories.models import Subscriber
from floreo.core import clock, outbox
from floreo.core.access import SYSTEM
from floreo.core.models import MailState, OutboxMail
from floreo.organisations.models import Country

pytestmark = pytest.mark.usefixtures("country")
FORM = "/advisories/subscribe/"


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"http://localhost:8000(/\S+)", mail.text)
    assert found is not None
    return found[1]


def ask(browser: Client, email: str = "reader@example.org", **more: object) -> int:
    return browser.post(FORM, {"email": email, **more}).status_code


def test_nothing_is_sent_before_the_link_is_used_and_opening_it_does_nothing(stranger: Client) -> None:
    answer = stranger.post(
        f"/es{FORM}", {"email": " Reader@Example.org ", "sectors": ["water"], "products": "Marea\n\n"}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/es{FORM}?asked=1")
    (row,), (mail,) = Subscriber.objects.all(), OutboxMail.objects.all()
    assert (row.email, row.sectors, row.products, row.language, row.confirmed_at) == (
        "reader@example.org",
        ["water"],
        ["Marea"],
        "es",
        None,
    )
    assert (mail.to, mail.is_secret) == ("reader@example.org", True)
    here = link_in(mail)
    assert (stranger.get(here).status_code, Subscriber.objects.get().confirmed_at) == (200, None)
    assert stranger.post(here).status_code == 200
    assert Subscriber.objects.get().confirmed_at is not None


def test_the_form_tells_nobody_who_is_subscribed(stranger: Client) -> None:
    ask(stranger)
    stranger.post(link_in(OutboxMail.objects.get()))
    again = stranger.post(FORM, {"email": "reader@example.org", "sectors": ["water"]})
    other = stranger.post(FORM, {"email": "other@example.org", "sectors": ["water"]})
    assert (again.status_code, again["Location"]) == (other.status_code, other["Location"])
    assert (
        Subscriber.objects.get(email="reader@example.org").sectors == []
    )  # whoever fills in the form need not own the address
    assert "receives them already" in OutboxMail.objects.filter(to="reader@example.org").order_by("-pk")[0].text


def test_one_press_of_a_mail_program_ends_it_and_a_link_that_is_opened_does_not(stranger: Client) -> None:
    row = subscribe(by=VISITOR, email="reader@example.org", sectors=(), products=(), language="en")
    here = f"/advisories/unsubscribe/{token_of(UNSUBSCRIBE, row)}/"
    page = stranger.get(here)
    assert (page.status_code, '<form method="post"' in page.content.decode(), Subscriber.objects.count()) == (
        200,
        True,
        1,
    )
    program = Client(enforce_csrf_checks=True)  # RFC 8058: no cookie, no form of the site
    answer = program.post(here, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, Subscriber.objects.count()) == (200, 0)
    assert OutboxMail.objects.filter(state="waiting").count() == 0
    assert stranger.post(here).status_code == 200  # pressed again, it is still so


@pytest.mark.long
def test_a_forged_link_ends_nothing_and_many_guesses_are_slowed(stranger: Client) -> None:
    row = subscribe(by=VISITOR, email="reader@example.org", sectors=(), products=(), language="en")
    good = token_of(UNSUBSCRIBE, row)
    forged = [
        f"{row.pk + 1}-{good.partition('-')[2]}",
        good[:-1],
        f"{row.pk}-1~x",
        "x",
        token_of("advisory-confirm", row),
    ]
    assert [stranger.post(f"/advisories/unsubscribe/{token}/").status_code for token in forged] == [404] * 5
    assert Subscriber.objects.count() == 1
    guesses = {stranger.post(f"/advisories/unsubscribe/1-{n}~x/").status_code for n in range(40)}
    assert guesses == {404, 429}


def test_links_of_somebody_who_left_open_nothing_later() -> None:
    row = subscribe(by=VISITOR, email="reader@example.org", sectors=(), products=(), language="en")
    old, before = token_of(UNSUBSCRIBE, row), row.pk
    unsubscribe(row, by=VISITOR)
    again = subscribe(by=VISITOR, email="reader@example.org", sectors=(), products=(), language="en")
    Subscriber.objects.filter(pk=again.pk).update(id=before)
    Client().post(f"/advisories/unsubscribe/{old}/")
    assert Subscriber.objects.filter(email="reader@example.org").exists()


@pytest.mark.long
def test_a_flood_from_one_place_or_to_one_address_is_stopped(stranger: Client) -> None:
    from_one = [ask(stranger, f"reader{n}@example.org") for n in range(14)]
    assert (from_one[:10], set(from_one[10:])) == ([302] * 10, {429})
    to_one = [
        Client(REMOTE_ADDR=f"198.51.100.{n}").post(FORM, {"email": "victim@example.org"}).status_code for n in range(6)
    ]
    assert to_one == [302, 302, 302, 429, 429, 429]
    assert OutboxMail.objects.filter(to="victim@example.org", state="waiting").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"email": ""},
        {"email": "nobody"},
        {"email": "a@b.example\nBcc: victim@example.org"},
        {"email": f"{'a' * 250}@example.org"},
        {"email": "a@example.org", "sectors": ["moon"]},
        {"email": "a@example.org", "products": "\n".join(f"p{n}" for n in range(31))},
    ],
)
def test_what_is_no_subscription_is_refused_with_a_sentence(given: dict[str, object], stranger: Client) -> None:
    answer = stranger.post(FORM, given)
    assert (answer.status_code, Subscriber.objects.count(), OutboxMail.objects.count()) == (422, 0, 0)
    assert "fl-errors" in answer.content.decode()


def test_an_address_that_nobody_confirms_is_forgotten(
    country: Country, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(stranger)
    here = link_in(OutboxMail.objects.get())
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert stranger.post(here).status_code == 422
    assert (forget_unconfirmed(), Subscriber.objects.count()) == (1, 0)
    assert stranger.get(here).status_code == 410
    row = subscribe(by=VISITOR, email="reader@example.org", sectors=(), products=(), language="en")
    forget_subscriber(row, by=SYSTEM)
    assert Subscriber.objects.count() == 0


def test_an_address_from_which_three_mails_in_a_row_came_back_is_forgotten(country: Country) -> None:
    row = subscribe(by=VISITOR, email="gone@example.org", sectors=(), products=(), language="en")
    OutboxMail.objects.all().delete()
    confirm(row, by=VISITOR)

    def mail(state: str) -> None:
        posted = outbox.letter(to=row.email, subject="x", text="y", kind=mails.KIND, about="advisories.advisory:1")
        posted.save()
        OutboxMail.objects.filter(state=MailState.WAITING).update(state=state)

    for state in ("bounced", "bounced", "sent", "bounced", "bounced"):
        mail(state)
        assert (forget_all_returned(), Subscriber.objects.count()) == (0, 1)
    mail("bounced")
    assert (forget_all_returned(), Subscriber.objects.count()) == (1, 0)
    again = subscribe(by=VISITOR, email="gone@example.org", sectors=(), products=(), language="en")
    confirm(again, by=VISITOR)  # whoever confirms has a mailbox that takes mail: what came back earlier does not count
    assert forget_all_returned() == 0
