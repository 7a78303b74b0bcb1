"""The page behind a signed link: what a lead sees on it, sends from it, and reads when it cannot be sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from floreo.core import throttle
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry, OutboxMail
from floreo.evidence.models import Attachment, Evidence
from floreo.organisations.actions.people import update_person
from floreo.organisations.models import Country
from floreo.portal.views.answer import PRESSES, PRESSES_PER_HOUR
from floreo.reviews import actions as acts
from floreo.reviews.access import token_of
from floreo.reviews.actions import approve_answer
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.reviews.queries import is_unchanged
from floreo.strategy.models import Action, Milestone, Update
from tests.pages import squeezed
from tests.reviews.conftest import milestone, opened


def address(update_request: UpdateRequest) -> str:
    return f"/answer/{token_of(update_request)}/"


def typed(act: Action, *, press: str = "send", version: int = 0, **words: Any) -> dict[str, Any]:
    """What a browser posts for one action."""
    given = {f"a{act.pk}-{name.replace('__', '-')}": value for name, value in words.items()}
    return {"press": press, "whole": "1", "reported_by": "Tomas Marea", f"a{act.pk}-version": version, **given}


def texts(update_request: UpdateRequest) -> list[tuple[str, str, str]]:
    return [(a.state, a.done, a.reported_by) for a in update_request.answers.all()]


@pytest.mark.long
def test_the_mail_brings_a_link_that_opens_without_an_account(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    mail = OutboxMail.objects.get(kind="review.asked")
    assert mail.to == "tomas@csirt.example.org"
    assert mail.is_secret
    assert f"http://localhost:8000{address(update_request)}" in mail.text
    assert "1.1.1 Action 1.1.1" in mail.text
    assert "4 December 2026" in mail.text
    response = phone.get(address(update_request))
    assert response.status_code == 200
    assert "Update on your action" in response.content.decode()


@pytest.mark.long
def test_the_page_says_how_the_action_goes_and_what_is_due_when(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    step = act.milestones.filter(reached_on=None).order_by("pk")[0]
    Action.objects.filter(pk=act.pk).update(due_on=date(2027, 6, 30))
    Milestone.objects.filter(pk=step.pk).update(due_on=date(2027, 1, 28), expected_on=date(2027, 2, 15))
    page = squeezed(phone.get(address(update_request)).content.decode())
    assert str(Action.objects.get(pk=act.pk).get_status_display()) in page
    assert ("Due on" in page, "30 Jun 2027" in page) == (True, True)
    assert "Due on 28 January 2027, now expected on 15 February 2027." in page
    Action.objects.filter(pk=act.pk).update(due_on=None)
    assert "No due date" in phone.get(address(update_request)).content.decode()


def test_the_page_is_shared_with_nobody(update_request: UpdateRequest, phone: Client) -> None:
    headers = phone.get(address(update_request)).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_what_is_sent_waits_for_the_secretariat(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    response = phone.post(
        address(update_request), typed(act, done="Form opened.", next="A second line."), headers={"Origin": "null"}
    )
    assert response.status_code == 302
    update_request.refresh_from_db()
    assert texts(update_request) == [("submitted", "Form opened.", "Tomas Marea")]
    assert (update_request.state, update_request.answered_on) == ("submitted", date(2026, 11, 24))
    assert "Thank you. All updates are sent." in phone.get(response["Location"]).content.decode()
    assert Update.objects.count() == 0


@pytest.mark.long
def test_looking_is_not_noted_and_the_first_press_is_once(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    """Mail servers open links before anybody reads the mail."""
    for _time in range(2):
        phone.get(address(update_request))
    update_request.refresh_from_db()
    assert (update_request.opened_at, update_request.state) == (None, "waiting")
    assert not AuditEntry.objects.filter(verb="request.opened").exists()
    for _time in range(2):
        phone.post(address(update_request), typed(act, press="save"))
    update_request.refresh_from_db()
    assert (update_request.opened_at is None, update_request.state) == (False, "opened")
    assert AuditEntry.objects.filter(verb="request.opened").count() == 1


@pytest.mark.long
def test_a_link_dies_with_whoever_it_was_sent_to(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    link = address(update_request)
    assert phone.get(link).status_code == 200
    assert update_request.person is not None
    update_person(update_request.person, by=SYSTEM, is_active=False)
    response = phone.get(link)
    assert response.status_code == 404
    assert "sent to a person who no longer gives updates here" in response.content.decode()
    assert phone.post(link, typed(act, done="Still me.")).status_code == 404
    assert not Answer.objects.exists()
    update_request.refresh_from_db()
    assert phone.get(address(update_request)).status_code == 200  # for the organisation, which is asked now
    update_person(update_request.person, by=SYSTEM, is_active=True, email="elsewhere@csirt.example.org")
    assert phone.get(link).status_code == 404


@pytest.mark.long
def test_a_draft_is_kept_and_shown_again(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    phone.post(address(update_request), typed(act, press="save", done="Half a sent"))
    assert texts(update_request) == [("draft", "Half a sent", "Tomas Marea")]
    assert "Half a sent" in phone.get(address(update_request)).content.decode()


def test_nothing_changed_is_one_press(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    phone.post(address(update_request), typed(act, press=f"unchanged-{act.pk}"))
    answer = Answer.objects.get()
    assert (answer.state, answer.nothing_changed, answer.done) == ("submitted", True, "")


@pytest.mark.long
def test_one_press_for_all_leaves_drafts_alone(edition: Any, act: Action, other_act: Action, phone: Client) -> None:
    update_request = opened(edition).requests.get()
    phone.post(address(update_request), typed(act, press="unchanged", done="Not finished yet"))
    assert [(a.action.code, a.state, a.nothing_changed) for a in update_request.answers.all()] == [
        ("1.1.1", "draft", False),
        ("1.1.2", "submitted", True),
    ]


@pytest.mark.long
def test_nothing_changed_beside_words_is_asked_about(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    response = phone.post(address(update_request), typed(act, press=f"unchanged-{act.pk}", done="Much was done"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "You entered text about this action. Send it, or empty the boxes and press again." in page
    assert "Much was done" in page


@pytest.mark.long
def test_milestones_are_ticked_with_their_day(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    code = milestone(act).code
    given = typed(act, done="Done.") | {f"a{act.pk}-reached-{code}": "on", f"a{act.pk}-day-{code}": "2026-11-03"}
    phone.post(address(update_request), given)
    assert Answer.objects.get().milestones == {code: "2026-11-03"}


@pytest.mark.long
def test_a_day_to_come_is_refused_and_the_words_stay(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    code = milestone(act).code
    given = typed(act, done="Kept words") | {f"a{act.pk}-reached-{code}": "on", f"a{act.pk}-day-{code}": "2027-01-03"}
    response = phone.post(address(update_request), given)
    assert response.status_code == 422
    assert "in the future" in response.content.decode()
    assert "Kept words" in response.content.decode()


@pytest.mark.long
def test_a_file_and_an_address_are_kept_as_evidence(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    minutes = SimpleUploadedFile("minutes.txt", b"Held on 3 November.\n", content_type="text/plain")
    phone.post(address(update_request), typed(act, done="Met.", file=minutes, link="https://example.org/minutes"))
    answer = Answer.objects.get()
    kept = Evidence.objects.filter(pk__in=answer.evidence).order_by("kind")
    assert [(e.kind, str(e.organisation), e.is_public) for e in kept] == [
        ("file", "National CSIRT", False),
        ("link", "National CSIRT", False),
    ]


def test_evidence_that_cannot_be_taken_costs_no_text(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    program = SimpleUploadedFile("minutes.pdf", b"MZ\x90\x00" + b"\x00" * 200, content_type="application/pdf")
    response = phone.post(address(update_request), typed(act, done="A long hour of words", file=program))
    assert response.status_code == 422
    assert texts(update_request) == [("draft", "A long hour of words", "Tomas Marea")]
    again = typed(act, done="A long hour of words", version=1)
    assert phone.post(address(update_request), again).status_code == 302
    assert texts(update_request) == [("submitted", "A long hour of words", "Tomas Marea")]


# Bad input, each with its sentence.


@pytest.mark.long
def test_after_the_close_the_link_opens_and_says_so(
    update_request: UpdateRequest, act: Action, review: Review, phone: Client
) -> None:
    phone.post(address(update_request), typed(act, press="save", done="A draft"))
    acts.mark_closed(review, by=SYSTEM)
    response = phone.get(address(update_request))
    page = response.content.decode()
    assert response.status_code == 200
    assert "This review is closed. Nothing can be changed." in page
    assert "A draft" in page
    assert "<textarea" not in page


def test_typed_for_an_hour_while_it_closes_every_word_comes_back(
    update_request: UpdateRequest, act: Action, review: Review, phone: Client
) -> None:
    phone.get(address(update_request))
    acts.mark_closed(review, by=SYSTEM)
    response = phone.post(address(update_request), typed(act, done="An hour of work", risks="None <b>left</b>"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "The review was closed on" in page
    assert "An hour of work" in page
    assert "None &lt;b&gt;left&lt;/b&gt;" in page
    assert Answer.objects.count() == 0
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("token", ["1-1~nonsense", "x", "1-1", "~", "1-1~" + "a" * 300])
def test_a_stranger_learns_nothing(review: Review, phone: Client, token: str) -> None:
    response = phone.get(f"/answer/{token}/")
    assert response.status_code == 404
    assert "We do not recognise this link. Copy the whole link, or ask for a new one." in response.content.decode()
    assert "Action 1.1.1" not in response.content.decode()


def test_a_replaced_link_no_longer_opens(update_request: UpdateRequest, phone: Client) -> None:
    old = address(update_request)
    update_request = acts.send_again(update_request, by=SYSTEM)
    assert phone.get(old).status_code == 404
    assert "A newer link was sent" in phone.get(old).content.decode()
    assert phone.get(address(update_request)).status_code == 200


def test_strangers_who_guess_are_slowed_down(review: Review, phone: Client) -> None:
    found = {phone.get(f"/answer/{n}-1~x/").status_code for n in range(40)}
    assert found == {404, 429}


@pytest.mark.long
def test_the_same_sent_twice_counts_once(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    code = milestone(act).code
    same = typed(act, done="Once") | {f"a{act.pk}-reached-{code}": "on", f"a{act.pk}-day-{code}": "2026-11-03"}
    assert [phone.post(address(update_request), same).status_code for _n in range(2)] == [302, 302]
    assert texts(update_request) == [("submitted", "Once", "Tomas Marea")]
    assert AuditEntry.objects.filter(verb="answer.submitted").count() == 1


@pytest.mark.long
def test_two_who_type_at_once_both_keep_their_text(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    phone.post(address(update_request), typed(act, press="save", done="By the head"))
    response = phone.post(address(update_request), typed(act, press="save", done="By the deputy"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else wrote here at the same time. Your text is not lost: compare, and send again." in page
    assert "By the head" in page
    assert "By the deputy" in page
    assert phone.post(address(update_request), typed(act, done="By the deputy", version=1)).status_code == 302
    assert texts(update_request) == [("submitted", "By the deputy", "Tomas Marea")]


def test_a_text_that_is_too_long_is_given_back(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    response = phone.post(address(update_request), typed(act, done="x" * 5001))
    page = response.content.decode()
    assert response.status_code == 422
    assert "5,001 characters" in page
    assert "x" * 5001 in page
    assert Answer.objects.count() == 0


@pytest.mark.long
def test_a_page_that_arrived_in_part_empties_nothing(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    phone.post(address(update_request), typed(act, press="save", done="Kept"))
    cut = typed(act, version=1)
    del cut["whole"]
    assert phone.post(address(update_request), cut).status_code == 422
    assert texts(update_request) == [("draft", "Kept", "Tomas Marea")]


def test_whoever_presses_without_end_is_slowed_down_and_keeps_the_text(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    pressed = typed(act, press="save", done="Patience", version=9)
    assert phone.post(address(update_request), pressed).status_code != 429
    for _n in range(PRESSES - 2):  # as the page does at each press
        throttle.spend("answer", f"ask:{update_request.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
    for _n in range(40):  # more than one, since the bucket refills while a slow machine works
        response = phone.post(address(update_request), pressed)
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert "Patience" in response.content.decode()
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.long
def test_an_empty_sheet_is_not_sent(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    response = phone.post(address(update_request), typed(act))
    assert response.status_code == 422
    assert "There is no text yet. Describe what was done, or press “Nothing changed”." in response.content.decode()


@pytest.mark.long
def test_a_returned_answer_comes_back_with_its_note(
    update_request: UpdateRequest, act: Action, phone: Client, marlo: Any
) -> None:
    phone.post(address(update_request), typed(act, done="Good"))
    acts.return_answer(Answer.objects.get(), by=marlo, note="How many?")
    page = phone.get(address(update_request)).content.decode()
    assert "How many?" in page
    assert "Good" in page
    phone.post(
        address(update_request),
        typed(act, done="Good, 58 times", version=Answer.objects.get().version),
    )
    assert texts(update_request) == [("submitted", "Good, 58 times", "Tomas Marea")]


@pytest.mark.long
def test_after_approval_another_update_can_be_given(
    update_request: UpdateRequest, act: Action, phone: Client, marlo: Any
) -> None:
    phone.post(address(update_request), typed(act, done="First"))
    acts.approve_answer(Answer.objects.get(), by=marlo)
    phone.post(address(update_request), typed(act, done="Second"))
    assert [(a.number, a.state, a.done) for a in update_request.answers.all()] == [
        (1, "approved", "First"),
        (2, "submitted", "Second"),
    ]


def test_the_page_speaks_the_language_of_whoever_is_asked(edition: Any, act: Action, tomas: Any) -> None:
    tomas.language = "es"
    tomas.save()
    update_request = opened(edition).requests.get()
    mail = OutboxMail.objects.get(kind="review.asked")
    assert mail.language == "es"
    assert f"/es{address(update_request)}" in mail.text


@pytest.mark.long
def test_evidence_is_on_the_action_once_approved(
    update_request: UpdateRequest, act: Action, phone: Client, marlo: Any
) -> None:
    phone.post(address(update_request), typed(act, done="Met.", link="https://example.org/minutes"))
    answer = acts.approve_answer(Answer.objects.get(), by=marlo)
    assert answer.update is not None
    things = set(Attachment.objects.values_list("thing", flat=True))
    assert things == {f"strategy.action:{act.pk}", f"strategy.update:{answer.update.pk}"}


def test_after_the_due_date_the_page_says_how_late_it_is(update_request: UpdateRequest, phone: Client) -> None:
    Country.objects.update(calendar_day=date(2026, 12, 7))
    page = phone.get(address(update_request)).content.decode()
    assert "Updates were due on 4 Dec 2026, 3 days ago. The review closes on 15 Dec 2026." in page


@pytest.mark.long
def test_a_body_without_a_named_person_says_who_speaks(edition: Any, act: Action, phone: Client) -> None:
    act.person = None
    act.save()
    update_request = opened(edition).requests.get()
    for press in ("send", f"unchanged-{act.pk}", "unchanged"):
        words = {f"a{act.pk}-done": "Kept all the same"} if press == "send" else {}
        nameless = typed(act, press=press) | words | {"reported_by": " "}
        response = phone.post(address(update_request), nameless | {f"a{act.pk}-version": "" if press == "send" else 1})
        assert response.status_code == 422
        assert "Enter your name." in response.content.decode()
    phone.post(address(update_request), typed(act, done="Kept all the same", version=Answer.objects.get().version))
    assert texts(update_request) == [("submitted", "Kept all the same", "Tomas Marea")]


def test_who_has_left_is_not_written_to(edition: Any, act: Action, tomas: Any) -> None:
    review = opened(edition)
    tomas.is_active = False
    tomas.save()
    acts.remind_now(review, by=SYSTEM)
    assert OutboxMail.objects.get(kind="review.reminded").to == "info@csirt.example.org"


def dates(act: Action, **expected: str) -> dict[str, str]:
    """The expected dates as the form sends them: of the action under "", of milestones by code."""
    return {f"a{act.pk}-expected{f'-{code}' if code != 'action' else ''}": day for code, day in expected.items()}


def test_a_lead_changes_when_it_is_expected_and_both_dates_are_shown_before_it_is_in_the_plan(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    milestone = act.milestones.all()[0]
    act.expected_on, act.late_reason, milestone.note = date(2026, 12, 1), "The vendor is late", "Half is paid"
    act.save()
    milestone.save()
    page = phone.get(address(update_request)).content.decode()
    assert 'value="2026-12-01"' in page
    sent = dates(act, action="2027-02-15", **{milestone.code: "2027-01-10"})
    assert phone.post(address(update_request), typed(act, press="send") | sent).status_code == 302
    answer = Answer.objects.get()
    assert answer.expected == {
        "": {"before": "2026-12-01", "after": "2027-02-15"},
        milestone.code: {"before": "", "after": "2027-01-10"},
    }
    page = phone.get(address(update_request)).content.decode()
    assert "Whole action: 15 Feb 2027 (before: 1 Dec 2026)" in page
    assert not is_unchanged(answer)
    act.refresh_from_db()
    assert act.expected_on == date(2026, 12, 1)
    approve_answer(answer, by=SYSTEM)
    act.refresh_from_db()
    milestone.refresh_from_db()
    assert (act.expected_on, act.late_reason) == (date(2027, 2, 15), "The vendor is late")
    assert (milestone.expected_on, milestone.note) == (date(2027, 1, 10), "Half is paid")


@pytest.mark.long
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"action": "2020-01-01"}, "Enter a date from today on"),
        ({"action": "20266-01-01"}, "Enter a valid date"),
        ({"action": "2126-01-01"}, "at most ten years ahead"),
    ],
)
def test_a_date_that_cannot_be_is_refused_at_its_field_and_nothing_is_kept(
    given: dict[str, str], sentence: str, update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    response = phone.post(address(update_request), typed(act, press="send", done="Work") | dates(act, **given))
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not Answer.objects.exists()


def test_a_milestone_is_not_reached_and_expected_at_once(
    update_request: UpdateRequest, act: Action, phone: Client
) -> None:
    code = act.milestones.all()[0].code
    sent = (
        typed(act, press="send", done="Work") | dates(act, **{code: "2027-01-10"}) | {f"a{act.pk}-reached-{code}": "on"}
    )
    response = phone.post(address(update_request), sent)
    assert "You marked it as reached." in response.content.decode()
    assert not Answer.objects.exists()


def test_a_page_without_the_dates_takes_none_out(update_request: UpdateRequest, act: Action, phone: Client) -> None:
    act.expected_on = date(2026, 12, 1)
    act.save()
    phone.post(address(update_request), typed(act, press="send", done="Work"))
    assert Answer.objects.get().expected == {}
