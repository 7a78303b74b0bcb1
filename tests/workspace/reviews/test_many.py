"""Approving many updates: all that say that nothing changed in two presses; what was ticked, a line each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from floreo import offers
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.incidents.models import Holiday
from floreo.organisations.models import Country, Organisation, Person, User
from floreo.reviews import actions as acts
from floreo.reviews.access import Answerer
from floreo.reviews.logic import approval_due
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.reviews.queries import unchanged_to_decide
from floreo.reviews.tasks import waiting_tasks
from floreo.strategy.models import Action, Edition, Update
from floreo.tasks.queries import EVERYBODY
from tests.factories import strategy as make
from tests.pages import squeezed
from tests.reviews.conftest import opened

Browser = Callable[[User], Client]


@pytest.fixture
def ten(edition: Edition, csirt: Organisation, tomas: Person) -> Review:
    """Ten actions of one lead who says of each that nothing changed, and an eleventh with a text."""
    for number in range(1, 12):
        act = make.make_action(edition, f"1.1.{number}", lead=csirt)
        act.person = tomas
        act.save()
    review = opened(edition)
    request = UpdateRequest.objects.get()
    last = Action.objects.get(code="1.1.11")
    acts.submit_answer(request, by=Answerer(request), act=last, reported_by="Tomás", done="Form opened.")
    acts.report_no_change(request, by=Answerer(request), reported_by="Tomás")
    return review


def page(browser: Client, address: str) -> str:
    return squeezed(browser.get(address).content.decode())


def address_of(review: Review) -> str:
    return reverse("workspace:approve_unchanged", args=[review.edition.code, review.code])


def form_of(browser: Client, review: Review) -> dict[str, object]:
    """What the form of the page holds."""
    text = browser.get(address_of(review)).content.decode().split("<main", 1)[1]
    return {
        "shown": re.findall(r'name="shown"\s+value="([0-9a-f-]+)"', text)[0],
        "answer": re.findall(r'name="answer"\s+value="(\d+)"', text),
    }


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Answer.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@pytest.mark.long
def test_ten_updates_without_changes_are_approved_in_two_presses(ten: Review, marlo: User, browser_of: Browser) -> None:
    browser = browser_of(marlo)
    review = page(browser, ten.workspace_url())
    assert f'href="{address_of(ten)}">Approve 10 updates without changes</a>' in review  # the first press
    listed = page(browser, address_of(ten))
    assert "10 updates say that nothing changed" in listed
    assert "Form opened." not in listed
    answer = browser.post(address_of(ten), form_of(browser, ten), follow=True)  # the second
    assert "10 updates approved and added to the plan." in answer.content.decode()
    assert states() == {"approved": 10, "submitted": 1}
    assert Update.objects.filter(nothing_changed=True).count() == 10
    assert "No update without changes waits for approval." in page(browser, address_of(ten))
    again = browser.post(address_of(ten), {"shown": "", "answer": []}, follow=True)
    assert "No update without changes waits for approval." in again.content.decode()


@pytest.mark.long
def test_when_one_was_changed_meanwhile_none_is_approved(
    ten: Review, marlo: User, ines: User, browser_of: Browser
) -> None:
    browser = browser_of(marlo)
    form = form_of(browser, ten)
    one = Answer.objects.get(action__code="1.1.4")
    acts.return_answer(one, by=ines, note="Which month?")
    request = UpdateRequest.objects.get()
    by = Answerer(request)
    acts.submit_answer(request, by=by, act=one.action, reported_by="Tomás", done="In May.", nothing_changed=False)
    answer = browser.post(address_of(ten), form, follow=True)
    assert "The update on 1.1.4 Action 1.1.4 says more than that nothing changed." in squeezed(answer.content.decode())
    assert states() == {"submitted": 11}
    # The same text again, sent after the page was made: what was read is no longer what is current.
    one.refresh_from_db()
    acts.return_answer(one, by=ines, note="And?")
    acts.report_no_change(request, by=Answerer(request), reported_by="Tomás", acts=[one.action])
    answer = browser.post(address_of(ten), form, follow=True)
    assert "It was changed after you opened it:" in answer.content.decode()
    assert states() == {"submitted": 11}


def test_when_one_is_gone_none_is_approved(ten: Review, marlo: User, ines: User, browser_of: Browser) -> None:
    browser = browser_of(marlo)
    form = form_of(browser, ten)
    acts.approve_answer(Answer.objects.get(action__code="1.1.4"), by=ines)
    answer = browser.post(address_of(ten), form, follow=True)
    assert "1 of these updates no longer waits for approval. Nothing was approved" in answer.content.decode()
    assert states() == {"approved": 1, "submitted": 10}


@pytest.mark.long
def test_a_page_that_says_nothing_of_what_was_read_approves_nothing(
    ten: Review, marlo: User, browser_of: Browser
) -> None:
    browser = browser_of(marlo)
    form = form_of(browser, ten) | {"shown": ""}
    answer = browser.post(address_of(ten), form, follow=True)
    assert "This page does not say what you read." in answer.content.decode()
    for odd in (["x"], ["99999999"], ["-1"]):
        browser.post(address_of(ten), form | {"answer": odd})
    assert states() == {"submitted": 11}


def test_who_may_not_approve_is_refused(ten: Review, user_with: Callable[..., User], browser_of: Browser) -> None:
    browser = browser_of(user_with("observer"))
    assert browser.get(address_of(ten)).status_code == 403
    assert browser.post(address_of(ten)).status_code == 403
    many = reverse("workspace:approve_many", args=[ten.edition.code, ten.code])
    assert browser.post(many, {"pick": ["reviews.answer:1|0"]}).status_code == 403


def test_a_note_to_the_secretariat_has_to_be_read(ten: Review) -> None:
    noted = Answer.objects.get(action__code="1.1.4")
    Answer.objects.filter(pk=noted.pk).update(internal_note="Please call me")
    noted.refresh_from_db()
    assert noted not in unchanged_to_decide(ten)
    with pytest.raises(Refused):
        acts.approve_unchanged([noted], by=SYSTEM)


@pytest.mark.long
def test_ticked_updates_are_approved_a_line_each(ten: Review, marlo: User, ines: User, browser_of: Browser) -> None:
    browser = browser_of(marlo)
    text = browser.get(ten.workspace_url()).content.decode()
    shown = re.findall(r'name="shown"\s+value="([0-9a-f-]+)"', text)[0]
    three = [Answer.objects.get(action__code=f"1.1.{n}") for n in (1, 2, 11)]
    picks = [f"{key(each)}|0" for each in three]
    assert all(f'value="{pick}"' in text for pick in picks)
    acts.return_answer(three[1], by=ines, note="Which month?")
    many = reverse("workspace:approve_many", args=[ten.edition.code, ten.code])
    answer = browser.post(many, {"pick": [*picks, "reviews.answer:999999|0", "x"], "shown": shown}, follow=True)
    told = squeezed(answer.content.decode())
    assert "Approve: 2 done, 3 refused." in told
    assert told.count("It is no longer there, or not yours to change.") == 3
    assert states() == {"approved": 2, "returned": 1, "submitted": 8}


@pytest.mark.long
def test_what_was_sent_is_due_some_working_days_later_as_the_schedule_says(ten: Review) -> None:
    def due() -> set[date | None]:
        rows = waiting_tasks(EVERYBODY, viewer=SYSTEM, today=make.TODAY)
        return {task.due for task in rows if task.key.startswith("reviews.answer:")}

    assert due() == {date(2026, 12, 1)}  # sent on Tuesday, 24 November
    acts.set_rhythm(ten.edition, by=SYSTEM, approve_within_days=2)
    assert due() == {date(2026, 11, 26)}
    with pytest.raises(Refused):
        acts.set_rhythm(ten.edition, by=SYSTEM, approve_within_days=0)


@pytest.mark.long
def test_holidays_of_the_pack_do_not_count(ten: Review) -> None:
    def due() -> set[date | None]:
        rows = waiting_tasks(EVERYBODY, viewer=SYSTEM, today=make.TODAY)
        return {task.due for task in rows if task.key.startswith("reviews.answer:")}

    assert (due(), offers.holidays()) == ({date(2026, 12, 1)}, frozenset())
    for day in (date(2026, 11, 26), date(2026, 11, 28), date(2026, 12, 2)):  # a Thursday, a Saturday, a Wednesday
        Holiday.objects.create(on=day, name="A holiday", source="A law")
    assert due() == {date(2026, 12, 3)}  # not the 26th, and the day after the 1st is none


def test_the_pack_of_a_country_without_named_holidays_names_none(real_country: Country) -> None:
    """None is invented."""
    assert offers.holidays() == frozenset()


def test_weekends_do_not_count() -> None:
    friday = date(2026, 11, 27)
    assert [approval_due(friday, n) for n in (1, 2, 5)] == [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 4)]
    assert approval_due(date(2026, 11, 28), 1) == date(2026, 11, 30)  # sent on a Saturday
