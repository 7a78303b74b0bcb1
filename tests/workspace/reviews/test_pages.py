"""Reviews in the workspace: progress and who must act next, deciding, answering with an account, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.models import AuditEntry, OutboxMail
from floreo.indicators.models import Reading
from floreo.organisations.models import Organisation, Person, User
from floreo.reviews import actions as acts
from floreo.reviews.access import Answerer, token_of
from floreo.reviews.models import Answer, Review, Rhythm, UpdateRequest
from floreo.strategy.models import Action, Edition, Update
from tests.factories import strategy as make
from tests.indicators.making import make_indicator
from tests.pages import decide

Browser = Callable[[User], Client]


@pytest.fixture
def workspace(marlo: User, browser_of: Browser) -> Client:
    return browser_of(marlo)


@pytest.fixture
def lead(user_with: Callable[..., User], csirt: Organisation) -> User:
    return user_with("lead", organisation=csirt, email="lead@csirt.example.org")


@pytest.fixture
def answer(update_request: UpdateRequest, act: Action) -> Answer:
    return acts.submit_answer(
        update_request,
        by=Answerer(update_request),
        act=act,
        reported_by="Tomás Marea",
        done="Form opened.",
        internal_note="Between us",
    )


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def approve(client: Client, answer: Answer, shown: str = "") -> str:
    """Presses Approve and reads the page that follows."""
    response = client.post(
        f"{answer.update_request.review.workspace_url()}answers/{answer.pk}/approve/",
        {"shown": shown or as_shown()},
        follow=True,
    )
    return str(response.content.decode())


def test_the_list_says_what_to_do_first(edition: Edition, workspace: Client) -> None:
    shown = page(workspace, "/workspace/reviews/")
    assert "No reviews yet" in shown
    assert "Set the schedule" in shown


def test_the_rhythm_is_set_and_says_when_the_next_review_opens(edition: Edition, workspace: Client) -> None:
    address = f"/workspace/reviews/{edition.code}/rhythm/"
    page(workspace, address)
    given = {
        "is_on": "on",
        "frequency": "quarter",
        "opens_after_days": "1",
        "due_after_days": "12",
        "closes_after_days": "26",
        "remind_before": "7; 1",
        "remind_after": "1, 5",
        "escalate_after_days": "4",
        "approve_within_days": "3",
    }
    assert workspace.post(address, given).status_code == 302
    rhythm = Rhythm.objects.get()
    assert (rhythm.is_on, rhythm.remind_before, rhythm.remind_after) == (True, [7, 1], [1, 5])
    assert rhythm.approve_within_days == 3
    assert (
        "Every quarter. The review of Q4 2026 opens automatically on 1 Jan 2027; updates are due on 12 Jan 2027."
        in page(workspace, "/workspace/reviews/")
    )
    wrong = workspace.post(address, given | {"remind_before": "soon", "version": rhythm.version})
    assert wrong.status_code == 422
    assert "for example 7, 1" in wrong.content.decode()


@pytest.mark.long
def test_a_review_is_opened_by_hand(edition: Edition, act: Action, workspace: Client) -> None:
    address = f"/workspace/reviews/{edition.code}/new/"
    assert 'value="2026-07-01"' in page(workspace, address)
    given = {"starts_on": "2026-10-01", "ends_on": "2026-11-15", "due_on": "2026-12-04", "closes_on": "2026-12-15"}
    assert workspace.post(address, given).status_code == 302
    assert Review.objects.get().code == "2026-11-15"
    late = workspace.post(address, given | {"due_on": "2026-11-01"})
    assert late.status_code == 422
    assert "Updates cannot be due in the past. Enter today or a later day." in late.content.decode()


@pytest.mark.long
def test_a_review_shows_progress_and_who_is_waited_for(
    review: Review, update_request: UpdateRequest, act: Action, workspace: Client
) -> None:
    shown = page(workspace, review.workspace_url())
    assert "0 of 1 has given an update." in shown
    assert "Tomas Marea" in shown
    acts.report_no_change(update_request, by=SYSTEM, reported_by="Tomas")
    shown = page(workspace, review.workspace_url())
    assert "1 of 1 has given an update." in shown
    assert "Secretariat" in shown


@pytest.mark.long
def test_an_answer_is_read_and_approved(answer: Answer, review: Review, workspace: Client) -> None:
    shown = page(workspace, review.workspace_url())
    assert "Form opened." in shown
    assert "Between us" in shown
    assert "Approved and added to the plan." in approve(workspace, answer)
    assert Update.objects.get().reported_by == "Tomás Marea"


@pytest.mark.long
def test_the_second_reviewer_reads_what_the_first_decided(
    answer: Answer, workspace: Client, ines: User, browser_of: Browser
) -> None:
    approve(workspace, answer)
    shown = approve(browser_of(ines), answer)
    assert "Already decided: Marlo Quill approved it on" in shown
    back = browser_of(ines).post(
        f"{answer.update_request.review.workspace_url()}answers/{answer.pk}/return/",
        {"note": "No", "shown": as_shown()},
    )
    assert back.status_code == 409
    assert "Marlo Quill approved it on" in back.content.decode()


@pytest.mark.long
def test_an_answer_is_returned_with_a_note(answer: Answer, review: Review, workspace: Client) -> None:
    address = f"{review.workspace_url()}answers/{answer.pk}/return/"
    page(workspace, address)
    assert workspace.post(address, {"note": "", "shown": as_shown()}).status_code == 422
    assert workspace.post(address, {"note": "How many?", "shown": as_shown()}).status_code == 302
    assert Answer.objects.get().returned_note == "How many?"
    assert OutboxMail.objects.filter(kind="review.returned").count() == 1


def test_figures_become_readings_when_they_are_approved(
    update_request: UpdateRequest, act: Action, workspace: Client, client: Client
) -> None:
    indicator = make_indicator(
        "calls", unit="calls", edition=update_request.review.edition, answers_for=update_request.organisation
    )
    address = f"/answer/{token_of(update_request)}/"
    shown = page(client, address)
    assert "Calls, Q3 2026, in calls" in shown
    given = {
        "press": "send",
        "whole": "1",
        "reported_by": "Tomas",
        f"a{act.pk}-version": "0",
        f"a{act.pk}-done": "Counted.",
        f"a{act.pk}-value-calls": "58",
        f"a{act.pk}-source-calls": "Log of the line",
    }
    assert client.post(address, given).status_code == 302
    shown = page(workspace, update_request.review.workspace_url())
    assert "58 calls" in shown.replace("\u00a0", " ")
    approve(workspace, Answer.objects.get())
    reading = Reading.objects.get(indicator=indicator)
    assert (reading.period.label, reading.value, reading.source) == ("Q3 2026", Decimal(58), "Log of the line")
    assert "<b>Calls, Q3 2026:</b> 58" in page(client, address)  # named, though it is not asked for any more


@pytest.mark.long
def test_a_lead_answers_in_the_workspace_on_the_same_sheet(
    update_request: UpdateRequest, act: Action, lead: User, browser_of: Browser
) -> None:
    client = browser_of(lead)
    assert "How" not in page(client, update_request.workspace_url()).split("<main")[0]
    given = {
        "press": "send",
        "whole": "1",
        "reported_by": "Ana Lead",
        f"a{act.pk}-version": "0",
        f"a{act.pk}-done": "In the workspace.",
    }
    assert client.post(update_request.workspace_url(), given).status_code == 302
    assert [(a.done, a.reported_by, a.state) for a in Answer.objects.all()] == [
        ("In the workspace.", "Ana Lead", "submitted")
    ]
    shown = page(client, update_request.review.workspace_url())
    assert "To decide" not in shown


def test_whoever_is_asked_in_person_answers_with_any_account(
    update_request: UpdateRequest, act: Action, tomas: Person, user_with: Callable[..., User], browser_of: Browser
) -> None:
    drafter = user_with("drafter", email="tomas@csirt.example.org")
    client = browser_of(drafter)
    assert client.get(update_request.workspace_url()).status_code == 404
    drafter.person = tomas
    drafter.save()
    assert "Tomas Marea" in page(client, update_request.review.workspace_url())
    page(client, update_request.workspace_url())
    given = {
        "press": "send",
        "whole": "1",
        "reported_by": "Tomas",
        f"a{act.pk}-version": "0",
        f"a{act.pk}-done": "Mine.",
    }
    assert client.post(update_request.workspace_url(), given).status_code == 302
    assert [(a.done, a.state) for a in Answer.objects.all()] == [("Mine.", "submitted")]
    assert AuditEntry.objects.get(verb="answer.submitted").actor_code == drafter.actor_code
    assert (
        client.post(f"{update_request.review.workspace_url()}answers/{Answer.objects.get().pk}/approve/").status_code
        == 403
    )


def test_words_typed_in_the_workspace_while_it_closes_come_back(
    update_request: UpdateRequest, act: Action, review: Review, lead: User, browser_of: Browser
) -> None:
    acts.mark_closed(review, by=SYSTEM)
    given = {"press": "send", "whole": "1", f"a{act.pk}-version": "0", f"a{act.pk}-done": "An hour of work"}
    response = browser_of(lead).post(update_request.workspace_url(), given)
    assert response.status_code == 409
    assert "An hour of work" in response.content.decode()


@pytest.mark.long
def test_an_action_says_who_is_waited_for(update_request: UpdateRequest, act: Action, workspace: Client) -> None:
    assert "Review 1 Oct 2026 to 15 Nov 2026: update due on 4 Dec 2026. Waiting for: Tomas Marea." in page(
        workspace, act.workspace_url()
    )


def test_buttons_say_what_came_of_them(review: Review, update_request: UpdateRequest, workspace: Client) -> None:
    def press(what: str) -> str:
        return str(workspace.post(f"{review.workspace_url()}{what}/", follow=True).content.decode())

    assert "1 reminder will be sent." in press("remind")
    assert "The reminder will be sent." in press(f"asks/{update_request.pk}/remind")
    assert "Request sent to the deputy, Rosa Faro." in press(f"asks/{update_request.pk}/escalate")
    assert "A new link will be sent. Earlier links no longer work." in press(f"asks/{update_request.pk}/renew")
    assert "An update has already been requested for every action with a lead." in press("widen")


def test_the_days_are_changed(review: Review, workspace: Client) -> None:
    given = {"due_on": "2026-12-10", "closes_on": "2026-12-20", "version": "1"}
    assert workspace.post(f"{review.workspace_url()}days/", given).status_code == 302
    review.refresh_from_db()
    assert (review.due_on, review.closes_on) == (date(2026, 12, 10), date(2026, 12, 20))


@pytest.mark.long
def test_lists_leave_as_files(review: Review, answer: Answer, workspace: Client) -> None:
    rows = workspace.get(f"{review.workspace_url()}?download=json")
    assert rows.getvalue().count(b'"state": "submitted"') == 1
    assert workspace.get("/workspace/reviews/?download=csv").status_code == 200


# Who may not.


@pytest.mark.long
def test_a_lead_of_another_body_sees_nothing_of_it(
    update_request: UpdateRequest, answer: Answer, review: Review, user_with: Callable[..., User], browser_of: Browser
) -> None:
    other = browser_of(user_with("lead", organisation=make.make_organisation("police"), email="p@example.org"))
    assert other.get(update_request.workspace_url()).status_code == 404
    shown = page(other, review.workspace_url())
    assert "Form opened." not in shown
    assert "Tomas Marea" not in shown
    for what in ("remind/", f"answers/{answer.pk}/approve/", f"asks/{update_request.pk}/renew/", "widen/"):
        assert other.post(f"{review.workspace_url()}{what}").status_code == 403
    assert other.get(f"{review.workspace_url()}?download=csv").status_code == 200


@pytest.mark.long
def test_an_observer_sees_that_it_runs_and_no_text(
    review: Review, update_request: UpdateRequest, answer: Answer, observer: User, browser_of: Browser
) -> None:
    shown = page(browser_of(observer), review.workspace_url())
    assert "1 of 1 has given an update." in shown
    assert "Form opened." not in shown
    assert browser_of(observer).get(update_request.workspace_url()).status_code == 404
    assert "Between us" not in page(browser_of(observer), answer.action.workspace_url())


@pytest.mark.long
def test_drafts_and_answers_are_not_public(review: Review, answer: Answer, client: Client) -> None:
    assert client.get("/data/answers.json").status_code == 404
    assert client.get("/data/asks.json").status_code == 404
    public = client.get("/data/reviews.json")
    assert b"Form opened" not in public.getvalue()


# Closing.


@pytest.mark.long
def test_a_review_is_closed_for_good_once_everything_is_decided(
    review: Review, answer: Answer, act: Action, workspace: Client, client: Client
) -> None:
    address = f"{review.workspace_url()}close/"
    assert "1 update is waiting for approval. If you give a reason, it goes back to its sender." in page(
        workspace, address
    )
    assert workspace.post(address, {"reason": ""}).status_code == 422
    approve(workspace, answer)
    assert decide(workspace, address).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.closed_by) == ("closed", "Marlo Quill")
    shown = page(workspace, review.workspace_url())
    assert "View the report of this period" in shown
    assert "Close the review" not in shown
    assert "This review is closed" in page(client, f"/answer/{token_of(answer.update_request)}/")


@pytest.mark.long
def test_closing_with_a_reason_gives_back_what_waits(review: Review, answer: Answer, workspace: Client) -> None:
    facts = {"reason": "The minister needs it today."}
    assert decide(workspace, f"{review.workspace_url()}close/", facts).status_code == 302
    answer.refresh_from_db()
    assert (answer.state, answer.returned_note) == ("returned", "The minister needs it today.")


@pytest.mark.long
def test_a_mail_that_came_back_shows(review: Review, update_request: UpdateRequest, workspace: Client) -> None:
    OutboxMail.objects.update(state="bounced")
    assert "The e-mail bounced. Check the address." in page(workspace, review.workspace_url())


def test_a_lead_closes_nothing(review: Review, lead: User, browser_of: Browser) -> None:
    assert browser_of(lead).post(f"{review.workspace_url()}close/").status_code == 403


@pytest.mark.long
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    review: Review, act: Action, edition: Edition, workspace: Client
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert workspace.get(address).status_code == 200
        return len(seen)

    addresses = ("/workspace/reviews/", review.workspace_url())
    for address in addresses:
        workspace.get(address)  # the first request of a session asks more
    one = [queries(address) for address in addresses]
    for n in range(2):
        body = make.make_organisation(f"body-{n}", email=f"body{n}@example.org")
        make.make_action(edition, f"1.1.{n + 5}", lead=body)
        acts.open_review(
            edition,
            by=SYSTEM,
            starts_on=date(2026, 10, 1),
            ends_on=date(2026, 11, 16 + n),
            due_on=date(2026, 12, 4),
            closes_on=date(2026, 12, 15),
        )
    acts.request_the_rest(review, by=SYSTEM)
    assert review.requests.count() == 3
    assert [queries(address) for address in addresses] == one
