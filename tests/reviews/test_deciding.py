"""What the secretariat does with answers, and that two who decide at once do not undo each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest
from django.test import Client

from floreo.core.access import SYSTEM, Actor
from floreo.core.decisions import as_shown
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.models import User
from floreo.reviews import actions as acts
from floreo.reviews.access import Answerer
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.strategy.models import Action, Edition, Milestone, Update
from tests.factories import strategy as make
from tests.pages import squeezed
from tests.reviews.conftest import milestone


@pytest.fixture
def answer(update_request: UpdateRequest, act: Action) -> Answer:
    return acts.submit_answer(
        update_request,
        by=Answerer(update_request),
        act=act,
        reported_by="Tomás Marea",
        done="Form opened.",
        risks="Staff.",
        milestones={milestone(act).code: date(2026, 11, 3)},
    )


@pytest.mark.long
def test_an_approved_answer_is_what_the_plan_says(answer: Answer, act: Action, marlo: User) -> None:
    acts.approve_answer(answer, by=marlo)
    update = Update.objects.get()
    assert (update.done, update.risks, update.reported_by, update.on, update.is_public) == (
        "Form opened.",
        "Staff.",
        "Tomás Marea",
        date(2026, 11, 24),
        True,
    )
    assert milestone(act).reached_on == date(2026, 11, 3)
    answer.refresh_from_db()
    assert (answer.state, answer.update, answer.decided_by) == ("approved", update, "Marlo Quill")
    assert answer.update_request.state == "approved" or UpdateRequest.objects.get().state == "approved"
    verbs = set(AuditEntry.objects.filter(actor_name="Marlo Quill").values_list("verb", flat=True))
    assert {"answer.approved", "update.added", "milestone.reached"} <= verbs


@pytest.mark.long
def test_the_second_of_two_reviewers_hears_who_decided_what_and_when(answer: Answer, marlo: User, ines: User) -> None:
    acts.approve_answer(answer, by=marlo)
    with pytest.raises(Changed, match=r"Marlo Quill approved it on \d+ \w{3} \d{4}"):
        acts.return_answer(answer, by=ines, note="No")
    assert Answer.objects.get().state == "approved"
    assert Update.objects.count() == 1


def test_returned_by_one_is_not_approved_by_the_other(answer: Answer, marlo: User, ines: User) -> None:
    acts.return_answer(answer, by=ines, note="How many?")
    with pytest.raises(Changed, match="Inés Farol returned it"):
        acts.approve_answer(answer, by=marlo)
    assert Update.objects.count() == 0


@pytest.mark.long
def test_what_was_rewritten_while_it_was_read_is_read_again(
    answer: Answer, update_request: UpdateRequest, act: Action, marlo: User
) -> None:
    read = as_shown()
    acts.submit_answer(
        update_request, by=Answerer(update_request), act=act, reported_by="Tomás Marea", done="Otherwise."
    )
    for decide in (acts.approve_answer, lambda found, **more: acts.return_answer(found, note="Why?", **more)):
        with pytest.raises(Refused, match="It was changed after you opened it"):
            decide(answer, by=marlo, shown=read)
    acts.approve_answer(answer, by=marlo, shown=as_shown())
    assert Update.objects.get().done == "Otherwise."


@pytest.mark.long
def test_who_approves_an_answer_that_they_wrote_is_noted_and_the_public_reads_it(
    update_request: UpdateRequest, act: Action, marlo: User, ines: User, stranger: Client
) -> None:
    """The secretariat may answer for a ministry, and somebody of it approves: nobody can say later that two looked."""
    own = "Written and approved by the same person."
    for reviewer, expected in ((ines, False), (marlo, True)):
        written = acts.submit_answer(
            update_request, by=marlo, act=act, reported_by="Director of the ministry", done=f"Seen by {reviewer.name}."
        )
        acts.approve_answer(written, by=reviewer, shown=as_shown())
        entry = AuditEntry.objects.filter(verb="answer.approved").latest("number")
        assert bool(entry.detail.get("by_maker")) is expected
        assert (own in squeezed(stranger.get(act.get_absolute_url()).content.decode())) is expected


@pytest.mark.long
def test_a_returned_answer_goes_back_by_mail_with_its_note(answer: Answer, marlo: User) -> None:
    acts.return_answer(answer, by=marlo, note="How many calls?")
    mail = OutboxMail.objects.get(kind="review.returned")
    assert (mail.to, mail.is_secret) == ("tomas@csirt.example.org", True)
    assert "How many calls?" in mail.text
    assert "/answer/" in mail.text
    assert UpdateRequest.objects.get().state == "returned"


@pytest.mark.long
def test_returning_needs_a_note(answer: Answer, marlo: User) -> None:
    with pytest.raises(Refused) as refusal:
        acts.return_answer(answer, by=marlo, note="  ")
    assert list(refusal.value.fields) == ["note"]


@pytest.mark.long
def test_figures_are_entered_by_what_is_handed_in_and_all_or_nothing(
    update_request: UpdateRequest, act: Action, marlo: User
) -> None:
    figure = {
        "indicator": "calls",
        "starts_on": "2026-07-01",
        "ends_on": "2026-09-30",
        "value": "58",
        "source": "List",
    }
    answer = acts.submit_answer(
        update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Calls.", figures=[figure]
    )
    entered = []

    def refuses(_figure: Mapping[str, str], _by: Actor) -> object:
        raise Refused("It is frozen.")

    with pytest.raises(Refused, match="frozen"):
        acts.approve_answer(answer, by=marlo, enter=refuses)
    assert (Answer.objects.get().state, Update.objects.count()) == ("submitted", 0)
    acts.approve_answer(answer, by=marlo, enter=lambda f, by: entered.append((f["indicator"], f["value"], by)))
    assert entered == [("calls", "58", marlo)]


@pytest.mark.long
@pytest.mark.parametrize(("value", "source", "field"), [("many", "List", "value-calls"), ("58", " ", "source-calls")])
def test_a_figure_without_number_or_source_is_not_sent(
    update_request: UpdateRequest, act: Action, value: str, source: str, field: str
) -> None:
    figure = {
        "indicator": "calls",
        "starts_on": "2026-07-01",
        "ends_on": "2026-09-30",
        "value": value,
        "source": source,
    }
    with pytest.raises(Refused) as refusal:
        acts.submit_answer(
            update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Calls.", figures=[figure]
        )
    assert list(refusal.value.fields) == [field]


def test_another_actions_milestone_is_not_ticked(update_request: UpdateRequest, act: Action, edition: Edition) -> None:
    other = make.make_action(edition, "1.1.9")
    stranger = Milestone.objects.create(action=other, code="theirs", title="Theirs")
    with pytest.raises(Refused, match="This milestone belongs to another action"):
        acts.submit_answer(
            update_request,
            by=Answerer(update_request),
            act=act,
            reported_by="Tomás",
            done="x",
            milestones={stranger.code: date(2026, 11, 3)},
        )
    assert Answer.objects.count() == 0


@pytest.mark.long
def test_another_action_is_not_answered_about(update_request: UpdateRequest, edition: Edition) -> None:
    other = make.make_action(edition, "1.1.9")
    with pytest.raises(Missing, match="No update is requested for this action here"):
        acts.submit_answer(update_request, by=Answerer(update_request), act=other, reported_by="Tomás", done="x")


@pytest.mark.long
def test_the_link_of_one_ask_gives_no_right_over_another(
    update_request: UpdateRequest, act: Action, edition: Edition
) -> None:
    police = make.make_organisation("police", "Police", email="info@police.example.org")
    make.make_action(edition, "1.1.9", lead=police)
    theirs = acts.open_review(
        edition,
        by=SYSTEM,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 20),
        due_on=date(2026, 12, 1),
        closes_on=date(2026, 12, 9),
    ).requests.get(organisation=police)
    with pytest.raises(NotAllowed):
        acts.submit_answer(update_request, by=Answerer(theirs), act=act, reported_by="Police", done="x")
    with pytest.raises(NotAllowed):
        acts.approve_answer(Answer(update_request=update_request, action=act), by=Answerer(update_request))


def test_a_lead_may_not_approve(answer: Answer, update_request: UpdateRequest, user_with: Callable[..., User]) -> None:
    lead = user_with("lead", organisation=update_request.organisation)
    with pytest.raises(NotAllowed):
        acts.approve_answer(answer, by=lead)


@pytest.mark.long
def test_a_closed_review_takes_nothing_and_decides_nothing(
    answer: Answer, update_request: UpdateRequest, act: Action, review: Review
) -> None:
    with pytest.raises(Refused, match="Approve or return each of them, then close the review"):
        acts.mark_closed(review, by=SYSTEM)
    acts.return_answer(answer, by=SYSTEM, note="How many?")
    acts.mark_closed(review, by=SYSTEM)
    for late in (
        lambda: acts.submit_answer(
            update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Late"
        ),
        lambda: acts.save_draft(update_request, by=Answerer(update_request), act=act, done="Late"),
        lambda: acts.report_no_change(update_request, by=Answerer(update_request), reported_by="Tomás"),
        lambda: acts.approve_answer(answer, by=SYSTEM),
        lambda: acts.mark_closed(review, by=SYSTEM),
        lambda: acts.remind_now(review, by=SYSTEM),
    ):
        with pytest.raises(Refused, match="The review was closed on"):
            late()
    assert [a.state for a in Answer.objects.all()] == ["returned"]


@pytest.mark.long
def test_a_milestone_reached_in_the_meantime_stops_nothing(answer: Answer, act: Action, marlo: User) -> None:
    Milestone.objects.filter(action=act).update(reached_on=date(2026, 11, 1))
    acts.approve_answer(answer, by=marlo)
    assert Answer.objects.get().state == "approved"
    assert milestone(act).reached_on == date(2026, 11, 1)
    entry = AuditEntry.objects.get(verb="answer.approved")
    assert entry.detail["milestones_left_out"] == [milestone(act).code]


@pytest.mark.long
def test_ticking_alone_is_an_answer(update_request: UpdateRequest, act: Action, marlo: User) -> None:
    answer = acts.submit_answer(
        update_request,
        by=Answerer(update_request),
        act=act,
        reported_by="Tomás",
        milestones={milestone(act).code: date(2026, 11, 3)},
    )
    acts.approve_answer(answer, by=marlo)
    assert milestone(act).reached_on == date(2026, 11, 3)


def test_nothing_changed_beside_words_is_refused(update_request: UpdateRequest, act: Action) -> None:
    with pytest.raises(Refused) as refusal:
        acts.submit_answer(
            update_request, by=Answerer(update_request), act=act, reported_by="Tomás", done="Much", nothing_changed=True
        )
    assert refusal.value.code == "contradiction"
