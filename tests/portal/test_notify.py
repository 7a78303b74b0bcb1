"""Notifying an incident without an account: the link that is asked for, the stages by the link, and what others get to know."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from floreo.core.models import OutboxMail
from floreo.obligations.access import token_of
from floreo.obligations.models import Notification, StageDraft, StageVersion
from floreo.organisations.models import Country
from tests.obligations.desk import Desk, a_desk, ago, warning

pytestmark = pytest.mark.one_database
MISSING = "/notify/own/1-1~nothing/"


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


def ask(mail: str) -> str:
    """The link that was sent to this address."""
    assert Client().post("/notify/", {"mail": mail}).status_code == 302
    text = OutboxMail.objects.filter(kind="notification.start", to=mail, state="waiting").get().text
    found = re.search(r"/notify/begin/\S+", text)
    assert found is not None
    return found[0]


def begun(mail: str, **more: str) -> tuple[Notification, str]:
    """A notification begun by a link, with the address of its first stage."""
    answer = Client().post(ask(mail), {"kind": "incident", "name": "Eva", **more})
    assert answer.status_code == 302
    return Notification.objects.get(), answer["Location"]


def posted(**more: str) -> dict[str, str]:
    return {f"q_{code}": str(value) for code, value in {**warning(), **more}.items()}


@pytest.mark.long
def test_the_answer_is_the_same_for_an_address_that_the_register_knows(desk: Desk) -> None:
    pages = []
    for mail in ("duty@power.example", "nobody@else.example"):
        answer = Client().post("/notify/", {"mail": mail})
        pages.append((answer.status_code, answer["Location"]))
    assert pages == [(302, "/notify/?done=yes")] * 2


@pytest.mark.long
def test_one_address_is_sent_three_links_and_no_more(desk: Desk) -> None:
    codes = [Client().post("/notify/", {"mail": "duty@power.example"}).status_code for _n in range(30)]
    assert codes == [302] * 3 + [429] * 27
    assert OutboxMail.objects.filter(kind="notification.start", state="waiting").count() == 1


def test_a_contact_that_answered_writes_for_its_organisation(desk: Desk) -> None:
    found, _stage = begun("duty@power.example")
    assert (found.organisation, found.is_held, found.mail) == (desk.power, False, "duty@power.example")


def test_an_unverified_contact_is_held(desk: Desk) -> None:
    desk.power.contacts.update(verified_on=None)
    found, _stage = begun("duty@power.example", named="Power Company")
    assert (found.organisation, found.named, found.is_held) == (None, "Power Company", True)


def test_a_link_begins_once(desk: Desk) -> None:
    link = ask("duty@power.example")
    form = {"kind": "incident", "name": "Eva"}
    assert [Client().post(link, form).status_code for _n in range(2)] == [302, 404]
    assert Notification.objects.count() == 1


def test_a_form_that_is_refused_does_not_use_the_link_up(desk: Desk) -> None:
    link = ask("x@ferry.example")
    assert Client().post(link, {"kind": "incident", "name": "", "named": "Ferry"}).status_code == 422
    assert Client().post(link, {"kind": "incident", "name": "Eva", "named": "Ferry"}).status_code == 302


def test_by_the_link_a_stage_is_saved_submitted_and_receipted(desk: Desk) -> None:
    found, stage = begun("duty@power.example")
    browser = Client()
    saved = browser.post(stage, {"press": "save", "version": "1", "q_summary": "Half a sen", "q_people": "abo"})
    assert (saved.status_code, StageDraft.objects.get().answers) == (302, {"summary": "Half a sen", "people": "abo"})
    auto = browser.post(stage, {"press": "auto", "version": "2", "q_summary": "Half a sentence"})
    assert (auto.status_code, auto.json()["version"]) == (200, 3)
    stale = browser.post(stage, {"press": "auto", "version": "2", "q_summary": "Other"})
    assert (stale.status_code, "problem" in stale.json()) == (409, True)
    page = browser.post(stage, {"press": "submit", "version": "3", "q_summary": "Half a sentence"})
    assert (page.status_code, "When did your organisation" in page.content.decode()) == (422, True)
    version = StageDraft.objects.get().version
    done = browser.post(stage, {"press": "submit", "version": str(version), **posted()})
    again = browser.post(stage, {"press": "submit", "version": str(version), **posted()})
    assert (done.status_code, again.status_code, StageVersion.objects.count()) == (302, 302, 1)
    receipt = browser.get(done["Location"])
    assert found.reference in receipt.content.decode()
    assert (receipt["Referrer-Policy"], receipt["Cache-Control"]) == ("no-referrer", "no-store")


def test_what_two_wrote_is_shown_beside_each_other(desk: Desk) -> None:
    _found, stage = begun("duty@power.example")
    browser = Client()
    browser.post(stage, {"press": "save", "version": "1", "q_summary": "Theirs"})
    page = browser.post(stage, {"press": "save", "version": "1", "q_summary": "Mine"})
    text = page.content.decode()
    assert (page.status_code, "Theirs" in text, "Mine" in text) == (409, True, True)
    assert StageDraft.objects.get().answers == {"summary": "Theirs"}


def test_withdrawn_by_its_link(desk: Desk) -> None:
    found, stage = begun("duty@power.example")
    browser, own = Client(), f"/notify/own/{token_of(found)}/"
    browser.post(stage, {"press": "submit", "version": "1", **posted(aware=ago(hours=1))})
    assert browser.post(own, {"press": "withdraw", "reason": ""}).status_code == 422
    assert browser.post(own, {"press": "withdraw", "reason": "A test."}).status_code == 302
    found.refresh_from_db()
    assert (found.state, browser.get(own).status_code) == ("withdrawn", 200)
    assert browser.post(own, {"press": "final"}).status_code == 422


def test_a_final_report_is_not_begun_before_its_time(desk: Desk) -> None:
    found, _stage = begun("duty@power.example")
    answer = Client().post(f"/notify/own/{token_of(found)}/", {"press": "final"})
    assert (answer.status_code, found.stages.count()) == (422, 1)


@pytest.mark.long
def test_guesses_of_a_link_are_counted(desk: Desk) -> None:
    codes = {Client().get(MISSING).status_code for _n in range(40)}
    assert codes == {404, 429}


def test_a_stage_of_another_notification_is_not_opened_by_the_link(desk: Desk) -> None:
    found, _stage = begun("duty@power.example")
    other = desk.started()
    pk = other.stages.get().pk
    for more in ("", "receipt/"):
        assert Client().get(f"/notify/own/{token_of(found)}/{pk}/{more}").status_code == 404


@pytest.mark.usefixtures("real_country")
def test_a_country_without_a_confirmed_obligation_says_so() -> None:
    page = Client().get("/obligations/").content.decode()
    assert "No obligation with a confirmed source is recorded." in page


def test_the_sample_country_publishes_what_the_law_asks_and_not_who_did_it(isla: Country) -> None:
    page = Client().get("/obligations/").content.decode()
    assert "Assess the risks of the service" in page
    assert "Island Savings Bank" not in page
